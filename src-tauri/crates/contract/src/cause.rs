//! Causes: why a mailbox has the verdict it has, or why a run stopped. One table, one line a cause.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Verdict;

/// How far a cause reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Radius {
    /// Nothing can be reached: stops the run.
    Endpoint,
    /// The service account as a whole: stops the run.
    Account,
    /// One row.
    Mailbox,
    /// Retried for this mailbox; undetermined when the budget is spent.
    Transient,
}

/// Whose job it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Blame {
    /// Name resolution, connections, proxies.
    Network,
    /// The certificate, or who is trusted.
    Certificate,
    /// The Exchange server.
    Exchange,
    /// Account, rights, tokens.
    Identity,
    /// The user list.
    List,
    /// Our own fault.
    Us,
}

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $radius:ident, $then:expr, $blame:ident, $verdict:ident;)*) => {
        /// Why. The ids are a public contract: added, never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[ts(export)]
        pub enum Cause {
            $($(#[$doc])* #[serde(rename = $id)] $name,)*
        }

        impl Cause {
            /// Every cause, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The id of the public contract.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// How far it reaches at first.
            #[must_use]
            pub const fn radius(self) -> Radius {
                match self { $(Self::$name => Radius::$radius,)* }
            }

            /// How far it reaches once enough mailboxes have spent their budget on it ("X, then Y").
            #[must_use]
            pub const fn then(self) -> Option<Radius> {
                match self { $(Self::$name => $then,)* }
            }

            /// Whose job it is.
            #[must_use]
            pub const fn blame(self) -> Blame {
                match self { $(Self::$name => Blame::$blame,)* }
            }

            /// The verdict of a mailbox that ends with it.
            #[must_use]
            pub const fn verdict(self) -> Verdict {
                match self { $(Self::$name => Verdict::$verdict,)* }
            }
        }
    };
}

causes! {
    /// Host does not resolve
    DnsNotFound = "dns.not_found", Endpoint, None, Network, NotChecked;
    /// Connection refused
    TcpRefused = "tcp.refused", Endpoint, None, Network, NotChecked;
    /// No answer to the connection attempt, TLS handshake included
    TcpTimeout = "tcp.timeout", Endpoint, None, Network, NotChecked;
    /// The HTTP proxy is unreachable, answers 407 or refuses the tunnel; a 407 from the origin
    ProxyFailed = "proxy.failed", Endpoint, None, Network, NotChecked;
    /// Unknown or self-signed issuer
    TlsUntrusted = "tls.untrusted", Endpoint, None, Certificate, NotChecked;
    /// Host not among the certificate's names
    TlsNameMismatch = "tls.name_mismatch", Endpoint, None, Certificate, NotChecked;
    /// Certificate expired or not yet valid
    TlsExpired = "tls.expired", Endpoint, None, Certificate, NotChecked;
    /// Not the certificate pinned for this organization
    TlsPinMismatch = "tls.pin_mismatch", Endpoint, None, Certificate, NotChecked;
    /// Handshake failed: no common version or cipher, client certificate demanded, not TLS at all
    TlsProtocol = "tls.protocol", Endpoint, None, Certificate, NotChecked;
    /// 404/405, HTML, a log-on page, 440: something answers, but it is not EWS
    HttpNotEws = "http.not_ews", Endpoint, None, Exchange, NotChecked;
    /// Any redirect that is not a log-on page (301, 302, 307, 308, 451), same host or another; shown, never followed with credentials
    HttpRedirected = "http.redirected", Endpoint, None, Exchange, NotChecked;
    /// 400, 413 before EWS saw the request: Kerberos token too large, client-certificate renegotiation
    HttpRejected = "http.rejected", Endpoint, None, Exchange, NotChecked;
    /// 502, 504
    HttpGateway = "http.gateway", Transient, Some(Radius::Endpoint), Network, Undetermined;
    /// Accepted, then no answer in time
    HttpTimeout = "http.timeout", Transient, Some(Radius::Endpoint), Exchange, Undetermined;
    /// Connection closed in mid-answer, truncated body
    HttpClosed = "http.closed", Transient, Some(Radius::Endpoint), Network, Undetermined;
    /// A reply that cannot be understood: not XML, too large, wrong shape
    ProtocolUnexpected = "protocol.unexpected", Transient, None, Us, Undetermined;
    /// `ErrorSchemaValidation`, `ErrorMissingInformationEmailAddress`, `ErrorInvalidRequest` after one step down of the schema version: our request was refused as malformed (or a proxy altered it); line, position and violation shown
    ProtocolRejected = "protocol.rejected", Endpoint, None, Us, NotChecked;
    /// No schema version both sides accept
    ProtocolVersion = "protocol.version", Endpoint, None, Exchange, NotChecked;
    /// The chosen scheme is not among those the server offers (both lists shown)
    AuthSchemeNotOffered = "auth.scheme_not_offered", Account, None, Exchange, NotChecked;
    /// 401 after credentials: wrong name or password; with NTLM the text also names channel binding, `NTLMv1` and a TLS-inspecting proxy, ranked by the evidence
    AuthRejected = "auth.rejected", Account, None, Identity, NotChecked;
    /// 401 to credentials that worked earlier in this run (password changed, account locked meanwhile)
    AuthLost = "auth.lost", Transient, Some(Radius::Account), Identity, Undetermined;
    /// Locked out (text of the reply, or 456)
    AccountLocked = "account.locked", Account, None, Identity, NotChecked;
    /// `ErrorPasswordExpired`, `ErrorPasswordChangeRequired`
    AccountPasswordExpired = "account.password_expired", Account, None, Identity, NotChecked;
    /// `ErrorAccountDisabled` for the service account
    AccountDisabled = "account.disabled", Account, None, Identity, NotChecked;
    /// `ErrorCallerIsInvalidADAccount`
    AccountNotInDirectory = "account.not_in_directory", Account, None, Identity, NotChecked;
    /// `ErrorInvalidAuthorizationContext`, `ErrorTokenSerializationDenied`
    AccountNotAuthorized = "account.not_authorized", Account, None, Identity, NotChecked;
    /// `ErrorMissingEmailAddress` although impersonating (Exchange 2013)
    AccountNoMailbox = "account.no_mailbox", Account, None, Identity, NotChecked;
    /// No token, refresh refused, consent withdrawn
    OauthSignInNeeded = "oauth.sign_in_needed", Account, None, Identity, NotChecked;
    /// 401 with Bearer; `x-ms-diagnostics` read and shown
    OauthTokenRejected = "oauth.token_rejected", Account, None, Identity, NotChecked;
    /// 403 (before the log-on too: firewall, IP rule; the sentence says when): `EwsEnabled`, allow/block list, IP rule, application policy
    PolicyEwsBlocked = "policy.ews_blocked", Account, None, Exchange, NotChecked;
    /// Exchange Online refuses EWS (`X-EWS-Policy-Reason`), or a delegated token tries to impersonate there
    PolicyExchangeOnlineRetired = "policy.exchange_online_retired", Account, None, Exchange, NotChecked;
    /// `ErrorOrganizationAccessBlocked`
    PolicyOrganizationBlocked = "policy.organization_blocked", Account, None, Exchange, NotChecked;
    /// `ErrorImpersonateUserDenied` for two or more `must_open` mailboxes and none granted in the whole run
    ImpersonationRoleMissing = "impersonation.role_missing", Mailbox, None, Identity, Refused;
    /// `ErrorImpersonateUserDenied` for this one while another was granted in the same run
    ImpersonationOutOfScope = "impersonation.out_of_scope", Mailbox, None, Identity, Refused;
    /// `ErrorImpersonateUserDenied` with nothing to compare it with (a single one, none granted), or not yet known while the run goes on
    ImpersonationRefused = "impersonation.refused", Mailbox, None, Identity, Refused;
    /// `ErrorImpersonationFailed`, `ErrorImpersonationDenied`
    ImpersonationServerCannot = "impersonation.server_cannot", Transient, Some(Radius::Endpoint), Exchange, Undetermined;
    /// `ErrorInvalidExchangeImpersonationHeaderData`
    ImpersonationHeaderRejected = "impersonation.header_rejected", Mailbox, Some(Radius::Account), Us, Undetermined;
    /// Another mailbox than the one asked for was opened (right-mailbox proof failed)
    ImpersonationIgnored = "impersonation.ignored", Account, None, Exchange, Undetermined;
    /// A `must_refuse` mailbox opened
    ImpersonationExposed = "impersonation.exposed", Mailbox, None, Identity, Granted;
    /// `ErrorNonExistentMailbox`: unknown address, mail user, contact; 404 with `X-CasErrorCode: UserNotFound` (or `MailboxGuidWithDomainNotFound`)
    MailboxNotFound = "mailbox.not_found", Mailbox, None, List, NoMailbox;
    /// The mailbox lives elsewhere: "No mailbox with such guid", Autodiscover redirects the address
    MailboxRemote = "mailbox.remote", Mailbox, None, List, NoMailbox;
    /// `ErrorNonPrimarySmtpAddress`; the primary address of the reply is offered
    MailboxAlias = "mailbox.alias", Mailbox, None, List, NoMailbox;
    /// Not an SMTP address (never sent), `ErrorInvalidSmtpAddress`
    MailboxAddressInvalid = "mailbox.address_invalid", Mailbox, None, List, NoMailbox;
    /// `ErrorInvalidUserPrincipalName`, `ErrorInvalidUserSid`, `ErrorInvalidSid`
    MailboxIdentityUnknown = "mailbox.identity_unknown", Mailbox, None, List, NoMailbox;
    /// `ErrorInvalidLicense`
    MailboxLicense = "mailbox.license", Mailbox, None, Exchange, Unusable;
    /// A system mailbox (discovery, arbitration, health): left out, said so
    MailboxSystem = "mailbox.system", Mailbox, None, List, NotChecked;
    /// `ErrorMailboxMoveInProgress`
    MailboxMoving = "mailbox.moving", Transient, None, Exchange, Undetermined;
    /// `ErrorMailboxStoreUnavailable`, `ErrorMailboxFailover`, `ErrorConnectionFailed`
    MailboxStoreUnavailable = "mailbox.store_unavailable", Transient, None, Exchange, Undetermined;
    /// `ErrorMailboxConfiguration`, `ErrorDuplicateLegacyDistinguishedName`
    MailboxMisconfigured = "mailbox.misconfigured", Mailbox, None, Exchange, Unusable;
    /// `ErrorFolderNotFound`, `ErrorItemNotFound` on a default folder
    MailboxFolderMissing = "mailbox.folder_missing", Mailbox, None, Exchange, Unusable;
    /// `ErrorAccessDenied`
    MailboxAccessDenied = "mailbox.access_denied", Mailbox, None, Identity, Refused;
    /// `ErrorAccountDisabled` for the mailbox
    MailboxDisabled = "mailbox.disabled", Mailbox, None, List, Unusable;
    /// `ErrorQuotaExceeded` (write probe only)
    MailboxOverQuota = "mailbox.over_quota", Mailbox, None, Exchange, Unusable;
    /// `ErrorServerBusy`, `ErrorExceededConnectionCount`, "Too many concurrent connections opened", 429, 503
    ServerBusy = "server.busy", Transient, Some(Radius::Endpoint), Exchange, Undetermined;
    /// `ErrorInternalServerTransientError`, `ErrorTimeoutExpired`, `ErrorInsufficientResources`, `ErrorNotEnoughMemory`, `ErrorTooManyObjectsOpened`; redirect to `/ews/genericerrorpage.htm`
    ServerTransient = "server.transient", Transient, Some(Radius::Endpoint), Exchange, Undetermined;
    /// `ErrorADUnavailable`, `ErrorADOperation`
    ServerDirectoryUnavailable = "server.directory_unavailable", Transient, Some(Radius::Endpoint), Exchange, Undetermined;
    /// `ErrorNoRespondingCASInDestinationSite`, `ErrorCrossSiteRequest`, `ErrorProxy…`; `ErrorWrongServerVersion`, `ErrorInvalidSchemaVersionForMailboxVersion` of one mailbox after one step down
    ServerRouting = "server.routing", Transient, Some(Radius::Mailbox), Exchange, Undetermined;
    /// `ErrorInternalServerError` without a telling inner code; HTML 500
    ServerError = "server.error", Transient, Some(Radius::Endpoint), Exchange, Undetermined;
    /// A response code we do not know; shown as it came
    ServerUnknownCode = "server.unknown_code", Mailbox, None, Exchange, Undetermined;
}

impl Cause {
    /// Reads an id of the public contract.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.as_str() == id)
    }

    /// Whether it stops a run (ruling 1), once confirmed.
    #[must_use]
    pub const fn stops(self) -> bool {
        matches!(self.radius(), Radius::Endpoint | Radius::Account)
    }

    /// Whether one mailbox is asked again because of it.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self.radius(), Radius::Transient)
    }

    /// How often one mailbox is asked at most, the first time included (ruling 3).
    #[must_use]
    pub const fn attempts(self) -> u32 {
        match self {
            Self::ProtocolUnexpected => 2,
            _ => 5,
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
