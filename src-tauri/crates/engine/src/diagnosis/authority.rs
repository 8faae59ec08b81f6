//! What a cause means where it came from the authority that issues access tokens, and Exchange was not at
//! fault: titles, sentences, likely reasons, commands. The ids are those of the same failure on the way to
//! Exchange; not a word here advises to change anything there.

use contract::Cause;

/// A few words.
pub(super) const fn title(cause: Cause) -> &'static str {
    use Cause as C;
    match cause {
        C::DnsNotFound => "The sign-in service's name isn't found",
        C::TcpRefused => "The sign-in service refuses connections",
        C::ProxyFailed => "The HTTP proxy failed on the way to the sign-in service",
        C::TlsUntrusted => "The sign-in service's certificate isn't trusted",
        C::TlsNameMismatch => "The sign-in service's certificate is for another name",
        C::TlsExpired => "The sign-in service's certificate isn't valid today",
        C::TlsPinMismatch => "Not the pinned certificate at the sign-in service",
        C::TlsProtocol => "No TLS connection to the sign-in service",
        C::HttpGateway => "A gateway gets no answer from the sign-in service",
        C::HttpTimeout => "The sign-in service doesn't answer in time",
        C::HttpClosed => "The sign-in service closes the connection early",
        C::HttpRedirected => "The sign-in service redirects elsewhere",
        C::ServerBusy => "The sign-in service is busy",
        C::ServerError => "The sign-in service fails",
        C::ProtocolUnexpected => "The sign-in service's answer can't be understood",
        _ => "The sign-in service can't be reached",
    }
}

/// The sentence of a run.
pub(super) fn run_message(detail: Option<&str>, host: &str) -> String {
    let why = detail.map_or_else(|| unreachable(host), str::to_owned);
    format!("No access token, and nothing is known about rights: {why}")
}

/// The sentence of a row, without its end.
pub(super) fn row_message(detail: Option<&str>, host: &str) -> String {
    let why = detail.map_or_else(|| unreachable(host), str::to_owned);
    format!("no access token: {}", why.trim_end_matches('.'))
}

fn unreachable(host: &str) -> String {
    format!("The sign-in service {host} can't be asked.")
}

/// Two sentences: what it means; the next step.
pub(super) fn explanation(cause: Cause, host: &str) -> String {
    let (what, next) = match cause {
        Cause::DnsNotFound => (
            "its name isn't found on this computer",
            format!("Check the address of the authority, the name server and the proxy for {host}"),
        ),
        Cause::TcpRefused => (
            "it refuses connections",
            format!("Check port and firewall for {host}, and whether the service runs there"),
        ),
        Cause::TcpTimeout => (
            "it doesn't answer connections from this computer",
            format!("Check firewall and proxy for {host}"),
        ),
        Cause::ProxyFailed => (
            "the HTTP proxy brings no connection there",
            format!("Have {host} allowed on the proxy, or give the proxy its user and password"),
        ),
        Cause::TlsUntrusted | Cause::TlsPinMismatch => (
            "its certificate isn't trusted on this computer",
            format!(
                "Trust the CA of {host}, or have it exempted from TLS inspection if a proxy shows its own certificate"
            ),
        ),
        Cause::TlsNameMismatch => (
            "its certificate is for another name",
            format!("Check the address of the authority, or renew the certificate of {host}"),
        ),
        Cause::TlsExpired => (
            "its certificate is outside its validity",
            format!("Renew the certificate of {host}, and check the clock of this computer"),
        ),
        Cause::TlsProtocol => (
            "no TLS connection to it came about",
            format!("Check port and TLS versions of {host}, and what stands in front of it"),
        ),
        Cause::HttpRedirected | Cause::ProtocolUnexpected => (
            "what answers there isn't a sign-in service, or something in between altered its answer",
            format!(
                "Check that {host} is the address of the authority, and look for a portal of the network"
            ),
        ),
        _ => (
            "it, or what stands in front of it, doesn't answer as it should",
            format!("Try again later; if it stays, look after {host}"),
        ),
    };
    format!(
        "No access token could be had from the sign-in service {host}, because {what}; this says nothing about Exchange or about rights. {next}, then go on with the check."
    )
}

/// Likely reasons, the likeliest first.
pub(super) fn reasons(cause: Cause, host: &str) -> Vec<String> {
    let network = "The network lets this computer reach Exchange, and not the sign-in service.";
    let proxy = "The sign-in service is reached through a proxy only, and none is set.";
    let list: Vec<String> = match cause {
        Cause::DnsNotFound => vec![
            format!(
                "The address of the authority is mistyped, or {host} is known in another network only."
            ),
            proxy.to_owned(),
        ],
        Cause::TcpRefused | Cause::TcpTimeout => vec![
            network.to_owned(),
            proxy.to_owned(),
            "The sign-in service has an outage.".to_owned(),
        ],
        Cause::ProxyFailed => vec![
            format!("The proxy doesn't allow {host}, or asks for a sign-in of its own."),
            "The proxy's address or port is wrong.".to_owned(),
        ],
        Cause::TlsUntrusted | Cause::TlsPinMismatch => vec![
            "Something on the way ends TLS to look inside, and shows a certificate of its own."
                .to_owned(),
            format!("{host} has a certificate of a CA that this computer doesn't trust."),
        ],
        Cause::TlsNameMismatch => vec![
            "The address of the authority isn't the name that its certificate is for.".to_owned(),
            "Something on the way answers in its place.".to_owned(),
        ],
        Cause::TlsExpired => vec![
            "The certificate wasn't renewed in time.".to_owned(),
            "This computer's clock is wrong.".to_owned(),
        ],
        Cause::TlsProtocol => vec![
            "A firewall or gateway cuts the handshake off.".to_owned(),
            "The port isn't one of https.".to_owned(),
        ],
        Cause::HttpRedirected | Cause::ProtocolUnexpected => vec![
            format!("{host} isn't the address of the authority."),
            "A portal or filter of the network answers in its place.".to_owned(),
        ],
        _ => vec![
            "The sign-in service has an outage, or limits requests.".to_owned(),
            "A gateway or proxy in front of it doesn't hold for one whole answer.".to_owned(),
        ],
    };
    list
}

#[cfg(test)]
mod tests {
    use contract::{Blame, Cause};

    use super::{explanation, reasons, row_message, run_message, title};

    const HOST: &str = "login.example";

    /// All that the way to it, and its answer, can come to.
    const OF_AUTHORITY: &[Cause] = &[
        Cause::DnsNotFound,
        Cause::TcpRefused,
        Cause::TcpTimeout,
        Cause::ProxyFailed,
        Cause::TlsUntrusted,
        Cause::TlsNameMismatch,
        Cause::TlsExpired,
        Cause::TlsPinMismatch,
        Cause::TlsProtocol,
        Cause::HttpGateway,
        Cause::HttpTimeout,
        Cause::HttpClosed,
        Cause::HttpRedirected,
        Cause::ServerBusy,
        Cause::ServerError,
        Cause::ProtocolUnexpected,
    ];

    #[test]
    fn every_word_is_about_the_sign_in_service() {
        for cause in OF_AUTHORITY {
            assert!(title(*cause).contains("sign-in service"), "{cause}");
            let text = explanation(*cause, HOST);
            assert!(text.contains(HOST), "{cause}: {text}");
            assert!(text.contains("nothing about Exchange"), "{cause}: {text}");
            assert_eq!(text.matches(". ").count(), 1, "two sentences: {text}");
            assert!(!reasons(*cause, HOST).is_empty(), "{cause}");
            assert_ne!(cause.blame(), Blame::Identity, "{cause}");
        }
        assert!(run_message(None, HOST).contains(HOST));
        assert_eq!(
            row_message(Some("It is down."), HOST),
            "no access token: It is down"
        );
    }
}
