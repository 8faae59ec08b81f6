//! Likely reasons of a cause, one plain sentence each, the likeliest first. What the evidence speaks for
//! comes before what is only usual; a reason that the evidence rules out is not named.

mod account;
mod mailbox;
mod network;
mod rights;
mod server;

use contract::{Blame, Cause};

use super::authority;
use super::edition::is_graph;
use super::facts::Facts;
use super::remedy::{Edition, RETIRED};

/// Reasons in two ranks.
#[derive(Debug, Default)]
pub(super) struct Ranked {
    spoken_for: Vec<String>,
    usual: Vec<String>,
}

impl Ranked {
    /// A usual reason.
    fn or(mut self, reason: impl Into<String>) -> Self {
        self.usual.push(reason.into());
        self
    }

    /// A usual reason that comes first where the evidence speaks for it.
    fn or_first_if(mut self, evidence: bool, reason: impl Into<String>) -> Self {
        let rank = if evidence {
            &mut self.spoken_for
        } else {
            &mut self.usual
        };
        rank.push(reason.into());
        self
    }

    /// A reason that is named only where the evidence speaks for it.
    fn only_if(mut self, evidence: bool, reason: impl Into<String>) -> Self {
        if evidence {
            self.spoken_for.push(reason.into());
        }
        self
    }

    /// A usual reason, unless the evidence rules it out.
    fn unless(mut self, ruled_out: bool, reason: impl Into<String>) -> Self {
        if !ruled_out {
            self.usual.push(reason.into());
        }
        self
    }

    /// The same with these in front.
    fn then(mut self, reasons: Vec<String>) -> Self {
        self.spoken_for.extend(reasons);
        self
    }

    fn in_order(self) -> Vec<String> {
        self.spoken_for.into_iter().chain(self.usual).collect()
    }
}

/// The reasons, the likeliest first; none where a cause is its own reason.
pub(crate) fn reasons(cause: Cause, facts: &Facts<'_>) -> Vec<String> {
    if let Some(host) = facts.authority {
        return authority::reasons(cause, host);
    }
    let mut list = ranked(cause, facts).in_order();
    if facts.edition == Edition::Online && is_retired_there(cause) && !is_graph(facts.host) {
        list.insert(0, RETIRED.to_owned());
    }
    if matters(cause)
        && let Some(sentence) = facts.edition.out_of_support()
    {
        list.push(sentence.to_owned());
    }
    list
}

/// What Exchange Online refuses because of its retirement of EWS, whatever it says.
const fn is_retired_there(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::ImpersonationRoleMissing
            | Cause::ImpersonationOutOfScope
            | Cause::ImpersonationRefused
            | Cause::ImpersonationServerCannot
            | Cause::PolicyEwsBlocked
            | Cause::PolicyExchangeOnlineRetired
            | Cause::AuthRejected
            | Cause::AuthSchemeNotOffered
    )
}

/// Whether an old server may be the reason: its own faults, its TLS, its rules.
const fn matters(cause: Cause) -> bool {
    matches!(cause.blame(), Blame::Exchange)
        || matches!(cause, Cause::TlsProtocol | Cause::AccountNoMailbox)
}

fn ranked(cause: Cause, facts: &Facts<'_>) -> Ranked {
    use Cause as C;
    match cause {
        C::DnsNotFound => network::name(facts),
        C::TcpRefused => network::refused(facts),
        C::TcpTimeout => network::silent(facts),
        C::ProxyFailed => network::proxy(facts),
        C::TlsUntrusted => network::untrusted(facts),
        C::TlsPinMismatch => network::pin(facts),
        C::TlsNameMismatch => network::another_name(facts),
        C::TlsExpired => network::dates(facts),
        C::TlsProtocol => network::protocol(facts),
        C::HttpNotEws => server::not_ews(facts),
        C::HttpRedirected => server::redirected(facts),
        C::HttpRejected => server::rejected(facts),
        C::HttpGateway => server::gateway(facts),
        C::HttpTimeout => server::slow(facts),
        C::HttpClosed => server::closed(facts),
        C::ProtocolUnexpected | C::ProtocolRejected => server::altered(facts),
        C::ProtocolVersion => server::version(facts),
        C::AuthSchemeNotOffered => account::scheme(facts),
        C::AuthRejected => account::rejected(facts),
        C::AuthLost => account::lost(facts),
        C::AccountLocked => account::locked(facts),
        C::AccountPasswordExpired => account::expired(facts),
        C::AccountDisabled => account::disabled(facts),
        C::AccountNotInDirectory => account::not_in_directory(facts),
        C::AccountNotAuthorized => account::not_authorized(facts),
        C::AccountNoMailbox => account::no_mailbox(facts),
        C::OauthSignInNeeded => account::sign_in(facts),
        C::OauthTokenRejected => account::token(facts),
        C::PolicyEwsBlocked => account::blocked(facts),
        C::PolicyExchangeOnlineRetired => account::retired(facts),
        C::PolicyOrganizationBlocked => Ranked::default()
            .or("Microsoft has marked the organization for removal, or suspended it."),
        C::ImpersonationRoleMissing => rights::role_missing(facts),
        C::ImpersonationOutOfScope => rights::out_of_scope(facts),
        C::ImpersonationRefused => rights::refused(facts),
        C::ImpersonationServerCannot => rights::server_cannot(facts),
        C::ImpersonationHeaderRejected => rights::header(facts),
        C::ImpersonationIgnored => rights::ignored(facts),
        C::ImpersonationExposed => rights::exposed(facts),
        C::MailboxNotFound => mailbox::not_found(facts),
        C::MailboxRemote => mailbox::remote(facts),
        C::MailboxAlias => mailbox::alias(facts),
        C::MailboxAddressInvalid => mailbox::invalid(facts),
        C::MailboxIdentityUnknown => mailbox::identity(facts),
        C::MailboxLicense => mailbox::license(facts),
        C::MailboxMoving => mailbox::moving(facts),
        C::MailboxStoreUnavailable => mailbox::store(facts),
        C::MailboxMisconfigured => mailbox::misconfigured(facts),
        C::MailboxFolderMissing => mailbox::folder(facts),
        C::MailboxAccessDenied => mailbox::denied(facts),
        C::MailboxDisabled => mailbox::disabled(facts),
        C::MailboxOverQuota => mailbox::quota(facts),
        C::ServerBusy => server::busy(facts),
        C::ServerTransient => server::transient(facts),
        C::ServerDirectoryUnavailable => server::directory(facts),
        C::ServerRouting => server::routing(facts),
        C::ServerError => server::error(facts),
        C::ServerUnknownCode => Ranked::default()
            .or("A version of Exchange that is newer than this program.")
            .or("Something in between that answers in place of Exchange."),
        C::MailboxSystem => Ranked::default(),
    }
}

#[cfg(test)]
mod tests;
