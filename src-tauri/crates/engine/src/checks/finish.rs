//! How a run ends: refusals get their names, what was left open is closed, everything is counted.

use std::sync::Arc;

use contract::{
    Cause, CertificateInfo, Expectation, OrganizationId, Problem, RunAuthentication, RunId,
    RunProgress, RunState, Summary, Verdict,
};
use store::run_results::{self, CauseGroup};
use store::runs::{self, RunFinish, RunHeader};
use tokio::sync::mpsc;

use super::conductor::{Conductor, Ended};
use super::server_load;
use super::steps::{self, Counted};
use super::writer::RunEvent;
use crate::activity::Kind;
use crate::diagnosis::wording::{self, RowFacts};
use crate::stage::Stage;

/// What the end of a run needs beside the conductor.
pub(super) struct Context {
    pub(super) stage: Arc<Stage>,
    pub(super) organization: Option<(OrganizationId, String)>,
    pub(super) events: Option<mpsc::Sender<RunEvent>>,
}

/// Plays a run and ends it, whatever happens. Answers what cut it off, if anything.
pub(super) async fn play(mut conductor: Conductor, context: Context) -> Option<Problem> {
    tell_undecided(&conductor, &context, Told::BeforeAsking).await;
    let played = conductor.play().await;
    let ended = match played {
        Ok(ended) => close(&mut conductor, &context, ended).await,
        Err(problem) => Err(problem),
    };
    match ended {
        Ok(()) => None,
        Err(problem) => Some(interrupt(&conductor, &context, &problem).await),
    }
}

async fn close(conductor: &mut Conductor, context: &Context, ended: Ended) -> Result<(), Problem> {
    name_refusals(conductor, context).await?;
    let (cause, message) = match &ended.stopped {
        Some((cause, message)) => (Some(*cause), Some(message.clone())),
        None => (None, None),
    };
    let number = conductor.spec.number;
    let sentence = message.clone();
    let counted = conductor.db.write(move |tx| {
        run_results::close_pending(tx, number, cause, sentence.as_deref())?;
        Ok((
            run_results::summary(tx, number)?,
            run_results::cause_groups(tx, number, 0)?,
        ))
    });
    let (rows, groups) = counted.await.map_err(crate::problems::of_store)?;
    let summary = with_wire(&conductor.summary(), rows);
    let state = state(&ended, &summary, &groups);
    tell_undecided(conductor, context, Told::NeverAsked).await;
    let canaries = canaries(conductor).await?;
    if canaries == 0 && ended.stopped.is_none() {
        conductor
            .facts
            .warnings
            .push(wording::SCOPE_NOT_PROVEN.to_owned());
    }
    conductor.warn_of_misfits().await?;
    let counted = Counted {
        summary: &summary,
        groups: &groups,
        canaries,
    };
    steps::complete(conductor, &ended, &counted);
    save(conductor, context, state, cause, message, summary).await
}

async fn save(
    conductor: &mut Conductor,
    context: &Context,
    state: RunState,
    cause: Option<Cause>,
    message: Option<String>,
    summary: Summary,
) -> Result<(), Problem> {
    conductor.end_load();
    let facts = conductor.facts.clone();
    let now = context.stage.now();
    let authentication = RunAuthentication {
        server_version: facts
            .server_version
            .clone()
            .or(facts.authentication.server_version.clone()),
        ..facts.authentication.clone()
    };
    let header = RunHeader {
        auth: facts.auth,
        server_version: facts.server_version,
        certificates: Some(facts.chain.iter().map(info).collect()),
        offered: Some(facts.authentication.offered.clone()),
        authentication: Some(authentication),
        load: Some(conductor.spec.load.shown()),
        ..RunHeader::default()
    };
    let finish = RunFinish {
        state,
        cause,
        message,
        finished_at: now.clone(),
        summary: summary.clone(),
        steps: facts.steps,
        warnings: facts.warnings,
    };
    let number = conductor.spec.number;
    let author = context.stage.author();
    let kind = if state == RunState::Cancelled {
        Kind::CheckCanceled
    } else {
        Kind::CheckFinished
    };
    let organization = context.organization.clone();
    let details = format!(
        "Check {}: {} of {} mailboxes opened, {} findings.",
        state.as_str(),
        summary.granted,
        summary.total,
        summary.findings
    );
    let proven = context
        .organization
        .as_ref()
        .map(|(id, _)| *id)
        .filter(|_| conductor.logged_on);
    let lesson = conductor.spec.load.lesson();
    let url = conductor.spec.access.url.clone();
    let saved = conductor.db.write(move |tx| {
        runs::update_header(tx, number, &header)?;
        runs::finish(tx, number, &finish)?;
        run_results::note_results(tx, number)?;
        if let Some((organization, _)) = &organization {
            server_load::learn(tx, *organization, &url, lesson, &now)?;
        }
        author.note(
            tx,
            kind,
            organization.as_ref().map(|(id, name)| (*id, name.as_str())),
            details,
            None,
        )?;
        if let Some(organization) = proven {
            match store::email_configurations::set_proven(tx, organization, &now) {
                // A check on a form that was never saved has no configuration to note it in.
                Ok(()) | Err(store::StoreError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    });
    saved.await.map_err(crate::problems::of_store)?;
    tell_end(conductor, state, cause, summary);
    Ok(())
}

/// Nothing can be saved any more: the run says so, and can be resumed.
async fn interrupt(conductor: &Conductor, context: &Context, problem: &Problem) -> Problem {
    tracing::debug!(%problem, "a check was cut off");
    let problem = crate::problems::cut_off(problem, context.stage.folder.is_some());
    let number = conductor.spec.number;
    let finish = RunFinish {
        state: RunState::Interrupted,
        cause: None,
        message: Some(problem.message.clone()),
        finished_at: context.stage.now(),
        summary: conductor.summary(),
        steps: conductor.facts.steps.clone(),
        warnings: conductor.facts.warnings.clone(),
    };
    let end = finish.clone();
    let saved = conductor.db.write(move |tx| {
        // The rows say what is saved; what was decided after them is not.
        let summary = with_wire(&end.summary, run_results::summary(tx, number)?);
        runs::finish(tx, number, &RunFinish { summary, ..end })
    });
    if let Err(error) = saved.await {
        tracing::debug!(%error, "nor could that be saved");
        let run = conductor.spec.run.clone();
        context.stage.running.keep_end(run, (number, finish));
    }
    tell_end(conductor, RunState::Interrupted, None, conductor.summary());
    problem
}

/// Saves the end of a run that could not be saved when it came.
///
/// # Errors
/// When it cannot be saved now either.
pub(super) async fn make_up(stage: &Stage, run: &RunId) -> Result<(), Problem> {
    let Some((number, finish)) = stage.running.kept_end(run) else {
        return Ok(());
    };
    let saved = stage.db.write(move |tx| {
        let summary = with_wire(&finish.summary, run_results::summary(tx, number)?);
        runs::finish(tx, number, &RunFinish { summary, ..finish })
    });
    saved.await.map_err(crate::problems::of_store)?;
    stage.running.forget_end(run);
    Ok(())
}

/// Counts of the rows with those of the wire, which stand in no row.
fn with_wire(wire: &Summary, rows: Summary) -> Summary {
    Summary {
        requests: wire.requests,
        connections: wire.connections,
        log_ons: wire.log_ons,
        retries: wire.retries,
        ..rows
    }
}

fn tell_end(conductor: &Conductor, state: RunState, cause: Option<Cause>, summary: Summary) {
    let last = conductor.progress.borrow().clone();
    conductor.progress.send_replace(RunProgress {
        state,
        cause,
        done: last.done.max(summary.total.min(conductor.tally.done())),
        total: summary.total,
        findings: summary.findings,
        eta_seconds: None,
        waiting_until: None,
        waiting: 0,
        lanes: 0,
        paused: false,
        summary,
        ..last
    });
}

fn state(ended: &Ended, summary: &Summary, groups: &[CauseGroup]) -> RunState {
    if ended.stopped.is_some() {
        return RunState::Stopped;
    }
    if ended.cancelled {
        return RunState::Cancelled;
    }
    // A canary without a usable mailbox proves nothing about the scope.
    let blind = groups.iter().any(|group| {
        group.expectation == Expectation::MustRefuse
            && group.verdict.is_open(Expectation::MustRefuse)
    });
    let open = summary.undetermined + summary.not_checked > 0;
    if open || blind {
        RunState::Incomplete
    } else {
        RunState::Complete
    }
}

/// Rulings 4 and 15: what a refusal is called depends on whether anything was granted.
async fn name_refusals(conductor: &mut Conductor, context: &Context) -> Result<(), Problem> {
    let granted = conductor.tally.summary().granted > 0;
    let refused = refused_must_open(conductor).await?;
    let must_open = match (granted, refused) {
        (true, _) => Some(Cause::ImpersonationOutOfScope),
        (false, 2..) => Some(Cause::ImpersonationRoleMissing),
        (false, _) => None,
    };
    let must_refuse = granted.then_some(Cause::ImpersonationOutOfScope);
    for (expectation, cause) in [
        (Expectation::MustOpen, must_open),
        (Expectation::MustRefuse, must_refuse),
    ] {
        let Some(cause) = cause else { continue };
        let message = match expectation {
            Expectation::MustOpen => {
                wording::row_message(cause, &RowFacts::default(), &conductor.words())
            }
            Expectation::MustRefuse => wording::AS_IT_MUST_BE.to_owned(),
        };
        let number = conductor.spec.number;
        let named = conductor.db.write(move |tx| {
            run_results::name_refusals(tx, number, expectation, cause, Some(&message))
        });
        let named = named.await.map_err(crate::problems::of_store)?;
        if let Some(events) = &context.events {
            for seq in named {
                tell_row(conductor, events, seq).await?;
            }
        }
    }
    Ok(())
}

async fn refused_must_open(conductor: &Conductor) -> Result<u64, Problem> {
    let number = conductor.spec.number;
    let groups = conductor
        .db
        .read(move |tx| run_results::cause_groups(tx, number, 0));
    let groups = groups.await.map_err(crate::problems::of_store)?;
    Ok(groups
        .iter()
        .filter(|g| {
            // An earlier part of a run that goes on may have given the name already.
            let refused = [Cause::ImpersonationRefused, Cause::ImpersonationRoleMissing];
            refused.contains(&g.cause) && g.expectation == Expectation::MustOpen
        })
        .map(|g| g.count)
        .sum())
}

async fn tell_row(
    conductor: &Conductor,
    events: &mpsc::Sender<RunEvent>,
    seq: i64,
) -> Result<(), Problem> {
    let run = conductor.spec.run.clone();
    let stored = conductor
        .db
        .read(move |tx| run_results::show(tx, &run, seq));
    if let Some(stored) = stored.await.map_err(crate::problems::of_store)? {
        // Nobody listens any more: fine.
        let _ = events
            .send(RunEvent::Result {
                row: Box::new(stored.row),
                supersedes: true,
            })
            .await;
    }
    Ok(())
}

/// Which rows nobody was told of while the run went on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Known without asking: bad addresses, system mailboxes.
    BeforeAsking,
    /// Left open at the end.
    NeverAsked,
}

async fn tell_undecided(conductor: &Conductor, context: &Context, which: Told) {
    let Some(events) = &context.events else {
        return;
    };
    let number = conductor.spec.number;
    let mut after = -1;
    loop {
        let rows = match conductor
            .db
            .read(move |tx| run_results::each_unasked(tx, number, after, 500))
            .await
        {
            Ok(rows) => rows,
            Err(error) => {
                tracing::warn!(%error, "rows could not be streamed");
                return;
            }
        };
        let Some(last) = rows.last() else { return };
        after = last.seq;
        for row in rows {
            let system = row.cause == Some(Cause::MailboxSystem);
            let wanted = match which {
                Told::BeforeAsking => true,
                Told::NeverAsked => row.verdict == Some(Verdict::NotChecked) && !system,
            };
            if wanted
                && events
                    .send(RunEvent::Result {
                        row: Box::new(row),
                        supersedes: false,
                    })
                    .await
                    .is_err()
            {
                return;
            }
        }
    }
}

async fn canaries(conductor: &Conductor) -> Result<u64, Problem> {
    let number = conductor.spec.number;
    let counted = conductor
        .db
        .read(move |tx| run_results::canaries(tx, number));
    counted.await.map_err(crate::problems::of_store)
}

pub(crate) fn info(certificate: &exchange::Certificate) -> CertificateInfo {
    let time = |seconds: i64| {
        jiff::Timestamp::from_second(seconds)
            .map(|at| at.to_string())
            .unwrap_or_default()
    };
    CertificateInfo {
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        names: certificate.names.clone(),
        not_before: time(certificate.not_before),
        not_after: time(certificate.not_after),
        sha256: certificate.sha256.clone(),
        is_ca: certificate.is_ca,
        pem: Some(certificate.pem()),
    }
}
