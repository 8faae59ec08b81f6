//! `JUnit` XML for build servers: a test case a mailbox. A finding is a failure, what could not be
//! found out an error, what was not checked skipped.

use contract::{ResultRow, RunPage, RunRow, Summary, Verdict};
use engine::reports::check;
use serde_json::Value;

use crate::failure::{Failure, internal};
use crate::output::Output;
use crate::rows::{Kind, Report, is_exposed, verdict};

pub(super) async fn write(report: &Report<'_>, output: &mut Output) -> Result<(), Failure> {
    let row = &report.page.row;
    head(&report.page, skipped(report).await?, output)?;
    // Opened canaries are the gravest findings: they come first.
    for exposed in [true, false] {
        let mut rows = report.rows();
        while let Some(page) = rows.next().await? {
            for (result, _) in page.iter().filter(|(r, _)| is_exposed(r) == exposed) {
                output.text(&case(result, row))?;
            }
        }
    }
    output.text("  </testsuite>\n</testsuites>\n")
}

/// System mailboxes and canaries that prove nothing are in no count of the summary.
async fn skipped(report: &Report<'_>) -> Result<u64, Failure> {
    let mut rows = report.rows();
    let mut skipped = 0;
    while let Some(page) = rows.next().await? {
        skipped += page
            .iter()
            .filter(|(row, _)| outcome(row) == Outcome::Skipped)
            .count() as u64;
    }
    Ok(skipped)
}

fn head(page: &RunPage, skipped: u64, output: &mut Output) -> Result<(), Failure> {
    let row = &page.row;
    let Summary {
        total,
        left_out,
        findings,
        undetermined,
        ..
    } = row.summary;
    let tests = total + left_out;
    let counts = format!(
        "tests=\"{tests}\" failures=\"{findings}\" errors=\"{undetermined}\" skipped=\"{skipped}\""
    );
    let (name, at) = (escaped(&suite(row)), escaped(&row.started_at));
    output.text(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"understudy\" {counts}>\n  \
         <testsuite name=\"{name}\" {counts} timestamp=\"{at}\">\n    <properties>\n"
    ))?;
    let fields = serde_json::to_value(check::whole_run(page))
        .map_err(|error| internal("writing JUnit", &error))?;
    for (field, value) in fields.as_object().into_iter().flatten() {
        property(field, &flat(value), output)?;
    }
    output.text("    </properties>\n")
}

/// A field of the run as one text: lists line by line, commands as they are typed, other objects as
/// JSON, `null` empty.
fn flat(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => match fields.get("powershell") {
            Some(command) => flat(command),
            None => value.to_string(),
        },
        other => other.to_string(),
    }
}

fn property(name: &str, value: &str, output: &mut Output) -> Result<(), Failure> {
    output.text(&format!(
        "      <property name=\"{}\" value=\"{}\"/>\n",
        escaped(name),
        escaped(value)
    ))
}

fn case(row: &ResultRow, run: &RunRow) -> String {
    let seconds = row.latency_ms.unwrap_or(0);
    let start = format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{}.{:03}\"",
        escaped(&suite(run)),
        escaped(&row.mailbox),
        seconds / 1_000,
        seconds % 1_000
    );
    let (cause, message) = (
        row.cause.map_or("", |cause| cause.as_str()),
        row.message.as_deref().unwrap_or_default(),
    );
    let (cause, message) = (escaped(cause), escaped(message));
    let inner = match outcome(row) {
        Outcome::Passed => return format!("{start}/>\n"),
        Outcome::Failure => format!(
            "<failure type=\"{cause}\" message=\"{message}\">{}</failure>",
            text(row)
        ),
        Outcome::Error => format!(
            "<error type=\"{cause}\" message=\"{message}\">{}</error>",
            text(row)
        ),
        Outcome::Skipped => {
            let why = if message.is_empty() { cause } else { message };
            format!("<skipped message=\"{why}\"/>")
        }
    };
    format!("{start}>\n      {inner}\n    </testcase>\n")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failure,
    Error,
    Skipped,
}

fn outcome(row: &ResultRow) -> Outcome {
    match (Kind::of(row), verdict(row)) {
        (Kind::Finding, _) => Outcome::Failure,
        (_, Verdict::Undetermined) => Outcome::Error,
        // A canary without a usable mailbox proves nothing.
        (Kind::Open, _) | (_, Verdict::NotChecked) => Outcome::Skipped,
        (Kind::Expected, _) => Outcome::Passed,
    }
}

/// What a person reads in the build's log.
fn text(row: &ResultRow) -> String {
    let expected = row.expectation.as_str();
    let mut text = format!("expectation {expected}, verdict {}", verdict(row).as_str());
    for (name, value) in [("EWS code", &row.ews_code), ("request id", &row.request_id)] {
        if let Some(value) = value {
            text.extend([format!(", {name} {value}")]);
        }
    }
    escaped(&text)
}

fn suite(run: &RunRow) -> String {
    run.organization_name
        .clone()
        .unwrap_or_else(|| run.account.clone())
}

/// For attributes and text. Characters that XML 1.0 §2.2 does not know are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.extend([format!("&#{};", u32::from(c))]),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn xml_stays_well_formed() {
        assert_eq!(
            escaped("a<b>&\"c\"\u{1}\u{1b}\n\u{FFFF}ä"),
            "a&lt;b&gt;&amp;&quot;c&quot;&#10;ä"
        );
    }
}
