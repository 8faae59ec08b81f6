//! A lane: one connection, one log-on, one request at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT, WWW_AUTHENTICATE,
};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

use crate::authentication::{Connection, Leg};
use crate::dial::{Dialed, dial};
use crate::{Authenticator, Certificate, Endpoint, Fault, Headers, MAX_BODY, Reply, Trust, tls};

/// Most legs of one log-on: NTLM has two, Negotiate may add one.
const MAX_LEGS: usize = 4;
/// Time for the task of a connection that has ended to say why.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// One request to EWS.
#[derive(Debug, Clone)]
pub struct Call {
    /// The SOAP envelope.
    pub body: Bytes,
    /// `X-AnchorMailbox`: routes to the back end of that mailbox.
    pub anchor: Option<String>,
    /// `client-request-id`: a GUID that administrators find in Exchange's logs.
    pub request_id: String,
}

/// What went over the wire, counted over all lanes of a run.
#[derive(Debug, Default)]
pub struct Stats {
    connections: AtomicU64,
    requests: AtomicU64,
    log_ons: AtomicU64,
}

/// [`Stats`] at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatsSnapshot {
    /// TCP connections opened.
    pub connections: u64,
    /// Requests sent, answered or not; log-on legs and anonymous ones not.
    pub requests: u64,
    /// Log-ons: connections on which credentials were sent.
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
}

/// One connection and its log-on.
pub struct Lane {
    endpoint: Arc<Endpoint>,
    trust: Arc<Trust>,
    stats: Arc<Stats>,
    authenticator: Option<Arc<dyn Authenticator>>,
    open: Option<Open>,
}

struct Open {
    send: SendRequest<Full<Bytes>>,
    chain: Arc<Vec<Certificate>>,
    /// Answers read on this connection so far.
    answers: u64,
    certificate_asked: bool,
    logged_on: Option<LoggedOn>,
    /// Drives the connection; ends with what TLS had to say about its end, if anything.
    task: tokio::task::JoinHandle<Option<Fault>>,
}

enum LoggedOn {
    /// Every request carries this header.
    EveryRequest(HeaderValue),
    /// The connection itself is logged on.
    Connection,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
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
        }
    }

    /// From now on requests carry credentials. The caller has seen the server offer this scheme.
    pub fn log_on_with(&mut self, authenticator: Arc<dyn Authenticator>) {
        self.authenticator = Some(authenticator);
    }

    /// Closes the connection; the next call opens a fresh one.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Sends one request and reads the whole reply. A connection that the server closed while it
    /// was idle is replaced once, unseen: nothing was sent on it. Anything else is the caller's to
    /// judge.
    ///
    /// # Errors
    /// [`Fault`], when there is no complete reply.
    pub async fn post(&mut self, call: &Call) -> Result<Reply, Fault> {
        let reused = self.open.as_ref().is_some_and(|open| open.answers > 0);
        match self.attempt(call).await {
            Err(Failed::NotSent) if reused => {
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

    /// What a failure is called. A connection that ended before anything could be sent may have
    /// been refused by TLS, which the connection's own task has heard.
    async fn fault(&mut self, failed: Failed) -> Fault {
        let silent = Fault::Closed {
            detail: "no answer came".to_owned(),
        };
        let unanswered = |open: &&mut Open| open.answers == 0 && open.certificate_asked;
        match (failed, self.open.as_mut()) {
            (Failed::NotSent | Failed::Fault(Fault::Closed { .. }), open)
                if open.as_ref().is_some_and(unanswered) =>
            {
                tls::certificate_demanded()
            }
            (Failed::Fault(fault), _) => fault,
            (Failed::NotSent, None) => silent,
            (Failed::NotSent, Some(open)) => tokio::time::timeout(LAST_WORDS, &mut open.task)
                .await
                .ok()
                .and_then(Result::ok)
                .flatten()
                .unwrap_or(silent),
        }
    }

    async fn attempt(&mut self, call: &Call) -> Result<Reply, Failed> {
        if self.open.as_ref().is_none_or(|open| open.send.is_closed()) {
            self.open = None;
            self.open = Some(self.connect().await?);
        }
        let limit = self.endpoint.timeout;
        let reply = tokio::time::timeout(limit, self.exchange(call)).await;
        reply.map_err(|_| Failed::Fault(Fault::Timeout))?
    }

    async fn connect(&self) -> Result<Open, Fault> {
        let Dialed {
            stream,
            chain,
            certificate_asked,
        } = dial(&self.endpoint, &self.trust, &self.stats.connections).await?;
        let (send, connection) = http1::Builder::new()
            .max_buf_size(64 * 1024)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|e| Fault::Closed {
                detail: e.to_string(),
            })?;
        let task = tokio::spawn(async move {
            let error = connection.await.err()?;
            tracing::trace!(%error, "connection ended");
            tls::late_refusal(&error)
        });
        Ok(Open {
            send,
            chain,
            answers: 0,
            certificate_asked,
            logged_on: None,
            task,
        })
    }

    async fn exchange(&mut self, call: &Call) -> Result<Reply, Failed> {
        let open = self.open.as_mut().expect("attempt has connected");
        let Some(authenticator) = &self.authenticator else {
            let request = request(&self.endpoint, call, None, true);
            return open.send(request, false).await;
        };
        match &open.logged_on {
            Some(LoggedOn::Connection) => {
                let request = request(&self.endpoint, call, None, true);
                open.send_counted(request, &self.stats).await
            }
            Some(LoggedOn::EveryRequest(header)) => {
                let request = request(&self.endpoint, call, Some(header.clone()), true);
                open.send_counted(request, &self.stats).await
            }
            None => {
                log_on(
                    open,
                    &self.endpoint,
                    &self.stats,
                    authenticator.as_ref(),
                    call,
                )
                .await
            }
        }
    }
}

/// The log-on happens on this connection; its last leg carries the request itself.
async fn log_on(
    open: &mut Open,
    endpoint: &Endpoint,
    stats: &Stats,
    authenticator: &dyn Authenticator,
    call: &Call,
) -> Result<Reply, Failed> {
    let certificate = open.chain.first().map(|leaf| leaf.der.clone());
    let mut handshake = authenticator.begin(Connection {
        host: &endpoint.host,
        certificate: certificate.as_deref(),
    });
    stats.log_ons.fetch_add(1, Relaxed);
    let mut challenge: Option<Vec<u8>> = None;
    for _ in 0..MAX_LEGS {
        let leg = handshake
            .next(challenge.as_deref())
            .map_err(|e| Fault::LogOn { detail: e.0 })?;
        let (header, last) = match leg {
            Leg::More(header) => (header, false),
            Leg::Last(header) => (header, true),
        };
        let request = request(endpoint, call, Some(header.clone()), last);
        let sent = if last {
            open.send_counted(request, stats).await
        } else {
            open.send(request, true).await
        };
        let reply = sent.inspect_err(|failed| {
            if matches!(failed, Failed::NotSent) && challenge.is_none() {
                stats.log_ons.fetch_sub(1, Relaxed);
            }
        })?;
        if reply.status != StatusCode::UNAUTHORIZED.as_u16() {
            open.logged_on = Some(if authenticator.every_request() {
                LoggedOn::EveryRequest(header)
            } else {
                LoggedOn::Connection
            });
            return Ok(reply);
        }
        // What every request carries has no second leg: sent again, it would only be refused again.
        if last && authenticator.every_request() {
            return Ok(reply);
        }
        challenge = token(&reply.headers, authenticator.scheme());
        if challenge.is_none() {
            return Ok(reply);
        }
    }
    Err(Fault::LogOn {
        detail: "the server kept asking".to_owned(),
    }
    .into())
}

/// The token after the scheme's word, where there is one.
fn token(headers: &Headers, scheme: &str) -> Option<Vec<u8>> {
    headers
        .all(WWW_AUTHENTICATE.as_str())
        .flat_map(|line| line.split(','))
        .find_map(|part| {
            let (word, token) = part.trim().split_once(' ')?;
            if !word.eq_ignore_ascii_case(scheme) {
                return None;
            }
            BASE64_STANDARD.decode(token.trim()).ok()
        })
}

fn request(
    endpoint: &Endpoint,
    call: &Call,
    header: Option<HeaderValue>,
    with_body: bool,
) -> Request<Full<Bytes>> {
    let mut builder = Request::post(endpoint.path.as_str())
        .header(HOST, endpoint.authority())
        .header(USER_AGENT, endpoint.user_agent.as_str())
        .header(CONTENT_TYPE, "text/xml; charset=utf-8")
        .header(ACCEPT, "text/xml")
        .header("client-request-id", call.request_id.as_str())
        .header("return-client-request-id", "true");
    // A UTF-8 local part cannot stand in a header everywhere; without it routing is only slower.
    if let Some(anchor) = call.anchor.as_deref().filter(|anchor| anchor.is_ascii()) {
        builder = builder.header("X-AnchorMailbox", anchor);
    }
    if let Some(header) = header {
        builder = builder.header(AUTHORIZATION, header);
    }
    let body = if with_body {
        call.body.clone()
    } else {
        Bytes::new()
    };
    builder
        .body(Full::new(body))
        .expect("every part was checked: URL by Endpoint, anchor and id are ASCII without controls")
}

impl Open {
    /// A request that counts as one: answered or not, but not one that was never sent.
    async fn send_counted(
        &mut self,
        request: Request<Full<Bytes>>,
        stats: &Stats,
    ) -> Result<Reply, Failed> {
        // Counted before: the caller may be cancelled while the answer is on its way.
        stats.requests.fetch_add(1, Relaxed);
        self.send(request, true).await.inspect_err(|failed| {
            if matches!(failed, Failed::NotSent) {
                stats.requests.fetch_sub(1, Relaxed);
            }
        })
    }

    async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
        with_credentials: bool,
    ) -> Result<Reply, Failed> {
        self.send
            .ready()
            .await
            .map_err(|e| Failed::from_hyper(&e))?;
        let started = Instant::now();
        let response = self
            .send
            .send_request(request)
            .await
            .map_err(|e| Failed::from_hyper(&e))?;
        let reply = read(response, started, with_credentials, &self.chain).await?;
        self.answers += 1;
        Ok(reply)
    }
}

async fn read(
    response: Response<Incoming>,
    started: Instant,
    with_credentials: bool,
    chain: &Arc<Vec<Certificate>>,
) -> Result<Reply, Failed> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, MAX_BODY)
        .collect()
        .await
        .map_err(|error| {
            if error.downcast_ref::<LengthLimitError>().is_some() {
                return Failed::Fault(Fault::TooLarge {
                    status: head.status.as_u16(),
                });
            }
            Failed::Fault(tls::late_refusal(error.as_ref()).unwrap_or(Fault::Closed {
                detail: error.to_string(),
            }))
        })?;
    Ok(Reply {
        status: head.status.as_u16(),
        headers: Headers::from(&head.headers),
        body: body.to_bytes(),
        elapsed: started.elapsed(),
        with_credentials,
        chain: Arc::clone(chain),
    })
}

/// Inside a lane: why there is no reply.
enum Failed {
    /// The connection had ended before the request was written.
    NotSent,
    Fault(Fault),
}

impl Failed {
    fn from_hyper(error: &hyper::Error) -> Self {
        if let Some(fault) = tls::late_refusal(error) {
            return Self::Fault(fault);
        }
        if error.is_parse() {
            return Self::Fault(Fault::NotHttp {
                detail: error.to_string(),
            });
        }
        if error.is_canceled() || error.is_closed() {
            return Self::NotSent;
        }
        Self::Fault(Fault::Closed {
            detail: error.to_string(),
        })
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
