//! What must be replaced in tests: time, randomness, key store, the wire, the practice Exchange.

use std::future::Future;
use std::pin::Pin;

use contract::{Authentication, PracticeScenario, Problem, Secret};
use exchange::{Call, Dialing, Fault, Reply, StatsSnapshot};

use crate::checks::Mechanism;
pub use crate::guide::WebPage;
pub use exchange::{AuthorityFault, AuthorityFaultKind, TlsFaultKind};

/// A future behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Wall-clock time. Durations are measured with tokio's clock, which tests can pause.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> jiff::Timestamp;
}

/// Randomness: ids and jitter.
pub trait Dice: Send + Sync {
    /// Sixteen random bytes.
    fn roll(&self) -> [u8; 16];
}

/// The key store. Calls block: use them on a blocking thread.
pub trait Vault: Send + Sync {
    /// `Windows Credential Manager`, `Keychain`, `Secret Service`, `Memory (tests)`.
    fn name(&self) -> &'static str;

    /// Whether it can be used now.
    ///
    /// # Errors
    /// [`contract::Code::KeyStore`] with what to do: locked, missing, refused.
    fn probe(&self) -> Result<(), Problem>;

    /// Keeps a secret under a key, replacing what was there.
    ///
    /// # Errors
    /// [`contract::Code::KeyStore`]; then nothing was changed.
    fn store(&self, key: &str, secret: &Secret) -> Result<(), Problem>;

    /// Hands a secret out to the engine.
    ///
    /// # Errors
    /// [`contract::Code::KeyStore`].
    fn load(&self, key: &str) -> Result<Option<Secret>, Problem>;

    /// Forgets a secret; fine if there is none.
    ///
    /// # Errors
    /// [`contract::Code::KeyStore`].
    fn remove(&self, key: &str) -> Result<(), Problem>;
}

/// The browser of the system.
pub trait Browser: Send + Sync {
    /// Opens a page. Blocks: use it on a blocking thread.
    ///
    /// # Errors
    /// [`contract::Code::NotAllowed`] where there is no browser to open it with.
    fn open(&self, page: &WebPage) -> Result<(), Problem>;
}

/// The wire, one run long.
pub(crate) trait Mailroom: Send + Sync {
    /// Whether a Kerberos ticket may be had; if not, why, where there is something to tell. Looks once, for
    /// two seconds at most.
    fn ticket_possible(&self) -> BoxFuture<'_, Result<(), Option<String>>>;

    /// How lanes log on from now on.
    fn choose(&self, mechanism: Mechanism);

    /// A lane that is not connected yet.
    fn lane(&self) -> Box<dyn MailLane>;

    /// What went over the wire so far.
    fn snapshot(&self) -> StatsSnapshot;

    /// How the newest connection attempt went.
    fn dialing(&self) -> Dialing;

    /// Requests that were sent once more because the access token was renewed.
    fn asked_again(&self) -> u64 {
        0
    }

    /// The access token in use, as far as it may be told.
    fn token(&self) -> Option<TokenFacts> {
        None
    }
}

/// One connection and its log-on.
pub(crate) trait MailLane: Send + Sync {
    /// From now on requests carry credentials, in the way that was chosen last.
    fn log_on(&mut self);

    /// Closes the connection; the next call opens a fresh one.
    fn close(&mut self);

    /// Sends one request.
    fn post<'a>(&'a mut self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Fault>>;
}

/// What may be told of an access token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TokenFacts {
    /// When it expires, as its authority told.
    pub(crate) expires_at: Option<jiff::Timestamp>,
    /// The same by its own words.
    pub(crate) says_until: Option<jiff::Timestamp>,
    /// Hosts or applications it says that it is for. Decoded, never trusted.
    pub(crate) audience: Vec<String>,
    /// What it says that a person lets the program do.
    pub(crate) scopes: Vec<String>,
    /// What it says that the program may do by itself.
    pub(crate) roles: Vec<String>,
}

/// An access token, for the wire and nothing else.
#[derive(Clone)]
pub struct AccessToken {
    /// The token.
    pub secret: Secret,
    /// Which one of its source: 1, 2, 3 …
    pub generation: u64,
    /// When it expires; absent: nobody told.
    pub expires_at: Option<jiff::Timestamp>,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    /// Somebody has to sign in (again): none was stored, or the authority refused to renew it.
    #[error("{sentence}")]
    SignInNeeded {
        /// What happened and what to do, in plain words.
        sentence: String,
        /// Raw code of the authority.
        code: Option<String>,
    },
    /// The authority could not be asked: that says nothing about anybody's rights.
    #[error("{sentence}")]
    Unreachable {
        /// What happened, in plain words.
        sentence: String,
        /// Where, and what kind of failure it was.
        fault: AuthorityFault,
    },
    /// Nobody was asked, because of something on this computer that may pass: a locked key store, another
    /// window that is at it.
    #[error("{sentence}")]
    NotNow {
        /// What happened, in plain words.
        sentence: String,
    },
}

/// Where a run's access tokens come from. Renews them in good time, one renewal at a time.
pub trait TokenSource: Send + Sync {
    /// A token that is good for at least a minute more.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>>;

    /// Exchange refused the token of this generation: a newer one, by renewing once. The same
    /// generation again means that there is no newer one.
    fn renewed(&self, generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>>;
}

/// The practice Exchange, which the engine itself must not name.
pub trait PracticeExchange: Send + Sync {
    /// What can be practised.
    fn scenarios(&self) -> Vec<PracticeScenario>;

    /// Starts (or restarts) the simulated Exchange.
    fn start(&self, scenario: &str, users: usize) -> BoxFuture<'_, Result<PracticeWorld, String>>;

    /// Stops it.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// A running practice Exchange.
#[derive(Debug, Clone)]
pub struct PracticeWorld {
    /// Its EWS URL.
    pub ews_url: String,
    /// The CA it is to be trusted by, if the scenario gives one.
    pub ca_pem: Option<String>,
    /// Account Logon.
    pub account: String,
    /// Password, worth nothing elsewhere.
    pub password: String,
    /// The scheme to log on with.
    pub authentication: Authentication,
    /// The organization's users.
    pub users: Vec<PracticeUser>,
}

/// A user of the practice organization.
#[derive(Debug, Clone)]
pub struct PracticeUser {
    /// Display name.
    pub name: String,
    /// SMTP address.
    pub address: String,
    /// User principal name.
    pub upn: Option<String>,
    /// `RecipientTypeDetails`.
    pub kind: Option<String>,
    /// A canary.
    pub must_refuse: bool,
}
