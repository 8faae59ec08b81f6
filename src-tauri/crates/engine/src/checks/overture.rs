//! How a run begins: one anonymous request, then one lane that logs on alone. No password leaves
//! before the server has asked for it in the scheme that was chosen (ruling 6).

use contract::{Authentication, Cause, Problem, StepStatus};
use ews::SchemaVersion;
use tokio::time::Instant;

use super::ask::{self, Answered, Prepared};
use super::conductor::Conductor;
use super::ticket::{Next, Purpose, Ticket};
use crate::diagnosis::Seen;
use crate::diagnosis::wording;
use crate::ports::MailLane;

impl Conductor {
    /// Whether the run can go on to its mailboxes.
    pub(super) async fn overture(&mut self) -> Result<bool, Problem> {
        let mut lane = self.spec.mailroom.lane();
        let Some(answered) = self.knock(lane.as_mut()).await? else {
            return Ok(false);
        };
        self.note_chain(&answered);
        if !self.choose_scheme(&answered) {
            return Ok(false);
        }
        lane.log_on();
        let goes_on = self.log_on(lane.as_mut()).await?;
        self.adopt(lane);
        Ok(goes_on)
    }

    /// The anonymous first request, with the budget of one mailbox (ruling 16). `None`: stopped or
    /// cancelled.
    async fn knock(&mut self, lane: &mut dyn MailLane) -> Result<Option<Answered>, Problem> {
        let mut ticket = self.account_ticket();
        loop {
            let prepared = ask::anonymous(self.schema, &self.spec)
                .map_err(|e| crate::problems::internal("writing the first request", &e))?;
            let Some(answered) = self.ask_alone(lane, &prepared, &mut ticket).await else {
                return Ok(None);
            };
            let Seen::Cause(cause) = answered.observed.seen else {
                return Ok(Some(answered));
            };
            if !cause.is_transient() {
                // Any EWS answer that is no obstacle means that nobody asked for a log-on.
                if answered.observed.ews_code.is_some() && !cause.stops() {
                    return Ok(Some(answered));
                }
                self.note_chain(&answered);
                let blocked = cause == Cause::PolicyEwsBlocked;
                let detail = if blocked {
                    Some("before the log-on")
                } else {
                    answered.observed.detail.as_deref()
                };
                self.stop_with(cause, detail);
                return Ok(None);
            }
            if !self.wait_or_stop(&ticket, cause, &answered).await {
                return Ok(None);
            }
        }
    }

    /// Whether the server offers what was chosen; if not, the run stops before any password.
    fn choose_scheme(&mut self, answered: &Answered) -> bool {
        let reply = answered.reply.as_ref();
        if let Some(reply) = reply.filter(|reply| reply.status == 401) {
            let offered = reply.headers.schemes().into_iter();
            self.facts.offered = offered
                .map(|scheme| self.spec.redactor.clean(scheme))
                .collect();
        }
        let wanted = match self.spec.authentication {
            Authentication::Basic => "Basic",
            // The strongest scheme the server offers; Basic only by choice, and the others are not
            // part of this version: `wording` says so.
            _ => "",
        };
        let offered = self
            .facts
            .offered
            .iter()
            .any(|scheme| scheme.eq_ignore_ascii_case(wanted));
        if offered {
            self.facts.auth = Some(wanted.to_ascii_lowercase());
        } else {
            self.stop_with(Cause::AuthSchemeNotOffered, None);
        }
        offered
    }

    /// The log-on, un-impersonated: proves the password, and reads the account's own Inbox identity
    /// (ruling 7). Exactly one refusal reaches the server.
    async fn log_on(&mut self, lane: &mut dyn MailLane) -> Result<bool, Problem> {
        let mut ticket = self.account_ticket();
        loop {
            let prepared = ask::own_inbox(self.schema, &self.spec)
                .map_err(|e| crate::problems::internal("writing the log-on request", &e))?;
            let Some(answered) = self.ask_alone(lane, &prepared, &mut ticket).await else {
                return Ok(false);
            };
            self.note_chain(&answered);
            self.note_version(&answered);
            match answered.observed.seen.clone() {
                Seen::Challenge => {
                    self.stop_with(Cause::AuthRejected, answered.observed.detail.as_deref());
                    return Ok(false);
                }
                Seen::Opened(key) => {
                    self.signed_in();
                    self.facts.own_mailbox = Some(true);
                    self.proofs.own_key = Some(key);
                    return Ok(true);
                }
                Seen::NoOwnMailbox => {
                    self.signed_in();
                    self.facts.own_mailbox = Some(false);
                    self.facts.warnings.push(wording::NO_OWN_MAILBOX.to_owned());
                    return Ok(true);
                }
                Seen::AccountDisabled => {
                    self.stop_with(Cause::AccountDisabled, None);
                    return Ok(false);
                }
                Seen::StepDown { otherwise, .. }
                    if self.schema == SchemaVersion::Exchange2010Sp2 =>
                {
                    self.stop_with(otherwise, answered.observed.detail.as_deref());
                    return Ok(false);
                }
                Seen::StepDown { .. } => self.schema = SchemaVersion::Exchange2010Sp2,
                Seen::Cause(cause) if cause.is_transient() => {
                    // EWS itself answered: nobody comes so far with a wrong password.
                    if answered.observed.ews_code.is_some() {
                        self.signed_in();
                    }
                    // The account's own mailbox never gates a run: what ails the server will show on
                    // the mailboxes, with their own budgets.
                    if !self.wait_unless_spent(&ticket, cause, &answered).await {
                        return Ok(!self.cancelled());
                    }
                }
                Seen::Cause(cause) => {
                    self.stop_with(cause, answered.observed.detail.as_deref());
                    return Ok(false);
                }
            }
        }
    }

    /// Credentials were accepted: from now on other lanes may open.
    pub(super) fn signed_in(&mut self) {
        if !self.logged_on {
            self.logged_on = true;
            self.governor.logged_on();
        }
        self.step(
            "log_on",
            StepStatus::Pass,
            None,
            format!("{} signed in.", self.spec.account),
            None,
        );
    }

    async fn ask_alone(
        &mut self,
        lane: &mut dyn MailLane,
        prepared: &Prepared,
        ticket: &mut Ticket,
    ) -> Option<Answered> {
        // The anonymous request is in no count; the log-on is, and so are its repetitions.
        self.retries += u64::from(ticket.attempts > 0 && self.facts.auth.is_some());
        ticket.attempts += 1;
        ticket.first_at.get_or_insert_with(Instant::now);
        let mut cancel = self.cancel.clone();
        tokio::select! {
            biased;
            _ = cancel.wait_for(|cancelled| *cancelled) => None,
            answered = ask::ask(lane, prepared) => Some(answered),
        }
    }

    async fn wait_or_stop(&mut self, ticket: &Ticket, cause: Cause, answered: &Answered) -> bool {
        if self.wait_unless_spent(ticket, cause, answered).await {
            return true;
        }
        if !self.cancelled() {
            let known = answered.observed.detail.clone();
            let detail = match answered.observed.wait {
                Some(wait) if wait > ticket.remaining(Instant::now()) => {
                    let asked = wording::too_long(wait);
                    Some(known.map_or_else(|| asked.clone(), |known| format!("{known}; {asked}")))
                }
                _ => known,
            };
            self.stop_with(cause, detail.as_deref());
        }
        false
    }

    /// Waits for the back-off; `false` when the budget is spent or the run was cancelled.
    async fn wait_unless_spent(
        &mut self,
        ticket: &Ticket,
        cause: Cause,
        answered: &Answered,
    ) -> bool {
        let next = ticket.next(
            cause,
            answered.observed.wait,
            Instant::now(),
            self.spec.dice.as_ref(),
        );
        let Next::Wait(wait) = next else { return false };
        let mut cancel = self.cancel.clone();
        tokio::select! {
            biased;
            _ = cancel.wait_for(|cancelled| *cancelled) => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    pub(super) fn account_ticket(&self) -> Ticket {
        Ticket {
            seq: -1,
            mailbox: self.spec.account.clone(),
            identity: None,
            name: String::new(),
            expectation: contract::Expectation::MustOpen,
            attempts: 0,
            first_at: None,
            last: None,
            last_reply: (None, None),
            schema: None,
            sent: self.schema,
            purpose: Purpose::AccountState,
        }
    }
}
