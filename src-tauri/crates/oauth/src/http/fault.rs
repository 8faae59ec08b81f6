//! Why no answer came from an authorization server, told apart by evidence: the type of an error or of what
//! lies inside of it. It decides nothing about what that means for anybody.

use std::error::Error;
use std::io;

use url::Url;

use super::names::NotFound;

/// How the library's own errors about the tunnel of a proxy begin; their type is not public.
const TUNNEL: &str = "tunnel error";

/// No usable answer came.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{host}: {detail}")]
pub struct HttpFault {
    /// Who was asked.
    pub host: String,
    /// What kind of failure it is.
    pub kind: HttpFaultKind,
    /// What was found, innermost last; never an address with its query.
    pub detail: String,
    /// For [`HttpFaultKind::Tls`]: what the TLS layer said; absent where the connection was cut.
    pub tls: Option<Box<rustls::Error>>,
}

/// What an [`HttpFault`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpFaultKind {
    /// The name does not resolve.
    NameNotFound,
    /// The connection was refused.
    Refused,
    /// No answer to the connection attempt, TLS handshake included; also unreachable networks.
    Silent,
    /// The HTTP proxy can't be reached, wants credentials, refuses the tunnel, or brings no connection.
    Proxy,
    /// No TLS connection.
    Tls,
    /// The request was accepted, then no whole answer came in time.
    TimedOut,
    /// The connection was closed before the answer was complete.
    Closed,
    /// What answers does not speak HTTP.
    NotHttp,
    /// The address is neither `https` nor on this machine.
    NotSecure,
    /// More than a megabyte came.
    TooLarge,
    /// Anything else.
    Other,
}

impl HttpFault {
    /// A fault that was found here.
    pub(super) fn new(host: String, kind: HttpFaultKind, detail: impl Into<String>) -> Self {
        Self {
            host,
            kind,
            detail: detail.into(),
            tls: None,
        }
    }

    /// What the library's error is. `proxy` is the one that the connection goes through.
    pub(super) fn of(url: &Url, proxy: Option<&str>, error: &reqwest::Error) -> Self {
        let found = Found::in_chain(error);
        let kind = found.kind(error, url.scheme() == "https", proxy.is_some());
        let said = match (found.words(), kind) {
            (Some(words), _) => words,
            (None, HttpFaultKind::Silent | HttpFaultKind::TimedOut | HttpFaultKind::Proxy) => {
                "no answer in time".to_owned()
            }
            (None, _) => "the request could not be made".to_owned(),
        };
        let detail = match proxy.filter(|_| kind == HttpFaultKind::Proxy) {
            Some(proxy) => format!("no connection through the HTTP proxy {proxy}: {said}"),
            None => said,
        };
        Self {
            host: super::host(url),
            kind,
            detail,
            tls: found.tls.filter(|_| kind == HttpFaultKind::Tls),
        }
    }
}

/// What lies inside of an error.
#[derive(Default)]
struct Found {
    words: Vec<String>,
    marks: Vec<Mark>,
    tls: Option<Box<rustls::Error>>,
    io: Option<io::ErrorKind>,
}

/// What the type of an error, or its beginning, tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A name that does not resolve.
    NotFound,
    /// The tunnel of a proxy.
    Tunnel,
    /// An answer that was cut off, by the HTTP library's own word.
    Cut,
    /// No HTTP at all.
    NotHttp,
}

impl Found {
    /// Goes down the chain of causes, into I/O errors as well. The outermost is left out: its words hold
    /// the address.
    fn in_chain(error: &reqwest::Error) -> Self {
        let mut found = Self::default();
        let mut next = error.source();
        while let Some(error) = next {
            next = found.look_at(error);
        }
        found.words.dedup();
        found
    }

    fn look_at<'e>(
        &mut self,
        error: &'e (dyn Error + 'static),
    ) -> Option<&'e (dyn Error + 'static)> {
        let words = error.to_string();
        let http = error.downcast_ref::<hyper::Error>();
        let seen = [
            (Mark::Tunnel, words.starts_with(TUNNEL)),
            (Mark::NotFound, error.is::<NotFound>()),
            (
                Mark::Cut,
                http.is_some_and(|http| http.is_incomplete_message() || http.is_closed()),
            ),
            (Mark::NotHttp, http.is_some_and(hyper::Error::is_parse)),
        ];
        let seen = seen.into_iter().filter(|(_, seen)| *seen);
        self.marks.extend(seen.map(|(mark, _)| mark));
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            self.tls = Some(Box::new(tls.clone()));
        }
        let inner = error.downcast_ref::<io::Error>().and_then(|error| {
            self.io = Some(error.kind());
            error.get_ref()
        });
        if let Some(inner) = inner {
            // It speaks in the words of what it holds.
            return Some(inner);
        }
        self.words.push(words);
        error.source()
    }

    fn kind(&self, error: &reqwest::Error, secure: bool, proxied: bool) -> HttpFaultKind {
        use HttpFaultKind as K;
        if !error.is_connect() {
            return match self.io {
                // With TLS 1.3 a server that demands a client certificate says so only now.
                _ if self.tls.is_some() => K::Tls,
                _ if error.is_timeout() => K::TimedOut,
                _ if self.is(Mark::NotHttp) => K::NotHttp,
                Some(kind) if is_cut(kind) => K::Closed,
                _ if self.is(Mark::Cut) => K::Closed,
                _ => K::Other,
            };
        }
        match self.io {
            _ if proxied && self.is(Mark::Tunnel) => K::Proxy,
            _ if self.tls.is_some() => K::Tls,
            // Past the tunnel there is nothing but TLS that a connection could be cut in.
            Some(kind) if secure && is_cut(kind) => K::Tls,
            // Its name, its port, the way to it, or that it waits in vain.
            _ if proxied => K::Proxy,
            _ if self.is(Mark::NotFound) => K::NameNotFound,
            Some(io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset) => K::Refused,
            _ => K::Silent,
        }
    }

    fn is(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    fn words(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.join(": "))
    }
}

fn is_cut(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}
