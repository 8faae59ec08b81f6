//! Counts of a run while it goes on, kept in step with what is recorded.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use contract::{Cause, CauseCount, Expectation, Summary, Verdict};
use tokio::time::Instant;

/// Seconds over which the rate is measured.
const WINDOW: Duration = Duration::from_secs(5);

/// Running counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    summary: Summary,
    causes: BTreeMap<Cause, u64>,
    samples: VecDeque<(Instant, u64)>,
}

impl Tally {
    /// Starts from what is recorded already (a list with system mailboxes, bad rows, a resumed run).
    pub(super) fn new(recorded: Summary) -> Self {
        let causes = recorded.causes.iter().map(|c| (c.cause, c.count)).collect();
        Self {
            summary: recorded,
            causes,
            samples: VecDeque::new(),
        }
    }

    /// A row got a verdict.
    pub(super) fn add(&mut self, verdict: Verdict, cause: Option<Cause>, expectation: Expectation) {
        *self.slot(verdict) += 1;
        self.summary.findings += u64::from(verdict.is_finding(expectation));
        if let Some(cause) = cause {
            *self.causes.entry(cause).or_default() += 1;
        }
    }

    /// A row loses its verdict (cured, withdrawn).
    pub(super) fn take(
        &mut self,
        verdict: Verdict,
        cause: Option<Cause>,
        expectation: Expectation,
    ) {
        let slot = self.slot(verdict);
        *slot = slot.saturating_sub(1);
        self.summary.findings -=
            u64::from(verdict.is_finding(expectation)).min(self.summary.findings);
        if let Some(count) = cause.and_then(|cause| self.causes.get_mut(&cause)) {
            *count = count.saturating_sub(1);
        }
    }

    /// Mailboxes with a verdict.
    pub(super) fn done(&self) -> u64 {
        let s = &self.summary;
        s.granted + s.refused + s.no_mailbox + s.unusable + s.undetermined + s.not_checked
    }

    /// The counts as they stand.
    pub(super) fn summary(&self) -> Summary {
        let mut causes: Vec<CauseCount> = self
            .causes
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(cause, count)| CauseCount {
                cause: *cause,
                count: *count,
            })
            .collect();
        // The gravest of all stands first, however few they are.
        causes.sort_by_key(|c| (c.cause != Cause::ImpersonationExposed, Reverse(c.count)));
        Summary {
            causes,
            ..self.summary.clone()
        }
    }

    /// Mailboxes a second over the last seconds.
    pub(super) fn rate(&mut self, now: Instant) -> f64 {
        let done = self.done();
        self.samples.push_back((now, done));
        while self.samples.len() > 2
            && self
                .samples
                .front()
                .is_some_and(|(at, _)| now - *at > WINDOW)
        {
            self.samples.pop_front();
        }
        let Some((since, before)) = self.samples.front().copied() else {
            return 0.0;
        };
        let seconds = (now - since).as_secs_f64();
        if seconds <= 0.0 {
            return 0.0;
        }
        f64::from(u32::try_from(done.saturating_sub(before)).unwrap_or(u32::MAX)) / seconds
    }

    fn slot(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::Granted => &mut self.summary.granted,
            Verdict::Refused => &mut self.summary.refused,
            Verdict::NoMailbox => &mut self.summary.no_mailbox,
            Verdict::Unusable => &mut self.summary.unusable,
            Verdict::Undetermined => &mut self.summary.undetermined,
            Verdict::NotChecked => &mut self.summary.not_checked,
        }
    }
}

/// Rows of an earlier part that Exchange itself decided. What the list decides may be among the
/// others: texts that are no address, users without a UPN or SID.
pub(super) fn decided_by_exchange(recorded: &Summary) -> u64 {
    let of_list = [Cause::MailboxAddressInvalid, Cause::MailboxIdentityUnknown];
    let of_list = recorded
        .causes
        .iter()
        .filter(|c| of_list.contains(&c.cause))
        .map(|c| c.count)
        .sum();
    let decided = recorded.granted + recorded.refused + recorded.no_mailbox + recorded.unusable;
    decided.saturating_sub(of_list)
}
