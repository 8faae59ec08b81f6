//! What happened on the simulated server, counted. Never keeps a password or an `Authorization`
//! value, only whether one was there and which scheme it named.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::graph::GraphCounts;
use crate::throttling::Throttled;
use crate::windows::{Binding, Leg, RefusedFor, Scheme};

/// A snapshot of the counts since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    /// HTTP requests of any kind.
    pub requests: u64,
    /// POST requests with an `Authorization` header.
    pub posts_with_credentials: u64,
    /// Requests of any method with an `Authorization` header that has more than a scheme in it.
    pub credentials_received: u64,
    /// Requests without one on connections that nobody is logged on to.
    pub anonymous: u64,
    /// Connections accepted.
    pub connections: u64,
    /// Connections open now.
    pub open_now: u64,
    /// Most connections open at a time.
    pub peak_connections: u64,
    /// Most connections served at a time: those beyond `Options::connection_limit` are not.
    pub peak_served: u64,
    /// Connections that came about and were not served for that limit.
    pub turned_away: u64,
    /// What `Options::throttling` came to.
    pub throttled: Throttled,
    /// Most requests being answered at a time.
    pub peak_concurrency: u64,
    /// Connections on which a log-on succeeded.
    pub log_ons_ok: u64,
    /// Requests whose credentials were refused.
    pub log_ons_refused: u64,
    /// The log-ons in detail.
    pub log_ons: LogOns,
    /// The OAuth tokens whose signature was right, in the order in which they came.
    pub tokens: Vec<TokenUse>,
    /// What Graph was asked.
    pub graph: GraphCounts,
    /// Requests at `/owa`, `/ews/genericerrorpage.htm` or another target this server redirects to.
    pub redirect_hits: u64,
    /// Faults that struck.
    pub faults_struck: u64,
    /// Items made by `CreateItem`.
    pub items_created: u64,
    /// Items gone for good by `DeleteItem`.
    pub items_deleted: u64,
    /// Items made and not gone for good, oldest first.
    pub items_left: Vec<LeftItem>,
    /// Accepted requests by impersonated identity (lower case).
    pub per_mailbox: HashMap<String, u64>,
    /// Identity of the latest accepted impersonated request, as it was sent.
    pub last_impersonated: Option<String>,
    /// The latest requests, oldest first; at most `Options::log_limit`.
    pub requests_log: Vec<LoggedRequest>,
}

/// Log-ons, in detail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogOns {
    /// Accepted, by scheme. NTLM and Negotiate count every log-on, Basic the first of a connection.
    pub accepted: HashMap<Scheme, u64>,
    /// Refused, by scheme. Schemes that this server does not know are in `refused_for` alone.
    pub refused: HashMap<Scheme, u64>,
    /// Refused, by reason.
    pub refused_for: HashMap<RefusedFor, u64>,
    /// NTLM's first messages (type 1), whatever became of them.
    pub negotiates: u64,
    /// The channel binding in NTLM's latest last message (type 3), right password or not.
    pub last_binding: Option<Binding>,
    /// Accepted log-ons by number of the connection.
    pub per_connection: HashMap<u64, u64>,
}

/// What became of an OAuth token. The token itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUse {
    /// Its `jti` (or `uti`, or a hash).
    pub id: String,
    /// The user or application that it names.
    pub caller: String,
    /// Whether it is the application's own.
    pub app_only: bool,
    /// Requests that it was accepted for.
    pub accepted: u64,
    /// Requests that were refused for it.
    pub refused: u64,
}

/// An item that a client left in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftItem {
    /// Primary address of the mailbox.
    pub mailbox: String,
    /// Distinguished name of the folder: `drafts`, `deleteditems`, `recoverableitemsdeletions`.
    pub folder: String,
    /// Its subject.
    pub subject: String,
}

/// One request as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoggedRequest {
    /// Number of its connection, from 1.
    pub connection: u64,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// `Host` header.
    pub host: Option<String>,
    /// Element in the SOAP body (`GetFolder`), if it could be read.
    pub operation: Option<String>,
    /// Element in `ConnectingSID` (`SmtpAddress`, …).
    pub identity_kind: Option<String>,
    /// Its text.
    pub identity: Option<String>,
    /// `X-AnchorMailbox`.
    pub anchor: Option<String>,
    /// `RequestServerVersion/@Version`.
    pub schema_version: Option<String>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
    /// `client-request-id`.
    pub client_request_id: Option<String>,
    /// Whether there was an `Authorization` header.
    pub had_authorization: bool,
    /// The scheme it named.
    pub scheme: Option<String>,
    /// How far its log-on had got.
    pub leg: Leg,
}

/// The counts while they grow.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: AtomicU64,
    pub(crate) posts_with_credentials: AtomicU64,
    pub(crate) credentials_received: AtomicU64,
    pub(crate) anonymous: AtomicU64,
    pub(crate) log_ons_ok: AtomicU64,
    pub(crate) log_ons_refused: AtomicU64,
    pub(crate) negotiates: AtomicU64,
    pub(crate) redirect_hits: AtomicU64,
    pub(crate) faults_struck: AtomicU64,
    pub(crate) items_created: AtomicU64,
    pub(crate) items_deleted: AtomicU64,
    pub(crate) connections: Gauge,
    pub(crate) in_flight: Gauge,
    ledger: Mutex<Ledger>,
}

#[derive(Debug, Default)]
struct Ledger {
    per_mailbox: HashMap<String, u64>,
    last_impersonated: Option<String>,
    log_ons: LogOns,
    log: VecDeque<LoggedRequest>,
}

impl Tally {
    /// Counts one more.
    pub(crate) fn one(counter: &AtomicU64) -> u64 {
        counter.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Keeps a request in the log.
    pub(crate) fn log(&self, request: LoggedRequest, limit: usize) {
        let mut ledger = self.ledger();
        ledger.log.push_back(request);
        while ledger.log.len() > limit {
            ledger.log.pop_front();
        }
    }

    /// Counts an accepted request that impersonates.
    pub(crate) fn impersonated(&self, identity: &str) {
        let mut ledger = self.ledger();
        ledger.last_impersonated = Some(identity.to_owned());
        *ledger
            .per_mailbox
            .entry(identity.to_lowercase())
            .or_default() += 1;
    }

    /// Counts an accepted log-on of a connection.
    pub(crate) fn log_on(&self, connection: u64, scheme: Scheme) {
        let mut ledger = self.ledger();
        *ledger.log_ons.accepted.entry(scheme).or_default() += 1;
        let own = ledger.log_ons.per_connection.entry(connection).or_default();
        *own += 1;
        if *own == 1 {
            Self::one(&self.log_ons_ok);
        }
    }

    /// Counts a refused log-on.
    pub(crate) fn refused(&self, scheme: Option<Scheme>, reason: RefusedFor) {
        Self::one(&self.log_ons_refused);
        let mut ledger = self.ledger();
        *ledger.log_ons.refused_for.entry(reason).or_default() += 1;
        if let Some(scheme) = scheme {
            *ledger.log_ons.refused.entry(scheme).or_default() += 1;
        }
    }

    /// Keeps the channel binding of a log-on.
    pub(crate) fn bound(&self, binding: Binding) {
        self.ledger().log_ons.last_binding = Some(binding);
    }

    pub(crate) fn snapshot(&self) -> Counters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let ledger = self.ledger();
        Counters {
            requests: read(&self.requests),
            posts_with_credentials: read(&self.posts_with_credentials),
            credentials_received: read(&self.credentials_received),
            anonymous: read(&self.anonymous),
            connections: read(&self.connections.total),
            open_now: read(&self.connections.now),
            peak_connections: read(&self.connections.peak),
            peak_concurrency: read(&self.in_flight.peak),
            log_ons_ok: read(&self.log_ons_ok),
            log_ons_refused: read(&self.log_ons_refused),
            log_ons: LogOns {
                negotiates: read(&self.negotiates),
                ..ledger.log_ons.clone()
            },
            redirect_hits: read(&self.redirect_hits),
            faults_struck: read(&self.faults_struck),
            items_created: read(&self.items_created),
            items_deleted: read(&self.items_deleted),
            items_left: Vec::new(),
            tokens: Vec::new(),
            graph: GraphCounts::default(),
            peak_served: 0,
            turned_away: 0,
            throttled: Throttled::default(),
            per_mailbox: ledger.per_mailbox.clone(),
            last_impersonated: ledger.last_impersonated.clone(),
            requests_log: ledger.log.iter().cloned().collect(),
        }
    }

    fn ledger(&self) -> std::sync::MutexGuard<'_, Ledger> {
        self.ledger
            .lock()
            .expect("nothing panics while it holds the ledger")
    }
}

/// How many there are now, were at most, and have been.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    total: AtomicU64,
    now: AtomicU64,
    peak: AtomicU64,
}

impl Gauge {
    /// One more, until the guard is dropped.
    pub(crate) fn enter(&self) -> Entered<'_> {
        let number = Tally::one(&self.total);
        let now = Tally::one(&self.now);
        self.peak.fetch_max(now, Ordering::Relaxed);
        Entered {
            gauge: self,
            number,
        }
    }
}

/// Leaves the gauge when dropped.
#[derive(Debug)]
pub(crate) struct Entered<'a> {
    gauge: &'a Gauge,
    /// Its number, from 1.
    pub(crate) number: u64,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.gauge.now.fetch_sub(1, Ordering::Relaxed);
    }
}
