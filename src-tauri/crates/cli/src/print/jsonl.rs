//! JSON lines: a mailbox a line as it is decided, the run last.

use contract::{FolderResult, Problem, ResultRow, RunRow, Summary};
use engine::Engine;
use engine::reports::check;
use serde::Serialize;

use crate::failure::Failure;
use crate::output::Output;
use crate::rows::Report;

/// Lines of a run that goes on.
pub(crate) struct Stream<'a> {
    engine: &'a Engine,
    run: RunRow,
    /// Several folders were asked for; they are not part of what the run tells while it goes on.
    folders: bool,
    seen: Seen,
    output: &'a mut Output,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(
        engine: &'a Engine,
        run: RunRow,
        folders: bool,
        output: &'a mut Output,
    ) -> Self {
        Self {
            engine,
            run,
            folders,
            seen: Seen::default(),
            output,
        }
    }

    /// One row, decided just now.
    ///
    /// # Errors
    /// What the output refuses.
    pub(crate) async fn row(&mut self, row: &ResultRow, supersedes: bool) -> Result<(), Failure> {
        let again = self.seen.note(row.seq) && supersedes;
        let folders = self.folders_of(row).await?;
        self.line(row, &folders, again)?;
        self.output.flush()
    }

    /// The rows nobody has seen, and the run.
    ///
    /// # Errors
    /// What the output or the database refuses.
    pub(crate) async fn end(&mut self, report: &Report<'_>) -> Result<(), Failure> {
        let mut rows = report.rows();
        while let Some(page) = rows.next().await? {
            for (row, folders) in &page {
                if !self.seen.note(row.seq) {
                    self.line(row, folders, false)?;
                }
            }
        }
        let row = &report.page.row;
        self.output.json(&RunLine {
            kind: "run",
            run: check::whole_run(&report.page),
            summary: &row.summary,
        })?;
        self.output.text("\n")?;
        self.output.flush()
    }

    fn line(
        &mut self,
        row: &ResultRow,
        folders: &[FolderResult],
        supersedes: bool,
    ) -> Result<(), Failure> {
        let result = check::result(row, folders, &self.run);
        self.output.json(&ResultLine {
            kind: "result",
            result,
            supersedes,
        })?;
        self.output.text("\n")
    }

    async fn folders_of(&mut self, row: &ResultRow) -> Result<Vec<FolderResult>, Problem> {
        if !self.folders {
            return Ok(Vec::new());
        }
        let found = self
            .engine
            .results_after(&self.run.id, row.seq - 1, 1)
            .await?;
        Ok(found
            .into_iter()
            .next()
            .map(|(_, folders)| folders)
            .unwrap_or_default())
    }
}

#[derive(Serialize)]
struct ResultLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    result: check::Result<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    supersedes: bool,
}

#[derive(Serialize)]
struct RunLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    run: check::Run<'a>,
    summary: &'a Summary,
}

/// Which rows were written: a bit a row.
#[derive(Debug, Default)]
struct Seen {
    words: Vec<u64>,
}

impl Seen {
    /// Notes a row; answers whether it was there already.
    fn note(&mut self, seq: i64) -> bool {
        let seq = usize::try_from(seq).expect("places in a list count from 0");
        let (word, bit) = (seq / 64, 1 << (seq % 64));
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let before = self.words[word] & bit != 0;
        self.words[word] |= bit;
        before
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn a_row_is_new_once() {
        let mut seen = Seen::default();
        assert_eq!(
            [63, 64, 0, 64, 63].map(|seq| seen.note(seq)),
            [false, false, false, true, true]
        );
    }
}
