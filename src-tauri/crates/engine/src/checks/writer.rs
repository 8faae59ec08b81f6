//! The durable end of a run: rows reach it through a bounded channel and are committed every 500
//! rows or 250 ms. Nothing is reported as decided before it is saved.

use std::time::Duration;

use contract::{Problem, ResultRow};
use store::Db;
use store::run_results::{self, Outcome, Repeat};
use store::runs::RunNumber;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::memory::Memory;

/// Most rows in one commit.
const BATCH: usize = 500;
/// Longest time a decided row waits for its commit.
const LINGER: Duration = Duration::from_millis(250);
/// Rows handed over at a time.
const HANDFUL: usize = 64;
/// Handfuls that may wait; then the lanes wait for the disk.
const BACKLOG: usize = 32;

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
    /// Who streams the run is told; `true` when it replaces what was told before.
    pub(super) told: Option<(Box<ResultRow>, bool)>,
}

enum Message {
    Decided(Vec<Decided>),
    Flush(oneshot::Sender<()>),
}

/// Where decided rows go.
pub(super) struct Writer {
    send: mpsc::Sender<Message>,
    /// Decided, and not handed over yet.
    outbox: Vec<Decided>,
    streams: bool,
    repeats: mpsc::UnboundedReceiver<Result<Vec<Repeat>, Problem>>,
}

impl Writer {
    /// Starts the writer of one run.
    pub(super) fn start(db: Db, run: RunNumber, events: Option<mpsc::Sender<RunEvent>>) -> Self {
        let (send, receive) = mpsc::channel(BACKLOG);
        let (report, repeats) = mpsc::unbounded_channel();
        let streams = events.is_some();
        tokio::spawn(write(db, run, receive, report, events));
        Self {
            send,
            outbox: Vec::with_capacity(HANDFUL),
            streams,
            repeats,
        }
    }

    /// Somebody streams the run, row by row.
    pub(super) fn streams(&self) -> bool {
        self.streams
    }

    /// Takes a row; waits when the disk is behind.
    pub(super) async fn decided(&mut self, decided: Decided) {
        self.outbox.push(decided);
        if self.outbox.len() >= HANDFUL {
            self.hand_over().await;
        }
    }

    /// Lets nothing that was taken wait any longer.
    pub(super) async fn hand_over(&mut self) {
        if self.outbox.is_empty() {
            return;
        }
        let rows = std::mem::replace(&mut self.outbox, Vec::with_capacity(HANDFUL));
        // A closed channel means that the writer failed; its problem is waiting in `repeats`.
        let _ = self.send.send(Message::Decided(rows)).await;
    }

    /// Waits until everything taken is saved.
    pub(super) async fn flush(&mut self) {
        self.hand_over().await;
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
    let mut batch: Vec<Decided> = Vec::with_capacity(BATCH + HANDFUL);
    let mut memory = Memory::new();
    let mut deadline = Instant::now();
    loop {
        let message = if batch.is_empty() {
            receive.recv().await
        } else {
            let Ok(message) = tokio::time::timeout_at(deadline, receive.recv()).await else {
                if !commit(&db, run, &mut batch, &mut memory, &report, events.as_ref()).await {
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
                batch.extend(decided);
                None
            }
            Some(Message::Flush(done)) => Some(done),
            None => {
                commit(&db, run, &mut batch, &mut memory, &report, events.as_ref()).await;
                return;
            }
        };
        let full = batch.len() >= BATCH || flushed.is_some();
        if full && !commit(&db, run, &mut batch, &mut memory, &report, events.as_ref()).await {
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
    memory: &mut Memory,
    report: &mpsc::UnboundedSender<Result<Vec<Repeat>, Problem>>,
    events: Option<&mpsc::Sender<RunEvent>>,
) -> bool {
    if batch.is_empty() {
        return true;
    }
    let mut outcomes = Vec::with_capacity(batch.len());
    let mut rows = Vec::new();
    for decided in batch.drain(..) {
        outcomes.push(decided.outcome);
        rows.extend(decided.told);
    }
    let saved = db.write(move |tx| {
        run_results::record(tx, run, &outcomes)?;
        Ok(outcomes)
    });
    match saved.await {
        Ok(outcomes) => {
            let repeats = memory.note(&outcomes);
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
        for (row, supersedes) in rows {
            // Nobody listens any more: the run itself goes on.
            let _ = events.send(RunEvent::Result { row, supersedes }).await;
        }
    }
    true
}
