//! What leaves on a connection: a request counts from the first of its bytes that was written, and not from
//! when somebody meant to send it, who may be stopped in between. It looks at no byte.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Counts a request when it leaves.
#[derive(Debug)]
pub(crate) struct Departures {
    due: AtomicBool,
    requests: Arc<AtomicU64>,
}

impl Departures {
    pub(crate) fn counted_in(requests: &Arc<AtomicU64>) -> Arc<Self> {
        Arc::new(Self {
            due: AtomicBool::new(false),
            requests: Arc::clone(requests),
        })
    }

    /// What is written next, as long as the answer lives, is a request that counts.
    pub(crate) fn expect_one(self: &Arc<Self>) -> Expected {
        self.due.store(true, Relaxed);
        Expected(Arc::clone(self))
    }
}

/// A request that has not left yet, or has. Dropped, nothing is expected any more.
pub(crate) struct Expected(Arc<Departures>);

impl Drop for Expected {
    fn drop(&mut self) {
        self.0.due.store(false, Relaxed);
    }
}

/// A stream whose writing is seen.
pub(crate) struct Wire<S> {
    pub(crate) stream: S,
    pub(crate) departures: Arc<Departures>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if matches!(written, Poll::Ready(Ok(1..))) && self.departures.due.swap(false, Relaxed) {
            self.departures.requests.fetch_add(1, Relaxed);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use tokio::io::AsyncWriteExt as _;

    use super::{Departures, Wire};

    #[tokio::test]
    async fn a_request_counts_once_and_only_when_some_of_it_was_written() {
        let requests = Arc::<AtomicU64>::default();
        let departures = Departures::counted_in(&requests);
        let mut wire = Wire {
            stream: Vec::new(),
            departures: Arc::clone(&departures),
        };
        wire.write_all(b"a leg").await.expect("memory");
        assert_eq!(requests.load(Relaxed), 0, "nothing that counts is due");
        let expected = departures.expect_one();
        assert_eq!(requests.load(Relaxed), 0, "meant is not sent");
        wire.write_all(b"a head").await.expect("memory");
        wire.write_all(b"a body").await.expect("memory");
        drop(expected);
        assert_eq!(requests.load(Relaxed), 1);
        drop(departures.expect_one());
        wire.write_all(b"a leg").await.expect("memory");
        assert_eq!(requests.load(Relaxed), 1, "that one was given up before");
    }
}
