//! Reading runs and their results: pages, cards, one result with its evidence, exports.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use contract::{
    Code, Expectation, ExportFormat, ExportRun, ExportedFile, FolderResult, Problem, ResultDetail,
    ResultRef, ResultRow, ResultsPage, ResultsQuery, RunId, RunPage, RunRef, RunRow, RunState,
    Verdict,
};
use store::run_results::{self, CodeCount, StoredResult};
use store::runs::{self, StoredRun};

use super::commands::{final_progress, stored};
use super::export::Export;
use super::proof;
use super::sample::statement;
use crate::Engine;
use crate::diagnosis::known::{Cluster, Known};
use crate::diagnosis::names::names_of;
use crate::problems::of_store;

/// Addresses shown on a cause card.
const EXAMPLES: u64 = 5;

impl Engine {
    /// One run with its causes and steps.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn run_show(&self, request: RunRef) -> Result<RunPage, Problem> {
        let stage = self.stage();
        let stored = stored(&stage, &request.run).await?;
        let number = stored.number();
        let read = stage.db.read(move |tx| {
            let mut groups = run_results::cause_groups(tx, number, EXAMPLES)?;
            // A canary that was refused is as it must be: nothing is to be changed.
            groups.retain(|group| !as_it_must_be(group.expectation, Some(group.verdict)));
            let sample = runs::drawn(tx, number)?;
            let mut clusters = BTreeMap::new();
            for group in &groups {
                if let Entry::Vacant(place) = clusters.entry(group.cause) {
                    place.insert(Cluster::load(tx, number, group.cause)?);
                }
            }
            Ok((groups, clusters, sample))
        });
        let (groups, clusters, sample) = read.await.map_err(of_store)?;
        let names = names_of(&stage, stored.row.organization).await?;
        let known = Known::of(stored, &names);
        let causes = known.cards(&groups, &clusters);
        let stored = known.run;
        let progress = match stage.running.find(&request.run) {
            Some(check) => check.progress.borrow().clone(),
            None => final_progress(&stored),
        };
        let StoredRun {
            row,
            steps,
            certificates,
            offered,
            authentication,
            ..
        } = stored;
        let row = RunRow {
            summary: progress.summary.clone(),
            ..row
        };
        let ended = progress.state != RunState::Running;
        let going_on = steps.is_empty() && !ended;
        let steps = if going_on {
            let running = self.stage().running.find(&row.id);
            let told = running.map(|check| check.steps.borrow().clone());
            told.filter(|steps| !steps.is_empty())
                .unwrap_or_else(|| super::steps::so_far(&progress))
        } else {
            steps
        };
        Ok(RunPage {
            row,
            progress,
            causes,
            steps,
            certificates,
            offered,
            authentication,
            sample: sample.filter(|_| ended).as_ref().map(statement),
        })
    }

    /// One page of results.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn results_page(&self, query: ResultsQuery) -> Result<ResultsPage, Problem> {
        let page = self
            .stage()
            .db
            .read(move |tx| run_results::page(tx, &query))
            .await;
        let mut page = page.map_err(of_store)?;
        page.rows.iter_mut().for_each(spell_out);
        Ok(page)
    }

    /// Rows of a run in the order of the list, after the place `after` (-1: from the start).
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn results_after(
        &self,
        run: &RunId,
        after: i64,
        limit: u64,
    ) -> Result<Vec<(ResultRow, Vec<FolderResult>)>, Problem> {
        let stage = self.stage();
        let number = stored(&stage, run).await?.number();
        let rows = stage
            .db
            .read(move |tx| run_results::each(tx, number, after, limit));
        rows.await.map_err(of_store)
    }

    /// One result with its evidence.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn result_show(&self, request: ResultRef) -> Result<ResultDetail, Problem> {
        let stage = self.stage();
        let run = stored(&stage, &request.run).await?;
        let found = stage
            .db
            .read(move |tx| run_results::show(tx, &request.run, request.seq))
            .await
            .map_err(of_store)?;
        let mut found = found
            .ok_or_else(|| Problem::new(Code::NotFound, "This result is not there any more."))?;
        spell_out(&mut found.row);
        let names = names_of(&stage, run.row.organization).await?;
        let known = Known::of(run, &names);
        let cluster = of_one(&found);
        let going_on = known.run.row.state == RunState::Running;
        let proof = proof::told(&found, going_on, &known.run.row.warnings);
        let wrong = found
            .row
            .cause
            .filter(|_| !as_it_must_be(found.row.expectation, found.row.verdict));
        Ok(ResultDetail {
            explanation: found.row.cause.map(|cause| known.explanation(cause)),
            reasons: wrong
                .map(|cause| known.reasons(cause, &cluster))
                .unwrap_or_default(),
            remedy: wrong
                .map(|cause| known.remedy(cause, &cluster))
                .unwrap_or_default(),
            evidence: found.evidence,
            folders: found.folders,
            proof,
            previous: found.previous,
            next: found.next,
            row: found.row,
        })
    }

    /// Writes results to a file in the Downloads folder.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::DataFolder`] when the folder cannot be written.
    pub async fn run_export(&self, request: ExportRun) -> Result<ExportedFile, Problem> {
        let stage = self.stage();
        let run = stored(&stage, &request.run).await?;
        let folder = crate::exports::folder(&stage)?;
        let number = run.number();
        let (ending, format) = match request.format {
            ExportFormat::Csv => ("csv", ExportFormat::Csv),
            ExportFormat::Json => ("json", ExportFormat::Json),
        };
        let stem = format!("understudy-check-{}", run.row.number);
        // The file is written inside one read, so that it shows one moment of a run that goes on.
        let written = stage.read(move |tx| {
            let (path, rows) = crate::exports::write(&folder, &stem, ending, |to| {
                let mut export = Export::begin(to, format, &run)?;
                let mut after = -1;
                loop {
                    let page = run_results::each(tx, number, after, 1_000).map_err(of_store)?;
                    let Some((last, _)) = page.last() else { break };
                    after = last.seq;
                    for (row, folders) in &page {
                        export.row(row, folders)?;
                    }
                }
                export.end()
            })?;
            Ok((path, rows))
        });
        let (path, rows) = written.await?;
        Ok(ExportedFile {
            path: path.display().to_string(),
            rows,
        })
    }
}

/// A canary that was refused: its cause is no fault.
fn as_it_must_be(expectation: Expectation, verdict: Option<Verdict>) -> bool {
    expectation == Expectation::MustRefuse && verdict == Some(Verdict::Refused)
}

/// One result as a cluster of its own.
fn of_one(found: &StoredResult) -> Cluster {
    Cluster {
        count: 1,
        mailboxes: vec![found.row.mailbox.clone()],
        codes: vec![CodeCount {
            ews_code: found.row.ews_code.clone(),
            http_status: found.row.http_status,
            rows: 1,
        }],
        evidence: found.evidence.clone(),
    }
}

/// In the window an opened mailbox has a sentence too (panel §8.3).
fn spell_out(row: &mut ResultRow) {
    if row.verdict == Some(Verdict::Granted) && row.message.is_none() {
        row.message = Some("connected successfully".to_owned());
    }
    if row.verdict == Some(Verdict::NotChecked) && row.cause.is_none() && row.message.is_none() {
        row.message = Some("canceled".to_owned());
    }
}
