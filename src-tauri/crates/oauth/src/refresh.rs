//! New tokens for a refresh token (RFC 6749 §6), and the end of one (RFC 7009).

use oauth2::{RefreshToken, Scope};

use crate::authority::Kind;
use crate::speak::{self, Carrier, Expected};
use crate::{Authority, Failure, Hidden, Http, RefusalKind, Tokens, Wanted};

/// Whether an authority revokes tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// It did.
    Done,
    /// It has no way to: forgetting the token is all there is. Entra and AD FS are so.
    NotOffered,
}

/// Asks for new tokens. The authority may rotate the refresh token: the answer holds the new one, or the
/// old one where none came. The answer replaces what was kept **before** it is used.
///
/// # Errors
/// [`Failure::SignInNeeded`] if the refresh token is worth nothing any more; other failures say nothing
/// about it.
pub async fn refresh(
    http: &Http,
    authority: &Authority,
    client_id: &str,
    token: &Hidden,
    wanted: &Wanted,
) -> Result<Tokens, Failure> {
    let carrier = Carrier::new(http, authority);
    let client = speak::client(authority, client_id);
    let old = RefreshToken::new(token.reveal().to_owned());
    let mut request = client
        .exchange_refresh_token(&old)
        .add_scopes(speak::scopes(&wanted.scopes));
    if matches!(authority.kind(), Kind::Entra { .. }) {
        // Without it Entra gives no newer refresh token.
        request = request.add_scope(Scope::new("offline_access".to_owned()));
    }
    if let Some(resource) = &wanted.resource {
        request = request.add_extra_param("resource", resource.as_str());
    }
    let asked: speak::Asked<'_> = Box::pin(request.request_async(&carrier));
    let answer = asked
        .await
        .map_err(|error| sign_in_needed(carrier.failure(error)))?;
    let expected = Expected {
        client_id,
        nonce: None,
    };
    let mut tokens = speak::tokens(&answer, http, authority, expected, &wanted.scopes)?;
    tokens.refresh.get_or_insert_with(|| token.clone());
    Ok(tokens)
}

/// Ends a refresh token, and with it its family, where the authority can.
///
/// # Errors
/// [`Failure::Unreachable`], [`Failure::Refused`], [`Failure::NotNow`], [`Failure::NotUnderstood`]: it may still be good.
pub async fn revoke(
    http: &Http,
    authority: &Authority,
    client_id: &str,
    token: &Hidden,
) -> Result<Revoked, Failure> {
    let Some(endpoint) = authority.revocation_endpoint() else {
        return Ok(Revoked::NotOffered);
    };
    let form = [
        ("token", token.reveal()),
        ("token_type_hint", "refresh_token"),
        ("client_id", client_id),
    ];
    let reply = http.post(endpoint, &form).await?;
    if reply.is_success() {
        return Ok(Revoked::Done);
    }
    Err(speak::unsuccessful(authority, &reply))
}

/// A refusal that only a person can mend.
fn sign_in_needed(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(explanation)
            if matches!(
                explanation.kind,
                RefusalKind::SignIn | RefusalKind::Consent | RefusalKind::Denied
            ) =>
        {
            Failure::SignInNeeded(explanation)
        }
        other => other,
    }
}
