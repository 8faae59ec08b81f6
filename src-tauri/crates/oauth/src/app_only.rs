//! Tokens for the application itself (client credentials, RFC 6749 §4.4), proven by a secret or, better,
//! by a certificate (RFC 7523). No user is involved, and no refresh token is given.

use oauth2::ClientSecret;

use crate::speak::{self, Carrier, Expected};
use crate::{Authority, Certificate, Failure, Hidden, Http, Tokens, Wanted, assertion};

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
    let carrier = Carrier::new(http, authority);
    let client = speak::client(authority, client_id);
    let (client, signed) = match credential {
        Credential::Secret(secret) => {
            let secret = ClientSecret::new(secret.reveal().to_owned());
            (client.set_client_secret(secret), None)
        }
        Credential::Certificate(certificate) => {
            let audience = authority.token_endpoint().as_str();
            let signed = assertion::sign(certificate, client_id, audience, http.now())?;
            (client, Some(signed))
        }
    };
    let mut request = client
        .exchange_client_credentials()
        .add_scopes(speak::scopes(&wanted.scopes));
    if let Some(signed) = &signed {
        request = request
            .add_extra_param("client_assertion_type", assertion::TYPE)
            .add_extra_param("client_assertion", signed.reveal());
    }
    if let Some(resource) = &wanted.resource {
        request = request.add_extra_param("resource", resource.as_str());
    }
    let asked: speak::Asked<'_> = Box::pin(request.request_async(&carrier));
    let answer = asked.await.map_err(|error| carrier.failure(error))?;
    let expected = Expected {
        client_id,
        nonce: None,
    };
    speak::tokens(&answer, http, authority, expected, &wanted.scopes)
}
