//! What Graph was asked so far, and whether it answers one more. Keeps addresses, no answers.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::GraphLimit;

/// What Graph was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GraphCounts {
    /// HTTP requests under `/v1.0`, whatever became of them.
    pub requests: u64,
    /// Batches among them whose questions were looked at.
    pub batches: u64,
    /// Questions about folders with a sound token, alone or in a batch.
    pub questions: u64,
    /// Questions beyond the limit.
    pub throttled: u64,
    /// Questions by user, as they were asked (lower case).
    pub per_mailbox: HashMap<String, u64>,
}

/// The counts while they grow, and the limit.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    counts: GraphCounts,
    window: Option<(Instant, u32)>,
}

impl Ledger {
    /// Counts a request.
    pub(crate) fn request(&self) {
        self.state().counts.requests += 1;
    }

    /// Counts a batch.
    pub(crate) fn batch(&self) {
        self.state().counts.batches += 1;
    }

    /// Counts a question about this user; beyond the limit it says how long to wait.
    pub(crate) fn ask(&self, user: &str, limit: Option<GraphLimit>) -> Result<(), Duration> {
        let mut state = self.state();
        state.counts.questions += 1;
        let asked = state.counts.per_mailbox.entry(user.to_lowercase());
        *asked.or_default() += 1;
        let Some(limit) = limit else {
            return Ok(());
        };
        let now = Instant::now();
        let (begun, taken) = state
            .window
            .filter(|(begun, _)| now.duration_since(*begun) < limit.per)
            .unwrap_or((now, 0));
        if taken < limit.questions {
            state.window = Some((begun, taken + 1));
            return Ok(());
        }
        state.counts.throttled += 1;
        Err(limit.per.saturating_sub(now.duration_since(begun)))
    }

    /// The counts.
    pub(crate) fn counts(&self) -> GraphCounts {
        self.state().counts.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0
            .lock()
            .expect("nothing panics while it holds the ledger")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_limit_begins_anew_after_its_time() {
        let ledger = Ledger::default();
        let limit = Some(GraphLimit {
            questions: 2,
            per: Duration::from_secs(10),
        });
        assert_eq!(ledger.ask("A@b.c", limit), Ok(()));
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(ledger.ask("a@b.c", limit), Ok(()));
        assert_eq!(ledger.ask("a@b.c", limit), Err(Duration::from_secs(6)));
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!(ledger.ask("a@b.c", limit), Ok(()));
        let counts = ledger.counts();
        assert_eq!((counts.questions, counts.throttled), (4, 1));
        assert_eq!(counts.per_mailbox["a@b.c"], 4);
    }
}
