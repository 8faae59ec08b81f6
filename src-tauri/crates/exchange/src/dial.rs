//! From a name to an open stream: DNS, TCP (staggered over the addresses), proxy, TLS.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::client::TlsStream;

use crate::endpoint::host_and_port;
use crate::{
    Certificate, Endpoint, Fault, Names, Proxy, ProxyFault, Stats, TlsReason, Trust, proxy, tls,
};

/// Longest time for a connection attempt, whatever the request may take.
const MAX_CONNECT: Duration = Duration::from_secs(15);
/// Head start of an address before the next is tried beside it (RFC 8305 §5).
const STAGGER: Duration = Duration::from_millis(250);

/// An open stream and the chain it was opened with.
pub(crate) struct Dialed {
    pub(crate) stream: Stream,
    pub(crate) chain: Arc<Vec<Certificate>>,
    pub(crate) certificate_asked: bool,
}

/// How the newest connection attempt went, as far as it came: kept in success and in failure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dialing {
    /// What the name resolved to; empty where nothing was looked up (an address, a proxy).
    pub addresses: Vec<SocketAddr>,
    /// How long the look-up took, failed or not.
    pub resolved: Option<Duration>,
    /// How long it took until a port answered, the tunnel of a proxy included; failed or not.
    pub connected: Option<Duration>,
    /// The address that answered, or the proxy's.
    pub peer: Option<SocketAddr>,
    /// `host:port` of the HTTP proxy it went through.
    pub proxy: Option<String>,
    /// How long the TLS handshake took, failed or not.
    pub encrypted: Option<Duration>,
    /// Version and cipher suite, as `TLSv1_3 TLS13_AES_256_GCM_SHA384`.
    pub protocol: Option<String>,
}

/// Plain or encrypted.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<tls::Heard>>),
}

/// Opens a connection within the endpoint's time-out. Every TCP connection is counted, whether TLS
/// comes about on it or not.
///
/// # Errors
/// [`Fault`], each kind by its evidence.
pub(crate) async fn dial(
    endpoint: &Endpoint,
    trust: &Trust,
    stats: &Stats,
) -> Result<Dialed, Fault> {
    match once(endpoint, trust, stats).await {
        // A handshake that was cut off without an alert deserves one more attempt: load balancers
        // and freshly recycled servers do this at random.
        Err(Fault::Tls(fault)) if fault.reason == TlsReason::HungUp => {
            once(endpoint, trust, stats).await
        }
        other => other,
    }
}

async fn once(endpoint: &Endpoint, trust: &Trust, stats: &Stats) -> Result<Dialed, Fault> {
    let mut told = Dialing::default();
    let dialed = in_phases(endpoint, trust, stats, &mut told).await;
    stats.dialed(told);
    dialed
}

async fn in_phases(
    endpoint: &Endpoint,
    trust: &Trust,
    stats: &Stats,
    told: &mut Dialing,
) -> Result<Dialed, Fault> {
    let mut limit = Limit::new(endpoint.timeout.min(MAX_CONNECT));
    let tcp = connect(endpoint, &mut limit, stats, told).await?;
    if !endpoint.secure {
        return Ok(Dialed {
            stream: Stream::Plain(tcp),
            chain: Arc::default(),
            certificate_asked: false,
        });
    }
    let started = Instant::now();
    let shaken = limit.keep(tls::handshake(tcp, &endpoint.host, trust)).await;
    told.encrypted = Some(started.elapsed());
    let shaken = shaken.ok_or_else(|| Fault::ConnectTimeout {
        detail: limit.waited("the TLS handshake was not answered"),
    })?;
    let tls::Shaken {
        stream,
        certificate_asked,
    } = shaken.map_err(|fault| through(endpoint, fault))?;
    let session = stream.get_ref().1;
    told.protocol = session
        .protocol_version()
        .zip(session.negotiated_cipher_suite())
        .map(|(version, suite)| format!("{version:?} {:?}", suite.suite()));
    let shown = session.peer_certificates().unwrap_or_default();
    let chain = shown.iter().map(|der| Certificate::describe(der)).collect();
    Ok(Dialed {
        stream: Stream::Tls(Box::new(stream)),
        chain: Arc::new(chain),
        certificate_asked,
    })
}

/// A proxy may open a tunnel and then answer in the server's place, or cut it.
fn through(endpoint: &Endpoint, mut fault: Fault) -> Fault {
    if let (Proxy::Http { host, port, .. }, Fault::Tls(tls)) = (&endpoint.proxy, &mut fault)
        && endpoint.is_proxied()
        && matches!(tls.reason, TlsReason::NotTls | TlsReason::HungUp)
    {
        tls.detail = format!(
            "{}; this came through the HTTP proxy {}, which may block what it lets begin",
            tls.detail,
            host_and_port(host, *port)
        );
    }
    fault
}

/// The time that all steps of one connection attempt share.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    length: Duration,
    end: tokio::time::Instant,
}

impl Limit {
    fn new(length: Duration) -> Self {
        Self {
            length,
            end: tokio::time::Instant::now() + length,
        }
    }

    /// `None`: the time is over.
    pub(crate) async fn keep<T>(self, step: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout_at(self.end, step).await.ok()
    }

    /// Gives time back that was spent on something else.
    pub(crate) fn extend(&mut self, by: Duration) {
        self.end += by;
    }

    pub(crate) fn seconds(self) -> String {
        format!("{} s", self.length.as_secs_f32())
    }

    fn waited(self, what: &str) -> String {
        format!("{what} for {}", self.seconds())
    }
}

async fn connect(
    endpoint: &Endpoint,
    limit: &mut Limit,
    stats: &Stats,
    told: &mut Dialing,
) -> Result<TcpStream, Fault> {
    let stream = match &endpoint.proxy {
        Proxy::Http {
            host,
            port,
            credentials,
        } if !endpoint.is_loopback() => {
            told.proxy = Some(host_and_port(host, *port));
            let started = Instant::now();
            let way = proxy::Way {
                host,
                port: *port,
                credentials: credentials.as_ref(),
                target: endpoint.target(),
                user_agent: &endpoint.user_agent,
                log_ons: &endpoint.proxy_log_ons,
                connections: &stats.connections,
            };
            let tunnel = way.tunnel(limit).await;
            told.connected = Some(started.elapsed());
            tunnel.map_err(|kind| {
                Fault::Proxy(Box::new(ProxyFault {
                    proxy: host_and_port(host, *port),
                    kind,
                }))
            })?
        }
        _ => {
            let addresses = addresses(endpoint, *limit, told).await?;
            let started = Instant::now();
            let raced = race(addresses, *limit).await;
            told.connected = Some(started.elapsed());
            let stream = raced?;
            stats.connections.fetch_add(1, Relaxed);
            stream
        }
    };
    told.peer = stream.peer_addr().ok();
    // Requests are one small packet each; waiting to fill it would cost a round trip.
    stream.set_nodelay(true).map_err(|e| Fault::Closed {
        detail: e.to_string(),
    })?;
    Ok(stream)
}

/// A connection to a name, no more.
pub(crate) async fn reach(host: &str, port: u16, limit: Limit) -> Result<TcpStream, Fault> {
    race(resolve(host, port, limit).await?, limit).await
}

async fn addresses(
    endpoint: &Endpoint,
    limit: Limit,
    told: &mut Dialing,
) -> Result<Vec<SocketAddr>, Fault> {
    let by_hand = endpoint
        .overrides
        .iter()
        .filter(|o| o.port == endpoint.port && o.host.eq_ignore_ascii_case(&endpoint.host))
        .map(|o| o.to)
        .collect::<Vec<_>>();
    // Plain http is for this computer alone, whatever the name is said to stand for.
    let elsewhere = by_hand.iter().any(|to| !to.ip().is_loopback());
    if !endpoint.secure && endpoint.is_loopback() && elsewhere {
        return Err(Fault::NameNotFound {
            detail: "plain http is for this computer alone".to_owned(),
        });
    }
    if !by_hand.is_empty() {
        return Ok(by_hand);
    }
    if let Some(ip) = endpoint.address {
        return Ok(vec![SocketAddr::new(ip, endpoint.port)]);
    }
    let started = Instant::now();
    let found = match &endpoint.names {
        Some(names) if !endpoint.is_loopback() => by_server(names, endpoint, limit).await,
        _ => resolve(&endpoint.host, endpoint.port, limit).await,
    };
    told.resolved = Some(started.elapsed());
    if let Ok(found) = &found {
        told.addresses.clone_from(found);
    }
    found
}

/// What a name server that was named by hand says.
async fn by_server(
    names: &Names,
    endpoint: &Endpoint,
    limit: Limit,
) -> Result<Vec<SocketAddr>, Fault> {
    let not_found = |detail: String| Fault::NameNotFound { detail };
    let found = limit.keep(names.addresses(&endpoint.host)).await;
    let found = found
        .ok_or_else(|| not_found(limit.waited("the name server did not answer")))?
        .map_err(|error| not_found(error.to_string()))?;
    let at = |ip| SocketAddr::new(ip, endpoint.port);
    Ok(found.into_iter().map(at).collect())
}

async fn resolve(host: &str, port: u16, limit: Limit) -> Result<Vec<SocketAddr>, Fault> {
    let not_found = |detail: String| Fault::NameNotFound { detail };
    let looked_up = limit.keep(tokio::net::lookup_host((host, port))).await;
    let found: Vec<SocketAddr> = looked_up
        .ok_or_else(|| not_found(limit.waited("the name server did not answer")))?
        .map_err(|e| not_found(e.to_string()))?
        .collect();
    if found.is_empty() {
        Err(not_found("no address".to_owned()))
    } else {
        Ok(found)
    }
}

async fn race(addresses: Vec<SocketAddr>, limit: Limit) -> Result<TcpStream, Fault> {
    let first = limit.keep(first(addresses)).await;
    first.ok_or_else(|| Fault::ConnectTimeout {
        detail: limit.waited("nothing answered"),
    })?
}

/// The first address that answers wins; each later one starts a moment after the one before it.
async fn first(addresses: Vec<SocketAddr>) -> Result<TcpStream, Fault> {
    let mut waiting = addresses.into_iter();
    let mut attempts = JoinSet::new();
    let mut last = Fault::ConnectTimeout {
        detail: "no address".to_owned(),
    };
    loop {
        if let Some(address) = waiting.next() {
            attempts.spawn(TcpStream::connect(address));
        }
        let ended = if waiting.len() == 0 {
            attempts.join_next().await
        } else {
            match tokio::time::timeout(STAGGER, attempts.join_next()).await {
                Ok(ended) => ended,
                Err(_) => continue,
            }
        };
        match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(error))) => last = connect_fault(&error),
            Some(Err(error)) => {
                last = Fault::Closed {
                    detail: error.to_string(),
                }
            }
            None if waiting.len() == 0 => return Err(last),
            None => {}
        }
    }
}

fn connect_fault(error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Fault::ConnectionRefused,
        _ => Fault::ConnectTimeout {
            detail: error.to_string(),
        },
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}
