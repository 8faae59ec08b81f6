//! The HTTP client for authorization servers: reqwest over the TLS configuration of the caller.
//!
//! It follows no redirect (a token request must not be led elsewhere), has a time limit, reads a limited
//! body, and never speaks plain `http` except to this machine. It keeps no cookie and logs no body.

mod fault;
mod names;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use oauth2::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use url::Url;

pub use self::fault::{HttpFault, HttpFaultKind};
use self::names::Names;
use crate::Hidden;

/// Longest time for a connection attempt, whatever the answer may take.
const MAX_CONNECT: Duration = Duration::from_secs(15);
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
    /// `host:port` of the proxy that was named by hand.
    proxy: Option<String>,
    clock: Clock,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http(…)")
    }
}

/// Status and body of an answer.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `Retry-After`, where it came in seconds.
    pub(crate) wait: Option<Duration>,
    /// `Date`: the server's clock.
    pub(crate) date: Option<Timestamp>,
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
    /// clock. `by_hand`: addresses instead of what hosts resolve to. `user_agent` is constant, so that a
    /// security team can recognize it; each request has `limit` to be answered.
    ///
    /// # Errors
    /// [`HttpFault`] if the proxy cannot be used.
    pub fn new(
        tls: rustls::ClientConfig,
        via: &Via,
        by_hand: Vec<(String, SocketAddr)>,
        user_agent: &str,
        limit: Duration,
        clock: Clock,
    ) -> Result<Self, HttpFault> {
        let connect = (limit / 2).min(MAX_CONNECT);
        let names = Names {
            by_hand,
            limit: connect.mul_f32(0.8),
        };
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .dns_resolver(Arc::new(names))
            .connect_timeout(connect)
            .timeout(limit)
            .user_agent(user_agent);
        let builder = match via {
            Via::Direct => builder.no_proxy(),
            Via::System => builder,
            Via::Proxy { url, credentials } => {
                let proxy = reqwest::Proxy::all(url.clone())
                    .map_err(|error| HttpFault::of(url, None, &error))?;
                // What is on this computer is never reached through another one.
                let here = reqwest::NoProxy::from_string("localhost,127.0.0.0/8,::1");
                let proxy = proxy.no_proxy(here);
                builder.no_proxy().proxy(match credentials {
                    Some((user, password)) => proxy.basic_auth(user, password.reveal()),
                    None => proxy,
                })
            }
        };
        let client = builder.build().map_err(|error| {
            let detail = error.to_string();
            HttpFault::new("the HTTP client".to_owned(), HttpFaultKind::Other, detail)
        })?;
        let proxy = match via {
            Via::Proxy { url, .. } => {
                let (name, port) = (url.host_str(), url.port_or_known_default());
                Some(format!(
                    "{}:{}",
                    name.unwrap_or_default(),
                    port.unwrap_or_default()
                ))
            }
            Via::Direct | Via::System => None,
        };
        Ok(Self {
            client,
            proxy,
            clock,
        })
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
        self.answer(url, request).await
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
        self.answer(url, request).await
    }

    /// What `oauth2` calls; beside it how long the server asks to wait, and its clock.
    pub(crate) async fn carry(
        &self,
        request: HttpRequest,
    ) -> Result<(HttpResponse, Option<Duration>, Option<Timestamp>), HttpFault> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| {
            let detail = error.to_string();
            HttpFault::new("the endpoint".to_owned(), HttpFaultKind::Other, detail)
        })?;
        secure(&url)?;
        let request = self
            .client
            .request(parts.method, url.clone())
            .headers(parts.headers)
            .body(body);
        let reply = self.answer(&url, request).await?;
        let mut response = HttpResponse::new(reply.body);
        // A status was read off the wire as one a moment ago.
        *response.status_mut() = oauth2::http::StatusCode::from_u16(reply.status)
            .expect("the status came from a parsed response");
        Ok((response, reply.wait, reply.date))
    }

    async fn answer(
        &self,
        url: &Url,
        request: reqwest::RequestBuilder,
    ) -> Result<Reply, HttpFault> {
        let proxy = self.proxy.as_deref().filter(|_| !is_here(url));
        let failed = |error: reqwest::Error| HttpFault::of(url, proxy, &error);
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name)?.to_str().ok();
        let wait = header("retry-after").and_then(|wait| wait.trim().parse().ok());
        let date = header("date").and_then(http_date);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_BODY {
                let detail = format!("the answer is longer than {MAX_BODY} bytes");
                return Err(HttpFault::new(host(url), HttpFaultKind::TooLarge, detail));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            status,
            wait: wait.map(Duration::from_secs),
            date,
            body,
        })
    }
}

/// Whether a URL may carry credentials: `https`, or this machine (identity providers in tests).
pub(crate) fn is_secure(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_here(url))
}

/// Whether it is on this computer.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn secure(url: &Url) -> Result<(), HttpFault> {
    if is_secure(url) {
        return Ok(());
    }
    Err(HttpFault::new(
        host(url),
        HttpFaultKind::NotSecure,
        "only https is spoken",
    ))
}

/// An HTTP date in its one form that is still sent (RFC 9110 §5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()
}

/// The host, with the port where that is not the usual one.
fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or("no host");
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}
