//! Entering a run: its header and its mailboxes, into the database, all or nothing.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use contract::{CheckScope, Code, IdentifyBy, OrganizationId, Problem, RunId, Summary, UserId};
use store::run_results::{self, NewResult, Selection};
use store::runs::{self, NewRun, RunNumber};
use store::{Tx, users};

use super::load::{self, Canary, List, Users};
use super::plan::Plan;
use super::sample::Draw;
use super::start::{Mailboxes, already_running};
use crate::activity::{Author, Kind};
use crate::locks;
use crate::problems::Refusal;
use crate::stage::Stage;
use crate::users::list::{system_beginnings, system_kinds};

/// Users read at a time while a sample is drawn.
const PIECE: u64 = 5_000;

/// Run and rows, all or nothing.
pub(super) async fn enter(
    stage: &Arc<Stage>,
    header: NewRun,
    plan: &Plan,
    mailboxes: Mailboxes,
    canaries: Vec<Canary>,
) -> Result<(RunNumber, Summary), Problem> {
    let organization = header.organization;
    if let Some(run) = organization.and_then(|organization| stage.running.running(organization)) {
        return Err(already_running(&run));
    }
    let entry = Entry {
        header,
        by: plan.identify_by,
        author: stage.author(),
        dice: stage.dice.roll(),
    };
    let folder = stage.folder.clone();
    let entered = stage.write(move |tx| {
        if let Some(folder) = &folder {
            locks::mark_interrupted(tx, folder)?;
        }
        refuse_second(tx, organization, &entry.header.id)?;
        entry.write(tx, mailboxes, canaries)
    });
    entered.await
}

/// Marks what a process that is gone left as `running`, so that it stands in nobody's way.
pub(super) async fn mark_cut_off(stage: &Stage, folder: &Path) -> Result<(), Problem> {
    let folder = folder.to_owned();
    let marked = stage
        .db
        .write(move |tx| locks::mark_interrupted(tx, &folder));
    marked.await.map(|_| ()).map_err(crate::problems::of_store)
}

/// One run of an organization at a time, whichever process plays it. Must stand in the write that
/// makes the row of a run read `running`: then no two can begin at once.
pub(super) fn refuse_second(
    tx: &Tx<'_>,
    organization: Option<OrganizationId>,
    own: &RunId,
) -> Result<(), Refusal> {
    let Some(organization) = organization else {
        return Ok(());
    };
    let others = runs::running(tx, organization)?;
    match others.iter().find(|run| *run != own) {
        Some(other) => Err(already_running(other).into()),
        None => Ok(()),
    }
}

/// What is written of a new run beside its mailboxes.
struct Entry {
    header: NewRun,
    by: IdentifyBy,
    author: Author,
    /// Draws the sample.
    dice: [u8; 16],
}

impl Entry {
    fn write(
        self,
        tx: &Tx<'_>,
        mailboxes: Mailboxes,
        canaries: Vec<Canary>,
    ) -> Result<(RunNumber, Summary), Refusal> {
        let older = self.older(tx, &mailboxes)?;
        let number = runs::create(tx, &self.header)?;
        self.note(tx)?;
        let of_cause = matches!(&mailboxes, Mailboxes::Scope(CheckScope::Cause { .. }));
        let mut canaries = load::canaries(self.by, canaries)?;
        let (mut next, mut list, mut population) = (0, None, None);
        match (mailboxes, self.header.organization) {
            (Mailboxes::None, _) | (Mailboxes::Scope(_), None) => {}
            (Mailboxes::List(users), _) => list = Some(Users::All(users)),
            (Mailboxes::Sample(users, size), _) => {
                list = Some(Users::Drawn(users, Draw::new(size, self.dice)?));
            }
            (Mailboxes::Scope(CheckScope::Address { address }), _) => {
                list = Some(Users::All(List {
                    name: "the address".to_owned(),
                    source: Box::new(std::io::Cursor::new(address.into_bytes())),
                }));
                canaries.clear();
            }
            (Mailboxes::Scope(scope), Some(organization)) => {
                let selection = if let CheckScope::Sample { size } = scope {
                    let draw = Draw::new(size, self.dice)?;
                    let (drawn, all) = draw_users(tx, organization, draw, &canaries)?;
                    population = Some(all);
                    Selection::Sample(drawn)
                } else {
                    selection(scope, older)
                };
                let by = self.by;
                next = run_results::add_from_users(tx, number, 0, organization, &selection, by)?;
            }
        }
        if list.is_none() && canaries.is_empty() && next == 0 {
            return Err(nobody(of_cause).into());
        }
        let listed = load::load(tx, number, self.by, list, canaries, next)?;
        if let Some(population) = population.or(listed) {
            if population == 0 {
                return Err(nobody_to_draw().into());
            }
            runs::set_population(tx, number, population)?;
        }
        if let Some(organization) = self.header.organization {
            run_results::link_users(tx, number, organization)?;
        }
        Ok((number, run_results::summary(tx, number)?))
    }

    /// The earlier run that says which mailboxes are meant.
    fn older(&self, tx: &Tx<'_>, mailboxes: &Mailboxes) -> Result<Option<RunNumber>, Refusal> {
        let before = match (mailboxes, self.header.organization) {
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
        match mailboxes {
            Mailboxes::Scope(CheckScope::Cause { run, .. }) if older.is_none() => {
                Err(Problem::new(Code::NotFound, format!("There is no run {run}.")).into())
            }
            _ => Ok(older),
        }
    }

    fn note(&self, tx: &Tx<'_>) -> Result<(), Refusal> {
        let header = &self.header;
        if let Some((id, name)) = header.organization.zip(header.organization_name.as_deref()) {
            let details = format!(
                "Check started as {} against {}.",
                header.account, header.ews_url
            );
            let of = Some((id, name));
            self.author
                .note(tx, Kind::CheckStarted, of, details, None)?;
        }
        Ok(())
    }
}

fn selection(scope: CheckScope, older: Option<RunNumber>) -> Selection {
    match (scope, older) {
        (CheckScope::Users { ids }, _) => Selection::Users(ids),
        (CheckScope::FailedOnly, Some(older)) => Selection::FailedIn(older),
        (CheckScope::Cause { cause, .. }, Some(older)) => Selection::OfCause(older, cause),
        _ => Selection::All,
    }
}

/// Draws among the users that a check of all asks; those that are canaries of this run alone are not
/// among them. Answers also how many there were.
fn draw_users(
    tx: &Tx<'_>,
    organization: OrganizationId,
    mut draw: Draw<UserId>,
    canaries: &[NewResult],
) -> Result<(Vec<UserId>, u64), Refusal> {
    let canaries: HashSet<String> = canaries
        .iter()
        .map(|canary| canary.mailbox.to_lowercase())
        .collect();
    let kinds = system_kinds();
    let system = (kinds.as_slice(), system_beginnings());
    let (mut after, mut all) = (UserId(0), 0);
    loop {
        let piece = users::askable(tx, organization, system, after, PIECE)?;
        let Some((last, _)) = piece.last() else { break };
        after = *last;
        for (user, _) in piece.iter().filter(|(_, key)| !canaries.contains(key)) {
            draw.offer(&user.0.to_le_bytes(), *user);
            all += 1;
        }
    }
    Ok((draw.drawn(), all))
}

/// Nobody is left to be asked.
pub(super) fn nobody(of_cause: bool) -> Problem {
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

fn nobody_to_draw() -> Problem {
    Problem::new(
        Code::Invalid,
        "There is no mailbox to draw a sample from: canaries and system mailboxes are not drawn.",
    )
    .field("users")
    .hint("Add users first, or check without a sample.")
}
