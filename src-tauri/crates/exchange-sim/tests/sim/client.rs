//! A client of the tests: writes HTTP/1.1 by hand and reads what comes back, however broken.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exchange_sim::{Options, Simulator, start};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// One connection.
pub(crate) struct Client {
    stream: Box<dyn Stream>,
    certificate: Option<Vec<u8>>,
}

/// What came back, as far as it came.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status_line: String,
    pub(crate) head: String,
    pub(crate) body: String,
    /// The connection ended before the announced length was there.
    pub(crate) truncated: bool,
}

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.status_line
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let named = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim()).collect()
    }

    /// Asserts status and a piece of the body.
    #[track_caller]
    pub(crate) fn has(&self, status: u16, piece: &str) -> &Self {
        assert_eq!(self.status(), status, "status of {self:?}");
        assert!(
            self.body.contains(piece),
            "{piece:?} is missing in {self:?}"
        );
        self
    }
}

pub(crate) async fn simulator(options: Options) -> Simulator {
    start(options).await.expect("a loopback port is free")
}

pub(crate) async fn tcp(simulator: &Simulator) -> TcpStream {
    TcpStream::connect(simulator.address())
        .await
        .expect("the simulator listens")
}

/// Why the handshake failed, as text.
pub(crate) async fn tls(simulator: &Simulator, ca: Option<&str>) -> Result<Client, String> {
    tls_over(http(simulator).await, ca, "localhost").await
}

/// TLS on a connection that is there, with the host of this name.
pub(crate) async fn tls_over(
    client: Client,
    ca: Option<&str>,
    host: &'static str,
) -> Result<Client, String> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = ca {
        let ca = CertificateDer::from_pem_slice(pem.as_bytes()).expect("the CA is PEM");
        roots.add(ca).expect("the CA is a trust anchor");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host).expect("a host name");
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, client.stream);
    match timeout(Duration::from_secs(5), handshake).await {
        Ok(Ok(stream)) => {
            let (_, session) = stream.get_ref();
            let chain = session.peer_certificates().unwrap_or_default();
            Ok(Client {
                certificate: chain.first().map(|leaf| leaf.to_vec()),
                stream: Box::new(stream),
            })
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

pub(crate) async fn http(simulator: &Simulator) -> Client {
    Client::over(tcp(simulator).await)
}

/// A fresh connection, one request as the service account.
pub(crate) async fn ask(simulator: &Simulator, body: &str) -> Reply {
    http(simulator).await.post(Some(&service()), body).await
}

pub(crate) fn service() -> String {
    basic("CONTOSO\\svc-ews", "Practice-Pa55!")
}

pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

impl Client {
    /// A client on this connection.
    pub(crate) fn over(stream: TcpStream) -> Self {
        Self {
            stream: Box::new(stream),
            certificate: None,
        }
    }

    /// The certificate of the server, in DER.
    pub(crate) fn certificate(&self) -> Option<Vec<u8>> {
        self.certificate.clone()
    }

    /// A request to a proxy as it stands; the answer that opens a tunnel has no body.
    pub(crate) async fn connect(&mut self, request: &str) -> Reply {
        if self.stream.write_all(request.as_bytes()).await.is_err() {
            return Reply::default();
        }
        self.read().await
    }

    /// POST to the EWS path; an error of the connection is an empty reply.
    pub(crate) async fn post(&mut self, authorization: Option<&str>, body: &str) -> Reply {
        let credentials =
            authorization.map_or_else(String::new, |value| format!("Authorization: {value}\r\n"));
        let head = format!("Content-Type: text/xml; charset=utf-8\r\n{credentials}");
        self.send("POST /EWS/Exchange.asmx", &head, body).await
    }

    pub(crate) async fn send(&mut self, line: &str, head: &str, body: &str) -> Reply {
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{head}\r\n{body}",
            body.len()
        );
        if self.stream.write_all(request.as_bytes()).await.is_err() {
            return Reply::default();
        }
        timeout(Duration::from_secs(10), self.read())
            .await
            .expect("an answer or an end in time")
    }

    async fn read(&mut self) -> Reply {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break at;
            }
            if !self.more(&mut bytes).await {
                return Reply {
                    truncated: true,
                    ..Reply::default()
                };
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let body = bytes.split_off(end + 4);
        let mut reply = Reply {
            status_line: head.lines().next().unwrap_or_default().to_owned(),
            head,
            ..Reply::default()
        };
        if reply.status_line != "HTTP/1.1 200 Connection established" {
            self.read_body(body, &mut reply).await;
        }
        reply
    }

    async fn read_body(&mut self, mut body: Vec<u8>, reply: &mut Reply) {
        if let Some(length) = reply.header("content-length") {
            let length: usize = length.parse().expect("a number");
            while body.len() < length && self.more(&mut body).await {}
            reply.truncated = body.len() < length;
        } else {
            while !body.ends_with(b"0\r\n\r\n") && self.more(&mut body).await {}
            reply.truncated = !body.ends_with(b"0\r\n\r\n");
        }
        reply.body = String::from_utf8_lossy(&body).into_owned();
    }

    async fn more(&mut self, bytes: &mut Vec<u8>) -> bool {
        let mut buffer = vec![0; 65_536];
        match self.stream.read(&mut buffer).await {
            Ok(0) | Err(_) => false,
            Ok(n) => {
                bytes.extend_from_slice(&buffer[..n]);
                true
            }
        }
    }
}

/// An envelope with this header content and body content.
pub(crate) fn envelope(header: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
         xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><soap:Header>\
         <t:RequestServerVersion Version=\"Exchange2013_SP1\"/>{header}</soap:Header>\
         <soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

/// `ExchangeImpersonation` with this child of `ConnectingSID`.
pub(crate) fn connecting(kind: &str, value: &str) -> String {
    format!(
        "<t:ExchangeImpersonation><t:ConnectingSID><t:{kind}>{value}</t:{kind}></t:ConnectingSID>\
         </t:ExchangeImpersonation>"
    )
}

/// `GetFolder`, `IdOnly`.
pub(crate) fn folders(ids: &[&str]) -> String {
    let ids: Vec<String> = ids
        .iter()
        .map(|id| format!("<t:DistinguishedFolderId Id=\"{id}\"/>"))
        .collect();
    let ids = ids.concat();
    format!(
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>\
         <m:FolderIds>{ids}</m:FolderIds></m:GetFolder>"
    )
}

/// The inbox of this address.
pub(crate) fn inbox_of(address: &str) -> String {
    envelope(&connecting("SmtpAddress", address), &folders(&["inbox"]))
}

/// The caller's own inbox.
pub(crate) fn own_inbox() -> String {
    envelope("", &folders(&["inbox"]))
}

/// The first folder id in an answer.
pub(crate) fn folder_id(reply: &Reply) -> String {
    let (_, rest) = reply
        .body
        .split_once("<t:FolderId Id=\"")
        .expect("a folder id");
    rest.split_once('"').expect("its end").0.to_owned()
}
