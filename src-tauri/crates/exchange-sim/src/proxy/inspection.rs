//! TLS inspection: ends the client's TLS with a certificate of the gateway's own CA, begins another
//! towards the server, and passes on what comes without looking at it.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::certificate::Authority;
use crate::simulator::StartError;

/// A gateway that opens TLS.
#[derive(Debug)]
pub(super) struct Inspector {
    ca: Authority,
    upstream: Arc<ClientConfig>,
    /// One certificate a host.
    hosts: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Inspector {
    /// A gateway of this CA that trusts another one (PEM) on the far side.
    pub(super) fn new(ca: Authority, upstream_ca: &str) -> Result<Self, StartError> {
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| StartError::Certificate(error);
        let mut roots = RootCertStore::empty();
        let trusted = CertificateDer::from_pem_slice(upstream_ca.as_bytes())
            .map_err(|error| failed(Box::new(error)))?;
        roots
            .add(trusted)
            .map_err(|error| failed(Box::new(error)))?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let upstream = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(Box::new(error)))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            ca,
            upstream: Arc::new(upstream),
            hosts: Mutex::default(),
        })
    }

    /// The gateway's CA in PEM.
    pub(super) fn ca_pem(&self) -> String {
        self.ca.certificate().pem()
    }

    /// Stands between a client and the server of this name.
    pub(super) async fn relay(
        &self,
        client: TcpStream,
        server: TcpStream,
        host: &str,
    ) -> io::Result<()> {
        let config = self.config(host)?;
        let mut client = TlsAcceptor::from(config).accept(client).await?;
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let connector = TlsConnector::from(Arc::clone(&self.upstream));
        let mut server = connector.connect(name, server).await?;
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }

    fn config(&self, host: &str) -> io::Result<Arc<ServerConfig>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = hosts.get(host) {
            return Ok(Arc::clone(config));
        }
        let made = self.ca.identity_for(host).map_err(io::Error::other)?;
        hosts.insert(host.to_owned(), Arc::clone(&made.config));
        Ok(made.config)
    }
}
