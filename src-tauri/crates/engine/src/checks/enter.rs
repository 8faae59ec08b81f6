//! Entering a run: its header and its mailboxes, into the database, all or nothing.

use std::sync::Arc;

use contract::{CheckScope, Code, Problem, Summary};
use store::run_results::{self, Selection};
use store::runs::{self, NewRun, RunNumber};

use super::load::{Canary, List, load};
use super::plan::Plan;
use super::start::{Mailboxes, already_running};
use crate::activity::Kind;
use crate::stage::Stage;

/// Run and rows, all or nothing.
pub(super) async fn enter(
    stage: &Arc<Stage>,
    header: NewRun,
    plan: &Plan,
    mailboxes: Mailboxes,
    canaries: Vec<Canary>,
) -> Result<(RunNumber, Summary), Problem> {
    let (by, organization) = (plan.identify_by, header.organization);
    if let Some(run) = organization.and_then(|organization| stage.running.running(organization)) {
        return Err(already_running(&run));
    }
    let author = stage.author();
    let (report, problem) = std::sync::mpsc::channel();
    let entered = stage.db.write(move |tx| {
        let before = match (&mailboxes, organization) {
            (Mailboxes::Scope(CheckScope::FailedOnly), Some(organization)) => {
                runs::latest(tx, Some(organization))?
            }
            (Mailboxes::Scope(CheckScope::Cause { run, .. }), _) => Some(run.clone()),
            _ => None,
        };
        let older = before
            .map(|id| runs::number(tx, &id))
            .transpose()?
            .flatten();
        if older.is_none()
            && let Mailboxes::Scope(CheckScope::Cause { run, .. }) = &mailboxes
        {
            let gone = Problem::new(Code::NotFound, format!("There is no run {run}."));
            let _ = report.send(gone);
            return Err(store::StoreError::NotFound);
        }
        let of_cause = matches!(&mailboxes, Mailboxes::Scope(CheckScope::Cause { .. }));
        let number = runs::create(tx, &header)?;
        if let Some((id, name)) = header.organization.zip(header.organization_name.as_deref()) {
            let details = format!(
                "Check started as {} against {}.",
                header.account, header.ews_url
            );
            author.note(tx, Kind::CheckStarted, Some((id, name)), details, None)?;
        }
        let (mut users, mut canaries) = (None, canaries);
        let next = match (mailboxes, organization) {
            (Mailboxes::List(list), _) => {
                users = Some(list);
                0
            }
            (Mailboxes::Scope(CheckScope::Address { address }), _) => {
                users = Some(List {
                    name: "the address".to_owned(),
                    source: Box::new(std::io::Cursor::new(address.into_bytes())),
                });
                canaries.clear();
                0
            }
            (Mailboxes::Scope(scope), Some(organization)) => {
                let selection = match (scope, older) {
                    (CheckScope::Users { ids }, _) => Selection::Users(ids),
                    (CheckScope::FailedOnly, Some(older)) => Selection::FailedIn(older),
                    (CheckScope::Cause { cause, .. }, Some(older)) => {
                        Selection::OfCause(older, cause)
                    }
                    _ => Selection::All,
                };
                run_results::add_from_users(tx, number, 0, organization, &selection, by)?
            }
            _ => 0,
        };
        if users.is_none() && canaries.is_empty() && next == 0 {
            let _ = report.send(nobody(of_cause));
            return Err(store::StoreError::NotFound);
        }
        match load(tx, number, by, users, canaries, next)? {
            Ok(_) => {
                if let Some(organization) = organization {
                    run_results::link_users(tx, number, organization)?;
                }
                Ok((number, run_results::summary(tx, number)?))
            }
            Err(bad) => {
                // The error below rolls the transaction back; this says what it really was.
                let _ = report.send(bad);
                Err(store::StoreError::NotFound)
            }
        }
    });
    match (entered.await, problem.try_recv()) {
        (_, Ok(bad)) => Err(bad),
        (Err(error), _) => Err(crate::problems::of_store(error)),
        (Ok((number, summary)), _) => Ok((number, summary)),
    }
}

/// Nobody is left to be asked.
fn nobody(of_cause: bool) -> Problem {
    let (message, hint) = if of_cause {
        (
            "None of these mailboxes is in the user list of this organization.",
            "Add them to the list first, or check the list they came from again.",
        )
    } else {
        (
            "There is no mailbox to check.",
            "Add users first, or try one address.",
        )
    };
    Problem::new(Code::Invalid, message)
        .field("users")
        .hint(hint)
}
