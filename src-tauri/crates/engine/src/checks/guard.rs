//! The lock-out guard over time: a password that a server refused within the last half hour is not
//! sent to it again unless someone asks for it. (Within a run the first lane logs on alone and a
//! refusal is final; that is `overture`.)
//!
//! A refusal is noted as HMAC-SHA256 of server, account and password under a random key. Never the
//! password, and no hash that could be tried out without the key: whoever has only a copy of the
//! database cannot guess at it. The key is therefore kept apart, in the key store. Servers and
//! containers often have none, and there the guard matters most (a scheduled check locks an account
//! within minutes): then the key stands in `guard.key` in the data folder, readable by its owner only,
//! and in memory in case that cannot be written either. Such a folder, copied whole, lets somebody try
//! guesses at a password that was *refused*, for half an hour; the rows are deleted then.
//!
//! A check that goes well makes nothing: no key, no file, no folder. Trouble with the guard is logged
//! and never keeps a check from running.

mod key;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use contract::{Authentication, Cause, Code, Problem, RunProgress, RunState, Secret};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use store::{Db, refused_passwords};

use self::key::Key;
use super::plan::Plan;
use crate::problems::{of_open, of_store};
use crate::stage::{Stage, on_blocking_thread};

/// How long a refusal counts. Directories forget failed sign-ins after 10 to 30 minutes ("Reset
/// account lockout counter after"):
/// <https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/reset-account-lockout-counter-after>.
const COUNTS: SignedDuration = SignedDuration::from_mins(30);

/// Whether a password that was refused lately is sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SendAgain {
    /// Not before someone was asked: the run does not begin ([`Code::PasswordRefused`]).
    #[default]
    Ask,
    /// Nobody is there to be asked: the run begins, and stops before the log-on.
    Never,
    /// It is sent.
    Yes,
}

/// What the guard keeps of a stage.
#[derive(Default)]
pub(crate) struct Guard {
    /// The data folder where refusals are noted, where it is not the stage's own.
    elsewhere: Option<PathBuf>,
    made: key::Made,
}

impl Guard {
    pub(crate) fn new(elsewhere: Option<PathBuf>) -> Self {
        Self {
            elsewhere,
            made: key::Made::default(),
        }
    }
}

/// A password with the place it is sent to.
pub(super) struct Sent {
    host: String,
    port: u16,
    account: String,
    password: Secret,
}

/// A password in use: how the guard judged it before the run, and what the server said since.
pub(crate) struct Watched {
    sent: Option<Sent>,
    /// The run must not send it; the sentence says why.
    pub(crate) held_back: Option<String>,
    accepted: AtomicBool,
    refused: AtomicBool,
}

impl Watched {
    /// Asks the guard before a run.
    ///
    /// # Errors
    /// [`Code::PasswordRefused`] where someone is to be asked.
    pub(super) async fn begin(
        stage: &Stage,
        plan: &Plan,
        password: &Secret,
        again: SendAgain,
    ) -> Result<Self, Problem> {
        let sent = Sent::of(plan, password)?;
        let refused = match &sent {
            Some(sent) if again != SendAgain::Yes => refused_at(stage, sent).await,
            _ => None,
        };
        let held_back = match (refused, &sent) {
            (Some(at), Some(sent)) if again == SendAgain::Ask => {
                return Err(sent.problem(at, stage.clock.now()));
            }
            (Some(at), Some(sent)) => Some(sent.held_back(at, stage.clock.now())),
            _ => None,
        };
        Ok(Self {
            sent,
            held_back,
            accepted: AtomicBool::new(false),
            refused: AtomicBool::new(false),
        })
    }

    /// The server, or the KDC, took it.
    pub(super) fn accepted(&self) {
        self.accepted.store(true, SeqCst);
    }

    /// The server, or the KDC, refused it where that stops nothing: the last word all the same.
    pub(super) fn refused(&self) {
        self.refused.store(true, SeqCst);
    }

    /// Notes or forgets it, once the run has ended.
    pub(super) async fn end(&self, stage: &Stage, last: &RunProgress) {
        let cause = last.cause.filter(|_| last.state == RunState::Stopped);
        self.told(stage, cause).await;
    }

    /// Notes or forgets it: what stopped the use of it, if anything did.
    pub(super) async fn told(&self, stage: &Stage, stopped: Option<Cause>) {
        let Some(sent) = self.sent.as_ref().filter(|_| self.held_back.is_none()) else {
            return;
        };
        let refused = matches!(stopped, Some(Cause::AuthRejected | Cause::AuthLost))
            || self.refused.load(SeqCst);
        let noted = if refused {
            note(stage, sent).await
        } else if self.accepted.load(SeqCst) {
            forget(stage, sent).await
        } else {
            Ok(())
        };
        if let Err(problem) = noted {
            tracing::warn!(%problem, "what the server said of the password could not be noted");
        }
    }
}

/// What [`SendAgain::Ask`] would answer for this password; `None`: it may be sent.
///
/// # Errors
/// [`Code::Invalid`] for a plan that names no server.
pub(super) async fn question(
    stage: &Stage,
    plan: &Plan,
    password: &Secret,
) -> Result<Option<Problem>, Problem> {
    let Some(sent) = Sent::of(plan, password)? else {
        return Ok(None);
    };
    let refused = refused_at(stage, &sent).await;
    Ok(refused.map(|at| sent.problem(at, stage.clock.now())))
}

impl Sent {
    /// `None` where no password is sent.
    fn of(plan: &Plan, password: &Secret) -> Result<Option<Self>, Problem> {
        let by_password = match plan.authentication {
            Authentication::Automatic
            | Authentication::Negotiate
            | Authentication::Ntlm
            | Authentication::Basic => !password.is_empty(),
            Authentication::SignedInUser | Authentication::Bearer => false,
        };
        if !by_password {
            return Ok(None);
        }
        let endpoint = plan.endpoint()?;
        Ok(Some(Self {
            host: endpoint.host().to_ascii_lowercase(),
            port: endpoint.port(),
            account: plan.account.trim().to_owned(),
            password: password.clone(),
        }))
    }

    fn hash(&self, key: &Key) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&**key).expect("HMAC takes any key");
        let port = self.port.to_be_bytes();
        let account = self.account.to_lowercase();
        let parts: [&[u8]; 5] = [
            b"understudy refused password 1",
            self.host.as_bytes(),
            &port,
            account.as_bytes(),
            self.password.expose().as_bytes(),
        ];
        for part in parts {
            // Lengths first, so that no two secrets share their bytes.
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn problem(&self, at: Timestamp, now: Timestamp) -> Problem {
        let message = format!(
            "This password was refused {} by {}. Sending it again may lock {}.",
            when(at, now),
            self.host,
            self.account
        );
        Problem::new(Code::PasswordRefused, message)
            .field("password")
            .hint(format!(
                "Check the name and the password first. Send it once more only if it is right now, or wait until {} UTC.",
                clock(at.checked_add(COUNTS).unwrap_or(at))
            ))
    }

    fn held_back(&self, at: Timestamp, now: Timestamp) -> String {
        format!(
            "The password of {} was not sent: {} refused it {}, and sending it again may lock the account. \
             Check the password, or wait until {} UTC; if it is right now, start the check once more with --send-again.",
            self.account,
            self.host,
            when(at, now),
            clock(at.checked_add(COUNTS).unwrap_or(at))
        )
    }
}

/// `3 minutes ago (14:02 UTC)`.
fn when(at: Timestamp, now: Timestamp) -> String {
    let ago = match now.duration_since(at).as_mins() {
        ..=0 => "less than a minute ago".to_owned(),
        1 => "1 minute ago".to_owned(),
        minutes => format!("{minutes} minutes ago"),
    };
    format!("{ago} ({} UTC)", clock(at))
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M").to_string()
}

/// When it was refused, if that still counts. A guard that cannot be asked lets it pass.
async fn refused_at(stage: &Stage, sent: &Sent) -> Option<Timestamp> {
    match look_up(stage, sent).await {
        Ok(found) => found,
        Err(problem) => {
            tracing::warn!(%problem, "cannot tell whether the password was refused lately");
            None
        }
    }
}

async fn look_up(stage: &Stage, sent: &Sent) -> Result<Option<Timestamp>, Problem> {
    let Some(db) = database(stage, Make::Nothing).await? else {
        return Ok(None);
    };
    if !tidy(stage, &db).await? {
        return Ok(None);
    }
    let hashes = hashes(sent, &key::known(stage).await?);
    let found = db.read(move |tx| {
        let mut newest = None;
        for hash in &hashes {
            newest = newest.max(refused_passwords::refused_at(tx, hash)?);
        }
        Ok(newest)
    });
    let newest: Option<Timestamp> = found
        .await
        .map_err(of_store)?
        .and_then(|text| text.parse().ok());
    // A time to come was noted by a clock that was wrong.
    let now = stage.clock.now();
    Ok(newest.filter(|at| at.duration_since(now) < COUNTS))
}

async fn note(stage: &Stage, sent: &Sent) -> Result<(), Problem> {
    let Some(db) = database(stage, Make::Whatever).await? else {
        return Ok(());
    };
    tidy(stage, &db).await?;
    let hashes = hashes(sent, &key::known_or_new(stage).await?);
    let now = stage.now();
    let noted = db.write(move |tx| {
        hashes
            .iter()
            .try_for_each(|hash| refused_passwords::note(tx, hash, &now))
    });
    noted.await.map_err(of_store)
}

async fn forget(stage: &Stage, sent: &Sent) -> Result<(), Problem> {
    let Some(db) = database(stage, Make::Nothing).await? else {
        return Ok(());
    };
    if !tidy(stage, &db).await? {
        return Ok(());
    }
    let hashes = hashes(sent, &key::known(stage).await?);
    let forgotten = db.write(move |tx| {
        hashes
            .iter()
            .try_for_each(|hash| refused_passwords::forget(tx, hash))
    });
    forgotten.await.map_err(of_store)
}

fn hashes(sent: &Sent, keys: &[Key]) -> Vec<[u8; 32]> {
    keys.iter().map(|key| sent.hash(key)).collect()
}

/// Deletes what counts no more. Answers whether anything is left: without, no key is needed.
async fn tidy(stage: &Stage, db: &Db) -> Result<bool, Problem> {
    let any = db.read(refused_passwords::any).await.map_err(of_store)?;
    if !any {
        return Ok(false);
    }
    let before = stage.ago(COUNTS);
    let left = db.write(move |tx| {
        refused_passwords::forget_before(tx, &before)?;
        refused_passwords::any(tx)
    });
    left.await.map_err(of_store)
}

/// What may be made where it is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Make {
    Nothing,
    Whatever,
}

/// Where refusals are noted.
async fn database(stage: &Stage, make: Make) -> Result<Option<Db>, Problem> {
    let Some(folder) = stage.guard.elsewhere.clone() else {
        return Ok(Some(stage.db.clone()));
    };
    on_blocking_thread(move || {
        match make {
            Make::Nothing => Db::open_current(&folder),
            Make::Whatever => Db::open(&folder).map(Some),
        }
        .map_err(|error| of_open(&error))
    })
    .await
}

#[cfg(test)]
mod tests {
    use contract::Secret;
    use jiff::Timestamp;
    use zeroize::Zeroizing;

    use super::{Sent, when};

    fn sent() -> Sent {
        Sent {
            host: "mail.contoso.com".to_owned(),
            port: 443,
            account: "CONTOSO\\svc".to_owned(),
            password: Secret::new("pässword".to_owned()),
        }
    }

    #[test]
    fn server_account_and_password_count_and_case_of_the_account_does_not() {
        let key = Zeroizing::new([7; 32]);
        let hash = |change: fn(&mut Sent)| {
            let mut sent = sent();
            change(&mut sent);
            sent.hash(&key)
        };
        let same = hash(|_| ());
        assert_eq!(hash(|sent| sent.account = "contoso\\SVC".into()), same);
        let mut all = vec![
            same,
            hash(|sent| sent.host = "mail2.contoso.com".into()),
            hash(|sent| sent.port = 444),
            hash(|sent| sent.account = "CONTOSO\\svc2".into()),
            hash(|sent| sent.password = Secret::new("Pässword".into())),
            sent().hash(&Zeroizing::new([8; 32])),
        ];
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 6, "two secrets share a hash");
    }

    #[test]
    fn times_are_told_in_words() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let refused = at("2026-11-22T14:02:30Z");
        for (now, said) in [
            ("2026-11-22T14:02:31Z", "less than a minute ago (14:02 UTC)"),
            ("2026-11-22T14:01:00Z", "less than a minute ago (14:02 UTC)"),
            ("2026-11-22T14:03:59Z", "1 minute ago (14:02 UTC)"),
            ("2026-11-22T14:06:00Z", "3 minutes ago (14:02 UTC)"),
        ] {
            assert_eq!(when(refused, at(now)), said);
        }
    }
}
