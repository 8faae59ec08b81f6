//! Opening the database, and running closures on it: many readers, one writer, or one connection for all
//! where memory counts. Never on an asynchronous thread.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tokio::sync::{Mutex, Semaphore};

use crate::migrations::{APPLICATION_ID, KNOWN, MIGRATIONS};
use crate::thread::OwnThread;
use crate::{OpenError, StoreError, Tx, searched};

/// Name of the database inside the data folder.
const FILE: &str = "understudy.db";
/// How many reads run at once.
const READERS: usize = 4;
/// How long a statement waits for a lock of another process.
const BUSY: Duration = Duration::from_secs(5);
/// Memory for pages of a connection, in KiB (below zero, as `SQLite` has it). A run writes and reads in the
/// order of its list: more would only be held, not used.
const CACHE: i64 = -4_096;
/// The same for a program that ends with its run: a million rows are walked through like a thousand, and
/// what is held is the whole difference between the two.
const SPARING: i64 = -512;
/// Prepared statements kept for each connection.
const STATEMENTS: usize = 128;

/// The database. Cheap to clone; the file is closed with the last clone.
#[derive(Clone)]
pub struct Db {
    writer: Arc<Mutex<Connection>>,
    /// `None`: the writer's connection reads as well. Nobody else sees a temporary database, and whoever
    /// spares memory holds the pages of one connection only.
    readers: Option<Arc<Readers>>,
    /// Where the writer's connection is worked on; `None`: on any blocking thread of the runtime.
    thread: Option<OwnThread>,
    /// Where it is, for whoever has to make room.
    folder: Arc<Path>,
}

struct Readers {
    path: PathBuf,
    permits: Arc<Semaphore>,
    idle: std::sync::Mutex<Vec<Reader>>,
}

/// A connection that only reads, and what it keeps of searches.
struct Reader(Connection, searched::Kept);

impl Db {
    /// Opens `understudy.db` in `folder`, or makes both. An older file is copied to
    /// `understudy.db.backup-vN` and then upgraded.
    ///
    /// # Errors
    /// [`OpenError`] says what is in the way, with its path. A database of a newer version, or of
    /// another program, is left untouched.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        make_folder(folder)?;
        let path = folder.join(FILE);
        let found = probe(&path)?;
        keep_private(&path)?;
        let mut connection = connect(&path)?;
        if found > 0 && found < KNOWN {
            back_up(&connection, &folder.join(format!("{FILE}.backup-v{found}")))?;
        }
        set_up_file(&connection).map_err(|source| OpenError::of(&path, source))?;
        upgrade(&mut connection, &path)?;
        Ok(Self {
            writer: Arc::new(Mutex::new(connection)),
            readers: Some(Arc::new(Readers {
                path,
                permits: Arc::new(Semaphore::new(READERS)),
                idle: std::sync::Mutex::new(Vec::new()),
            })),
            thread: None,
            folder: folder.into(),
        })
    }

    /// The same database with one connection for reads and writes, on a thread of its own, and with little
    /// memory for pages: for programs that walk through lists and end, not for a window in which people
    /// leaf through them while something is written. Not for a paused clock, which would not wait for it.
    ///
    /// # Errors
    /// When `SQLite` refuses, or the system gives no thread.
    pub async fn sparing(self) -> Result<Self, StoreError> {
        let connection = self.writer.lock().await;
        connection.pragma_update(None, "cache_size", SPARING)?;
        drop(connection);
        Ok(Self {
            readers: None,
            thread: Some(OwnThread::start()?),
            ..self
        })
    }

    /// Opens `understudy.db` in `folder` where it is there and of the newest schema: nothing is made
    /// and nothing is upgraded. `None`: there is none, or an older one.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open_current(folder: &Path) -> Result<Option<Self>, OpenError> {
        if probe(&folder.join(FILE))? < KNOWN {
            return Ok(None);
        }
        Self::open(folder).map(Some)
    }

    /// A private database that is gone when it is closed: in memory while small, in a nameless
    /// temporary file when it grows. For one-off audits.
    ///
    /// # Errors
    /// When `SQLite` cannot be set up at all.
    pub fn temporary() -> Result<Self, OpenError> {
        let path = Path::new("");
        let mut connection = Connection::open("").map_err(|source| OpenError::of(path, source))?;
        let set_up = || {
            set_up_connection(&connection)?;
            connection.pragma_update(None, "cache_size", SPARING)
        };
        set_up().map_err(|source| OpenError::of(path, source))?;
        upgrade(&mut connection, path)?;
        Ok(Self {
            writer: Arc::new(Mutex::new(connection)),
            readers: None,
            thread: None,
            folder: temporary_folder().into(),
        })
    }

    /// Runs `f` on one snapshot of the data. It does not wait for writes, unless there is one connection
    /// for both.
    ///
    /// # Errors
    /// What `f` answers, or [`StoreError::Stopped`] when the runtime shuts down.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(readers) = self.readers.clone() else {
            return self.on_writer(TransactionBehavior::Deferred, f).await;
        };
        let permit = readers
            .permits
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Stopped)?;
        let folder = Arc::clone(&self.folder);
        blocking(move || {
            let _permit = permit;
            let mut reader = readers.take().map_err(|error| error.in_folder(&folder))?;
            let Reader(connection, searched) = &mut reader;
            let result = run(connection, TransactionBehavior::Deferred, |tx| {
                f(&tx.with(searched))
            });
            readers.give_back(reader);
            result.map_err(|error| error.in_folder(&folder))
        })
        .await
    }

    /// Runs `f` in a transaction of its own, one write at a time: committed when it answers `Ok`,
    /// rolled back when it answers `Err` or panics. Dropping the future does not stop a write that
    /// has begun.
    ///
    /// # Errors
    /// What `f` or the commit answers, or [`StoreError::Stopped`] when the runtime shuts down.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.on_writer(TransactionBehavior::Immediate, f).await
    }

    /// Reads the whole file and answers what is wrong with it, a line each; empty: sound.
    ///
    /// # Errors
    /// When the check itself cannot run.
    pub async fn check_integrity(&self) -> Result<Vec<String>, StoreError> {
        self.read(|tx| {
            let mut faults: Vec<String> = tx.all("PRAGMA integrity_check", (), |row| row.get(0))?;
            faults.retain(|line| line != "ok");
            faults.extend(tx.all("PRAGMA foreign_key_check", (), |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                Ok(format!(
                    "a row of {table} names a row of {parent} that is not there"
                ))
            })?);
            Ok(faults)
        })
        .await
    }

    async fn on_writer<T: Send + 'static>(
        &self,
        behavior: TransactionBehavior,
        f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut connection = self.writer.clone().lock_owned().await;
        let folder = Arc::clone(&self.folder);
        let work =
            move || run(&mut connection, behavior, f).map_err(|error| error.in_folder(&folder));
        match &self.thread {
            Some(thread) => thread.run(work).await,
            None => blocking(work).await,
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db")
            .field(&self.readers.as_ref().map(|readers| &readers.path))
            .finish()
    }
}

impl Readers {
    fn take(&self) -> Result<Reader, StoreError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(reader) = idle {
            return Ok(reader);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        set_up_connection(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(Reader(connection, searched::Kept::default()))
    }

    fn give_back(&self, reader: Reader) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(reader);
    }
}

/// Where `SQLite` keeps files without a name (<https://sqlite.org/tempfiles.html> §5).
fn temporary_folder() -> PathBuf {
    let named = ["SQLITE_TMPDIR", "TMPDIR"]
        .into_iter()
        .find_map(std::env::var_os);
    match named {
        _ if cfg!(windows) => std::env::temp_dir(),
        Some(folder) => folder.into(),
        None => PathBuf::from("/var/tmp"),
    }
}

async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(f).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(StoreError::Stopped),
    }
}

/// The transaction is rolled back when it is dropped without a commit, by a panic too.
fn run<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction_with_behavior(behavior)?;
    let value = f(&Tx::new(&transaction))?;
    transaction.commit()?;
    Ok(value)
}

/// Creates the file for its owner alone before `SQLite` would create it for everybody; the log beside
/// it takes over the rights of the file. On Windows the folder of the profile is private already.
#[cfg(unix)]
fn keep_private(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let created = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path);
    created.map(drop).map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => OpenError::Full(path.to_owned()),
        _ => OpenError::NotWritable(path.to_owned()),
    })
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> Result<(), OpenError> {
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), OpenError> {
    if folder.exists() && !folder.is_dir() {
        return Err(OpenError::NotADirectory(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
            OpenError::NotADirectory(folder.to_owned())
        }
        std::io::ErrorKind::StorageFull => OpenError::Full(folder.to_owned()),
        _ => OpenError::NotWritable(folder.to_owned()),
    })
}

/// Schema version of the file, read without touching it; 0: there is none yet.
fn probe(path: &Path) -> Result<u32, OpenError> {
    let Some(mut header) = Header::read(path)? else {
        return Ok(0);
    };
    // What a killed process committed last may stand in its log only.
    let log = path.with_extension("db-wal");
    if fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        header = Header::ask(path).map_err(|source| OpenError::of(path, source))?;
    }
    if header.application != i64::from(APPLICATION_ID) && header.schema != 0 {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    let found = u32::try_from(header.version).unwrap_or(u32::MAX);
    if found > KNOWN {
        return Err(OpenError::Newer {
            found,
            known: KNOWN,
        });
    }
    Ok(found)
}

/// Three numbers of the first 100 bytes of a database (<https://sqlite.org/fileformat.html> §1.3).
/// `SQLite` itself would leave a log and an index beside a file that it only reads.
struct Header {
    /// Changes with every change of the schema; 0: there never was a table.
    schema: i64,
    version: i64,
    application: i64,
}

impl Header {
    /// `None`: there is no file yet, or an empty one.
    fn read(path: &Path) -> Result<Option<Self>, OpenError> {
        let mut bytes = Vec::with_capacity(100);
        let read = fs::File::open(path).and_then(|file| file.take(100).read_to_end(&mut bytes));
        match read {
            Ok(0) => Ok(None),
            Ok(100) if bytes.starts_with(b"SQLite format 3\0") => {
                let number = |at: usize| {
                    let four = bytes[at..at + 4]
                        .try_into()
                        .expect("four of a hundred bytes");
                    i64::from(i32::from_be_bytes(four))
                };
                Ok(Some(Self {
                    schema: number(40),
                    version: number(60),
                    application: number(68),
                }))
            }
            Ok(_) => Err(OpenError::NotADatabase(path.to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(_) => Err(OpenError::NotWritable(path.to_owned())),
        }
    }

    /// The same numbers as `SQLite` sees them, the log included.
    fn ask(path: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        let number = |sql| connection.query_row(sql, (), |row| row.get(0));
        Ok(Self {
            schema: number("PRAGMA schema_version")?,
            version: number("PRAGMA user_version")?,
            application: number("PRAGMA application_id")?,
        })
    }
}

fn connect(path: &Path) -> Result<Connection, OpenError> {
    let of = |source| OpenError::of(path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(of)?;
    // SQLite falls back to reading when it may not write.
    if connection.is_readonly("main").map_err(of)? {
        return Err(OpenError::NotWritable(path.to_owned()));
    }
    set_up_connection(&connection).map_err(of)?;
    Ok(connection)
}

/// What every connection needs.
fn set_up_connection(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", CACHE)
}

/// What the file keeps: readers go on while someone writes.
fn set_up_file(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")
}

/// Copies the database to `copy`: under another name first, so that no half a copy stays.
fn back_up(connection: &Connection, copy: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Backup {
        path: copy.to_owned(),
        source,
    };
    let unfinished = copy.with_extension("unfinished");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let name = unfinished
        .to_str()
        .ok_or_else(|| failed(std::io::ErrorKind::InvalidFilename.into()))?;
    connection
        .execute("VACUUM INTO ?1", [name])
        .map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => OpenError::Full(copy.to_owned()),
            _ => failed(std::io::Error::other(error)),
        })?;
    fs::rename(&unfinished, copy).map_err(failed)
}

fn upgrade(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let Err(error) = MIGRATIONS.to_latest(connection) else {
        return Ok(());
    };
    // Another process may have done it at the same moment.
    let version: rusqlite::Result<u32> =
        connection.query_row("PRAGMA user_version", (), |row| row.get(0));
    if version.is_ok_and(|version| version == KNOWN) {
        Ok(())
    } else {
        Err(OpenError::of_migration(path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::{Db, SPARING};
    use crate::{StoreError, Tx};

    /// Memory for pages, and the name of the thread.
    fn held(tx: &Tx<'_>) -> Result<(Option<i64>, Option<String>), StoreError> {
        let pages = tx.first("PRAGMA cache_size", (), |row| row.get(0))?;
        Ok((pages, std::thread::current().name().map(str::to_owned)))
    }

    #[tokio::test]
    async fn who_spares_memory_has_one_connection_on_one_thread() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let usual = Db::open(folder.path()).expect("opens");
        let (pages, _) = usual.read(held).await.expect("reads");
        assert_ne!(pages, Some(SPARING));
        for db in [usual, Db::temporary().expect("opens")] {
            let db = db.sparing().await.expect("a thread");
            let own = (Some(SPARING), Some("database".to_owned()));
            assert_eq!(db.write(held).await.expect("writes"), own);
            assert_eq!(db.read(held).await.expect("reads"), own);
        }
    }
}
