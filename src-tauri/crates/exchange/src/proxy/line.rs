//! One connection to a proxy: CONNECT requests one after the other, until one of them makes a tunnel.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::ext::ReasonPhrase;
use hyper::header::{
    CONNECTION, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, USER_AGENT,
};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::ProxyFaultKind;
use crate::Headers;

/// Most bytes of the page that comes with a 407.
const MAX_PAGE: usize = 256 * 1024;
/// Most characters of a proxy's own words.
const MAX_WORDS: usize = 120;
/// Not in any standard, and what old proxies keep a connection by.
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// An open connection to a proxy.
pub(super) struct Line {
    send: SendRequest<Empty<Bytes>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What CONNECT came to.
pub(super) enum Answer {
    /// From here on the bytes are the server's.
    Tunnel(TcpStream),
    /// Something else.
    Said(Said),
}

/// An answer that is no tunnel. Its body is still to be read.
pub(super) struct Said {
    pub(super) status: u16,
    /// Its own words for the status.
    pub(super) reason: String,
    /// The lines of `Proxy-Authenticate`, under the name that challenges of servers have.
    pub(super) challenges: Headers,
    closes: bool,
    body: Incoming,
}

/// Why there is no answer.
pub(super) enum Unanswered {
    /// The connection had ended before anything was written.
    NotSent,
    /// It was written, and the connection ended.
    Closed,
    /// What came is no HTTP.
    NotHttp,
}

impl Unanswered {
    pub(super) fn kind(&self) -> ProxyFaultKind {
        match self {
            Self::NotSent | Self::Closed => ProxyFaultKind::HungUp,
            Self::NotHttp => ProxyFaultKind::NotHttp,
        }
    }

    fn from_hyper(error: &hyper::Error) -> Self {
        if error.is_parse() {
            Self::NotHttp
        } else if error.is_canceled() || error.is_closed() {
            Self::NotSent
        } else {
            Self::Closed
        }
    }
}

impl Line {
    pub(super) async fn over(stream: TcpStream) -> Result<Self, Unanswered> {
        let (send, connection) = http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Unanswered::from_hyper(&error))?;
        let task = tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::trace!(%error, "connection to the proxy ended");
            }
        });
        Ok(Self { send, task })
    }

    /// Asks for a tunnel to `target` (`host:port`).
    pub(super) async fn ask(
        &mut self,
        target: &str,
        user_agent: &str,
        header: Option<HeaderValue>,
    ) -> Result<Answer, Unanswered> {
        let mut request = Request::connect(target)
            .header(HOST, target)
            .header(USER_AGENT, user_agent)
            .header(PROXY_CONNECTION, "Keep-Alive");
        if let Some(header) = header {
            request = request.header(PROXY_AUTHORIZATION, header);
        }
        let request = request
            .body(Empty::new())
            .expect("host and port come from a URL that was parsed");
        let failed = |error: hyper::Error| Unanswered::from_hyper(&error);
        self.send.ready().await.map_err(failed)?;
        let response = self.send.send_request(request).await.map_err(failed)?;
        if response.status().is_success() {
            return tunnel(response).await.map(Answer::Tunnel);
        }
        Ok(Answer::Said(Said::of(response)))
    }
}

/// Takes the connection out of HTTP. What the server says first belongs to a protocol in which the
/// client speaks first, so there is nothing of it yet.
async fn tunnel(response: Response<Incoming>) -> Result<TcpStream, Unanswered> {
    let upgraded = hyper::upgrade::on(response)
        .await
        .map_err(|error| Unanswered::from_hyper(&error))?;
    let parts = upgraded
        .downcast::<TokioIo<TcpStream>>()
        .expect("the connection was made over a TCP stream");
    if parts.read_buf.is_empty() {
        Ok(parts.io.into_inner())
    } else {
        Err(Unanswered::NotHttp)
    }
}

impl Said {
    fn of(response: Response<Incoming>) -> Self {
        let (head, body) = response.into_parts();
        let headers = Headers::from(head.headers);
        let phrase = head.extensions.get::<ReasonPhrase>();
        let phrase = phrase.map(|phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned());
        let reason = phrase
            .or_else(|| head.status.canonical_reason().map(str::to_owned))
            .into_iter()
            .chain(headers.first("x-squid-error").map(str::to_owned))
            .collect::<Vec<_>>()
            .join(", ");
        let closes = [CONNECTION, PROXY_CONNECTION]
            .iter()
            .flat_map(|name| headers.all(name.as_str()))
            .any(|value| value.to_ascii_lowercase().contains("close"));
        Self {
            status: head.status.as_u16(),
            reason: plain(&reason),
            challenges: headers
                .all(PROXY_AUTHENTICATE.as_str())
                .map(|value| ("www-authenticate".to_owned(), value.to_owned()))
                .collect(),
            closes,
            body,
        }
    }

    /// Reads the page to its end, without which the connection cannot go on. Whether it can.
    pub(super) async fn goes_on(self) -> bool {
        let read = Limited::new(self.body, MAX_PAGE).collect().await;
        read.is_ok() && !self.closes
    }
}

/// A proxy's words as they may be shown.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_WORDS)
        .collect()
}
