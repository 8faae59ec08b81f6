//! What the activity log says of a form that was saved: before and after, never a password.

use contract::{AuthorityKind, CertificateInfo, EmailConfigurationForm, TlsTrust};

use super::access_types::label;
use super::modern::finds_url;
use super::proxy;

/// Before and after, a sentence a field. Never the password.
pub(super) fn changes(
    before: Option<&EmailConfigurationForm>,
    after: &EmailConfigurationForm,
) -> Vec<String> {
    let fields = |form: &EmailConfigurationForm| {
        [
            ("Mailbox Access Type", label(form.access_type).to_owned()),
            ("Account Logon", form.account_logon.clone()),
            ("EWS URL", url(form)),
            ("Authentication", form.authentication.as_str().to_owned()),
            ("TLS trust", trust(&form.tls_trust)),
            ("Impersonate by", form.identify_by.as_str().to_owned()),
            ("Proxy", proxy::shown(&form.proxy, "that of the app")),
            ("Sign-in", sign_in(form)),
        ]
    };
    let after = fields(after);
    let Some(before) = before.map(fields) else {
        return after
            .into_iter()
            .filter(|(name, value)| *name != "Sign-in" || !value.is_empty())
            .map(|(name, value)| format!("{name}: \"{value}\"."))
            .collect();
    };
    before
        .into_iter()
        .zip(after)
        .filter(|(before, after)| before != after)
        .map(|((name, from), (_, to))| format!("{name}: \"{from}\" to \"{to}\"."))
        .collect()
}

fn url(form: &EmailConfigurationForm) -> String {
    if finds_url(form) {
        "found when checking".to_owned()
    } else {
        form.ews_url.clone()
    }
}

/// Who issues tokens to which app; empty where nothing is filled in.
fn sign_in(form: &EmailConfigurationForm) -> String {
    let modern = &form.modern;
    if modern.client_id.is_empty() {
        return String::new();
    }
    let authority = match modern.authority {
        AuthorityKind::Entra => format!(
            "Entra ({}), tenant {}",
            modern.cloud.as_str(),
            modern.tenant
        ),
        AuthorityKind::AdFs => format!("AD FS at {}", modern.authority_url),
        AuthorityKind::OpenId => format!("OpenID provider at {}", modern.authority_url),
    };
    let port = modern
        .redirect_port
        .map_or_else(String::new, |port| format!(", port {port}"));
    let kept = if modern.keep_signed_in { ", kept" } else { "" };
    format!("{authority}, app {}{port}{kept}", modern.client_id)
}

fn trust(trust: &TlsTrust) -> String {
    match trust {
        TlsTrust::System => "System trust store".to_owned(),
        TlsTrust::Ca { name, .. } => format!("CA file {name}"),
        TlsTrust::Pin { sha256, .. } => format!("Pinned certificate {sha256}"),
    }
}

/// A certificate that is pinned from now on; `None`: none is, or the same as before.
pub(super) fn pinned(
    before: Option<&EmailConfigurationForm>,
    after: &EmailConfigurationForm,
) -> Option<String> {
    let (sha256, certificate) = pin(after)?;
    if before
        .and_then(pin)
        .is_some_and(|(known, _)| known == sha256)
    {
        return None;
    }
    Some(match certificate {
        Some(CertificateInfo {
            subject, issuer, ..
        }) => format!("Pinned the certificate of {subject}, issued by {issuer}, SHA-256 {sha256}."),
        None => format!("Pinned the certificate with SHA-256 {sha256}."),
    })
}

/// What is pinned, and what is known of it.
pub(super) fn pin(form: &EmailConfigurationForm) -> Option<(&str, Option<&CertificateInfo>)> {
    match &form.tls_trust {
        TlsTrust::Pin {
            sha256,
            certificate,
        } => Some((sha256, certificate.as_deref())),
        TlsTrust::System | TlsTrust::Ca { .. } => None,
    }
}
