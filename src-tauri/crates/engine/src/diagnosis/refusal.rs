//! Why a sign-in may have been refused, ranked by the evidence. A server never says which it was: a
//! wrong password, a channel binding that does not match and NTLM version 1 all look like one 401.

/// What is known of the connection on which it was refused.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Circumstances<'a> {
    /// `basic`, `ntlm`, `kerberos`.
    pub(crate) mechanism: &'a str,
    /// A channel binding was sent.
    pub(crate) bound: bool,
    /// Issuer of the certificate the server showed.
    pub(crate) issuer: Option<&'a str>,
    /// The connection goes through an HTTP proxy.
    pub(crate) proxied: bool,
    /// Seconds the server's clock is ahead.
    pub(crate) skew: Option<i64>,
    /// What stands before the backslash of the account.
    pub(crate) account_domain: Option<&'a str>,
    /// `NetBIOS` and DNS name of the server's own domain.
    pub(crate) server_domain: Option<(&'a str, &'a str)>,
}

/// Words in the issuers of products that end TLS on the way to look inside, and their names.
const INSPECTORS: &[(&str, &str)] = &[
    ("zscaler", "Zscaler"),
    ("netskope", "Netskope"),
    ("fortinet", "Fortinet"),
    ("fortigate", "Fortinet"),
    ("palo alto", "Palo Alto Networks"),
    ("blue coat", "Symantec (Blue Coat)"),
    ("bluecoat", "Symantec (Blue Coat)"),
    ("symantec web", "Symantec (Blue Coat)"),
    ("sophos", "Sophos"),
    ("kaspersky", "Kaspersky"),
    ("eset ssl", "ESET"),
    ("avast", "Avast"),
    ("avg web", "AVG"),
    ("bitdefender", "Bitdefender"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("forcepoint", "Forcepoint"),
    ("websense", "Forcepoint"),
    ("mcafee web", "McAfee Web Gateway"),
    ("skyhigh", "Skyhigh Web Gateway"),
    ("check point", "Check Point"),
    ("barracuda", "Barracuda"),
    ("watchguard", "WatchGuard"),
    ("mitmproxy", "mitmproxy"),
    ("fiddler", "Fiddler"),
    ("burp", "Burp"),
    ("web gateway", "a web gateway"),
    ("inspection", "a TLS-inspecting proxy"),
];

/// The product that issued a certificate in order to look inside, if its name is known.
pub(crate) fn inspector(issuer: &str) -> Option<&'static str> {
    let issuer = issuer.to_lowercase();
    INSPECTORS
        .iter()
        .find(|(word, _)| issuer.contains(word))
        .map(|(_, name)| *name)
}

/// The reasons, one plain sentence each, the likeliest first.
pub(crate) fn listed(seen: &Circumstances<'_>) -> Vec<String> {
    let mut list = match seen.mechanism {
        "basic" => vec!["A wrong name or password.".to_owned()],
        "kerberos" => vec![
            "The service account that the ticket was made for (SPN) is not the one that Exchange runs as.".to_owned(),
            "The channel binding doesn't match (Extended Protection).".to_owned(),
        ],
        _ => listed_of_ntlm(seen),
    };
    if let Some((typed, netbios)) = foreign_domain(seen) {
        list.push(format!(
            "The account names the domain {typed}, the server is in {netbios}: right where the one trusts the other."
        ));
    }
    if let Some(minutes) = minutes_off(seen) {
        list.push(format!(
            "The server's clock differs from this computer's by {minutes} min; more than 5 min can make sign-ins fail."
        ));
    }
    list
}

fn listed_of_ntlm(seen: &Circumstances<'_>) -> Vec<String> {
    let password = "A wrong name or password.".to_owned();
    let version_1 = "A domain that takes NTLMv1 only; this program sends NTLMv2 alone.".to_owned();
    let named = seen
        .issuer
        .and_then(|issuer| Some((issuer, inspector(issuer)?)));
    match (seen.bound, named, seen.issuer) {
        (false, _, _) => vec![
            password,
            "The server demands a channel binding (Extended Protection), which needs https without a TLS-inspecting proxy on the way.".to_owned(),
            version_1,
        ],
        (true, Some((issuer, product)), _) => vec![
            format!("{product} ends TLS on the way as a TLS-inspecting proxy (the certificate was issued by {issuer}), so that the channel binding can't match (Extended Protection): exempt this server from inspection."),
            password,
            version_1,
        ],
        (true, None, Some(issuer)) if seen.proxied => vec![
            password,
            format!("The HTTP proxy ends TLS as a TLS-inspecting proxy, so that the channel binding can't match (Extended Protection): compare the issuer of the certificate, {issuer}, with the one on Exchange."),
            version_1,
        ],
        _ => vec![
            password,
            "The channel binding doesn't match (Extended Protection), because a TLS-inspecting proxy or a load balancer shows another certificate than Exchange's own.".to_owned(),
            version_1,
        ],
    }
}

/// The domain before the backslash, where it is not the server's own, and the server's.
fn foreign_domain<'a>(seen: &Circumstances<'a>) -> Option<(&'a str, &'a str)> {
    let (typed, (netbios, dns)) = (seen.account_domain?, seen.server_domain?);
    let own = [netbios, dns]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(typed));
    (!own).then_some((typed, netbios))
}

/// Minutes between the clocks, where they matter.
fn minutes_off(seen: &Circumstances<'_>) -> Option<u64> {
    let seconds = seen.skew?.unsigned_abs();
    (seconds > 300).then_some(seconds / 60)
}

/// Sentences, the likeliest reason first.
pub(crate) fn reasons(seen: &Circumstances<'_>) -> String {
    let mut text = match seen.mechanism {
        "basic" => "Wrong name or password.".to_owned(),
        "kerberos" => "The server refused the Kerberos ticket: its service account (SPN) or the channel binding doesn't match.".to_owned(),
        _ => of_ntlm(seen),
    };
    if let Some((typed, netbios)) = foreign_domain(seen) {
        text.extend([
            " The account names the domain ",
            typed,
            ", the server is in ",
            netbios,
            ": right where the one trusts the other.",
        ]);
    }
    if let Some(minutes) = minutes_off(seen) {
        text.extend([
            " The server's clock differs from this computer's by ",
            &minutes.to_string(),
            " min; more than 5 min can make sign-ins fail.",
        ]);
    }
    text
}

fn of_ntlm(seen: &Circumstances<'_>) -> String {
    let version_1 = "a domain that takes NTLMv1 only (this program sends NTLMv2 alone)";
    if !seen.bound {
        return format!(
            "Most likely a wrong name or password. Else the server demands a channel binding (Extended Protection), \
             which needs https without a TLS-inspecting proxy on the way; or {version_1}."
        );
    }
    let named = seen
        .issuer
        .and_then(|issuer| Some((issuer, inspector(issuer)?)));
    match (named, seen.issuer) {
        (Some((issuer, product)), _) => format!(
            "Most likely {product} ends TLS on the way as a TLS-inspecting proxy (the certificate was issued by {issuer}), \
             so that the channel binding can't match (Extended Protection): exempt this server from inspection. \
             Else a wrong name or password; or {version_1}."
        ),
        (None, Some(issuer)) if seen.proxied => format!(
            "Either a wrong name or password, or the HTTP proxy ends TLS as a TLS-inspecting proxy, so that the channel \
             binding can't match (Extended Protection): compare the issuer of the certificate, {issuer}, with the one on \
             Exchange. Else {version_1}."
        ),
        _ => format!(
            "Most likely a wrong name or password. Else the channel binding doesn't match (Extended Protection), because a \
             TLS-inspecting proxy or a load balancer shows another certificate than Exchange's own; or {version_1}."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Circumstances, reasons};

    fn ntlm() -> Circumstances<'static> {
        Circumstances {
            mechanism: "ntlm",
            bound: true,
            issuer: Some("CN=Contoso Internal Root CA"),
            ..Circumstances::default()
        }
    }

    #[test]
    fn the_evidence_ranks_the_reasons() {
        let plain = reasons(&ntlm());
        assert!(plain.starts_with("Most likely a wrong name"), "{plain}");
        let inspected = reasons(&Circumstances {
            issuer: Some("CN=Zscaler Intermediate Root CA"),
            ..ntlm()
        });
        assert!(inspected.starts_with("Most likely Zscaler"), "{inspected}");
        let proxied = reasons(&Circumstances {
            proxied: true,
            ..ntlm()
        });
        assert!(proxied.contains("Contoso Internal Root CA"), "{proxied}");
        for text in [plain, inspected, proxied] {
            for word in ["channel binding", "NTLMv1", "TLS-inspecting proxy"] {
                assert!(text.contains(word), "{word} in {text}");
            }
        }
    }

    #[test]
    fn another_domain_than_the_servers_is_told() {
        let of = |typed| {
            reasons(&Circumstances {
                account_domain: Some(typed),
                server_domain: Some(("CONTOSO", "contoso.com")),
                ..ntlm()
            })
        };
        assert!(of("FABRIKAM").contains("names the domain FABRIKAM"));
        for own in ["contoso", "Contoso.com"] {
            assert!(!of(own).contains("names the domain"), "{own}");
        }
    }

    #[test]
    fn a_clock_that_is_off_is_told() {
        let text = reasons(&Circumstances {
            skew: Some(-900),
            ..ntlm()
        });
        assert!(text.contains("15 min"), "{text}");
    }
}
