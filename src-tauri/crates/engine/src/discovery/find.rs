//! `Find when checking`: Autodiscover as a step of a check. Asks no questions: without credentials, and
//! with them at hosts that were confirmed. What it finds is used only where somebody confirmed the host
//! before, so that nobody who answers for DNS can name the server that gets the password.

use std::time::Duration;

use contract::{
    Blame, Cause, Code, Discovery, DiscoveryMethod, DiscoveryState, DiscoveryStep, OrganizationId,
    Problem, Secret, SmtpAddress,
};
use tokio::sync::{mpsc, watch};
use url::Url;

use super::cloud;
use super::consent::Asking;
use super::nothing_yet;
use super::trail::place;
use super::walk::{Closed, Walk};
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
        Self {
            message: found.message,
            took: Some(Duration::from_millis(took.sum())),
            evidence: told(&found.steps).collect(),
        }
    }
}

/// The steps, a line each.
pub(crate) fn told(steps: &[DiscoveryStep]) -> impl Iterator<Item = String> {
    steps.iter().map(|step| {
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
    })
}

/// What is looked for.
pub(crate) struct Lookup {
    pub(crate) organization: OrganizationId,
    /// Whose mailbox.
    pub(crate) address: SmtpAddress,
    /// As the form says; its URL, if any, is the one that was saved last.
    pub(crate) plan: Plan,
    /// `None`: no step with credentials.
    pub(crate) password: Option<Secret>,
    pub(crate) sending: Sending,
}

/// Why there is no URL.
#[derive(Debug)]
pub(crate) enum NotFound {
    /// Someone stopped it.
    Cancelled,
    /// It was looked for in vain.
    Nothing {
        problem: Problem,
        /// Whose matter it is; `None`: nobody's, as where a host was not confirmed.
        cause: Option<Cause>,
        /// Every step, as the discovery shows it.
        steps: Vec<DiscoveryStep>,
    },
}

impl From<Problem> for NotFound {
    fn from(problem: Problem) -> Self {
        Self::Nothing {
            problem,
            cause: None,
            steps: Vec::new(),
        }
    }
}

impl From<NotFound> for Problem {
    fn from(missed: NotFound) -> Self {
        match missed {
            NotFound::Nothing { problem, .. } => problem,
            NotFound::Cancelled => Self::new(
                Code::NotAllowed,
                "Autodiscover was stopped before it found an EWS URL.",
            ),
        }
    }
}

/// Finds the EWS URL for a check of an organization. It ends at once when `cancel` turns true; what that
/// leaves of a log-on is heard to its end all the same.
///
/// # Errors
/// [`Code::NotAllowed`] where nothing was found, or only hosts that nobody confirmed; no password was sent
/// to those. [`Code::PasswordRefused`].
pub(crate) async fn find(
    engine: &Engine,
    lookup: Lookup,
    cancel: watch::Receiver<bool>,
) -> Result<Found, NotFound> {
    let Lookup {
        organization,
        address,
        plan,
        password,
        sending,
    } = lookup;
    let mut quest = engine
        .quest(address, plan, password, sending, Some(organization))
        .await?;
    quest.consents.asking = Asking::Check;
    let (tell, found) = watch::channel(nothing_yet("", &quest.address));
    // Nobody answers.
    let (_, answers) = mpsc::unbounded_channel();
    let desk = Desk {
        found: tell,
        cancel,
        answers,
    };
    let confirmed = quest.consents.confirmed();
    let mut walk = Walk::new(quest, desk)?;
    walk.run().await;
    let found = found.borrow().clone();
    if found.state == DiscoveryState::Cancelled {
        return Err(NotFound::Cancelled);
    }
    let (problem, cause) = match &walk.closed {
        Some(closed) => (refused(closed), Some(closed.cause)),
        None => match url_of(&found, &confirmed) {
            Ok(url) => {
                return Ok(Found {
                    message: format!("Autodiscover found {url} for {}.", found.address),
                    url,
                    steps: found.steps,
                });
            }
            Err(missed) => missed,
        },
    };
    Err(NotFound::Nothing {
        problem,
        cause,
        steps: found.steps,
    })
}

/// The password was refused on the way, or lately: the check's own log-on would be the next attempt.
fn refused(closed: &Closed) -> Problem {
    let message = format!(
        "The check stopped before it began ({}): {}",
        closed.cause.as_str(),
        closed.why
    );
    Problem::new(Code::PasswordRefused, message)
        .field("password")
        .hint("Check Account Logon and the password, then choose Find with Autodiscover beside the EWS URL.")
}

/// The failed step that says most about why nothing was found. A host with a bad certificate is there;
/// one that does not answer may be; one without a name need not exist. Where the usual host answers, and
/// has no Autodiscover, nothing is wrong with the network on the way to it; and Exchange Online, which
/// everybody is asked for, is no part of this network.
fn decisive(steps: &[DiscoveryStep]) -> Option<(&DiscoveryStep, Cause)> {
    use DiscoveryMethod::{AutodiscoverHost, Redirect};
    let usual = |step: &DiscoveryStep| step.method == AutodiscoverHost && step.answer.is_some();
    let answered = steps.iter().any(usual);
    let failed = steps.iter().filter_map(|step| Some((step, step.cause?)));
    let telling = failed.filter(|(step, cause)| {
        let of_its_way = matches!(step.method, AutodiscoverHost | Redirect);
        let reached = answered && !of_its_way && cause.blame() == Blame::Network;
        !reached && !is_online(step)
    });
    telling.min_by_key(|(step, cause)| {
        let rank = match cause.blame() {
            // Whatever was asked went through it.
            _ if *cause == Cause::ProxyFailed => 0,
            Blame::Certificate => 1,
            Blame::Network if *cause == Cause::DnsNotFound => 5,
            Blame::Network => 4,
            _ if *cause == Cause::AuthSchemeNotOffered => 2,
            _ => 3,
        };
        (rank, step.number)
    })
}

fn is_online(step: &DiscoveryStep) -> bool {
    let url = Url::parse(&step.address).ok();
    url.is_some_and(|url| {
        url.host_str()
            .is_some_and(|host| cloud::of_host(host).is_some())
    })
}

/// Why nothing was found, in a sentence that nobody takes for missing rights, and the cause.
fn why_nothing(found: &Discovery) -> (String, Cause) {
    let Some((step, cause)) = decisive(&found.steps) else {
        let said = "No host that was asked has Autodiscover.".to_owned();
        return (said, Cause::HttpNotEws);
    };
    let whose = match (cause.blame(), cause) {
        (_, Cause::AuthSchemeNotOffered) => "of the way to sign in",
        (Blame::Network, _) => "of the network",
        (Blame::Certificate, _) => "of the certificate",
        (Blame::Identity, _) => "of the account",
        (Blame::Exchange | Blame::List | Blame::Us, _) => "of Autodiscover",
    };
    let said = format!(
        "{} {}: {} That is a matter {whose} ({}), not of rights.",
        step.protocol,
        step.address,
        step.result,
        cause.as_str()
    );
    (said, cause)
}

/// The first URL whose host was confirmed; else the problem, and its cause.
fn url_of(found: &Discovery, confirmed: &[String]) -> Result<String, (Problem, Option<Cause>)> {
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
        return Ok(url.clone());
    }
    let (problem, cause) = if let Some(url) = urls.next() {
        let message = format!(
            "Autodiscover found {url}, a host that nobody has confirmed. No password was sent there."
        );
        let hint = "Choose Find with Autodiscover beside the EWS URL, look at the steps, choose Use, and save; then Find when checking knows this host.";
        (Problem::new(Code::NotAllowed, message).hint(hint), None)
    } else {
        let (why, cause) = why_nothing(found);
        let message = format!(
            "Autodiscover found no EWS URL for {}. No mailbox was asked. {why}",
            found.address
        );
        let hint = "Choose Find with Autodiscover beside the EWS URL to see why, or enter the URL.";
        (
            Problem::new(Code::NotAllowed, message).hint(hint),
            Some(cause),
        )
    };
    Err((problem.field("ewsUrl"), cause))
}
