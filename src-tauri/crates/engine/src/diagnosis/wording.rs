//! What things are called: one plain sentence for a row (`Check Results`), for a run, and the title
//! and explanation of a cause. American English, no codes where a word will do.

use std::time::Duration;

use contract::{Blame, Cause};
use store::run_results::Misfits;

use super::Observed;
use super::authority;
use super::edition::is_graph;
use super::refusal::inspector;
use super::token::BY_A_PERSON;

/// Where, in the words for another certificate than the pinned one, those about the pinned one begin.
const PINNED: &str = ", the pinned one by ";

/// The account has no mailbox: a warning, never a gate.
pub const NO_OWN_MAILBOX: &str = "No mailbox: rooms and other resources won't be retrieved.";
/// More folders than the Inbox were wanted of Graph.
pub const INBOX_ONLY: &str = "Over Graph only the Inbox is opened: other folders would need further permissions of the application.";
/// The row is the service account's own mailbox.
pub const OWN_MAILBOX: &str = "connected successfully; this is the service account's own mailbox, which proves nothing about impersonation";
/// The mailbox GUID is not the one in the list.
pub const LISTED_OTHERWISE: &str = "opened, but its mailbox GUID is not the one in the list: the list may be older than the mailbox";
/// The list has a text in the place of the mailbox GUID.
pub const GUID_UNREADABLE: &str =
    "opened; its ExchangeGuid in the list is not a GUID and was ignored";
/// A canary that was refused.
pub const AS_IT_MUST_BE: &str = "refused, as it must be";
/// How a warning begins that the account's own Inbox could not be read.
pub const OWN_UNREAD: &str = "The service account's own Inbox could not be read";

/// The account's own Inbox could not be read, and why: any one opened mailbox could be that one.
#[must_use]
pub fn own_unread(why: &str) -> String {
    format!(
        "{OWN_UNREAD} ({}): that none of the opened mailboxes is the account's own is not proven. Check again.",
        why.trim_end_matches('.')
    )
}

/// The same of the only mailbox that opened.
#[must_use]
pub fn maybe_own(why: &str) -> String {
    format!(
        "a mailbox opened, but whether it is this one or the service account's own could not be found out: its own Inbox could not be read ({})",
        why.trim_end_matches('.')
    )
}

/// An account is disabled, and whether it is the service account could not be found out.
#[must_use]
pub fn either_disabled(why: &str) -> String {
    format!(
        "an account is disabled, the mailbox's or the service account; which one could not be found out ({})",
        why.trim_end_matches('.')
    )
}

/// No canary is set.
pub const SCOPE_NOT_PROVEN: &str =
    "Scope not proven. Add a mailbox that must be refused to prove that the scope holds.";

/// What a run says of opened rows whose listed GUID does not fit.
pub(crate) fn misfits(misfits: Misfits) -> impl Iterator<Item = String> {
    let say = |count: u64, text: &str| match count {
        0 => None,
        1 => Some(format!("1 mailbox was opened {text}")),
        _ => Some(format!("{count} mailboxes were opened {text}")),
    };
    [
        say(
            misfits.otherwise,
            "with another mailbox GUID than its ExchangeGuid in the list. Export the list anew to tie the address to the mailbox.",
        ),
        say(
            misfits.unreadable,
            "whose ExchangeGuid in the list is not a GUID. It was ignored.",
        ),
    ]
    .into_iter()
    .flatten()
}

/// Names that sentences need.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Account Logon.
    pub account: &'a str,
    /// Host of the EWS URL.
    pub host: &'a str,
    /// Schemes the server offers.
    pub offered: &'a [String],
    /// The scheme that was chosen, as the command line spells it.
    pub auth: &'a str,
    /// An application asks, and no account.
    pub application: bool,
    /// Host of the authority that issues access tokens, where the cause came from there.
    pub authority: Option<&'a str>,
}

/// What is known of one row beside its cause.
#[derive(Debug, Clone, Default)]
pub struct RowFacts {
    pub(crate) code: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) primary: Option<String>,
    pub(crate) wait: Option<Duration>,
    pub(crate) attempts: u32,
    /// It came from this authority.
    pub(crate) authority: Option<String>,
}

impl RowFacts {
    pub(crate) fn of(observed: &Observed, attempts: u32) -> Self {
        Self {
            code: observed.ews_code.clone(),
            text: observed.text.clone(),
            detail: observed.detail.clone(),
            primary: observed.primary.clone(),
            wait: None,
            attempts,
            authority: observed.authority.clone(),
        }
    }
}

/// The sentence of one row.
#[must_use]
pub fn row_message(cause: Cause, facts: &RowFacts, words: &Words<'_>) -> String {
    use Cause as C;
    let host = words.host;
    let of_authority = facts.authority.as_deref();
    let text = match cause {
        _ if let Some(authority) = of_authority => {
            authority::row_message(facts.detail.as_deref(), authority)
        }
        C::ImpersonationRefused => {
            "refused: this account may not impersonate this mailbox".to_owned()
        }
        C::ImpersonationOutOfScope => "refused: outside the management scope".to_owned(),
        C::ImpersonationRoleMissing => {
            format!(
                "refused for everyone: the role isn't assigned to {}",
                words.account
            )
        }
        C::ImpersonationExposed => "opened, but must be refused".to_owned(),
        C::ImpersonationIgnored => "another mailbox answered; impersonation was ignored".to_owned(),
        C::ImpersonationServerCannot => {
            "this server can't impersonate; ask again, then look at the server".to_owned()
        }
        C::ImpersonationHeaderRejected => {
            "the server didn't accept the impersonation header".to_owned()
        }
        C::MailboxNotFound if is_graph(words.host) => {
            "no mailbox here: wrong address, or it isn't in this tenant".to_owned()
        }
        C::MailboxRemote if is_graph(words.host) => {
            "no active mailbox in Exchange Online: it is on-premises, inactive or has no license"
                .to_owned()
        }
        C::MailboxNotFound => {
            "no mailbox here: wrong address, or it lives in Exchange Online".to_owned()
        }
        C::MailboxRemote => {
            "no mailbox here: it lives in another organization or in Exchange Online".to_owned()
        }
        C::MailboxAlias => match &facts.primary {
            Some(primary) => format!("alias; the primary address is {primary}"),
            None => "alias; the list needs the primary address".to_owned(),
        },
        C::MailboxAddressInvalid => "not an e-mail address that Exchange accepts".to_owned(),
        C::MailboxIdentityUnknown => "this UPN or SID isn't in the directory".to_owned(),
        C::MailboxLicense => "the mailbox has no license".to_owned(),
        C::MailboxSystem => "system mailbox, left out".to_owned(),
        C::MailboxMoving | C::MailboxStoreUnavailable => {
            "temporarily unavailable; try later".to_owned()
        }
        C::MailboxMisconfigured => "the mailbox is misconfigured in the directory".to_owned(),
        C::MailboxFolderMissing => {
            "a default folder is missing; the owner signs in once to create it".to_owned()
        }
        C::MailboxAccessDenied => "access denied".to_owned(),
        C::MailboxDisabled => "account disabled".to_owned(),
        C::MailboxOverQuota => "the mailbox is over its quota".to_owned(),
        C::ServerBusy => busy(facts.attempts),
        C::ServerTransient => "the server had a passing problem; try later".to_owned(),
        C::ServerDirectoryUnavailable => "Exchange can't reach the directory; try later".to_owned(),
        C::ServerRouting => "Exchange can't reach the server of this mailbox".to_owned(),
        C::ServerError => "the server reported an internal error".to_owned(),
        C::ServerUnknownCode => {
            format!(
                "the server answered {}",
                facts.code.as_deref().unwrap_or("something unknown")
            )
        }
        C::HttpGateway => format!("a gateway in front of {host} didn't get an answer"),
        C::HttpTimeout => format!("{host} didn't answer in time"),
        C::HttpClosed => closed_early(facts.detail.as_deref(), host),
        C::ProtocolUnexpected => "the reply can't be understood".to_owned(),
        C::AuthLost => "the sign-in that worked before was refused".to_owned(),
        other => run_message(other, facts.detail.as_deref(), words),
    };
    let told = cause == C::ServerBusy && of_authority.is_none();
    let asked_often = cause.is_transient() && facts.attempts > 1 && !told;
    let tail = match facts.wait {
        Some(wait) => format!("; {}", too_long(wait)),
        None if asked_often => format!(" (asked {} times)", facts.attempts),
        None => String::new(),
    };
    let telling = matches!(
        cause,
        C::ServerUnknownCode
            | C::ServerError
            | C::ImpersonationHeaderRejected
            | C::ProtocolUnexpected
    ) && of_authority.is_none();
    let quoted = facts
        .text
        .as_deref()
        .or(facts.detail.as_deref())
        .filter(|_| telling);
    let quoted = quoted.map(|words| format!(": {words}")).unwrap_or_default();
    format!("{text}{tail}{quoted}")
}

/// A connection, or a log-on, that ended before its time.
fn closed_early(detail: Option<&str>, host: &str) -> String {
    match detail.filter(|detail| detail.contains("log-on")) {
        Some(detail) => format!("the sign-in to {host} doesn't come to its end: {detail}"),
        None => format!("{host} closed the connection in mid-answer"),
    }
}

fn busy(attempts: u32) -> String {
    match attempts {
        0 | 1 => "server busy".to_owned(),
        2 => "server busy; retried once".to_owned(),
        times => format!("server busy; retried {} times", times - 1),
    }
}

/// A wait that the server asks for and that does not fit.
pub(crate) fn too_long(wait: Duration) -> String {
    // More milliseconds, or seconds, than 64 bits count.
    let wait = if wait == Duration::MAX {
        "more than 500 million years".to_owned()
    } else {
        format!("{} s", wait.as_secs())
    };
    format!("it asked to wait {wait}, longer than this check waits")
}

/// The sentence of a run that was stopped.
#[must_use]
pub fn run_message(cause: Cause, detail: Option<&str>, words: &Words<'_>) -> String {
    use Cause as C;
    let Words {
        account,
        host,
        offered,
        auth,
        ..
    } = *words;
    if let Some(authority) = words.authority {
        return authority::run_message(detail, authority);
    }
    let because = detail
        .map(|detail| format!(" ({detail})"))
        .unwrap_or_default();
    match cause {
        C::DnsNotFound => format!("Can't reach {host}: the name isn't found{because}. No mailbox was asked."),
        C::TcpRefused => format!("Can't reach {host}: the connection was refused."),
        C::TcpTimeout => format!("Can't reach {host}: no answer to the connection attempt{because}."),
        C::ProxyFailed => match detail {
            Some(detail) => format!("Can't reach {host}: {detail}."),
            None => format!("The HTTP proxy didn't let us through to {host}."),
        },
        C::TlsUntrusted | C::TlsPinMismatch => certificate(cause, detail, host),
        C::TlsNameMismatch => format!("The certificate is for another name than {host}. Nothing was sent over that connection."),
        C::TlsExpired => format!("The certificate of {host} {}. Nothing was sent over that connection.", detail.unwrap_or("is expired or not yet valid")),
        C::TlsProtocol => match detail {
            Some(detail) => format!("No TLS connection to {host}: {detail}."),
            None => format!("No TLS connection to {host} came about."),
        },
        C::HttpNotEws => format!("Something answers at {host}, but this isn't the EWS endpoint{because}."),
        C::HttpRedirected => {
            format!("Redirected to {}; nothing was sent there.", detail.unwrap_or("another address"))
        }
        C::HttpRejected => format!("The request was refused before EWS saw it{because}."),
        C::ProtocolRejected => format!("Exchange calls our request malformed{because}."),
        C::ProtocolVersion => "Exchange accepts none of the schema versions that this program speaks.".to_owned(),
        C::AuthSchemeNotOffered => match detail {
            Some(detail) => format!("{account} can't sign in this way: {detail}. No password was refused."),
            None => scheme_not_offered(offered, auth),
        },
        C::AuthRejected => {
            let reasons = detail.unwrap_or("Wrong name or password.");
            format!("{host} refused the sign-in of {account}. It was sent once and not again. {reasons}")
        }
        C::AuthLost => format!("The sign-in of {account} worked at first and is refused now: changed password or locked account."),
        C::AccountLocked => format!("{account} is locked out."),
        C::AccountPasswordExpired => format!("The password of {account} has expired or must be changed."),
        C::AccountDisabled => format!("{account} is disabled."),
        C::AccountNotInDirectory => format!("{account} isn't a domain account; Exchange can't place it."),
        C::AccountNotAuthorized => format!("Exchange couldn't authorize {account}."),
        C::AccountNoMailbox => format!("{account} has no mailbox, and this version of Exchange needs one to impersonate."),
        C::OauthSignInNeeded => match detail {
            Some(detail) => format!("There is no access token to ask {host} with: {detail}"),
            None => "Nobody is signed in.".to_owned(),
        },
        C::OauthTokenRejected => {
            let why = detail.map(|detail| format!(" {detail}")).unwrap_or_default();
            format!("{host} refused the access token.{why}")
        }
        C::PolicyEwsBlocked => policy_blocked(host, account, detail),
        C::PolicyExchangeOnlineRetired => match detail {
            Some(BY_A_PERSON) => format!("Exchange Online lets {account} impersonate nobody: {BY_A_PERSON}."),
            Some(detail) => format!("Exchange Online refuses EWS for this organization: {detail}."),
            None => "Exchange Online refuses EWS for this organization.".to_owned(),
        },
        C::PolicyOrganizationBlocked => "Access to this organization is blocked.".to_owned(),
        C::ImpersonationIgnored => {
            "Another mailbox than the one asked for was opened: the server ignored the impersonation header. Don't rely on what else was granted in this run.".to_owned()
        }
        C::HttpGateway => format!("A gateway in front of {host} gets no answer{because}."),
        C::HttpTimeout => format!("{host} accepts requests and doesn't answer them in time."),
        C::HttpClosed => match detail.filter(|detail| detail.contains("log-on")) {
            Some(detail) => format!("The sign-in to {host} doesn't come to its end: {detail}."),
            None => format!("{host} closes the connection before it has answered."),
        },
        C::ServerBusy => format!("{host} is busy and stayed so{because}."),
        C::ServerTransient => format!("{host} has a problem that didn't pass."),
        C::ServerDirectoryUnavailable => "Exchange can't reach its directory.".to_owned(),
        C::ServerError => format!("{host} reports internal errors only{because}."),
        C::ImpersonationServerCannot => format!("{host} can't impersonate anyone: server-to-server authentication fails."),
        C::ImpersonationHeaderRejected => format!("{host} accepts no impersonation header of this account."),
        other => format!("{}{because}.", title(other)),
    }
}

/// A certificate that its issuer doesn't speak for. `detail` names the issuer, and first of all the one
/// of the certificate that was shown: so a product that looks into TLS is known by its name.
fn certificate(cause: Cause, detail: Option<&str>, host: &str) -> String {
    let what = if cause == Cause::TlsPinMismatch {
        "The server's certificate is not the pinned one".to_owned()
    } else {
        format!("The certificate of {host} isn't from a trusted issuer")
    };
    let Some(detail) = detail else {
        return format!("{what}. Nothing was sent over that connection.");
    };
    let shown = detail.split(PINNED).next().unwrap_or(detail);
    let inspected = inspector(shown)
        .map(|product| {
            format!(
                " That is {product}: something on the way ends TLS to look inside (a TLS-inspecting proxy). Exempt \
                 {host} from inspection; sign-ins with Extended Protection can't work through it."
            )
        })
        .unwrap_or_default();
    format!("{what}: {detail}. Nothing was sent over that connection.{inspected}")
}

/// A sign-in that somebody else than the server refused: a KDC.
pub(crate) fn refused_elsewhere(told: &str, account: &str) -> String {
    format!(
        "The sign-in of {account} was refused before Exchange was asked: {told}. It was sent once and not again."
    )
}

fn scheme_not_offered(offered: &[String], auth: &str) -> String {
    let chosen = if auth == "auto" { "automatic" } else { auth };
    if offered.is_empty() {
        return format!(
            "The server offers no scheme to sign in with; chosen was {chosen}. No password was sent. \
             EWS asks with 401 and a list of schemes."
        );
    }
    let list = offered.join(", ");
    let basic = offered
        .iter()
        .any(|scheme| scheme.eq_ignore_ascii_case("basic"));
    let next = match (auth, basic) {
        ("auto", true) => "Basic is used only by choice: choose Basic (--auth basic).",
        ("auto", false) => {
            "This program signs in with Negotiate, NTLM or Basic. No password was sent."
        }
        _ => "No password was sent. Choose one that is offered, or Automatic (--auth auto).",
    };
    format!(
        "Wrong scheme, not a wrong password: the server offers {list}, chosen was {chosen}. {next}"
    )
}

fn policy_blocked(host: &str, account: &str, detail: Option<&str>) -> String {
    match detail {
        Some("before the log-on") => {
            format!(
                "{host} refused the very first request, before the log-on: a firewall, an IP rule or a gateway blocks EWS."
            )
        }
        _ => format!(
            "{account} signed in, but EWS is blocked (403): organization, mailbox, allow list or proxy."
        ),
    }
}

/// Whose job it is, in a few words.
#[must_use]
pub const fn blame_words(blame: Blame) -> &'static str {
    match blame {
        Blame::Network => "the network",
        Blame::Certificate => "the certificate",
        Blame::Exchange => "the Exchange server",
        Blame::Identity => "the account and its rights",
        Blame::List => "the user list",
        Blame::Us => "Understudy itself",
    }
}

/// A few words, where the cause came from this authority, or from Exchange.
pub(crate) const fn title_at(cause: Cause, authority: Option<&str>) -> &'static str {
    match authority {
        Some(_) => authority::title(cause),
        None => title(cause),
    }
}

/// A few words.
#[must_use]
pub const fn title(cause: Cause) -> &'static str {
    use Cause as C;
    match cause {
        C::DnsNotFound => "The server's name isn't found",
        C::TcpRefused => "The connection is refused",
        C::TcpTimeout => "The server can't be reached",
        C::ProxyFailed => "The HTTP proxy failed",
        C::TlsUntrusted => "The certificate isn't trusted",
        C::TlsNameMismatch => "The certificate is for another name",
        C::TlsExpired => "The certificate isn't valid today",
        C::TlsPinMismatch => "Not the pinned certificate",
        C::TlsProtocol => "No TLS connection",
        C::HttpNotEws => "This isn't the EWS endpoint",
        C::HttpRedirected => "The server redirects elsewhere",
        C::HttpRejected => "Refused before EWS",
        C::HttpGateway => "A gateway gets no answer",
        C::HttpTimeout => "No answer in time",
        C::HttpClosed => "The connection is closed early",
        C::ProtocolUnexpected => "A reply that can't be understood",
        C::ProtocolRejected => "Our request was called malformed",
        C::ProtocolVersion => "No common schema version",
        C::AuthSchemeNotOffered => "The chosen sign-in isn't offered",
        C::AuthRejected => "The sign-in was refused",
        C::AuthLost => "The sign-in stopped working",
        C::AccountLocked => "The account is locked out",
        C::AccountPasswordExpired => "The password has expired",
        C::AccountDisabled => "The service account is disabled",
        C::AccountNotInDirectory => "Not a domain account",
        C::AccountNotAuthorized => "The account isn't authorized",
        C::AccountNoMailbox => "The service account has no mailbox",
        C::OauthSignInNeeded => "Sign-in needed",
        C::OauthTokenRejected => "The token was refused",
        C::PolicyEwsBlocked => "EWS is blocked",
        C::PolicyExchangeOnlineRetired => "Exchange Online has retired EWS",
        C::PolicyOrganizationBlocked => "The organization is blocked",
        C::ImpersonationRoleMissing => "The role isn't assigned",
        C::ImpersonationOutOfScope => "Outside the management scope",
        C::ImpersonationRefused => "Impersonation refused",
        C::ImpersonationServerCannot => "The server can't impersonate",
        C::ImpersonationHeaderRejected => "The impersonation header isn't accepted",
        C::ImpersonationIgnored => "Impersonation was ignored",
        C::ImpersonationExposed => "A mailbox that must be refused was opened",
        C::MailboxNotFound => "No mailbox at this address",
        C::MailboxRemote => "The mailbox lives elsewhere",
        C::MailboxAlias => "Second addresses in the list",
        C::MailboxAddressInvalid => "Not an e-mail address",
        C::MailboxIdentityUnknown => "Unknown UPN or SID",
        C::MailboxLicense => "No license",
        C::MailboxSystem => "System mailboxes",
        C::MailboxMoving => "Mailboxes being moved",
        C::MailboxStoreUnavailable => "The mailbox database is unavailable",
        C::MailboxMisconfigured => "Misconfigured mailboxes",
        C::MailboxFolderMissing => "A default folder is missing",
        C::MailboxAccessDenied => "Access denied",
        C::MailboxDisabled => "Disabled accounts",
        C::MailboxOverQuota => "Over quota",
        C::ServerBusy => "The server is busy",
        C::ServerTransient => "Passing server problems",
        C::ServerDirectoryUnavailable => "The directory is unavailable",
        C::ServerRouting => "Exchange can't route to the mailbox",
        C::ServerError => "Internal server errors",
        C::ServerUnknownCode => "An answer we don't know",
    }
}
