//! Work that goes on behind a command and is looked at until it ends: discoveries, tests, look-ups.
//! Kept in memory, the newest few of each kind; gone with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, watch};

/// Ended jobs that can still be looked at.
const KEPT: usize = 8;

/// The jobs of one kind: `T` is what they have found so far, `A` what they are answered.
pub(crate) struct Jobs<T, A = ()> {
    held: Mutex<VecDeque<Job<T, A>>>,
}

struct Job<T, A> {
    id: String,
    found: watch::Receiver<T>,
    cancel: watch::Sender<bool>,
    answers: mpsc::UnboundedSender<A>,
}

/// The inside of a job: what its task works with.
pub(crate) struct Desk<T, A = ()> {
    /// What it has found so far.
    pub(crate) found: watch::Sender<T>,
    /// Turns true when it is to stop.
    pub(crate) cancel: watch::Receiver<bool>,
    /// What it is answered.
    pub(crate) answers: mpsc::UnboundedReceiver<A>,
}

impl<T, A> Default for Jobs<T, A> {
    fn default() -> Self {
        Self {
            held: Mutex::default(),
        }
    }
}

impl<T: Clone, A> Jobs<T, A> {
    /// Enters a job; whoever does the work takes the desk. The oldest that has ended goes.
    pub(crate) fn enter(&self, id: String, first: T) -> Desk<T, A> {
        let (tell, found) = watch::channel(first);
        let (cancel, cancelled) = watch::channel(false);
        let (answer, answers) = mpsc::unbounded_channel();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push_back(Job {
            id,
            found,
            cancel,
            answers: answer,
        });
        let ended = |job: &Job<T, A>| job.found.has_changed().is_err();
        while held.iter().filter(|job| ended(job)).count() > KEPT {
            let oldest = held
                .iter()
                .position(ended)
                .expect("more than one has ended");
            held.remove(oldest);
        }
        Desk {
            found: tell,
            cancel: cancelled,
            answers,
        }
    }

    /// What a job has found so far; `None`: there is no such job (any more).
    pub(crate) fn found(&self, id: &str) -> Option<T> {
        self.with(id, |job| job.found.borrow().clone())
    }

    /// Waits for a change without asking again and again.
    pub(crate) fn watch(&self, id: &str) -> Option<watch::Receiver<T>> {
        self.with(id, |job| job.found.clone())
    }

    /// Tells a job to stop. `false`: there is no such job.
    pub(crate) fn cancel(&self, id: &str) -> bool {
        self.with(id, |job| {
            job.cancel.send_replace(true);
        })
        .is_some()
    }

    /// Answers a job. `false`: there is no such job, or it has ended.
    pub(crate) fn answer(&self, id: &str, answer: A) -> bool {
        self.with(id, |job| job.answers.send(answer).is_ok()) == Some(true)
    }

    fn with<R>(&self, id: &str, f: impl FnOnce(&Job<T, A>) -> R) -> Option<R> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|job| job.id == id).map(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Jobs, KEPT};

    #[test]
    fn what_has_ended_can_be_looked_at_until_newer_ones_come() {
        let jobs: Jobs<u32, char> = Jobs::default();
        let desk = jobs.enter("first".to_owned(), 1);
        desk.found.send_replace(2);
        assert_eq!(jobs.found("first"), Some(2));
        assert!(jobs.answer("first", 'a') && jobs.cancel("first"));
        assert!(*desk.cancel.borrow());
        drop(desk);
        assert_eq!(jobs.found("first"), Some(2), "ended, and still there");
        assert!(!jobs.answer("first", 'b'), "nobody reads it any more");
        for n in 0..=KEPT {
            drop(jobs.enter(n.to_string(), 0));
        }
        let going_on = jobs.enter("on".to_owned(), 7);
        assert_eq!(jobs.found("first"), None, "the oldest is forgotten");
        assert_eq!(jobs.found("on"), Some(7));
        drop(going_on);
    }
}
