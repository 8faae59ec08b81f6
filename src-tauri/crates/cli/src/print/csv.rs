//! CSV (RFC 4180): the fields of a result as columns.

use ::csv::{Terminator, Writer, WriterBuilder};
use engine::reports::check;

use crate::failure::{Failure, internal};
use crate::output::Output;
use crate::rows::Report;

pub(super) async fn write(report: &Report<'_>, output: &mut Output) -> Result<(), Failure> {
    let mut lines = writer();
    lines
        .write_record(check::COLUMNS)
        .map_err(|error| internal("writing CSV", &error))?;
    hand_over(lines, output)?;
    let mut rows = report.rows();
    while let Some(page) = rows.next().await? {
        let mut lines = writer();
        for (row, folders) in &page {
            let cells = check::cells(&check::result(row, folders, &report.page.row));
            lines
                .write_record(&cells)
                .map_err(|error| internal("writing CSV", &error))?;
        }
        hand_over(lines, output)?;
    }
    Ok(())
}

fn writer() -> Writer<Vec<u8>> {
    WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new())
}

fn hand_over(lines: Writer<Vec<u8>>, output: &mut Output) -> Result<(), Failure> {
    let bytes = lines
        .into_inner()
        .map_err(|error| internal("writing CSV", &error))?;
    let text = String::from_utf8(bytes).map_err(|error| internal("writing CSV", &error))?;
    output.text(&text)
}
