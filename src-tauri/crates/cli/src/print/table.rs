//! The table for people: findings first, then what is open, then what is as it should be; totals,
//! and what to do about each cause, last.

use contract::{Cause, CauseCard, Expectation, Remedy, RemedyPurpose, ResultRow, RunRow, Verdict};
use engine::reports::check;

use super::steps::{Detail, steps};
use crate::failure::Failure;
use crate::output::Output;
use crate::rows::{Kind, Report, is_exposed, verdict};
use crate::style::{Pen, count, grouped, harmless, one_line, width, wrap};

/// Up to here what is as it should be is listed too.
const SMALL: u64 = 20;
/// Widest column of addresses, in characters; longer ones push their line out.
const WIDEST_MAILBOX: usize = 48;

pub(super) async fn write(
    report: &Report<'_>,
    output: &mut Output,
    pen: Pen,
) -> Result<(), Failure> {
    let row = &report.page.row;
    let layout = Layout::of(report).await?;
    for kind in Kind::ALL {
        section(report, kind, &layout, output, pen).await?;
    }
    output.text(&format!("{}\n", pen.strong(&super::totals(&row.summary))))?;
    let standing = super::standing(&row.summary, row.state);
    output.text(&format!("{standing} {}\n", super::traffic(&row.summary)))?;
    for remark in report.remarks(report.steps.is_some()) {
        output.text(&format!("{}\n", wrap(remark, width(), "")))?;
    }
    if let Some(cause) = row.cause {
        let message = row.message.as_deref().unwrap_or_default();
        let text = format!("Stopped by {cause}: {}", one_line(message));
        output.text(&format!("{}\n", pen.bad(&wrap(&text, width(), ""))))?;
    } else if let Some(message) = &row.message {
        output.text(&format!("{}\n", wrap(&one_line(message), width(), "")))?;
    }
    let stopped = row.cause.map(|_| Detail::Compact);
    let detail = report.steps.or(stopped);
    // What a step says as well is said there.
    let told = |warning: &String| {
        let mut steps = report.page.steps.iter();
        detail.is_some() && steps.any(|step| step.message == *warning)
    };
    for warning in row.warnings.iter().filter(|warning| !told(warning)) {
        output.text(&format!(
            "{}\n",
            wrap(&format!("Note: {}", one_line(warning)), width(), "")
        ))?;
    }
    if let Some(detail) = detail {
        output.text(&steps(&report.page.steps, detail, pen))?;
    }
    output.text(&super::endpoint::evidence(report, pen))?;
    causes(report, output, pen)?;
    output.text(&super::endpoint::next(report, pen))?;
    if row.organization.is_some() {
        output.text(&format!(
            "\n{}\n",
            pen.faint(&format!(
                "Run {} is kept: understudy run show {}",
                row.number, row.id
            ))
        ))?;
    }
    Ok(())
}

/// How wide the columns are, and how many rows each section has.
struct Layout {
    mailbox: usize,
    cause: usize,
    counts: [u64; 3],
    /// Canaries that were refused, as they must be.
    refused: u64,
    /// Open rows that were never asked.
    unasked: u64,
    /// Canaries that were opened.
    exposed: u64,
}

impl Layout {
    async fn of(report: &Report<'_>) -> Result<Self, Failure> {
        let mut layout = Self {
            mailbox: 0,
            cause: 0,
            counts: [0; 3],
            refused: 0,
            unasked: 0,
            exposed: 0,
        };
        let mut rows = report.rows();
        while let Some(page) = rows.next().await? {
            for (row, _) in &page {
                let kind = Kind::of(row);
                layout.counts[kind as usize] += 1;
                let canary = row.expectation == Expectation::MustRefuse
                    && row.verdict == Some(Verdict::Refused);
                layout.refused += u64::from(canary);
                let unasked = kind == Kind::Open && verdict(row) == Verdict::NotChecked;
                layout.unasked += u64::from(unasked);
                layout.exposed += u64::from(is_exposed(row));
                layout.mailbox = layout
                    .mailbox
                    .max(one_line(&row.mailbox).chars().count().min(WIDEST_MAILBOX));
                layout.cause = layout
                    .cause
                    .max(row.cause.map_or(0, |cause| cause.as_str().len()));
            }
        }
        Ok(layout)
    }

    fn all(&self) -> u64 {
        self.counts.iter().sum()
    }
}

async fn section(
    report: &Report<'_>,
    kind: Kind,
    layout: &Layout,
    output: &mut Output,
    pen: Pen,
) -> Result<(), Failure> {
    let number = layout.counts[kind as usize];
    if number == 0 {
        return Ok(());
    }
    let title = match kind {
        Kind::Finding => "Findings",
        Kind::Open => "Open",
        Kind::Expected => "As expected",
    };
    output.text(&format!("{} ({})\n", pen.strong(title), grouped(number)))?;
    if kind == Kind::Expected && layout.all() > SMALL {
        return output.text(&format!("  {}\n\n", expected(report, layout)));
    }
    // A run that was stopped early has little to say about the many it never asked.
    let unasked = if kind == Kind::Open && layout.all() > SMALL {
        layout.unasked
    } else {
        0
    };
    let exposed = if kind == Kind::Finding {
        layout.exposed
    } else {
        0
    };
    if exposed > 0 {
        output.text(&format!("  {}\n", pen.bad(&super::opened(exposed))))?;
        lines(report, layout, output, pen, is_exposed).await?;
    }
    if number > unasked + exposed {
        if exposed > 0 {
            output.text("  Other findings\n")?;
        }
        let told = |row: &ResultRow| {
            Kind::of(row) == kind
                && !is_exposed(row)
                && (unasked == 0 || verdict(row) != Verdict::NotChecked)
        };
        lines(report, layout, output, pen, told).await?;
    }
    if unasked > 0 {
        let number = grouped(unasked);
        output.text(&format!(
            "  {number} not checked (--format csv lists them)\n"
        ))?;
    }
    output.text("\n")
}

/// The rows that are told, in the order of the list.
async fn lines(
    report: &Report<'_>,
    layout: &Layout,
    output: &mut Output,
    pen: Pen,
    told: impl Fn(&ResultRow) -> bool,
) -> Result<(), Failure> {
    let mut rows = report.rows();
    while let Some(page) = rows.next().await? {
        for (row, _) in page.iter().filter(|(row, _)| told(row)) {
            output.text(&line(row, &report.page.row, layout, pen))?;
        }
    }
    Ok(())
}

/// `4,812 granted; 1 canary refused`
fn expected(report: &Report<'_>, layout: &Layout) -> String {
    let summary = &report.page.row.summary;
    let mut parts = vec![format!("{} granted", grouped(summary.granted))];
    if layout.refused > 0 {
        parts.push(format!(
            "{} refused, as it must be",
            count(layout.refused, "canary", "canaries")
        ));
    }
    if summary.left_out > 0 {
        parts.push(count(
            summary.left_out,
            "system mailbox",
            "system mailboxes",
        ));
    }
    format!("{} (--format csv lists them)", parts.join("; "))
}

fn line(row: &ResultRow, run: &RunRow, layout: &Layout, pen: Pen) -> String {
    let verdict = verdict(row);
    let word = format!("{:<12}", word(verdict));
    let word = match Kind::of(row) {
        Kind::Finding => pen.bad(&word),
        Kind::Open => pen.open(&word),
        Kind::Expected => pen.good(&word),
    };
    let cause = row.cause.map_or("", |cause| cause.as_str());
    // What stopped the run is said once, below.
    let own = row
        .message
        .as_deref()
        .filter(|said| run.message.as_deref() != Some(*said));
    let mut message = own.map(one_line).unwrap_or_default();
    if let Some(primary) = &row.alias_of {
        let blank = if message.is_empty() { "" } else { " " };
        message.extend([format!("{blank}(second address of {})", one_line(primary))]);
    }
    let text = format!(
        "  {:<mailbox$}  {word}  {:<cause_width$}  {message}",
        one_line(&row.mailbox),
        cause,
        mailbox = layout.mailbox,
        cause_width = layout.cause
    );
    format!("{}\n", text.trim_end())
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Granted => "granted",
        Verdict::Refused => "refused",
        Verdict::NoMailbox => "no mailbox",
        Verdict::Unusable => "unusable",
        Verdict::Undetermined => "undetermined",
        Verdict::NotChecked => "not checked",
    }
}

/// Each cause that matters, once.
fn causes(report: &Report<'_>, output: &mut Output, pen: Pen) -> Result<(), Failure> {
    let run = &report.page.row;
    let cards = super::cards(report);
    for (card, count) in &cards {
        cause(card, *count, output, pen)?;
    }
    let told = |cause: &Cause| cards.iter().any(|(card, _)| card.cause == *cause);
    match run.cause.filter(|cause| !told(cause)) {
        Some(_) => commands(run_remedy(run).as_deref().unwrap_or_default(), output, pen),
        None => Ok(()),
    }
}

fn run_remedy(run: &RunRow) -> Option<Vec<Remedy>> {
    check::run(run).remedy
}

fn cause(card: &CauseCard, count: u64, output: &mut Output, pen: Pen) -> Result<(), Failure> {
    let title = format!("{} ({}): {}", card.cause, grouped(count), card.title);
    output.text(&format!("\n{}\n", pen.strong(&title)))?;
    output.text(&format!(
        "{}\n",
        wrap(&harmless(&card.explanation), width(), "  ")
    ))?;
    commands(&card.remedy, output, pen)
}

/// One command a line, never broken, so that it can be copied.
pub(super) fn commands(remedy: &[Remedy], output: &mut Output, pen: Pen) -> Result<(), Failure> {
    for command in remedy {
        let purpose = match command.purpose {
            RemedyPurpose::Look => "look",
            RemedyPurpose::Change => "change",
            RemedyPurpose::Undo => "undo",
            RemedyPurpose::Verify => "verify",
        };
        let text = one_line(&command.powershell);
        output.text(&format!(
            "  {}  {text}\n",
            pen.faint(&format!("{purpose:<6}"))
        ))?;
    }
    Ok(())
}
