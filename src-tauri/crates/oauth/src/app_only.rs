//! Tokens for the application itself (client credentials, RFC 6749 §4.4), proven by a secret or, better,
//! by a certificate (RFC 7523). No user is involved, and no refresh token is given.

use jiff::{SignedDuration, Timestamp};
use oauth2::ClientSecret;

use crate::speak::{self, Carrier, Expected};
use crate::{Authority, Certificate, Failure, Hidden, Http, Tokens, Wanted, assertion};

/// Clocks that differ by less are not what a signature was refused for.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

/// What the application proves itself with.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A client secret.
    Secret(Hidden),
    /// A certificate with its key.
    Certificate(Certificate),
}

/// Asks for an application's token.
///
/// # Errors
/// [`Failure::NotOffered`] for `common` and its like, [`Failure::Certificate`] if it expired,
/// [`Failure::Refused`] with `RefusalKind::Credential` if it is not the right one.
pub async fn app_only(
    http: &Http,
    authority: &Authority,
    client_id: &str,
    credential: &Credential,
    wanted: &Wanted,
) -> Result<Tokens, Failure> {
    if !authority.is_one_tenant() {
        return Err(Failure::NotOffered(
            "app-only access needs the directory ID or a domain of one tenant, not common",
        ));
    }
    let question = Question {
        http,
        authority,
        client_id,
        credential,
        wanted,
    };
    let carrier = Carrier::new(http, authority);
    let now = http.now();
    match question.ask(&carrier, now).await {
        // A signature that is not good yet, or no more, by their clock: made again by theirs, once.
        Err(Failure::Refused(refused)) => match carrier.date() {
            Some(theirs) if question.is_dated() && is_elsewhen(now, theirs) => {
                tracing::warn!(
                    "this computer's clock differs from that of {}",
                    authority.host()
                );
                question.ask(&carrier, theirs).await
            }
            _ => Err(Failure::Refused(refused)),
        },
        outcome => outcome,
    }
}

/// Whether the clocks differ by more than a signature allows for.
fn is_elsewhen(ours: Timestamp, theirs: Timestamp) -> bool {
    ours.duration_since(theirs).abs() > SKEW
}

struct Question<'a> {
    http: &'a Http,
    authority: &'a Authority,
    client_id: &'a str,
    credential: &'a Credential,
    wanted: &'a Wanted,
}

impl Question<'_> {
    /// What proves the application holds the time of day.
    fn is_dated(&self) -> bool {
        matches!(self.credential, Credential::Certificate(_))
    }

    async fn ask(&self, carrier: &Carrier, now: Timestamp) -> Result<Tokens, Failure> {
        let (authority, client_id) = (self.authority, self.client_id);
        let client = speak::client(authority, client_id);
        let (client, signed) = match self.credential {
            Credential::Secret(secret) => {
                let secret = ClientSecret::new(secret.reveal().to_owned());
                (client.set_client_secret(secret), None)
            }
            Credential::Certificate(certificate) => {
                let audience = authority.token_endpoint().as_str();
                let signed = assertion::sign(certificate, client_id, audience, now)?;
                (client, Some(signed))
            }
        };
        let mut request = client
            .exchange_client_credentials()
            .add_scopes(speak::scopes(&self.wanted.scopes));
        if let Some(signed) = &signed {
            request = request
                .add_extra_param("client_assertion_type", assertion::TYPE)
                .add_extra_param("client_assertion", signed.reveal());
        }
        if let Some(resource) = &self.wanted.resource {
            request = request.add_extra_param("resource", resource.as_str());
        }
        let asked: speak::Asked<'_> = Box::pin(request.request_async(carrier));
        let answer = asked.await.map_err(|error| carrier.failure(error))?;
        let expected = Expected {
            client_id,
            nonce: None,
        };
        speak::tokens(&answer, self.http, authority, expected, &self.wanted.scopes)
    }
}
