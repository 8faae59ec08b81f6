//! Names in DNS: SRV records, and addresses by a name server that was named by hand, so that split DNS
//! can be looked at from its other side. Without one, addresses are the operating system's affair and
//! only SRV is asked for here, of the servers that the system is configured with.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{ResolverBuilder, TokioResolver};

/// Time for one question to one server; it is asked twice at most.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most records of an answer that are looked at.
const MOST: usize = 64;

/// A way to ask DNS.
#[derive(Clone)]
pub struct Names {
    resolver: TokioResolver,
    /// Named by hand: then it answers for addresses too.
    server: Option<SocketAddr>,
}

/// One SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// Smaller comes first.
    pub priority: u16,
    /// Share among those of one priority.
    pub weight: u16,
    /// Port.
    pub port: u16,
    /// Host, without the final dot; empty: "decidedly not available".
    pub target: String,
}

/// Why DNS gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NamesError {
    /// There is no such name, or no such record.
    #[error("there is no such record")]
    None,
    /// The server could not be asked, or did not answer.
    #[error("{0}")]
    Unanswered(String),
}

impl Names {
    /// The servers that the operating system is configured with.
    ///
    /// # Errors
    /// [`NamesError::Unanswered`] where the configuration cannot be read.
    pub fn system() -> Result<Self, NamesError> {
        let resolver = TokioResolver::builder_tokio()
            .map(|builder| builder.with_options(patient(ResolverOpts::default())))
            .and_then(ResolverBuilder::build);
        Ok(Self {
            resolver: resolver.map_err(|error| unanswered(&error))?,
            server: None,
        })
    }

    /// This server alone: no search list, no `hosts` file.
    ///
    /// # Errors
    /// [`NamesError::Unanswered`] where no resolver can be made.
    pub fn at(server: SocketAddr) -> Result<Self, NamesError> {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut way| {
            way.port = server.port();
            way
        });
        let one = NameServerConfig::new(server.ip(), true, connections.into());
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![one]);
        let mut options = patient(ResolverOpts::default());
        options.use_hosts_file = ResolveHosts::Never;
        // It was named to see what it says now.
        options.cache_size = 0;
        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(options)
            .build();
        Ok(Self {
            resolver: resolver.map_err(|error| unanswered(&error))?,
            server: Some(server),
        })
    }

    /// The server that was named by hand.
    #[must_use]
    pub fn server(&self) -> Option<SocketAddr> {
        self.server
    }

    /// The SRV records of a full name, as they came.
    ///
    /// # Errors
    /// [`NamesError`].
    pub async fn srv(&self, name: &str) -> Result<Vec<Srv>, NamesError> {
        let answer = self.resolver.srv_lookup(full(name)).await;
        let answer = answer.map_err(|error| unanswered(&error))?;
        let records = answer.answers().iter().filter_map(|record| {
            let RData::SRV(srv) = &record.data else {
                return None;
            };
            let target = srv.target.to_ascii();
            Some(Srv {
                priority: srv.priority,
                weight: srv.weight,
                port: srv.port,
                target: target.trim_end_matches('.').to_owned(),
            })
        });
        let records: Vec<Srv> = records.take(MOST).collect();
        if records.is_empty() {
            return Err(NamesError::None);
        }
        Ok(records)
    }

    /// The addresses of a full name.
    ///
    /// # Errors
    /// [`NamesError`].
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, NamesError> {
        let answer = self.resolver.lookup_ip(full(name)).await;
        let answer = answer.map_err(|error| unanswered(&error))?;
        let found: Vec<IpAddr> = answer.iter().take(MOST).collect();
        if found.is_empty() {
            return Err(NamesError::None);
        }
        Ok(found)
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// With its final dot, so that no search list leads elsewhere.
fn full(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.'))
}

fn patient(mut options: ResolverOpts) -> ResolverOpts {
    options.timeout = PATIENCE;
    options.attempts = 2;
    options
}

fn unanswered(error: &NetError) -> NamesError {
    if error.is_no_records_found() {
        NamesError::None
    } else {
        NamesError::Unanswered(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::full;

    #[test]
    fn a_name_is_asked_for_in_full() {
        assert_eq!(full("mail.contoso.com"), "mail.contoso.com.");
        assert_eq!(full("mail.contoso.com."), "mail.contoso.com.");
    }
}
