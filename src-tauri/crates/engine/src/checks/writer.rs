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
    /// All identities of the run are about to be sorted: none need be remembered.
    Forget,
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

    /// The same at the end of a phase: what was shown is compared by sorting it, and the memory that this
    /// takes is what the writer's own memory of it gives back.
    pub(super) async fn end_phase(&mut self) {
        self.flush().await;
        let _ = self.send.send(Message::Forget).await;
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
    let mut memory = Some(Memory::new());
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
            Some(Message::Forget) => {
                memory = None;
                None
            }
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
    memory: &mut Option<Memory>,
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
            let repeats = memory.as_mut().map(|memory| memory.note(&outcomes));
            let repeats = repeats.unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use contract::{Expectation, RunId, Verdict};
    use store::Db;
    use store::run_results::{self, NewResult, Outcome, Repeat};
    use store::runs::{self, NewRun, RunNumber};

    use super::{Decided, Writer};

    /// A run of three mailboxes.
    async fn run(db: &Db) -> RunNumber {
        let header = NewRun {
            id: RunId("run-1".to_owned()),
            organization: None,
            organization_name: None,
            started_at: "2026-11-22T12:00:00Z".to_owned(),
            ews_url: String::new(),
            account: String::new(),
            auth: "basic".to_owned(),
            scope: "all".to_owned(),
            fingerprint: String::new(),
            draft: false,
            options: serde_json::Value::Null,
        };
        let rows = [0, 1, 2].map(|n| NewResult {
            mailbox: format!("user{n}@contoso.com"),
            identity: None,
            name: String::new(),
            kind: None,
            user: None,
            expectation: Expectation::MustOpen,
            listed_guid: None,
            decided: None,
        });
        let written = db.write(move |tx| {
            let run = runs::create(tx, &header)?;
            run_results::add(tx, run, 0, &rows)?;
            Ok(run)
        });
        written.await.expect("the run is written")
    }

    fn opened(seq: i64) -> Decided {
        let outcome = Outcome {
            seq,
            verdict: Verdict::Granted,
            cause: None,
            ews_code: None,
            http_status: Some(200),
            attempts: 1,
            latency_ms: None,
            request_id: None,
            message: None,
            alias_of: None,
            folder_key: Some([7; 16]),
            by_guid: true,
            folders: Vec::new(),
            checked_at: None,
            evidence: None,
        };
        Decided {
            outcome,
            told: None,
        }
    }

    #[tokio::test]
    async fn repeats_are_told_until_the_phase_ends_and_saved_after_it() {
        let db = Db::temporary().expect("temporary space");
        let run = run(&db).await;
        let mut writer = Writer::start(db.clone(), run, None);
        writer.decided(opened(0)).await;
        writer.decided(opened(1)).await;
        writer.end_phase().await;
        let told = writer
            .repeats_now()
            .expect("both are saved")
            .expect("saved");
        assert_eq!(told, [Repeat { seq: 1, other: 0 }]);
        writer.decided(opened(2)).await;
        writer.flush().await;
        assert!(writer.repeats_now().is_none(), "nothing is remembered");
        let sorted = db.read(move |tx| run_results::repeats(tx, run)).await;
        let others = [1, 2].map(|seq| Repeat { seq, other: 0 });
        assert_eq!(sorted.expect("reads"), others);
    }
}
