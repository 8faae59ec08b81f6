//! The tokens that were shown: how often each was taken, and which have run out before their time.
//! Keeps their ids, never a token.

use std::sync::Mutex;

use super::Claims;
use crate::counters::TokenUse;

/// What is known of them.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<Vec<Known>>);

#[derive(Debug)]
struct Known {
    seen: TokenUse,
    expired: bool,
}

impl Tokens {
    /// Whether its time was let run out.
    pub(crate) fn is_expired(&self, id: &str) -> bool {
        let known = self.known();
        known
            .iter()
            .any(|known| known.seen.id == id && known.expired)
    }

    /// Counts a request with this token.
    pub(crate) fn count(&self, id: String, claims: &Claims, accepted: bool) {
        let mut known = self.known();
        // The latest is the one in use.
        let place = known.iter().rposition(|known| known.seen.id == id);
        let place = place.unwrap_or_else(|| {
            known.push(Known {
                seen: fresh(id, claims),
                expired: false,
            });
            known.len() - 1
        });
        let seen = &mut known[place].seen;
        if accepted {
            seen.accepted += 1;
        } else {
            seen.refused += 1;
        }
    }

    /// Lets the time of all run out that are known.
    pub(crate) fn expire(&self) {
        self.known()
            .iter_mut()
            .for_each(|known| known.expired = true);
    }

    /// The counts.
    pub(crate) fn uses(&self) -> Vec<TokenUse> {
        self.known()
            .iter()
            .map(|known| known.seen.clone())
            .collect()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Vec<Known>> {
        self.0
            .lock()
            .expect("nothing panics while it holds the tokens")
    }
}

fn fresh(id: String, claims: &Claims) -> TokenUse {
    let app_only = !claims.is_delegated();
    let user = claims.users().next().filter(|_| !app_only);
    let caller = user.or(claims.application()).unwrap_or_default();
    TokenUse {
        id,
        caller: caller.to_owned(),
        app_only,
        accepted: 0,
        refused: 0,
    }
}
