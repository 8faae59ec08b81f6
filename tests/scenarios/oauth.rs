//! Runs that sign in with access tokens: renewed on the way, refused, withdrawn; over EWS as a person and
//! as an application, and over Graph. The server judges the tokens from the keys of whoever issued them.

mod authority;
mod graph;
mod online;
mod organization;
mod renewal;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use engine::Engine;
use engine::checks::{Approach, Sending, Tokens};
use engine::ports::{AccessToken, BoxFuture, NoToken, TokenSource};
use exchange_sim::{BearerRules, Simulator, TokenClaims, TokenMint};
use support::{Check, engine, start};

const ISSUER: &str = "https://sts.example/0f0f0f0f/";
const USER: &str = "svc-ews@contoso.com";
const APP: &str = "a1b2c3d4-0000-4000-8000-000000000001";
const OWN_HOST: &str = "https://localhost/";

fn mint() -> Arc<TokenMint> {
    Arc::new(TokenMint::new(ISSUER).expect("the system has keys"))
}

fn person() -> TokenClaims {
    TokenClaims::delegated(USER, OWN_HOST)
}

/// A server with so many people that takes tokens by these rules, and offers Windows authentication too.
async fn taking(people: usize, rules: BearerRules) -> Simulator {
    let options = exchange_sim::Options {
        offered: vec!["Negotiate".to_owned(), "NTLM".to_owned()],
        bearer: Some(rules.issuer(ISSUER)),
        ..support::server(people)
    };
    start(options).await
}

/// What a source answers when it is asked for a newer token.
#[derive(Clone)]
enum Renewal {
    /// Another one, with these claims.
    Gives(TokenClaims),
    /// No newer one.
    HasNone,
    /// Why not.
    Fails(NoToken),
}

/// Issues tokens from a mint, and counts how often it was asked for newer ones.
struct Source {
    mint: Arc<TokenMint>,
    /// The token and its number.
    held: Mutex<(String, u64)>,
    then: Mutex<Renewal>,
    asked: AtomicU64,
}

impl Source {
    fn new(mint: &Arc<TokenMint>, first: &TokenClaims, then: Renewal) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::new((mint.sign(first), 1)),
            mint: Arc::clone(mint),
            then: Mutex::new(then),
            asked: AtomicU64::new(0),
        })
    }

    /// How often it was asked for a newer one.
    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    fn now(&self) -> AccessToken {
        let (token, generation) = self.held.lock().expect("no panic").clone();
        AccessToken {
            secret: token.into(),
            generation,
            expires_at: None,
        }
    }

    fn renew(&self, generation: u64) -> Result<AccessToken, NoToken> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let then = self.then.lock().expect("no panic").clone();
        match then {
            Renewal::Gives(claims) => {
                let mut held = self.held.lock().expect("no panic");
                if held.1 == generation {
                    *held = (self.mint.sign(&claims), generation + 1);
                }
            }
            Renewal::HasNone => {}
            Renewal::Fails(why) => return Err(why),
        }
        Ok(self.now())
    }
}

impl TokenSource for Source {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(async { Ok(self.now()) })
    }

    fn renewed(&self, generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(async move {
            // Long enough for every lane to come and want the same.
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            self.renew(generation)
        })
    }
}

/// An engine whose runs take their tokens from here.
async fn with(source: Arc<Source>) -> Engine {
    carrying(Tokens::of(source)).await
}

async fn carrying(tokens: Tokens) -> Engine {
    engine().await.sending(Sending {
        tokens: Some(tokens),
        ..Sending::default()
    })
}

/// A check as a person who signed in.
fn check(server: &Simulator, engine: &Engine) -> Check {
    Check::on(server)
        .account(USER)
        .password("")
        .by_token(Approach::Account)
        .with(engine)
        // The first request names the scheme and nobody, which the server counts as credentials.
        .loose_wire()
}
