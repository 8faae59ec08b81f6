//! From the store's and our own errors to the one [`Problem`] of the edge.

use std::path::Path;

use contract::{Code, Problem};
use store::{OpenError, StoreError};

/// What to do about a data folder that cannot be used.
const CHOOSE_ANOTHER: &str = "Give yourself write access to this folder, or choose another one: --data-dir DIR or UNDERSTUDY_DATA_DIR.";

/// Said where a write was rolled back.
const NOTHING_CHANGED: &str = " Nothing was changed.";
/// Said where the same can be done once more.
const TRY_AGAIN: &str = " and try again.";

/// Why a closure on the database gave up: a refusal of ours, or the store's. Either rolls back.
pub(crate) enum Refusal {
    /// Ours.
    Problem(Problem),
    /// The store's.
    Store(StoreError),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Something that should not happen. Logged here, once, because here it is handled.
pub(crate) fn internal(doing: &str, error: &dyn std::error::Error) -> Problem {
    let said = with_sources(error);
    tracing::error!(error = said, doing, "internal error");
    Problem::new(
        Code::Internal,
        format!("Something went wrong while {doing}: {said}."),
    )
    .hint("Try again; if it happens again, copy the details and report them.")
}

/// What the store answered, in words.
pub(crate) fn of_store(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound => {
            Problem::new(Code::NotFound, "This is not there any more.").hint("Load the list again.")
        }
        StoreError::Taken { what } => Problem::new(Code::Taken, format!("This {what} is taken.")),
        StoreError::Full(folder) => data_folder(format!(
            "The disk that holds {} is full. Nothing was changed.",
            folder.display()
        ))
        .hint("Free some space and try again."),
        StoreError::ReadOnly(folder) => data_folder(format!(
            "The folder {} has become read-only. Nothing was changed.",
            folder.display()
        ))
        .hint("Give yourself write access to this folder and try again."),
        StoreError::Io { folder, source } => data_folder(format!(
            "The folder {} cannot be read or written any more: {source}. Nothing was changed.",
            folder.display()
        ))
        .hint("Look after the disk or the share that it is on, and try again."),
        StoreError::Busy => {
            data_folder("Another program keeps the database locked. Nothing was changed.")
                .hint("Close the other program (a backup, a virus scanner) and try again.")
        }
        StoreError::Damaged(said) => data_folder(format!("The database is damaged: {said}."))
            .hint("Close Understudy and restore a backup of the data folder."),
        StoreError::Stopped => Problem::new(
            Code::Internal,
            "Understudy is closing. Nothing was changed.",
        ),
        error @ (StoreError::Json(_) | StoreError::Sqlite(_)) => {
            internal("working with the database", &error)
        }
    }
}

/// The same problem for a run that it cut off: what is saved stays, and the run can go on where it
/// is kept.
pub(crate) fn cut_off(problem: &Problem, kept: bool) -> Problem {
    let why = problem.message.trim_end_matches(NOTHING_CHANGED);
    let stays = if kept {
        " What was saved before stays."
    } else {
        ""
    };
    let told = Problem::new(problem.code, format!("The check was cut off. {why}{stays}"));
    match problem.hint.as_deref() {
        Some(hint) if kept && hint.ends_with(TRY_AGAIN) => told.hint(format!(
            "{}, then go on with this check: Resume, or `understudy check --resume last`.",
            hint.trim_end_matches(TRY_AGAIN)
        )),
        Some(hint) => told.hint(hint),
        None => told,
    }
}

/// What opening the data folder answered, in words.
pub(crate) fn of_open(error: &OpenError) -> Problem {
    match error {
        OpenError::Newer { found, known } => Problem::new(
            Code::NewerDatabase,
            format!(
                "This data folder was written by a newer version of Understudy (schema {found}; this version knows {known}). Nothing was changed."
            ),
        )
        .hint("Install the newer version, or choose another data folder: --data-dir DIR."),
        OpenError::NotADirectory(path) => {
            data_folder(format!("The data folder {} is not a folder.", path.display()))
                .hint("Choose another data folder: --data-dir DIR or UNDERSTUDY_DATA_DIR.")
        }
        OpenError::NotWritable(path) => not_writable(path),
        OpenError::NotADatabase(path) => data_folder(format!(
            "{} is not a database of Understudy, or it is damaged. Nothing was changed.",
            path.display()
        ))
        .hint("Restore a backup of this file, or choose another data folder: --data-dir DIR."),
        OpenError::Foreign(path) => data_folder(format!(
            "{} is the database of another program. Nothing was changed.",
            path.display()
        ))
        .hint("Choose another data folder: --data-dir DIR."),
        OpenError::Full(path) => {
            data_folder(format!("The disk that holds {} is full.", path.display()))
                .hint("Free some space and start Understudy again.")
        }
        OpenError::InUse(path) => {
            data_folder(format!("Another program keeps {} locked.", path.display()))
                .hint("Close it and start Understudy again.")
        }
        OpenError::Backup { path, source } => data_folder(format!(
            "The database must be upgraded, and the copy made before that, {}, could not be written: {source}. Nothing was changed.",
            path.display()
        ))
        .hint("Free some space, or give yourself write access to the data folder."),
        OpenError::Migration { path, .. } => {
            let detail = with_sources(error);
            tracing::error!(error = detail, "the upgrade failed");
            data_folder(format!("{} could not be upgraded; it is as it was.", path.display()))
                .hint(format!("Copy the details and report them: {detail}."))
        }
        OpenError::Sqlite { path, .. } => {
            data_folder(format!("{} could not be opened: {}.", path.display(), with_sources(error)))
                .hint(CHOOSE_ANOTHER)
        }
    }
}

/// The data folder, or a file in it, cannot be written.
pub(crate) fn not_writable(path: &Path) -> Problem {
    data_folder(format!("{} cannot be written.", path.display())).hint(CHOOSE_ANOTHER)
}

/// What the operating system said about a path of the data folder.
pub(crate) fn of_io(path: &Path, error: &std::io::Error) -> Problem {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotADirectory | Kind::AlreadyExists => {
            of_open(&OpenError::NotADirectory(path.to_owned()))
        }
        Kind::StorageFull => of_open(&OpenError::Full(path.to_owned())),
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => not_writable(path),
        _ => {
            data_folder(format!("{} cannot be used: {error}.", path.display())).hint(CHOOSE_ANOTHER)
        }
    }
}

/// The data folder cannot be used.
pub(crate) fn data_folder(message: impl Into<String>) -> Problem {
    Problem::new(Code::DataFolder, message)
}

fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
