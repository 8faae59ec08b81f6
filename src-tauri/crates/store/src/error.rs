//! Why the database cannot be opened, read or written.

use std::fs;
use std::io::{ErrorKind as Kind, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why a read or a write failed. Nothing of a failed write is kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What a write names is not there (any more).
    #[error("there is no such row")]
    NotFound,
    /// Another row has this value already.
    #[error("this {what} is taken")]
    Taken {
        /// `name`, `external id`, `address`; `key` for anything else.
        what: &'static str,
    },
    /// No space is left on the disk that holds this folder, or for this person.
    #[error("the disk that holds {} is full", .0.display())]
    Full(PathBuf),
    /// The database in this folder, or the folder itself, has become read-only.
    #[error("{} is read-only", .0.display())]
    ReadOnly(PathBuf),
    /// The system cannot read or write the database: a disk that fails, a share that is cut off.
    #[error("{} cannot be read or written", folder.display())]
    Io {
        /// Where the database is.
        folder: PathBuf,
        /// What `SQLite` said.
        #[source]
        source: rusqlite::Error,
    },
    /// Another process kept the database locked for longer than we wait.
    #[error("the database is in use by another process")]
    Busy,
    /// The file is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A value that goes in or comes out is not the JSON it should be.
    #[error("a stored value cannot be read or written as json")]
    Json(#[from] serde_json::Error),
    /// The process is shutting down.
    #[error("the store is shutting down")]
    Stopped,
    /// Anything else `SQLite` says.
    #[error("sqlite refused")]
    Sqlite(#[source] rusqlite::Error),
}

/// Why the database of a data folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Written by a newer version. Nothing was touched.
    #[error("the database has schema version {found}, this program knows versions up to {known}")]
    Newer {
        /// Version of the file.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// The data folder is a file, or something else that is no folder.
    #[error("{} is not a folder", .0.display())]
    NotADirectory(PathBuf),
    /// The folder or the database in it cannot be read and written.
    #[error("{} cannot be read and written", .0.display())]
    NotWritable(PathBuf),
    /// The file is not a `SQLite` database, or is damaged.
    #[error("{} is not a database", .0.display())]
    NotADatabase(PathBuf),
    /// A sound `SQLite` database of another program. Nothing was touched.
    #[error("{} is the database of another program", .0.display())]
    Foreign(PathBuf),
    /// No space is left on the disk.
    #[error("the disk that holds {} is full", .0.display())]
    Full(PathBuf),
    /// Another process keeps it locked.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The copy that is made before an upgrade failed, so the upgrade was not begun.
    #[error("the copy {} that an upgrade needs first could not be made", path.display())]
    Backup {
        /// Where it should have gone.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The upgrade failed; the file is as it was.
    #[error("{} could not be brought to the schema of this version", path.display())]
    Migration {
        /// The database.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite_migration::Error,
    },
    /// Anything else `SQLite` says.
    #[error("{} could not be opened", path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => taken(error),
            // Where that is only the database knows: `in_folder` names it.
            Some(ErrorCode::DiskFull) => Self::Full(PathBuf::new()),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(PathBuf::new()),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Self::Io {
                folder: PathBuf::new(),
                source: error,
            },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => match error {
                rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
                error => Self::Sqlite(error),
            },
        }
    }
}

impl StoreError {
    /// Names the folder, and why it cannot be written where `SQLite` does not say: it calls a quota
    /// and a file system that turned read-only by the same name as a broken disk.
    pub(crate) fn in_folder(self, folder: &Path) -> Self {
        let folder = folder.to_owned();
        match self {
            Self::Full(_) => Self::Full(folder),
            Self::ReadOnly(_) => Self::ReadOnly(folder),
            Self::Io { source, .. } => match unwritable(&folder) {
                Some(Kind::StorageFull | Kind::QuotaExceeded) => Self::Full(folder),
                Some(Kind::ReadOnlyFilesystem | Kind::PermissionDenied) => Self::ReadOnly(folder),
                _ => Self::Io { folder, source },
            },
            other => other,
        }
    }
}

/// Why nothing can be written in a folder, tried on a file that is gone again at once; nothing: it
/// can. Not on the database itself: to close it would drop the locks that `SQLite` holds on it
/// (<https://sqlite.org/howtocorrupt.html> §2.2).
fn unwritable(folder: &Path) -> Option<Kind> {
    let probe = folder.join("understudy.probe");
    let written = fs::File::create(&probe).and_then(|mut file| {
        file.write_all(&[0; 8_192])?;
        file.sync_all()
    });
    // Where it could not be made there is nothing to remove.
    let _ = fs::remove_file(probe);
    written.err().map(|error| error.kind())
}

impl OpenError {
    /// Sorts what `SQLite` said about `path`.
    pub(crate) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable(path)
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::NotADatabase(path),
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse(path),
            _ => Self::Sqlite { path, source },
        }
    }

    /// Sorts what went wrong in an upgrade of `path`.
    pub(crate) fn of_migration(path: &Path, source: rusqlite_migration::Error) -> Self {
        match source {
            rusqlite_migration::Error::RusqliteError { err, query } => match Self::of(path, err) {
                Self::Sqlite { path, source: err } => Self::Migration {
                    path,
                    source: rusqlite_migration::Error::RusqliteError { err, query },
                },
                sorted => sorted,
            },
            source => Self::Migration {
                path: path.to_owned(),
                source,
            },
        }
    }
}

/// `UNIQUE constraint failed: users.organization_id, users.address_key` is "the address is taken";
/// any other broken constraint is our own fault and stays what it is.
fn taken(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    if !text.contains("UNIQUE constraint failed") {
        return StoreError::Sqlite(error);
    }
    let what = [
        ("organizations.name_key", "name"),
        ("organizations_external_id", "external id"),
        ("organizations.external_id", "external id"),
        ("users.address_key", "address"),
    ]
    .into_iter()
    .find_map(|(column, what)| text.contains(column).then_some(what));
    StoreError::Taken {
        what: what.unwrap_or("key"),
    }
}
