//! Results as a file for people: JSON in the shape of the contract, or CSV for a spreadsheet.

use std::io::Write;

use contract::{Code, ExportFormat, FolderResult, Problem, ResultRow, RunRow};

use store::runs::StoredRun;

use crate::reports::check;

/// Writes one run, row by row.
pub(super) struct Export<'a, W: Write> {
    to: W,
    format: ExportFormat,
    run: &'a RunRow,
    rows: u64,
}

impl<'a, W: Write> Export<'a, W> {
    /// Writes what stands before the rows.
    pub(super) fn begin(
        mut to: W,
        format: ExportFormat,
        run: &'a StoredRun,
    ) -> Result<Self, Problem> {
        match format {
            // The mark tells spreadsheets that this is UTF-8.
            ExportFormat::Csv => {
                to.write_all(b"\xEF\xBB\xBF").map_err(|e| unwritten(&e))?;
                line(&mut to, &check::COLUMNS)?;
            }
            ExportFormat::Json => {
                let (run_json, summary) = (
                    text(&check::with_evidence(
                        &run.row,
                        &run.authentication,
                        &run.certificates,
                        &run.steps,
                    ))?,
                    text(&run.row.summary)?,
                );
                let head = format!(
                    "{{\"schema\":\"{}\",\"run\":{run_json},\"summary\":{summary},\"results\":[",
                    check::SCHEMA
                );
                to.write_all(head.as_bytes()).map_err(|e| unwritten(&e))?;
            }
        }
        Ok(Self {
            to,
            format,
            run: &run.row,
            rows: 0,
        })
    }

    /// Writes one row.
    pub(super) fn row(&mut self, row: &ResultRow, folders: &[FolderResult]) -> Result<(), Problem> {
        let result = check::result(row, folders, self.run);
        match self.format {
            // For a spreadsheet: no cell is a formula.
            ExportFormat::Csv => {
                let cells = check::cells(&result);
                let safe = cells.each_ref().map(|text| crate::exports::cell(text));
                line(&mut self.to, &safe)?;
            }
            ExportFormat::Json => {
                let comma = if self.rows == 0 { "\n" } else { ",\n" };
                let json = text(&result)?;
                self.to
                    .write_all(format!("{comma}{json}").as_bytes())
                    .map_err(|e| unwritten(&e))?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes what stands behind them; answers how many there were.
    pub(super) fn end(mut self) -> Result<u64, Problem> {
        if self.format == ExportFormat::Json {
            self.to.write_all(b"\n]}\n").map_err(|e| unwritten(&e))?;
        }
        Ok(self.rows)
    }
}

fn text(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|e| crate::problems::internal("writing the export", &e))
}

/// One CSV line (RFC 4180).
fn line<T: AsRef<str>>(to: &mut impl Write, cells: &[T]) -> Result<(), Problem> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer
        .write_record(cells.iter().map(AsRef::as_ref))
        .map_err(|e| crate::problems::internal("writing the export", &e))?;
    let bytes = writer
        .into_inner()
        .map_err(|e| crate::problems::internal("writing the export", &e))?;
    to.write_all(&bytes).map_err(|e| unwritten(&e))
}

fn unwritten(error: &std::io::Error) -> Problem {
    Problem::new(
        Code::DataFolder,
        format!("The export could not be written: {error}."),
    )
    .hint("Make room on the disk, or give another folder.")
}
