//! What one reply, or its absence, says. The verdict is read from the body, never from the HTTP
//! status alone: faults also arrive with 200.

use std::time::Duration;

use contract::{Cause, FolderResult};
use ews::{Answer, Body, DistinguishedFolder, ReadError, ResponseCode, ResponseMessage};
use exchange::{Fault, Reply, TlsFaultKind};
use jiff::Timestamp;

use super::identity::Identity;
use super::{codes, http, log_on};

/// What was asked, as far as the meaning of the answer depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The first request, without credentials.
    Anonymously,
    /// Un-impersonated: the service account's own Inbox.
    Own,
    /// Un-impersonated: a name in the directory.
    Directory,
    /// Impersonating.
    Impersonating,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Every folder opened; this is the identity of the first one.
    Opened(Identity),
    /// Something else, and why.
    Cause(Cause),
    /// 401: a challenge, or a refusal of what was sent.
    Challenge,
    /// A log-on that proves the password was refused: final, in this scheme and in any other.
    LogOnRefused,
    /// Nothing was sent: the log-on of another lane was refused.
    HeldBack,
    /// No log-on in this way can be made, and nothing was refused: another way may be tried.
    NoWay,
    /// The schema version is not accepted: by this server, or for this mailbox alone. The cause
    /// is what it becomes when a step down does not help.
    StepDown {
        /// For this mailbox alone.
        mailbox_only: bool,
        /// What it is otherwise.
        otherwise: Cause,
    },
    /// `ErrorAccountDisabled`: the account's or the mailbox's, which only an un-impersonated
    /// request can tell (ruling 8).
    AccountDisabled,
    /// Un-impersonated: signed in, and there is no mailbox (or it cannot be opened, or none was asked
    /// for). Fine.
    NoOwnMailbox,
}

/// One observation with its evidence.
#[derive(Debug, Clone)]
pub(crate) struct Observed {
    pub(crate) seen: Seen,
    /// `ResponseCode` as Exchange spelled it.
    pub(crate) ews_code: Option<String>,
    pub(crate) http_status: Option<u16>,
    /// The server's own words.
    pub(crate) text: Option<String>,
    /// How long the server asks us to wait.
    pub(crate) wait: Option<Duration>,
    /// `ErrorNonPrimarySmtpAddress`: the primary address.
    pub(crate) primary: Option<String>,
    /// Build of the server.
    pub(crate) server_version: Option<String>,
    /// Folder by folder, where several were asked for.
    pub(crate) folders: Vec<FolderResult>,
    /// What the mailbox may carry in its sentence: a redirect's target, a fault's words.
    pub(crate) detail: Option<String>,
    /// Whether it came as a fault of the whole answer to a lane's or server's connection limit, so
    /// that fewer lanes are the remedy.
    pub(crate) too_many: bool,
    pub(crate) elapsed: Option<Duration>,
    /// It came from this host, which issues access tokens, and not from Exchange.
    pub(crate) authority: Option<String>,
}

impl Observed {
    pub(crate) fn new(seen: Seen) -> Self {
        Self {
            seen,
            ews_code: None,
            http_status: None,
            text: None,
            wait: None,
            primary: None,
            server_version: None,
            folders: Vec::new(),
            detail: None,
            too_many: false,
            elapsed: None,
            authority: None,
        }
    }

    pub(super) fn cause(cause: Cause) -> Self {
        Self::new(Seen::Cause(cause))
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// Reads one reply, or its absence.
pub(crate) fn observe(
    outcome: &Result<Reply, Fault>,
    asked: Asked,
    folders: &[DistinguishedFolder],
    now: Timestamp,
) -> Observed {
    match outcome {
        Err(fault) => of_fault(fault),
        Ok(reply) => {
            let mut observed = of_reply(reply, asked, folders);
            observed.wait = observed.wait.or_else(|| http::retry_after(reply, now));
            observed.http_status = Some(reply.status);
            observed.elapsed = Some(reply.elapsed);
            observed
        }
    }
}

fn of_fault(fault: &Fault) -> Observed {
    let cause = match fault {
        Fault::NameNotFound { .. } => Cause::DnsNotFound,
        Fault::ConnectionRefused => Cause::TcpRefused,
        Fault::ConnectTimeout { .. } => Cause::TcpTimeout,
        Fault::Proxy { .. } => Cause::ProxyFailed,
        Fault::Tls(tls) => match tls.kind {
            TlsFaultKind::PinMismatch => Cause::TlsPinMismatch,
            TlsFaultKind::Untrusted => Cause::TlsUntrusted,
            TlsFaultKind::NameMismatch => Cause::TlsNameMismatch,
            TlsFaultKind::Expired => Cause::TlsExpired,
            TlsFaultKind::Protocol => Cause::TlsProtocol,
        },
        Fault::Timeout => Cause::HttpTimeout,
        Fault::Closed { .. } => Cause::HttpClosed,
        Fault::TooLarge { .. } | Fault::NotHttp { .. } => Cause::ProtocolUnexpected,
        Fault::LogOn(fault) => return log_on::judge(fault),
    };
    let mut observed = Observed::cause(cause).detail(fault.to_string());
    if let Fault::TooLarge { status } = fault {
        observed.http_status = Some(*status);
    }
    observed
}

fn of_reply(reply: &Reply, asked: Asked, folders: &[DistinguishedFolder]) -> Observed {
    if reply.status == 401 {
        return http::challenge(reply, asked);
    }
    if let Some(retired) = http::retired(reply) {
        return retired;
    }
    match ews::read(&reply.body) {
        Ok(answer) => of_answer(reply, &answer, asked, folders),
        Err(error) => http::judge(reply, &error, asked),
    }
}

fn of_answer(
    reply: &Reply,
    answer: &Answer,
    asked: Asked,
    folders: &[DistinguishedFolder],
) -> Observed {
    let mut observed = match &answer.body {
        Body::Fault(fault) => {
            let code = fault.deciding_code();
            if is_generic(&code) && !matches!(reply.status, 200 | 500) {
                return http::judge(reply, &ReadError::NoAnswer, asked);
            }
            let words = words(fault.text.as_deref(), &fault.details);
            let mut observed = codes::judge(&code, &words, asked);
            observed.wait = fault.details.back_off();
            observed.primary = fault.primary_address().map(str::to_owned);
            observed.text.clone_from(&fault.text);
            observed.ews_code = Some(code.as_str().to_owned());
            if let Some(violation) = fault.details.violation() {
                observed.detail = Some(violation_text(&fault.details, violation));
            }
            observed
        }
        Body::Messages(messages) => of_messages(messages, asked, folders),
    };
    observed.server_version = answer.server_version.as_ref().map(ToString::to_string);
    observed
}

/// One message a folder. Granted when all opened; else the code of the first that did not, where
/// `ErrorBatchProcessingStopped` stands for the first error before it (rulings 10 and 14).
fn of_messages(
    messages: &[ResponseMessage],
    asked: Asked,
    folders: &[DistinguishedFolder],
) -> Observed {
    let failed = messages
        .iter()
        .filter(|message| !message.is_success())
        .find(|message| message.code != ResponseCode::ErrorBatchProcessingStopped)
        .or_else(|| messages.iter().find(|message| !message.is_success()));
    let mut observed = match failed {
        Some(message) => {
            let code = message.deciding_code();
            let words = words(message.text.as_deref(), &message.details);
            let mut observed = codes::judge(&code, &words, asked);
            observed.wait = message.details.back_off();
            observed.primary = message.primary_address().map(str::to_owned);
            observed.text.clone_from(&message.text);
            observed.ews_code = Some(code.as_str().to_owned());
            if let Some(violation) = message.details.violation() {
                observed.detail = Some(violation_text(&message.details, violation));
            }
            observed
        }
        None if asked == Asked::Directory => Observed::new(Seen::NoOwnMailbox),
        None => opened(messages, folders),
    };
    if folders.len() > 1 {
        observed.folders = folders
            .iter()
            .zip(messages)
            .map(|(folder, message)| {
                let stopped = message.code == ResponseCode::ErrorBatchProcessingStopped;
                let telling = failed.filter(|_| stopped).unwrap_or(message);
                FolderResult {
                    folder: folder.as_str().to_owned(),
                    ews_code: telling.deciding_code().as_str().to_owned(),
                    opened: message.is_success(),
                }
            })
            .collect();
    }
    observed
}

fn opened(messages: &[ResponseMessage], folders: &[DistinguishedFolder]) -> Observed {
    let complete =
        messages.len() == folders.len() && messages.iter().all(|m| !m.folder_ids.is_empty());
    let first = messages
        .first()
        .and_then(|message| message.folder_ids.first());
    match first {
        Some(folder) if complete => {
            let mut observed = Observed::new(Seen::Opened(Identity::of(folder)));
            observed.ews_code = Some(ResponseCode::NoError.as_str().to_owned());
            observed
        }
        _ => Observed::cause(Cause::ProtocolUnexpected)
            .detail("Exchange reported success without the folders that were asked for"),
    }
}

/// Everything the server said in words, outer and inner.
fn words(text: Option<&str>, details: &ews::Details) -> String {
    let mut words = text.unwrap_or_default().to_ascii_lowercase();
    if let Some(inner) = details.inner_text() {
        words.push('\n');
        words.push_str(&inner.to_ascii_lowercase());
    }
    words
}

fn violation_text(details: &ews::Details, violation: &str) -> String {
    match (details.line(), details.position()) {
        (Some(line), Some(position)) => format!("line {line}, position {position}: {violation}"),
        _ => violation.to_owned(),
    }
}

/// A fault code of SOAP itself (`Client`, `Server`, `Receiver` …) names no cause.
pub(super) fn is_generic(code: &ResponseCode) -> bool {
    matches!(code, ResponseCode::Unknown(text) if !text.contains("Error"))
}
