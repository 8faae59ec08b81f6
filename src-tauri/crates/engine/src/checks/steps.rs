//! The step ladder of a run, from what it learned: it stops at the first broken rung and names whose
//! job that is. It asks no server and decides no verdict.

mod ground;
mod own;
mod rung;

use contract::{Blame, Cause, Expectation, RunProgress, Step, StepStatus, Summary, Verdict};
use store::run_results::CauseGroup;

use super::conductor::{Conductor, Ended};
use super::facts::{Asking, Facts};
use super::spec::Access;
use crate::activity::grouped;
use crate::diagnosis::wording;

pub(crate) use ground::{Ground, broken_by, is_broken};
pub(crate) use own::{own_inbox, rooms};
pub(crate) use rung::{Rung, rung};

/// Rungs after the log-on, with their titles.
const REST: [(&str, &str); 4] = [
    ("impersonate", "First impersonated mailbox"),
    ("own_mailbox", "Service account's own Inbox, room lists"),
    ("mailboxes", "Every mailbox"),
    ("canaries", "Mailboxes that must be refused"),
];

/// What the end of a run is told from.
pub(super) struct Counted<'a> {
    pub(super) summary: &'a Summary,
    pub(super) groups: &'a [CauseGroup],
    /// Mailboxes that must be refused.
    pub(super) canaries: u64,
}

/// Fills every rung.
pub(super) fn complete(conductor: &mut Conductor, ended: &Ended, counted: &Counted<'_>) {
    let stopped = ended.stopped.as_ref();
    let stopped = stopped.map(|(cause, message)| (*cause, message.as_str()));
    let mut steps = ground(conductor, stopped).steps();
    let broken_at = stopped.map(|(cause, _)| broken_by(cause, &conductor.facts));
    for (id, title) in REST {
        let step = rung(id, title);
        // Canaries were asked whatever came of the others: one that opened must not hide.
        let told = id == "canaries" && stopped.is_none() && counted.canaries > 0;
        let step = if is_broken(&steps) && !told {
            step.skipped("Not reached.")
        } else if let Some((cause, message)) = stopped.filter(|_| broken_at == Some(id)) {
            let first = conductor.facts.first.as_ref();
            step.fail(cause, message, &conductor.words())
                .seen(first.into_iter().flat_map(|first| first.asking.lines()))
        } else {
            passed(ground(conductor, stopped), step, counted)
        };
        steps.push(step);
    }
    conductor.facts.steps = steps;
}

/// The ladder of a run that goes on, as far as it is.
pub(super) fn going_on(
    facts: &Facts,
    access: &Access,
    logged_on: bool,
    counts: &Summary,
) -> Vec<Step> {
    let ground = Ground {
        facts,
        access,
        stopped: None,
        logged_on,
        going_on: true,
        now: access.clock.now(),
    };
    let mut steps = ground.steps();
    for (id, title) in REST {
        let step = rung(id, title);
        steps.push(match id {
            _ if !logged_on => step.skipped("Not reached yet."),
            "impersonate" if facts.first.is_none() => step.running(),
            "impersonate" => first_mailbox(ground, step, counts, &[]),
            "own_mailbox" => own_inbox(step, facts, access),
            "mailboxes" if facts.first.is_none() => step.skipped("Not reached yet."),
            "mailboxes" => {
                let (_, message) = mailboxes(counts);
                let step = step.running();
                Step { message, ..step }
            }
            _ => step.skipped("Told at the end."),
        });
    }
    steps
}

/// The ladder of a run that has not begun to connect, or whose own is not known here.
pub(super) fn so_far(progress: &RunProgress) -> Vec<Step> {
    let titles = [
        ("form", "Form values"),
        ("dns", "Name resolves"),
        ("tcp", "Port, proxy"),
        ("tls", "Certificate"),
        ("discovery", "Autodiscover"),
        ("ews", "EWS answers"),
        ("log_on", "Service account signs in"),
    ];
    let begun = progress.summary.connections > 0;
    let ladder = titles.into_iter().chain(REST);
    ladder
        .map(|(id, title)| match id {
            "form" => rung(id, title).pass("The values are complete."),
            "dns" if !begun => rung(id, title).running(),
            _ => rung(id, title).skipped("Not reached yet."),
        })
        .collect()
}

fn ground<'a>(conductor: &'a Conductor, stopped: Option<(Cause, &'a str)>) -> Ground<'a> {
    let access = &conductor.spec.access;
    Ground {
        facts: &conductor.facts,
        access,
        stopped,
        logged_on: conductor.logged_on,
        going_on: false,
        now: access.clock.now(),
    }
}

fn passed(ground: Ground<'_>, step: Step, counted: &Counted<'_>) -> Step {
    if !ground.logged_on {
        return step.skipped("Not reached.");
    }
    let cause = ground.stopped.map(|(cause, _)| cause);
    match step.id.as_str() {
        // Exchange 2013 lets nobody impersonate who has no mailbox.
        "impersonate" if cause == Some(Cause::AccountNoMailbox) => {
            step.skipped("Exchange refused the first impersonated request.")
        }
        "impersonate" => first_mailbox(ground, step, counted.summary, counted.groups),
        "own_mailbox" => {
            let step = own_inbox(step, ground.facts, ground.access);
            rooms(step, ground.facts.rooms.as_ref())
        }
        "mailboxes" => every_mailbox(step, counted),
        _ => canaries(step, counted),
    }
}

fn every_mailbox(step: Step, counted: &Counted<'_>) -> Step {
    let (status, message) = mailboxes(counted.summary);
    let gravest = gravest(counted.groups).filter(|_| status == StepStatus::Fail);
    let step = Step {
        status,
        message,
        blame: gravest.map(Cause::blame),
        next: gravest.map(|_| "See the causes: each has its commands.".to_owned()),
        ..step
    };
    step.seen(traffic(counted.summary))
}

fn first_mailbox(ground: Ground<'_>, step: Step, summary: &Summary, groups: &[CauseGroup]) -> Step {
    let Some(first) = &ground.facts.first else {
        return step.skipped("No mailbox was asked.");
    };
    let step = step
        .took(first.asking.took)
        .seen([format!("Mailbox: {}", first.mailbox)])
        .seen(first.asking.lines());
    if first.opened {
        return step.pass(format!("{} was opened by impersonation.", first.mailbox));
    }
    let refused = summary.refused > 0;
    let cause = groups
        .iter()
        .filter(|group| group.expectation == Expectation::MustOpen)
        .filter(|group| group.verdict == Verdict::Refused)
        .max_by_key(|group| group.count)
        .map(|group| group.cause);
    match cause {
        Some(cause) if summary.granted == 0 => {
            let message = "Exchange refused every mailbox that was asked for.";
            step.fail(cause, message, &ground.words())
        }
        _ if refused && summary.granted == 0 => {
            step.skipped("Refused so far; what that means is told at the end.")
        }
        _ => step.skipped("No mailbox was opened."),
    }
}

fn gravest(groups: &[CauseGroup]) -> Option<Cause> {
    let findings = groups
        .iter()
        .filter(|group| group.verdict.is_finding(group.expectation));
    findings
        .max_by_key(|group| group.count)
        .map(|group| group.cause)
}

fn traffic(summary: &Summary) -> [String; 2] {
    [
        format!(
            "Requests: {}, of which asked again: {}",
            grouped(summary.requests),
            grouped(summary.retries)
        ),
        format!(
            "Connections: {}, sign-ins: {}",
            grouped(summary.connections),
            grouped(summary.log_ons)
        ),
    ]
}

fn mailboxes(summary: &Summary) -> (StepStatus, String) {
    let open = summary.undetermined + summary.not_checked;
    let parts = [
        (summary.findings, "findings"),
        (summary.undetermined, "could not be found out"),
        (summary.not_checked, "not checked"),
    ];
    let mut text = format!(
        "{} of {} opened",
        grouped(summary.granted),
        grouped(summary.total)
    );
    for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
        text.extend([", ", &grouped(count), " ", what]);
    }
    text.push('.');
    let status = match (summary.findings, open) {
        (0, 0) => StepStatus::Pass,
        (0, _) => StepStatus::Warning,
        _ => StepStatus::Fail,
    };
    (status, text)
}

fn canaries(step: Step, counted: &Counted<'_>) -> Step {
    let of = |verdict: Verdict| {
        let matching = counted
            .groups
            .iter()
            .filter(|g| g.expectation == Expectation::MustRefuse && g.verdict == verdict);
        matching.map(|g| g.count).sum::<u64>()
    };
    let (exposed, refused) = (of(Verdict::Granted), of(Verdict::Refused));
    let canaries = counted.canaries;
    match (canaries, exposed) {
        (0, _) => step.warning(
            wording::SCOPE_NOT_PROVEN,
            Blame::Identity,
            "Add a mailbox outside of the scope that must be refused.",
        ),
        (_, 1..) => Step {
            status: StepStatus::Fail,
            cause: Some(Cause::ImpersonationExposed),
            message: format!("{exposed} of {canaries} opened, but must be refused."),
            blame: Some(Blame::Identity),
            next: Some("Narrow the assignment at once; the cause has its commands.".to_owned()),
            ..step
        },
        (1, _) if refused == 1 => step.pass("The canary was refused, as it must be."),
        _ if refused == canaries => {
            step.pass(format!("All {canaries} were refused, as they must be."))
        }
        _ => step.warning(
            format!("{refused} of {canaries} were refused; the others prove nothing."),
            Blame::List,
            "Choose mailboxes that exist and can be opened by their owners.",
        ),
    }
}

impl Asking {
    /// Codes and request id, a line each.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let code = self
            .ews_code
            .as_deref()
            .map(|code| format!("ResponseCode: {code}"));
        let status = self
            .http_status
            .map(|status| format!("HTTP status: {status}"));
        let id = format!("Request ID: {}", self.request_id);
        code.into_iter().chain(status).chain([id])
    }
}
