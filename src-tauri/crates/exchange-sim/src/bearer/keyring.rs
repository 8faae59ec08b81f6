//! The keys that tokens are verified with: given, or learned from an identity provider on loopback
//! whenever a token names one that is not known. Verifies nothing itself.

use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::decode_header;
use jsonwebtoken::jwk::JwkSet;

use super::SigningKeys;
use super::fetch::{self, FetchError};

/// Keys by id.
pub(crate) type KeySet = Arc<JwkSet>;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LearnError {
    #[error("{0} could not be read")]
    Fetch(String, #[source] FetchError),
    #[error("what stands there is no JWK set")]
    Json(#[from] serde_json::Error),
}

/// What is known of the latest source of keys.
#[derive(Debug, Default)]
pub(crate) struct Keyring {
    known: Mutex<Option<(SigningKeys, KeySet)>>,
    asking: tokio::sync::Mutex<()>,
}

impl Keyring {
    /// The keys of this source, with that of the token if it has it.
    pub(crate) async fn keys(
        &self,
        source: &SigningKeys,
        token: &str,
    ) -> Result<KeySet, LearnError> {
        if let Some(keys) = self.known(source, token) {
            return Ok(keys);
        }
        let _one_at_a_time = self.asking.lock().await;
        if let Some(keys) = self.known(source, token) {
            return Ok(keys);
        }
        let keys: JwkSet = match source {
            SigningKeys::Given(json) => serde_json::from_str(json)?,
            SigningKeys::Url { url, ca_pem } => {
                let body = fetch::get(url, ca_pem.as_deref())
                    .await
                    .map_err(|error| LearnError::Fetch(url.clone(), error))?;
                serde_json::from_slice(&body)?
            }
        };
        let keys = Arc::new(keys);
        *self.slot() = Some((source.clone(), Arc::clone(&keys)));
        Ok(keys)
    }

    /// What is known, if asking again can bring nothing new.
    fn known(&self, source: &SigningKeys, token: &str) -> Option<KeySet> {
        let slot = self.slot();
        let (_, keys) = slot.as_ref().filter(|(known, _)| known == source)?;
        let named = decode_header(token).ok().and_then(|header| header.kid);
        let settled = matches!(source, SigningKeys::Given(_))
            || named.is_none_or(|kid| keys.find(&kid).is_some());
        settled.then(|| Arc::clone(keys))
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<(SigningKeys, KeySet)>> {
        // A whole value is swapped in, so there is no half-made one to fear.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
