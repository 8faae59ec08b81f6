//! `Find when checking`: Autodiscover as a step of a check. Asks no questions: without credentials, and
//! with them at hosts that were confirmed. What it finds is used only where somebody confirmed the host
//! before, so that nobody who answers for DNS can name the server that gets the password.

use std::time::Duration;

use contract::{Code, Discovery, DiscoveryStep, OrganizationId, Problem, Secret, SmtpAddress};
use tokio::sync::{mpsc, watch};
use url::Url;

use super::consent::Asking;
use super::nothing_yet;
use super::trail::place;
use super::walk::Walk;
use crate::Engine;
use crate::checks::{Discovered, Plan, Sending};
use crate::jobs::Desk;

/// What a check goes on with.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The EWS URL.
    pub(crate) url: String,
    /// Every step, as the discovery shows it.
    pub(crate) steps: Vec<DiscoveryStep>,
    /// One plain sentence.
    pub(crate) message: String,
}

impl From<Found> for Discovered {
    fn from(found: Found) -> Self {
        let took = found.steps.iter().filter_map(|step| step.elapsed_ms);
        let told = found.steps.iter().map(|step| {
            let answer = step.answer.as_deref();
            let answer = answer.map(|answer| format!(" ({answer})"));
            let sent = step.password_sent_to.as_deref();
            let sent = sent.map(|host| format!(" The password was sent to {host}."));
            format!(
                "{} {}: {}{}{}",
                step.protocol,
                step.address,
                step.result,
                answer.unwrap_or_default(),
                sent.unwrap_or_default()
            )
        });
        Self {
            message: found.message,
            took: Some(Duration::from_millis(took.sum())),
            evidence: told.collect(),
        }
    }
}

/// Finds the EWS URL for a check of an organization. `plan` is as the form says; its URL, if any, is the
/// one that was saved last.
///
/// # Errors
/// [`Code::NotAllowed`] where nothing was found, or only hosts that nobody confirmed; no password was sent
/// to those.
pub(crate) async fn find(
    engine: &Engine,
    organization: OrganizationId,
    address: SmtpAddress,
    plan: Plan,
    password: Option<Secret>,
    sending: Sending,
) -> Result<Found, Problem> {
    let mut quest = engine
        .quest(address, plan, password, sending, Some(organization))
        .await?;
    quest.consents.asking = Asking::Check;
    let (tell, found) = watch::channel(nothing_yet("", &quest.address));
    // Nobody cancels and nobody answers.
    let (_, cancel) = watch::channel(false);
    let (_, answers) = mpsc::unbounded_channel();
    let desk = Desk {
        found: tell,
        cancel,
        answers,
    };
    let confirmed = quest.consents.confirmed();
    Walk::new(quest, desk)?.go().await;
    let found = found.borrow().clone();
    settle(found, &confirmed)
}

fn settle(found: Discovery, confirmed: &[String]) -> Result<Found, Problem> {
    let is_confirmed = |url: &str| {
        Url::parse(url).is_ok_and(|url| {
            let host = place(&url);
            confirmed
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&host))
        })
    };
    let mut urls = found.candidates.iter().map(|candidate| &candidate.url);
    if let Some(url) = urls.clone().find(|url| is_confirmed(url)) {
        return Ok(Found {
            url: url.clone(),
            message: format!("Autodiscover found {url} for {}.", found.address),
            steps: found.steps,
        });
    }
    let problem = match urls.next() {
        Some(url) => Problem::new(
            Code::NotAllowed,
            format!(
                "Autodiscover found {url}, a host that nobody has confirmed. No password was sent there."
            ),
        )
        .hint("Choose Find with Autodiscover beside the EWS URL, look at the steps, choose Use, and save; then Find when checking knows this host."),
        None => Problem::new(
            Code::NotAllowed,
            format!("Autodiscover found no EWS URL for {}. No mailbox was asked.", found.address),
        )
        .hint("Choose Find with Autodiscover beside the EWS URL to see why, or enter the URL."),
    };
    Err(problem.field("ewsUrl"))
}
