//! Locks between processes: the one window of a data folder, and the runs that go on. The system
//! frees them when a process ends, however it ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use contract::{Code, Problem, RunId, RunState, RunsQuery};
use store::{StoreError, Tx, runs};

use crate::problems::{data_folder, of_io};

/// Held by the window.
const WINDOW: &str = "understudy.lock";
/// Folder of the locks of runs.
const RUNS: &str = "runs";

/// A lock that lasts until it is dropped; its file goes with it.
#[derive(Debug)]
pub(crate) struct RunLock {
    held: Option<(File, PathBuf)>,
}

impl Drop for RunLock {
    fn drop(&mut self) {
        if let Some((file, path)) = self.held.take() {
            // The file is removed while it is locked, so that nobody locks a file that is gone.
            if let Err(error) = fs::remove_file(&path) {
                tracing::debug!(%error, "the lock of a run stays behind");
            }
            drop(file);
        }
    }
}

/// Takes the data folder for one window.
///
/// # Errors
/// [`Code::DataFolder`]: taken already, or not writable.
pub(crate) fn take_folder(folder: &Path) -> Result<File, Problem> {
    fs::create_dir_all(folder).map_err(|error| of_io(folder, &error))?;
    let path = folder.join(WINDOW);
    let file = open(&path).map_err(|error| of_io(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(data_folder("Understudy is already running on this data folder.").hint(format!(
                "Use the window that is open, or start with another folder: --data-dir DIR. The folder is {}.",
                folder.display()
            )))
        }
        Err(TryLockError::Error(error)) => Err(of_io(&path, &error)),
    }
}

/// Takes a run for this process. Without a folder there is no other process to keep out.
///
/// # Errors
/// [`Code::AlreadyRunning`] when another process holds it; [`Code::DataFolder`].
pub(crate) fn take_run(folder: Option<&Path>, run: &RunId) -> Result<RunLock, Problem> {
    let Some(folder) = folder else {
        return Ok(RunLock { held: None });
    };
    let path = run_path(folder, run)?;
    let parent = folder.join(RUNS);
    fs::create_dir_all(&parent).map_err(|error| of_io(&parent, &error))?;
    let file = open(&path).map_err(|error| of_io(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(RunLock {
            held: Some((file, path)),
        }),
        Err(TryLockError::WouldBlock) => Err(Problem::new(
            Code::AlreadyRunning,
            "This check goes on in another window or terminal.",
        )
        .hint("Wait until it has ended, or cancel it there.")),
        Err(TryLockError::Error(error)) => Err(of_io(&path, &error)),
    }
}

/// Marks the runs that read `running` and that no process holds as interrupted. Must run inside a
/// write: a run takes its lock before its row is written, so none can slip in between.
///
/// # Errors
/// As [`StoreError`].
pub(crate) fn mark_interrupted(tx: &Tx<'_>, folder: &Path) -> Result<Vec<RunId>, StoreError> {
    let all = RunsQuery {
        organization: None,
        limit: i64::MAX.unsigned_abs(),
    };
    let (mut held, mut free) = (Vec::new(), Vec::new());
    for run in runs::list(tx, &all)?
        .into_iter()
        .filter(|run| run.state == RunState::Running)
    {
        match take_run(Some(folder), &run.id) {
            Err(problem) if problem.code == Code::AlreadyRunning => held.push(run.id),
            Err(problem) => {
                tracing::warn!(%problem, "cannot tell whether a run goes on elsewhere");
                held.push(run.id);
            }
            Ok(lock) => free.push(lock),
        }
    }
    if free.is_empty() {
        return Ok(Vec::new());
    }
    runs::mark_interrupted(tx, &held)
}

/// Takes the lock of a folder of its own, such as practice's.
pub(crate) fn take_file(path: &Path) -> Result<Option<File>, std::io::Error> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(path)
}

/// Ids are UUIDs; anything else must not become a path.
fn run_path(folder: &Path, run: &RunId) -> Result<PathBuf, Problem> {
    let harmless =
        !run.0.is_empty() && run.0.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if harmless {
        Ok(folder.join(RUNS).join(format!("{run}.lock")))
    } else {
        Err(Problem::new(Code::NotFound, "There is no such run."))
    }
}

#[cfg(test)]
mod tests {
    use contract::{Code, RunId};

    use super::{take_folder, take_run};

    #[test]
    fn a_run_is_held_once_and_its_file_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let run = RunId("0198-aa".into());
        let held = take_run(Some(folder.path()), &run).expect("free");
        let again = take_run(Some(folder.path()), &run).map(|_| ());
        assert_eq!(
            again.map_err(|problem| problem.code),
            Err(Code::AlreadyRunning)
        );
        drop(held);
        assert!(
            !folder.path().join("runs/0198-aa.lock").exists(),
            "no litter"
        );
        take_run(Some(folder.path()), &run).expect("free again");
    }

    #[test]
    fn an_id_never_leaves_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let code = take_run(Some(folder.path()), &RunId("../x".into()))
            .map(|_| ())
            .map_err(|p| p.code);
        assert_eq!(code, Err(Code::NotFound));
    }

    #[test]
    fn a_second_window_is_told_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let _first = take_folder(folder.path()).expect("free");
        let problem = take_folder(folder.path()).expect_err("taken");
        assert_eq!(
            problem.message,
            "Understudy is already running on this data folder."
        );
    }
}
