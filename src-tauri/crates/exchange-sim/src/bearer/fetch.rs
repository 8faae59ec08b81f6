//! One GET on loopback, for the keys of an identity provider. Asks no other host, follows nothing,
//! and sends no credentials.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::header::{ACCEPT, HOST};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0} is no address on loopback")]
    Address(String),
    #[error("no answer in time")]
    Late,
    #[error("could not connect")]
    Connect(#[from] std::io::Error),
    #[error("the CA given for it is none")]
    Ca(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("could not ask")]
    Ask(#[from] hyper::Error),
    #[error("answered {0}")]
    Status(StatusCode),
    #[error("could not read the answer")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
}

const LONGEST_WAIT: Duration = Duration::from_secs(5);
const LARGEST: usize = 256 * 1024;

/// The body at this address.
pub(crate) async fn get(url: &str, ca_pem: Option<&str>) -> Result<Bytes, FetchError> {
    timeout(LONGEST_WAIT, ask(url, ca_pem))
        .await
        .map_err(|_| FetchError::Late)?
}

async fn ask(url: &str, ca_pem: Option<&str>) -> Result<Bytes, FetchError> {
    let nowhere = || FetchError::Address(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| nowhere())?;
    let host = uri.host().ok_or_else(nowhere)?.to_owned();
    let name = host.trim_start_matches('[').trim_end_matches(']');
    if !["localhost", "127.0.0.1", "::1"].contains(&name) {
        return Err(nowhere());
    }
    let https = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
    let stream = TcpStream::connect((name, port)).await?;
    if !https {
        return talk(stream, &uri).await;
    }
    let server = ServerName::try_from(name.to_owned()).map_err(|_| nowhere())?;
    let connector = TlsConnector::from(Arc::new(trusting(ca_pem)?));
    talk(connector.connect(server, stream).await?, &uri).await
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    uri: &Uri,
) -> Result<Bytes, FetchError> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("localhost", |host| host.as_str());
    let request = Request::get(path)
        .header(HOST, authority)
        .header(ACCEPT, "application/json")
        .body(Empty::<Bytes>::new())
        .map_err(|error| FetchError::Body(Box::new(error)))?;
    let driven = tokio::spawn(connection);
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), LARGEST).collect().await;
    driven.abort();
    if status != StatusCode::OK {
        return Err(FetchError::Status(status));
    }
    Ok(body.map_err(FetchError::Body)?.to_bytes())
}

fn trusting(ca_pem: Option<&str>) -> Result<ClientConfig, FetchError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.unwrap_or_default().as_bytes()) {
        let certificate = certificate.map_err(|error| FetchError::Ca(Box::new(error)))?;
        roots
            .add(certificate)
            .map_err(|error| FetchError::Ca(Box::new(error)))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth())
}
