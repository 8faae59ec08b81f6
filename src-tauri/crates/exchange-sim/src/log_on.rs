//! Basic credentials against the accounts, and the lock-out of all schemes. Passwords are compared
//! and forgotten; none is kept, counted or printed.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::directory::Directory;
use crate::options::AccountState;

/// Outcome of a log-on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LogOn {
    /// The account of this index; its state is still to be looked at.
    Accepted(usize),
    /// Wrong name or password.
    Refused,
    /// Locked out, whatever the password.
    LockedOut,
}

/// Refused passwords by account, for the lock-out.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    any: AtomicBool,
    by_account: Mutex<HashMap<usize, u32>>,
}

impl Refusals {
    /// Judges an `Authorization` value of the scheme Basic.
    pub(crate) fn judge(&self, directory: &Directory, authorization: &[u8]) -> LogOn {
        let Some(decoded) = basic(authorization) else {
            return LogOn::Refused;
        };
        let Some((index, password)) = find(directory, &decoded) else {
            return LogOn::Refused;
        };
        let Some(account) = directory.account_at(index) else {
            return LogOn::Refused;
        };
        if self.is_shut(directory, index) {
            return LogOn::LockedOut;
        }
        if same_password(&password, &account.password) {
            self.forget(index);
            return LogOn::Accepted(index);
        }
        self.refused(index);
        LogOn::Refused
    }

    /// Forgets all refusals: an administrator unlocked the accounts.
    pub(crate) fn unlock(&self) {
        self.counts().clear();
        self.any.store(false, Ordering::Release);
    }

    /// Whether the account is locked, by an administrator or by refused passwords.
    pub(crate) fn is_shut(&self, directory: &Directory, account: usize) -> bool {
        let state = directory.account_at(account).map(|account| account.state);
        state == Some(AccountState::Locked) || self.is_locked(directory, account)
    }

    /// Counts a refused password (or channel binding).
    pub(crate) fn refused(&self, account: usize) {
        *self.counts().entry(account).or_default() += 1;
        self.any.store(true, Ordering::Release);
    }

    /// Forgets the refusals of an account: it logged on.
    pub(crate) fn forget(&self, account: usize) {
        if self.any.load(Ordering::Acquire) {
            self.counts().remove(&account);
        }
    }

    fn is_locked(&self, directory: &Directory, account: usize) -> bool {
        let Some(limit) = directory.options.lock_out_after else {
            return false;
        };
        self.any.load(Ordering::Acquire)
            && self
                .counts()
                .get(&account)
                .is_some_and(|&refused| refused >= limit)
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, HashMap<usize, u32>> {
        self.by_account
            .lock()
            .expect("nothing panics while it holds the counts")
    }
}

/// The decoded `user:password` of a Basic value.
fn basic(authorization: &[u8]) -> Option<Vec<u8>> {
    let (scheme, token) = authorization.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    STANDARD.decode(token.trim_ascii()).ok()
}

/// The account and the raw password; the name is read as UTF-8, else as Latin-1.
fn find(directory: &Directory, decoded: &[u8]) -> Option<(usize, Vec<u8>)> {
    let colon = decoded.iter().position(|&byte| byte == b':')?;
    let (name, password) = (&decoded[..colon], &decoded[colon + 1..]);
    let utf8 = std::str::from_utf8(name)
        .ok()
        .and_then(|name| directory.account(name));
    let index = utf8.or_else(|| directory.account(&latin_1(name)))?;
    Some((index, password.to_vec()))
}

fn same_password(sent: &[u8], expected: &str) -> bool {
    sent == expected.as_bytes() || latin_1(sent) == expected
}

fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Account, Options};

    fn value(name: &[u8], password: &[u8]) -> Vec<u8> {
        format!("Basic {}", STANDARD.encode([name, b":", password].concat())).into_bytes()
    }

    fn directory(password: &str) -> Directory {
        let account = Account {
            password: password.to_owned(),
            ..Account::default()
        };
        Directory::new(Options {
            accounts: vec![account],
            lock_out_after: Some(2),
            ..Options::default()
        })
    }

    #[test]
    fn takes_utf8_and_latin_1_and_any_case_of_the_name() {
        let directory = directory("Pässe:1");
        let refusals = Refusals::default();
        let upper = value(b"contoso\\SVC-EWS", "Pässe:1".as_bytes());
        assert_eq!(refusals.judge(&directory, &upper), LogOn::Accepted(0));
        let latin = value(b"svc-ews@contoso.com", b"P\xe4sse:1");
        assert_eq!(refusals.judge(&directory, &latin), LogOn::Accepted(0));
        for wrong in [
            &b"Basic !"[..],
            b"Negotiate abc",
            b"",
            &value(b"nobody", b"x"),
        ] {
            assert_eq!(refusals.judge(&directory, wrong), LogOn::Refused);
        }
    }

    #[test]
    fn locks_after_the_limit_even_for_the_right_password() {
        let directory = directory("right");
        let refusals = Refusals::default();
        let wrong = value(b"CONTOSO\\svc-ews", b"wrong");
        assert_eq!(refusals.judge(&directory, &wrong), LogOn::Refused);
        assert_eq!(refusals.judge(&directory, &wrong), LogOn::Refused);
        let right = value(b"CONTOSO\\svc-ews", b"right");
        assert_eq!(refusals.judge(&directory, &right), LogOn::LockedOut);
        refusals.unlock();
        assert_eq!(refusals.judge(&directory, &right), LogOn::Accepted(0));
    }
}
