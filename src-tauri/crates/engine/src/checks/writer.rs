//! The durable end of a run: rows reach it through a bounded channel and are committed every 500
//! rows or 250 ms. Nothing is reported as decided before it is saved.

use std::time::Duration;

use contract::{Problem, ResultRow};
use store::Db;
use store::run_results::{self, Outcome, Repeat};
use store::runs::RunNumber;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Most rows in one commit.
const BATCH: usize = 500;
/// Longest time a decided row waits for its commit.
const LINGER: Duration = Duration::from_millis(250);
/// Rows that may wait; then the lanes wait for the disk.
const BACKLOG: usize = 2_000;

/// Something for whoever streams a run.
#[derive(Debug, Clone)]
pub enum RunEvent {
    /// A row was decided, or decided anew.
    Result {
        /// The row, as saved.
        row: Box<ResultRow>,
        /// It was reported before, with another verdict or cause.
        supersedes: bool,
    },
}

/// A decided row on its way to the disk.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) outcome: Outcome,
    pub(super) row: ResultRow,
    /// Who streams the run is told: `Some(true)` when it replaces what was told before.
    pub(super) told: Option<bool>,
}

enum Message {
    Decided(Box<Decided>),
    Flush(oneshot::Sender<()>),
}

/// Where decided rows go.
pub(super) struct Writer {
    send: mpsc::Sender<Message>,
    repeats: mpsc::UnboundedReceiver<Result<Vec<Repeat>, Problem>>,
}

impl Writer {
    /// Starts the writer of one run.
    pub(super) fn start(db: Db, run: RunNumber, events: Option<mpsc::Sender<RunEvent>>) -> Self {
        let (send, receive) = mpsc::channel(BACKLOG);
        let (report, repeats) = mpsc::unbounded_channel();
        tokio::spawn(write(db, run, receive, report, events));
        Self { send, repeats }
    }

    /// Hands a row over; waits when the disk is behind.
    pub(super) async fn decided(&self, decided: Decided) {
        // A closed channel means that the writer failed; its problem is waiting in `repeats`.
        let _ = self.send.send(Message::Decided(Box::new(decided))).await;
    }

    /// Waits until everything handed over is saved.
    pub(super) async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.send.send(Message::Flush(done)).await.is_ok() {
            let _ = wait.await;
        }
    }

    /// Folder identities that were saved a second time, or why nothing can be saved any more.
    pub(super) async fn repeats(&mut self) -> Result<Vec<Repeat>, Problem> {
        match self.repeats.recv().await {
            Some(repeats) => repeats,
            None => std::future::pending().await,
        }
    }

    /// The same, without waiting.
    pub(super) fn repeats_now(&mut self) -> Option<Result<Vec<Repeat>, Problem>> {
        self.repeats.try_recv().ok()
    }
}

async fn write(
    db: Db,
    run: RunNumber,
    mut receive: mpsc::Receiver<Message>,
    report: mpsc::UnboundedSender<Result<Vec<Repeat>, Problem>>,
    events: Option<mpsc::Sender<RunEvent>>,
) {
    let mut batch: Vec<Decided> = Vec::with_capacity(BATCH);
    let mut deadline = Instant::now();
    loop {
        let message = if batch.is_empty() {
            receive.recv().await
        } else {
            let Ok(message) = tokio::time::timeout_at(deadline, receive.recv()).await else {
                if !commit(&db, run, &mut batch, &report, events.as_ref()).await {
                    return;
                }
                continue;
            };
            message
        };
        let flushed = match message {
            Some(Message::Decided(decided)) => {
                if batch.is_empty() {
                    deadline = Instant::now() + LINGER;
                }
                batch.push(*decided);
                None
            }
            Some(Message::Flush(done)) => Some(done),
            None => {
                commit(&db, run, &mut batch, &report, events.as_ref()).await;
                return;
            }
        };
        let full = batch.len() >= BATCH || flushed.is_some();
        if full && !commit(&db, run, &mut batch, &report, events.as_ref()).await {
            return;
        }
        if let Some(done) = flushed {
            let _ = done.send(());
        }
    }
}

/// Commits what has gathered; answers whether the writer can go on.
async fn commit(
    db: &Db,
    run: RunNumber,
    batch: &mut Vec<Decided>,
    report: &mpsc::UnboundedSender<Result<Vec<Repeat>, Problem>>,
    events: Option<&mpsc::Sender<RunEvent>>,
) -> bool {
    if batch.is_empty() {
        return true;
    }
    let mut outcomes = Vec::with_capacity(batch.len());
    let mut rows = Vec::with_capacity(batch.len());
    for decided in batch.drain(..) {
        outcomes.push(decided.outcome);
        rows.push((decided.row, decided.told));
    }
    match db
        .write(move |tx| run_results::record(tx, run, &outcomes))
        .await
    {
        Ok(repeats) => {
            if !repeats.is_empty() {
                let _ = report.send(Ok(repeats));
            }
        }
        Err(error) => {
            let _ = report.send(Err(crate::problems::of_store(error)));
            return false;
        }
    }
    if let Some(events) = events {
        for (row, told) in rows {
            let Some(supersedes) = told else { continue };
            // Nobody listens any more: the run itself goes on.
            let _ = events
                .send(RunEvent::Result {
                    row: Box::new(row),
                    supersedes,
                })
                .await;
        }
    }
    true
}
