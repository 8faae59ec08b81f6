//! Opening and closing the engine: the data folder, its locks, what has to be put in order first.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use contract::{OrganizationRow, Problem};
use store::{Db, organizations, users};

use crate::activity::UNDO_DAYS;
use crate::adapters::{MemoryVault, PlatformVault, SystemBrowser, SystemClock, SystemDice};
use crate::checks::{Guard, Sending};
use crate::locks;
use crate::ports::{Browser, Clock, Dice, PracticeExchange, Vault};
use crate::practice::Rehearsal;
use crate::problems::{data_folder, internal, of_open};
use crate::stage::{Parts, Stage, on_blocking_thread};

/// The environment variable that names the data folder.
const DATA_DIR: &str = "UNDERSTUDY_DATA_DIR";

/// Every use case. Cheap to clone; all clones share one data folder.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
    /// How the runs that are started through this handle send passwords.
    pub(crate) sending: Sending,
}

pub(crate) struct Inner {
    pub(crate) real: Arc<Stage>,
    /// Practice mode, where it is on.
    pub(crate) practice: Mutex<Option<Rehearsal>>,
    /// One change of practice mode at a time.
    pub(crate) changing: tokio::sync::Mutex<()>,
    pub(crate) exchange: Option<Arc<dyn PracticeExchange>>,
    pub(crate) browser: Arc<dyn Browser>,
    pub(crate) resolve: Vec<(String, u16, SocketAddr)>,
    /// Held by the one window of the data folder.
    _window: Option<File>,
}

/// How to open the engine.
#[derive(Clone, Default)]
pub struct Options {
    /// The data folder; left out: `UNDERSTUDY_DATA_DIR`, else the platform's application data folder.
    pub data_dir: Option<PathBuf>,
    /// Hold little memory: for a program that walks through lists and ends, on a clock that goes by itself.
    pub sparing: bool,
    /// Refuse when another instance holds the folder exclusively: for the window, not for the
    /// command line, which may run beside it.
    pub exclusive: bool,
    /// Where passwords are kept.
    pub vault: VaultChoice,
    /// The simulated Exchange; left out: no practice mode.
    pub practice: Option<Arc<dyn PracticeExchange>>,
    /// The browser pages are opened in; left out: the system's.
    pub browser: Option<Arc<dyn Browser>>,
    /// The clock; left out: this computer's.
    pub clock: Option<Arc<dyn Clock>>,
    /// Randomness; left out: the operating system's.
    pub dice: Option<Arc<dyn Dice>>,
    /// Where exports go; left out: the person's Downloads folder.
    pub downloads: Option<PathBuf>,
    /// The data folder where a [`Engine::temporary`] one notes refused passwords, so that they are not
    /// sent again by the next process; left out: nowhere. It is made on the first refusal only.
    pub guard_dir: Option<PathBuf>,
    /// A name server that is asked for the names of servers; left out: this computer's.
    pub name_server: Option<SocketAddr>,
    /// Addresses that Autodiscover asks instead of what names resolve to: host, port, socket address.
    pub resolve: Vec<(String, u16, SocketAddr)>,
}

/// Where passwords are kept.
#[derive(Clone, Default)]
pub enum VaultChoice {
    /// The key store of the operating system.
    #[default]
    Platform,
    /// In memory: gone with the process.
    Memory,
    /// Another one.
    Custom(Arc<dyn Vault>),
}

impl Engine {
    /// Opens a data folder, makes it where there is none, and puts it in order: the default
    /// organization exists, runs that no process holds any more are interrupted, what was deleted
    /// more than 30 days ago goes for good.
    ///
    /// # Errors
    /// [`contract::Code::DataFolder`] with the path and what to do, [`contract::Code::NewerDatabase`]
    /// when a newer version wrote it; then nothing was changed.
    pub async fn open(options: Options) -> Result<Self, Problem> {
        let folder = match &options.data_dir {
            Some(folder) => folder.clone(),
            None => data_folder_of_person()?,
        };
        let (exclusive, path) = (options.exclusive, folder.clone());
        let (window, db) = on_blocking_thread(move || {
            let window = if exclusive {
                Some(locks::take_folder(&path)?)
            } else {
                None
            };
            Ok((window, Db::open(&path).map_err(|error| of_open(&error))?))
        })
        .await?;
        let db = spared(db, options.sparing).await?;
        let options = Options {
            guard_dir: None,
            ..options
        };
        let engine = Self::assemble(db, Some(folder), window, options)?;
        put_in_order(&engine.inner.real).await?;
        Ok(engine)
    }

    /// An engine that writes nothing anywhere, refused passwords apart: for one-off audits.
    ///
    /// # Errors
    /// [`contract::Code::DataFolder`] when the system gives no temporary space.
    pub async fn temporary(options: Options) -> Result<Self, Problem> {
        let db = on_blocking_thread(|| Db::temporary().map_err(|error| of_open(&error))).await?;
        let db = spared(db, options.sparing).await?;
        let engine = Self::assemble(db, None, None, options)?;
        put_in_order(&engine.inner.real).await?;
        Ok(engine)
    }

    /// A handle whose runs send passwords in another way: the proxy's along, or one that was refused
    /// lately once more. What it shares with this one stays shared.
    #[must_use]
    pub fn sending(&self, sending: Sending) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            sending,
        }
    }

    /// Cancels every check and every sign-in that waits, keeps what is decided, and leaves practice mode.
    pub async fn shut_down(&self) {
        let _one_at_a_time = self.inner.changing.lock().await;
        self.leave_practice().await;
        self.inner.real.running.cancel_all().await;
        self.inner.real.sign_ins.cancel_all().await;
    }

    /// The organization with this name or External Id, ignoring case.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`].
    pub async fn find_organization(
        &self,
        name_or_external_id: &str,
    ) -> Result<OrganizationRow, Problem> {
        let text = name_or_external_id.to_owned();
        self.stage()
            .read(move |tx| {
                let found = match organizations::by_name(tx, &text)? {
                    Some(id) => organizations::show(tx, id)?,
                    None => None,
                };
                found.ok_or_else(|| {
                    Problem::new(
                        contract::Code::NotFound,
                        format!("There is no organization named \"{text}\"."),
                    )
                    .hint("`understudy organization list` shows them all.")
                    .into()
                })
            })
            .await
    }

    /// Where commands act: in practice mode the practice stage, else the real one.
    pub(crate) fn stage(&self) -> Arc<Stage> {
        let practice = self
            .inner
            .practice
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match practice.as_ref() {
            Some(rehearsal) => Arc::clone(&rehearsal.stage),
            None => Arc::clone(&self.inner.real),
        }
    }

    fn assemble(
        db: Db,
        folder: Option<PathBuf>,
        window: Option<File>,
        options: Options,
    ) -> Result<Self, Problem> {
        let names = options.name_server.map(exchange::Names::at).transpose();
        let names = names.map_err(|error| internal("making ready to ask DNS", &error))?;
        let vault: Arc<dyn Vault> = match options.vault {
            VaultChoice::Platform => Arc::new(PlatformVault),
            VaultChoice::Memory => Arc::new(MemoryVault::default()),
            VaultChoice::Custom(vault) => vault,
        };
        let real = Stage::new(Parts {
            db,
            vault,
            clock: options.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            dice: options.dice.unwrap_or_else(|| Arc::new(SystemDice)),
            folder,
            downloads: options.downloads,
            guard: Guard::new(options.guard_dir),
            names,
            practice: false,
        });
        let inner = Inner {
            real: Arc::new(real),
            practice: Mutex::new(None),
            changing: tokio::sync::Mutex::default(),
            exchange: options.practice,
            browser: options.browser.unwrap_or_else(|| Arc::new(SystemBrowser)),
            resolve: options.resolve,
            _window: window,
        };
        Ok(Self {
            inner: Arc::new(inner),
            sending: Sending::default(),
        })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("folder", &self.inner.real.folder)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("data_dir", &self.data_dir)
            .field("exclusive", &self.exclusive)
            .finish_non_exhaustive()
    }
}

async fn spared(db: Db, sparing: bool) -> Result<Db, Problem> {
    if sparing {
        db.sparing().await.map_err(crate::problems::of_store)
    } else {
        Ok(db)
    }
}

async fn put_in_order(stage: &Stage) -> Result<(), Problem> {
    let (now, before, folder) = (stage.now(), stage.days_ago(UNDO_DAYS), stage.folder.clone());
    let interrupted = stage
        .write(move |tx| {
            organizations::ensure_default(tx, &now)?;
            users::purge(tx, &before)?;
            organizations::purge(tx, &before)?;
            Ok(match folder {
                Some(folder) => locks::mark_interrupted(tx, &folder)?,
                None => Vec::new(),
            })
        })
        .await?;
    if !interrupted.is_empty() {
        tracing::info!(runs = interrupted.len(), "runs were cut off earlier");
    }
    Ok(())
}

/// The data folder where none is named: `UNDERSTUDY_DATA_DIR`, else the platform's application data
/// folder of this person. Nothing is made.
///
/// # Errors
/// [`contract::Code::DataFolder`] where the person has none.
pub fn data_folder_of_person() -> Result<PathBuf, Problem> {
    if let Some(folder) = std::env::var_os(DATA_DIR).filter(|text| !text.is_empty()) {
        return Ok(folder.into());
    }
    // Not the roaming folder: SQLite must not be copied about at sign-in.
    directories::ProjectDirs::from("", "Understudy", "Understudy")
        .map(|dirs| dirs.data_local_dir().to_owned())
        .ok_or_else(|| {
            data_folder("This computer has no application data folder for you.")
                .hint(format!("Name one: --data-dir DIR or {DATA_DIR}."))
        })
}
