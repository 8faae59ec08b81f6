//! What a reply means for its mailbox and for the run.

use contract::{Cause, Expectation, Problem, Radius, Verdict};
use ews::SchemaVersion;
use tokio::time::Instant;

use super::ask::Answered;
use super::conductor::{AccountState, Conductor};
use super::hold::{Hold, Why};
use super::proof::misfit;
use super::record::Sentence;
use super::ticket::{Next, Purpose, Ticket, Waiting};
use crate::diagnosis::log_on;
use crate::diagnosis::wording::{self, RowFacts};
use crate::diagnosis::{Identity, MailboxKey, Observed, Seen};

/// Mailboxes that must have spent their budget before a cause counts for all (ruling 2).
const ENOUGH: u64 = 5;

impl Conductor {
    /// One reply. `alone`: it came while all lanes held, so that an obstacle counts for this mailbox
    /// only (ruling 1: "anything else makes it transient for that mailbox").
    pub(super) async fn settle(
        &mut self,
        ticket: Ticket,
        answered: Answered,
        alone: bool,
    ) -> Result<(), Problem> {
        self.facts.note_version(&answered);
        if answered.observed.ews_code.is_some() && !self.logged_on {
            // EWS itself answered: nobody comes so far with a wrong password.
            self.signed_in();
        }
        match answered.observed.seen.clone() {
            Seen::Challenge => {
                self.challenged(ticket);
                Ok(())
            }
            // One refusal is final: whatever lanes there are, no second one reaches the server.
            Seen::LogOnRefused | Seen::HeldBack => {
                let lost = self.logged_on;
                self.stop_with(
                    if lost {
                        Cause::AuthLost
                    } else {
                        Cause::AuthRejected
                    },
                    None,
                );
                Ok(())
            }
            // A KDC that is gone: lanes that are logged on go on, and it may come back.
            Seen::NoWay => {
                let mut answered = answered;
                answered.observed.detail = Some(log_on::no_way(&answered.observed));
                self.retry(ticket, answered, log_on::NO_WAY).await
            }
            Seen::StepDown {
                mailbox_only,
                otherwise,
            } => {
                self.stepped_down(ticket, answered, mailbox_only, otherwise, alone)
                    .await
            }
            Seen::Cause(cause) if cause.is_transient() => self.retry(ticket, answered, cause).await,
            Seen::Cause(cause) if cause.stops() => {
                self.obstructed(ticket, answered, cause, alone).await
            }
            seen => {
                self.answered(&answered.observed);
                match ticket.purpose {
                    Purpose::Check | Purpose::SecondAsking => {
                        self.mailbox_said(ticket, answered, seen).await
                    }
                    Purpose::Proof => self.proof_said(ticket, answered, seen).await,
                    Purpose::OwnAddress => self.own_address_said(answered.addresses).await,
                    Purpose::AccountState => self.account_said().await,
                    Purpose::OwnInbox => self.own_inbox_said(seen).await,
                }
            }
        }
    }

    /// The identity cannot be put into a request: that is a matter of the list.
    pub(super) async fn never_sent(
        &mut self,
        ticket: Ticket,
        error: &ews::RequestError,
    ) -> Result<(), Problem> {
        if ticket.purpose == Purpose::Proof {
            return self.proof_unasked(&ticket).await;
        }
        let sentence = Sentence::new(
            Verdict::NoMailbox,
            Some(Cause::MailboxAddressInvalid),
            Some(error.to_string()),
        );
        self.record(&ticket, None, sentence).await;
        Ok(())
    }

    async fn mailbox_said(
        &mut self,
        ticket: Ticket,
        answered: Answered,
        seen: Seen,
    ) -> Result<(), Problem> {
        let opened = matches!(seen, Seen::Opened(_));
        self.facts.note_first(&ticket, &answered, opened);
        match seen {
            Seen::Opened(identity) => self.opened(ticket, answered, identity).await,
            Seen::AccountDisabled => self.account_disabled(ticket, answered).await,
            Seen::Cause(Cause::ImpersonationHeaderRejected) => {
                self.spend(ticket, answered, Cause::ImpersonationHeaderRejected, None)
                    .await
            }
            Seen::Cause(cause) => {
                self.conclude(ticket, answered, cause).await;
                Ok(())
            }
            // Answers to impersonated requests are none of these.
            Seen::NoOwnMailbox
            | Seen::Challenge
            | Seen::LogOnRefused
            | Seen::HeldBack
            | Seen::NoWay
            | Seen::StepDown { .. } => {
                self.retry(ticket, answered, Cause::ProtocolUnexpected)
                    .await
            }
        }
    }

    async fn opened(
        &mut self,
        ticket: Ticket,
        answered: Answered,
        identity: Identity,
    ) -> Result<(), Problem> {
        let key = self.proofs.key(identity);
        if ticket.purpose == Purpose::SecondAsking && self.proofs.was_a_case(ticket.seq) {
            // It opened, was refused when that had to be confirmed, and opens again: nothing is proven.
            return self.refusal_stands(&ticket).await;
        }
        if self.proofs.own_key() == Some(key) {
            return self.own_identity_seen(ticket, answered).await;
        }
        let warning = misfit(key, ticket.listed_guid).map(str::to_owned);
        self.grant(&ticket, Some(&answered), key, None, warning)
            .await;
        Ok(())
    }

    /// Records an opened mailbox: fine, or the gravest of all where it must be refused.
    pub(super) async fn grant(
        &mut self,
        ticket: &Ticket,
        answered: Option<&Answered>,
        key: MailboxKey,
        alias_of: Option<String>,
        warning: Option<String>,
    ) {
        let exposed = ticket.expectation == Expectation::MustRefuse;
        if !exposed && self.facts.opener.is_none() {
            let identity = ticket.identity(self.spec.access.identify_by).ok();
            self.facts.opener = identity.map(|user| (user, ticket.mailbox.clone()));
        }
        let cause = exposed.then_some(Cause::ImpersonationExposed);
        let message = cause
            .map(|cause| wording::row_message(cause, &RowFacts::default(), &self.words()))
            .or(warning);
        let mut sentence = Sentence::new(Verdict::Granted, cause, message);
        sentence.alias_of = alias_of;
        sentence.folder_key = Some(key);
        self.record(ticket, answered, sentence).await;
    }

    /// A mailbox cause: the row is decided.
    async fn conclude(&mut self, ticket: Ticket, answered: Answered, cause: Cause) {
        let as_it_must_be =
            ticket.expectation == Expectation::MustRefuse && cause == Cause::ImpersonationRefused;
        let message = if as_it_must_be {
            wording::AS_IT_MUST_BE.to_owned()
        } else {
            let facts = RowFacts::of(&answered.observed, ticket.attempts);
            wording::row_message(cause, &facts, &self.words())
        };
        let sentence = Sentence::new(cause.verdict(), Some(cause), Some(message));
        self.record(&ticket, Some(&answered), sentence).await;
    }

    /// A 401. Credentials never accepted in this run: refused, and that is final. Else a challenge:
    /// one new log-on, the other lanes hold (ruling 5).
    fn challenged(&mut self, ticket: Ticket) {
        if !self.logged_on {
            self.stop_with(Cause::AuthRejected, None);
            return;
        }
        match &mut self.hold {
            Some(hold) => {
                hold.refusals += 1;
                self.urgent.push_back(ticket);
            }
            None => {
                self.hold = Some(Hold {
                    ticket,
                    why: Why::LogOnAgain,
                    refusals: 1,
                });
            }
        }
    }

    async fn stepped_down(
        &mut self,
        mut ticket: Ticket,
        answered: Answered,
        mailbox_only: bool,
        otherwise: Cause,
        alone: bool,
    ) -> Result<(), Problem> {
        if ticket.sent == SchemaVersion::Exchange2013Sp1 {
            if mailbox_only {
                ticket.schema = Some(SchemaVersion::Exchange2010Sp2);
            } else {
                self.schema = SchemaVersion::Exchange2010Sp2;
            }
            self.urgent.push_back(ticket);
            return Ok(());
        }
        if otherwise.is_transient() {
            self.retry(ticket, answered, otherwise).await
        } else {
            self.obstructed(ticket, answered, otherwise, alone).await
        }
    }

    /// An endpoint or account cause (ruling 1).
    async fn obstructed(
        &mut self,
        mut ticket: Ticket,
        answered: Answered,
        cause: Cause,
        alone: bool,
    ) -> Result<(), Problem> {
        if alone {
            return self.retry(ticket, answered, cause).await;
        }
        // A further connection that does not come about while the first one works says first of all
        // that the server allows no more: asked again alone before it counts for everybody.
        let connecting = answered.fault.is_some() && self.logged_on;
        if self.decided == 0 && !connecting {
            self.facts.note_chain(&answered);
            self.stop_by(cause, &answered.observed);
            ticket.replied(&answered.observed);
            self.urgent.push_back(ticket);
            return Ok(());
        }
        ticket.last = Some(cause);
        ticket.replied(&answered.observed);
        match &self.hold {
            Some(_) => self.urgent.push_back(ticket),
            None => {
                self.hold = Some(Hold {
                    ticket,
                    why: Why::Confirm(cause),
                    refusals: 0,
                });
            }
        }
        Ok(())
    }

    /// Asks again after the back-off, or ends the mailbox when its budget is spent (ruling 3).
    pub(super) async fn retry(
        &mut self,
        mut ticket: Ticket,
        answered: Answered,
        cause: Cause,
    ) -> Result<(), Problem> {
        let now = Instant::now();
        ticket.last = Some(cause);
        ticket.replied(&answered.observed);
        // How busy the authority is says nothing about what Exchange bears.
        let busy = cause == Cause::ServerBusy && answered.observed.authority.is_none();
        if busy {
            self.spec.load.backed_off(answered.observed.too_many);
        }
        match ticket.next(
            cause,
            answered.observed.wait,
            now,
            self.spec.access.dice.as_ref(),
        ) {
            Next::Wait(wait) => {
                if busy {
                    let took = answered.observed.elapsed.unwrap_or_default();
                    let asked = now.checked_sub(took).unwrap_or(now);
                    let too_many = answered.observed.too_many;
                    self.governor.busy(ticket.seq, too_many, wait, asked, now);
                }
                self.waiting.push(Waiting {
                    ready: now + wait,
                    ticket,
                });
            }
            Next::Spent { wait } => match ticket.purpose {
                Purpose::Check | Purpose::SecondAsking => {
                    self.spend(ticket, answered, cause, wait).await?;
                }
                Purpose::Proof => self.proof_spent(ticket, &answered.observed, cause).await?,
                Purpose::OwnAddress => self.own_address_said(Vec::new()).await?,
                Purpose::AccountState => self.account_unsaid(&answered, cause).await,
                Purpose::OwnInbox => self.proofs.own_unread = Some(cause),
            },
        }
        Ok(())
    }

    /// The budget is spent: undetermined. Five of them, or all of a shorter list, and nothing
    /// decided: the cause counts for all (ruling 2).
    async fn spend(
        &mut self,
        ticket: Ticket,
        answered: Answered,
        cause: Cause,
        wait: Option<std::time::Duration>,
    ) -> Result<(), Problem> {
        if ticket.purpose == Purpose::SecondAsking {
            return self.refusal_stands(&ticket).await;
        }
        let mut facts = RowFacts::of(&answered.observed, ticket.attempts);
        facts.wait = wait;
        self.facts.note_authority(cause, facts.authority.as_deref());
        let message = wording::row_message(cause, &facts, &self.words());
        let sentence = Sentence::new(Verdict::Undetermined, Some(cause), Some(message));
        self.record(&ticket, Some(&answered), sentence).await;
        let reaches_all = matches!(cause.then(), Some(Radius::Endpoint | Radius::Account));
        if reaches_all && self.decided == 0 {
            let elsewhere = answered.observed.authority.is_some();
            let spent = self.spent.entry((cause, elsewhere)).or_default();
            *spent += 1;
            if *spent >= ENOUGH.min(self.sendable) {
                self.stop_by(cause, &answered.observed);
            }
        }
        Ok(())
    }

    /// `ErrorAccountDisabled` while impersonating: the account's, if an un-impersonated request gets
    /// it too; else the mailbox's (ruling 8).
    async fn account_disabled(
        &mut self,
        ticket: Ticket,
        answered: Answered,
    ) -> Result<(), Problem> {
        match &mut self.account_state {
            AccountState::Fine => {
                self.conclude(ticket, answered, Cause::MailboxDisabled)
                    .await;
            }
            AccountState::Asking(held) => held.push((ticket, answered)),
            AccountState::Unsaid(cause) => {
                let cause = *cause;
                self.either_disabled(&ticket, &answered, cause).await;
            }
            AccountState::Unknown => {
                self.account_state = AccountState::Asking(vec![(ticket, answered)]);
                let question = Ticket::of_account(&self.spec.access.account, self.schema);
                self.urgent.push_front(question);
            }
        }
        Ok(())
    }

    /// An un-impersonated request was answered: the account itself is not disabled. (If it is, the
    /// answer is the cause `account.disabled`, which stops the run.)
    async fn account_said(&mut self) -> Result<(), Problem> {
        if let AccountState::Asking(held) =
            std::mem::replace(&mut self.account_state, AccountState::Fine)
        {
            for (ticket, answered) in held {
                self.conclude(ticket, answered, Cause::MailboxDisabled)
                    .await;
            }
        }
        Ok(())
    }

    /// It could not be found out whose account is disabled.
    async fn account_unsaid(&mut self, answered: &Answered, cause: Cause) {
        self.facts
            .note_authority(cause, answered.observed.authority.as_deref());
        let before = std::mem::replace(&mut self.account_state, AccountState::Unsaid(cause));
        if let AccountState::Asking(held) = before {
            for (ticket, answered) in held {
                self.either_disabled(&ticket, &answered, cause).await;
            }
        }
    }

    async fn either_disabled(&mut self, ticket: &Ticket, answered: &Answered, cause: Cause) {
        let why = wording::row_message(cause, &RowFacts::default(), &self.words());
        let message = Some(wording::either_disabled(&why));
        let sentence = Sentence::new(Verdict::Undetermined, Some(cause), message);
        self.record(ticket, Some(answered), sentence).await;
    }

    fn answered(&mut self, observed: &Observed) {
        if !self.logged_on {
            self.signed_in();
        }
        if let Some(elapsed) = observed.elapsed {
            self.governor.answered(elapsed);
            self.spec.load.answered(elapsed);
        }
    }

    /// A first lane that has proven itself joins the others.
    pub(super) fn adopt(&mut self, lane: Box<dyn crate::ports::MailLane>) {
        self.count_lane();
        self.put_lane(lane);
    }
}
