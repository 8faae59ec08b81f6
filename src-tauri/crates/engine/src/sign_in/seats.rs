//! Who is signed in, in memory: one seat an organization. A seat holds the tokens of this session, the
//! attempt that waits for a person, and why the last one failed. Gone with the process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::{EmailConfigurationForm, OrganizationId, Secret, SignInFailure, SignInWaiting};
use jiff::{SignedDuration, Timestamp};
use store::sign_ins::StoredSignIn;
use tokio::sync::watch;

/// The seats of all organizations.
#[derive(Default)]
pub(crate) struct SignIns {
    seats: Mutex<HashMap<OrganizationId, Arc<Seat>>>,
}

impl SignIns {
    /// The seat of an organization.
    pub(super) fn seat(&self, organization: OrganizationId) -> Arc<Seat> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(seats.entry(organization).or_default())
    }

    /// Gives up every sign-in that waits: nobody listens for a browser any more.
    pub(crate) async fn cancel_all(&self) {
        let waiting: Vec<_> = {
            let seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
            let ended = |seat: &Arc<Seat>| {
                let held = seat.held();
                let attempt = held.attempt.as_ref()?;
                attempt.cancel.send_replace(true);
                Some(attempt.ended.clone())
            };
            seats.values().filter_map(ended).collect()
        };
        for mut ended in waiting {
            // An error means that its task is gone: then it has ended as well.
            let _ = ended.wait_for(|ended| *ended).await;
        }
    }

    /// What was kept of a sign-in is kept no longer; this session goes on with it.
    pub(crate) fn keep_in_memory(&self, organization: OrganizationId) {
        if let Some(signed) = &mut self.seat(organization).held().signed {
            signed.kept = false;
        }
    }

    /// Forgets an organization; an attempt that waits is cancelled.
    pub(crate) fn forget(&self, organization: OrganizationId) {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seat) = seats.remove(&organization) {
            let mut held = seat.held();
            if let Some(attempt) = held.attempt.take() {
                attempt.cancel.send_replace(true);
            }
            held.signed = None;
        }
    }
}

/// The seat of one organization.
#[derive(Default)]
pub(super) struct Seat {
    held: Mutex<Held>,
    /// One change of the sign-in at a time; attempts apart.
    pub(super) renewing: Arc<tokio::sync::Mutex<()>>,
}

/// What a seat holds.
#[derive(Default)]
pub(super) struct Held {
    /// Who is signed in.
    pub(super) signed: Option<Signed>,
    /// What waits for a person.
    pub(super) attempt: Option<Attempt>,
    /// Why the last attempt failed.
    pub(super) failure: Option<SignInFailure>,
    /// The form of the last attempt, saved or not.
    pub(super) asked: Option<EmailConfigurationForm>,
    /// Counts tokens.
    generation: u64,
}

/// Somebody, or an app, who is signed in.
#[derive(Clone)]
pub(super) struct Signed {
    /// What can be shown.
    pub(super) facts: StoredSignIn,
    /// Of a person; an app asks anew. `None` too where they can't be had any more.
    pub(super) tokens: Option<Tokens>,
    /// The database has it.
    pub(super) kept: bool,
    /// Which tokens these are: 1, 2, 3 …
    pub(super) generation: u64,
    /// What has to be told of it besides.
    pub(super) notices: Vec<String>,
}

/// The tokens of a person.
#[derive(Clone)]
pub(super) struct Tokens {
    pub(super) access: Secret,
    pub(super) refresh: Option<Secret>,
    pub(super) expires_at: Timestamp,
    pub(super) got_at: Timestamp,
}

/// How long before its end a token is renewed, where it lives long enough.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);

impl Tokens {
    /// Of an answer that came now.
    pub(super) fn of(tokens: &oauth::Tokens, now: Timestamp) -> Self {
        let secret = |hidden: &oauth::Hidden| Secret::new(hidden.reveal().to_owned());
        Self {
            access: secret(&tokens.access),
            refresh: tokens.refresh.as_ref().map(secret),
            expires_at: tokens.expires_at,
            got_at: now,
        }
    }

    /// Whether it is time to renew: five minutes before the end, or the last quarter of a short life.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let life = self.expires_at.duration_since(self.got_at);
        let margin = RENEW_BEFORE.min(life / 4);
        self.expires_at.duration_since(now) <= margin
    }

    /// Whether the access token is over.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// A sign-in that waits for a person.
pub(super) struct Attempt {
    /// Tells attempts apart.
    pub(super) id: u64,
    pub(super) link: url::Url,
    pub(super) user_code: Option<String>,
    pub(super) until: Timestamp,
    pub(super) redirect_uri: Option<String>,
    pub(super) discarded: Arc<AtomicU32>,
    pub(super) cancel: watch::Sender<bool>,
    pub(super) ended: watch::Receiver<bool>,
}

impl Attempt {
    pub(super) fn shown(&self, now: Timestamp) -> SignInWaiting {
        let left = self.until.duration_since(now).as_secs();
        SignInWaiting {
            link: self.link.to_string(),
            user_code: self.user_code.clone(),
            until: self.until.to_string(),
            seconds_left: u64::try_from(left).unwrap_or(0),
            redirect_uri: self.redirect_uri.clone(),
            discarded: self.discarded.load(Relaxed),
        }
    }
}

impl Seat {
    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The form of the last attempt in this session.
    pub(super) fn asked_form(&self) -> Option<EmailConfigurationForm> {
        self.held().asked.clone()
    }
}

impl Held {
    /// Seats somebody, and answers which tokens these are.
    pub(super) fn sit(
        &mut self,
        facts: StoredSignIn,
        tokens: Option<Tokens>,
        kept: bool,
        notices: Vec<String>,
    ) -> Signed {
        self.generation += 1;
        let signed = Signed {
            facts,
            tokens,
            kept,
            generation: self.generation,
            notices,
        };
        self.signed = Some(signed.clone());
        signed
    }

    /// Another number each time somebody is seated.
    pub(super) const fn changes(&self) -> u64 {
        self.generation
    }

    /// Whether this is who sits here already, or somebody sits here who is not kept.
    pub(super) fn is_known(&self, row: Option<&StoredSignIn>) -> bool {
        match (&self.signed, row) {
            (Some(signed), Some(row)) => !signed.kept || signed.facts == *row,
            (Some(signed), None) => !signed.kept,
            (None, row) => row.is_none(),
        }
    }

    /// A number that no attempt had before.
    pub(super) fn next_attempt(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }
}

#[cfg(test)]
mod tests {
    use contract::Secret;
    use jiff::{SignedDuration, Timestamp};

    use super::Tokens;

    #[test]
    fn tokens_are_renewed_in_good_time_and_short_ones_not_at_once() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        let living = |minutes| Tokens {
            access: Secret::new("t".to_owned()),
            refresh: None,
            expires_at: now + SignedDuration::from_mins(minutes),
            got_at: now,
        };
        let after = |minutes| now + SignedDuration::from_mins(minutes);
        let hour = living(60);
        assert!(!hour.is_due(after(54)) && hour.is_due(after(55)));
        assert!(!hour.is_over(after(59)) && hour.is_over(after(60)));
        let short = living(4);
        assert!(!short.is_due(now) && short.is_due(after(3)));
    }
}
