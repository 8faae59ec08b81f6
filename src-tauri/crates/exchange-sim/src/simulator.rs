//! Starting, changing and stopping a simulated server. Listens on the loopback addresses only.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::bearer::{Keyring, Tokens};
use crate::budgets::Budgets;
use crate::certificate::{Authority, CertificateError, Identity, identity};
use crate::channel;
use crate::counters::{Counters, LoggedRequest, Tally};
use crate::directory::Directory;
use crate::doors::Doors;
use crate::entrance::{accept, listen};
use crate::fault::Fault;
use crate::graph::Ledger;
use crate::items::Items;
use crate::log_on::Refusals;
use crate::options::{Bind, Options};
use crate::queue::Queue;

/// Why the simulator could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error("could not listen on port {port} of the loopback address")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate could not be made.
    #[error("could not make the certificate")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<CertificateError> for StartError {
    fn from(error: CertificateError) -> Self {
        Self::Certificate(Box::new(error))
    }
}

/// Everything the connections share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) tally: Tally,
    pub(crate) queue: Queue,
    pub(crate) refusals: Refusals,
    pub(crate) items: Items,
    pub(crate) budgets: Budgets,
    pub(crate) doors: Arc<Doors>,
    pub(crate) keyring: Keyring,
    pub(crate) tokens: Tokens,
    pub(crate) graph: Ledger,
    /// Scheme and host it names itself with: `https://mail.contoso.com`.
    pub(crate) own: String,
    /// The same on loopback: `https://localhost:50443`.
    pub(crate) loopback: String,
    /// Channel binding of the own certificate; none over plain HTTP.
    pub(crate) channel: Option<[u8; 16]>,
    directory: RwLock<Arc<Directory>>,
}

impl World {
    /// The directory as it is now.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        // A whole value is swapped in, so there is no half-made one to fear.
        Arc::clone(
            &self
                .directory
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// A running server. Stops when dropped; [`Simulator::stop`] waits for it.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    identity: Option<Identity>,
    world: Arc<World>,
    change: Mutex<()>,
    closing: watch::Sender<()>,
    listeners: Vec<JoinHandle<()>>,
}

/// Starts a server on 127.0.0.1 and, where the machine has it, `[::1]`.
///
/// # Errors
/// [`StartError`] when the port cannot be had or the certificate cannot be made.
pub async fn start(options: Options) -> Result<Simulator, StartError> {
    start_under(options, None).await
}

/// The same with a certificate of this CA, where it is one that a CA signs.
pub(crate) async fn start_under(
    options: Options,
    ca: Option<&Authority>,
) -> Result<Simulator, StartError> {
    let identity = match options.bind {
        Bind::Http => None,
        Bind::Https(certificate) => Some(identity(certificate, &options.names, ca)?),
    };
    let port = options.port;
    let sockets = listen(port)
        .await
        .map_err(|source| StartError::Listen { port, source })?;
    let address = sockets[0]
        .local_addr()
        .map_err(|source| StartError::Listen { port, source })?;
    let queue = Queue::default();
    options
        .faults
        .iter()
        .cloned()
        .for_each(|fault| queue.plan(fault));
    let world = Arc::new(World {
        tally: Tally::default(),
        queue,
        refusals: Refusals::default(),
        items: Items::default(),
        budgets: Budgets::default(),
        doors: Doors::new(),
        keyring: Keyring::default(),
        tokens: Tokens::default(),
        graph: Ledger::default(),
        own: own(options.names.first(), &options, address.port()),
        loopback: own(None, &options, address.port()),
        channel: identity
            .as_ref()
            .map(|identity| channel::expected(&identity.leaf_der)),
        directory: RwLock::new(Arc::new(Directory::new(options))),
    });
    let (closing, closed) = watch::channel(());
    let tls = identity
        .as_ref()
        .map(|identity| TlsAcceptor::from(Arc::clone(&identity.config)));
    let accept = |socket| {
        tokio::spawn(accept(
            socket,
            tls.clone(),
            Arc::clone(&world),
            closed.clone(),
        ))
    };
    let listeners = sockets.into_iter().map(accept).collect();
    Ok(Simulator {
        address,
        identity,
        world,
        change: Mutex::new(()),
        closing,
        listeners,
    })
}

impl Simulator {
    /// The address for clients: `https://localhost:PORT/EWS/Exchange.asmx`.
    #[must_use]
    pub fn ews_url(&self) -> String {
        format!("{}/EWS/Exchange.asmx", self.world.loopback)
    }

    /// The address that Autodiscover gives: that of the first of `Options::names`, at the standard
    /// port; without any, [`Simulator::ews_url`].
    #[must_use]
    pub fn public_ews_url(&self) -> String {
        format!("{}/EWS/Exchange.asmx", self.world.own)
    }

    /// Where Graph is, if `BearerRules::graph` has it answer: `https://localhost:PORT/v1.0`.
    #[must_use]
    pub fn graph_url(&self) -> String {
        format!("{}/v1.0", self.world.loopback)
    }

    /// The IPv4 address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Certificate of the private CA, if the server's own is signed by one.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.identity.as_ref()?.ca_pem.as_deref()
    }

    /// SHA-256 of the server certificate, 64 lower-case hex digits; nothing over plain HTTP.
    #[must_use]
    pub fn certificate_sha256(&self) -> Option<&str> {
        self.identity
            .as_ref()
            .map(|identity| identity.leaf_sha256.as_str())
    }

    /// The server certificate in DER.
    #[must_use]
    pub fn certificate_der(&self) -> Option<&[u8]> {
        self.identity
            .as_ref()
            .map(|identity| identity.leaf_der.as_slice())
    }

    /// What happened so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters {
            items_left: self.world.items.left(),
            peak_served: self.world.doors.peak(),
            turned_away: self.world.doors.turned_away(),
            throttled: self.world.budgets.counts(),
            tokens: self.world.tokens.uses(),
            graph: self.world.graph.counts(),
            ..self.world.tally.snapshot()
        }
    }

    /// The latest requests, oldest first; at most `Options::log_limit`.
    #[must_use]
    pub fn recorded(&self) -> Vec<LoggedRequest> {
        self.world.tally.snapshot().requests_log
    }

    /// Whether any request, of any method and path, brought credentials: more than the name of a
    /// scheme in its `Authorization`. NTLM's first message counts.
    #[must_use]
    pub fn received_credentials(&self) -> bool {
        self.world.tally.snapshot().credentials_received > 0
    }

    /// Plans a fault behind those already planned.
    pub fn plan(&self, fault: Fault) {
        self.world.queue.plan(fault);
    }

    /// Forgets all planned faults.
    pub fn forget_faults(&self) {
        self.world.queue.clear();
    }

    /// Forgets refused passwords, as an administrator who unlocks all accounts.
    pub fn unlock_accounts(&self) {
        self.world.refusals.unlock();
    }

    /// Lets the time of every token run out that was shown so far: the next request with one of them
    /// gets 401 with `2000002`, `token_expired`.
    pub fn expire_tokens(&self) {
        self.world.tokens.expire();
    }

    /// Changes accounts, mailboxes, schemes or speed from the next request on. `bind`, `port`,
    /// `names` and `faults` are not looked at again.
    pub fn update(&self, change: impl FnOnce(&mut Options)) {
        let _one_at_a_time = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let mut options = self.world.directory().options.clone();
        change(&mut options);
        let directory = Arc::new(Directory::new(options));
        *self
            .world
            .directory
            .write()
            .unwrap_or_else(PoisonError::into_inner) = directory;
    }

    /// Closes all connections and waits until they are closed.
    pub async fn stop(self) {
        drop(self.closing);
        for listener in self.listeners {
            // A listener ends by itself once `closing` is gone; it has no result to lose.
            let _ = listener.await;
        }
    }
}

fn own(name: Option<&String>, options: &Options, port: u16) -> String {
    let scheme = match options.bind {
        Bind::Http => "http",
        Bind::Https(_) => "https",
    };
    match name {
        Some(name) => format!("{scheme}://{name}"),
        None => format!("{scheme}://localhost:{port}"),
    }
}
