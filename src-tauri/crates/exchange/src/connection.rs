//! One open connection: requests one after the other, each reply read to its end.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT,
};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;

use crate::dial::{Dialed, dial};
use crate::lane::{Call, Stats, Target};
use crate::wire::{Departures, Wire};
use crate::{Certificate, Endpoint, Fault, Headers, MAX_BODY, Reply, Trust, tls};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const X_ANCHOR_MAILBOX: HeaderName = HeaderName::from_static("x-anchormailbox");
/// Time for a connection that has ended to say why.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// An open connection and what is known of it.
pub(crate) struct Open {
    send: SendRequest<Full<Bytes>>,
    chain: Arc<Vec<Certificate>>,
    /// Answers read on this connection so far.
    pub(crate) answers: u64,
    certificate_asked: bool,
    pub(crate) logged_on: Option<LoggedOn>,
    driver: Driver,
    departures: Arc<Departures>,
}

/// How a connection is logged on.
pub(crate) enum LoggedOn {
    /// Every request carries this header.
    EveryRequest(HeaderValue),
    /// The connection itself is logged on.
    Connection,
}

/// Inside a lane: why there is no reply.
pub(crate) enum Failed {
    /// The connection had ended before the request was written.
    NotSent,
    /// It was written, and the connection ended before the first byte of an answer.
    NoAnswer(String),
    Fault(Fault),
}

/// Until it has ended, and then with what TLS had to say about that, if anything.
type Connection = Pin<Box<dyn Future<Output = Option<Fault>> + Send>>;

/// The connection itself. It moves on the task that waits for its answer, and not at all while nobody
/// asks: no second task has to be woken for every request.
struct Driver {
    /// Shared with nobody: the mutex is there for whoever demands `Sync`, and is never locked.
    connection: Option<Mutex<Connection>>,
    last_words: Option<Fault>,
}

impl Open {
    pub(crate) async fn connect(
        endpoint: &Endpoint,
        trust: &Trust,
        stats: &Stats,
    ) -> Result<Self, Fault> {
        let Dialed {
            stream,
            chain,
            certificate_asked,
        } = dial(endpoint, trust, stats).await?;
        let departures = Departures::counted_in(&stats.requests);
        let wire = Wire {
            stream,
            departures: Arc::clone(&departures),
        };
        let (send, connection) = http1::Builder::new()
            .max_buf_size(64 * 1024)
            .handshake(TokioIo::new(wire))
            .await
            .map_err(|e| Fault::Closed {
                detail: e.to_string(),
            })?;
        let driver = Driver::of(async move {
            let error = connection.await.err()?;
            tracing::trace!(%error, "connection ended");
            tls::late_refusal(&error)
        });
        Ok(Self {
            send,
            chain,
            answers: 0,
            certificate_asked,
            logged_on: None,
            driver,
            departures,
        })
    }

    /// Whether it has ended, as far as this end can know: what came while nobody asked is looked at.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.driver.look().await;
        self.send.is_closed()
    }

    /// The certificate the server showed on this connection.
    pub(crate) fn certificate(&self) -> Option<&[u8]> {
        self.chain.first().map(|leaf| leaf.der.as_slice())
    }

    /// The chain of this connection, leaf first.
    pub(crate) fn chain(&self) -> Arc<Vec<Certificate>> {
        Arc::clone(&self.chain)
    }

    /// Asks for the endpoint's path and nothing else: no body, no credentials.
    pub(crate) async fn get(&mut self, endpoint: &Endpoint) -> Result<Reply, Failed> {
        let request = Request::get(endpoint.uri.clone())
            .header(HOST, endpoint.authority())
            .header(USER_AGENT, endpoint.user_agent.as_str())
            .header(ACCEPT, "application/json, text/xml, */*;q=0.1")
            .body(Full::new(Bytes::new()))
            .expect("host and path come from a URL that was parsed");
        self.send(endpoint, request, false).await
    }

    /// Sends a request with its body, within the time that one may take.
    pub(crate) async fn ask(
        &mut self,
        endpoint: &Endpoint,
        call: &Call,
        header: Option<HeaderValue>,
        with_credentials: bool,
    ) -> Result<Reply, Failed> {
        let request = request(endpoint, call, header, true);
        self.send(endpoint, request, with_credentials).await
    }

    /// A request with credentials. It counts from when it leaves, answered or not: the caller may be
    /// stopped before, and after.
    pub(crate) async fn ask_counted(
        &mut self,
        endpoint: &Endpoint,
        call: &Call,
        header: Option<HeaderValue>,
    ) -> Result<Reply, Failed> {
        let _due = self.departures.expect_one();
        self.ask(endpoint, call, header, true).await
    }

    /// A leg of a log-on: the request without its body.
    pub(crate) async fn leg(
        &mut self,
        endpoint: &Endpoint,
        call: &Call,
        header: HeaderValue,
        with_credentials: bool,
    ) -> Result<Reply, Failed> {
        let request = request(endpoint, call, Some(header), false);
        self.send(endpoint, request, with_credentials).await
    }

    /// What a failure is called. A connection that ended before anything could be sent may have
    /// been refused by TLS, which the connection itself has heard.
    pub(crate) async fn fault(&mut self, failed: Failed) -> Fault {
        let unanswered = self.answers == 0 && self.certificate_asked;
        match failed {
            Failed::NotSent | Failed::NoAnswer(_) | Failed::Fault(Fault::Closed { .. })
                if unanswered =>
            {
                tls::certificate_demanded()
            }
            Failed::NotSent => {
                let said = self.driver.last_words().await;
                said.unwrap_or_else(|| failed.into_fault())
            }
            failed => failed.into_fault(),
        }
    }

    async fn send(
        &mut self,
        endpoint: &Endpoint,
        request: Request<Full<Bytes>>,
        with_credentials: bool,
    ) -> Result<Reply, Failed> {
        let answered = answered(&mut self.send, request, with_credentials, &self.chain);
        let answered = self.driver.while_waiting_for(answered);
        let reply = tokio::time::timeout(endpoint.timeout, answered)
            .await
            .map_err(|_| Failed::Fault(Fault::Timeout))??;
        self.answers += 1;
        Ok(reply)
    }
}

impl Driver {
    fn of(connection: impl Future<Output = Option<Fault>> + Send + 'static) -> Self {
        Self {
            connection: Some(Mutex::new(Box::pin(connection))),
            last_words: None,
        }
    }

    /// Moves the connection on as far as it goes.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(connection) = &mut self.connection else {
            return Poll::Ready(());
        };
        let connection = connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.last_words = ready!(connection.as_mut().poll(cx));
        self.connection = None;
        Poll::Ready(())
    }

    async fn look(&mut self) {
        poll_fn(|cx| {
            // Whether it has ended is asked elsewhere.
            let _ = self.poll(cx);
            Poll::Ready(())
        })
        .await;
    }

    /// The request first: what it hands over is on its way before anybody is told to look.
    async fn while_waiting_for<F: Future>(&mut self, request: F) -> F::Output {
        let mut request = pin!(request);
        poll_fn(|cx| {
            if let Poll::Ready(done) = request.as_mut().poll(cx) {
                return Poll::Ready(done);
            }
            let _ = self.poll(cx);
            request.as_mut().poll(cx)
        })
        .await
    }

    /// What TLS had to say about the end of the connection.
    async fn last_words(&mut self) -> Option<Fault> {
        let end = poll_fn(|cx| self.poll(cx));
        // Without an end there are no last words.
        let _ = tokio::time::timeout(LAST_WORDS, end).await;
        self.last_words.take()
    }
}

async fn answered(
    send: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
    with_credentials: bool,
    chain: &Arc<Vec<Certificate>>,
) -> Result<Reply, Failed> {
    send.ready().await.map_err(|e| Failed::from_hyper(&e))?;
    let started = Instant::now();
    let response = send.send_request(request);
    let response = response.await.map_err(|e| Failed::from_hyper(&e))?;
    read(response, started, with_credentials, chain).await
}

fn request(
    endpoint: &Endpoint,
    call: &Call,
    header: Option<HeaderValue>,
    with_body: bool,
) -> Request<Full<Bytes>> {
    let body = if with_body {
        call.body.clone()
    } else {
        Bytes::new()
    };
    let mut request = Request::new(Full::new(body));
    *request.uri_mut() = match &call.target {
        Target::Ews => endpoint.uri.clone(),
        Target::Beside(path) | Target::Get(path) => {
            path.parse().expect("whoever wrote the path escaped it")
        }
    };
    *request.method_mut() = match &call.target {
        Target::Ews | Target::Beside(_) => Method::POST,
        Target::Get(_) => Method::GET,
    };
    let headers = request.headers_mut();
    headers.clone_from(&endpoint.headers);
    if matches!(call.target, Target::Get(_)) {
        headers.remove(CONTENT_TYPE);
        headers.insert(ACCEPT, JSON);
    }
    headers.insert(CLIENT_REQUEST_ID, value(&call.request_id));
    // A UTF-8 local part cannot stand in a header everywhere; without it routing is only slower.
    if let Some(anchor) = call.anchor.as_deref().filter(|anchor| anchor.is_ascii()) {
        headers.insert(X_ANCHOR_MAILBOX, value(anchor));
    }
    if let Some(header) = header {
        headers.insert(AUTHORIZATION, header);
    }
    request
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("anchor and id are ASCII without controls")
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
        headers: Headers::from(head.headers),
        body: body.to_bytes(),
        elapsed: started.elapsed(),
        with_credentials,
        chain: Arc::clone(chain),
        log_on: None,
    })
}

impl Failed {
    /// Whether the same request may go over a fresh connection instead, unseen. On a connection that
    /// is itself logged on, servers and load balancers count requests and hang up at will.
    pub(crate) fn may_be_replaced(&self, call: &Call, logged_on: bool) -> bool {
        match self {
            Self::NotSent => true,
            Self::NoAnswer(_) => logged_on && call.idempotent,
            Self::Fault(_) => false,
        }
    }

    pub(crate) fn into_fault(self) -> Fault {
        match self {
            Self::NotSent => Fault::Closed {
                detail: "no answer came".to_owned(),
            },
            Self::NoAnswer(detail) => Fault::Closed { detail },
            Self::Fault(fault) => fault,
        }
    }

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
        Self::NoAnswer(error.to_string())
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
