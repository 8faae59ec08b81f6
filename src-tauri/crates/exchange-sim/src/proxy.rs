//! An HTTP proxy for tests, as it stands in front of a company's network: `CONNECT` tunnels, log-on
//! by Basic or NTLM, faults on demand, and TLS inspection with a CA of its own. Listens on loopback,
//! connects to loopback alone, and keeps nothing of what passes through.

mod dialogue;
mod gate;
mod inspection;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::certificate::{Authority, Keys};
use crate::simulator::StartError;
use crate::windows::Domain;

/// Common name of the CA of a proxy that inspects TLS.
pub const GATEWAY_CA: &str = "Contoso Web Gateway CA";

/// What a proxy is told at the start, and can be told again by [`Proxy::update`] (apart from `port`
/// and `inspection`, which are read once).
#[derive(Debug, Clone, Default)]
pub struct ProxyOptions {
    /// TCP port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// How clients log on.
    pub authentication: ProxyAuthentication,
    /// Where hosts are to be found: `mail.contoso.test:443` on a loopback address. `localhost`,
    /// `127.0.0.1` and `[::1]` need no entry; any other host does not exist.
    pub hosts: HashMap<String, SocketAddr>,
    /// What every `CONNECT` meets.
    pub fault: Option<ProxyFault>,
    /// So many tunnels open without a log-on or a fault; both come late.
    pub free_tunnels: u64,
    /// Ends TLS itself, with certificates of its own CA.
    pub inspection: Option<Inspection>,
    /// The domain that NTLM challenges name.
    pub domain: Domain,
}

/// How clients log on to a proxy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProxyAuthentication {
    /// Not at all.
    #[default]
    None,
    /// By Basic.
    Basic {
        /// Name, compared as it is.
        user: String,
        /// Its password.
        password: String,
    },
    /// By NTLM, three legs on one connection.
    Ntlm {
        /// `DOMAIN\user` or a UPN, compared ignoring case.
        user: String,
        /// Its password.
        password: String,
    },
}

/// What goes wrong at a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyFault {
    /// Refuses the tunnel with this status, such as 403 or 502.
    Refuses(u16),
    /// Never answers.
    Hangs,
    /// Closes the connection without an answer.
    Closes,
    /// 407 without `Proxy-Authenticate`.
    AsksForNothing,
    /// 407 in every leg but the last ends the connection.
    ClosesAfterChallenge,
}

/// TLS inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The CA that the proxy trusts on the far side, in PEM.
    pub upstream_ca: String,
}

/// What happened at a proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyCounters {
    /// Connections accepted.
    pub connections: u64,
    /// Requests that were no `CONNECT`.
    pub other_requests: u64,
    /// `CONNECT` requests, those in the middle of a log-on too.
    pub connects: u64,
    /// Tunnels opened.
    pub tunnels: u64,
    /// Answers with 407.
    pub challenges: u64,
    /// Credentials refused.
    pub refusals: u64,
    /// `Authorization` headers seen. They are Exchange's alone; here there must be none.
    pub authorizations: u64,
    /// What tunnels were asked to, in order: `localhost:443`.
    pub targets: Vec<String>,
}

/// A running proxy. Stops when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    office: Arc<Office>,
    listener: JoinHandle<()>,
    closing: watch::Sender<()>,
}

/// Everything the connections share.
#[derive(Debug)]
struct Office {
    options: RwLock<Arc<ProxyOptions>>,
    inspector: Option<inspection::Inspector>,
    tally: Tally,
}

#[derive(Debug, Default)]
struct Tally {
    connections: AtomicU64,
    other_requests: AtomicU64,
    connects: AtomicU64,
    tunnels: AtomicU64,
    challenges: AtomicU64,
    refusals: AtomicU64,
    authorizations: AtomicU64,
    targets: Mutex<Vec<String>>,
}

impl Office {
    fn options(&self) -> Arc<ProxyOptions> {
        Arc::clone(&self.options.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Starts a proxy on 127.0.0.1.
///
/// # Errors
/// [`StartError`] when the port cannot be had or the CA cannot be made.
pub async fn start(options: ProxyOptions) -> Result<Proxy, StartError> {
    let port = options.port;
    let failed = |source| StartError::Listen { port, source };
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    let inspector = match &options.inspection {
        None => None,
        Some(inspection) => {
            let ca = Authority::new(GATEWAY_CA, Keys::P256)
                .map_err(|error| StartError::Certificate(Box::new(error)))?;
            let inspector = inspection::Inspector::new(ca, &inspection.upstream_ca)?;
            Some(inspector)
        }
    };
    let office = Arc::new(Office {
        options: RwLock::new(Arc::new(options)),
        inspector,
        tally: Tally::default(),
    });
    let (closing, closed) = watch::channel(());
    let listener = tokio::spawn(accept(socket, Arc::clone(&office), closed));
    Ok(Proxy {
        address,
        office,
        listener,
        closing,
    })
}

impl Proxy {
    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The CA with which it inspects TLS, if it does.
    #[must_use]
    pub fn ca_pem(&self) -> Option<String> {
        let inspector = self.office.inspector.as_ref()?;
        Some(inspector.ca_pem())
    }

    /// What happened so far.
    #[must_use]
    pub fn counters(&self) -> ProxyCounters {
        let tally = &self.office.tally;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ProxyCounters {
            connections: read(&tally.connections),
            other_requests: read(&tally.other_requests),
            connects: read(&tally.connects),
            tunnels: read(&tally.tunnels),
            challenges: read(&tally.challenges),
            refusals: read(&tally.refusals),
            authorizations: read(&tally.authorizations),
            targets: tally.targets().clone(),
        }
    }

    /// Changes authentication, hosts or faults from the next request on.
    pub fn update(&self, change: impl FnOnce(&mut ProxyOptions)) {
        let mut options = self
            .office
            .options
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut options));
    }

    /// Closes all connections and waits until they are closed.
    pub async fn stop(self) {
        drop(self.closing);
        // The listener ends by itself once `closing` is gone; it has no result to lose.
        let _ = self.listener.await;
    }
}

impl Tally {
    fn targets(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(socket: TcpListener, office: Arc<Office>, mut closed: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => {
                if let Ok((stream, _)) = accepted {
                    office.tally.connections.fetch_add(1, Ordering::Relaxed);
                    let office = Arc::clone(&office);
                    // Its errors are those of clients and faults, which tests look at from outside.
                    connections.spawn(async move {
                        let _: io::Result<()> = dialogue::serve(stream, &office).await;
                    });
                }
            }
            Some(_) = connections.join_next() => {}
            _ = closed.changed() => break,
        }
    }
    connections.shutdown().await;
}
