//! When a connection is ended from this side: after so many answers, or after so long a silence.
//! Knows of requests only that they begin and end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The watch over one connection.
#[derive(Debug)]
pub(crate) struct Line {
    traffic: Mutex<Traffic>,
    over: Notify,
}

#[derive(Debug)]
struct Traffic {
    busy: bool,
    last: Instant,
}

impl Line {
    pub(crate) fn new() -> Arc<Self> {
        let traffic = Traffic {
            busy: false,
            last: Instant::now(),
        };
        Arc::new(Self {
            traffic: Mutex::new(traffic),
            over: Notify::new(),
        })
    }

    /// A request has come; it ends when its exchange is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> Exchange {
        self.note(true);
        Exchange {
            line: Arc::clone(self),
            last: false,
        }
    }

    /// Ends when the connection is to be closed: after the last answer, or after this long a
    /// silence.
    pub(crate) async fn over(&self, idle: Option<Duration>) {
        match idle {
            None => self.over.notified().await,
            Some(idle) => tokio::select! {
                () = self.over.notified() => {}
                () = self.silent(idle) => {}
            },
        }
    }

    async fn silent(&self, idle: Duration) {
        loop {
            let (busy, last) = {
                let traffic = self.traffic();
                (traffic.busy, traffic.last)
            };
            let due = if busy { Instant::now() } else { last } + idle;
            if !busy && due <= Instant::now() {
                return;
            }
            sleep_until(due).await;
        }
    }

    fn note(&self, busy: bool) {
        let mut traffic = self.traffic();
        traffic.busy = busy;
        traffic.last = Instant::now();
    }

    fn traffic(&self) -> std::sync::MutexGuard<'_, Traffic> {
        // Two plain values: whoever panicked left nothing half done.
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request and its answer, until the answer is out.
#[derive(Debug)]
pub(crate) struct Exchange {
    line: Arc<Line>,
    last: bool,
}

impl Exchange {
    /// The connection ends behind this answer.
    pub(crate) fn is_last(&mut self) {
        self.last = true;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.line.note(false);
        if self.last {
            self.line.over.notify_one();
        }
    }
}
