//! The HTTP client for authorization servers: reqwest over the TLS configuration of the caller.
//!
//! It follows no redirect (a token request must not be led elsewhere), has a time limit, reads a limited
//! body, and never speaks plain `http` except to this machine. It keeps no cookie and logs no body.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use oauth2::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use url::Url;

use crate::Hidden;

/// Most bytes of an answer that are read: a token answer is some kilobytes.
const MAX_BODY: usize = 1024 * 1024;

/// The wall clock. The crate asks no other.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How authorization servers are reached.
#[derive(Debug, Clone, Default)]
pub enum Via {
    /// Straight.
    #[default]
    Direct,
    /// As the system and the environment say.
    System,
    /// Through this HTTP proxy. Only Basic is spoken to it.
    Proxy {
        /// `http://host:port`.
        url: Url,
        /// Name and password of the proxy.
        credentials: Option<(String, Hidden)>,
    },
}

/// The way to authorization servers, and the time of day.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    clock: Clock,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http(…)")
    }
}

/// No usable answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host}: {detail}")]
pub struct HttpFault {
    /// Who was asked.
    pub host: String,
    /// What kind of failure it is.
    pub kind: HttpFaultKind,
    /// What the library said, innermost last.
    pub detail: String,
}

/// What an [`HttpFault`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpFaultKind {
    /// No connection: name, network, TLS, proxy.
    Connect,
    /// The time limit passed.
    TimedOut,
    /// The address is neither `https` nor on this machine.
    NotSecure,
    /// More than a megabyte came.
    TooLarge,
    /// Anything else.
    Other,
}

/// Status and body of an answer.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body as this JSON, if it is.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Http {
    /// A client with this TLS configuration (trust, versions; ALPN is set here), this way out and this
    /// clock. `user_agent` is constant, so that a security team can recognize it; each request has
    /// `limit` to be answered.
    ///
    /// # Errors
    /// [`HttpFault`] if the proxy cannot be used.
    pub fn new(
        tls: rustls::ClientConfig,
        via: &Via,
        user_agent: &str,
        limit: Duration,
        clock: Clock,
    ) -> Result<Self, HttpFault> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .timeout(limit)
            .user_agent(user_agent);
        let builder = match via {
            Via::Direct => builder.no_proxy(),
            Via::System => builder,
            Via::Proxy { url, credentials } => {
                let proxy =
                    reqwest::Proxy::all(url.clone()).map_err(|error| fault(host(url), &error))?;
                // What is on this computer is never reached through another one.
                let here = reqwest::NoProxy::from_string("localhost,127.0.0.0/8,::1");
                let proxy = proxy.no_proxy(here);
                builder.no_proxy().proxy(match credentials {
                    Some((user, password)) => proxy.basic_auth(user, password.reveal()),
                    None => proxy,
                })
            }
        };
        let client = builder
            .build()
            .map_err(|error| fault("the HTTP client".to_owned(), &error))?;
        Ok(Self { client, clock })
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Reads a page.
    pub(crate) async fn read(&self, url: &Url) -> Result<Reply, HttpFault> {
        secure(url)?;
        let request = self
            .client
            .get(url.clone())
            .header("Accept", "application/json");
        answer(url, request).await
    }

    /// Posts a form.
    pub(crate) async fn post(&self, url: &Url, form: &[(&str, &str)]) -> Result<Reply, HttpFault> {
        secure(url)?;
        // In one expression: the serializer must not be alive while the answer is waited for.
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self
            .client
            .post(url.clone())
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body);
        answer(url, request).await
    }

    /// What `oauth2` calls.
    pub(crate) async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| HttpFault {
            host: "the endpoint".to_owned(),
            kind: HttpFaultKind::Other,
            detail: error.to_string(),
        })?;
        secure(&url)?;
        let request = self
            .client
            .request(parts.method, url.clone())
            .headers(parts.headers)
            .body(body);
        let reply = answer(&url, request).await?;
        let mut response = HttpResponse::new(reply.body);
        // A status was read off the wire as one a moment ago.
        *response.status_mut() = oauth2::http::StatusCode::from_u16(reply.status)
            .expect("the status came from a parsed response");
        Ok(response)
    }
}

/// Whether a URL may carry credentials: `https`, or this machine (identity providers in tests).
pub(crate) fn is_secure(url: &Url) -> bool {
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

fn secure(url: &Url) -> Result<(), HttpFault> {
    if is_secure(url) {
        return Ok(());
    }
    Err(HttpFault {
        host: host(url),
        kind: HttpFaultKind::NotSecure,
        detail: "only https is spoken".to_owned(),
    })
}

async fn answer(url: &Url, request: reqwest::RequestBuilder) -> Result<Reply, HttpFault> {
    let failed = |error: reqwest::Error| fault(host(url), &error);
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(HttpFault {
                host: host(url),
                kind: HttpFaultKind::TooLarge,
                detail: format!("the answer is longer than {MAX_BODY} bytes"),
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body })
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or("no host").to_owned()
}

/// The chain of causes, without the address (its query may say more than a log should).
fn fault(host: String, error: &reqwest::Error) -> HttpFault {
    let kind = if error.is_timeout() {
        HttpFaultKind::TimedOut
    } else if error.is_connect() {
        HttpFaultKind::Connect
    } else {
        HttpFaultKind::Other
    };
    let mut words = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    if words.is_empty() {
        words.push(match kind {
            HttpFaultKind::TimedOut => "no answer in time".to_owned(),
            _ => "the request could not be made".to_owned(),
        });
    }
    HttpFault {
        host,
        kind,
        detail: words.join(": "),
    }
}
