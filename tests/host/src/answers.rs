//! Bodies and headers of answers.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use contract::{Code, Problem, RunProgress};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame};
use hyper::{Response, StatusCode, header};
use tokio::sync::{mpsc, watch};

pub(crate) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// The policy of the window, except that calls go to this address.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Something to show or to read.
pub(crate) fn content(status: StatusCode, kind: &str, body: impl Into<Bytes>) -> Answer {
    with_body(status, kind, Full::new(body.into()).boxed())
}

/// One plain sentence.
pub(crate) fn refusal(status: StatusCode, sentence: &'static str) -> Answer {
    content(status, "text/plain; charset=utf-8", sentence)
}

/// What a command answered.
pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Answer {
    content(status, "application/json", value.to_string())
}

/// Why a command did not answer. The status is for people who read logs; the code is in the body.
pub(crate) fn problem(problem: &Problem) -> Answer {
    let status = match problem.code {
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Taken | Code::NotAllowed | Code::AlreadyRunning => StatusCode::CONFLICT,
        Code::Internal | Code::KeyStore | Code::DataFolder | Code::NewerDatabase => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::BAD_REQUEST,
    };
    let value = serde_json::to_value(problem).expect("a problem is plain data");
    json(status, &value)
}

/// Server-sent events, one a snapshot, until the run has ended.
pub(crate) fn events(mut progress: watch::Receiver<RunProgress>) -> Answer {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let now = serde_json::to_string(&*progress.borrow_and_update())
                .expect("progress is plain data");
            let event = Bytes::from(format!("data: {now}\n\n"));
            // Either the page is gone, or the run has ended and its last word was sent.
            if sender.send(event).await.is_err() || progress.changed().await.is_err() {
                return;
            }
        }
    });
    with_body(
        StatusCode::OK,
        "text/event-stream",
        Events(receiver).boxed(),
    )
}

fn with_body(status: StatusCode, kind: &str, body: BoxBody<Bytes, Infallible>) -> Answer {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body)
        .expect("the headers are valid")
}

struct Events(mpsc::Receiver<Bytes>);

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0
            .poll_recv(context)
            .map(|event| event.map(|bytes| Ok(Frame::data(bytes))))
    }
}
