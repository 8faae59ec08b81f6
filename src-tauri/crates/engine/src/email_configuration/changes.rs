//! What the activity log says of a form that was saved: before and after, never a password.

use contract::{CertificateInfo, EmailConfigurationForm, TlsTrust};

use super::access_types::label;
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
        ]
    };
    let after = fields(after);
    let Some(before) = before.map(fields) else {
        return after
            .into_iter()
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
    if form.find_when_checking {
        "found when checking".to_owned()
    } else {
        form.ews_url.clone()
    }
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
