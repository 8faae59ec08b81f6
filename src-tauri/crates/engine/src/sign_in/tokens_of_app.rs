//! The tokens of an app: asked for with its certificate or secret, and anew before they end. Nothing of
//! them is kept.

use std::sync::Arc;

use oauth::{Credential, Failure};

use super::failures::no_token;
use super::seats::Tokens;
use super::settled::{Settled, no_authority};
use crate::ports::{AccessToken, BoxFuture, NoToken, TokenSource};

/// The tokens of an app.
pub(super) struct OfApp {
    settled: Arc<Settled>,
    credential: Credential,
    /// The token in use; one request at a time asks for the next.
    held: tokio::sync::Mutex<Option<(Tokens, u64)>>,
}

impl OfApp {
    pub(super) fn new(settled: Arc<Settled>, credential: Credential) -> Self {
        Self {
            settled,
            credential,
            held: tokio::sync::Mutex::new(None),
        }
    }

    /// Another one, if this generation is the newest.
    async fn another(&self, than: Option<u64>) -> Result<AccessToken, NoToken> {
        let mut held = self.held.lock().await;
        let now = self.settled.stage.clock.now();
        let generation = match held.as_ref() {
            Some((tokens, generation)) => {
                let newer = than.is_some_and(|than| than != *generation);
                if newer || (than.is_none() && !tokens.is_due(now)) {
                    return Ok(of_app(tokens, *generation));
                }
                *generation
            }
            None => 0,
        };
        match of_authority(&self.settled, &self.credential).await {
            Ok(tokens) => {
                let tokens = Tokens::of(&tokens, now);
                let answer = of_app(&tokens, generation + 1);
                *held = Some((tokens, generation + 1));
                Ok(answer)
            }
            Err(failure) => {
                let good = held
                    .as_ref()
                    .filter(|(tokens, _)| than.is_none() && !tokens.is_over(now));
                let host = self.settled.authority_host();
                match (good, no_token(&failure, &host)) {
                    (Some((tokens, generation)), NoToken::Unreachable { .. }) => {
                        Ok(of_app(tokens, *generation))
                    }
                    (_, none) => Err(none),
                }
            }
        }
    }
}

impl TokenSource for OfApp {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(self.another(None))
    }

    fn renewed(&self, generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(self.another(Some(generation)))
    }
}

fn of_app(tokens: &Tokens, generation: u64) -> AccessToken {
    AccessToken {
        secret: tokens.access.clone(),
        generation,
        expires_at: Some(tokens.expires_at),
    }
}

/// A new token of an app.
///
/// # Errors
/// [`Failure`].
pub(super) async fn of_authority(
    settled: &Settled,
    credential: &Credential,
) -> Result<oauth::Tokens, Failure> {
    let authority = settled.authority().await.map_err(no_authority)?;
    let wanted = settled.wanted(authority);
    oauth::app_only(
        settled.http(),
        authority,
        settled.client_id(),
        credential,
        &wanted,
    )
    .await
}
