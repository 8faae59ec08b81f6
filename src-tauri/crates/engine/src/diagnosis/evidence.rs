//! What a cause was told apart by, a line each: codes, statuses, the server's words, names and dates. Never a
//! secret: everything comes from what was kept redacted.

use contract::{Blame, Cause, SchemeOutcome};

use super::facts::Facts;

/// Most lines of codes.
const CODES: usize = 5;

/// The lines, most telling first.
pub(crate) fn evidence(cause: Cause, facts: &Facts<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(message) = facts.message {
        lines.push(message.to_owned());
    }
    lines.extend(codes(facts));
    if let Some(text) = &facts.answer.text {
        lines.push(format!("The server's words: {text}"));
    }
    if facts.summary.granted + facts.summary.refused > 0 && cause.blame() == Blame::Identity {
        lines.push(format!(
            "In the same run: {} granted, {} refused.",
            facts.summary.granted, facts.summary.refused
        ));
    }
    if is_about_signing_in(cause) {
        lines.extend(signing_in(facts));
    }
    if cause.blame() == Blame::Certificate || cause == Cause::AuthRejected {
        lines.extend(certificate(facts));
    }
    if matches!(
        cause.blame(),
        Blame::Network | Blame::Certificate | Blame::Exchange
    ) && let Some(proxy) = &facts.proxy
    {
        lines.push(format!("HTTP proxy: {proxy}."));
    }
    let names = facts.answer.headers.iter();
    lines.extend(names.map(|(name, value)| format!("{name}: {value}")));
    if let Some(build) = facts.build {
        lines.push(format!("Server build {build}."));
    }
    lines
}

fn codes(facts: &Facts<'_>) -> impl Iterator<Item = String> {
    facts.codes.iter().take(CODES).filter_map(|seen| {
        let answer = match (&seen.ews_code, seen.http_status) {
            (Some(code), Some(status)) => format!("{code} (HTTP {status})"),
            (Some(code), None) => code.clone(),
            (None, Some(status)) => format!("HTTP {status}"),
            (None, None) => return None,
        };
        let mailboxes = if seen.rows == 1 {
            "mailbox"
        } else {
            "mailboxes"
        };
        Some(format!("{answer}: {} {mailboxes}.", seen.rows))
    })
}

const fn is_about_signing_in(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::AuthSchemeNotOffered
            | Cause::AuthRejected
            | Cause::AuthLost
            | Cause::AccountLocked
            | Cause::AccountNotInDirectory
            | Cause::AccountNotAuthorized
            | Cause::OauthTokenRejected
            | Cause::OauthSignInNeeded
            | Cause::HttpRejected
    )
}

fn signing_in(facts: &Facts<'_>) -> Vec<String> {
    let seen = facts.authentication;
    let mut lines = Vec::new();
    if !facts.offered.is_empty() {
        lines.push(format!(
            "Offered: {}. Chosen: {}.",
            facts.offered.join(", "),
            facts.auth
        ));
    }
    for tried in &seen.tried {
        let outcome = match tried.outcome {
            SchemeOutcome::Accepted => "accepted",
            SchemeOutcome::Refused => "refused",
            SchemeOutcome::NotPossible => "not possible",
            SchemeOutcome::Unanswered => "not answered",
        };
        let why = tried
            .detail
            .as_ref()
            .map(|detail| format!(" ({detail})"))
            .unwrap_or_default();
        lines.push(format!(
            "Tried {} ({}): {outcome}{why}.",
            tried.scheme, tried.mechanism
        ));
    }
    if let Some(binding) = &seen.channel_binding {
        lines.push(match &binding.hash {
            Some(hash) if binding.sent => format!("Channel binding sent ({hash})."),
            _ => "No channel binding sent.".to_owned(),
        });
    }
    if let Some(domain) = &seen.domain {
        let names = [&domain.netbios, &domain.dns, &domain.computer];
        let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
        lines.push(format!("The server names itself: {}.", names.join(", ")));
    }
    if let Some(skew) = seen.clock_skew_seconds.filter(|skew| skew.abs() >= 60) {
        lines.push(format!(
            "The server's clock is {} s {} this computer's.",
            skew.unsigned_abs(),
            if skew > 0 { "ahead of" } else { "behind" }
        ));
    }
    lines
}

fn certificate(facts: &Facts<'_>) -> Vec<String> {
    let Some(leaf) = facts.leaf else {
        return Vec::new();
    };
    vec![
        format!("Certificate: {}, issued by {}.", leaf.subject, leaf.issuer),
        format!(
            "For {}; valid from {} to {}.",
            if leaf.names.is_empty() {
                "no name".to_owned()
            } else {
                leaf.names.join(", ")
            },
            leaf.not_before,
            leaf.not_after
        ),
        format!("SHA-256 {}.", leaf.sha256),
    ]
}
