//! The log-ons of a run, over all of its lanes: one at a time, and none after a refusal.
//!
//! A directory counts refused passwords and locks the account. So a leg that answers a challenge with
//! the password waits until the one before it has been answered, and is never sent once one was
//! refused, or when too many in a row were never answered.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use tokio::sync::{Mutex, MutexGuard};

/// Log-ons in a row that may go unanswered: whoever closes the connection instead of answering may
/// count them as refused.
const MAX_UNANSWERED: u32 = 5;

/// Shared by the lanes of a run.
#[derive(Debug, Default)]
pub struct LogOns {
    one: Mutex<()>,
    refused: AtomicBool,
    unanswered: AtomicU32,
}

/// The turn to send a password. Dropped without a word it counts as unanswered.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    log_ons: &'a LogOns,
    sent: bool,
    answered: bool,
    _one: MutexGuard<'a, ()>,
}

/// Why no password is sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldBack {
    /// One was refused.
    Refused,
    /// Too many were never answered.
    Unanswered,
}

impl LogOns {
    /// Waits for the turn.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, HeldBack> {
        let one = self.one.lock().await;
        if self.refused.load(SeqCst) {
            return Err(HeldBack::Refused);
        }
        if self.unanswered.load(SeqCst) >= MAX_UNANSWERED {
            return Err(HeldBack::Unanswered);
        }
        Ok(Turn {
            log_ons: self,
            sent: false,
            answered: false,
            _one: one,
        })
    }
}

impl Turn<'_> {
    /// The password is on its way now.
    pub(crate) fn sent(&mut self) {
        self.sent = true;
    }

    /// It never left after all.
    pub(crate) fn not_sent(&mut self) {
        self.sent = false;
    }

    /// One went unanswered, and another follows in this turn.
    pub(crate) fn unanswered(&mut self) {
        self.log_ons.unanswered.fetch_add(1, SeqCst);
    }

    /// The server answered.
    pub(crate) fn answered(&mut self, refused: bool) {
        self.answered = true;
        self.log_ons.unanswered.store(0, SeqCst);
        if refused {
            self.log_ons.refused.store(true, SeqCst);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.sent && !self.answered {
            self.log_ons.unanswered.fetch_add(1, SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HeldBack, LogOns, MAX_UNANSWERED};

    #[tokio::test]
    async fn nothing_is_sent_after_a_refusal() {
        let log_ons = LogOns::default();
        let mut turn = log_ons.turn().await.expect("nothing was refused yet");
        turn.sent();
        turn.answered(true);
        drop(turn);
        assert_eq!(log_ons.turn().await.err(), Some(HeldBack::Refused));
    }

    #[tokio::test]
    async fn silence_is_borne_a_few_times() {
        let log_ons = LogOns::default();
        for _ in 1..MAX_UNANSWERED {
            log_ons.turn().await.expect("still borne").sent();
        }
        let mut turn = log_ons.turn().await.expect("the last one");
        turn.sent();
        turn.answered(false);
        drop(turn);
        for _ in 0..MAX_UNANSWERED {
            log_ons.turn().await.expect("counted anew").sent();
        }
        assert_eq!(log_ons.turn().await.err(), Some(HeldBack::Unanswered));
    }
}
