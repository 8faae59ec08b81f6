//! One connection: requests in, answers out, until either side ends it.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::answer::{CHALLENGE, UNAVAILABLE};
use crate::conduct::{Conduct, Flavor};
use crate::request::Request;

/// Serves a connection to its end, and counts it.
pub(crate) async fn open(stream: TcpStream, tls: Option<TlsAcceptor>, conduct: Arc<Conduct>) {
    let room = conduct.enter();
    if room || conduct.flavor() != Flavor::Closed {
        // A client that goes away ends its connection, not the benchmark.
        let _ = talk(stream, tls, room, &conduct).await;
    }
    conduct.leave();
}

async fn talk(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    room: bool,
    conduct: &Conduct,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        Some(acceptor) => serve(acceptor.accept(stream).await?, room, conduct).await,
        None => serve(stream, room, conduct).await,
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    room: bool,
    conduct: &Conduct,
) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(8 * 1024);
    let mut reply = Vec::with_capacity(2 * 1024);
    loop {
        while let Some(request) = Request::read(&buffer) {
            if !room {
                return stream.write_all(UNAVAILABLE).await;
            }
            if !request.authenticated {
                stream.write_all(CHALLENGE).await?;
            } else if conduct.hears() {
                conduct.answer(&request, &mut reply).await;
                if request.last {
                    close(&mut reply);
                }
                stream.write_all(&reply).await?;
            }
            stream.flush().await?;
            let (length, last) = (request.length, request.last);
            if last {
                return Ok(());
            }
            buffer.drain(..length);
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

/// Says that this answer is the last one: Node keeps a connection of which nobody says so.
fn close(reply: &mut Vec<u8>) {
    let status_line = reply.iter().position(|&byte| byte == b'\n');
    let at = status_line.map_or(0, |at| at + 1);
    reply.splice(at..at, *b"Connection: close\r\n");
}
