//! The access token of a run: one for all of its lanes, renewed by one of them for all. It looks into no
//! token and decides nothing about rights: what a server says to a token that is new is the last word.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use contract::{Problem, Secret};
use exchange::{Bearer, Call, Fault, Lane, LogOnFault, LogOns, Reply};
use tokio::time::Instant;

use super::redact::Redactor;
use crate::ports::{
    AccessToken, AuthorityFaultKind, BoxFuture, Clock, MailLane, NoToken, TokenFacts, TokenSource,
};

/// A token is replaced when it has less than this left.
const LEFT: i64 = 120;
/// Where there was no newer one, seconds until it is asked for again.
const LOOK_AGAIN: i64 = 30;
/// For how long an authority that is overrun or down is not asked again, however many mailboxes wait.
const SPARED: Duration = Duration::from_millis(500);
/// Most tokens that one request is sent with.
const TOKENS: usize = 3;

/// Where the access tokens of a run come from. Shows none.
#[derive(Clone)]
pub struct Tokens(Arc<dyn TokenSource>);

impl Tokens {
    /// One that was handed in, and that nobody can renew.
    #[must_use]
    pub fn fixed(token: Secret) -> Self {
        Self(Arc::new(Fixed(token)))
    }

    /// One that somebody typed or pasted. It is looked at before anything is sent, and used as it is.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for a text that is no token (RFC 6750 §2.1).
    pub fn handed_in(token: Secret) -> Result<Self, Problem> {
        if Bearer::new(token.expose()).is_ok() {
            return Ok(Self::fixed(token));
        }
        let word = token.expose().split_whitespace().next().unwrap_or_default();
        let header = ["bearer", "authorization:"]
            .iter()
            .any(|start| word.eq_ignore_ascii_case(start));
        let why = if header {
            "it begins with the words of an Authorization header"
        } else {
            "it has characters that no token has"
        };
        let problem = Problem::invalid("token", format!("This is no access token: {why}."));
        Err(problem.hint(
            "Hand in the token alone, on one line: in a header, what stands after Authorization: Bearer.",
        ))
    }

    /// Nobody is signed in.
    pub(super) fn nobody() -> Self {
        Self(Arc::new(Nobody))
    }

    /// From a source that renews them.
    #[must_use]
    pub fn of(source: Arc<dyn TokenSource>) -> Self {
        Self(source)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

struct Fixed(Secret);

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(async {
            Ok(AccessToken {
                secret: self.0.clone(),
                generation: 1,
                // Whether it has expired is for the server to say, whose clock counts.
                expires_at: None,
            })
        })
    }

    fn renewed(&self, _generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        self.token()
    }
}

struct Nobody;

impl TokenSource for Nobody {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(async {
            Err(NoToken::SignInNeeded {
                sentence: "Nobody is signed in.".to_owned(),
                code: None,
            })
        })
    }

    fn renewed(&self, _generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        self.token()
    }
}

/// The token in use, shared by the lanes of a run.
pub(super) struct Purse {
    source: Tokens,
    clock: Arc<dyn Clock>,
    redactor: Arc<Redactor>,
    held: RwLock<Option<Arc<Held>>>,
    /// One at a time goes for another token; the others wait for what it brings.
    going: tokio::sync::Mutex<()>,
    /// Why there was none, and when that was found out: lanes that waited meanwhile need not ask the same
    /// in turn. Absent time: that stays so.
    none: Mutex<Option<(NoToken, Option<Instant>)>>,
    /// Requests that were sent once more with a newer token.
    again: AtomicU64,
}

/// A token that requests carry.
struct Held {
    generation: u64,
    authenticator: Arc<Bearer>,
    facts: TokenFacts,
    /// It was got because the one before was refused.
    after_refusal: bool,
    /// The server has taken it.
    taken: AtomicBool,
    /// There is no newer one.
    last: AtomicBool,
    /// Not before this time (Unix seconds) is a newer one asked for.
    not_before: AtomicI64,
}

impl Held {
    fn is_due(&self, clock: &dyn Clock) -> bool {
        let Some(expires_at) = self.facts.expires_at else {
            return false;
        };
        let now = clock.now().as_second();
        expires_at.as_second() - now < LEFT && now >= self.not_before.load(Relaxed)
    }
}

impl Purse {
    pub(super) fn new(source: Tokens, clock: Arc<dyn Clock>, redactor: Arc<Redactor>) -> Self {
        Self {
            source,
            clock,
            redactor,
            held: RwLock::default(),
            going: tokio::sync::Mutex::default(),
            none: Mutex::default(),
            again: AtomicU64::new(0),
        }
    }

    /// Requests that were sent once more with a newer token.
    pub(super) fn again(&self) -> u64 {
        self.again.load(Relaxed)
    }

    /// What may be told of the token in use.
    pub(super) fn facts(&self) -> Option<TokenFacts> {
        self.held().map(|held| held.facts.clone())
    }

    fn held(&self) -> Option<Arc<Held>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn fresh(&self) -> Option<Arc<Held>> {
        self.held().filter(|held| !held.is_due(self.clock.as_ref()))
    }

    /// The token to send now. One that can't be renewed is sent for as long as the server takes it:
    /// its clock counts.
    async fn ready(&self) -> Result<Arc<Held>, NoToken> {
        if let Some(held) = self.fresh() {
            return Ok(held);
        }
        let since = Instant::now();
        let _one = self.going.lock().await;
        if let Some(held) = self.fresh() {
            return Ok(held);
        }
        let known = self.held();
        let got = match known {
            Some(_) => self.source.0.token().await,
            None => {
                self.unless_known_in_vain(since, |source| source.token())
                    .await
            }
        };
        match (got, known) {
            (Ok(token), known) => self.take(&token, known, false),
            (Err(why), Some(held)) => {
                tracing::info!(%why, "the access token is about to expire, and there is no newer one");
                Ok(self.keep(held))
            }
            (Err(why), None) => Err(why),
        }
    }

    /// Another token than this one, which the server refused; none: there is no newer one, or this is
    /// the newest and nobody ever took it.
    async fn instead_of(&self, refused: &Held) -> Result<Option<Arc<Held>>, NoToken> {
        let since = Instant::now();
        let _one = self.going.lock().await;
        let known = self.held();
        let newer = known.filter(|held| held.generation != refused.generation);
        if newer.is_some() {
            return Ok(newer);
        }
        let in_vain = refused.after_refusal && !refused.taken.load(Relaxed);
        if in_vain || refused.last.load(Relaxed) {
            return Ok(None);
        }
        let generation = refused.generation;
        let got = self.unless_known_in_vain(since, move |source| source.renewed(generation));
        let token = got.await?;
        if token.generation == generation {
            refused.last.store(true, Relaxed);
            return Ok(None);
        }
        self.take(&token, None, true).map(Some)
    }

    /// Asks the source, unless it was asked in vain while the caller waited for its turn (`since`), or for
    /// good.
    async fn unless_known_in_vain<'a>(
        &'a self,
        since: Instant,
        ask: impl FnOnce(&'a dyn TokenSource) -> BoxFuture<'a, Result<AccessToken, NoToken>>,
    ) -> Result<AccessToken, NoToken> {
        let none = || self.none.lock().unwrap_or_else(PoisonError::into_inner);
        let known = none().clone();
        match known {
            Some((why, failed_at))
                if failed_at.is_none_or(|failed_at| failed_at + spared(&why) >= since) =>
            {
                return Err(why);
            }
            _ => {}
        }
        let got = ask(self.source.0.as_ref()).await;
        *none() = got.as_ref().err().map(|why| {
            let passing = !matches!(why, NoToken::SignInNeeded { .. });
            (why.clone(), passing.then(Instant::now))
        });
        got
    }

    fn take(
        &self,
        token: &AccessToken,
        known: Option<Arc<Held>>,
        after_refusal: bool,
    ) -> Result<Arc<Held>, NoToken> {
        if let Some(held) = known.filter(|held| held.generation == token.generation) {
            return Ok(self.keep(held));
        }
        self.redactor.also_token(token.secret.expose());
        let bearer = Bearer::new(token.secret.expose()).map_err(|error| NoToken::SignInNeeded {
            sentence: format!("What was handed in is no access token: {error}."),
            code: None,
        })?;
        let held = Arc::new(Held {
            generation: token.generation,
            authenticator: Arc::new(bearer),
            facts: facts(token),
            after_refusal,
            taken: AtomicBool::new(false),
            last: AtomicBool::new(false),
            not_before: AtomicI64::new(i64::MIN),
        });
        let mut slot = self.held.write().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Arc::clone(&held));
        Ok(held)
    }

    /// Goes on with it, and leaves the source alone for a while.
    fn keep(&self, held: Arc<Held>) -> Arc<Held> {
        let now = self.clock.now().as_second();
        held.not_before.store(now + LOOK_AGAIN, Relaxed);
        held
    }
}

/// A lane whose requests carry the token of the run.
pub(super) struct TokenLane {
    lane: Lane,
    purse: Arc<Purse>,
    log_ons: Arc<LogOns>,
    /// The token that this lane carries; absent: none yet.
    generation: Option<u64>,
    logs_on: bool,
}

impl TokenLane {
    pub(super) fn new(lane: Lane, purse: Arc<Purse>) -> Self {
        Self {
            lane,
            purse,
            log_ons: Arc::default(),
            generation: None,
            logs_on: false,
        }
    }

    async fn carrying(&mut self, call: &Call) -> Result<Reply, Fault> {
        let mut held = self.purse.ready().await.map_err(|why| fault(&why))?;
        for _ in 1..TOKENS {
            let reply = self.with(&held, call).await?;
            if reply.status != 401 || !reply.with_credentials {
                if !held.taken.load(Relaxed) {
                    held.taken.store(true, Relaxed);
                }
                return Ok(reply);
            }
            let newer = self.purse.instead_of(&held).await;
            match newer.map_err(|why| fault(&why))? {
                Some(newer) => held = newer,
                None => return Ok(reply),
            }
            self.purse.again.fetch_add(1, Relaxed);
        }
        self.with(&held, call).await
    }

    async fn with(&mut self, held: &Held, call: &Call) -> Result<Reply, Fault> {
        if self.generation != Some(held.generation) {
            let bearer = Arc::clone(&held.authenticator);
            self.lane.log_on_with(bearer, Arc::clone(&self.log_ons));
            self.generation = Some(held.generation);
        }
        self.lane.post(call).await
    }
}

impl MailLane for TokenLane {
    fn log_on(&mut self) {
        self.logs_on = true;
    }

    fn close(&mut self) {
        self.lane.close();
    }

    /// Before the log-on it asks who issues the tokens, which newer servers tell nobody else.
    fn post<'a>(&'a mut self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Fault>> {
        if self.logs_on {
            Box::pin(self.carrying(call))
        } else {
            Box::pin(self.lane.ask_for_issuers(call))
        }
    }
}

/// What a token says of itself; nothing, where it can't be read.
fn facts(token: &AccessToken) -> TokenFacts {
    let claims = oauth::Claims::read(token.secret.expose()).unwrap_or_default();
    TokenFacts {
        // Nobody renews a token because of its own words.
        expires_at: token.expires_at,
        says_until: claims.expires_at,
        audience: claims.audience,
        scopes: claims.scopes,
        roles: claims.roles,
    }
}

/// For how long an authority is left alone that had no answer. What is confirmed by asking once more is asked
/// once more.
fn spared(why: &NoToken) -> Duration {
    use AuthorityFaultKind as K;
    match why {
        NoToken::Unreachable { fault, .. } => match fault.kind {
            K::NoAnswer | K::Closed | K::Gateway | K::Busy | K::Failed | K::Unexpected => SPARED,
            K::NameNotFound | K::Refused | K::Silent | K::Proxy | K::Tls(_) | K::Redirects => {
                Duration::ZERO
            }
        },
        NoToken::SignInNeeded { .. } | NoToken::NotNow { .. } => Duration::ZERO,
    }
}

fn fault(why: &NoToken) -> Fault {
    let code = match why {
        NoToken::SignInNeeded { code, .. } => code.as_deref(),
        NoToken::Unreachable { .. } | NoToken::NotNow { .. } => None,
    };
    let mut sentence = why.to_string();
    if let Some(code) = code.filter(|code| !sentence.contains(code)) {
        sentence.extend([" (", code, ")"]);
    }
    let authority = match why {
        NoToken::Unreachable { fault, .. } => Some(Box::new(fault.clone())),
        NoToken::SignInNeeded { .. } | NoToken::NotNow { .. } => None,
    };
    LogOnFault::NoToken {
        sentence,
        authority,
    }
    .into()
}

#[cfg(test)]
mod tests;
