//! One mailbox on its way to a verdict: what was asked, how often, and what may still be asked.

use std::time::Duration;

use contract::{Cause, Expectation, SmtpAddress, Verdict};
use ews::{ConnectingSid, RequestError, SchemaVersion};
use store::run_results::StoredResult;
use tokio::time::Instant;

use crate::diagnosis::Observed;
use crate::ports::Dice;

/// Longest time for one mailbox, from its first attempt (ruling 3).
pub(super) const BUDGET: Duration = Duration::from_mins(2);

/// A mailbox of the run.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    /// Place in the list.
    pub(super) seq: i64,
    /// Address, or the identity where there is none.
    pub(super) mailbox: String,
    /// What is sent where it is not the address.
    pub(super) identity: Option<String>,
    pub(super) name: String,
    pub(super) expectation: Expectation,
    /// `ExchangeGuid` of the list.
    pub(super) listed_guid: Option<[u8; 16]>,
    /// Times it was asked.
    pub(super) attempts: u32,
    pub(super) first_at: Option<Instant>,
    /// The cause of the last attempt that decided nothing.
    pub(super) last: Option<Cause>,
    /// Response code and HTTP status of that attempt.
    pub(super) last_reply: (Option<String>, Option<u16>),
    /// The authority that attempt failed at, where it was not Exchange.
    pub(super) last_authority: Option<String>,
    /// Schema version for this mailbox alone, after a step down.
    pub(super) schema: Option<SchemaVersion>,
    /// Schema version of the request that is under way, or was answered last.
    pub(super) sent: SchemaVersion,
    pub(super) purpose: Purpose,
    /// What is recorded of it already, and will be replaced.
    pub(super) recorded: Option<(Verdict, Option<Cause>)>,
}

/// Why it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The check itself.
    Check,
    /// Refused before while others were granted: once more, at the end (ruling 4).
    SecondAsking,
    /// By `PrimarySmtpAddress`, because its folder identity was seen twice (ruling 7).
    Proof,
    /// Un-impersonated: is the account itself disabled (ruling 8)?
    AccountState,
    /// `ResolveNames`: the account's own address (ruling 17).
    OwnAddress,
    /// Un-impersonated, once more: the identity that could not be read at the log-on (ruling 7).
    OwnInbox,
}

/// What the budget says after an attempt that decided nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask again after this.
    Wait(Duration),
    /// The budget is spent; this wait, asked for by the server, was longer than what remained.
    Spent {
        /// The wait that did not fit.
        wait: Option<Duration>,
    },
}

impl Ticket {
    /// For the account itself, un-impersonated.
    pub(super) fn of_account(account: &str, schema: SchemaVersion) -> Self {
        Self {
            seq: -1,
            mailbox: account.to_owned(),
            identity: None,
            name: String::new(),
            expectation: Expectation::MustOpen,
            listed_guid: None,
            attempts: 0,
            first_at: None,
            last: None,
            last_reply: (None, None),
            last_authority: None,
            schema: None,
            sent: schema,
            purpose: Purpose::AccountState,
            recorded: None,
        }
    }

    /// For a row that is recorded already. What it was asked before counts.
    pub(super) fn again(stored: StoredResult, purpose: Purpose, sent: SchemaVersion) -> Self {
        let row = stored.row;
        Self {
            seq: row.seq,
            mailbox: row.mailbox,
            identity: stored.identity,
            name: row.name,
            expectation: row.expectation,
            listed_guid: stored.listed_guid,
            attempts: row.attempts,
            first_at: None,
            last: None,
            last_reply: (None, None),
            last_authority: None,
            schema: None,
            sent,
            purpose,
            recorded: row.verdict.map(|verdict| (verdict, row.cause)),
        }
    }

    /// Whether and when this mailbox is asked again (ruling 3): at most `cause.attempts()` times and
    /// 120 s since the first; the server's word exactly, else 1, 2, 4, 8 s with full jitter.
    pub(super) fn next(
        &self,
        cause: Cause,
        server: Option<Duration>,
        now: Instant,
        dice: &dyn Dice,
    ) -> Next {
        let remaining = self.remaining(now);
        // "Ask again at once" is no word: five attempts in five milliseconds would spend the budget
        // on a limit that only fewer lanes keep.
        let server = server.filter(|wait| !wait.is_zero());
        if let Some(wait) = server.filter(|wait| *wait > remaining) {
            return Next::Spent { wait: Some(wait) };
        }
        if self.attempts >= cause.attempts() {
            return Next::Spent { wait: None };
        }
        let wait = server.unwrap_or_else(|| jitter(self.attempts, dice));
        if wait > remaining {
            Next::Spent { wait: None }
        } else {
            Next::Wait(wait)
        }
    }

    /// Keeps what an attempt that decided nothing was answered with.
    pub(super) fn replied(&mut self, observed: &Observed) {
        self.last_reply = (observed.ews_code.clone(), observed.http_status);
        self.last_authority.clone_from(&observed.authority);
    }

    /// Takes a time in which nothing was asked out of what it has used.
    pub(super) fn pass_over(&mut self, since: Instant, until: Instant) {
        if let Some(first) = &mut self.first_at {
            *first += until.saturating_duration_since((*first).max(since));
        }
    }

    /// What is left of the time for one mailbox.
    pub(super) fn remaining(&self, now: Instant) -> Duration {
        BUDGET.saturating_sub(self.first_at.map_or(Duration::ZERO, |first| now - first))
    }

    /// The `ConnectingSID` child for this attempt.
    pub(super) fn identity(&self, by: contract::IdentifyBy) -> Result<ConnectingSid, RequestError> {
        use contract::IdentifyBy as By;
        let sent = self.identity.as_deref().unwrap_or(&self.mailbox);
        match (self.purpose, by) {
            // A list of UPNs or SIDs may have no address for it.
            (Purpose::Proof, _) if SmtpAddress::parse(&self.mailbox).is_err() => {
                Err(RequestError::Empty)
            }
            (Purpose::Proof, _) => ConnectingSid::primary_smtp_address(&self.mailbox),
            (_, By::Smtp) => ConnectingSid::smtp_address(sent),
            (_, By::PrimarySmtp) => ConnectingSid::primary_smtp_address(sent),
            (_, By::Upn) => ConnectingSid::principal_name(sent),
            (_, By::Sid) => ConnectingSid::sid(sent),
        }
    }
}

/// Full jitter: anything from nothing to 1, 2, 4, 8 s.
fn jitter(attempts: u32, dice: &dyn Dice) -> Duration {
    let ceiling = 1_000u64 << attempts.saturating_sub(1).min(3);
    let roll = u128::from_le_bytes(dice.roll());
    Duration::from_millis(u64::try_from(roll % u128::from(ceiling + 1)).unwrap_or(ceiling))
}

/// A ticket that waits for its own back-off; the earliest first.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) ready: Instant,
    pub(super) ticket: Ticket,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.ready == other.ready && self.ticket.seq == other.ticket.seq
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // Turned round: `BinaryHeap` hands out its greatest element first.
        other
            .ready
            .cmp(&self.ready)
            .then(other.ticket.seq.cmp(&self.ticket.seq))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contract::{Cause, Expectation};
    use ews::SchemaVersion;
    use tokio::time::Instant;

    use super::{BUDGET, Next, Purpose, Ticket};
    use crate::ports::Dice;

    struct Max;
    impl Dice for Max {
        fn roll(&self) -> [u8; 16] {
            [0xFF; 16]
        }
    }

    fn ticket(attempts: u32) -> Ticket {
        Ticket {
            seq: 0,
            mailbox: "anna@contoso.com".into(),
            identity: None,
            name: String::new(),
            expectation: Expectation::MustOpen,
            listed_guid: None,
            attempts,
            first_at: Some(Instant::now()),
            last: None,
            last_reply: (None, None),
            last_authority: None,
            schema: None,
            sent: SchemaVersion::Exchange2013Sp1,
            purpose: Purpose::Check,
            recorded: None,
        }
    }

    #[tokio::test]
    async fn five_attempts_in_all_and_two_for_a_reply_nobody_understands() {
        let now = Instant::now();
        assert!(matches!(
            ticket(4).next(Cause::ServerBusy, None, now, &Max),
            Next::Wait(_)
        ));
        assert_eq!(
            ticket(5).next(Cause::ServerBusy, None, now, &Max),
            Next::Spent { wait: None }
        );
        assert!(matches!(
            ticket(1).next(Cause::ProtocolUnexpected, None, now, &Max),
            Next::Wait(_)
        ));
        assert_eq!(
            ticket(2).next(Cause::ProtocolUnexpected, None, now, &Max),
            Next::Spent { wait: None }
        );
    }

    #[tokio::test]
    async fn the_servers_word_is_kept_exactly_or_ends_it_at_once() {
        let now = Instant::now();
        let word = |secs| Some(Duration::from_secs(secs));
        let next = |secs| ticket(1).next(Cause::ServerBusy, word(secs), now, &Max);
        assert_eq!(next(7), Next::Wait(Duration::from_secs(7)));
        assert_eq!(
            next(300),
            Next::Spent { wait: word(300) },
            "longer than the two minutes that remain"
        );
    }

    #[tokio::test]
    async fn a_pause_spends_nothing() {
        let now = Instant::now();
        let hour = Duration::from_hours(1);
        let mut paused = ticket(1);
        paused.pass_over(now, now + hour);
        let left = paused.remaining(now + hour);
        assert!(left + Duration::from_secs(5) > BUDGET, "{left:?}");
        paused.pass_over(now, now + hour);
        let later = paused.remaining(now + hour + Duration::from_mins(1));
        assert!(later < Duration::from_secs(61), "only once: {later:?}");
    }

    #[tokio::test]
    async fn jitter_doubles_up_to_eight_seconds() {
        let now = Instant::now();
        for (attempts, ceiling) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
            let Next::Wait(wait) = ticket(attempts).next(Cause::ServerTransient, None, now, &Max)
            else {
                panic!("attempt {attempts} is within the budget");
            };
            assert!(wait <= Duration::from_secs(ceiling), "{attempts}: {wait:?}");
        }
    }
}
