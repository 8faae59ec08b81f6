//! Cases: rows whose identities contradict one another, or the list. Each row is asked once by
//! `PrimarySmtpAddress`; when all rows of a case have been, it is judged.

use std::collections::HashMap;

use contract::{Cause, Expectation, Problem, ResultRow, Verdict};
use store::run_results::{self, Repeat};

use super::super::conductor::Conductor;
use super::super::rewrite::{Anew, key_of};
use super::super::ticket::{Purpose, Ticket};
use super::{Answer, Heard, Said, misfit};
use crate::diagnosis::MailboxKey;
use crate::diagnosis::wording::{self, RowFacts};

/// Open cases, and what was asked for them.
#[derive(Default)]
pub(super) struct Cases {
    open: HashMap<MailboxKey, Vec<Member>>,
    asked: HashMap<i64, Asked>,
}

/// A row that was asked.
#[derive(Default)]
struct Asked {
    /// Cases that it is, or was, a part of.
    cases: Vec<MailboxKey>,
    heard: Option<(Heard, Said)>,
}

/// A row of a case.
struct Member {
    row: ResultRow,
    listed_guid: Option<[u8; 16]>,
    part: Part,
}

/// What it has to do with the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It opened with it.
    Shows,
    /// The list names it for this row.
    Listed,
}

/// A member with its answer.
struct Judged {
    member: Member,
    answer: Answer,
    said: Said,
}

impl Cases {
    fn answer(&self, member: &Member, key: MailboxKey) -> Option<(Answer, Said)> {
        let (heard, said) = self.asked.get(&member.row.seq)?.heard.as_ref()?;
        let answer = match (heard, member.part) {
            (Heard::Unasked, Part::Listed) => Answer::Other(Cause::MailboxAddressInvalid),
            _ => heard.compared_with(key),
        };
        Some((answer, said.clone()))
    }

    /// Whether this row was asked by `PrimarySmtpAddress`.
    pub(super) fn was_asked(&self, seq: i64) -> bool {
        self.asked.contains_key(&seq)
    }

    /// Whether a row before this one in the list is part of the same case.
    pub(super) fn has_one_before(&self, seq: i64) -> bool {
        let of = self.asked.get(&seq).into_iter();
        let open = of.flat_map(|asked| asked.cases.iter().filter_map(|key| self.open.get(key)));
        let mut members = open.flatten();
        members.any(|member| member.row.seq < seq)
    }

    fn all_heard(&self, key: MailboxKey) -> bool {
        self.open
            .get(&key)
            .is_some_and(|members| members.iter().all(|m| self.answer(m, key).is_some()))
    }
}

impl Conductor {
    /// Identities that were shown a second time: both rows are asked again by `PrimarySmtpAddress`.
    pub(in super::super) async fn proofs_for(
        &mut self,
        repeats: Vec<Repeat>,
    ) -> Result<(), Problem> {
        for repeat in repeats {
            self.contradicted(repeat, Part::Shows).await?;
        }
        Ok(())
    }

    /// Opened rows that show the mailbox GUID which the list names for another row: the same.
    pub(in super::super) async fn held_against_the_list(&mut self) -> Result<(), Problem> {
        let run = self.spec.number;
        let read = self
            .db
            .read(move |tx| run_results::listed_by_others(tx, run));
        let found = read.await.map_err(crate::problems::of_store)?;
        for repeat in found {
            self.contradicted(repeat, Part::Listed).await?;
        }
        Ok(())
    }

    async fn contradicted(&mut self, repeat: Repeat, other: Part) -> Result<(), Problem> {
        let shown = self.stored(repeat.seq).await?;
        let Some(key) = shown.as_ref().and_then(key_of) else {
            return Ok(());
        };
        self.join(key, repeat.other, other).await?;
        self.join(key, repeat.seq, Part::Shows).await?;
        self.judge_when_heard(key).await
    }

    async fn join(&mut self, key: MailboxKey, seq: i64, part: Part) -> Result<(), Problem> {
        let asked = self.proofs.cases.asked.get(&seq);
        if asked.is_some_and(|asked| asked.cases.contains(&key)) {
            return Ok(());
        }
        let Some(stored) = self.stored(seq).await? else {
            return Ok(());
        };
        if part == Part::Shows && key_of(&stored) != Some(key) {
            return Ok(());
        }
        if !self.proofs.cases.was_asked(seq) {
            let question = Ticket::again(stored.clone(), Purpose::Proof, self.schema);
            self.urgent.push_back(question);
        }
        let cases = &mut self.proofs.cases;
        cases.asked.entry(seq).or_default().cases.push(key);
        cases.open.entry(key).or_default().push(Member {
            row: stored.row,
            listed_guid: stored.listed_guid,
            part,
        });
        Ok(())
    }

    /// A row was asked by `PrimarySmtpAddress`.
    pub(super) async fn case_heard(
        &mut self,
        seq: i64,
        heard: Heard,
        said: Said,
    ) -> Result<(), Problem> {
        let Some(asked) = self.proofs.cases.asked.get_mut(&seq) else {
            return Ok(());
        };
        asked.heard = Some((heard, said));
        for key in asked.cases.clone() {
            self.judge_when_heard(key).await?;
        }
        Ok(())
    }

    async fn judge_when_heard(&mut self, key: MailboxKey) -> Result<(), Problem> {
        if self.stop.is_some() || !self.proofs.cases.all_heard(key) {
            return Ok(());
        }
        let members = self.proofs.cases.open.remove(&key).unwrap_or_default();
        let rows = members
            .into_iter()
            .filter_map(|member| {
                let (answer, said) = self.proofs.cases.answer(&member, key)?;
                Some(Judged {
                    member,
                    answer,
                    said,
                })
            })
            .collect();
        self.judge(key, rows).await
    }

    /// Every row of a case has been asked: which are second addresses, or was the header ignored?
    async fn judge(&mut self, key: MailboxKey, rows: Vec<Judged>) -> Result<(), Problem> {
        let primaries = rows.iter().filter(|m| m.answer == Answer::Primary).count();
        if primaries >= 2 || contradicts_the_list(&rows) {
            let all = rows.into_iter().map(|judged| judged.member.row).collect();
            return self.ignored(key, all).await;
        }
        let unanswered = rows.iter().find_map(Judged::unanswered);
        for judged in &rows {
            if judged.member.part == Part::Listed {
                continue;
            }
            let other = rows
                .iter()
                .map(|m| &m.member.row)
                .find(|row| row.seq != judged.member.row.seq)
                .map(|row| row.mailbox.clone());
            match &judged.answer {
                Answer::Primary => {
                    if let Some((cause, said)) = &unanswered {
                        self.not_proven(&judged.member, *cause, said).await?;
                    }
                }
                Answer::SecondAddress(primary) => {
                    let alias_of = primary.clone().or(other);
                    self.is_second_address(&judged.member, key, alias_of)
                        .await?;
                }
                // By its primary address it is no mailbox, while the other one is: a second address.
                Answer::Other(cause) if primaries == 1 && cause.verdict() == Verdict::NoMailbox => {
                    self.is_second_address(&judged.member, key, other).await?;
                }
                Answer::Other(cause) => {
                    self.not_proven(&judged.member, *cause, &judged.said)
                        .await?;
                }
                Answer::Different(now) => self.shows_now(&judged.member, *now).await?,
            }
        }
        // A further address with this identity is compared with the primary one alone.
        let primary = rows
            .into_iter()
            .filter(|m| m.answer == Answer::Primary)
            .map(|m| m.member)
            .collect();
        self.proofs.cases.open.insert(key, primary);
        Ok(())
    }

    async fn is_second_address(
        &mut self,
        member: &Member,
        key: MailboxKey,
        alias_of: Option<String>,
    ) -> Result<(), Problem> {
        if member.row.alias_of.is_some() {
            return Ok(());
        }
        // Why it has another GUID than the list says is told by whose second address it is.
        let message = member.row.message.clone();
        let message = message.filter(|text| text != wording::LISTED_OTHERWISE);
        let anew = Anew {
            verdict: Verdict::Granted,
            cause: member.row.cause,
            message,
            alias_of,
            folder_key: Some(key),
        };
        self.rewrite(&member.row, anew).await
    }

    async fn not_proven(
        &mut self,
        member: &Member,
        cause: Cause,
        said: &Said,
    ) -> Result<(), Problem> {
        let message = wording::row_message(cause, &RowFacts::default(), &self.words());
        let mut row = member.row.clone();
        row.ews_code.clone_from(&said.ews_code);
        row.http_status = said.http_status;
        row.attempts = row.attempts.max(said.attempts);
        // What Exchange says last counts, except that no later refusal undoes an exposure.
        let verdict = match cause.verdict() {
            Verdict::NotChecked => Verdict::Undetermined,
            verdict => verdict,
        };
        if verdict == Verdict::Refused && row.expectation == Expectation::MustRefuse {
            return Ok(());
        }
        let anew = Anew {
            verdict,
            cause: Some(cause),
            message: Some(message),
            alias_of: None,
            folder_key: None,
        };
        self.rewrite(&row, anew).await
    }

    async fn shows_now(&mut self, member: &Member, now: MailboxKey) -> Result<(), Problem> {
        if self.proofs.own_key() == Some(now) && !self.proofs.is_own(&member.row.mailbox) {
            return self.ignored(now, vec![member.row.clone()]).await;
        }
        let exposed = member.row.cause.and(member.row.message.clone());
        let misfit = misfit(now, member.listed_guid).map(str::to_owned);
        let anew = Anew {
            verdict: Verdict::Granted,
            cause: member.row.cause,
            message: exposed.or(misfit),
            alias_of: None,
            folder_key: Some(now),
        };
        self.rewrite(&member.row, anew).await
    }
}

impl Judged {
    /// The row that has the identity by the list could not be asked now, so nothing is proven of the one
    /// that showed it.
    fn unanswered(&self) -> Option<(Cause, Said)> {
        match self.answer {
            Answer::Other(cause) if self.member.part == Part::Listed && cause.is_transient() => {
                // How often the other one was asked is no attempt of this one.
                let said = Said {
                    attempts: 0,
                    ..self.said.clone()
                };
                Some((cause, said))
            }
            _ => None,
        }
    }
}

/// A row opened by its primary address with the mailbox that the list names for another row, and that row is a
/// mailbox of its own, or one that others may not open. A row that is gone, or a second address now, only says
/// that the list is older than that.
fn contradicts_the_list(rows: &[Judged]) -> bool {
    let shown = rows
        .iter()
        .any(|m| m.member.part == Part::Shows && m.answer == Answer::Primary);
    let claimed = rows.iter().any(|m| {
        m.member.part == Part::Listed
            && match &m.answer {
                Answer::Primary | Answer::Different(_) => true,
                Answer::SecondAddress(_) => false,
                Answer::Other(cause) => {
                    !cause.is_transient() && cause.verdict() != Verdict::NoMailbox
                }
            }
    });
    shown && claimed
}
