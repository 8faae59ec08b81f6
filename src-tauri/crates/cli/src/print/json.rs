//! `understudy.check/1`: one document, a line a row, streamed from the database.

use engine::reports::check;

use crate::failure::Failure;
use crate::output::Output;
use crate::rows::Report;

pub(super) async fn write(report: &Report<'_>, output: &mut Output) -> Result<(), Failure> {
    let row = &report.page.row;
    output.text(&format!(
        "{{\n  \"schema\": \"{}\",\n  \"run\": ",
        check::SCHEMA
    ))?;
    output.json(&check::whole_run(&report.page))?;
    output.text(",\n  \"summary\": ")?;
    output.json(&row.summary)?;
    output.text(",\n  \"results\": [")?;
    let mut rows = report.rows();
    let mut between = "\n    ";
    while let Some(page) = rows.next().await? {
        for (result, folders) in &page {
            output.text(between)?;
            output.json(&check::result(result, folders, row))?;
            between = ",\n    ";
        }
    }
    output.text(if between.starts_with(',') {
        "\n  ]\n}\n"
    } else {
        "]\n}\n"
    })
}
