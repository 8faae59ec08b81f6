//! How a log-on went, and what a server says before one: the truth table of schemes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Cause, CertificateInfo, EmailConfigurationForm, OrganizationId};

/// How one scheme ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SchemeOutcome {
    /// The server let us in.
    Accepted,
    /// The server, or the KDC, refused what was sent.
    Refused,
    /// It could not be tried: no ticket, no KDC, a damaged challenge. Nothing was refused.
    NotPossible,
    /// Sent, and never answered.
    Unanswered,
}

/// A scheme that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SchemeTried {
    /// The word in the header: `Negotiate`, `NTLM`, `Basic`, `Bearer`.
    pub scheme: String,
    /// What went under it: `kerberos`, `ntlm`, `basic`, `bearer`.
    pub mechanism: String,
    /// How it ended.
    pub outcome: SchemeOutcome,
    /// One plain sentence, where there is something to say.
    pub detail: Option<String>,
}

/// Whether a server looks at the channel binding (Extended Protection). A server never tells; only a
/// refused log-on would, and none is risked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum BindingLookedAt {
    /// Its build does by default: Exchange 2019 CU14 (15.2.1544) and later, and SE.
    ByDefault,
    /// An older build, or none known: only where someone switched it on.
    Unknown,
    /// There was nothing to look at.
    No,
}

/// The channel binding of a log-on (RFC 5929 `tls-server-end-point`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelBinding {
    /// Whether one was sent.
    pub sent: bool,
    /// Hash of the certificate it was made with: `SHA-256`, `SHA-384`, `SHA-512`.
    pub hash: Option<String>,
    /// Whether the server looks at it.
    pub looked_at: BindingLookedAt,
}

/// Names of the server's domain, from the NTLM challenge (MS-NLMP §2.2.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServerDomain {
    /// `NetBIOS` name: the prefix of `DOMAIN\user`.
    pub netbios: Option<String>,
    /// DNS name: the usual suffix of a UPN.
    pub dns: Option<String>,
    /// DNS name of the forest.
    pub forest: Option<String>,
    /// DNS name of the computer that answered.
    pub computer: Option<String>,
}

/// How the log-on of a run went. JSON names are those of the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct RunAuthentication {
    /// Schemes the server offers.
    pub offered: Vec<String>,
    /// Schemes that were tried, in their order.
    pub tried: Vec<SchemeTried>,
    /// The scheme that let us in.
    pub accepted: Option<String>,
    /// The channel binding; absent: no log-on was sent.
    pub channel_binding: Option<ChannelBinding>,
    /// Build of the server, also where it is known before any log-on.
    pub server_version: Option<String>,
    /// Seconds the server's clock is ahead of this computer's.
    pub clock_skew_seconds: Option<i64>,
    /// The server's domain, where its NTLM challenge named it.
    pub domain: Option<ServerDomain>,
    /// The authority that issues access tokens, where that could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub authority: Option<SilentAuthority>,
}

/// An authority that could not be asked for access tokens: what that caused is no matter of Exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SilentAuthority {
    /// Its host, with the port where that is not the usual one.
    pub host: String,
    /// What that caused in a run.
    pub causes: Vec<Cause>,
}

impl SilentAuthority {
    /// Its host, where the cause came from there.
    #[must_use]
    pub fn of(&self, cause: Cause) -> Option<&str> {
        let here = self.causes.contains(&cause);
        here.then_some(self.host.as_str())
    }
}

/// Asks a server how it wants to be logged on to. Sends no credentials.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProbeEndpoint {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; `Account Logon` may be empty.
    pub form: EmailConfigurationForm,
}

/// What a server says before any log-on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EndpointProbe {
    /// Why it can't be asked; absent: it asks for a log-on, as EWS does.
    pub cause: Option<Cause>,
    /// One plain sentence.
    pub message: String,
    /// What it offers, its build, clock and domain.
    pub authentication: RunAuthentication,
    /// The certificate chain it showed, leaf first.
    pub certificates: Vec<CertificateInfo>,
    /// `Account Logon` with the domain's prefix, where the typed one has neither `\` nor `@`.
    pub account_suggestion: Option<String>,
}
