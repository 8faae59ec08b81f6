//! The server of the property test, behind the port: it answers by script, mailbox by mailbox, and
//! notes whatever a run must not do.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use exchange::{Call, Dialing, Fault, HandshakeError, Headers, LogOnFault, Reply, StatsSnapshot};
use tokio::time::Instant;

use super::super::Mechanism;
use crate::ports::{BoxFuture, MailLane, Mailroom};

/// Whoever looks into an obstacle lets the server notice a closed connection first: one such question
/// may be under way when a run is paused.
const CONFIRMING: Duration = Duration::from_millis(100);

/// What a mailbox is answered with before its last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// `ErrorServerBusy` with this back-off in milliseconds; 0: none.
    Busy(u64),
    /// `ErrorExceededConnectionCount`.
    TooMany(u64),
    /// 503.
    Unavailable,
    /// 502.
    Gateway,
    /// The connection is cut.
    Closed,
    /// No connection comes about.
    Refused,
    /// No answer in time.
    Silence,
    /// 200, and no XML.
    Garbage,
    /// The log-on of the lane is forgotten.
    Challenge,
    /// The same, and the KDC is not there to make another.
    NoTicket,
}

/// What it is answered with from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Opens,
    Denied,
    Gone,
    Busy,
}

/// A mailbox and its script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) before: Vec<Step>,
    pub(super) last: Last,
    /// It must be refused.
    pub(super) canary: bool,
    /// A second address of that one.
    pub(super) alias_of: Option<usize>,
}

impl Mailbox {
    pub(super) fn opens() -> Self {
        Self {
            before: Vec::new(),
            last: Last::Opens,
            canary: false,
            alias_of: None,
        }
    }
}

pub(super) fn address(n: usize) -> String {
    format!("user{n}@contoso.com")
}

/// The server: it outlives every program that asks it.
pub(super) struct World {
    state: Mutex<State>,
    lanes: u32,
}

struct State {
    mailboxes: HashMap<String, (usize, Mailbox, VecDeque<Step>)>,
    roll: u64,
    /// This part of the run.
    asked: HashMap<String, u32>,
    decided: HashSet<String>,
    inside: u32,
    let_in: bool,
    silent_since: Option<Instant>,
    stats: StatsSnapshot,
    violations: Vec<String>,
}

impl World {
    pub(super) fn new(list: &[Mailbox], lanes: u32, seed: u64) -> Arc<Self> {
        let mailboxes = list.iter().cloned().enumerate();
        let mailboxes = mailboxes.map(|(n, mailbox)| {
            let script = mailbox.before.iter().copied().collect();
            (address(n), (n, mailbox, script))
        });
        Arc::new(Self {
            state: Mutex::new(State {
                mailboxes: mailboxes.collect(),
                roll: seed,
                asked: HashMap::new(),
                decided: HashSet::new(),
                inside: 0,
                let_in: false,
                silent_since: None,
                stats: StatsSnapshot::default(),
                violations: Vec::new(),
            }),
            lanes,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A program starts; these mailboxes are decided, and saved.
    pub(super) fn begin(&self, decided: HashSet<String>) {
        let mut state = self.state();
        state.decided = decided;
        state.asked.clear();
        (state.inside, state.let_in, state.silent_since) = (0, false, None);
        state.stats = StatsSnapshot::default();
    }

    /// From now on nothing may be asked, or again anything.
    pub(super) fn paused(&self, paused: bool) {
        self.state().silent_since = paused.then(Instant::now);
    }

    pub(super) fn note(&self, violation: String) {
        self.state().violations.push(violation);
    }

    pub(super) fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }
}

impl State {
    fn latency(&mut self) -> Duration {
        self.roll = self
            .roll
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(1 + (self.roll >> 33) % 40)
    }

    fn entered(&mut self, lanes: u32, of_mailbox: bool) {
        self.inside += 1;
        let most = if self.let_in { lanes } else { 1 };
        if self.inside > most {
            let violation = format!("{} requests at once, of {most}", self.inside);
            self.violations.push(violation);
        }
        // How a run begins is no matter of mailboxes: it goes on to its first one.
        let paused = self.silent_since.filter(|_| of_mailbox);
        let paused = paused.map(|since| since.elapsed());
        if let Some(since) = paused.filter(|since| *since > CONFIRMING) {
            let violation = format!("asked {since:?} after it was paused");
            self.violations.push(violation);
        }
    }

    /// The next word to a mailbox, and its number.
    fn next(&mut self, mailbox: &str) -> (usize, Mailbox, Option<Step>) {
        let asked = self.asked.entry(mailbox.to_owned()).or_default();
        *asked += 1;
        let asked = *asked;
        let (n, of, script) = self.mailboxes.get_mut(mailbox).unwrap();
        let (n, of, step) = (*n, of.clone(), script.pop_front());
        // Those that were refused are asked once more, and second addresses are looked into.
        let again = of.last == Last::Denied || n == 0 || of.alias_of.is_some();
        if asked > if again { 10 } else { 5 } {
            self.violations
                .push(format!("{mailbox} was asked {asked} times"));
        }
        if !again && self.decided.contains(mailbox) {
            self.violations
                .push(format!("{mailbox} was decided already"));
        }
        (n, of, step)
    }
}

pub(super) struct Room(pub(super) Arc<World>);

impl Mailroom for Room {
    fn ticket_possible(&self) -> BoxFuture<'_, Result<(), Option<String>>> {
        Box::pin(async { Err(None) })
    }

    fn choose(&self, _: Mechanism) {}

    fn lane(&self) -> Box<dyn MailLane> {
        Box::new(Lane {
            world: Arc::clone(&self.0),
            credentials: false,
            logged_on: false,
        })
    }

    fn snapshot(&self) -> StatsSnapshot {
        self.0.state().stats
    }

    fn dialing(&self) -> Dialing {
        Dialing::default()
    }
}

struct Lane {
    world: Arc<World>,
    credentials: bool,
    logged_on: bool,
}

/// One request inside the server; it leaves when it is dropped, too.
struct Inside(Arc<World>);

impl Drop for Inside {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.inside = state.inside.saturating_sub(1);
    }
}

impl MailLane for Lane {
    fn log_on(&mut self) {
        self.credentials = true;
    }

    fn close(&mut self) {
        self.logged_on = false;
    }

    fn post<'a>(&'a mut self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Fault>> {
        Box::pin(self.answer(call))
    }
}

impl Lane {
    async fn answer(&mut self, call: &Call) -> Result<Reply, Fault> {
        let asked = Instant::now();
        let latency = {
            let mut state = self.world.state();
            state.entered(self.world.lanes, call.anchor.is_some());
            state.latency()
        };
        let inside = Inside(Arc::clone(&self.world));
        tokio::time::sleep(latency).await;
        let answered = self.say(call).await;
        drop(inside);
        if answered.is_err() {
            self.logged_on = false;
        }
        answered.map(|(status, body)| reply(status, body, asked.elapsed(), self.credentials))
    }

    async fn say(&mut self, call: &Call) -> Result<(u16, String), Fault> {
        if !self.credentials {
            return Ok((401, String::new()));
        }
        let opens_session = !std::mem::replace(&mut self.logged_on, true);
        let step = {
            let mut state = self.world.state();
            state.let_in = true;
            state.stats.requests += 1;
            state.stats.log_ons += u64::from(opens_session);
            state.stats.connections += u64::from(opens_session);
            call.anchor.as_deref().map(|mailbox| state.next(mailbox))
        };
        let Some((n, mailbox, step)) = step else {
            return Ok((500, fault("ErrorNonExistentMailbox", "")));
        };
        let by_primary = String::from_utf8_lossy(&call.body).contains("PrimarySmtpAddress");
        match step {
            None => Ok(last_word(n, &mailbox, by_primary)),
            Some(Step::Busy(wait)) => Ok((500, busy("ErrorServerBusy", wait))),
            Some(Step::TooMany(wait)) => Ok((500, busy("ErrorExceededConnectionCount", wait))),
            Some(Step::Unavailable) => Ok((503, "busy".to_owned())),
            Some(Step::Gateway) => Ok((502, "gateway".to_owned())),
            Some(Step::Garbage) => Ok((200, "%!".to_owned())),
            Some(Step::Closed) => Err(Fault::Closed {
                detail: "cut".to_owned(),
            }),
            Some(Step::Refused) => Err(Fault::ConnectionRefused),
            Some(Step::Silence) => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                Err(Fault::Timeout)
            }
            Some(Step::NoTicket) => {
                let why = "kdc.contoso.com doesn't answer".to_owned();
                Err(LogOnFault::Handshake(HandshakeError::NoTicket(why)).into())
            }
            Some(Step::Challenge) => {
                self.logged_on = false;
                Ok((401, String::new()))
            }
        }
    }
}

fn last_word(n: usize, mailbox: &Mailbox, by_primary: bool) -> (u16, String) {
    match (mailbox.last, mailbox.alias_of) {
        (Last::Opens, Some(primary)) if by_primary => {
            let value = format!("<t:Value Name=\"Primary\">{}</t:Value>", address(primary));
            (500, fault("ErrorNonPrimarySmtpAddress", &value))
        }
        (Last::Opens, alias_of) => (200, opened(alias_of.unwrap_or(n))),
        (Last::Denied, _) => (500, fault("ErrorImpersonateUserDenied", "")),
        (Last::Gone, _) => (500, fault("ErrorNonExistentMailbox", "")),
        (Last::Busy, _) => (500, busy("ErrorServerBusy", 300)),
    }
}

fn busy(code: &str, wait: u64) -> String {
    let value = format!("<t:Value Name=\"BackOffMilliseconds\">{wait}</t:Value>");
    fault(code, if wait == 0 { "" } else { &value })
}

/// As in exchange.md, section 3 of the protocol's documentation: a SOAP 1.1 fault.
fn fault(code: &str, values: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
         <faultcode>a:{code}</faultcode><faultstring>{code}</faultstring><detail>\
         <e:ResponseCode xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">{code}</e:ResponseCode>\
         <t:MessageXml xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">{values}</t:MessageXml>\
         </detail></s:Fault></s:Body></s:Envelope>"
    )
}

fn opened(n: usize) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
         <m:GetFolderResponse xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
         xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><m:ResponseMessages>\
         <m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>\
         <m:Folders><t:Folder><t:FolderId Id=\"inbox-of-{n}\"/></t:Folder></m:Folders>\
         </m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"
    )
}

fn reply(status: u16, body: String, elapsed: Duration, with_credentials: bool) -> Reply {
    let offer = (
        "www-authenticate".to_owned(),
        "Basic realm=\"x\"".to_owned(),
    );
    let headers: Headers = (status == 401).then_some(offer).into_iter().collect();
    Reply {
        status,
        headers,
        body: Bytes::from(body),
        elapsed,
        with_credentials,
        chain: Arc::default(),
        log_on: None,
    }
}
