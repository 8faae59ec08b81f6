//! The results of a run, a page at a time: the program's memory does not grow with the list.

use contract::{
    FolderResult, Problem, ResultRow, RunId, RunPage, RunRef, ServerLoad, TlsTrust, Verdict,
};
use engine::Engine;

use crate::print::steps::Detail;

/// Rows of a page.
const PAGE: u64 = 1_000;

/// A run that has ended, to be printed.
pub(crate) struct Report<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) page: RunPage,
    /// How much of the step ladder a table shows; nothing: only where the run was stopped.
    pub(crate) steps: Option<Detail>,
    /// Whose certificates it trusted.
    pub(crate) trust: Option<TlsTrust>,
    /// What it did to the server.
    load: ServerLoad,
}

impl<'a> Report<'a> {
    /// A run with its causes.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`].
    pub(crate) async fn of(engine: &'a Engine, run: RunId) -> Result<Self, Problem> {
        let trust = engine.run_plan(&run).await?.map(|plan| plan.tls_trust);
        let load = engine.server_load(RunRef { run: run.clone() }).await?;
        let page = engine.run_show(RunRef { run }).await?;
        Ok(Self {
            engine,
            page,
            steps: None,
            trust,
            load,
        })
    }

    /// What a sample says about the rest; how many connections the server allows, once it objected to
    /// more, or when everything is to be told.
    pub(crate) fn remarks(&self, everything: bool) -> impl Iterator<Item = &str> {
        let sample = self.page.sample.as_ref();
        let load = (everything || self.load.allowed.is_some()).then_some(&self.load);
        let load = load.map(|load| load.sentence.as_str());
        sample
            .map(|sample| sample.sentence.as_str())
            .into_iter()
            .chain(load)
    }

    /// Its rows in the order of the list, from the start.
    pub(crate) fn rows(&self) -> Rows<'a> {
        Rows {
            engine: self.engine,
            run: self.page.row.id.clone(),
            after: -1,
            done: false,
        }
    }
}

/// Pages of rows.
pub(crate) struct Rows<'a> {
    engine: &'a Engine,
    run: RunId,
    after: i64,
    done: bool,
}

/// A row, and its folders where several were asked for.
pub(crate) type Row = (ResultRow, Vec<FolderResult>);

impl Rows<'_> {
    /// The next page; `None` at the end.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`] when the run was removed meanwhile.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Row>>, Problem> {
        if self.done {
            return Ok(None);
        }
        let rows = self
            .engine
            .results_after(&self.run, self.after, PAGE)
            .await?;
        match rows.last() {
            Some((last, _)) => self.after = last.seq,
            None => self.done = true,
        }
        Ok((!rows.is_empty()).then_some(rows))
    }
}

/// What people look for in a report: findings, then what is open, then the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Breaks what is expected.
    Finding,
    /// Could not be found out, or proves nothing.
    Open,
    /// As it should be.
    Expected,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Finding, Self::Open, Self::Expected];

    pub(crate) fn of(row: &ResultRow) -> Self {
        let verdict = verdict(row);
        let left_out = row.cause == Some(contract::Cause::MailboxSystem);
        if row.finding {
            Self::Finding
        } else if verdict.is_open(row.expectation) && !left_out {
            Self::Open
        } else {
            Self::Expected
        }
    }
}

/// A row without a verdict was not checked.
pub(crate) fn verdict(row: &ResultRow) -> Verdict {
    row.verdict.unwrap_or(Verdict::NotChecked)
}

/// A mailbox that must be refused was opened: the gravest finding of all.
pub(crate) fn is_exposed(row: &ResultRow) -> bool {
    row.finding && row.cause == Some(contract::Cause::ImpersonationExposed)
}
