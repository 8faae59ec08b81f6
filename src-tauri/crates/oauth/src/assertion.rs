//! The client assertion: a JWT that the application signs with its certificate's key (RFC 7523 §2.2),
//! PS256 as Entra wants it.
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{Certificate, CertificateError, Hidden};

/// `client_assertion_type`.
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion is good; Entra advises five to ten minutes.
const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How much the clocks may differ: `nbf` lies so far back.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// Signs for `client_id` towards the token endpoint `audience`.
///
/// # Errors
/// [`CertificateError::Expired`]: Entra would refuse it, and say less clearly why.
pub(crate) fn sign(
    certificate: &Certificate,
    client_id: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Hidden, CertificateError> {
    certificate.check(now)?;
    let header = json!({
        "alg": "PS256",
        "typ": "JWT",
        "x5t#S256": URL_SAFE_NO_PAD.encode(certificate.sha256()),
    });
    let claims = json!({
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "jti": uuid::Uuid::new_v4().to_string(),
        "iat": now.as_second(),
        "nbf": (now - SKEW).as_second(),
        "exp": (now + LIFE - SKEW).as_second(),
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = URL_SAFE_NO_PAD.encode(certificate.sign(signed.as_bytes())?);
    Ok(Hidden::new(format!("{signed}.{signature}")))
}
