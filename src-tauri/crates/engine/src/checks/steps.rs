//! The step ladder of a run, from what it learned: it stops at the first broken rung.

use std::cmp::Ordering;

use contract::{
    Cause, Expectation, RunProgress, SchemeOutcome, Step, StepStatus, Summary, Verdict,
};
use store::run_results::CauseGroup;

use super::conductor::{Conductor, Ended};
use super::facts::Facts;
use super::mechanism::Mechanism;
use crate::activity::grouped;
use crate::diagnosis::wording;

/// Rungs in their order.
const RUNGS: [&str; 10] = [
    "form",
    "dns",
    "tcp",
    "tls",
    "ews",
    "log_on",
    "impersonate",
    "own_mailbox",
    "mailboxes",
    "canaries",
];

/// Fills every rung.
pub(super) fn complete(
    conductor: &mut Conductor,
    ended: &Ended,
    summary: &Summary,
    groups: &[CauseGroup],
    canaries: u64,
    port: u16,
) {
    conductor.facts.steps.clear();
    let broken = ended
        .stopped
        .as_ref()
        .map(|(cause, message)| (rung(*cause), *cause, message.clone()));
    let broken_at = broken.as_ref().map_or(RUNGS.len(), |(at, ..)| *at);
    for (at, id) in RUNGS.into_iter().enumerate() {
        let (status, cause, message) = match &broken {
            Some((rung, cause, message)) if *rung == at => {
                (StepStatus::Fail, Some(*cause), message.clone())
            }
            _ if at > broken_at => (StepStatus::Skipped, None, String::new()),
            _ => {
                let (status, message) = passed(conductor, id, summary, groups, canaries, port);
                (status, None, message)
            }
        };
        conductor.step(id, status, cause, message, None);
    }
}

/// The ladder of a run that goes on, as far as its counts tell.
pub(super) fn so_far(progress: &RunProgress) -> Vec<Step> {
    let counts = &progress.summary;
    let answered = counts.granted + counts.refused + counts.no_mailbox + counts.unusable > 0;
    // How far it has come: the rung it is at, everything below is passed.
    let at = match (counts.connections, counts.log_ons) {
        (0, _) => "dns",
        (_, 0) => "ews",
        _ if !answered => "log_on",
        _ if counts.granted == 0 => "impersonate",
        _ => "mailboxes",
    };
    let at = RUNGS
        .iter()
        .position(|rung| *rung == at)
        .unwrap_or_default();
    let step = |(place, id): (usize, &str)| {
        let (status, message) = match place.cmp(&at) {
            // A warning at most; told when the run ends.
            Ordering::Less if id == "own_mailbox" => {
                (StepStatus::Skipped, "Told at the end.".to_owned())
            }
            Ordering::Less => (StepStatus::Pass, String::new()),
            Ordering::Equal if id == "mailboxes" => (StepStatus::Running, mailboxes(counts).1),
            Ordering::Equal => (StepStatus::Running, String::new()),
            Ordering::Greater => (StepStatus::Skipped, "Not reached yet.".to_owned()),
        };
        Step {
            id: id.to_owned(),
            status,
            cause: None,
            message,
            elapsed_ms: None,
            title: String::new(),
            blame: None,
            next: None,
            evidence: Vec::new(),
        }
    };
    RUNGS.into_iter().enumerate().map(step).collect()
}

/// The rung a cause breaks.
fn rung(cause: Cause) -> usize {
    let id = match cause {
        Cause::DnsNotFound => "dns",
        Cause::TcpRefused | Cause::TcpTimeout | Cause::ProxyFailed => "tcp",
        Cause::TlsUntrusted
        | Cause::TlsNameMismatch
        | Cause::TlsExpired
        | Cause::TlsPinMismatch
        | Cause::TlsProtocol => "tls",
        Cause::AuthRejected
        | Cause::AuthLost
        | Cause::AccountLocked
        | Cause::AccountPasswordExpired
        | Cause::AccountDisabled
        | Cause::AccountNotInDirectory
        | Cause::AccountNotAuthorized
        | Cause::PolicyEwsBlocked
        | Cause::PolicyExchangeOnlineRetired
        | Cause::PolicyOrganizationBlocked
        | Cause::OauthSignInNeeded
        | Cause::OauthTokenRejected => "log_on",
        Cause::AccountNoMailbox
        | Cause::ImpersonationHeaderRejected
        | Cause::ImpersonationServerCannot
        | Cause::ImpersonationIgnored => "impersonate",
        _ => "ews",
    };
    RUNGS
        .iter()
        .position(|rung| *rung == id)
        .unwrap_or(RUNGS.len() - 1)
}

fn passed(
    conductor: &Conductor,
    id: &str,
    summary: &Summary,
    groups: &[CauseGroup],
    canaries: u64,
    port: u16,
) -> (StepStatus, String) {
    let (facts, host, account) = (
        &conductor.facts,
        &conductor.spec.access.host,
        &conductor.spec.access.account,
    );
    match id {
        "form" => (StepStatus::Pass, "The values are complete.".to_owned()),
        "dns" => (StepStatus::Pass, format!("{host} was found.")),
        "tcp" => (StepStatus::Pass, format!("Port {port} answers.")),
        "tls" => match facts.chain.first() {
            Some(leaf) => (
                StepStatus::Pass,
                format!("The certificate is trusted: {}.", leaf.subject),
            ),
            None => (
                StepStatus::Skipped,
                "Plain http on this machine.".to_owned(),
            ),
        },
        "ews" => {
            let build = facts
                .server_version
                .as_deref()
                .or(facts.authentication.server_version.as_deref())
                .unwrap_or("of unknown build");
            (
                StepStatus::Pass,
                format!(
                    "EWS answers (Exchange {build}); it offers {}.",
                    facts.authentication.offered.join(", ")
                ),
            )
        }
        "log_on" if conductor.logged_on => (StepStatus::Pass, signed_in(account, facts)),
        "log_on" => (StepStatus::Skipped, "Not reached.".to_owned()),
        "own_mailbox" => match facts.own_mailbox {
            Some(true) => (
                StepStatus::Pass,
                "The service account's own Inbox opens.".to_owned(),
            ),
            Some(false) => (StepStatus::Warning, wording::NO_OWN_MAILBOX.to_owned()),
            None => (StepStatus::Skipped, "Not found out.".to_owned()),
        },
        "impersonate" if facts.first_opened => (
            StepStatus::Pass,
            "A mailbox was opened by impersonation.".to_owned(),
        ),
        "impersonate" if summary.refused > 0 => (
            StepStatus::Fail,
            "Exchange refused every mailbox that was asked for.".to_owned(),
        ),
        "impersonate" => (StepStatus::Skipped, "No mailbox was opened.".to_owned()),
        "mailboxes" => mailboxes(summary),
        _ => canary_step(groups, canaries),
    }
}

/// Who signed in, with what, and bound to which certificate.
fn signed_in(account: &str, facts: &Facts) -> String {
    let told = &facts.authentication;
    let scheme = match facts.way {
        Some(Mechanism::Kerberos) => " with Kerberos",
        Some(Mechanism::SignedIn) => " with Kerberos by the sign-in of this computer",
        Some(Mechanism::Ntlm) => " with NTLM",
        Some(Mechanism::NtlmUnderNegotiate) => " with NTLM under Negotiate",
        Some(Mechanism::Basic) => " with Basic",
        None => "",
    };
    let hash = told
        .channel_binding
        .as_ref()
        .and_then(|binding| binding.hash.as_deref());
    let bound = hash
        .map(|hash| format!(", bound to the server's certificate ({hash})"))
        .unwrap_or_default();
    let earlier = told
        .tried
        .iter()
        .filter(|tried| tried.outcome != SchemeOutcome::Accepted)
        .filter_map(|tried| Some(format!(" {}: {}.", tried.mechanism, tried.detail.as_ref()?)))
        .collect::<String>();
    format!("{account} signed in{scheme}{bound}.{earlier}")
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

fn canary_step(groups: &[CauseGroup], canaries: u64) -> (StepStatus, String) {
    let of = |verdict: Verdict| {
        let matching = groups
            .iter()
            .filter(|g| g.expectation == Expectation::MustRefuse && g.verdict == verdict);
        matching.map(|g| g.count).sum::<u64>()
    };
    let (exposed, refused) = (of(Verdict::Granted), of(Verdict::Refused));
    match (canaries, exposed) {
        (0, _) => (StepStatus::Warning, wording::SCOPE_NOT_PROVEN.to_owned()),
        (_, 1..) => (
            StepStatus::Fail,
            format!("{exposed} of {canaries} opened, but must be refused."),
        ),
        (1, _) if refused == 1 => (
            StepStatus::Pass,
            "The canary was refused, as it must be.".to_owned(),
        ),
        _ if refused == canaries => (
            StepStatus::Pass,
            format!("All {canaries} were refused, as they must be."),
        ),
        _ => (
            StepStatus::Warning,
            format!("{refused} of {canaries} were refused; the others prove nothing."),
        ),
    }
}
