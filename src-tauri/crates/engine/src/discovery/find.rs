//! `Find when checking`: Autodiscover as a step of a check. Asks no questions: without credentials, and
//! with them at hosts that were confirmed. What it finds is used only where somebody confirmed the host
//! before, so that nobody who answers for DNS can name the server that gets the password.

use std::time::Duration;

use contract::{
    Cause, Code, Discovery, DiscoveryStep, OrganizationId, Problem, Secret, SmtpAddress,
};
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
    let mut walk = Walk::new(quest, desk)?;
    walk.run().await;
    if let Some(why) = walk.closed {
        return Err(refused(&why));
    }
    let found = found.borrow().clone();
    settle(found, &confirmed)
}

/// The password was refused on the way, or lately: the check's own log-on would be the next attempt.
fn refused(why: &str) -> Problem {
    let message = format!(
        "The check stopped before it began ({}): {why}",
        Cause::AuthRejected.as_str()
    );
    Problem::new(Code::PasswordRefused, message)
        .field("password")
        .hint("Check Account Logon and the password, then choose Find with Autodiscover beside the EWS URL.")
}

/// The failed step that says most about why nothing was found. A host with a bad certificate is there;
/// one that does not answer may be; one without a name need not exist.
fn decisive(steps: &[DiscoveryStep]) -> Option<(&DiscoveryStep, Cause)> {
    let failed = steps.iter().filter_map(|step| Some((step, step.cause?)));
    failed.min_by_key(|(step, cause)| {
        let rank = match cause {
            Cause::TlsUntrusted
            | Cause::TlsNameMismatch
            | Cause::TlsExpired
            | Cause::TlsPinMismatch => 0,
            Cause::AuthSchemeNotOffered => 1,
            Cause::DnsNotFound => 4,
            Cause::TcpRefused | Cause::TcpTimeout => 3,
            _ => 2,
        };
        (rank, step.number)
    })
}

/// Why nothing was found, in a sentence that nobody takes for missing rights.
fn why_nothing(found: &Discovery) -> String {
    let Some((step, cause)) = decisive(&found.steps) else {
        return "No host that was asked has Autodiscover.".to_owned();
    };
    let whose = match cause {
        Cause::DnsNotFound | Cause::TcpRefused | Cause::TcpTimeout => "a matter of the network",
        Cause::TlsUntrusted
        | Cause::TlsNameMismatch
        | Cause::TlsExpired
        | Cause::TlsPinMismatch => "a matter of the certificate",
        Cause::AuthSchemeNotOffered => "a matter of the way to sign in",
        _ => "a matter of Autodiscover",
    };
    format!(
        "{} {}: {} That is {whose} ({}), not of rights.",
        step.protocol,
        step.address,
        step.result,
        cause.as_str()
    )
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
            format!(
                "Autodiscover found no EWS URL for {}. No mailbox was asked. {}",
                found.address,
                why_nothing(&found)
            ),
        )
        .hint("Choose Find with Autodiscover beside the EWS URL to see why, or enter the URL."),
    };
    Err(problem.field("ewsUrl"))
}
