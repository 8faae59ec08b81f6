//! Where the mailboxes of a run come from: the database, in pieces that are read ahead while the lanes
//! work. The list is never held in memory.

use std::collections::VecDeque;

use contract::{Cause, Problem, Verdict};
use store::StoreError;
use store::run_results::{self, Pending};
use tokio::task::JoinHandle;

use super::conductor::Conductor;
use super::ticket::{Purpose, Ticket};

/// Rows read at a time; the next ones are read while half of these are left.
const AHEAD: usize = 500;

/// Which rows are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// Those without a verdict.
    First,
    /// Those that were refused, once more (ruling 4).
    Second,
}

/// Rows that come next.
pub(super) struct Feed {
    round: Round,
    ready: VecDeque<Ticket>,
    read_up_to: i64,
    coming: Option<JoinHandle<Result<Vec<Row>, StoreError>>>,
    done: bool,
}

/// A row with how often it was asked.
type Row = (u32, Pending);

impl Feed {
    pub(super) fn new(round: Round) -> Self {
        Self {
            round,
            ready: VecDeque::new(),
            read_up_to: -1,
            coming: None,
            done: false,
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Some(coming) = self.coming.take() {
            coming.abort();
        }
    }
}

impl Conductor {
    /// The next mailboxes of the list, at most so many.
    pub(super) async fn list(&mut self, most: usize) -> Result<Vec<Ticket>, Problem> {
        while most > 0 && self.feed.ready.is_empty() && !self.feed.done {
            self.read_on();
            self.take_what_came().await?;
        }
        let most = most.min(self.feed.ready.len());
        let next = self.feed.ready.drain(..most).collect();
        if self.feed.ready.len() < AHEAD / 2 {
            self.read_on();
        }
        Ok(next)
    }

    fn read_on(&mut self) {
        if self.feed.done || self.feed.coming.is_some() {
            return;
        }
        let (run, after, round) = (self.spec.number, self.feed.read_up_to, self.feed.round);
        let (id, db) = (self.spec.run.clone(), self.db.clone());
        self.feed.coming = Some(tokio::spawn(async move {
            db.read(move |tx| match round {
                Round::First => {
                    let rows = run_results::pending(tx, run, after, AHEAD as u64)?;
                    Ok(rows.into_iter().map(|row| (0, row)).collect())
                }
                Round::Second => {
                    let denied = "ErrorImpersonateUserDenied";
                    let rows =
                        run_results::refused_must_open(tx, run, denied, after, AHEAD as u64)?;
                    // What is recorded in the end counts every attempt.
                    let attempts = |seq| -> Result<u32, StoreError> {
                        let stored = run_results::show(tx, &id, seq)?;
                        Ok(stored.map_or(1, |stored| stored.row.attempts))
                    };
                    rows.into_iter()
                        .map(|row| Ok((attempts(row.seq)?, row)))
                        .collect()
                }
            })
            .await
        }));
    }

    async fn take_what_came(&mut self) -> Result<(), Problem> {
        let Some(coming) = self.feed.coming.take() else {
            return Ok(());
        };
        let rows = coming
            .await
            .map_err(|e| crate::problems::internal("reading the list", &e))?;
        let rows = rows.map_err(crate::problems::of_store)?;
        match rows.last() {
            Some((_, last)) => self.feed.read_up_to = last.seq,
            None => self.feed.done = true,
        }
        let (round, sent) = (self.feed.round, self.schema);
        let asked_twice = &self.spec.asked_twice;
        let wanted = rows
            .into_iter()
            .filter(|(_, row)| round == Round::First || !asked_twice.contains(&row.seq));
        self.feed.ready.extend(wanted.map(|(attempts, row)| Ticket {
            seq: row.seq,
            mailbox: row.mailbox,
            identity: row.identity,
            name: row.name,
            expectation: row.expectation,
            listed_guid: row.listed_guid,
            attempts,
            first_at: None,
            last: None,
            last_reply: (None, None),
            last_authority: None,
            schema: None,
            sent,
            purpose: match round {
                Round::First => Purpose::Check,
                Round::Second => Purpose::SecondAsking,
            },
            recorded: match round {
                Round::First => None,
                Round::Second => Some((Verdict::Refused, Some(Cause::ImpersonationRefused))),
            },
        }));
        Ok(())
    }
}
