//! What to type: commands with this organization's names. The read-only look first, then change, undo,
//! verify. What is given is the least that helps: a role with its scope, a switch of one account. What
//! reaches further is an alternative that says so; nothing here grants the old Active Directory rights.
//!
//! Sources: the cmdlet pages under <https://learn.microsoft.com/powershell/module/exchange/> and
//! <https://learn.microsoft.com/powershell/module/activedirectory/>.

mod account;
mod application;
mod authority;
mod mailbox;
mod network;
mod online;
mod rights;
mod server;
mod step;

use contract::{Alternative, Cause, ExchangeNames, Remedy};

pub use super::edition::Edition;
pub use super::powershell::Over;
use super::powershell::quoted;
pub(crate) use online::RETIRED;
use step::{Step, finished};

/// Names that commands are filled in with.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Account Logon.
    pub account: &'a str,
    /// The mailboxes it is about.
    pub over: Over<'a>,
    /// Host of the EWS URL.
    pub host: &'a str,
    /// Port of the EWS URL.
    pub port: u16,
    /// Group, scope, assignment, server: all filled in, see [`filled`](super::names::filled).
    pub exchange: &'a ExchangeNames,
    /// Which Exchange answers.
    pub edition: Edition,
    /// Schemes the server offers; empty where that is not known.
    pub offered: &'a [String],
    /// The run was stopped before a log-on.
    pub before_log_on: bool,
    /// An application asks: it has no password, no mailbox and no management role.
    pub application: bool,
    /// Host of the authority that issues access tokens, where the cause came from there.
    pub authority: Option<&'a str>,
}

impl Names<'_> {
    /// The account, for the cmdlets of Exchange.
    fn account(&self) -> String {
        quoted(self.account)
    }

    /// The account, for the cmdlets of Active Directory. A UPN need not begin with the account's name.
    fn directory_user(&self) -> String {
        match self.account.rsplit_once('\\') {
            Some((_, user)) => quoted(user),
            None if self.account.contains('@') => format!(
                "(Get-ADUser -Filter {{ UserPrincipalName -eq {} }})",
                quoted(self.account)
            ),
            None => quoted(self.account),
        }
    }

    /// The name without its domain, as security events have it.
    fn bare_user(&self) -> String {
        let user = self
            .account
            .rsplit_once('\\')
            .map_or(self.account, |(_, user)| user);
        quoted(user.split('@').next().unwrap_or(user))
    }

    fn host(&self) -> String {
        quoted(self.host)
    }

    fn server(&self) -> String {
        quoted(&self.exchange.server)
    }

    /// The EWS virtual directory of the server.
    fn virtual_directory(&self) -> String {
        quoted(&format!("{}\\EWS (Default Web Site)", self.exchange.server))
    }

    fn offers(&self, scheme: &str) -> bool {
        self.offered
            .iter()
            .any(|offered| offered.eq_ignore_ascii_case(scheme))
    }

    fn is_online(&self) -> bool {
        self.edition == Edition::Online
    }
}

/// The commands for a cause; empty where nothing is to be typed.
#[must_use]
pub fn remedy(cause: Cause, names: &Names<'_>) -> Vec<Remedy> {
    if let Some(host) = names.authority {
        return finished(authority::steps(cause, host));
    }
    if names.application
        && let Some(steps) = of_application(cause, names)
    {
        return finished(steps);
    }
    if names.is_online() && online::has_its_own(cause) {
        return finished(online::steps(cause, names));
    }
    finished(steps(cause, names))
}

/// Other ways, each with what it risks: never the default.
#[must_use]
pub fn alternatives(cause: Cause, names: &Names<'_>) -> Vec<Alternative> {
    use Cause as C;
    if names.is_online() || names.application || names.authority.is_some() {
        return Vec::new();
    }
    match cause {
        C::ImpersonationRoleMissing | C::ImpersonationRefused => rights::whole_organization(names),
        C::ImpersonationOutOfScope => rights::another_scope(names),
        C::ImpersonationExposed => rights::out_of_the_group(names),
        C::AuthSchemeNotOffered => server::basic_authentication(names),
        C::AuthRejected => account::if_not_the_password(names),
        C::AccountPasswordExpired => account::without_expiry(names),
        C::AccountNotInDirectory => account::new_account(names),
        C::PolicyEwsBlocked => account::wider_switches(names),
        C::HttpRejected => server::larger_requests(names),
        C::HttpGateway | C::ServerBusy => server::out_of_maintenance(names),
        C::TlsNameMismatch => network::url_of_the_certificate(names),
        C::MailboxDisabled => mailbox::enabled_again(names),
        C::MailboxOverQuota => mailbox::larger_quota(names),
        C::MailboxMisconfigured => mailbox::address_policy(names),
        _ => Vec::new(),
    }
}

/// What is another thing for an application than for an account.
fn of_application(cause: Cause, names: &Names<'_>) -> Option<Vec<Step>> {
    use Cause as C;
    Some(match cause {
        C::ImpersonationRoleMissing | C::ImpersonationRefused | C::MailboxAccessDenied => {
            application::missing(names)
        }
        C::ImpersonationOutOfScope => application::out_of_scope(names),
        C::ImpersonationExposed => application::exposed(names),
        // It has no account in the directory whose state could be the reason.
        C::OauthSignInNeeded
        | C::AuthRejected
        | C::AuthLost
        | C::AccountLocked
        | C::AccountDisabled
        | C::AccountPasswordExpired
        | C::AccountNotInDirectory
        | C::AccountNotAuthorized
        | C::AccountNoMailbox => application::token(names),
        C::OauthTokenRejected if names.is_online() => application::token(names),
        _ => return None,
    })
}

fn steps(cause: Cause, names: &Names<'_>) -> Vec<Step> {
    use Cause as C;
    match cause {
        C::DnsNotFound => network::name(names),
        C::TcpRefused => network::refused(names),
        C::TcpTimeout => network::silent(names),
        C::ProxyFailed => network::proxy(names),
        C::TlsUntrusted | C::TlsPinMismatch => network::certificates(),
        C::TlsNameMismatch | C::TlsExpired => network::other_certificate(names),
        C::TlsProtocol => network::protocol(names),
        C::HttpNotEws | C::HttpRedirected => server::redirects(names),
        C::HttpRejected => server::request_limits(names),
        C::HttpGateway => server::health(names),
        C::HttpTimeout | C::HttpClosed | C::ServerTransient | C::ServerError => {
            server::application_pool(names)
        }
        C::ProtocolVersion => server::versions(),
        C::AuthSchemeNotOffered => server::schemes(names),
        C::AuthRejected => account::refused(names),
        C::AuthLost => account::lost(names),
        C::AccountLocked => account::locked(names),
        C::AccountPasswordExpired => account::password_expired(names),
        C::AccountDisabled => account::disabled(names),
        C::AccountNotInDirectory => account::not_in_directory(names),
        C::AccountNotAuthorized => account::not_authorized(names),
        C::AccountNoMailbox => account::no_mailbox(names),
        C::OauthTokenRejected => account::tokens(),
        C::PolicyEwsBlocked => account::blocked(names),
        C::PolicyExchangeOnlineRetired | C::PolicyOrganizationBlocked => {
            online::steps(cause, names)
        }
        C::ImpersonationRoleMissing | C::ImpersonationRefused => rights::missing(names),
        C::ImpersonationOutOfScope => rights::out_of_scope(names),
        C::ImpersonationExposed => rights::exposed(names),
        C::ImpersonationServerCannot | C::ServerDirectoryUnavailable => server::directory(names),
        C::ImpersonationIgnored => server::ignored(names),
        C::MailboxNotFound | C::MailboxAlias => mailbox::recipients(names),
        C::MailboxRemote => mailbox::elsewhere(names),
        C::MailboxAddressInvalid => mailbox::list(),
        C::MailboxIdentityUnknown => mailbox::identities(names),
        C::MailboxLicense => mailbox::license(names),
        C::MailboxMoving => mailbox::moving(names),
        C::MailboxStoreUnavailable => mailbox::databases(names),
        C::MailboxMisconfigured => mailbox::attributes(names),
        C::MailboxFolderMissing => mailbox::folders(names),
        C::MailboxAccessDenied => mailbox::permissions(names),
        C::MailboxDisabled => mailbox::disabled(names),
        C::MailboxOverQuota => mailbox::quota(names),
        C::ServerBusy => server::throttling(names),
        C::ServerRouting => server::routing(names),
        C::ServerUnknownCode => server::logs(),
        // A request of ours, a sign-in of the program, mailboxes that are left out on purpose.
        C::ProtocolUnexpected
        | C::ProtocolRejected
        | C::ImpersonationHeaderRejected
        | C::OauthSignInNeeded
        | C::MailboxSystem => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
