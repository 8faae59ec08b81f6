//! HTTP proxies: the CONNECT tunnel (RFC 9110 §9.3.6). Never sends credentials of the service account.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Fault;

/// Most bytes of a proxy's answer to CONNECT.
const MAX_ANSWER: usize = 16 * 1024;

/// Which proxy to go through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Proxy {
    /// Straight to the server.
    #[default]
    None,
    /// Through this HTTP proxy.
    Http {
        /// Host of the proxy.
        host: String,
        /// Port of the proxy.
        port: u16,
    },
}

/// Opens a tunnel to `target` (`host:port`) on a connection to the proxy.
///
/// # Errors
/// [`Fault::Proxy`] with the status line, also for 407.
pub(crate) async fn tunnel(stream: &mut TcpStream, target: &str) -> Result<(), Fault> {
    let failed = |detail: String| Fault::Proxy { detail };
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .map_err(|e| failed(e.to_string()))?;
    let mut answer = Vec::with_capacity(512);
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= MAX_ANSWER {
            return Err(failed("its answer to CONNECT is too long".to_owned()));
        }
        // One byte at a time: what follows the blank line already belongs to the server.
        let byte = stream.read_u8().await.map_err(|e| failed(e.to_string()))?;
        answer.push(byte);
    }
    let text = String::from_utf8_lossy(&answer);
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse::<u16>().ok());
    match status {
        Some(200..=299) => Ok(()),
        Some(407) => Err(failed(format!(
            "the proxy asks for a sign-in of its own ({line})"
        ))),
        _ => Err(failed(format!("it answered CONNECT with {line:?}"))),
    }
}
