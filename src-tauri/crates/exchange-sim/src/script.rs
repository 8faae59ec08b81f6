//! Answer bodies that follow a script: pieces, pauses, an endless filler, a break in the middle.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::line::Exchange;

/// One step of a body.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send this.
    Data(Bytes),
    /// Send filler of this many bytes.
    Filler(u64),
    /// Send nothing for a while.
    Pause(Duration),
    /// Break the connection.
    Break,
}

/// A body made of steps.
#[derive(Debug)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    pause: Option<Pin<Box<Sleep>>>,
    exact: Option<u64>,
    exchange: Option<Exchange>,
}

impl Script {
    /// A body sent at once.
    pub(crate) fn whole(body: Bytes) -> Self {
        let exact = Some(body.len() as u64);
        Self {
            steps: VecDeque::from([Step::Data(body)]),
            pause: None,
            exact,
            exchange: None,
        }
    }

    /// A body of these steps; its length is not announced.
    pub(crate) fn steps(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            pause: None,
            exact: None,
            exchange: None,
        }
    }

    /// The same, ending this exchange when it is sent or given up.
    pub(crate) fn ending(mut self, exchange: Exchange) -> Self {
        self.exchange = Some(exchange);
        self
    }

    /// Half of the body, then the end of the connection.
    pub(crate) fn truncated(body: &Bytes) -> Self {
        // The pause lets the first half leave the buffers before the connection breaks.
        let half = body.slice(..body.len() / 2);
        Self::steps([
            Step::Data(half),
            Step::Pause(Duration::from_millis(20)),
            Step::Break,
        ])
    }

    /// The body in pieces.
    pub(crate) fn drip(body: &Bytes, chunk: usize, pause: Duration) -> Self {
        let pieces = (0..body.len()).step_by(chunk.max(1)).flat_map(|from| {
            let to = body.len().min(from.saturating_add(chunk.max(1)));
            [Step::Pause(pause), Step::Data(body.slice(from..to))]
        });
        let mut script = Self::steps(pieces);
        script.exact = Some(body.len() as u64);
        script
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        const FILLER: &[u8] = &[b' '; 16_384];
        loop {
            if let Some(pause) = self.pause.as_mut() {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Pause(duration)) => self.pause = Some(Box::pin(sleep(duration))),
                Some(Step::Break) => {
                    return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
                }
                Some(Step::Data(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Some(Step::Filler(0)) => {}
                Some(Step::Filler(left)) => {
                    let now = left.min(FILLER.len() as u64);
                    self.steps.push_front(Step::Filler(left - now));
                    let now = usize::try_from(now).expect("no more than the filler has");
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&FILLER[..now])))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty() && self.pause.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.exact
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
