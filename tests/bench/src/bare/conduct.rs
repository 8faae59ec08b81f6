//! How the server conducts itself: how long it takes, how many connections it serves, who is busy,
//! when it falls silent, and what it counted. It will never fail a request by chance.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Args;
use crate::answer::{Opened, fault};
use crate::delay::Delay;
use crate::request::Request;

/// What meets whoever is above the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Flavor {
    /// The connection is accepted and closed.
    Closed,
    /// A request is answered with 503, and its connection closed.
    Unavailable,
    /// Requests at once are limited: the one above gets `ErrorExceededConnectionCount`.
    Exceeded,
}

/// Settings and counters, shared by all connections.
pub(crate) struct Conduct {
    delay: Delay,
    limit: usize,
    flavor: Flavor,
    busy_every: Option<u64>,
    back_off: Duration,
    silent_after: u64,
    opened: HashMap<&'static [u8], Opened>,
    inbox: Opened,
    exceeded: Vec<u8>,
    /// Mailbox number to the end of its back-off.
    busy: Mutex<HashMap<u64, Instant>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    peak: AtomicUsize,
    in_flight: AtomicUsize,
    requests: AtomicU64,
    answered_busy: AtomicU64,
    early: AtomicU64,
    over_limit: AtomicU64,
}

impl Conduct {
    /// As the arguments want it.
    pub(crate) fn of(args: &Args) -> Self {
        let folder = |element, class: &str, name: &str| {
            let class = format!("<t:FolderClass>{class}</t:FolderClass>");
            Opened::new(
                element,
                &class,
                &format!("<t:DisplayName>{name}</t:DisplayName>"),
            )
        };
        Self {
            delay: Delay::new(Duration::from_secs_f64(args.latency / 1000.0)),
            limit: args.limit.unwrap_or(usize::MAX),
            flavor: args.flavor,
            busy_every: args.busy_every,
            back_off: Duration::from_millis(args.back_off),
            silent_after: args.silent_after.unwrap_or(u64::MAX),
            opened: HashMap::from([
                (&b"root"[..], folder("Folder", "IPF", "Root")),
                (&b"msgfolderroot"[..], folder("Folder", "IPF", "Top")),
            ]),
            inbox: Opened::new("Folder", "", ""),
            exceeded: fault(
                "ErrorExceededConnectionCount",
                "You have exceeded the available concurrent connections for your account.",
                0,
            ),
            busy: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            answered_busy: AtomicU64::new(0),
            early: AtomicU64::new(0),
            over_limit: AtomicU64::new(0),
        }
    }

    /// Counts a connection that was opened; whether there is room for it.
    pub(crate) fn enter(&self) -> bool {
        self.connections.fetch_add(1, Ordering::Relaxed);
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        let room = open <= self.limit || self.flavor == Flavor::Exceeded;
        if room {
            self.peak.fetch_max(open, Ordering::Relaxed);
        } else {
            self.over_limit.fetch_add(1, Ordering::Relaxed);
        }
        room
    }

    /// Counts one that was closed.
    pub(crate) fn leave(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// What meets a connection that there is no room for.
    pub(crate) fn flavor(&self) -> Flavor {
        self.flavor
    }

    /// Counts an authenticated request; whether it will be answered at all.
    pub(crate) fn hears(&self) -> bool {
        self.requests.fetch_add(1, Ordering::Relaxed) < self.silent_after
    }

    /// Waits and answers: the reply is what the caller has to send.
    pub(crate) async fn answer(&self, request: &Request<'_>, reply: &mut Vec<u8>) {
        if self.flavor == Flavor::Exceeded {
            let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
            if before < self.limit {
                self.delay.pass().await;
            }
            self.in_flight.fetch_sub(1, Ordering::Relaxed);
            if before >= self.limit {
                self.over_limit.fetch_add(1, Ordering::Relaxed);
                reply.clone_from(&self.exceeded);
                return;
            }
        } else {
            self.delay.pass().await;
        }
        let mailbox = request.mailbox();
        if let Some(left) = self.busy_for(mailbox) {
            let text = "The server cannot service this request right now. Try again later.";
            // Rounded up: whoever waits so long is not early.
            *reply = fault("ErrorServerBusy", text, left.as_micros().div_ceil(1000));
        } else {
            let named = (request.folder() != b"inbox").then(|| self.opened.get(request.folder()));
            let opened = named.flatten().unwrap_or(&self.inbox);
            opened.write(mailbox.unwrap_or(b"own"), reply);
        }
    }

    /// What was counted, for the benchmark.
    pub(crate) fn counted(&self) -> serde_json::Value {
        json!({
            "requests": self.requests.load(Ordering::Relaxed),
            "connections": self.connections.load(Ordering::Relaxed),
            "peak_connections": self.peak.load(Ordering::Relaxed),
            "busy": self.answered_busy.load(Ordering::Relaxed),
            "early": self.early.load(Ordering::Relaxed),
            "mean_delay_ms": self.delay.mean(),
            "over_limit": self.over_limit.load(Ordering::Relaxed),
        })
    }

    /// What is left of the back-off of a mailbox that is busy now. Every n-th is when it is asked
    /// first; one that is asked before its back-off ended is counted as early.
    fn busy_for(&self, mailbox: Option<&[u8]>) -> Option<Duration> {
        let every = self.busy_every?;
        let number = number(mailbox?)?;
        if number % every != every / 2 {
            return None;
        }
        let now = Instant::now();
        let mut busy = self.busy.lock().expect("nobody panics with the lock");
        let mut first = false;
        let until = *busy.entry(number).or_insert_with(|| {
            first = true;
            now + self.back_off
        });
        let left = until
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())?;
        self.answered_busy.fetch_add(1, Ordering::Relaxed);
        if !first {
            self.early.fetch_add(1, Ordering::Relaxed);
        }
        Some(left)
    }
}

/// The number in an address like `user17@contoso.com`.
fn number(mailbox: &[u8]) -> Option<u64> {
    let local = mailbox.split(|&byte| byte == b'@').next()?;
    let digits = local.iter().position(u8::is_ascii_digit)?;
    std::str::from_utf8(&local[digits..]).ok()?.parse().ok()
}
