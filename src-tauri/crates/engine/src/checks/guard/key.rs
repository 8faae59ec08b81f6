//! The key of the guard: in the key store, else in a file that its owner alone can read, and in memory.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{Problem, Secret};
use zeroize::Zeroizing;

use crate::ports::Vault;
use crate::problems::of_io;
use crate::stage::{Stage, on_blocking_thread};

/// Name of the key in the key store.
const ENTRY: &str = "refused-passwords-key";
/// Name of the file in the data folder.
const FILE: &str = "guard.key";

/// 32 random bytes.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// The key that this process made or found.
#[derive(Default)]
pub(super) struct Made(Arc<Mutex<Option<Key>>>);

/// Every key there is: two, where the key store came or went meanwhile.
pub(super) async fn known(stage: &Stage) -> Result<Vec<Key>, Problem> {
    let places = Places::of(stage);
    on_blocking_thread(move || Ok(places.known())).await
}

/// The same; one is made where there is none.
pub(super) async fn known_or_new(stage: &Stage) -> Result<Vec<Key>, Problem> {
    let places = Places::of(stage);
    let mut new = Key::default();
    new[..16].copy_from_slice(&stage.dice.roll());
    new[16..].copy_from_slice(&stage.dice.roll());
    on_blocking_thread(move || {
        let known = places.known();
        Ok(if known.is_empty() {
            vec![places.keep(new)]
        } else {
            known
        })
    })
    .await
}

struct Places {
    vault: Arc<dyn Vault>,
    file: Option<PathBuf>,
    made: Arc<Mutex<Option<Key>>>,
}

impl Places {
    fn of(stage: &Stage) -> Self {
        let folder = stage.guard.elsewhere.as_ref().or(stage.folder.as_ref());
        Self {
            vault: Arc::clone(&stage.vault),
            file: folder.map(|folder| folder.join(FILE)),
            made: Arc::clone(&stage.guard.made.0),
        }
    }

    fn known(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let in_store = match self.vault.load(ENTRY) {
            Ok(found) => found.as_ref().and_then(|text| read(text.expose())),
            Err(problem) => {
                tracing::debug!(%problem, "the key of the guard is not asked of the key store");
                None
            }
        };
        let in_file = self.file.as_deref().and_then(read_file);
        for key in [made.clone(), in_store, in_file].into_iter().flatten() {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// Keeps a new key. Answers the one that counts: another process may have been faster.
    fn keep(&self, new: Key) -> Key {
        let text = Secret::new(STANDARD.encode(*new));
        let kept = match (self.vault.store(ENTRY, &text), &self.file) {
            (Ok(()), _) => new,
            (Err(problem), None) => {
                tracing::debug!(%problem, "the key of the guard is in memory only");
                new
            }
            (Err(_), Some(file)) => match write_file(file, text.expose()) {
                Ok(()) => new,
                Err(problem) => read_file(file).unwrap_or_else(|| {
                    tracing::warn!(%problem, "the key of the guard is in memory only");
                    new
                }),
            },
        };
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept.clone());
        kept
    }
}

fn read(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
    let mut key = Key::default();
    if bytes.len() != key.len() {
        return None;
    }
    key.copy_from_slice(&bytes);
    Some(key)
}

fn read_file(path: &Path) -> Option<Key> {
    let text = Zeroizing::new(fs::read_to_string(path).ok()?);
    read(&text)
}

/// Never replaces a file: the rows of another process may need its key.
fn write_file(path: &Path, text: &str) -> Result<(), Problem> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    for_owner_only(&mut options);
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| of_io(path, &error))
}

#[cfg(unix)]
fn for_owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// The folder of the profile is private already.
#[cfg(not(unix))]
fn for_owner_only(_: &mut OpenOptions) {}
