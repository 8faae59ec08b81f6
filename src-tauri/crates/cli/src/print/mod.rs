//! The formats of a report. Each writes the same run in its own way, a page of rows at a time.

mod chain;
mod csv;
pub(crate) mod discovery;
mod endpoint;
pub(crate) mod guide;
mod html;
mod json;
pub(crate) mod jsonl;
mod junit;
mod next;
pub(crate) mod service_account;
mod sign_in;
pub(crate) mod steps;
mod table;

use std::path::PathBuf;

use contract::{Cause, CauseCard, Expectation, RunState, Summary};

use crate::failure::Failure;
use crate::output::Output;
use crate::rows::Report;
use crate::style::{Pen, count, grouped};

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: findings first, then what to do
    #[default]
    Table,
    /// One document: run, summary, results
    Json,
    /// A line per mailbox as it is decided
    Jsonl,
    /// Results as columns
    Csv,
    /// For build servers
    Junit,
    /// One file to pass on
    Html,
}

/// How a report is written.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct FormatArgs {
    /// How to write the results [default: table]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    format: Option<Format>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    json: bool,
    /// Write the results to this file instead of stdout; it appears when it is whole
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

impl FormatArgs {
    pub(crate) fn format(&self) -> Format {
        if self.json {
            Format::Json
        } else {
            self.format.unwrap_or_default()
        }
    }
}

/// Writes a run that has ended, or stands still.
///
/// # Errors
/// What the output or the database refuses.
pub(crate) async fn report(
    report: &Report<'_>,
    format: Format,
    output: &mut Output,
    pen: Pen,
) -> Result<(), Failure> {
    match format {
        Format::Table => table::write(report, output, pen).await,
        Format::Json => json::write(report, output).await,
        Format::Jsonl => {
            let mut stream =
                jsonl::Stream::new(report.engine, report.page.row.clone(), false, output);
            stream.end(report).await
        }
        Format::Csv => csv::write(report, output).await,
        Format::Junit => junit::write(report, output).await,
        Format::Html => html::write(report, output).await,
    }
}

/// The causes to act on, each once with all its rows: users and canaries with the same cause are
/// one. A canary refused as it must be, or a system mailbox, is nothing to act on.
fn cards<'r>(report: &'r Report<'_>) -> Vec<(&'r CauseCard, u64)> {
    let mut cards: Vec<(&CauseCard, u64)> = Vec::new();
    for card in &report.page.causes {
        let open = card.verdict.is_open(Expectation::MustRefuse);
        if !card.finding && (!open || card.cause == Cause::MailboxSystem) {
            continue;
        }
        match cards
            .iter_mut()
            .find(|(known, _)| known.cause == card.cause)
        {
            Some((_, count)) => *count += card.count,
            None => cards.push((card, card.count)),
        }
    }
    // The gravest of all; the others keep their order.
    cards.sort_by_key(|(card, _)| card.cause != Cause::ImpersonationExposed);
    cards
}

/// The gravest finding of all stands under a line of its own.
fn opened(number: u64) -> String {
    match number {
        1 => "A mailbox that must be refused was opened".to_owned(),
        n => format!("{} mailboxes that must be refused were opened", grouped(n)),
    }
}

/// `5 mailboxes: 3 granted, 1 refused, 1 not checked.`
pub(crate) fn totals(summary: &Summary) -> String {
    let parts = [
        (summary.granted, "granted"),
        (summary.refused, "refused"),
        (summary.no_mailbox, "no mailbox"),
        (summary.unusable, "unusable"),
        (summary.undetermined, "undetermined"),
        (summary.not_checked, "not checked"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", grouped(*n)))
        .collect();
    let left_out = match summary.left_out {
        0 => String::new(),
        n => format!(
            " {} left out.",
            count(n, "system mailbox", "system mailboxes")
        ),
    };
    let mailboxes = count(summary.total, "mailbox", "mailboxes");
    if shown.is_empty() {
        format!("{mailboxes}.{left_out}")
    } else {
        format!("{mailboxes}: {}.{left_out}", shown.join(", "))
    }
}

/// `2 findings. The run is complete.`
pub(crate) fn standing(summary: &Summary, state: RunState) -> String {
    let findings = match summary.findings {
        0 => "No findings".to_owned(),
        n => count(n, "finding", "findings"),
    };
    let state = match state {
        RunState::Complete => "The run is complete",
        RunState::Incomplete => "The run is incomplete: not everything could be found out",
        RunState::Stopped => "The run was stopped",
        RunState::Cancelled => "The run was canceled; what was decided is kept",
        RunState::Interrupted => "The run was cut off; what was decided is kept",
        RunState::Running => "The run goes on",
    };
    format!("{findings}. {state}.")
}

/// What went over the wire.
pub(crate) fn traffic(summary: &Summary) -> String {
    format!(
        "{} over {}, {}.",
        count(summary.requests, "request", "requests"),
        count(summary.connections, "connection", "connections"),
        count(summary.retries, "retry", "retries")
    )
}
