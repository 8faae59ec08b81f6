//! What a run left behind, as its readers find it.

use contract::{
    Cause, CauseCount, FolderResult, ResultRow, RunPage, RunRef, RunState, Summary, Verdict,
};
use engine::Engine;

/// A row as it was streamed.
#[derive(Debug, Clone)]
pub struct Told {
    /// The row.
    pub row: ResultRow,
    /// Told before, with another verdict, cause or alias.
    pub supersedes: bool,
}

/// A run that has ended.
#[derive(Debug)]
pub struct Outcome {
    /// Header, causes, steps.
    pub page: RunPage,
    /// Rows in the order of the list, with their folders.
    pub rows: Vec<(ResultRow, Vec<FolderResult>)>,
    /// What was streamed, in that order.
    pub told: Vec<Told>,
}

impl Outcome {
    pub(crate) async fn read(engine: &Engine, run: RunRef, told: Vec<Told>) -> Self {
        let page = engine
            .run_show(run.clone())
            .await
            .expect("the run is stored");
        let mut rows = Vec::new();
        let mut after = -1;
        loop {
            let piece = engine
                .results_after(&run.run, after, 1_000)
                .await
                .expect("rows are stored");
            let Some((last, _)) = piece.last() else { break };
            after = last.seq;
            rows.extend(piece);
        }
        Self { page, rows, told }
    }

    /// `run.state`.
    #[must_use]
    pub fn state(&self) -> RunState {
        self.page.row.state
    }

    /// `run.cause`.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.page.row.cause
    }

    /// `run.state` and `run.cause` in one word: `complete`, `stopped http.not_ews`.
    #[must_use]
    pub fn end(&self) -> String {
        match self.cause() {
            Some(cause) => format!("{} {cause}", self.state().as_str()),
            None => self.state().as_str().to_owned(),
        }
    }

    /// The sentence of the run.
    #[must_use]
    pub fn message(&self) -> &str {
        self.page.row.message.as_deref().unwrap_or_default()
    }

    /// `summary`.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.page.row.summary
    }

    /// `summary.causes`.
    #[must_use]
    pub fn count(&self, cause: Cause) -> u64 {
        self.summary()
            .causes
            .iter()
            .find(|c| c.cause == cause)
            .map_or(0, |CauseCount { count, .. }| *count)
    }

    /// The row of a mailbox.
    ///
    /// # Panics
    /// When there is none, or more than one.
    #[must_use]
    pub fn row(&self, mailbox: &str) -> &ResultRow {
        let mut found = self
            .rows
            .iter()
            .filter(|(row, _)| row.mailbox.eq_ignore_ascii_case(mailbox));
        let (row, _) = found.next().unwrap_or_else(|| panic!("no row {mailbox}"));
        assert!(found.next().is_none(), "{mailbox} is there twice");
        row
    }

    /// The folders of a mailbox: `inbox=NoError calendar=ErrorFolderNotFound`.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    pub fn folders(&self, mailbox: &str) -> String {
        let (_, folders) = self
            .rows
            .iter()
            .find(|(row, _)| row.mailbox == mailbox)
            .expect("the row is there");
        let words: Vec<String> = folders
            .iter()
            .map(|f| format!("{}={}", f.folder, f.ews_code))
            .collect();
        words.join(" ")
    }

    /// Verdict and cause of the `n`-th of the people.
    #[must_use]
    pub fn user(&self, n: usize) -> String {
        line(self.row(&format!("user{n}@contoso.com")))
    }

    /// Verdict and cause of a mailbox.
    #[must_use]
    pub fn line(&self, mailbox: &str) -> String {
        line(self.row(mailbox))
    }

    /// Verdict and cause of every row.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.rows.iter().map(|(row, _)| line(row)).collect()
    }

    /// The sentence of a mailbox.
    #[must_use]
    pub fn says(&self, mailbox: &str) -> &str {
        self.row(mailbox).message.as_deref().unwrap_or_default()
    }

    /// What was streamed of a mailbox, in that order; `+` marks what supersedes.
    #[must_use]
    pub fn stream(&self, mailbox: &str) -> Vec<String> {
        let of = self.told.iter().filter(|told| told.row.mailbox == mailbox);
        of.map(|told| {
            format!(
                "{}{}",
                if told.supersedes { "+" } else { "" },
                line(&told.row)
            )
        })
        .collect()
    }

    /// Code, status and attempts of a mailbox: `ErrorServerBusy 500 x5`.
    #[must_use]
    pub fn evidence(&self, mailbox: &str) -> String {
        let row = self.row(mailbox);
        let code = row.ews_code.as_deref().unwrap_or("-");
        let status = row
            .http_status
            .map_or("-".to_owned(), |status| status.to_string());
        format!("{code} {status} x{}", row.attempts)
    }
}

fn line(row: &ResultRow) -> String {
    let verdict = row.verdict.map_or("(none)", Verdict::as_str);
    match row.cause {
        Some(cause) => format!("{verdict} {cause}"),
        None => verdict.to_owned(),
    }
}
