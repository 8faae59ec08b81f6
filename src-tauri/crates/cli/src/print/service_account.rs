//! The account test: its steps for people, `understudy.service-account/1` for programs.

use contract::{Cause, RunPage, ServiceAccountTest, Verdict};
use engine::reports::check;
use engine::reports::steps::Step;
use serde::Serialize;

use super::steps::{Detail, steps};
use crate::failure::Failure;
use crate::output::Output;
use crate::style::{Pen, one_line, width, wrap};

/// Name of the JSON shape.
const SCHEMA: &str = "understudy.service-account/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: check::Run<'a>,
    steps: Vec<Step<'a>>,
    verdict: Option<Verdict>,
    cause: Option<Cause>,
    message: Option<&'a str>,
}

/// For programs.
///
/// # Errors
/// What the output refuses.
pub(crate) fn json(
    test: &ServiceAccountTest,
    page: &RunPage,
    output: &mut Output,
) -> Result<(), Failure> {
    // The steps stand beside the run, where the contract has them.
    let run = check::Run {
        steps: None,
        ..check::whole_run(page)
    };
    output.pretty(&Document {
        schema: SCHEMA,
        run,
        steps: test.steps.iter().map(Step::from).collect(),
        verdict: test.verdict,
        cause: test.cause,
        message: test.message.as_deref(),
    })
}

/// For people.
///
/// # Errors
/// What the output refuses.
pub(crate) fn table(
    test: &ServiceAccountTest,
    page: &RunPage,
    detail: Detail,
    output: &mut Output,
    pen: Pen,
) -> Result<(), Failure> {
    output.text(&steps(&test.steps, detail, pen))?;
    let message = test.message.as_deref().unwrap_or_default();
    let verdict = test
        .verdict
        .map_or("none", Verdict::as_str)
        .replace('_', " ");
    let cause = test.cause.map(|cause| format!(" ({cause})"));
    let head = format!("{verdict}{}", cause.unwrap_or_default());
    let head = match test.verdict {
        Some(Verdict::Granted) => pen.good(&head),
        Some(Verdict::Undetermined | Verdict::NotChecked) | None => pen.open(&head),
        Some(_) => pen.bad(&head),
    };
    output.text(&format!(
        "\n{head}\n{}\n",
        wrap(&one_line(message), width(), "")
    ))?;
    for card in &page.causes {
        super::table::commands(&card.remedy, output, pen)?;
    }
    Ok(())
}
