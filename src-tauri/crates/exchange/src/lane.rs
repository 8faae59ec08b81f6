//! A lane: one connection, one log-on, one request at a time.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hyper::StatusCode;

use crate::connection::{Failed, LoggedOn, Open};
use crate::log_on::{self, LogOn};
use crate::log_ons::LogOns;
use crate::{Authenticator, Bearer, Dialing, Endpoint, Fault, NtlmWord, Reply, Trust};

/// Log-ons in a row that a connection forgets at once before every request logs on by itself.
const FORGETFUL: u32 = 2;

/// One request to EWS.
#[derive(Debug, Clone)]
pub struct Call {
    /// The SOAP envelope.
    pub body: Bytes,
    /// `X-AnchorMailbox`: routes to the back end of that mailbox.
    pub anchor: Option<String>,
    /// `client-request-id`: a GUID that administrators find in Exchange's logs.
    pub request_id: String,
    /// Reads only: may be sent again, unseen, when a reused connection ends without an answer
    /// (RFC 9110 §9.2.2).
    pub idempotent: bool,
    /// What is asked for.
    pub target: Target,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    /// EWS: the body goes to the endpoint's path as XML.
    #[default]
    Ews,
    /// The same to another path of the same server, with its query: what logged on here is logged on
    /// there.
    Beside(String),
    /// This path and query, without a body, for JSON.
    Get(String),
}

/// What went over the wire, counted over all lanes of a run.
#[derive(Debug, Default)]
pub struct Stats {
    pub(crate) connections: AtomicU64,
    pub(crate) requests: Arc<AtomicU64>,
    pub(crate) log_ons: AtomicU64,
    dialing: Mutex<Dialing>,
}

/// [`Stats`] at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatsSnapshot {
    /// TCP connections opened.
    pub connections: u64,
    /// Requests that left, answered or not; log-on legs and anonymous ones not.
    pub requests: u64,
    /// Log-ons: how often credentials were sent to log a connection on.
    pub log_ons: u64,
}

impl Stats {
    /// Reads the counters.
    #[must_use]
    pub fn snapshot(&self) -> StatsSnapshot {
        StatsSnapshot {
            connections: self.connections.load(Relaxed),
            requests: self.requests.load(Relaxed),
            log_ons: self.log_ons.load(Relaxed),
        }
    }

    /// How the newest connection attempt went, over all lanes.
    #[must_use]
    pub fn dialing(&self) -> Dialing {
        let newest = self.dialing.lock();
        newest.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn dialed(&self, told: Dialing) {
        *self.dialing.lock().unwrap_or_else(PoisonError::into_inner) = told;
    }
}

/// One connection and its log-on.
pub struct Lane {
    endpoint: Arc<Endpoint>,
    trust: Arc<Trust>,
    stats: Arc<Stats>,
    authenticator: Option<(Arc<dyn Authenticator>, Arc<LogOns>)>,
    open: Option<Open>,
    /// Log-ons in a row that the server forgot before the next request.
    forgotten: u32,
}

impl Lane {
    /// A lane that is not connected yet and sends no credentials.
    #[must_use]
    pub fn new(endpoint: Arc<Endpoint>, trust: Arc<Trust>, stats: Arc<Stats>) -> Self {
        Self {
            endpoint,
            trust,
            stats,
            authenticator: None,
            open: None,
            forgotten: 0,
        }
    }

    /// From now on requests carry credentials. The caller has seen the server offer this scheme.
    /// All lanes of a run share `log_ons`.
    pub fn log_on_with(&mut self, authenticator: Arc<dyn Authenticator>, log_ons: Arc<LogOns>) {
        self.authenticator = Some((authenticator, log_ons));
        if let Some(open) = &mut self.open {
            open.logged_on = None;
        }
    }

    /// From now on no credentials are sent: a connection that is logged on stays so, and none is logged
    /// on again.
    pub fn log_on_no_more(&mut self) {
        self.authenticator = None;
    }

    /// Closes the connection; the next call opens a fresh one.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Asks for an NTLM challenge on this connection, naming nobody and sending no credentials. The
    /// reply is the server's; what stands in it is for [`Reply::challenge`] to read.
    ///
    /// # Errors
    /// [`Fault`], when there is no complete reply.
    pub async fn challenge(&mut self, call: &Call, word: NtlmWord) -> Result<Reply, Fault> {
        let outcome =
            match connected(&mut self.open, &self.endpoint, &self.trust, &self.stats).await {
                Ok(open) => log_on::first_leg(open, &self.endpoint, call, word).await,
                Err(fault) => Err(Failed::Fault(fault)),
            };
        // A log-on that is not gone on with is no state to leave a connection in.
        let outcome = match outcome {
            Ok(reply) => Ok(reply),
            Err(failed) => Err(self.fault(failed).await),
        };
        self.open = None;
        outcome
    }

    /// Asks who issues the tokens that the server takes, with an empty `Authorization: Bearer`: Exchange
    /// 2019 CU13 and later say so to nobody else. Sends no credentials.
    /// <https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxwoauth>
    ///
    /// # Errors
    /// [`Fault`], when there is no complete reply.
    pub async fn ask_for_issuers(&mut self, call: &Call) -> Result<Reply, Fault> {
        let outcome =
            match connected(&mut self.open, &self.endpoint, &self.trust, &self.stats).await {
                Ok(open) => {
                    let header = Bearer::nobodys();
                    open.leg(&self.endpoint, call, header, false).await
                }
                Err(fault) => Err(Failed::Fault(fault)),
            };
        match outcome {
            Ok(reply) => Ok(reply),
            Err(failed) => {
                let fault = self.fault(failed).await;
                self.open = None;
                Err(fault)
            }
        }
    }

    /// Sends one request and reads the whole reply. A connection that the server closed while it
    /// was idle is replaced once, unseen: nothing was sent on it, or nothing that may not be sent
    /// twice. A connection that forgot its log-on is logged on again, once. Anything else is the
    /// caller's to judge.
    ///
    /// # Errors
    /// [`Fault`], when there is no complete reply.
    pub async fn post(&mut self, call: &Call) -> Result<Reply, Fault> {
        let reused = self.open.as_ref().is_some_and(|open| open.answers > 0);
        let logged_on = self.is_logged_on();
        match self.attempt(call).await {
            Err(failed) if reused && failed.may_be_replaced(call, logged_on) => {
                self.open = None;
                match self.attempt(call).await {
                    Err(failed) => Err(self.fault(failed).await),
                    Ok(reply) => Ok(reply),
                }
            }
            Err(failed) => Err(self.fault(failed).await),
            Ok(reply) => Ok(reply),
        }
        .inspect_err(|_| self.open = None)
    }

    /// The connection itself is logged on, so that requests carry no credentials.
    fn is_logged_on(&self) -> bool {
        let open = self.open.as_ref();
        open.is_some_and(|open| matches!(open.logged_on, Some(LoggedOn::Connection)))
    }

    async fn fault(&mut self, failed: Failed) -> Fault {
        match &mut self.open {
            Some(open) => open.fault(failed).await,
            None => failed.into_fault(),
        }
    }

    async fn attempt(&mut self, call: &Call) -> Result<Reply, Failed> {
        let (endpoint, stats) = (&self.endpoint, &self.stats);
        let open = connected(&mut self.open, endpoint, &self.trust, stats).await?;
        let Some((authenticator, log_ons)) = &self.authenticator else {
            return open.ask(endpoint, call, None, false).await;
        };
        let log_on = LogOn {
            endpoint,
            stats,
            log_ons,
            authenticator: authenticator.as_ref(),
        };
        let reply = match &open.logged_on {
            Some(LoggedOn::EveryRequest(header)) => {
                let header = header.clone();
                return open.ask_counted(endpoint, call, Some(header)).await;
            }
            None => log_on.carrying(open, call).await?,
            Some(LoggedOn::Connection) => {
                let reply = open.ask_counted(endpoint, call, None).await?;
                if reply.status != StatusCode::UNAUTHORIZED.as_u16() {
                    self.forgotten = 0;
                    return Ok(reply);
                }
                // No credentials were refused: the server forgot who this is, and asks.
                self.forgotten += 1;
                open.logged_on = None;
                log_on.carrying(open, call).await?
            }
        };
        if self.forgotten >= FORGETFUL {
            open.logged_on = None;
        }
        Ok(reply)
    }
}

/// The connection of a lane: the one there is, or a fresh one.
async fn connected<'a>(
    slot: &'a mut Option<Open>,
    endpoint: &Endpoint,
    trust: &Trust,
    stats: &Stats,
) -> Result<&'a mut Open, Fault> {
    let alive = match slot {
        Some(open) => !open.is_closed().await,
        None => false,
    };
    if !alive {
        // The old one goes first: it counts for the server as long as it is open.
        *slot = None;
        *slot = Some(Open::connect(endpoint, trust, stats).await?);
    }
    Ok(slot.as_mut().expect("just looked after"))
}
