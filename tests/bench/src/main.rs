//! A bare server for benchmarks: it answers every authenticated POST with "the Inbox opened" and a
//! folder identity made from the address, and does nothing else. What a client loses against it is
//! the client's own.
//!
//! `bare-exchange PORT [--tls FOLDER] [--latency MS]`: binds 127.0.0.1, prints `ready PORT`, runs
//! until killed. With `--tls` it writes `ca.pem` into the folder first.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const CHALLENGE: &[u8] = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"bench\"\r\nContent-Length: 0\r\n\r\n";

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        args.iter()
            .position(|arg| arg == name)
            .and_then(|at| args.get(at + 1))
    };
    let port: u16 = args
        .get(1)
        .ok_or("usage: bare-exchange PORT [--tls FOLDER] [--latency MS]")?
        .parse()?;
    let latency = Duration::from_millis(option("--latency").map_or(Ok(0), |ms| ms.parse())?);
    let tls = option("--tls").map(|folder| acceptor(folder)).transpose()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("ready {}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let tls = tls.clone();
        tokio::spawn(async move {
            // A client that goes away ends its connection, not the benchmark.
            let _ = match tls {
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => serve(stream, latency).await,
                    Err(error) => Err(error),
                },
                None => serve(stream, latency).await,
            };
        });
    }
}

fn acceptor(folder: &str) -> Result<TlsAcceptor, Failure> {
    let mut ca = rcgen::CertificateParams::new(Vec::new())?;
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    ca.distinguished_name
        .push(rcgen::DnType::CommonName, "Bench CA");
    let ca_key = rcgen::KeyPair::generate()?;
    let ca_pem = ca.self_signed(&ca_key)?.pem();
    let issuer = rcgen::Issuer::new(ca, ca_key);
    let key = rcgen::KeyPair::generate()?;
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let leaf = rcgen::CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    std::fs::write(std::path::Path::new(folder).join("ca.pem"), ca_pem)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der())?;
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    latency: Duration,
) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(8 * 1024);
    loop {
        let head = loop {
            if let Some(at) = find(&buffer, b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let lower = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = header(&lower, "content-length")
            .and_then(|value| value.parse().ok())
            .unwrap_or(0);
        while buffer.len() < head + length {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        if header(&lower, "authorization").is_some() {
            if !latency.is_zero() {
                // The timer counts whole milliseconds and rounds up: one less comes out as asked for,
                // which the latency that wrk sees in the same run shows.
                tokio::time::sleep(latency.saturating_sub(Duration::from_millis(1))).await;
            }
            stream
                .write_all(&answer(&buffer[head..head + length]))
                .await?;
        } else {
            stream.write_all(CHALLENGE).await?;
        }
        stream.flush().await?;
        buffer.drain(..head + length);
    }
}

/// "Opened", with an identity made from the address; exchangelib's `ConvertId` gets a version header too.
fn answer(body: &[u8]) -> Vec<u8> {
    let address = between(body, b"SmtpAddress>", b"<").unwrap_or(b"own");
    let mut id = String::with_capacity(160);
    for byte in address {
        let _ = write!(id, "{byte:02x}");
    }
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"2\" MajorBuildNumber=\"2562\" MinorBuildNumber=\"17\" Version=\"V2017_07_11\" xmlns:h=\"http://schemas.microsoft.com/exchange/services/2006/types\"/></s:Header><s:Body><m:GetFolderResponse xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:Folder><t:FolderId Id=\"AAMk{id}\" ChangeKey=\"AQAAABYAAAA=\"/></t:Folder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"
    );
    let mut reply = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        xml.len()
    )
    .into_bytes();
    reply.extend_from_slice(xml.as_bytes());
    reply
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        line.split_once(':')
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value.trim())
    })
}

fn between<'a>(text: &'a [u8], from: &[u8], to: &[u8]) -> Option<&'a [u8]> {
    let start = find(text, from)? + from.len();
    let end = find(&text[start..], to)?;
    Some(&text[start..start + end])
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
