//! Check runs: start, progress, summary, causes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AppCredential, Blame, Cause, CertificateInfo, EmailConfigurationForm, OrganizationId,
    RunAuthentication, RunId, Secret, SilentAuthority, UserId, Verdict,
};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RunState {
    /// Going on.
    Running,
    /// Every mailbox is decided.
    Complete,
    /// Something is undetermined or was not checked.
    Incomplete,
    /// Stopped by an endpoint or account cause.
    Stopped,
    /// Stopped by the person.
    Cancelled,
    /// The process ended in mid-run.
    Interrupted,
}

impl RunState {
    /// The id of the public contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Reads an id of the public contract.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [
            Self::Running,
            Self::Complete,
            Self::Incomplete,
            Self::Stopped,
            Self::Cancelled,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|state| state.as_str() == id)
    }
}

/// How many rows have a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CauseCount {
    /// The cause.
    pub cause: Cause,
    /// Rows that carry it.
    pub count: u64,
}

/// Counts of a run. JSON names are those of the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Summary {
    /// Mailboxes, system mailboxes left out.
    pub total: u64,
    /// By verdict.
    pub granted: u64,
    /// By verdict.
    pub refused: u64,
    /// By verdict.
    pub no_mailbox: u64,
    /// By verdict.
    pub unusable: u64,
    /// By verdict.
    pub undetermined: u64,
    /// By verdict.
    pub not_checked: u64,
    /// Verdicts that break the expectation.
    pub findings: u64,
    /// POSTs to EWS, retries and probes included, the anonymous first one and log-on legs not.
    pub requests: u64,
    /// TCP connections.
    pub connections: u64,
    /// Log-ons.
    pub log_ons: u64,
    /// Requests that asked a mailbox again.
    pub retries: u64,
    /// System mailboxes.
    pub left_out: u64,
    /// Rows by cause, most first.
    pub causes: Vec<CauseCount>,
}

/// Names one run.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunRef {
    /// Its id.
    pub run: RunId,
}

/// Which mailboxes to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum CheckScope {
    /// All users of the organization and its canaries.
    All,
    /// These users.
    Users {
        /// Their ids.
        ids: Vec<UserId>,
    },
    /// What failed or stayed undetermined in the newest run.
    FailedOnly,
    /// The rows of a run that carry this cause.
    Cause {
        /// Which run.
        run: RunId,
        /// Which cause.
        cause: Cause,
    },
    /// So many users of the organization, drawn at random, and its canaries.
    Sample {
        /// How many, at least 1.
        size: u64,
    },
    /// One address, which need not be listed.
    Address {
        /// The address.
        address: String,
    },
}

/// Where the password comes from.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum CheckPassword {
    /// The key store, or what was typed earlier in this session.
    Stored,
    /// Typed in the form.
    Typed {
        /// The password.
        password: Secret,
    },
}

/// Starts a check on the form as it stands, unsaved included.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StartCheck {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; left out: as saved.
    #[ts(optional)]
    pub form: Option<EmailConfigurationForm>,
    /// Where the password comes from.
    pub password: CheckPassword,
    /// Which mailboxes.
    pub scope: CheckScope,
    /// Send the password although it was refused within the last 30 minutes.
    #[serde(default)]
    pub send_again: bool,
    /// A password for the proxy's user, typed and not saved; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub proxy_password: Option<Secret>,
    /// The app's credential, given and not saved; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub app_credential: Option<AppCredential>,
}

/// Goes on with a run that was cut off: decided mailboxes are not asked again.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ResumeRun {
    /// Which run.
    pub run: RunId,
    /// Where the password comes from.
    pub password: CheckPassword,
    /// Send the password although it was refused within the last 30 minutes.
    #[serde(default)]
    pub send_again: bool,
    /// A password for the proxy's user; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub proxy_password: Option<Secret>,
    /// The app's credential, given and not saved; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub app_credential: Option<AppCredential>,
}

/// Which runs to list, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct RunsQuery {
    /// Left out: of all organizations.
    pub organization: Option<OrganizationId>,
    /// Most rows; 0: 100.
    pub limit: u64,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// 1, 2, 3 … within the data folder.
    pub number: i64,
    /// Left out: a one-off audit.
    pub organization: Option<OrganizationId>,
    /// Name of the organization.
    pub organization_name: Option<String>,
    /// Where it stands.
    pub state: RunState,
    /// Why it was stopped.
    pub cause: Option<Cause>,
    /// One plain sentence about that.
    pub message: Option<String>,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC.
    pub finished_at: Option<String>,
    /// What was asked.
    pub ews_url: String,
    /// As whom.
    pub account: String,
    /// With which scheme.
    pub auth: String,
    /// `all`, `users`, `failed_only`, `cause`, `sample`, `address`.
    pub scope: String,
    /// Build of the server, `15.2.2562.17`.
    pub server_version: Option<String>,
    /// The settings were not saved when it started.
    pub draft: bool,
    /// The settings saved now are others (`Old settings`).
    pub old_settings: bool,
    /// Counts so far.
    pub summary: Summary,
    /// Warnings in plain sentences (`Scope not proven.`, …).
    pub warnings: Vec<String>,
    /// An application asked, which has no mailbox, no password and no management role.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub application: bool,
    /// The authority that issues access tokens, where that could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub authority: Option<SilentAuthority>,
}

impl RunRow {
    /// Host of the authority, where it was the authority that a cause came from, and not Exchange.
    #[must_use]
    pub fn authority_of(&self, cause: Cause) -> Option<&str> {
        let authority = self.authority.as_ref();
        authority.and_then(|authority| authority.of(cause))
    }
}

/// How far a run is: at most ten a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunProgress {
    /// Which run.
    pub run: RunId,
    /// Where it stands.
    pub state: RunState,
    /// Why it was stopped.
    pub cause: Option<Cause>,
    /// Mailboxes with a verdict.
    pub done: u64,
    /// Mailboxes in all.
    pub total: u64,
    /// Findings so far.
    pub findings: u64,
    /// Mailboxes a second, over the last seconds.
    pub rate: f64,
    /// Seconds left, where that can be told.
    pub eta_seconds: Option<u64>,
    /// All lanes wait until then (RFC 3339, UTC).
    pub waiting_until: Option<String>,
    /// Mailboxes waiting for their own back-off.
    pub waiting: u64,
    /// Connections in use.
    pub lanes: u32,
    /// The person paused it: nothing is asked until it goes on.
    #[serde(default)]
    pub paused: bool,
    /// Counts so far.
    pub summary: Summary,
}

/// A run with its causes and steps.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunPage {
    /// The run.
    pub row: RunRow,
    /// How far it is.
    pub progress: RunProgress,
    /// Causes, gravest and most frequent first.
    pub causes: Vec<CauseCard>,
    /// Step ladder.
    pub steps: Vec<Step>,
    /// The certificate chain the server showed, leaf first.
    pub certificates: Vec<CertificateInfo>,
    /// Schemes the server offers.
    pub offered: Vec<String>,
    /// How the log-on went.
    pub authentication: RunAuthentication,
    /// What a random sample says about the rest; of a sample only, once it has ended.
    #[serde(default)]
    pub sample: Option<SampleStatement>,
}

/// What a random sample says about the mailboxes that were not asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SampleStatement {
    /// Mailboxes that were drawn.
    #[serde(default)]
    #[ts(optional, as = "Option<u64>")]
    pub size: u64,
    /// Mailboxes of the sample that were decided.
    pub decided: u64,
    /// Of these, how many did not open although they must.
    pub failed: u64,
    /// Mailboxes it was drawn from.
    pub population: u64,
    /// At most so many of the population do not open, with 95 % confidence (hypergeometric, one-sided).
    pub at_most: u64,
    /// The same in plain words.
    pub sentence: String,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StepStatus {
    /// Fine.
    Pass,
    /// Fine, but.
    Warning,
    /// Broken here.
    Fail,
    /// Not reached, or not asked for.
    Skipped,
    /// Going on.
    Running,
}

/// A rung of the step ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Step {
    /// Of a check: `form`, `dns`, `tcp`, `tls`, `discovery`, `ews`, `log_on`, `impersonate`,
    /// `own_mailbox`, `mailboxes`, `canaries`.
    pub id: String,
    /// `Name resolves`, …
    #[serde(default)]
    pub title: String,
    /// How it ended.
    pub status: StepStatus,
    /// What is broken.
    pub cause: Option<Cause>,
    /// One plain sentence.
    pub message: String,
    /// Milliseconds, where measured.
    pub elapsed_ms: Option<u64>,
    /// Whose job it is; where something is broken.
    #[serde(default)]
    pub blame: Option<Blame>,
    /// The next step, in one plain sentence.
    #[serde(default)]
    pub next: Option<String>,
    /// What was seen, a line each (`Tell me more`). Never a secret.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// What a remedy command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RemedyPurpose {
    /// Read only.
    Look,
    /// Changes something.
    Change,
    /// Takes the change back.
    Undo,
    /// Proves the change.
    Verify,
}

/// A command to type into the Exchange Management Shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Remedy {
    /// What for.
    pub purpose: RemedyPurpose,
    /// The command.
    pub powershell: String,
    /// Where to type it, or what to fill in first; absent: the Exchange Management Shell, as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub note: Option<String>,
}

/// Another way, to be picked knowingly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Alternative {
    /// `Whole organization`, …
    pub title: String,
    /// What it risks, in one plain sentence.
    pub warning: String,
    /// Its commands.
    pub remedy: Vec<Remedy>,
}

/// A cause with all it touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CauseCard {
    /// The cause.
    pub cause: Cause,
    /// Rows that carry it.
    pub count: u64,
    /// Their verdict.
    pub verdict: Verdict,
    /// Whether these rows are findings.
    pub finding: bool,
    /// A few words.
    pub title: String,
    /// Two plain sentences: what it means, and what to do next.
    pub explanation: String,
    /// Whose job it is.
    pub blame: Blame,
    /// Likely reasons, the likeliest first, a plain sentence each.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// What it was told apart by, a line each: codes, statuses, texts of the server.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Commands, with this organization's names.
    pub remedy: Vec<Remedy>,
    /// Other ways, never the default.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// A few of the addresses.
    pub examples: Vec<String>,
}
