//! Turns a guide's text into what is shown: filled in, dated, with its done marks.

use std::collections::HashSet;

use contract::{
    Badge, Blame, Cause, ExchangeNames, Guide, GuideBlock, GuideFact, GuideStep, GuideSummary,
    Platform, RunState, Verdict,
};
use store::guide_steps::DoneStep;

use super::fill::Known;
use super::reader::{BlockText, Generated, GuideText, Standing, StepText};
use crate::diagnosis::explanation::explanation;
use crate::diagnosis::wording::{Words, title};
use crate::email_configuration::{CALENDAR, Situation, badge};

/// Today, and what is known of the server.
#[derive(Debug, Clone, Default)]
pub(super) struct Today {
    pub(super) date: jiff::civil::Date,
    /// Build the server named last.
    pub(super) server_version: Option<String>,
}

/// A guide in the list.
pub(super) fn summary(
    id: &str,
    text: &GuideText,
    today: &Today,
    done: &HashSet<DoneStep>,
) -> GuideSummary {
    let is_done = |step: &&StepText| done.contains(&key(id, step));
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    GuideSummary {
        id: id.to_owned(),
        title: text.title.clone(),
        subtitle: text.subtitle.clone(),
        badge: text.badge.map(|standing| shown(standing, today)),
        done: number(text.steps.iter().filter(is_done).count()),
        steps: number(text.steps.len()),
    }
}

/// A guide, filled in.
pub(super) fn present(
    id: &str,
    text: &GuideText,
    known: &Known,
    names: ExchangeNames,
    today: &Today,
    done: &HashSet<DoneStep>,
) -> Guide {
    Guide {
        summary: summary(id, text, today, done),
        names,
        steps: text
            .steps
            .iter()
            .map(|step| present_step(step, known, today, done.contains(&key(id, step))))
            .collect(),
        calendar: CALENDAR.to_string(),
        sources: text.sources.clone(),
    }
}

fn key(guide: &str, step: &StepText) -> DoneStep {
    DoneStep {
        guide: guide.to_owned(),
        step: step.id.clone(),
    }
}

fn present_step(text: &StepText, known: &Known, today: &Today, done: bool) -> GuideStep {
    let fits = |block: &&BlockText| {
        block
            .security_group
            .is_none_or(|wanted| wanted == known.names.security_group)
    };
    let written = text.facts.iter().map(|(name, value)| GuideFact {
        name: name.clone(),
        value: known.sentence(value),
    });
    let generated = text.generated.map(|what| generated(what, known));
    GuideStep {
        id: text.id.clone(),
        title: text.title.clone(),
        why: known.sentence(&text.why.join("\n\n")),
        badge: text.badge.map(|standing| shown(standing, today)),
        blocks: text
            .blocks
            .iter()
            .filter(fits)
            .map(|block| present_block(block, known))
            .collect(),
        notes: text.notes.iter().map(|note| known.sentence(note)).collect(),
        facts: written.chain(generated.unwrap_or_default()).collect(),
        page: text.page,
        done,
    }
}

fn present_block(text: &BlockText, known: &Known) -> GuideBlock {
    let (powershell, missing) = known.command(&text.commands);
    GuideBlock {
        purpose: text.purpose,
        powershell,
        missing,
        copyable: !text.dead,
        flagged: text.flagged.clone(),
        shell: text.shell.clone(),
    }
}

/// The badge of the picklist for the method that a guide is about.
fn shown(standing: Standing, today: &Today) -> Badge {
    use contract::AccessType as T;
    let (access_type, platform) = match standing {
        Standing::ExchangeServer => (T::ExImp, Platform::OnPremises),
        Standing::Hybrid => (T::EwsImp, Platform::Hybrid),
        Standing::ExchangeOnline => (T::GraphApp, Platform::ExchangeOnline),
        Standing::EwsApp => (T::EwsApp, Platform::ExchangeOnline),
        Standing::Retired => (T::ExImp, Platform::ExchangeOnline),
    };
    badge(
        access_type,
        Situation {
            today: today.date,
            platform,
            cloud_host: platform == Platform::ExchangeOnline,
            server_version: today.server_version.as_deref(),
        },
    )
}

fn generated(what: Generated, known: &Known) -> Vec<GuideFact> {
    let fact = |name: &str, value: &str| GuideFact {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    match what {
        Generated::Verdicts => VERDICTS.iter().map(|(v, t)| fact(v.as_str(), t)).collect(),
        Generated::States => STATES.iter().map(|(s, t)| fact(s.as_str(), t)).collect(),
        Generated::Causes(blame) => causes(blame, known),
    }
}

fn causes(blame: Blame, known: &Known) -> Vec<GuideFact> {
    let (account, host) = (known.sentence("{{account}}"), known.sentence("{{host}}"));
    let words = Words {
        account: &account,
        host: &host,
        offered: &[],
        auth: "",
        application: false,
        authority: None,
    };
    Cause::ALL
        .iter()
        .filter(|cause| cause.blame() == blame)
        .map(|cause| GuideFact {
            name: format!("{} ({cause})", title(*cause)),
            value: explanation(*cause, &words),
        })
        .collect()
}

/// What the verdicts mean, in the words of the contract.
const VERDICTS: [(Verdict, &str); 6] = [
    (
        Verdict::Granted,
        "The mailbox opened, and it is the one that was asked for. For a mailbox that must be refused this is a finding.",
    ),
    (
        Verdict::Refused,
        "The server said no: rights are missing. For a mailbox that must be refused this is as it must be.",
    ),
    (
        Verdict::NoMailbox,
        "There is nothing to open at this address here: unknown, an alias, or it lives elsewhere. A matter of the list.",
    ),
    (
        Verdict::Unusable,
        "The mailbox is there and can't be used: disabled, misconfigured, no license, full.",
    ),
    (
        Verdict::Undetermined,
        "It was asked and there is no answer to rely on: busy, moving, no answer in time. Check again.",
    ),
    (
        Verdict::NotChecked,
        "It was never asked: the run was stopped or cancelled before, or the address is left out.",
    ),
];

/// What the states of a run mean.
const STATES: [(RunState, &str); 4] = [
    (
        RunState::Complete,
        "Every mailbox has an answer to rely on.",
    ),
    (
        RunState::Incomplete,
        "Some mailboxes are undetermined or were not checked. Re-check those.",
    ),
    (
        RunState::Stopped,
        "Something about the connection or the account as a whole stood in the way, so that asking further mailboxes would have told nothing. Its cause stands above the table.",
    ),
    (
        RunState::Cancelled,
        "Somebody stopped it. What was decided stays, the rest can be resumed.",
    ),
];
