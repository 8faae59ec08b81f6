//! What a token says of itself, held against what was asked for. Tokens are decoded here, never verified and
//! never trusted: whether one is good is for the server to say that it is sent to.

use contract::SignInFailure;
use store::sign_ins::StoredSignIn;

use super::failures::mismatch;
use super::settled::Settled;
use crate::email_configuration::EwsUrl;

/// What can be shown of tokens.
pub(super) fn facts(
    settled: &Settled,
    tokens: &oauth::Tokens,
    signed_in_at: String,
) -> StoredSignIn {
    let claims = tokens.claims().unwrap_or_default();
    let identity = tokens.identity.as_ref();
    StoredSignIn {
        account: tokens.account(),
        tenant: claims
            .tenant
            .or_else(|| identity.and_then(|identity| identity.tenant.clone())),
        audience: (!claims.audience.is_empty()).then(|| claims.audience.join(", ")),
        scopes: if claims.scopes.is_empty() && claims.roles.is_empty() {
            tokens.scopes.clone()
        } else {
            claims.scopes
        },
        roles: claims.roles,
        expires_at: Some(tokens.expires_at.to_string()),
        signed_in_at,
        renewable: tokens.refresh.is_some(),
        expired: false,
        asked_with: settled.values.clone(),
        accepted: None,
    }
}

/// Whether the tokens are what was asked for: for this host, of this tenant. They are decoded, not
/// verified: that is for the server they are sent to.
///
/// # Errors
/// [`contract::SignInFailureKind::Mismatch`]: nothing of them may be kept.
pub(super) fn judge(settled: &Settled, tokens: &oauth::Tokens) -> Result<(), SignInFailure> {
    let Some(claims) = tokens.claims() else {
        return Ok(()); // opaque, as tokens may be
    };
    let host = &settled.host;
    let audience = &claims.audience;
    if !audience.is_empty()
        && !claims.is_for(host)
        && audience.iter().all(|one| elsewhere(one, host))
    {
        return Err(mismatch(
            format!(
                "The token is for {}, not for {host}; it was discarded.",
                audience.join(", ")
            ),
            "Make sure that the EWS URL is that of the server, and that this host is registered with the authority.",
        ));
    }
    let tenant = uuid::Uuid::try_parse(&settled.form.modern.tenant).ok();
    let is_entra = settled.form.modern.authority == contract::AuthorityKind::Entra;
    if let (Some(asked), Some(got), true) = (tenant, &claims.tenant, is_entra)
        && uuid::Uuid::try_parse(got).ok() != Some(asked)
    {
        return Err(mismatch(
            format!("The token is of the tenant {got}, not of {asked}; it was discarded."),
            "Sign in with an account of this tenant, or correct the directory ID.",
        ));
    }
    Ok(())
}

/// Whether an audience names another host for certain. Ids of applications name none.
fn elsewhere(audience: &str, host: &str) -> bool {
    let Ok(url) = url::Url::parse(audience) else {
        return audience.contains('.') && !audience.eq_ignore_ascii_case(host);
    };
    let Some(named) = url.host_str() else {
        return false;
    };
    let online = |host: &str| EwsUrl::of_host(host).is_ok_and(|url| url.is_exchange_online());
    let both_online = online(named) && online(host);
    !named.eq_ignore_ascii_case(host) && !both_online
}

/// What has to be told of tokens that can't be looked into.
pub(super) fn unreadable(settled: &Settled, tokens: &oauth::Tokens) -> Vec<String> {
    match tokens.claims() {
        None => vec![
            "The token can't be read here; whether it is the right one, only a check tells."
                .to_owned(),
        ],
        Some(claims) if claims.audience.is_empty() || !claims.is_for(&settled.host) => {
            vec![format!(
                "The token names {} as the one it is for; the EWS URL is on {}.",
                if claims.audience.is_empty() {
                    "nobody".to_owned()
                } else {
                    claims.audience.join(", ")
                },
                settled.host
            )]
        }
        Some(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::elsewhere;

    #[test]
    fn another_host_is_another_audience() {
        let host = "mail.contoso.com";
        assert!(elsewhere("https://other.contoso.com/", host));
        assert!(elsewhere("graph.microsoft.com", host));
        assert!(!elsewhere("https://MAIL.contoso.com/", host));
        assert!(
            !elsewhere("microsoft:identityserver:0f1e", host),
            "AD FS names applications so"
        );
        assert!(!elsewhere("00000002-0000-0ff1-ce00-000000000000", host));
        let online = "outlook.office365.com";
        assert!(
            !elsewhere("https://outlook.office.com", online),
            "one service, two names"
        );
    }
}
