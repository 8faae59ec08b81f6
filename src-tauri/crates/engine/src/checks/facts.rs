//! What a run learns on the way, for its header: schemes, chain, build, own mailbox, the ladder.

use contract::{Cause, RunAuthentication, StepStatus};

use super::ask::Answered;
use super::conductor::Conductor;
use super::mechanism::Mechanism;

/// What the run learned on the way, for its header.
#[derive(Debug, Default, Clone)]
pub(super) struct Facts {
    pub(super) authentication: RunAuthentication,
    /// How the run logs on.
    pub(super) way: Option<Mechanism>,
    pub(super) chain: Vec<exchange::Certificate>,
    pub(super) server_version: Option<String>,
    pub(super) auth: Option<String>,
    pub(super) own_mailbox: Option<bool>,
    pub(super) warnings: Vec<String>,
    pub(super) steps: Vec<contract::Step>,
    pub(super) first_opened: bool,
}

impl Conductor {
    pub(super) fn note_version(&mut self, answered: &Answered) {
        if self.facts.server_version.is_none() {
            self.facts
                .server_version
                .clone_from(&answered.observed.server_version);
        }
    }

    /// Keeps the chain the server showed, in success and in failure.
    pub(super) fn note_chain(&mut self, answered: &Answered) {
        let chain = match (&answered.reply, &answered.fault) {
            (Some(reply), _) => reply.chain.as_ref().clone(),
            (_, Some(exchange::Fault::Tls(fault))) => fault.chain.clone(),
            _ => return,
        };
        if !chain.is_empty() {
            self.facts.chain = chain;
        }
    }

    /// Notes a rung of the step ladder.
    pub(super) fn step(
        &mut self,
        id: &str,
        status: StepStatus,
        cause: Option<Cause>,
        message: String,
        ms: Option<u64>,
    ) {
        let step = contract::Step {
            id: id.to_owned(),
            status,
            cause,
            message,
            elapsed_ms: ms,
            title: String::new(),
            blame: None,
            next: None,
            evidence: Vec::new(),
        };
        match self.facts.steps.iter_mut().find(|known| known.id == id) {
            Some(known) => *known = step,
            None => self.facts.steps.push(step),
        }
    }
}
