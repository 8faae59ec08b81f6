//! A connection that remembers the first bytes it heard: what is no TLS gives itself away by them.
//! Passes everything on unchanged, and keeps nothing that comes after the handshake's first record.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// As many bytes as a greeting needs to be known by.
const KEPT: usize = 16;

/// A TCP connection and the first bytes it heard.
pub(crate) struct Heard {
    stream: TcpStream,
    first: [u8; KEPT],
    length: usize,
}

impl Heard {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            first: [0; KEPT],
            length: 0,
        }
    }

    /// The first bytes, as many as have come.
    pub(super) fn first(&self) -> &[u8] {
        &self.first[..self.length]
    }
}

impl AsyncRead for Heard {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let fresh = &buf.filled()[before..];
        let kept = fresh.len().min(KEPT - this.length);
        this.first[this.length..this.length + kept].copy_from_slice(&fresh[..kept]);
        this.length += kept;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Heard {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
