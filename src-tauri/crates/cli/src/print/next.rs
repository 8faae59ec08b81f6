//! What to do next with this program when a run was stopped before its first mailbox: the flags that
//! help, filled in. Never a way around a certificate or a refusal.

use contract::{Cause, CertificateInfo, SchemeOutcome, SchemeTried};

use super::chain::{is_self_signed, other_issuer};
use super::sign_in::offers;
use crate::rows::Report;
use crate::style::one_line;

/// A sentence, and what to type after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) say: String,
    pub(super) command: Option<String>,
}

/// The next steps, the likeliest first.
pub(super) fn steps(report: &Report<'_>) -> Vec<Step> {
    let page = &report.page;
    let leaf = page.certificates.first();
    match (page.row.cause, leaf) {
        (Some(Cause::TlsUntrusted), Some(leaf)) => untrusted(report, leaf),
        (Some(Cause::TlsNameMismatch), Some(leaf)) => name_mismatch(leaf),
        (Some(Cause::TlsExpired), Some(_)) => vec![Step::say(
            "Renew the certificate on the server, and bind it to IIS. If it is valid today all the same, the clock of this computer is wrong.",
        )],
        (Some(Cause::TlsPinMismatch), Some(leaf)) => pin_mismatch(report, leaf),
        (Some(Cause::AuthSchemeNotOffered), _) => other_scheme(report),
        (Some(Cause::AuthRejected), _) if was_refused(report) => vec![Step::with(
            "Another name or password is sent at the next check. The same one is sent again within 30 minutes only with:",
            "--send-again",
        )],
        (Some(Cause::ProxyFailed), _) => vec![
            Step::with(
                "Where the proxy wants a sign-in, name its user; its password is the second line of stdin with --password-stdin, else it is asked for:",
                "--proxy http://USER@PROXY:PORT",
            ),
            Step::with(
                "Where the server can be reached without a proxy:",
                "--proxy none",
            ),
        ],
        _ => Vec::new(),
    }
}

impl Step {
    fn say(text: impl Into<String>) -> Self {
        Self {
            say: text.into(),
            command: None,
        }
    }

    fn with(text: impl Into<String>, command: impl Into<String>) -> Self {
        Self {
            say: text.into(),
            command: Some(command.into()),
        }
    }
}

fn untrusted(report: &Report<'_>, leaf: &CertificateInfo) -> Vec<Step> {
    let pin = format!("--pin-sha256 {}", leaf.sha256);
    if is_self_signed(leaf) {
        return vec![Step::with(
            "The certificate is self-signed: there is no CA to trust. Compare the SHA-256 above with the certificate on the server itself; where they are the same, pin it:",
            flags(report, &pin),
        )];
    }
    let issuer = report
        .page
        .certificates
        .last()
        .map_or("", |top| &*top.issuer);
    vec![
        Step::with(
            format!(
                "If {} is your own CA, get its certificate as a file from whoever runs it, and trust that:",
                one_line(issuer)
            ),
            flags(report, "--ca-file ca.pem"),
        ),
        Step::with(
            "Or trust this one certificate alone, once its SHA-256 was compared with the server's; when it is renewed, the pin must be too:",
            flags(report, &pin),
        ),
        Step::say(
            "If the issuer is a company that inspects TLS (a web gateway, an antivirus), have this server exempted: channel bindings fail behind it.",
        ),
    ]
}

fn name_mismatch(leaf: &CertificateInfo) -> Vec<Step> {
    let name = leaf.names.iter().find(|name| !name.contains('*'));
    let mut steps = Vec::new();
    if let Some(name) = name {
        steps.push(Step::with(
            "Use a name of the certificate in the EWS URL:",
            format!("--ews-url https://{}/EWS/Exchange.asmx", one_line(name)),
        ));
        steps.push(Step::with(
            "Where that name leads elsewhere from here, name the server's address too:",
            format!("--resolve {}:443:ADDRESS", one_line(name)),
        ));
    }
    steps.push(Step::say(
        "Or renew the certificate with the host of the EWS URL among its names.",
    ));
    steps
}

fn pin_mismatch(report: &Report<'_>, leaf: &CertificateInfo) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some((old, now)) = other_issuer(report) {
        steps.push(Step::say(format!(
            "The issuer changed from {} to {}: a TLS-inspecting proxy may stand in between. Find out before anything else.",
            one_line(old),
            one_line(now)
        )));
    }
    steps.push(Step::with(
        "Only if the certificate was renewed on purpose, and its SHA-256 is the one on the server, pin the new one:",
        flags(report, &format!("--pin-sha256 {}", leaf.sha256)),
    ));
    steps
}

fn other_scheme(report: &Report<'_>) -> Vec<Step> {
    let (found, row) = (&report.page.authentication, &report.page.row);
    let windows = offers(found, "Negotiate") || offers(found, "NTLM");
    if windows
        && matches!(&*row.auth, "basic" | "bearer" | "negotiate" | "ntlm")
        && found.tried.is_empty()
    {
        return vec![Step::with(
            "Let what the server offers decide; the password itself is not sent then:",
            flags(report, "--auth auto"),
        )];
    }
    if !windows && offers(found, "Basic") {
        return vec![Step::with(
            "Basic sends the password itself, protected by TLS alone, so it is used by choice only:",
            flags(report, "--auth basic"),
        )];
    }
    Vec::new()
}

/// Something was sent, and refused.
fn was_refused(report: &Report<'_>) -> bool {
    let tried = &report.page.authentication.tried;
    let refused = |tried: &SchemeTried| tried.outcome == SchemeOutcome::Refused;
    tried.iter().any(refused)
}

/// Flags for the next check: of a stored organization they are kept.
fn flags(report: &Report<'_>, flags: &str) -> String {
    match &report.page.row.organization_name {
        Some(name) => format!("understudy organization edit {:?} {flags}", one_line(name)),
        None => flags.to_owned(),
    }
}
