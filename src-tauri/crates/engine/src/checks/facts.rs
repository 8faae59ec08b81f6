//! What a run learns on the way, for its header: schemes, chain, build, own mailbox, the ladder.

use contract::{Cause, Problem, RunAuthentication, SchemeOutcome, SchemeTried, StepStatus};

use super::ask::Answered;
use super::conductor::Conductor;
use super::mechanism::Mechanism;
use super::overture::Overture;

/// What the run learned on the way, for its header.
#[derive(Debug, Default, Clone)]
pub(crate) struct Facts {
    pub(crate) authentication: RunAuthentication,
    /// How the run logs on.
    pub(crate) way: Option<Mechanism>,
    pub(crate) chain: Vec<exchange::Certificate>,
    pub(crate) server_version: Option<String>,
    pub(crate) auth: Option<String>,
    pub(crate) own_mailbox: Option<bool>,
    pub(crate) warnings: Vec<String>,
    pub(crate) steps: Vec<contract::Step>,
    pub(crate) first_opened: bool,
}

impl Facts {
    pub(super) fn note_version(&mut self, answered: &Answered) {
        if self.server_version.is_none() {
            self.server_version
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
            self.chain = chain;
        }
    }

    /// Adds a line to the table of schemes.
    pub(super) fn tried(&mut self, outcome: SchemeOutcome, detail: Option<String>) {
        if let Some(way) = self.way {
            self.authentication.tried.push(SchemeTried {
                scheme: way.scheme().to_owned(),
                mechanism: way.name().to_owned(),
                outcome,
                detail,
            });
        }
    }

    /// The way that was tried last let us in.
    pub(super) fn accepted(&mut self) {
        self.tried(SchemeOutcome::Accepted, None);
        self.authentication.accepted = self.way.map(|way| way.scheme().to_owned());
    }
}

impl Conductor {
    /// How the run begins; whether it can go on to its mailboxes.
    pub(super) async fn overture(&mut self) -> Result<bool, Problem> {
        let mut overture = Overture::new(&self.spec.access, self.cancel.clone(), self.schema);
        let lane = overture.play().await;
        let Overture {
            schema,
            facts,
            stop,
            retries,
            logged_on,
            own_key,
            ..
        } = overture;
        (self.schema, self.facts, self.logged_on) = (schema, facts, logged_on);
        (self.stop, self.proofs.own_key) = (stop, own_key);
        self.retries += retries;
        if logged_on {
            self.governor.logged_on();
        }
        let lane = lane?;
        let goes_on = lane.is_some();
        lane.into_iter().for_each(|lane| self.adopt(lane));
        Ok(goes_on)
    }

    /// Credentials were accepted: from now on other lanes may open.
    pub(super) fn signed_in(&mut self) {
        if !self.logged_on {
            self.logged_on = true;
            self.spec.access.password.accepted();
            self.governor.logged_on();
            self.facts.accepted();
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
