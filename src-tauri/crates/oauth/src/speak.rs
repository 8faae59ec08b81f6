//! The conversation with a token endpoint: `oauth2` builds the requests and reads the answers, [`Http`]
//! carries them, and what comes back is [`Tokens`] or a [`Failure`].

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, ClientId, EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest,
    HttpResponse, RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse,
    TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};

use crate::http::Reply;
use crate::tokens::UNSAID_LIFE;
use crate::{Authority, Claims, Explanation, Failure, Hidden, Http, HttpFault, Tokens};

/// A token answer (RFC 6749 §5.1, `OpenID` Connect Core §3.1.3.3).
pub(crate) type Answer = StandardTokenResponse<IdToken, BasicTokenType>;

/// The client of `oauth2` with the endpoints every authority has.
pub(crate) type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What `OpenID` Connect adds to a token answer.
#[derive(Deserialize, Serialize)]
pub(crate) struct IdToken {
    id_token: Option<String>,
}

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdToken(…)")
    }
}

impl ExtraTokenFields for IdToken {}

/// Whose id token is expected: its nonce was sent with the question, or none was.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) nonce: Option<&'a str>,
}

/// A public client at this authority; credentials, if any, go into the body.
pub(crate) fn client(authority: &Authority, client_id: &str) -> Client {
    oauth2::Client::new(ClientId::new(client_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(
            authority.authorization_endpoint().clone(),
        ))
        .set_token_uri(TokenUrl::from_url(authority.token_endpoint().clone()))
        .set_auth_type(AuthType::RequestBody)
}

/// Scopes as `oauth2` takes them.
pub(crate) fn scopes(names: &[String]) -> impl Iterator<Item = Scope> + '_ {
    names.iter().map(|name| Scope::new(name.clone()))
}

/// One question to the token endpoint, whose last status is remembered for the message.
pub(crate) struct Carrier {
    http: Http,
    authority: Authority,
    status: AtomicU16,
    /// Seconds it asks to wait; 0: it asks nothing.
    wait: AtomicU64,
    /// Its clock, in Unix seconds; the least number: it told none.
    date: AtomicI64,
}

/// A question that was asked. Boxed here, where its lifetimes are known: callers spawn it.
pub(crate) type Asked<'a> = Pin<
    Box<
        dyn Future<Output = Result<Answer, RequestTokenError<HttpFault, BasicErrorResponse>>>
            + Send
            + 'a,
    >,
>;

impl Carrier {
    pub(crate) fn new(http: &Http, authority: &Authority) -> Self {
        Self {
            http: http.clone(),
            authority: authority.clone(),
            status: AtomicU16::new(0),
            wait: AtomicU64::new(0),
            date: AtomicI64::new(i64::MIN),
        }
    }

    /// Carries a request of `oauth2`.
    pub(crate) async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let (response, wait, date) = self.http.carry(request).await?;
        let date = date.map_or(i64::MIN, Timestamp::as_second);
        self.date.store(date, Ordering::Relaxed);
        let wait = wait.map_or(0, |wait| wait.as_secs());
        self.wait.store(wait, Ordering::Relaxed);
        self.status
            .store(response.status().as_u16(), Ordering::Relaxed);
        Ok(response)
    }

    /// The clock of whoever answered last.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.date.load(Ordering::Relaxed)).ok()
    }

    /// What a failed request means.
    pub(crate) fn failure(
        &self,
        error: RequestTokenError<HttpFault, BasicErrorResponse>,
    ) -> Failure {
        let status = self.status.load(Ordering::Relaxed);
        let wait = self.wait.load(Ordering::Relaxed);
        let wait = (wait > 0).then(|| Duration::from_secs(wait));
        match error {
            RequestTokenError::Request(fault) => Failure::Unreachable(fault),
            RequestTokenError::ServerResponse(refusal) if is_passing(status) => {
                not_now(&self.authority, status, wait, Some(refused(&refusal)))
            }
            RequestTokenError::ServerResponse(refusal) => Failure::Refused(refused(&refusal)),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) if is_passing(status) => {
                not_now(&self.authority, status, wait, None)
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                not_understood(&self.authority, status)
            }
        }
    }
}

/// Whether an answer with this status may be another one soon.
pub(crate) const fn is_passing(status: u16) -> bool {
    status == 429 || status >= 500
}

/// By name, not by closure: the future of a closure that borrows can't be shown to be `Send`.
impl<'c> oauth2::AsyncHttpClient<'c> for Carrier {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

/// A refusal, or no answer at all.
pub(crate) fn unsuccessful(authority: &Authority, reply: &Reply) -> Failure {
    let said = Explanation::of_json(&reply.body);
    if is_passing(reply.status) {
        return not_now(authority, reply.status, reply.wait, said);
    }
    match said {
        Some(explanation) => Failure::Refused(explanation),
        None => not_understood(authority, reply.status),
    }
}

fn not_now(
    authority: &Authority,
    status: u16,
    wait: Option<Duration>,
    said: Option<Explanation>,
) -> Failure {
    Failure::NotNow {
        host: authority.host().to_owned(),
        status,
        wait,
        said: said.map(Box::new),
    }
}

/// An answer that is no answer.
pub(crate) fn not_understood(authority: &Authority, status: u16) -> Failure {
    Failure::NotUnderstood {
        host: authority.host().to_owned(),
        status,
    }
}

/// The server's error, explained.
pub(crate) fn refused(refusal: &BasicErrorResponse) -> Explanation {
    let description = refusal.error_description().map(String::as_str);
    Explanation::of(refusal.error().as_ref(), description)
}

/// Tokens out of an answer, its id token checked.
///
/// The id token came from the token endpoint over TLS, which is as good as its signature (`OpenID` Connect
/// Core §3.1.3.7, 6); nonce, audience and issuer tie it to this question.
pub(crate) fn tokens(
    answer: &Answer,
    http: &Http,
    authority: &Authority,
    expected: Expected<'_>,
    asked: &[String],
) -> Result<Tokens, Failure> {
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(Failure::OtherTokenType(shown(answer.token_type())));
    }
    let identity = match &answer.extra_fields().id_token {
        Some(token) => Some(identity(token, authority, expected)?),
        None => None,
    };
    let life = answer
        .expires_in()
        .and_then(|life| SignedDuration::try_from(life).ok())
        .unwrap_or(UNSAID_LIFE);
    let now = http.now();
    let granted = answer.scopes().map(|scopes| {
        let names = scopes.iter().map(|scope| scope.as_str().to_owned());
        names.collect::<Vec<_>>()
    });
    Ok(Tokens {
        access: Hidden::new(answer.access_token().secret()),
        refresh: answer
            .refresh_token()
            .map(|token| Hidden::new(token.secret())),
        expires_at: now.checked_add(life).unwrap_or(now),
        scopes: granted.unwrap_or_else(|| asked.to_vec()),
        identity,
    })
}

/// A type of tokens as it may be shown.
fn shown(kind: &BasicTokenType) -> String {
    let plain = kind.as_ref().chars().filter(char::is_ascii_graphic);
    plain.take(40).collect()
}

fn identity(token: &str, authority: &Authority, expected: Expected<'_>) -> Result<Claims, Failure> {
    let foreign = Failure::ForeignIdToken;
    let claims = Claims::read(token).map_err(|_| foreign("it cannot be read"))?;
    if let Some(nonce) = expected.nonce
        && claims.nonce.as_deref() != Some(nonce)
    {
        return Err(foreign("its nonce is another"));
    }
    if !claims
        .audience
        .iter()
        .any(|audience| audience == expected.client_id)
    {
        return Err(foreign("it is for another application"));
    }
    match &claims.issuer {
        Some(issuer) if authority.is_issuer(issuer) => Ok(claims),
        _ => Err(foreign("its issuer is another")),
    }
}
