//! What stands in a data folder: read from a copy, so that nothing is repaired, recovered or marked
//! before the program itself comes to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use contract::{Cause, Expectation, ResultRow, RunRow, RunState, RunsQuery, Verdict};
use store::{Db, run_results, runs};

/// What a mailbox was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) verdict: Verdict,
    pub(crate) cause: Option<Cause>,
    pub(crate) expectation: Expectation,
    pub(crate) alias_of: Option<String>,
}

/// The newest run of a data folder.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) run: RunRow,
    pub(crate) rows: Vec<ResultRow>,
}

impl Ledger {
    /// Copies the database with its log and reads the newest run; none: there is no run. The copy
    /// must be sound.
    pub(crate) async fn read(folder: &Path) -> Option<Self> {
        let copy = tempfile::tempdir().expect("a folder");
        for name in ["understudy.db", "understudy.db-wal"] {
            match fs::copy(folder.join(name), copy.path().join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    panic!("{name}: {error}")
                }
                _ => {}
            }
        }
        let db = Db::open(copy.path()).expect("it opens");
        let faults = db.check_integrity().await.expect("it can be looked at");
        assert_eq!(faults, Vec::<String>::new(), "the database is sound");
        let newest = RunsQuery {
            organization: None,
            limit: 1,
        };
        let all = db.read(move |tx| runs::list(tx, &newest)).await;
        let run = all.expect("runs").pop()?;
        let id = run.id.clone();
        let rows = db.read(move |tx| {
            let number = runs::number(tx, &id)?.expect("it was just listed");
            run_results::each(tx, number, -1, u64::from(u32::MAX))
        });
        Some(Self {
            run,
            rows: rows
                .await
                .expect("rows")
                .into_iter()
                .map(|(row, _)| row)
                .collect(),
        })
    }

    /// What is decided, by mailbox in lower case. No mailbox stands there twice.
    pub(crate) fn decided(&self) -> BTreeMap<String, Found> {
        let mut decided = BTreeMap::new();
        for row in &self.rows {
            let Some(verdict) = row.verdict.filter(|verdict| verdict.is_decided()) else {
                continue;
            };
            let found = Found {
                verdict,
                cause: row.cause,
                expectation: row.expectation,
                alias_of: row.alias_of.clone(),
            };
            let twice = decided.insert(row.mailbox.to_lowercase(), found);
            assert_eq!(twice, None, "{} stands there twice", row.mailbox);
        }
        decided
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.run.state == RunState::Complete
    }
}
