//! The truth table of schemes: what the server offers, what was tried and how that ended, and what
//! else is known of the log-on. Words only; the table and the HTML report lay them out.

use contract::{
    BindingLookedAt, ChannelBinding, RunAuthentication, RunPage, SchemeOutcome, SchemeTried,
    ServerDomain,
};

/// A scheme of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SchemeLine {
    /// The word in the header.
    pub(super) scheme: String,
    /// `yes`, `no`.
    pub(super) offered: &'static str,
    /// `accepted`, `refused: …`, `no`.
    pub(super) tried: String,
}

/// Every scheme that is offered, was tried or was chosen, in that order.
pub(super) fn schemes(page: &RunPage) -> Vec<SchemeLine> {
    let found = &page.authentication;
    let chosen = chosen(&page.row.auth);
    let tried = found.tried.iter().map(|tried| tried.scheme.as_str());
    let all = found.offered.iter().map(String::as_str);
    let mut lines: Vec<SchemeLine> = Vec::new();
    for scheme in all.chain(tried).chain(chosen) {
        if lines
            .iter()
            .any(|line| line.scheme.eq_ignore_ascii_case(scheme))
        {
            continue;
        }
        let is_chosen = chosen.is_some_and(|chosen| chosen.eq_ignore_ascii_case(scheme));
        lines.push(line(scheme, is_chosen, found));
    }
    lines
}

fn line(scheme: &str, is_chosen: bool, found: &RunAuthentication) -> SchemeLine {
    let is_offered = offers(found, scheme);
    let tried: Vec<String> = found
        .tried
        .iter()
        .filter(|tried| tried.scheme.eq_ignore_ascii_case(scheme))
        .map(outcome)
        .collect();
    let tried = match (tried.is_empty(), is_chosen) {
        (false, _) => tried.join("; then "),
        (true, true) => "no, though it was chosen".to_owned(),
        (true, false) => "no".to_owned(),
    };
    SchemeLine {
        scheme: scheme.to_owned(),
        offered: if is_offered { "yes" } else { "no" },
        tried,
    }
}

/// Whether the server offers a scheme.
pub(super) fn offers(found: &RunAuthentication, scheme: &str) -> bool {
    let same = |offered: &String| offered.eq_ignore_ascii_case(scheme);
    found.offered.iter().any(same)
}

/// `refused, as ntlm: the reason`
fn outcome(tried: &SchemeTried) -> String {
    let word = match tried.outcome {
        SchemeOutcome::Accepted => "accepted",
        SchemeOutcome::Refused => "refused",
        SchemeOutcome::NotPossible => "not possible",
        SchemeOutcome::Unanswered => "not answered",
    };
    let what = if tried.mechanism.eq_ignore_ascii_case(&tried.scheme) {
        String::new()
    } else {
        format!(", as {}", tried.mechanism)
    };
    let why = tried
        .detail
        .as_deref()
        .map(|detail| format!(": {detail}"))
        .unwrap_or_default();
    format!("{word}{what}{why}")
}

/// The word of what was chosen; `auto` is no scheme.
fn chosen(auth: &str) -> Option<&'static str> {
    match auth {
        "negotiate" => Some("Negotiate"),
        "ntlm" => Some("NTLM"),
        "basic" => Some("Basic"),
        "bearer" => Some("Bearer"),
        _ => None,
    }
}

/// What else is known, a term and a text each.
pub(super) fn facts(page: &RunPage) -> Vec<(&'static str, String)> {
    let found = &page.authentication;
    let nothing_sent = found.tried.is_empty() && !found.offered.is_empty();
    let binding = found.channel_binding.as_ref().map(binding);
    let none = nothing_sent.then(|| "none, no log-on was sent".to_owned());
    let issuer = page
        .certificates
        .first()
        .map(|leaf| format!("{}, issued by {}", leaf.subject, leaf.issuer));
    let facts = [
        ("Channel binding", binding.or(none)),
        ("Certificate", issuer),
        ("Server build", found.server_version.clone()),
        ("Server clock", found.clock_skew_seconds.map(clock)),
        ("Server domain", found.domain.as_ref().and_then(domain)),
    ];
    facts
        .into_iter()
        .filter_map(|(term, fact)| Some((term, fact?)))
        .collect()
}

fn binding(binding: &ChannelBinding) -> String {
    if !binding.sent {
        return match binding.looked_at {
            BindingLookedAt::No => "not sent: there is no TLS channel to be bound to".to_owned(),
            BindingLookedAt::ByDefault | BindingLookedAt::Unknown => "not sent".to_owned(),
        };
    }
    let hash = binding
        .hash
        .as_deref()
        .map(|hash| format!(", with the {hash} of the certificate seen"))
        .unwrap_or_default();
    let looked_at = match binding.looked_at {
        BindingLookedAt::ByDefault => {
            "; this build looks at it by default (Extended Protection, 2019 CU14 and later)"
        }
        BindingLookedAt::Unknown => {
            "; this server may look at it (Extended Protection, where switched on)"
        }
        BindingLookedAt::No => "; the server doesn't look at it",
    };
    format!("sent{hash}{looked_at}")
}

/// `5 min ahead of this computer`
fn clock(skew: i64) -> String {
    let (seconds, way) = (
        skew.unsigned_abs(),
        if skew > 0 { "ahead of" } else { "behind" },
    );
    match seconds {
        0..=2 => "in step with this computer".to_owned(),
        3..120 => format!("{seconds} s {way} this computer"),
        120..7_200 => format!("{} min {way} this computer", seconds / 60),
        _ => format!("{} h {way} this computer", seconds / 3_600),
    }
}

/// `CONTOSO (contoso.com), server ex1.contoso.com`
fn domain(domain: &ServerDomain) -> Option<String> {
    let name = match (&domain.netbios, &domain.dns) {
        (Some(netbios), Some(dns)) => format!("{netbios} ({dns})"),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => return None,
    };
    Some(match &domain.computer {
        Some(computer) => format!("{name}, server {computer}"),
        None => name,
    })
}

#[cfg(test)]
mod tests {
    use contract::{BindingLookedAt, ChannelBinding, SchemeOutcome, SchemeTried, ServerDomain};

    use super::{binding, clock, domain, outcome};

    #[test]
    fn outcomes_say_what_went_under_the_word() {
        let tried = |mechanism: &str, outcome, detail: Option<&str>| SchemeTried {
            scheme: "Negotiate".to_owned(),
            mechanism: mechanism.to_owned(),
            outcome,
            detail: detail.map(str::to_owned),
        };
        assert_eq!(
            outcome(&tried(
                "kerberos",
                SchemeOutcome::NotPossible,
                Some("no KDC")
            )),
            "not possible, as kerberos: no KDC"
        );
        let basic = SchemeTried {
            scheme: "Basic".to_owned(),
            ..tried("basic", SchemeOutcome::Accepted, None)
        };
        assert_eq!(outcome(&basic), "accepted");
    }

    #[test]
    fn a_binding_that_was_not_sent_is_not_called_sent() {
        let none = ChannelBinding {
            sent: false,
            hash: None,
            looked_at: BindingLookedAt::No,
        };
        assert!(binding(&none).starts_with("not sent"));
        let sent = ChannelBinding {
            sent: true,
            hash: Some("SHA-384".to_owned()),
            looked_at: BindingLookedAt::ByDefault,
        };
        assert!(binding(&sent).contains("SHA-384") && binding(&sent).contains("by default"));
    }

    #[test]
    fn clocks_and_domains_are_told_briefly() {
        assert_eq!(clock(0), "in step with this computer");
        assert_eq!(clock(-45), "45 s behind this computer");
        assert_eq!(clock(400), "6 min ahead of this computer");
        assert_eq!(clock(7_300), "2 h ahead of this computer");
        let names = ServerDomain {
            netbios: Some("CONTOSO".to_owned()),
            dns: Some("contoso.com".to_owned()),
            forest: None,
            computer: Some("EX1.contoso.com".to_owned()),
        };
        assert_eq!(
            domain(&names).as_deref(),
            Some("CONTOSO (contoso.com), server EX1.contoso.com")
        );
        assert_eq!(domain(&ServerDomain::default()), None);
    }
}
