//! The hybrid map: how many users live where, what that means by date, and asking Autodiscover about those
//! of whom nobody knows. Asking takes no credentials, one question after the other, a few a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{
    Code, HybridMap, MailboxLocation, OrganizationId, OrganizationRef, Problem, UserId,
};
use store::{email_configurations, users};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::consequence::consequence;
use super::whereabouts::{Told, Whereabouts};
use crate::Engine;
use crate::checks::{for_discovery, go_online};
use crate::organizations::known;
use crate::stage::Stage;

/// Users read at once.
const PIECE: u64 = 500;
/// Time between two questions.
const PACE: Duration = Duration::from_millis(100);
/// Results are saved after so many users.
const SAVED_EVERY: usize = 50;

/// The questions that are going on, one at a time an organization, or how the last ones ended.
#[derive(Default)]
pub(crate) struct HybridJobs {
    held: Mutex<HashMap<OrganizationId, Job>>,
}

struct Job {
    asked: watch::Receiver<Asked>,
    cancel: watch::Sender<bool>,
}

/// How far the asking is.
#[derive(Debug, Clone, Default)]
struct Asked {
    users: u64,
    ended: bool,
    message: Option<String>,
}

impl HybridJobs {
    /// Enters a job; `None`: one is going on.
    fn enter(&self, organization: OrganizationId) -> Option<(watch::Sender<Asked>, Cancel)> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let going_on = |job: &Job| !job.asked.borrow().ended && job.asked.has_changed().is_ok();
        if held.get(&organization).is_some_and(going_on) {
            return None;
        }
        let (tell, asked) = watch::channel(Asked::default());
        let (cancel, cancelled) = watch::channel(false);
        held.insert(organization, Job { asked, cancel });
        Some((tell, cancelled))
    }

    fn show(&self, organization: OrganizationId) -> Option<Asked> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&organization)
            .map(|job| job.asked.borrow().clone())
    }

    fn cancel(&self, organization: OrganizationId) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = held.get(&organization) {
            job.cancel.send_replace(true);
        }
    }
}

type Cancel = watch::Receiver<bool>;

impl Engine {
    /// How many users live where, and what that means today.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn hybrid_map(&self, request: OrganizationRef) -> Result<HybridMap, Problem> {
        let stage = self.stage();
        let organization = request.organization;
        let counts = stage
            .read(move |tx| {
                known(tx, organization)?;
                Ok(users::locations(tx, organization)?)
            })
            .await?;
        let of = |location: MailboxLocation| {
            let mut counts = counts.iter();
            counts
                .find(|(known, _)| *known == location)
                .map_or(0, |(_, users)| *users)
        };
        let job = stage.hybrid.show(organization);
        let (asked, message) = match job {
            Some(asked) if asked.ended => (None, asked.message),
            Some(asked) => (Some(asked.users), None),
            None => (None, None),
        };
        let online = of(MailboxLocation::ExchangeOnline);
        Ok(HybridMap {
            on_premises: of(MailboxLocation::OnPremises),
            exchange_online: online,
            unknown: of(MailboxLocation::Unknown),
            told_by: "Told by what checks found, by the lists that users came from, and by Autodiscover where it was asked. It is as right as those are.".to_owned(),
            consequence: consequence(online, stage.today()),
            asked,
            message,
        })
    }

    /// Asks Autodiscover about every user of whom it isn't known.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Invalid`] without an EWS URL; [`Code::Offline`];
    /// [`Code::AlreadyRunning`].
    pub async fn hybrid_map_start(&self, request: OrganizationRef) -> Result<HybridMap, Problem> {
        let organization = request.organization;
        let stage = self.stage();
        let form = stage
            .read(move |tx| {
                known(tx, organization)?;
                Ok(email_configurations::load(tx, organization)?.map(|stored| stored.form))
            })
            .await?;
        let form = form.ok_or_else(|| {
            Problem::new(
                Code::Invalid,
                "This organization has no Email Configuration yet.",
            )
            .hint("Fill in Account Logon and EWS URL, and save.")
        })?;
        go_online(self).await?;
        let (mut plan, proxy_password) = for_discovery(self, organization, form, None).await?;
        plan.resolve.extend(self.inner.resolve.iter().cloned());
        let whereabouts = Whereabouts::new(plan, proxy_password, stage.practice)?;
        let Some((tell, cancel)) = stage.hybrid.enter(organization) else {
            return Err(
                Problem::new(Code::AlreadyRunning, "Autodiscover is being asked already.")
                    .hint("Wait until it has ended, or cancel it."),
            );
        };
        tokio::spawn(ask_all(stage, organization, whereabouts, tell, cancel));
        self.hybrid_map(request).await
    }

    /// Stops asking; what was told stays. Fine if nothing is going on.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn hybrid_map_cancel(&self, request: OrganizationRef) -> Result<HybridMap, Problem> {
        self.stage().hybrid.cancel(request.organization);
        self.hybrid_map(request).await
    }
}

async fn ask_all(
    stage: Arc<Stage>,
    organization: OrganizationId,
    mut whereabouts: Whereabouts,
    tell: watch::Sender<Asked>,
    mut cancel: Cancel,
) {
    let ended = tokio::select! {
        biased;
        _ = cancel.wait_for(|cancelled| *cancelled) => {
            Ok(Some("Canceled. What was told so far stays.".to_owned()))
        }
        ended = ask_each(&stage, organization, &mut whereabouts, &tell) => ended,
    };
    let message = ended.unwrap_or_else(|problem| Some(problem.message));
    tell.send_modify(|asked| {
        asked.ended = true;
        asked.message = message;
    });
}

/// Every user of unknown location, saved as it is told. Answers what did not go well.
async fn ask_each(
    stage: &Arc<Stage>,
    organization: OrganizationId,
    whereabouts: &mut Whereabouts,
    tell: &watch::Sender<Asked>,
) -> Result<Option<String>, Problem> {
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut after, mut told) = (UserId(0), 0_u64);
    loop {
        let piece = stage
            .read(move |tx| Ok(users::of_unknown_location(tx, organization, after, PIECE)?))
            .await?;
        let Some((last, _)) = piece.last() else { break };
        after = *last;
        for some in piece.chunks(SAVED_EVERY) {
            let mut answers = Vec::new();
            for (user, address) in some {
                if whereabouts.nobody_left(address) {
                    continue;
                }
                pace.tick().await;
                if let Some(answer) = whereabouts.of(address).await {
                    answers.push((*user, answer));
                }
                tell.send_modify(|asked| asked.users += 1);
            }
            told += answers.len() as u64;
            save(stage, answers).await?;
        }
    }
    Ok(whereabouts.complaint(told))
}

async fn save(stage: &Arc<Stage>, answers: Vec<(UserId, Told)>) -> Result<(), Problem> {
    if answers.is_empty() {
        return Ok(());
    }
    stage
        .write(move |tx| {
            for (user, told) in answers {
                let redirect = told.redirect_address.as_deref();
                match users::set_location(tx, user, told.location, redirect) {
                    // Deleted meanwhile.
                    Ok(()) | Err(store::StoreError::NotFound) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        })
        .await
}
