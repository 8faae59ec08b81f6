//! One look at an address: a GET without credentials, over a connection of its own. Follows no
//! redirect. The only thing here that may use plain http to another machine, and it cannot carry
//! credentials: there is nothing to give them to.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::connection::Open;
use crate::{Certificate, Endpoint, EndpointError, Fault, Reply, Stats, Trust};

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Glance(Endpoint);

/// What was seen.
#[derive(Debug, Clone)]
pub struct Glanced {
    /// The reply, or why there is none.
    pub outcome: Result<Reply, Fault>,
    /// The certificate chain that was shown, leaf first, whatever came of it; empty for plain http.
    pub chain: Arc<Vec<Certificate>>,
}

impl Glance {
    /// Looks at this endpoint's URL.
    #[must_use]
    pub const fn at(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }

    /// Looks at a plain `http` URL of any host, with the time-out, overrides, name server and proxy
    /// of `like`.
    ///
    /// # Errors
    /// [`EndpointError::Invalid`] for anything but an `http` URL.
    pub fn plain_http(url: &str, like: &Endpoint) -> Result<Self, EndpointError> {
        Endpoint::plain(url, like).map(Self)
    }

    /// Looks.
    pub async fn look(&self, trust: &Trust) -> Glanced {
        let stats = Stats::default();
        let mut open = match Open::connect(&self.0, trust, &stats).await {
            Ok(open) => open,
            Err(fault) => {
                let chain = match &fault {
                    Fault::Tls(tls) => Arc::new(tls.chain.clone()),
                    _ => Arc::default(),
                };
                tracing::debug!(connections = stats.connections.load(Relaxed), %fault, "no look");
                return Glanced {
                    outcome: Err(fault),
                    chain,
                };
            }
        };
        let chain = open.chain();
        let outcome = match open.get(&self.0).await {
            Ok(reply) => Ok(reply),
            Err(failed) => Err(open.fault(failed).await),
        };
        Glanced { outcome, chain }
    }
}
