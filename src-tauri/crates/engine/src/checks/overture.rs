//! How a run begins: one anonymous request, then one lane that logs on alone. No password leaves
//! before the server has asked for it in the scheme that was chosen (ruling 6).

use contract::{Cause, Problem, SchemeOutcome};
use ews::{DistinguishedFolder, SchemaVersion};
use tokio::sync::watch;
use tokio::time::Instant;

use super::ask::{self, Answered, Prepared};
use super::authentication;
use super::facts::{Asking, Facts};
use super::mechanism::{self, Mechanism};
use super::plan::Approach;
use super::spec::Access;
use super::ticket::{Next, Ticket};
use crate::diagnosis::refusal::{self, Circumstances};
use crate::diagnosis::wording::{self, Words};
use crate::diagnosis::{Identity, Observed, Seen};
use crate::ports::MailLane;

/// How the log-on of the first lane ended.
enum LoggedOn {
    /// The run goes on to its mailboxes.
    Yes,
    /// It was stopped or cancelled.
    No,
    /// Not possible in this way, and no password was refused.
    OtherWay(String),
    /// The server refused a ticket, though the KDC took the password.
    TicketRefused,
}

/// The beginning of a run, or of any other work that needs one log-on.
pub(super) struct Overture<'a> {
    access: &'a Access,
    cancel: watch::Receiver<bool>,
    pub(super) schema: SchemaVersion,
    /// What it learned.
    pub(super) facts: Facts,
    /// Why it was stopped.
    pub(super) stop: Option<(Cause, String)>,
    pub(super) retries: u64,
    /// Credentials were accepted.
    pub(super) logged_on: bool,
    /// Identity of the account's own folder, where it has one (ruling 7).
    pub(super) own: Option<Identity>,
    /// Why that could not be found out.
    pub(super) own_unread: Option<Cause>,
    tell: &'a Tell<'a>,
}

/// Who wants to know how far it is: what was learned, and whether credentials were accepted.
pub(crate) type Tell<'a> = dyn Fn(&Access, &Facts, bool) + Send + Sync + 'a;

impl<'a> Overture<'a> {
    pub(super) fn new(
        access: &'a Access,
        cancel: watch::Receiver<bool>,
        schema: SchemaVersion,
        tell: &'a Tell<'a>,
    ) -> Self {
        Self {
            access,
            tell,
            cancel,
            schema,
            facts: Facts::default(),
            stop: None,
            retries: 0,
            logged_on: false,
            own: None,
            own_unread: None,
        }
    }

    /// A lane that is logged on, for whatever comes next. `None`: stopped, or cancelled.
    pub(super) async fn play(&mut self) -> Result<Option<Box<dyn MailLane>>, Problem> {
        let mut lane = self.access.mailroom.lane();
        let Some(answered) = self.knock(lane.as_mut()).await? else {
            return Ok(None);
        };
        self.facts.note_chain(&answered);
        let (mut obstacle, mut ticket_refused) = (None, false);
        let ways = self.ways(&answered).await;
        if self.cancelled() {
            return Ok(None);
        }
        let held_back = self.access.password.held_back.clone();
        if let Some(why) = held_back.filter(|_| !ways.is_empty()) {
            self.stop.get_or_insert((Cause::AuthRejected, why));
            return Ok(None);
        }
        for mechanism in ways {
            self.choose(mechanism);
            lane.log_on();
            if self.access.is_app() {
                // It has no mailbox that could be asked for, and no server answers it without one: its
                // token is proven by the first mailbox, which one lane asks for alone.
                if self.access.graph.is_some()
                    && self.access.folders != [DistinguishedFolder::Inbox]
                {
                    self.facts.warnings.push(wording::INBOX_ONLY.to_owned());
                }
                return Ok(Some(lane));
            }
            match self.log_on(lane.as_mut(), mechanism).await? {
                LoggedOn::Yes => return Ok(Some(lane)),
                LoggedOn::No => return Ok(None),
                LoggedOn::OtherWay(why) => obstacle = Some(why),
                LoggedOn::TicketRefused => ticket_refused = true,
            }
            lane.close();
        }
        if ticket_refused {
            // No other way was there: the refusal of the ticket is the server's last word.
            self.stop_rejected(Some(Mechanism::Kerberos));
        }
        self.stop_with(Cause::AuthSchemeNotOffered, obstacle.as_deref());
        Ok(None)
    }

    /// The anonymous first request, with the budget of one mailbox (ruling 16). `None`: stopped or
    /// cancelled.
    async fn knock(&mut self, lane: &mut dyn MailLane) -> Result<Option<Answered>, Problem> {
        let mut ticket = self.account_ticket();
        loop {
            let prepared = ask::anonymous(self.schema, self.access)
                .map_err(|e| crate::problems::internal("writing the first request", &e))?;
            let Some(answered) = self.ask_alone(lane, &prepared, &mut ticket).await else {
                return Ok(None);
            };
            self.facts.dialing = self.access.mailroom.dialing();
            if answered.reply.is_some() {
                self.facts.knock = Some(Asking::of(&answered));
            }
            self.tell();
            let Seen::Cause(cause) = answered.observed.seen else {
                return Ok(Some(answered));
            };
            if !cause.is_transient() {
                // Any EWS answer that is no obstacle means that nobody asked for a log-on.
                if answered.observed.ews_code.is_some() && !cause.stops() {
                    return Ok(Some(answered));
                }
                self.facts.note_chain(&answered);
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

    /// The ways to log on that were chosen and are offered; none: the run stops before any password.
    async fn ways(&mut self, answered: &Answered) -> Vec<Mechanism> {
        if let Some(reply) = answered.reply.as_ref() {
            let mut found = authentication::of_challenge(reply, self.access.clock.now());
            authentication::clean(&mut found, &self.access.redactor);
            self.facts.authentication = found;
        }
        let chosen = self.access.authentication;
        let offered = self.facts.authentication.offered.clone();
        if self.access.approach == Approach::Graph {
            // Graph takes tokens and nothing else, whatever it says of schemes.
            return vec![Mechanism::Bearer];
        }
        if !mechanism::candidates(chosen, &offered, true).contains(&Mechanism::Kerberos) {
            return mechanism::candidates(chosen, &offered, false);
        }
        let mut cancel = self.cancel.clone();
        let possible = tokio::select! {
            biased;
            // A name server that is silent about the KDC must not keep anybody waiting.
            _ = cancel.wait_for(|cancelled| *cancelled) => return Vec::new(),
            possible = self.access.mailroom.ticket_possible() => possible,
        };
        if let Err(Some(why)) = &possible {
            self.facts.way = Some(Mechanism::Kerberos);
            self.facts
                .tried(SchemeOutcome::NotPossible, Some(why.clone()));
            self.facts.way = None;
        }
        mechanism::candidates(chosen, &offered, possible.is_ok())
    }

    fn choose(&mut self, mechanism: Mechanism) {
        self.access.mailroom.choose(mechanism);
        self.facts.auth = Some(mechanism.scheme().to_ascii_lowercase());
        self.facts.way = Some(mechanism);
    }

    /// Keeps what a log-on told: binding, domain, clock.
    fn note_log_on(&mut self, answered: &Answered) {
        let reply = answered.reply.as_ref();
        let Some(report) = reply.and_then(|reply| reply.log_on.as_deref()) else {
            return;
        };
        let found = &mut self.facts.authentication;
        if let Some(challenge) = &report.challenge {
            authentication::note_challenge(found, challenge, self.access.clock.now());
            authentication::clean(found, &self.access.redactor);
        }
        if report.mechanism != "basic" {
            let version = found.server_version.as_deref();
            found.channel_binding = Some(authentication::binding(report, version));
        }
    }

    /// The sign-in was refused, for good: which reasons are likely here.
    fn refused(&mut self, answered: &Answered) {
        let told = answered.reply.is_none();
        let detail = answered.observed.detail.clone().filter(|_| told);
        self.facts.tried(SchemeOutcome::Refused, detail.clone());
        if let Some(told) = detail {
            let sentence = wording::refused_elsewhere(&told, &self.access.account);
            self.stop.get_or_insert((Cause::AuthRejected, sentence));
            return;
        }
        self.stop_rejected(self.facts.way);
    }

    /// Stops with the reasons that are likely for this way, under these circumstances.
    fn stop_rejected(&mut self, way: Option<Mechanism>) {
        let binding = self.facts.authentication.channel_binding.as_ref();
        let seen = Circumstances {
            mechanism: way.map_or("basic", Mechanism::name),
            bound: binding.is_some_and(|binding| binding.sent),
            issuer: self.facts.chain.first().map(|leaf| leaf.issuer.as_str()),
            proxied: self.access.proxied,
            skew: self.facts.authentication.clock_skew_seconds,
            account_domain: self
                .access
                .account
                .split_once('\\')
                .map(|(domain, _)| domain),
            server_domain: self
                .facts
                .authentication
                .domain
                .as_ref()
                .and_then(|domain| {
                    Some((
                        domain.netbios.as_deref()?,
                        domain.dns.as_deref().unwrap_or_default(),
                    ))
                }),
        };
        let reasons = refusal::reasons(&seen);
        self.stop_with(Cause::AuthRejected, Some(&reasons));
    }

    /// The log-on, un-impersonated: proves the password, and reads the account's own Inbox identity
    /// (ruling 7). Exactly one refusal reaches the server.
    async fn log_on(
        &mut self,
        lane: &mut dyn MailLane,
        mechanism: Mechanism,
    ) -> Result<LoggedOn, Problem> {
        let mut ticket = self.account_ticket();
        loop {
            let prepared = ask::own_inbox(self.schema, self.access)
                .map_err(|e| crate::problems::internal("writing the log-on request", &e))?;
            let started = Instant::now();
            let Some(answered) = self.ask_alone(lane, &prepared, &mut ticket).await else {
                return Ok(LoggedOn::No);
            };
            self.facts.log_on = Some(Asking::of(&answered).taking(started.elapsed()));
            self.facts.note_chain(&answered);
            self.facts.note_version(&answered);
            self.note_log_on(&answered);
            match answered.observed.seen.clone() {
                // The KDC took the password; only the ticket was refused.
                Seen::LogOnRefused
                    if mechanism == Mechanism::Kerberos && answered.reply.is_some() =>
                {
                    let why = "the server refused the Kerberos ticket".to_owned();
                    self.facts.tried(SchemeOutcome::Refused, Some(why));
                    return Ok(LoggedOn::TicketRefused);
                }
                Seen::Challenge | Seen::LogOnRefused | Seen::HeldBack => {
                    self.refused(&answered);
                    return Ok(LoggedOn::No);
                }
                Seen::NoWay => {
                    let why = answered.observed.detail.clone().unwrap_or_default();
                    self.facts
                        .tried(SchemeOutcome::NotPossible, Some(why.clone()));
                    return Ok(LoggedOn::OtherWay(why));
                }
                Seen::Opened(identity) => {
                    self.signed_in();
                    self.facts.own_mailbox = Some(true);
                    self.own = Some(identity);
                    return Ok(LoggedOn::Yes);
                }
                Seen::NoOwnMailbox => {
                    self.signed_in();
                    self.facts.own_mailbox = Some(false);
                    self.facts.warnings.push(wording::NO_OWN_MAILBOX.to_owned());
                    return Ok(LoggedOn::Yes);
                }
                Seen::AccountDisabled => {
                    self.stop_with(Cause::AccountDisabled, None);
                    return Ok(LoggedOn::No);
                }
                Seen::StepDown { otherwise, .. }
                    if self.schema == SchemaVersion::Exchange2010Sp2 =>
                {
                    self.stop_with(otherwise, answered.observed.detail.as_deref());
                    return Ok(LoggedOn::No);
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
                        self.own_unread = Some(cause);
                        return Ok(if self.cancelled() {
                            LoggedOn::No
                        } else {
                            LoggedOn::Yes
                        });
                    }
                }
                Seen::Cause(cause) => {
                    let reply = answered.reply.as_ref();
                    let begun = reply.is_some_and(|reply| reply.log_on.is_some());
                    let detail = if cause == Cause::PolicyEwsBlocked && !begun {
                        Some("before the log-on")
                    } else {
                        answered.observed.detail.as_deref()
                    };
                    self.stop_by(cause, detail, &answered.observed);
                    return Ok(LoggedOn::No);
                }
            }
        }
    }

    fn signed_in(&mut self) {
        if !self.logged_on {
            self.logged_on = true;
            self.access.password.accepted();
            self.facts.accepted();
            self.tell();
        }
    }

    fn tell(&self) {
        (self.tell)(self.access, &self.facts, self.logged_on);
    }

    fn cancelled(&self) -> bool {
        *self.cancel.borrow()
    }

    fn stop_with(&mut self, cause: Cause, detail: Option<&str>) {
        if self.stop.is_none() {
            let offered = &self.facts.authentication.offered;
            let message = wording::run_message(cause, detail, &self.access.words(offered));
            self.stop = Some((cause, message));
        }
    }

    /// The same with what was seen: at Exchange, or at the authority that issues access tokens.
    fn stop_by(&mut self, cause: Cause, detail: Option<&str>, observed: &Observed) {
        let Some(authority) = observed.authority.as_deref() else {
            return self.stop_with(cause, detail);
        };
        self.facts.note_authority(cause, Some(authority));
        let words = Words {
            authority: Some(authority),
            ..self.access.words(&[])
        };
        let message = wording::run_message(cause, detail, &words);
        self.stop.get_or_insert((cause, message));
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
            self.access.dice.as_ref(),
        );
        let Next::Wait(wait) = next else { return false };
        let mut cancel = self.cancel.clone();
        tokio::select! {
            biased;
            _ = cancel.wait_for(|cancelled| *cancelled) => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    fn account_ticket(&self) -> Ticket {
        Ticket::of_account(&self.access.account, self.schema)
    }
}
