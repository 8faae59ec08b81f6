//! What a cause means and what to do next, in two plain sentences each.

use contract::Cause;

use super::authority;
use super::edition::{is_graph, is_online};
use super::remedy::RETIRED;
use super::wording::Words;

/// Two sentences: what it means; the next step.
#[must_use]
pub fn explanation(cause: Cause, words: &Words<'_>) -> String {
    use Cause as C;
    let Words { account, host, .. } = *words;
    if let Some(host) = words.authority {
        return authority::explanation(cause, host);
    }
    if words.application
        && let Some(text) = of_application(cause, words)
    {
        return text;
    }
    if is_online(host) && is_about_the_role(cause) {
        return format!(
            "Exchange Online let {account} impersonate nobody that was asked for. {RETIRED}"
        );
    }
    match cause {
        C::DnsNotFound => format!("The name {host} doesn't resolve on this computer. Check the host in the EWS URL, the VPN and the name server."),
        C::TcpRefused => format!("{host} answers, but nothing listens on that port. Check the port, the load balancer and IIS."),
        C::TcpTimeout => format!("Nothing answers at {host}, usually because a firewall drops the connection. Test the port from this computer."),
        C::ProxyFailed => format!("The HTTP proxy between this computer and {host} didn't let the connection through, so Exchange itself refused nothing. Give it a proxy user and password if it asks for a sign-in, have {host} allowed for CONNECT, or connect without a proxy."),
        C::TlsUntrusted => format!("The certificate comes from an issuer that this computer doesn't trust, or signs itself. Compare its fingerprint on the server itself: if it is Exchange's own, trust its CA or pin it; if not, something in between looks into TLS and must exempt {host}."),
        C::TlsNameMismatch => format!("The certificate names other hosts than {host}. Use one of its names in the EWS URL, or renew the certificate."),
        C::TlsExpired => "The certificate is outside its validity. Renew it on the server, and check the clock of this computer.".to_owned(),
        C::TlsPinMismatch => "The server shows another certificate than the one pinned here, so nothing was sent. If it was renewed on purpose, compare the fingerprint on the server and pin the new one; if nobody renewed it, look for a TLS-inspecting proxy in between.".to_owned(),
        C::TlsProtocol => "Server and program found no common way to encrypt, a client certificate is demanded, or this port doesn't speak TLS at all; this says nothing about rights. TLS 1.2 with ECDHE and AES-GCM, or TLS 1.3, is needed: look at the port in the EWS URL, then at SCHANNEL on the server and at what stands in front of it.".to_owned(),
        C::HttpNotEws => "Something answers at this URL, but it is a web page or a log-on form, not EWS. The path is /EWS/Exchange.asmx, and nothing may ask for a log-on before it.".to_owned(),
        C::HttpRedirected => "The server sends us elsewhere; credentials never follow a redirect. If the new address is right, put it into the EWS URL.".to_owned(),
        C::HttpRejected => "The request was refused before EWS saw it, typically because of a Kerberos ticket that is too large or a client-certificate setting of IIS. Look at the IIS and HTTPERR logs.".to_owned(),
        C::HttpGateway | C::HttpTimeout | C::HttpClosed => "The way to Exchange or Exchange itself didn't hold for one whole answer. Check again later; if it stays, look at the load balancer and the server's health.".to_owned(),
        C::ProtocolUnexpected => "The reply is not what EWS sends, even on a second try. Copy the evidence: something between may alter it, or it is our fault.".to_owned(),
        C::ProtocolRejected | C::ProtocolVersion => "Exchange and this program don't agree on the form of the request. Copy the evidence and report it: this is our fault unless a proxy alters requests.".to_owned(),
        C::AuthSchemeNotOffered => "The server doesn't offer the chosen way to sign in, so no password was sent. Choose one that it offers, or enable it on the EWS virtual directory.".to_owned(),
        C::AuthRejected => format!("The sign-in of {account} was refused once, and was not sent again, so that the account isn't locked. Look at event 4625 on the Exchange server: sub status 0xC000006A is the password, 0xC0000234 a locked account, 0xC000035B the channel binding (Extended Protection)."),
        C::AuthLost => format!("The sign-in of {account} worked and was then refused: the password was changed or the account was locked meanwhile. Check the account, then go on."),
        C::AccountLocked => format!("{account} is locked out. Unlock it, and find out who uses an old password."),
        C::AccountPasswordExpired => format!("The password of {account} must be changed before it works here. Set a new one; for a service account, without expiry where policy allows."),
        C::AccountDisabled => format!("{account} is disabled in the directory. Enable it."),
        C::AccountNotInDirectory | C::AccountNotAuthorized => format!("Exchange can't authorize {account}. Use an account of the domain, and check its role assignment."),
        C::AccountNoMailbox => format!("Exchange 2013 needs {account} to have a mailbox before it may impersonate. Enable one."),
        C::OauthSignInNeeded => "Nobody is signed in, or the sign-in has expired or was withdrawn; this says nothing about rights. Sign in under Email Configuration, then go on with the check: what is decided is not asked again.".to_owned(),
        C::OauthTokenRejected => format!("{host} refused the access token; this says nothing about rights. Follow what the server says of it (audience, tenant, account, clock), then sign in again."),
        C::PolicyEwsBlocked => "EWS refuses this account or program as a whole, whatever the mailbox. Look at EwsEnabled, the allow and block lists, IP rules and gateways.".to_owned(),
        C::PolicyExchangeOnlineRetired => "Exchange Online refuses EWS here: it is switched off for the organization, or a signed-in account tried to impersonate, which only applications can. Use the app-only access type over Graph.".to_owned(),
        C::PolicyOrganizationBlocked => "Microsoft has blocked access to this organization. Look at the Microsoft 365 admin center.".to_owned(),
        C::ImpersonationRoleMissing => format!("{account} signs in, and may impersonate nobody that was asked for: the role ApplicationImpersonation isn't assigned to it, or its scope is empty. Assign it with a scope; a new assignment takes some minutes."),
        C::ImpersonationOutOfScope => format!("{account} may impersonate others, but not these mailboxes: they are outside its management scope. Put them into the scope, or take them off the list."),
        C::ImpersonationRefused => format!("{account} may not impersonate this mailbox; with nothing to compare it with, role and scope both come into question. Look at the assignment and its scope."),
        C::ImpersonationServerCannot => "Servers of the organization don't trust each other for impersonation. Test the service health and the connection to the directory.".to_owned(),
        C::ImpersonationHeaderRejected => "Exchange doesn't accept the impersonation header as sent. Copy the evidence and report it.".to_owned(),
        C::ImpersonationIgnored => "Two different addresses showed the same mailbox, so the header was ignored and no result can be trusted. Look at what stands between this computer and Exchange, and at the server.".to_owned(),
        C::ImpersonationExposed => format!("{account} opened a mailbox that it must not open: its scope is too wide or missing. Narrow the assignment at once."),
        C::MailboxNotFound => "There is no mailbox at these addresses here: mistyped, a contact, or gone. Look each one up, and mend the list.".to_owned(),
        C::MailboxRemote => "These mailboxes live in another organization or in Exchange Online. Check them there, or take them off this list.".to_owned(),
        C::MailboxAlias => "These are second addresses; this way of naming mailboxes needs the primary one. Replace them in the list.".to_owned(),
        C::MailboxAddressInvalid => "These are not addresses Exchange accepts. Mend them in the list.".to_owned(),
        C::MailboxIdentityUnknown => "The directory doesn't know these UPNs or SIDs, or the list lacks them. Mend the list, or identify by SMTP address.".to_owned(),
        C::MailboxLicense => "These mailboxes have no license. Assign one.".to_owned(),
        C::MailboxSystem => "System mailboxes are left out on purpose. There is nothing to do.".to_owned(),
        C::MailboxMoving => "These mailboxes were being moved while they were asked. Check them again when the move is done.".to_owned(),
        C::MailboxStoreUnavailable => "The database of these mailboxes didn't answer. Look at the databases, then check these mailboxes again.".to_owned(),
        C::MailboxMisconfigured => "Directory attributes of these mailboxes are wrong. Look at HomeMDB, ExchangeGuid and LegacyExchangeDN.".to_owned(),
        C::MailboxFolderMissing => "A default folder is missing. Let the owner sign in once, then check again.".to_owned(),
        C::MailboxAccessDenied => "Exchange denied access to the folder itself. Look at the folder's permissions and at EWS policies of the mailbox.".to_owned(),
        C::MailboxDisabled => "The accounts of these mailboxes are disabled. Take them off the list, or enable them.".to_owned(),
        C::MailboxOverQuota => "These mailboxes are full. Make room, or raise the quota.".to_owned(),
        C::ServerBusy => "Exchange throttled the check longer than it waits; this says nothing about rights. Check again later with fewer connections, or look at the throttling policy.".to_owned(),
        C::ServerTransient | C::ServerError => "The server failed on its side; this says nothing about rights. Check again; if it stays, look at its health and its logs by request ID.".to_owned(),
        C::ServerDirectoryUnavailable => "Exchange couldn't reach a domain controller; this says nothing about rights. Look at the connection to the directory.".to_owned(),
        C::ServerRouting => "This front end couldn't reach the server of these mailboxes; this says nothing about rights. Look at the URLs of the virtual directories and at the sites.".to_owned(),
        C::ServerUnknownCode => "Exchange answered with a code this version doesn't know; this says nothing about rights. Copy the evidence and report it.".to_owned(),
    }
}

/// What is another thing for an application than for an account.
fn of_application(cause: Cause, words: &Words<'_>) -> Option<String> {
    use Cause as C;
    let Words { account, host, .. } = *words;
    let consent = if is_graph(host) {
        "Mail.Read"
    } else {
        "full_access_as_app"
    };
    Some(match cause {
        C::ImpersonationRoleMissing => format!(
            "The application {account} gets a token, and may open none of the mailboxes that were asked for: it has no role of RBAC for Applications for them, and no consent ({consent}). Assign the role with a scope; it takes 30 minutes to 2 hours."
        ),
        C::ImpersonationOutOfScope => format!(
            "The application {account} may open others, but not these mailboxes: they are outside its scope. Put them into the scope, or take them off the list."
        ),
        C::ImpersonationRefused => format!(
            "The application {account} may not open this mailbox; with nothing to compare it with, role and scope both come into question. Look at the role assignment and its scope."
        ),
        C::ImpersonationExposed => format!(
            "The application {account} opened a mailbox that it must not open, mostly by a consent for the whole tenant ({consent}), which adds to every scope. Remove the consent, or narrow the scope, at once."
        ),
        C::OauthSignInNeeded => format!(
            "No token could be had for the application {account}: its certificate or secret was refused or has expired, it isn't in this tenant, or consent is missing; this says nothing about mailboxes. Correct that, then go on with the check."
        ),
        _ => return None,
    })
}

/// Where the role is gone, no advice about it is any good.
const fn is_about_the_role(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::ImpersonationRoleMissing
            | Cause::ImpersonationOutOfScope
            | Cause::ImpersonationRefused
    )
}
