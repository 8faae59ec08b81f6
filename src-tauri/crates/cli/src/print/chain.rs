//! The certificate chain a server showed, and the pinned certificate beside it. Words only; the
//! table and the HTML report lay them out.

use contract::{Cause, CertificateInfo, TlsTrust};

use crate::rows::Report;

/// A certificate: its subject, and terms with texts.
pub(super) struct Shown<'a> {
    pub(super) subject: &'a str,
    pub(super) facts: Vec<(&'static str, String)>,
}

/// A term, what was pinned (where known), and what is shown now.
pub(super) type Compared = (&'static str, Option<String>, String);

/// The chain, leaf first.
pub(super) fn chain<'r>(report: &'r Report<'_>) -> Vec<Shown<'r>> {
    let shown = |info: &'r CertificateInfo| Shown {
        subject: &info.subject,
        facts: facts(info, report),
    };
    report.page.certificates.iter().map(shown).collect()
}

fn facts(info: &CertificateInfo, report: &Report<'_>) -> Vec<(&'static str, String)> {
    let issuer = if is_self_signed(info) {
        "itself".to_owned()
    } else {
        info.issuer.clone()
    };
    let names = match (info.names.is_empty(), info.is_ca) {
        (false, _) => Some(info.names.join(", ")),
        (true, false) => Some("none".to_owned()),
        (true, true) => None,
    };
    let facts = [
        ("Names", names),
        ("Issuer", Some(issuer)),
        ("Valid", Some(report.engine.validity(info))),
        ("SHA-256", Some(info.sha256.clone())),
    ];
    facts
        .into_iter()
        .filter_map(|(term, fact)| Some((term, fact?)))
        .collect()
}

/// Whether a certificate names itself as its issuer.
pub(super) fn is_self_signed(info: &CertificateInfo) -> bool {
    info.issuer == info.subject
}

/// Old and new, where the pin did not match.
pub(super) fn compared(report: &Report<'_>) -> Vec<Compared> {
    let (
        Some(Cause::TlsPinMismatch),
        Some(TlsTrust::Pin {
            sha256,
            certificate,
        }),
    ) = (report.page.row.cause, &report.trust)
    else {
        return Vec::new();
    };
    let Some(now) = report.page.certificates.first() else {
        return Vec::new();
    };
    let known = certificate.as_deref();
    let old = |fact: fn(&CertificateInfo) -> String| known.map(fact);
    vec![
        (
            "Subject",
            old(|info| info.subject.clone()),
            now.subject.clone(),
        ),
        (
            "Names",
            old(|info| info.names.join(", ")),
            now.names.join(", "),
        ),
        (
            "Issuer",
            old(|info| info.issuer.clone()),
            now.issuer.clone(),
        ),
        (
            "Valid",
            known.map(|info| report.engine.validity(info)),
            report.engine.validity(now),
        ),
        ("SHA-256", Some(plain(sha256)), now.sha256.clone()),
    ]
}

/// The issuer now, where it is not the one of the pinned certificate.
pub(super) fn other_issuer<'r>(report: &'r Report<'_>) -> Option<(&'r str, &'r str)> {
    let TlsTrust::Pin { certificate, .. } = report.trust.as_ref()? else {
        return None;
    };
    let (old, now) = (certificate.as_deref()?, report.page.certificates.first()?);
    (old.issuer != now.issuer).then_some((&*old.issuer, &*now.issuer))
}

/// 64 digits in upper case, however they were grouped.
fn plain(sha256: &str) -> String {
    let digits = sha256.chars().filter(char::is_ascii_hexdigit);
    digits.map(|digit| digit.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn pins_are_shown_alike() {
        assert_eq!(plain("ab:cd ef-01"), "ABCDEF01");
    }
}
