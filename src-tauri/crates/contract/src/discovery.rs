//! Autodiscover: where the EWS URL of an address is, each step shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Cause, CertificateInfo, CheckPassword, EmailConfigurationForm, OrganizationId, Secret,
    StepStatus,
};

/// Starts Autodiscover. Steps that need no credentials go first; others ask for consent.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StartDiscovery {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands: account, authentication, trust, proxy. The URL may be empty.
    pub form: EmailConfigurationForm,
    /// The address to look for; left out: `Account Logon` when it is one, else a user's.
    #[ts(optional)]
    pub address: Option<String>,
    /// Where the password comes from; left out: no step with credentials.
    #[ts(optional)]
    pub password: Option<CheckPassword>,
    /// Send the password although it was refused within the last 30 minutes.
    #[serde(default)]
    pub send_again: bool,
    /// A password for the proxy's user, typed and not saved; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub proxy_password: Option<Secret>,
}

/// Names one discovery.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiscoveryRef {
    /// Its id.
    pub discovery: String,
}

/// Where a discovery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DiscoveryState {
    /// Going on.
    Running,
    /// Waits for consent: see [`Discovery::question`].
    Asking,
    /// At its end.
    Done,
    /// Stopped by the person.
    Cancelled,
}

/// How a host was thought of (Autodiscover, MS-OXDISCO §3.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DiscoveryMethod {
    /// JSON v2, without credentials.
    JsonV2,
    /// A service connection point of the directory.
    Scp,
    /// `https://autodiscover.<domain>`.
    AutodiscoverHost,
    /// `https://<domain>`: no password by default, often a foreign web host.
    RootDomain,
    /// `http://autodiscover.<domain>`, for its redirect alone.
    HttpRedirect,
    /// DNS SRV `_autodiscover._tcp.<domain>`.
    DnsSrv,
    /// Sent there by an answer of another step.
    Redirect,
}

/// One step: one row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiscoveryStep {
    /// From 1.
    pub number: u32,
    /// How it came to be.
    pub method: DiscoveryMethod,
    /// `JSON v2`, `SOAP`, `POX`, `HTTP`, `DNS`, `LDAP`.
    pub protocol: String,
    /// What was asked: a URL or a DNS name.
    pub address: String,
    /// How it ended.
    pub status: StepStatus,
    /// One plain sentence.
    pub result: String,
    /// What is broken, where something is.
    pub cause: Option<Cause>,
    /// `HTTP / DNS`: `401`, `302 to https://…`, `SRV 0 0 443 mail.contoso.com`.
    pub answer: Option<String>,
    /// The certificate chain that was shown, leaf first.
    pub certificates: Vec<CertificateInfo>,
    /// Milliseconds.
    pub elapsed_ms: Option<u64>,
    /// The host a password was sent to, if one was.
    pub password_sent_to: Option<String>,
}

/// From where a URL is meant to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DiscoveryPlacement {
    /// `InternalEwsUrl`, EXCH.
    Internal,
    /// `ExternalEwsUrl`, EXPR.
    External,
    /// The answer does not tell.
    Unknown,
}

/// An EWS URL that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiscoveryCandidate {
    /// The URL.
    pub url: String,
    /// How it was found.
    pub method: DiscoveryMethod,
    /// By which step.
    pub step: u32,
    /// From where it is meant to be used.
    pub placement: DiscoveryPlacement,
    /// `Exchange Online`, `Exchange Online (US Government L4)`, …; absent: on-premises.
    pub cloud: Option<String>,
    /// What speaks for or against it, in one plain sentence.
    pub note: Option<String>,
    /// The one to try first.
    pub advised: bool,
}

/// `Send the password of {account} to {host}?`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConsentQuestion {
    /// Hand it back with the answer.
    pub question: u32,
    /// Host the password would go to.
    pub host: String,
    /// Whose password.
    pub account: String,
    /// How this host was found, in one plain sentence.
    pub found: String,
    /// The certificate it showed; it was verified.
    pub certificate: Option<CertificateInfo>,
}

/// What to do about a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConsentAnswer {
    /// `Skip this host`.
    Skip,
    /// `Send to this host`.
    Send,
    /// `Cancel`.
    Cancel,
}

/// Answers a question.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AnswerConsent {
    /// Which discovery.
    pub discovery: String,
    /// Which question.
    pub question: u32,
    /// What to do.
    pub answer: ConsentAnswer,
    /// `Remember for this organization`.
    #[serde(default)]
    pub remember: bool,
}

/// Everything a discovery has found so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Discovery {
    /// Its id.
    pub discovery: String,
    /// The address that is looked for.
    pub address: String,
    /// Where it stands.
    pub state: DiscoveryState,
    /// Steps in their order.
    pub steps: Vec<DiscoveryStep>,
    /// URLs that were found, the advised one first.
    pub candidates: Vec<DiscoveryCandidate>,
    /// What it waits for.
    pub question: Option<ConsentQuestion>,
    /// Where Exchange says that the mailbox lives, if elsewhere (`user@tenant.mail.onmicrosoft.com`).
    pub redirect_address: Option<String>,
    /// How it ended, and what to do next, in plain sentences.
    pub message: Option<String>,
}
