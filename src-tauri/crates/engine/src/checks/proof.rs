//! The right-mailbox proof (rulings 7 and 17): N mailboxes must give N folder identities, none of
//! them the service account's own. A repeat is looked into before it is called anything.

use std::collections::HashMap;

use contract::{Cause, Problem, ResultRow, SmtpAddress, Verdict};
use store::run_results::{self, Repeat};

use super::ask::Answered;
use super::conductor::Conductor;
use super::record::Sentence;
use super::rewrite::Anew;
use super::ticket::{Purpose, Ticket};
use crate::diagnosis::wording::{self, RowFacts};
use crate::diagnosis::{Observed, Seen};

/// What is known about identities seen more than once.
pub(super) struct Proofs {
    /// The service account's own Inbox.
    pub(super) own_key: Option<[u8; 16]>,
    /// Account Logon, where it is an address.
    own_address: Option<SmtpAddress>,
    resolved: Resolved,
    /// Rows that showed the account's own identity, not recorded before they are explained.
    own: Vec<OwnMember>,
    /// The one row that was let pass because the account's own address is unknown.
    let_pass: Option<i64>,
    cases: HashMap<[u8; 16], Vec<Member>>,
    asked: HashMap<i64, [u8; 16]>,
}

/// What `ResolveNames` said of the account.
#[derive(Debug, PartialEq, Eq)]
enum Resolved {
    NotAsked,
    Asking,
    Known(Vec<String>),
}

/// A row that showed the account's own identity.
struct OwnMember {
    ticket: Ticket,
    answered: Answered,
    answer: Option<Answer>,
}

/// A row whose identity another row has as well.
struct Member {
    row: ResultRow,
    answer: Option<Answer>,
    said: Said,
}

/// What the question by `PrimarySmtpAddress` was answered with, for a row that it decides.
#[derive(Debug, Clone, Default)]
struct Said {
    ews_code: Option<String>,
    http_status: Option<u16>,
    attempts: u32,
}

impl Said {
    fn of(observed: &Observed, ticket: &Ticket) -> Self {
        Self {
            ews_code: observed.ews_code.clone(),
            http_status: observed.http_status,
            attempts: ticket.attempts,
        }
    }
}

/// What `PrimarySmtpAddress` said.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// It is a primary address, and the identity is the same.
    Primary,
    /// It is a second address; of this one, where the server says so.
    SecondAddress(Option<String>),
    /// It opened with another identity now.
    Different([u8; 16]),
    /// Not found out, or something else.
    Other(Cause),
}

impl Proofs {
    pub(super) fn new(own_address: Option<SmtpAddress>) -> Self {
        Self {
            own_key: None,
            own_address,
            resolved: Resolved::NotAsked,
            own: Vec::new(),
            let_pass: None,
            cases: HashMap::new(),
            asked: HashMap::new(),
        }
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

impl Conductor {
    /// Identities that were saved a second time: both rows are asked again by `PrimarySmtpAddress`.
    pub(super) async fn proofs_for(&mut self, repeats: Vec<Repeat>) -> Result<(), Problem> {
        for repeat in repeats {
            let mut pair = repeat.others;
            pair.truncate(1);
            pair.push(repeat.seq);
            for seq in pair {
                if self.proofs.asked.contains_key(&seq) {
                    continue;
                }
                let Some(stored) = self.stored(seq).await? else {
                    continue;
                };
                let Some(key) = stored.folder_key else {
                    continue;
                };
                self.proofs.asked.insert(seq, key);
                let question = question(&stored.row);
                self.proofs.cases.entry(key).or_default().push(Member {
                    row: stored.row,
                    answer: None,
                    said: Said::default(),
                });
                self.urgent.push_back(question);
            }
        }
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
        (proof.attempts, proof.first_at) = (0, None);
        self.urgent.push_back(proof);
        if self.proofs.resolved == Resolved::NotAsked {
            self.proofs.resolved = Resolved::Asking;
            let mut lookup = Ticket::of_account(&self.spec.access.account, self.schema);
            lookup.purpose = Purpose::OwnAddress;
            self.urgent.push_front(lookup);
        }
        self.proofs.own.push(OwnMember {
            ticket,
            answered,
            answer: None,
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
        let before = self
            .proofs
            .asked
            .get(&ticket.seq)
            .copied()
            .or(self.proofs.own_key);
        let answer = match seen {
            Seen::Opened(key) if Some(key) == before => Answer::Primary,
            Seen::Opened(key) => Answer::Different(key),
            Seen::Cause(Cause::MailboxAlias) => {
                Answer::SecondAddress(answered.observed.primary.clone())
            }
            Seen::Cause(cause) => Answer::Other(cause),
            Seen::AccountDisabled => Answer::Other(Cause::MailboxDisabled),
            Seen::NoOwnMailbox
            | Seen::Challenge
            | Seen::LogOnRefused
            | Seen::HeldBack
            | Seen::NoWay
            | Seen::StepDown { .. } => Answer::Other(Cause::ProtocolUnexpected),
        };
        let said = Said::of(&answered.observed, &ticket);
        self.proof_answered(&ticket, answer, said).await
    }

    /// It could not be found out.
    pub(super) async fn proof_spent(
        &mut self,
        ticket: Ticket,
        observed: &Observed,
        cause: Cause,
    ) -> Result<(), Problem> {
        let said = Said::of(observed, &ticket);
        self.proof_answered(&ticket, Answer::Other(cause), said)
            .await
    }

    /// A row without an address cannot be asked by address: two of them with one identity are two
    /// primaries.
    pub(super) async fn proof_unasked(&mut self, ticket: &Ticket) -> Result<(), Problem> {
        self.proof_answered(ticket, Answer::Primary, Said::default())
            .await
    }

    async fn proof_answered(
        &mut self,
        ticket: &Ticket,
        answer: Answer,
        said: Said,
    ) -> Result<(), Problem> {
        if let Some(member) = self
            .proofs
            .own
            .iter_mut()
            .find(|member| member.ticket.seq == ticket.seq)
        {
            member.answer = Some(answer);
            return self.judge_own().await;
        }
        let Some(key) = self.proofs.asked.get(&ticket.seq).copied() else {
            return Ok(());
        };
        let members = self.proofs.cases.entry(key).or_default();
        if let Some(member) = members
            .iter_mut()
            .find(|member| member.row.seq == ticket.seq)
        {
            (member.answer, member.said) = (Some(answer), said);
        }
        if members.iter().all(|member| member.answer.is_some()) {
            self.judge_case(key).await
        } else {
            Ok(())
        }
    }

    /// Every row of a case has been asked: which are second addresses, or was the header ignored?
    async fn judge_case(&mut self, key: [u8; 16]) -> Result<(), Problem> {
        let members = self.proofs.cases.remove(&key).unwrap_or_default();
        let primaries = members
            .iter()
            .filter(|m| m.answer == Some(Answer::Primary))
            .count();
        if primaries >= 2 {
            return self.ignored(key).await;
        }
        for member in &members {
            let other = members
                .iter()
                .find(|m| m.row.seq != member.row.seq)
                .map(|m| m.row.mailbox.clone());
            match &member.answer {
                Some(Answer::SecondAddress(primary)) if member.row.alias_of.is_none() => {
                    let alias_of = primary.clone().or(other);
                    self.rewrite(
                        &member.row,
                        Anew {
                            verdict: Verdict::Granted,
                            cause: member.row.cause,
                            message: member.row.message.clone(),
                            alias_of,
                            folder_key: Some(key),
                        },
                    )
                    .await?;
                }
                // By its primary address it is no mailbox, while the other one is: a second address.
                Some(Answer::Other(cause))
                    if primaries == 1 && cause.verdict() == Verdict::NoMailbox =>
                {
                    self.rewrite(
                        &member.row,
                        Anew {
                            verdict: Verdict::Granted,
                            cause: member.row.cause,
                            message: member.row.message.clone(),
                            alias_of: other,
                            folder_key: Some(key),
                        },
                    )
                    .await?;
                }
                Some(Answer::Other(cause)) => {
                    let message = wording::row_message(*cause, &RowFacts::default(), &self.words());
                    let mut row = member.row.clone();
                    row.ews_code.clone_from(&member.said.ews_code);
                    row.http_status = member.said.http_status;
                    row.attempts += member.said.attempts;
                    self.rewrite(
                        &row,
                        Anew {
                            verdict: Verdict::Undetermined,
                            cause: Some(*cause),
                            message: Some(message),
                            alias_of: None,
                            folder_key: None,
                        },
                    )
                    .await?;
                }
                Some(Answer::Different(new)) => {
                    self.rewrite(
                        &member.row,
                        Anew {
                            verdict: Verdict::Granted,
                            cause: member.row.cause,
                            message: member.row.message.clone(),
                            alias_of: None,
                            folder_key: Some(*new),
                        },
                    )
                    .await?;
                }
                _ => {}
            }
        }
        // A further address with this identity is compared with the primary one alone.
        let primary = members
            .into_iter()
            .filter(|member| member.answer == Some(Answer::Primary))
            .collect();
        self.proofs.cases.insert(key, primary);
        Ok(())
    }

    /// Rows that showed the account's own identity, as far as they can be explained by now.
    async fn judge_own(&mut self) -> Result<(), Problem> {
        if matches!(self.proofs.resolved, Resolved::Asking) {
            return Ok(());
        }
        let (ready, open): (Vec<_>, Vec<_>) = std::mem::take(&mut self.proofs.own)
            .into_iter()
            .partition(|member| member.answer.is_some());
        self.proofs.own = open;
        for member in ready {
            if self.stop.is_some() {
                self.withdraw_own(&member).await;
                continue;
            }
            match member.answer.clone() {
                _ if self.proofs.is_own(&member.ticket.mailbox) => {
                    self.grant_own(&member.ticket, &member.answered, None).await;
                }
                Some(Answer::SecondAddress(primary)) => {
                    let alias_of = primary.or_else(|| self.proofs.own_name());
                    self.grant_own(&member.ticket, &member.answered, alias_of)
                        .await;
                }
                Some(Answer::Different(key)) => {
                    self.grant(&member.ticket, Some(&member.answered), key, None, None)
                        .await;
                }
                Some(Answer::Other(cause)) if cause.is_transient() => {
                    let message = wording::row_message(cause, &RowFacts::default(), &self.words());
                    let sentence = Sentence::new(Verdict::Undetermined, Some(cause), Some(message));
                    self.record(&member.ticket, Some(&member.answered), sentence)
                        .await;
                }
                _ if self.proofs.own_name().is_none() && self.proofs.let_pass.is_none() => {
                    self.proofs.let_pass = Some(member.ticket.seq);
                    self.grant_own(&member.ticket, &member.answered, None).await;
                }
                _ => {
                    self.withdraw_own(&member).await;
                    let key = self.proofs.own_key.unwrap_or_default();
                    self.ignored(key).await?;
                }
            }
        }
        Ok(())
    }

    async fn grant_own(&mut self, ticket: &Ticket, answered: &Answered, alias_of: Option<String>) {
        let key = self.proofs.own_key.unwrap_or_default();
        self.grant(
            ticket,
            Some(answered),
            key,
            alias_of,
            Some(wording::OWN_MAILBOX.to_owned()),
        )
        .await;
    }

    async fn withdraw_own(&mut self, member: &OwnMember) {
        let cause = Cause::ImpersonationIgnored;
        let facts = RowFacts::of(&member.answered.observed, member.ticket.attempts);
        let message = wording::row_message(cause, &facts, &self.words());
        let sentence = Sentence::new(Verdict::Undetermined, Some(cause), Some(message));
        self.record(&member.ticket, Some(&member.answered), sentence)
            .await;
    }

    /// The server ignored the header: every row with this identity is withdrawn, the run stops.
    async fn ignored(&mut self, key: [u8; 16]) -> Result<(), Problem> {
        self.writer.flush().await;
        let run = self.spec.number;
        let rows = self
            .db
            .read(move |tx| run_results::rows_by_folder_key(tx, run, &key));
        let rows = rows.await.map_err(crate::problems::of_store)?;
        let cause = Cause::ImpersonationIgnored;
        let message = wording::row_message(cause, &RowFacts::default(), &self.words());
        for row in rows
            .into_iter()
            .filter(|row| row.verdict == Some(Verdict::Granted))
        {
            if self.proofs.own_key == Some(key) && self.proofs.is_own(&row.mailbox) {
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
        for member in std::mem::take(&mut self.proofs.own) {
            self.withdraw_own(&member).await;
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

fn question(row: &ResultRow) -> Ticket {
    Ticket {
        seq: row.seq,
        mailbox: row.mailbox.clone(),
        identity: None,
        name: row.name.clone(),
        expectation: row.expectation,
        attempts: 0,
        first_at: None,
        last: None,
        last_reply: (None, None),
        schema: None,
        sent: ews::SchemaVersion::Exchange2013Sp1,
        purpose: Purpose::Proof,
    }
}
