//! Several hosts of one organization, or of several, each a simulator of its own on loopback, with
//! certificates of one CA: what a client with a resolver of its own finds Autodiscover on.

use std::net::SocketAddr;

use crate::certificate::{Authority, CertificateError, Keys};
use crate::counters::LoggedRequest;
use crate::options::{Bind, Options};
use crate::simulator::{Simulator, StartError, start_under};

/// Running hosts. They stop when dropped.
#[derive(Debug)]
pub struct Hosts {
    ca_pem: String,
    simulators: Vec<(Options, Simulator)>,
}

/// Starts one simulator for each; `Options::names` says which host names it has. A host that answers
/// over HTTPS and over plain HTTP is two of them with one name.
///
/// ```no_run
/// # async fn example() -> Result<(), exchange_sim::StartError> {
/// use exchange_sim::{Autodiscover, Bind, Certificate, Options, hosts};
/// let https = |name: &str| Options {
///     bind: Bind::Https(Certificate::Ca),
///     names: vec![name.to_owned()],
///     ..Options::default()
/// };
/// let hosts = hosts(vec![
///     https("mail.contoso.com"),
///     Options {
///         autodiscover: Autodiscover::at("https://mail.contoso.com/EWS/Exchange.asmx"),
///         ..https("autodiscover.contoso.com")
///     },
/// ])
/// .await?;
/// let addresses = hosts.resolve(); // ("mail.contoso.com", 443, 127.0.0.1:…), …
/// assert!(!hosts.host("autodiscover.contoso.com").received_credentials());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`StartError`] as of [`crate::start`].
pub async fn hosts(list: Vec<Options>) -> Result<Hosts, StartError> {
    let ca = Authority::fresh(Keys::P256).map_err(CertificateError::from)?;
    let mut simulators = Vec::with_capacity(list.len());
    for options in list {
        let simulator = start_under(options.clone(), Some(&ca)).await?;
        simulators.push((options, simulator));
    }
    Ok(Hosts {
        ca_pem: ca.certificate().pem(),
        simulators,
    })
}

impl Hosts {
    /// Certificate of the CA that all of them have in common.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Where each name is: name, standard port (443, or 80 over plain HTTP), loopback address.
    #[must_use]
    pub fn resolve(&self) -> Vec<(String, u16, SocketAddr)> {
        let places = self.simulators.iter().flat_map(|(options, simulator)| {
            let port = standard_port(options);
            let names = options.names.iter().cloned();
            names.map(move |name| (name, port, simulator.address()))
        });
        places.collect()
    }

    /// The host of this name that answers over HTTPS.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn host(&self, name: &str) -> &Simulator {
        self.at(name, 443)
    }

    /// The host of this name that answers over plain HTTP.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn plain(&self, name: &str) -> &Simulator {
        self.at(name, 80)
    }

    /// Every request to any of them, host by host, each with the name of the host it came to.
    #[must_use]
    pub fn recorded(&self) -> Vec<(String, LoggedRequest)> {
        let requests = self.simulators.iter().flat_map(|(options, simulator)| {
            let name = options.names.first().cloned().unwrap_or_default();
            let recorded = simulator.recorded().into_iter();
            recorded.map(move |request| (name.clone(), request))
        });
        requests.collect()
    }

    /// The names of those that were sent credentials, over HTTPS or not.
    #[must_use]
    pub fn that_received_credentials(&self) -> Vec<String> {
        let asked = self.simulators.iter();
        asked
            .filter(|(_, simulator)| simulator.received_credentials())
            .filter_map(|(options, _)| options.names.first().cloned())
            .collect()
    }

    /// Closes all connections and waits until they are closed.
    pub async fn stop(self) {
        for (_, simulator) in self.simulators {
            simulator.stop().await;
        }
    }

    fn at(&self, name: &str, port: u16) -> &Simulator {
        let named = |options: &Options| {
            standard_port(options) == port
                && options.names.iter().any(|n| n.eq_ignore_ascii_case(name))
        };
        let found = self.simulators.iter().find(|(options, _)| named(options));
        &found.expect("the caller names a host it started").1
    }
}

const fn standard_port(options: &Options) -> u16 {
    match options.bind {
        Bind::Http => 80,
        Bind::Https(_) => 443,
    }
}
