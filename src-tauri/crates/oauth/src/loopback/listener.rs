//! Two sockets, one port; connections are read side by side, and answers come out one by one.

use std::collections::VecDeque;
use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::request::Parameters;
use super::{Page, connection};
use crate::Failure;

/// Connections that are read at the same time; beyond it the oldest goes.
const AT_ONCE: usize = 32;
/// Random ports that are tried until one is free on IPv4 and IPv6.
const TRIES: usize = 16;

/// The listener of one sign-in. Dropped: nobody listens any more, and what is being read is cut off.
pub(crate) struct Listener {
    v4: TcpListener,
    /// Absent where the machine has no IPv6.
    v6: Option<TcpListener>,
    port: u16,
    limit: Duration,
    reading: VecDeque<AbortHandle>,
    answers: (mpsc::Sender<Hit>, mpsc::Receiver<Hit>),
}

/// Something that looks like an answer, and the browser that waits for a page.
pub(crate) struct Hit {
    pub(crate) parameters: Parameters,
    stream: TcpStream,
}

impl Hit {
    /// Shows a page to the browser.
    pub(crate) async fn reply(self, page: Page) {
        connection::reply(self.stream, page).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for reading in &self.reading {
            reading.abort();
        }
    }
}

impl Listener {
    /// Listens on a port of its own, or on this one. A client has `limit` to send its request.
    pub(crate) async fn bind(port: Option<u16>, limit: Duration) -> Result<Self, Failure> {
        let (v4, v6) = match port {
            Some(port) => both(port).await.map_err(|error| failure(port, &error))?,
            None => random().await.map_err(|error| failure(0, &error))?,
        };
        let port = v4.local_addr().map_err(|error| failure(0, &error))?.port();
        Ok(Self {
            v4,
            v6,
            port,
            limit,
            reading: VecDeque::new(),
            answers: mpsc::channel(AT_ONCE),
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The next answer, whosever it is.
    pub(crate) async fn next(&mut self) -> Hit {
        loop {
            let accepted = tokio::select! {
                hit = self.answers.1.recv() => match hit {
                    Some(hit) => return hit,
                    None => unreachable!("the listener holds a sender itself"),
                },
                accepted = accept(&self.v4, self.v6.as_ref()) => accepted,
            };
            match accepted {
                Ok(stream) => self.read(stream),
                // Out of descriptors, or a client that was gone at once: not the end of the sign-in.
                Err(error) => {
                    tracing::debug!(%error, "a connection to the sign-in listener was lost");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn read(&mut self, stream: TcpStream) {
        self.reading.retain(|reading| !reading.is_finished());
        if self.reading.len() >= AT_ONCE
            && let Some(oldest) = self.reading.pop_front()
        {
            oldest.abort();
        }
        let (port, limit, answers) = (self.port, self.limit, self.answers.0.clone());
        let task = tokio::spawn(async move {
            match connection::read(stream, port, limit).await {
                // The receiver is gone when the sign-in is over: then nobody wants the answer.
                Ok((parameters, stream)) => drop(answers.send(Hit { parameters, stream }).await),
                Err(Some(refusal)) => tracing::debug!(?refusal, "no answer to a sign-in"),
                Err(None) => {}
            }
        });
        self.reading.push_back(task.abort_handle());
    }
}

async fn accept(v4: &TcpListener, v6: Option<&TcpListener>) -> Result<TcpStream, Error> {
    let (stream, _) = match v6 {
        Some(v6) => tokio::select! {
            accepted = v4.accept() => accepted?,
            accepted = v6.accept() => accepted?,
        },
        None => v4.accept().await?,
    };
    Ok(stream)
}

async fn random() -> Result<(TcpListener, Option<TcpListener>), Error> {
    let mut last = None;
    for _ in 0..TRIES {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match v6(v4.local_addr()?.port()).await {
            Ok(v6) => return Ok((v4, v6)),
            Err(error) => last = Some((error, v4)),
        }
    }
    // A policy that forbids listening on IPv6 leaves IPv4; a port that is taken there on every try is odd.
    match last {
        Some((error, v4)) if error.kind() == ErrorKind::PermissionDenied => Ok((v4, None)),
        Some((error, _)) => Err(error),
        None => Err(ErrorKind::AddrInUse.into()),
    }
}

async fn both(port: u16) -> Result<(TcpListener, Option<TcpListener>), Error> {
    let v4 = TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await?;
    let v6 = v6(v4.local_addr()?.port()).await?;
    Ok((v4, v6))
}

/// `[::1]` at this port. Another program there would get the browser's answer: that is an error; a machine
/// without IPv6 is none.
async fn v6(port: u16) -> Result<Option<TcpListener>, Error> {
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if is_taken(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Windows answers `PermissionDenied` for ports that it or an exclusive program reserved.
fn is_taken(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::AddrInUse | ErrorKind::PermissionDenied
    )
}

fn failure(port: u16, error: &Error) -> Failure {
    if port != 0 && is_taken(error) {
        Failure::PortTaken { port }
    } else {
        Failure::NoLoopback {
            detail: error.to_string(),
        }
    }
}
