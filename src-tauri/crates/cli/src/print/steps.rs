//! A step ladder for people: a line a step, what is wrong and what comes next below it.

use contract::{Step, StepStatus};

use super::html::escaped;
use crate::style::{Pen, one_line, width, wrap};

/// How much of it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Up to the broken step, a line each; what is wrong was said before.
    Compact,
    /// Up to the broken step, with what each found.
    Told,
    /// Every step with what was seen (`-v`).
    Everything,
}

/// The steps, below a heading.
pub(crate) fn steps(steps: &[Step], detail: Detail, pen: Pen) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let mut text = format!("{}\n", pen.strong("Steps"));
    let title = steps.iter().map(|step| step.title.chars().count()).max();
    let broken = steps
        .iter()
        .position(|step| step.status == StepStatus::Fail)
        .filter(|at| {
            let mut after = steps[at + 1..].iter();
            after.all(|step| step.status == StepStatus::Skipped)
        });
    let shown = match (detail, broken) {
        (Detail::Compact | Detail::Told, Some(at)) => at + 1,
        _ => steps.len(),
    };
    for step in &steps[..shown] {
        text.push_str(&line(step, title.unwrap_or_default(), detail, pen));
    }
    let left = steps.len() - shown;
    if left > 0 {
        let left = pen.faint(&format!("{left} more were skipped"));
        text.extend(["  ", &left, "\n"]);
    }
    text
}

/// The same as a table of a web page.
pub(super) fn html(steps: &[Step]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let mut text = "<section>\n<h2>Steps</h2>\n<table>\n<thead><tr><th>Step</th><th>Status</th><th>Time</th><th>What was found</th></tr></thead>\n<tbody>\n".to_owned();
    for step in steps {
        let took = step
            .elapsed_ms
            .map_or_else(String::new, |ms| format!("{ms} ms"));
        let next = step.next.as_deref().map(|next| format!(" Next: {next}"));
        let message = format!("{}{}", step.message, next.unwrap_or_default());
        let cells = [&step.title, word(step.status), &took, &message].map(escaped);
        text.extend([
            "<tr><td>".to_owned(),
            cells.join("</td><td>"),
            "</td></tr>\n".to_owned(),
        ]);
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
    text
}

fn line(step: &Step, title: usize, detail: Detail, pen: Pen) -> String {
    let word = format!("{:<7}", word(step.status));
    let word = match step.status {
        StepStatus::Pass => pen.good(&word),
        StepStatus::Warning => pen.open(&word),
        StepStatus::Fail => pen.bad(&word),
        StepStatus::Skipped | StepStatus::Running => pen.faint(&word),
    };
    let took = step
        .elapsed_ms
        .map_or_else(String::new, |ms| format!("{ms} ms"));
    let head = format!("  {word}  {:<title$}  {took:>8}", one_line(&step.title));
    let indent = " ".repeat(11);
    let mut text = format!("{}\n", head.trim_end());
    let mut below = |said: &str| {
        text.extend([&wrap(&one_line(said), width(), &indent), "\n"]);
    };
    let passed = matches!(step.status, StepStatus::Pass | StepStatus::Skipped);
    let repeats = detail == Detail::Compact && (passed || step.status == StepStatus::Fail);
    if !step.message.is_empty() && !repeats {
        below(&step.message);
    }
    let told = matches!(step.status, StepStatus::Fail | StepStatus::Warning);
    if let Some(next) = step.next.as_deref().filter(|_| told) {
        below(&format!("Next: {next}"));
    }
    if detail == Detail::Everything {
        for seen in &step.evidence {
            below(&format!("- {seen}"));
        }
    }
    text
}

const fn word(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Pass => "pass",
        StepStatus::Warning => "warning",
        StepStatus::Fail => "fail",
        StepStatus::Skipped => "skipped",
        StepStatus::Running => "running",
    }
}
