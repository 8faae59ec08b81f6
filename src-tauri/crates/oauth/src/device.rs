//! Sign-in with a code, on any device (RFC 8628): for machines without a browser. Never the first choice:
//! the code can be asked for by anybody, and many tenants forbid it.

use std::future::Future;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oauth2::basic::BasicErrorResponse;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

use crate::http::Reply;
use crate::speak::{self, Answer, Expected};
use crate::{Ask, Authority, Failure, Hidden, Http, HttpFaultKind, Tokens};

/// How often is asked where the authority says nothing, and how much slower on `slow_down` (§3.5).
const FIVE: Duration = Duration::from_secs(5);
/// Slowest pace that a server can impose.
const SLOWEST: Duration = Duration::from_mins(1);
/// Longest a code is waited for, whatever the server says.
const LONGEST: Duration = Duration::from_mins(30);

/// A code that the user types on another device.
#[derive(Debug)]
pub struct DeviceCode {
    http: Http,
    authority: Authority,
    ask: Ask,
    code: Hidden,
    user_code: String,
    verification_uri: Url,
    expires_at: Timestamp,
    deadline: Instant,
    interval: Duration,
}

/// The answer of §3.2; `verification_url` is what AD FS and old Entra call it.
#[derive(Deserialize)]
struct Granted {
    device_code: String,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: Url,
    expires_in: u64,
    interval: Option<u64>,
}

/// Asks for a code.
///
/// # Errors
/// [`Failure::NotOffered`] if the authority has no such sign-in, [`Failure::Refused`],
/// [`Failure::Unreachable`], [`Failure::NotUnderstood`].
pub async fn begin(http: &Http, authority: &Authority, ask: Ask) -> Result<DeviceCode, Failure> {
    let endpoint = authority.device_endpoint().ok_or(Failure::NotOffered(
        "this authority offers no sign-in with a code",
    ))?;
    let scopes = ask.scopes().join(" ");
    let mut form = vec![("client_id", ask.client_id.as_str()), ("scope", &scopes)];
    form.extend(
        ask.wanted
            .resource
            .as_deref()
            .map(|resource| ("resource", resource)),
    );
    let reply = http.post(endpoint, &form).await?;
    if !reply.is_success() {
        return Err(speak::unsuccessful(authority, &reply));
    }
    let granted: Granted = reply
        .json()
        .filter(|granted: &Granted| crate::http::is_secure(&granted.verification_uri))
        .ok_or_else(|| speak::not_understood(authority, reply.status))?;
    let life = Duration::from_secs(granted.expires_in).min(LONGEST);
    let until = SignedDuration::try_from(life).unwrap_or(SignedDuration::ZERO);
    let interval = granted.interval.map_or(FIVE, Duration::from_secs);
    Ok(DeviceCode {
        http: http.clone(),
        authority: authority.clone(),
        ask,
        code: Hidden::new(granted.device_code),
        user_code: crate::explain::one_line(&granted.user_code),
        verification_uri: granted.verification_uri,
        expires_at: http.now().checked_add(until).unwrap_or(Timestamp::MAX),
        deadline: Instant::now() + life,
        interval: interval.clamp(Duration::from_secs(1), SLOWEST),
    })
}

/// What one question brought.
enum Polled {
    Tokens(Box<Tokens>),
    NotYet,
    Slower,
}

/// Whether the next question may get through (§3.5).
const fn may_pass(kind: HttpFaultKind) -> bool {
    match kind {
        HttpFaultKind::NameNotFound
        | HttpFaultKind::Refused
        | HttpFaultKind::Silent
        | HttpFaultKind::Proxy
        | HttpFaultKind::Tls
        | HttpFaultKind::TimedOut
        | HttpFaultKind::Closed => true,
        HttpFaultKind::NotHttp
        | HttpFaultKind::NotSecure
        | HttpFaultKind::TooLarge
        | HttpFaultKind::Other => false,
    }
}

impl DeviceCode {
    /// What the user types.
    #[must_use]
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Where.
    #[must_use]
    pub fn verification_uri(&self) -> &Url {
        &self.verification_uri
    }

    /// Until when.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Asks at the server's pace until the user has signed in. `cancel` completes when the user gives up.
    ///
    /// # Errors
    /// [`Failure::Canceled`], [`Failure::TimedOut`] (also when the server says that the code expired),
    /// [`Failure::Refused`] when it was declined, and whatever else a token request can meet. A lost
    /// connection is no end: the next question may get through (§3.5).
    pub async fn wait(self, cancel: impl Future<Output = ()> + Send) -> Result<Tokens, Failure> {
        let poll = async {
            let mut interval = self.interval;
            loop {
                let next = Instant::now() + interval;
                if next >= self.deadline {
                    sleep_until(self.deadline).await;
                    return Err(Failure::TimedOut);
                }
                sleep_until(next).await;
                match timeout_at(self.deadline, self.poll()).await {
                    Ok(Ok(Polled::Tokens(tokens))) => return Ok(*tokens),
                    Ok(Ok(Polled::NotYet)) => {}
                    Ok(Ok(Polled::Slower)) => interval = (interval + FIVE).min(SLOWEST),
                    Ok(Err(failure)) => return Err(failure),
                    Err(_) => return Err(Failure::TimedOut),
                }
            }
        };
        tokio::select! {
            outcome = poll => outcome,
            () = cancel => Err(Failure::Canceled),
        }
    }

    async fn poll(&self) -> Result<Polled, Failure> {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", self.ask.client_id.as_str()),
            ("device_code", self.code.reveal()),
        ];
        let reply = match self.http.post(self.authority.token_endpoint(), &form).await {
            Ok(reply) => reply,
            Err(fault) if may_pass(fault.kind) => {
                tracing::debug!(%fault, "a question for the device code was lost");
                return Ok(Polled::Slower);
            }
            Err(fault) => return Err(Failure::Unreachable(fault)),
        };
        if reply.is_success() {
            let answer: Answer = reply
                .json()
                .ok_or_else(|| speak::not_understood(&self.authority, reply.status))?;
            let expected = Expected {
                client_id: &self.ask.client_id,
                nonce: None,
            };
            let asked = self.ask.scopes();
            return speak::tokens(&answer, &self.http, &self.authority, expected, &asked)
                .map(|tokens| Polled::Tokens(Box::new(tokens)));
        }
        if speak::is_passing(reply.status) {
            tracing::debug!(
                status = reply.status,
                "asked too often, or the authority is down"
            );
            return Ok(Polled::Slower);
        }
        self.refused(&reply)
    }

    fn refused(&self, reply: &Reply) -> Result<Polled, Failure> {
        let refusal: BasicErrorResponse = reply
            .json()
            .ok_or_else(|| speak::not_understood(&self.authority, reply.status))?;
        match refusal.error().as_ref() {
            "authorization_pending" => Ok(Polled::NotYet),
            "slow_down" => Ok(Polled::Slower),
            "expired_token" | "code_expired" => Err(Failure::TimedOut),
            _ => Err(Failure::Refused(speak::refused(&refusal))),
        }
    }
}
