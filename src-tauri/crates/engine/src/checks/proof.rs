//! The right-mailbox proof (rulings 7 and 17): N mailboxes must show N identities, none of them the
//! service account's own, and none that the list names for another mailbox. What contradicts that is
//! looked into before it is called anything; it costs no request where nothing does.

mod cases;
mod own;
mod said;
mod told;

use contract::{Cause, Problem, ResultRow, SmtpAddress, Verdict};
use store::run_results::{self, UNREADABLE};

use self::cases::Cases;
use self::said::{Answer, Heard, Said};
use super::ask::Answered;
use super::conductor::Conductor;
use super::record::Sentence;
use super::rewrite::Anew;
use super::ticket::{Purpose, Ticket};
use crate::diagnosis::wording::{self, RowFacts};
use crate::diagnosis::{Identity, MailboxKey, Observed, Seen};

pub(super) use self::told::told;

/// What is known about identities that contradict the list or one another.
pub(super) struct Proofs {
    /// The service account's own Inbox.
    pub(super) own: Option<Identity>,
    /// Why that could not be read.
    pub(super) own_unread: Option<Cause>,
    /// It was asked for once more.
    own_asked_again: bool,
    /// The run goes on with digests, because its rows so far show nothing else to compare with.
    by_digest: bool,
    /// Account Logon, where it is an address.
    own_address: Option<SmtpAddress>,
    resolved: Resolved,
    /// Rows that showed the account's own identity, not recorded before they are explained.
    own_rows: Vec<OwnRow>,
    /// The one row that was let pass because the account's own address is unknown.
    let_pass: Option<i64>,
    cases: Cases,
}

/// What `ResolveNames` said of the account.
#[derive(Debug, PartialEq, Eq)]
enum Resolved {
    NotAsked,
    Asking,
    Known(Vec<String>),
}

/// A row that showed the account's own identity.
struct OwnRow {
    ticket: Ticket,
    answered: Answered,
    heard: Option<Heard>,
}

impl Proofs {
    pub(super) fn new(own_address: Option<SmtpAddress>) -> Self {
        Self {
            own: None,
            own_unread: None,
            own_asked_again: false,
            by_digest: false,
            own_address,
            resolved: Resolved::NotAsked,
            own_rows: Vec::new(),
            let_pass: None,
            cases: Cases::default(),
        }
    }

    /// What a mailbox is told apart by in this run.
    pub(super) fn key(&self, identity: Identity) -> MailboxKey {
        if self.by_digest {
            identity.digest_key()
        } else {
            identity.key()
        }
    }

    /// The same of the service account's own mailbox.
    pub(super) fn own_key(&self) -> Option<MailboxKey> {
        self.own.map(|own| self.key(own))
    }

    /// It was asked again by `PrimarySmtpAddress`, because its identity was seen twice.
    pub(super) fn was_a_case(&self, seq: i64) -> bool {
        self.cases.was_asked(seq)
    }

    fn is_own(&self, mailbox: &str) -> bool {
        let Ok(mailbox) = SmtpAddress::parse(mailbox) else {
            return false;
        };
        self.own_address.as_ref() == Some(&mailbox)
            || match &self.resolved {
                Resolved::Known(addresses) => addresses
                    .iter()
                    .any(|a| SmtpAddress::parse(a).is_ok_and(|a| a == mailbox)),
                _ => false,
            }
    }

    fn own_name(&self) -> Option<String> {
        match (&self.own_address, &self.resolved) {
            (Some(own), _) => Some(own.as_str().to_owned()),
            (None, Resolved::Known(addresses)) => addresses.first().cloned(),
            _ => None,
        }
    }
}

/// What is to be said of an opened row whose listed GUID is none, or another one.
pub(super) fn misfit(key: MailboxKey, listed: Option<[u8; 16]>) -> Option<&'static str> {
    match (key.guid(), listed) {
        (_, Some(UNREADABLE)) => Some(wording::GUID_UNREADABLE),
        (Some(shown), Some(listed)) if shown.0 != listed => Some(wording::LISTED_OTHERWISE),
        _ => None,
    }
}

impl Conductor {
    /// Rows of an earlier version show digests only, and so do those of a server whose identities carry no
    /// GUID: a run that goes on compares by what all of its rows have. That raises no false alarm,
    /// and misses nothing that it would not have missed when it began.
    pub(super) async fn compare_as_before(&mut self) -> Result<(), Problem> {
        if self.tally.summary().granted == 0 {
            return Ok(());
        }
        let run = self.spec.number;
        let read = self.db.read(move |tx| run_results::only_digests(tx, run));
        self.proofs.by_digest = read.await.map_err(crate::problems::of_store)?;
        // An earlier part may not have known it.
        self.ask_those_with_the_own_identity().await
    }

    /// Warns of opened rows whose listed GUID does not fit.
    pub(super) async fn warn_of_misfits(&mut self) -> Result<(), Problem> {
        let run = self.spec.number;
        let read = self.db.read(move |tx| run_results::misfits(tx, run));
        let misfits = read.await.map_err(crate::problems::of_store)?;
        self.facts.warnings.extend(wording::misfits(misfits));
        Ok(())
    }

    /// A mailbox showed the account's own identity: its own address, a second address of it, or the
    /// server ignored the impersonation header.
    pub(super) async fn own_identity_seen(
        &mut self,
        ticket: Ticket,
        answered: Answered,
    ) -> Result<(), Problem> {
        if self.proofs.is_own(&ticket.mailbox) {
            self.grant_own(&ticket, &answered, None).await;
            return Ok(());
        }
        let mut proof = ticket.clone();
        proof.purpose = Purpose::Proof;
        self.urgent.push_back(proof);
        if self.proofs.resolved == Resolved::NotAsked {
            self.proofs.resolved = Resolved::Asking;
            let mut lookup = Ticket::of_account(&self.spec.access.account, self.schema);
            lookup.purpose = Purpose::OwnAddress;
            self.urgent.push_front(lookup);
        }
        self.proofs.own_rows.push(OwnRow {
            ticket,
            answered,
            heard: None,
        });
        Ok(())
    }

    /// What `ResolveNames` answered for the account; nothing, where it could not be found out.
    pub(super) async fn own_address_said(&mut self, addresses: Vec<String>) -> Result<(), Problem> {
        self.proofs.resolved =
            Resolved::Known(of_the_account(addresses, &self.spec.access.account));
        self.judge_own().await
    }

    /// The answer to a question by `PrimarySmtpAddress`.
    pub(super) async fn proof_said(
        &mut self,
        ticket: Ticket,
        answered: Answered,
        seen: Seen,
    ) -> Result<(), Problem> {
        let heard = match seen {
            // There is no way to ask Graph by the primary address alone, and none to ignore the address in
            // its URL: two that open one mailbox are two of its addresses.
            Seen::Opened(_) if self.is_second_over_graph(&ticket) => Heard::SecondAddress(None),
            Seen::Opened(identity) => Heard::Opened(self.proofs.key(identity)),
            Seen::Cause(Cause::MailboxAlias) => {
                Heard::SecondAddress(answered.observed.primary.clone())
            }
            Seen::Cause(cause) => Heard::Other(cause),
            Seen::AccountDisabled => Heard::Other(Cause::MailboxDisabled),
            Seen::NoOwnMailbox
            | Seen::Challenge
            | Seen::LogOnRefused
            | Seen::HeldBack
            | Seen::NoWay
            | Seen::StepDown { .. } => Heard::Other(Cause::ProtocolUnexpected),
        };
        let said = Said::of(&answered.observed, &ticket);
        self.proof_heard(&ticket, heard, said).await
    }

    fn is_second_over_graph(&self, ticket: &Ticket) -> bool {
        self.spec.access.graph.is_some() && self.proofs.cases.has_one_before(ticket.seq)
    }

    /// It could not be found out.
    pub(super) async fn proof_spent(
        &mut self,
        ticket: Ticket,
        observed: &Observed,
        cause: Cause,
    ) -> Result<(), Problem> {
        let said = Said::of(observed, &ticket);
        self.proof_heard(&ticket, Heard::Other(cause), said).await
    }

    /// A row without an address cannot be asked by address.
    pub(super) async fn proof_unasked(&mut self, ticket: &Ticket) -> Result<(), Problem> {
        self.proof_heard(ticket, Heard::Unasked, Said::default())
            .await
    }

    async fn proof_heard(
        &mut self,
        ticket: &Ticket,
        heard: Heard,
        said: Said,
    ) -> Result<(), Problem> {
        let own = &mut self.proofs.own_rows;
        if let Some(row) = own.iter_mut().find(|row| row.ticket.seq == ticket.seq) {
            row.heard = Some(heard.clone());
            self.judge_own().await?;
        }
        self.case_heard(ticket.seq, heard, said).await
    }

    /// Rows that showed the account's own identity, as far as they can be explained by now.
    async fn judge_own(&mut self) -> Result<(), Problem> {
        let Some(own) = self.proofs.own_key() else {
            return Ok(());
        };
        if matches!(self.proofs.resolved, Resolved::Asking) {
            return Ok(());
        }
        let (ready, open): (Vec<_>, Vec<_>) = std::mem::take(&mut self.proofs.own_rows)
            .into_iter()
            .partition(|row| row.heard.is_some());
        self.proofs.own_rows = open;
        for row in ready {
            if self.stop.is_some() {
                self.withdraw_own(&row).await;
                continue;
            }
            match row.heard.as_ref().map(|heard| heard.compared_with(own)) {
                _ if self.proofs.is_own(&row.ticket.mailbox) => {
                    self.grant_own(&row.ticket, &row.answered, None).await;
                }
                Some(Answer::SecondAddress(primary)) => {
                    let alias_of = primary.or_else(|| self.proofs.own_name());
                    self.grant_own(&row.ticket, &row.answered, alias_of).await;
                }
                Some(Answer::Different(key)) => {
                    let warning = misfit(key, row.ticket.listed_guid).map(str::to_owned);
                    self.grant(&row.ticket, Some(&row.answered), key, None, warning)
                        .await;
                }
                Some(Answer::Other(cause)) if cause.is_transient() => {
                    let message = wording::row_message(cause, &RowFacts::default(), &self.words());
                    let sentence = Sentence::new(Verdict::Undetermined, Some(cause), Some(message));
                    self.record(&row.ticket, Some(&row.answered), sentence)
                        .await;
                }
                _ if self.proofs.own_name().is_none() && self.proofs.let_pass.is_none() => {
                    self.proofs.let_pass = Some(row.ticket.seq);
                    self.grant_own(&row.ticket, &row.answered, None).await;
                }
                _ => {
                    self.withdraw_own(&row).await;
                    self.ignored(own, Vec::new()).await?;
                }
            }
        }
        Ok(())
    }

    async fn grant_own(&mut self, ticket: &Ticket, answered: &Answered, alias_of: Option<String>) {
        let Some(own) = self.proofs.own_key() else {
            return;
        };
        self.grant(
            ticket,
            Some(answered),
            own,
            alias_of,
            Some(wording::OWN_MAILBOX.to_owned()),
        )
        .await;
    }

    async fn withdraw_own(&mut self, row: &OwnRow) {
        let cause = Cause::ImpersonationIgnored;
        let facts = RowFacts::of(&row.answered.observed, row.ticket.attempts);
        let message = wording::row_message(cause, &facts, &self.words());
        let sentence = Sentence::new(Verdict::Undetermined, Some(cause), Some(message));
        self.record(&row.ticket, Some(&row.answered), sentence)
            .await;
    }

    /// The server ignored the header: every opened row with this identity is withdrawn, and so are
    /// those that contradict it; the run stops.
    async fn ignored(&mut self, key: MailboxKey, also: Vec<ResultRow>) -> Result<(), Problem> {
        self.writer.flush().await;
        let run = self.spec.number;
        let rows = self
            .db
            .read(move |tx| run_results::rows_by_folder_key(tx, run, &key.bytes));
        let mut rows = rows.await.map_err(crate::problems::of_store)?;
        for row in also {
            if rows.iter().all(|known| known.seq != row.seq) {
                rows.push(row);
            }
        }
        let cause = Cause::ImpersonationIgnored;
        let message = wording::row_message(cause, &RowFacts::default(), &self.words());
        for row in rows
            .into_iter()
            .filter(|row| row.verdict == Some(Verdict::Granted))
        {
            if self.proofs.own_key() == Some(key) && self.proofs.is_own(&row.mailbox) {
                continue;
            }
            self.rewrite(
                &row,
                Anew {
                    verdict: Verdict::Undetermined,
                    cause: Some(cause),
                    message: Some(message.clone()),
                    alias_of: None,
                    folder_key: None,
                },
            )
            .await?;
        }
        // They showed the account's own identity; nobody will ask about them any more.
        for row in std::mem::take(&mut self.proofs.own_rows) {
            self.withdraw_own(&row).await;
        }
        self.stop_with(cause, None);
        Ok(())
    }
}

/// Of several names that the account's begins, only the one that is no longer tells its address: the
/// directory looks for beginnings, and another mailbox must not pass as the account's own.
fn of_the_account(mut addresses: Vec<String>, account: &str) -> Vec<String> {
    if addresses.len() > 1 {
        let name = account.rsplit_once('\\').map_or(account, |(_, user)| user);
        let name = name.split_once('@').map_or(name, |(local, _)| local);
        addresses.retain(|address| {
            address
                .split_once('@')
                .is_some_and(|(local, _)| local.eq_ignore_ascii_case(name))
        });
    }
    addresses
}
