//! Whether a token is taken, and who calls with it: signature first, then dates, issuer, tenant and
//! audience, then permissions, then the user or the application behind it. Answers nothing itself.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

use super::claims::OneOrMore;
use super::keyring::{KeySet, LearnError};
use super::refusal::Why;
use super::{BearerRules, Claims, EWS_ROLE, EWS_SCOPE, Refusal};
use crate::calendar;
use crate::directory::Directory;

/// What judging a token needs to know.
pub(crate) struct Court<'a> {
    pub(crate) rules: &'a BearerRules,
    pub(crate) directory: &'a Directory,
    pub(crate) keys: &'a Result<KeySet, LearnError>,
    /// Scheme and host of this server: as it names itself, and on loopback.
    pub(crate) own: [&'a str; 2],
}

/// The claims of a token whose signature is right.
pub(crate) fn verified(token: &str, court: &Court<'_>) -> Result<Claims, Refusal> {
    let keys = match court.keys {
        Ok(keys) => keys,
        Err(error) => {
            let why = std::error::Error::source(error)
                .map_or_else(String::new, |source| format!(": {source}"));
            return Err(Refusal::new(Why::Internal, format!("{error}{why}")));
        }
    };
    let header = decode_header(token)
        .map_err(|_| Refusal::new(Why::Malformed, "The token could not be read."))?;
    let wrong = || Refusal::new(Why::Signature, "The token has an invalid signature.");
    let named = |kid: &Option<String>| header.kid.is_none() || *kid == header.kid;
    let candidates = keys.keys.iter().filter(|key| named(&key.common.key_id));
    let mut refusal = wrong();
    for key in candidates {
        let Ok(key) = DecodingKey::from_jwk(key) else {
            continue;
        };
        match decode::<Claims>(token, &key, &signature_alone()) {
            Ok(token) => return Ok(token.claims),
            Err(error) if matches!(error.kind(), ErrorKind::Json(_)) => {
                refusal = Refusal::new(Why::Malformed, "The claims of the token cannot be read.");
            }
            Err(_) => {}
        }
    }
    Err(refusal)
}

/// Who calls EWS with these claims: an index of the directory.
pub(crate) fn judge(claims: &Claims, court: &Court<'_>) -> Result<usize, Refusal> {
    judge_for(&audiences(court), claims, court)?;
    if claims.is_delegated() {
        if !claims.has_scope(EWS_SCOPE) {
            return Err(Refusal::not_enough_scope());
        }
        return user(claims, court);
    }
    if court.rules.refuses_applications {
        let text = "The token of an application is not taken here.";
        return Err(Refusal::new(Why::Client, text));
    }
    let consented = claims.has_role(EWS_ROLE);
    match court.directory.application(claims.application(), consented) {
        Some(caller) => Ok(caller),
        None if claims.has_permissions() => Err(Refusal::not_enough_scope()),
        None => Err(Refusal::new(
            Why::Grant,
            "The token contains no permissions, or permissions can not be understood.",
        )),
    }
}

/// Whether these claims are in order for one of these audiences, whatever they permit.
pub(crate) fn judge_for(
    audiences: &[String],
    claims: &Claims,
    court: &Court<'_>,
) -> Result<(), Refusal> {
    in_time(claims, court)?;
    trusted(claims, court.rules)?;
    if is_meant(claims, audiences) {
        return Ok(());
    }
    let text = "The audience claim value is invalid 'aud'.";
    Err(Refusal::new(Why::Resource, text))
}

/// The refusal of a token whose time is over.
pub(crate) fn expired() -> Refusal {
    Refusal::new(Why::Expired, "The token has expired.")
}

/// Dates are judged by the clock of the server.
fn in_time(claims: &Claims, court: &Court<'_>) -> Result<(), Refusal> {
    let now = calendar::now() + court.directory.options.clock_skew;
    let grace = i64::try_from(court.rules.clock_skew.as_secs()).unwrap_or(i64::MAX);
    let expiry = claims
        .exp
        .ok_or_else(|| Refusal::new(Why::Malformed, "The token has no 'exp'."))?;
    if expiry.saturating_add(grace) <= now {
        return Err(expired());
    }
    if claims
        .nbf
        .is_some_and(|begin| begin.saturating_sub(grace) > now)
    {
        return Err(Refusal::new(Why::Malformed, "The token is not valid yet."));
    }
    Ok(())
}

fn trusted(claims: &Claims, rules: &BearerRules) -> Result<(), Refusal> {
    let issuer = claims.iss.as_deref().unwrap_or_default();
    if !rules.issuers.is_empty() && !rules.issuers.iter().any(|own| own == issuer) {
        let text = format!("The issuer of the token '{issuer}' is not trusted.");
        return Err(Refusal::new(Why::Malformed, text));
    }
    let Some(tenant) = &rules.tenant else {
        return Ok(());
    };
    let named = claims.tid.as_deref().unwrap_or_default();
    if named.eq_ignore_ascii_case(tenant) {
        return Ok(());
    }
    let text = format!("The tenant for tenant guid '{named}' does not exist.");
    Err(Refusal::new(Why::Tenant, text))
}

/// The account behind a delegated token.
fn user(claims: &Claims, court: &Court<'_>) -> Result<usize, Refusal> {
    let blocked = |name: &&str| {
        let names = &court.rules.modern_auth_blocked;
        names
            .iter()
            .any(|blocked| blocked.eq_ignore_ascii_case(name))
    };
    if let Some(name) = claims.users().find(blocked) {
        let domain = name.split_once('@').map_or(name, |(_, domain)| domain);
        let text = format!("Flighting is not enabled for domain '{domain}'.");
        return Err(Refusal::new(Why::NotAvailable, text));
    }
    claims
        .users()
        .find_map(|name| court.directory.account(name))
        .ok_or_else(|| {
            let text = "The user specified by the user-context in the token does not exist.";
            Refusal::new(Why::User, text)
        })
}

/// Whether the token is for one of these, compared without case and closing slash.
fn is_meant(claims: &Claims, audiences: &[String]) -> bool {
    let bare = |text: &str| text.trim_end_matches('/').to_lowercase();
    let mut named = claims.aud.iter().flat_map(OneOrMore::iter);
    named.any(|named| audiences.iter().any(|own| bare(own) == bare(named)))
}

fn audiences(court: &Court<'_>) -> Vec<String> {
    const ONLINE: [&str; 3] = [
        "https://outlook.office365.com",
        "https://outlook.office.com",
        "00000002-0000-0ff1-ce00-000000000000",
    ];
    if !court.rules.audiences.is_empty() {
        return court.rules.audiences.clone();
    }
    let mut audiences = Vec::new();
    for own in court.own {
        let place = own.split_once("://").map_or(own, |(_, place)| place);
        let host = place.split_once(':').map_or(place, |(host, _)| host);
        for scheme in ["https", "http"] {
            audiences.extend([place, host].map(|name| format!("{scheme}://{name}")));
        }
    }
    if court.rules.online.is_some() {
        audiences.extend(ONLINE.map(str::to_owned));
    }
    audiences
}

/// Signature and algorithm; the claims are judged here, each with a refusal of its own.
fn signature_alone() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.algorithms = vec![Algorithm::RS256, Algorithm::PS256];
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}
