//! `understudy.check/1`: a run and its results as JSON, and the same fields as CSV. Field names and
//! their order are a public contract: added, never renamed.

use contract::{
    Cause, CertificateInfo, ExchangeNames, Expectation, FolderResult, Remedy, ResultRow,
    RunAuthentication, RunPage, RunRow, RunState, SampleStatement, Summary, Verdict,
};
use serde::Serialize;

use super::steps::Step;
use crate::diagnosis::known::host_of;
use crate::diagnosis::names::filled;
use crate::diagnosis::remedy::{Edition, Names, Over, remedy};

/// Name of the shape.
pub const SCHEMA: &str = "understudy.check/1";

/// A run.
#[derive(Debug, Clone, Serialize)]
pub struct Run<'a> {
    /// UUID.
    pub id: &'a str,
    /// RFC 3339, UTC.
    pub started_at: &'a str,
    /// RFC 3339, UTC.
    pub finished_at: Option<&'a str>,
    /// `complete`, `incomplete`, `stopped`, `cancelled`, `running`, `interrupted`.
    pub state: RunState,
    /// Stored name.
    pub organization: Option<&'a str>,
    /// What was asked.
    pub ews_url: &'a str,
    /// As whom.
    pub account: &'a str,
    /// With which scheme.
    pub auth: &'a str,
    /// Build.
    pub server_version: Option<&'a str>,
    /// Why it was stopped.
    pub cause: Option<Cause>,
    /// One plain sentence about that.
    pub message: Option<&'a str>,
    /// Commands against it.
    pub remedy: Option<Vec<Remedy>>,
    /// Warnings in plain sentences.
    pub warnings: &'a [String],
    /// How the log-on went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<&'a RunAuthentication>,
    /// The certificate chain the server showed, leaf first; empty without TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Vec<Certificate<'a>>>,
    /// The step ladder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step<'a>>>,
    /// What a random sample says about the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample<'a>>,
}

/// What a random sample says about the mailboxes that were not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample<'a> {
    /// Mailboxes that were drawn.
    pub size: u64,
    /// Mailboxes they were drawn from.
    pub population: u64,
    /// Drawn ones with a verdict.
    pub decided: u64,
    /// Of these, how many did not open.
    pub failed: u64,
    /// At most so many of the population do not open, with 95 % confidence.
    pub at_most: u64,
    /// The same in plain words.
    pub sentence: &'a str,
}

impl<'a> From<&'a SampleStatement> for Sample<'a> {
    fn from(statement: &'a SampleStatement) -> Self {
        Self {
            size: statement.size,
            population: statement.population,
            decided: statement.decided,
            failed: statement.failed,
            at_most: statement.at_most,
            sentence: &statement.sentence,
        }
    }
}

/// A certificate the server showed, without its PEM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate<'a> {
    /// Subject, RFC 4514.
    pub subject: &'a str,
    /// Issuer, RFC 4514.
    pub issuer: &'a str,
    /// DNS names and addresses it is for.
    pub names: &'a [String],
    /// RFC 3339, UTC.
    pub not_before: &'a str,
    /// RFC 3339, UTC.
    pub not_after: &'a str,
    /// SHA-256 of its DER, upper-case hexadecimal: what `--pin-sha256` takes.
    pub sha256: &'a str,
    /// Whether it may issue others.
    pub is_ca: bool,
}

impl<'a> From<&'a CertificateInfo> for Certificate<'a> {
    fn from(info: &'a CertificateInfo) -> Self {
        Self {
            subject: &info.subject,
            issuer: &info.issuer,
            names: &info.names,
            not_before: &info.not_before,
            not_after: &info.not_after,
            sha256: &info.sha256,
            is_ca: info.is_ca,
        }
    }
}

/// The result of one mailbox.
#[derive(Debug, Clone, Serialize)]
pub struct Result<'a> {
    /// Address, or the identity sent where there is none.
    pub mailbox: &'a str,
    /// What was expected.
    pub expectation: Expectation,
    /// How it ended.
    pub verdict: Verdict,
    /// Why.
    pub cause: Option<Cause>,
    /// Whether the verdict breaks the expectation.
    pub finding: bool,
    /// `ResponseCode` as Exchange sent it.
    pub ews_code: Option<&'a str>,
    /// HTTP status of the deciding answer.
    pub http_status: Option<u16>,
    /// How often it was asked.
    pub attempts: u32,
    /// Milliseconds of the deciding request.
    pub latency_ms: Option<u64>,
    /// `client-request-id` of the deciding request.
    pub request_id: Option<&'a str>,
    /// One plain sentence.
    pub message: Option<&'a str>,
    /// Commands against the cause.
    pub remedy: Option<Vec<Remedy>>,
    /// The address this one is a second address of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias_of: Option<&'a str>,
    /// Verdict by folder, where several were asked for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub folders: &'a [FolderResult],
}

/// A whole check, for small ones; large ones are written piece by piece with the same parts.
#[derive(Debug, Clone, Serialize)]
pub struct Check<'a> {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The run.
    pub run: Run<'a>,
    /// Counts.
    pub summary: &'a Summary,
    /// In the order of the list.
    pub results: Vec<Result<'a>>,
}

/// Header of the CSV form: the fields of `results`.
pub const COLUMNS: [&str; 14] = [
    "mailbox",
    "expectation",
    "verdict",
    "cause",
    "finding",
    "ews_code",
    "http_status",
    "attempts",
    "latency_ms",
    "request_id",
    "message",
    "remedy",
    "alias_of",
    "folders",
];

/// A stored run in the shape of the contract.
#[must_use]
pub fn run(row: &RunRow) -> Run<'_> {
    Run {
        id: &row.id.0,
        started_at: &row.started_at,
        finished_at: row.finished_at.as_deref(),
        state: row.state,
        organization: row.organization_name.as_deref(),
        ews_url: &row.ews_url,
        account: &row.account,
        auth: &row.auth,
        server_version: row.server_version.as_deref(),
        cause: row.cause,
        message: row.message.as_deref(),
        remedy: row.cause.and_then(|cause| commands(cause, row, None)),
        warnings: &row.warnings,
        authentication: None,
        certificates: None,
        steps: None,
        sample: None,
    }
}

/// The same with what its page adds: how the log-on went, and the chain the server showed.
#[must_use]
pub fn whole_run(page: &RunPage) -> Run<'_> {
    let run = Run {
        sample: page.sample.as_ref().map(Sample::from),
        ..with_evidence(
            &page.row,
            &page.authentication,
            &page.certificates,
            &page.steps,
        )
    };
    let card = page
        .causes
        .iter()
        .find(|card| Some(card.cause) == page.row.cause);
    match card {
        // The card knows the names of the organization, and what the server offers.
        Some(card) => Run {
            remedy: (!card.remedy.is_empty()).then(|| card.remedy.clone()),
            ..run
        },
        None => run,
    }
}

/// A run with how it logged on, the chain it saw and its step ladder.
#[must_use]
pub fn with_evidence<'a>(
    row: &'a RunRow,
    authentication: &'a RunAuthentication,
    certificates: &'a [CertificateInfo],
    steps: &'a [contract::Step],
) -> Run<'a> {
    Run {
        authentication: Some(authentication),
        certificates: Some(certificates.iter().map(Certificate::from).collect()),
        steps: Some(steps.iter().map(Step::from).collect()),
        ..run(row)
    }
}

/// A stored result in the shape of the contract.
#[must_use]
pub fn result<'a>(row: &'a ResultRow, folders: &'a [FolderResult], run: &RunRow) -> Result<'a> {
    Result {
        mailbox: &row.mailbox,
        expectation: row.expectation,
        verdict: row.verdict.unwrap_or(Verdict::NotChecked),
        cause: row.cause,
        finding: row.finding,
        ews_code: row.ews_code.as_deref(),
        http_status: row.http_status,
        attempts: row.attempts,
        latency_ms: row.latency_ms,
        request_id: row.request_id.as_deref(),
        message: row.message.as_deref(),
        remedy: needs_remedy(row).and_then(|cause| commands(cause, run, Some(&row.mailbox))),
        alias_of: row.alias_of.as_deref(),
        folders,
    }
}

/// The fields of a result as CSV cells, in the order of [`COLUMNS`], as they are.
#[must_use]
pub fn cells(result: &Result<'_>) -> [String; 14] {
    let some = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let number = |value: Option<u64>| value.map(|n| n.to_string()).unwrap_or_default();
    let commands = result
        .remedy
        .iter()
        .flatten()
        .map(|r| r.powershell.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    let folders = result
        .folders
        .iter()
        .map(|f| format!("{}={}", f.folder, f.ews_code))
        .collect::<Vec<_>>()
        .join(" ");
    [
        result.mailbox.to_owned(),
        result.expectation.as_str().to_owned(),
        result.verdict.as_str().to_owned(),
        result
            .cause
            .map(|cause| cause.as_str().to_owned())
            .unwrap_or_default(),
        result.finding.to_string(),
        some(result.ews_code),
        number(result.http_status.map(u64::from)),
        result.attempts.to_string(),
        number(result.latency_ms),
        some(result.request_id),
        some(result.message),
        commands,
        some(result.alias_of),
        folders,
    ]
}

/// A canary that was refused as expected needs none; nor does a row that only carries the run's cause.
fn needs_remedy(row: &ResultRow) -> Option<Cause> {
    let as_expected =
        row.expectation == Expectation::MustRefuse && row.verdict == Some(Verdict::Refused);
    let of_run = row.verdict == Some(Verdict::NotChecked);
    row.cause.filter(|_| !as_expected && !of_run)
}

/// With the names of the guide: a report is the same whoever writes it.
fn commands(cause: Cause, run: &RunRow, mailbox: Option<&str>) -> Option<Vec<Remedy>> {
    let (host, port) = host_of(&run.ews_url);
    let mailboxes: Vec<String> = mailbox.into_iter().map(str::to_owned).collect();
    let before_log_on = run
        .message
        .as_ref()
        .is_some_and(|message| message.contains("before the log-on"));
    let commands = remedy(
        cause,
        &Names {
            account: &run.account,
            over: Over::These(&mailboxes),
            host: &host,
            port,
            exchange: &filled(&ExchangeNames::default(), None),
            edition: Edition::of(&host, run.server_version.as_deref()),
            offered: &[],
            before_log_on,
            application: run.application,
            authority: run.authority_of(cause),
        },
    );
    (!commands.is_empty()).then_some(commands)
}
