//! What a run learns on the way, for its header: schemes, chain, build, own mailbox, the ladder.

use std::time::Duration;

use contract::{Cause, Problem, RunAuthentication, SchemeOutcome, SchemeTried, SilentAuthority};
use exchange::Dialing;

use super::ask::Answered;
use super::conductor::Conductor;
use super::mechanism::Mechanism;
use super::overture::Overture;
use super::spec::Access;
use super::steps;
use super::ticket::Ticket;
use crate::rooms::{Opener, RoomLists};

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
    /// The newest connection attempt until the log-on.
    pub(crate) dialing: Dialing,
    /// The anonymous first request, once it was answered.
    pub(crate) knock: Option<Asking>,
    /// The newest request of the log-on.
    pub(crate) log_on: Option<Asking>,
    /// How the URL was found, where it was looked for.
    pub(crate) discovery: Option<Discovered>,
    /// The first mailbox that opened, else the first that answered.
    pub(crate) first: Option<First>,
    /// Whom to impersonate for what needs a mailbox.
    pub(crate) opener: Option<Opener>,
    /// Room lists, where they were asked for.
    pub(crate) rooms: Option<RoomLists>,
}

/// One request, for evidence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asking {
    /// From the question to the end of the answer, a new connection and log-on legs included.
    pub(crate) took: Option<Duration>,
    /// The last leg alone.
    pub(crate) answered: Option<Duration>,
    pub(crate) request_id: String,
    pub(crate) http_status: Option<u16>,
    pub(crate) ews_code: Option<String>,
}

/// The first mailbox that was asked for while impersonating.
#[derive(Debug, Clone)]
pub(crate) struct First {
    /// Place in the list.
    seq: i64,
    pub(crate) mailbox: String,
    pub(crate) opened: bool,
    pub(crate) asking: Asking,
}

/// How the URL was found.
#[derive(Debug, Clone)]
pub(crate) struct Discovered {
    pub(crate) message: String,
    pub(crate) took: Option<Duration>,
    pub(crate) evidence: Vec<String>,
}

impl Asking {
    pub(super) fn of(answered: &Answered) -> Self {
        let observed = &answered.observed;
        Self {
            took: observed.elapsed,
            answered: observed.elapsed,
            request_id: answered.request_id.clone(),
            http_status: observed.http_status,
            ews_code: observed.ews_code.clone(),
        }
    }

    /// The same, with the time from the outside.
    pub(super) fn taking(self, took: Duration) -> Self {
        Self {
            took: Some(took),
            ..self
        }
    }
}

impl Facts {
    /// Keeps the first mailbox of the list that opened, else the first that answered.
    pub(super) fn note_first(&mut self, ticket: &Ticket, answered: &Answered, opened: bool) {
        let rank = |opened: bool, seq: i64| (!opened, seq);
        let better = self
            .first
            .as_ref()
            .is_none_or(|first| rank(opened, ticket.seq) < rank(first.opened, first.seq));
        if better {
            self.first = Some(First {
                seq: ticket.seq,
                mailbox: ticket.mailbox.clone(),
                opened,
                asking: Asking::of(answered),
            });
        }
    }

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

    /// Keeps what came from the authority that issues access tokens, and not from Exchange.
    pub(super) fn note_authority(&mut self, cause: Cause, host: Option<&str>) {
        let Some(host) = host else { return };
        let known = self
            .authentication
            .authority
            .get_or_insert_with(|| SilentAuthority {
                host: host.to_owned(),
                causes: Vec::new(),
            });
        if !known.causes.contains(&cause) {
            known.causes.push(cause);
        }
    }

    /// Host of that authority, where a cause came from there.
    pub(super) fn authority_of(&self, cause: Cause) -> Option<&str> {
        let authority = self.authentication.authority.as_ref();
        authority.and_then(|authority| authority.of(cause))
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
        let (ladder, counts) = (self.ladder.clone(), self.summary());
        let tell = move |access: &Access, facts: &Facts, logged_on: bool| {
            ladder.send_replace(steps::going_on(facts, access, logged_on, &counts));
        };
        let mut overture =
            Overture::new(&self.spec.access, self.cancel.clone(), self.schema, &tell);
        overture.facts.discovery = self.facts.discovery.clone();
        let lane = overture.play().await;
        let Overture {
            schema,
            facts,
            stop,
            retries,
            logged_on,
            own,
            own_unread,
            ..
        } = overture;
        (self.schema, self.facts, self.logged_on) = (schema, facts, logged_on);
        (self.stop, self.proofs.own) = (stop, own);
        self.proofs.own_unread = own_unread;
        self.retries += retries;
        if logged_on {
            self.governor.logged_on();
        }
        let lane = lane?;
        let goes_on = lane.is_some();
        if goes_on {
            self.compare_as_before().await?;
        }
        if let Some(lane) = lane {
            self.adopt(lane);
        }
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
}
