//! One connection of a browser: its head is read within a time limit, and it gets one page.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Page;
use super::request::{MAX_HEAD, Parameters, Parsed, Refusal, parse};

/// How long a page may take to be taken.
const TO_WRITE: Duration = Duration::from_secs(2);
/// How long what else a client sends is read and thrown away, so that closing does not reset the page.
const TO_DRAIN: Duration = Duration::from_millis(200);

/// Reads a request within `limit`. An answer is handed back with its connection still open; everything
/// else is refused here.
pub(super) async fn read(
    mut stream: TcpStream,
    port: u16,
    limit: Duration,
) -> Result<(Parameters, TcpStream), Option<Refusal>> {
    let refusal = match timeout(limit, head(&mut stream, port)).await {
        Ok(Some(Parsed::Answer(parameters))) => return Ok((parameters, stream)),
        Ok(Some(Parsed::Refused(refusal))) => refusal,
        // Browsers open spare connections, and slow clients get no page.
        Ok(Some(Parsed::Incomplete) | None) | Err(_) => return Err(None),
    };
    reply(stream, Page::Refused(refusal)).await;
    Err(Some(refusal))
}

/// Shows a page and closes. A browser that went away is no failure of the sign-in.
pub(super) async fn reply(mut stream: TcpStream, page: Page) {
    let response = page.response();
    let write = async {
        stream.write_all(response.as_bytes()).await?;
        stream.shutdown().await
    };
    if matches!(timeout(TO_WRITE, write).await, Ok(Ok(()))) {
        let mut rest = [0; 4096];
        let drain = async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} };
        // Ends by itself or by the limit; both are fine.
        let _ = timeout(TO_DRAIN, drain).await;
    }
}

/// Reads until the head is complete. None: the client closed.
async fn head(stream: &mut TcpStream, port: u16) -> Option<Parsed> {
    let mut head = zeroize::Zeroizing::new(Vec::with_capacity(MAX_HEAD + 1));
    loop {
        let mut limited = (&mut *stream).take((MAX_HEAD + 1 - head.len()) as u64);
        if limited.read_buf(&mut *head).await.ok()? == 0 {
            return None;
        }
        match parse(&head, port) {
            Parsed::Incomplete => {}
            parsed => return Some(parsed),
        }
    }
}
