//! The key store of the operating system: Windows Credential Manager, macOS Keychain, or the Secret
//! Service of a Linux desktop. There is no file to fall back to.
//!
//! Every call runs on a thread of its own with a time limit: the Secret Service blocks (on an
//! asynchronous thread it would panic), and it may ask a person who is not there.

use std::sync::mpsc;
use std::time::Duration;

use contract::{Code, Problem, Secret};
use keyring::{Entry, Error};
use zeroize::Zeroize as _;

use crate::ports::Vault;

/// Under which secrets are listed in the key store.
const SERVICE: &str = "Understudy";
/// Time for a person to unlock the key store.
const PATIENCE: Duration = Duration::from_mins(2);
/// Time for the key store to say that it is there.
const PROBE: Duration = Duration::from_secs(5);
/// Largest secret of the Windows Credential Manager, `CRED_MAX_CREDENTIAL_BLOB_SIZE`, in bytes:
/// <https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentiala>.
const WINDOWS_BYTES: usize = 2_560;

/// The key store of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlatformVault;

impl Vault for PlatformVault {
    fn name(&self) -> &'static str {
        if cfg!(windows) {
            "Windows Credential Manager"
        } else if cfg!(target_os = "macos") {
            "Keychain"
        } else {
            "Secret Service"
        }
    }

    fn probe(&self) -> Result<(), Problem> {
        on_own_thread(PROBE, || match Entry::store_status() {
            Ok(()) => Ok(()),
            Err(error) => Err(missing(error)),
        })
    }

    fn store(&self, key: &str, secret: &Secret) -> Result<(), Problem> {
        if cfg!(windows) {
            fits(secret)?;
        }
        let (key, secret) = (key.to_owned(), secret.clone());
        on_own_thread(PATIENCE, move || {
            entry(&key)?
                .set_password(secret.expose())
                .map_err(|error| problem(&error))
        })
    }

    fn load(&self, key: &str) -> Result<Option<Secret>, Problem> {
        let key = key.to_owned();
        on_own_thread(PATIENCE, move || match entry(&key)?.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(problem_with(error)),
        })
    }

    fn remove(&self, key: &str) -> Result<(), Problem> {
        let key = key.to_owned();
        on_own_thread(PATIENCE, move || match entry(&key)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(problem(&error)),
        })
    }
}

fn entry(key: &str) -> Result<Entry, Problem> {
    if let Err(error) = Entry::store_status() {
        return Err(missing(error));
    }
    Entry::new(SERVICE, key).map_err(|error| problem(&error))
}

/// Windows keeps text as UTF-16.
fn fits(secret: &Secret) -> Result<(), Problem> {
    let bytes = secret.expose().encode_utf16().count() * 2;
    if bytes <= WINDOWS_BYTES {
        return Ok(());
    }
    Err(Problem::new(
        Code::KeyStore,
        format!("The password is too long for the Windows Credential Manager: {bytes} bytes, at most {WINDOWS_BYTES} fit."),
    )
    .hint("Choose a shorter password, or `Ask each time`.")
    .field("password"))
}

/// A thread that hangs is left behind: it must not keep the program from closing.
fn on_own_thread<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (sender, receiver) = mpsc::channel();
    let started = std::thread::Builder::new()
        .name("key store".to_owned())
        .spawn(move || {
            // Nobody listens any more after the time limit; the answer is dropped, and wiped.
            let _ = sender.send(work());
        });
    if let Err(error) = started {
        return Err(crate::problems::internal("asking the key store", &error));
    }
    receiver.recv_timeout(limit).unwrap_or_else(|error| {
        Err(match error {
            mpsc::RecvTimeoutError::Timeout => Problem::new(
                Code::KeyStore,
                format!("The key store did not answer within {} seconds.", limit.as_secs()),
            )
            .hint("Unlock it (a window may be waiting for you) and try again, or choose `Ask each time`."),
            mpsc::RecvTimeoutError::Disconnected => {
                Problem::new(Code::KeyStore, "The key store failed in an unexpected way.")
                    .hint("Choose `Ask each time`, and report this.")
            }
        })
    })
}

/// The key store is not there at all.
fn missing(error: &Error) -> Problem {
    // Whoever asked says it; a command of the command line asks more than once.
    tracing::debug!(%error, "no key store");
    if cfg!(any(windows, target_os = "macos")) {
        return Problem::new(
            Code::KeyStore,
            format!("The key store cannot be used: {}.", said(error)),
        )
        .hint("Choose `Ask each time`.");
    }
    Problem::new(Code::KeyStore, "There is no key store: no Secret Service answers on this session's D-Bus.")
        .hint("Install and unlock one (gnome-keyring, KWallet or KeePassXC) and start Understudy again, or choose `Ask each time`.")
}

/// As [`problem`]; bytes that came out are wiped.
fn problem_with(mut error: Error) -> Problem {
    let problem = problem(&error);
    if let Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) = &mut error {
        bytes.zeroize();
    }
    problem
}

/// What the key store said. Never what it holds.
fn problem(error: &Error) -> Problem {
    let text = said(error);
    let locked = matches!(error, Error::NoStorageAccess(_)) || text.contains("IsLocked");
    if locked {
        return Problem::new(
            Code::KeyStore,
            "The key store is locked, or refused access.",
        )
        .hint("Unlock it and try again, or choose `Ask each time`.");
    }
    Problem::new(Code::KeyStore, format!("The key store refused: {text}."))
        .hint("Unlock or repair it and try again, or choose `Ask each time`.")
}

fn said(error: &Error) -> String {
    match error {
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => source.to_string(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            "what it holds is not a password".to_owned()
        }
        Error::Ambiguous(entries) => format!("{} entries have the same name", entries.len()),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use contract::{Code, Secret};
    use keyring::Error;

    use super::{PlatformVault, fits, on_own_thread, problem};
    use crate::ports::Vault as _;

    #[test]
    fn windows_takes_1280_utf16_units() {
        assert!(fits(&Secret::new("ä".repeat(1_280))).is_ok());
        let refused = fits(&Secret::new("ä".repeat(1_281))).expect_err("too long");
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::KeyStore, Some("password"))
        );
        assert!(
            !refused.message.contains('ä'),
            "the password stays out of the message"
        );
    }

    #[test]
    fn what_it_holds_is_never_said() {
        let said = problem(&Error::BadEncoding(b"hunter2\xff".to_vec()));
        assert!(
            !format!("{said:?}").contains("hunter2") && !format!("{said:?}").contains("104, 117")
        );
    }

    #[test]
    fn a_key_store_that_hangs_is_left_alone() {
        let limit = std::time::Duration::from_millis(20);
        let answer = on_own_thread(limit, || {
            std::thread::sleep(std::time::Duration::from_secs(2));
            Ok(())
        });
        assert_eq!(answer.map_err(|problem| problem.code), Err(Code::KeyStore));
    }

    /// Needs an unlocked Secret Service: `dbus-run-session` with `gnome-keyring-daemon --unlock`.
    #[tokio::test]
    #[ignore = "needs a key store: dbus-run-session with an unlocked gnome-keyring"]
    async fn a_real_key_store_keeps_and_forgets() {
        let vault = PlatformVault;
        vault.probe().expect("a key store");
        let (key, text) = ("test-of-the-adapter", "pässwörd \u{1F511}\nsecond line");
        assert!(
            vault.load(key).expect("readable").is_none(),
            "left over from an earlier test"
        );
        vault
            .store(key, &Secret::new("another".into()))
            .expect("stored");
        vault
            .store(key, &Secret::new(text.into()))
            .expect("replaced");
        assert_eq!(
            vault.load(key).expect("readable").expect("there").expose(),
            text
        );
        vault.remove(key).expect("removed");
        assert!(vault.load(key).expect("readable").is_none(), "it is gone");
        vault.remove(key).expect("nothing to remove is fine");
    }
}
