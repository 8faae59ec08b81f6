//! What a failed sign-in is called: for the person who signs in, and for a check that needs a token.

use contract::{SignInFailure, SignInFailureKind as Kind};
use exchange::{TlsFault, TlsFaultKind};
use oauth::{Authority, Explanation, Failure, HttpFault, HttpFaultKind, RefusalKind};

use crate::ports::{AuthorityFault, AuthorityFaultKind as Fault, NoToken};

/// A failure in the words of panel §7.7.
pub(super) fn told(
    failure: &Failure,
    authority: Option<&Authority>,
    client_id: &str,
) -> SignInFailure {
    let kind = kind(failure);
    let (sentence, next_step, code) = words(failure);
    let consent = authority.filter(|_| kind == Kind::Consent);
    SignInFailure {
        kind,
        sentence,
        next_step,
        code,
        consent_link: consent
            .and_then(|authority| authority.admin_consent(client_id))
            .map(|page| page.to_string()),
    }
}

/// An answer that came, and is not to be trusted with anything.
pub(super) fn mismatch(sentence: String, next_step: &str) -> SignInFailure {
    SignInFailure {
        kind: Kind::Mismatch,
        sentence,
        next_step: next_step.to_owned(),
        code: None,
        consent_link: None,
    }
}

/// What it means for a check: either a person is needed, or the authority at this host could not be asked.
pub(super) fn no_token(failure: &Failure, host: &str) -> NoToken {
    let (sentence, next_step, code) = words(failure);
    match fault(failure, host) {
        Some(fault) => NoToken::Unreachable { sentence, fault },
        None => NoToken::SignInNeeded {
            sentence: format!("{sentence} {next_step}").trim().to_owned(),
            code,
        },
    }
}

/// What kept the authority from being asked, by what was found on the way; none: it was asked, and refused.
fn fault(failure: &Failure, host: &str) -> Option<AuthorityFault> {
    let at = |host: &str, kind, wait| {
        let host = host.to_owned();
        Some(AuthorityFault { host, kind, wait })
    };
    match failure {
        Failure::Unreachable(fault) => at(&fault.host, on_the_way(fault), None),
        Failure::NotNow {
            host, status, wait, ..
        } => at(host, by_status(*status), *wait),
        Failure::NotUnderstood { host, status } => at(host, by_status(*status), None),
        Failure::Refused(refused) if refused.kind == RefusalKind::Temporary => {
            let failed = refused.code == "server_error";
            at(host, if failed { Fault::Failed } else { Fault::Busy }, None)
        }
        _ => None,
    }
}

fn on_the_way(fault: &HttpFault) -> Fault {
    match fault.kind {
        HttpFaultKind::NameNotFound => Fault::NameNotFound,
        HttpFaultKind::Refused => Fault::Refused,
        HttpFaultKind::Silent => Fault::Silent,
        HttpFaultKind::Proxy => Fault::Proxy,
        HttpFaultKind::Tls => Fault::Tls(tls(fault).map_or(TlsFaultKind::Protocol, |tls| tls.kind)),
        HttpFaultKind::TimedOut => Fault::NoAnswer,
        HttpFaultKind::Closed => Fault::Closed,
        HttpFaultKind::NotHttp
        | HttpFaultKind::NotSecure
        | HttpFaultKind::TooLarge
        | HttpFaultKind::Other => Fault::Unexpected,
    }
}

fn tls(fault: &HttpFault) -> Option<TlsFault> {
    fault.tls.as_deref().map(TlsFault::of)
}

/// As of an HTTP status of Exchange that comes without an answer of EWS.
const fn by_status(status: u16) -> Fault {
    match status {
        300..=399 => Fault::Redirects,
        407 => Fault::Proxy,
        408 => Fault::NoAnswer,
        429 | 503 => Fault::Busy,
        502 | 504 => Fault::Gateway,
        500..=599 => Fault::Failed,
        _ => Fault::Unexpected,
    }
}

/// What was found on the way, without the host.
fn found(fault: &HttpFault) -> String {
    let detail = &fault.detail;
    match on_the_way(fault) {
        Fault::NameNotFound => format!("its name isn't found ({detail})"),
        Fault::Refused => "it refused the connection".to_owned(),
        Fault::Silent => format!("no answer to the connection attempt ({detail})"),
        Fault::NoAnswer => "it took the request and didn't answer in time".to_owned(),
        Fault::Closed => "it closed the connection before it had answered".to_owned(),
        Fault::Tls(kind) => {
            let said = tls(fault).map_or_else(|| detail.clone(), |tls| tls.detail);
            match kind {
                TlsFaultKind::Untrusted => {
                    format!("its certificate isn't from a trusted issuer: {said}")
                }
                TlsFaultKind::NameMismatch => {
                    format!("its certificate is for another name ({said})")
                }
                TlsFaultKind::Expired => format!("its certificate {said}"),
                TlsFaultKind::PinMismatch => {
                    format!("its certificate is not the pinned one: {said}")
                }
                TlsFaultKind::Protocol => format!("no TLS connection: {said}"),
            }
        }
        _ => detail.clone(),
    }
}

fn kind(failure: &Failure) -> Kind {
    match failure {
        Failure::Canceled => Kind::Cancelled,
        Failure::TimedOut => Kind::TimedOut,
        Failure::PortTaken { .. } => Kind::PortTaken,
        Failure::Refused(explanation) | Failure::SignInNeeded(explanation) => {
            match explanation.kind {
                RefusalKind::Consent => Kind::Consent,
                RefusalKind::Denied | RefusalKind::Policy => Kind::Denied,
                RefusalKind::Temporary => Kind::Unreachable,
                RefusalKind::SignIn
                | RefusalKind::Setup
                | RefusalKind::Account
                | RefusalKind::Credential
                | RefusalKind::Unknown => Kind::Refused,
            }
        }
        Failure::WrongIssuer { .. } | Failure::ForeignIdToken(_) | Failure::OtherTokenType(_) => {
            Kind::Mismatch
        }
        Failure::NotOffered(_) | Failure::Certificate(_) | Failure::NoLoopback { .. } => {
            Kind::Refused
        }
        Failure::Unreachable(_) | Failure::NotNow { .. } | Failure::NotUnderstood { .. } => {
            Kind::Unreachable
        }
    }
}

/// Sentence, next step, raw code.
fn words(failure: &Failure) -> (String, String, Option<String>) {
    let plain = |sentence: String, next_step: &str| (sentence, next_step.to_owned(), None);
    match failure {
        Failure::Refused(explanation) | Failure::SignInNeeded(explanation) => of(explanation),
        Failure::Canceled => plain("The sign-in was canceled.".to_owned(), ""),
        Failure::TimedOut => plain(
            "Nobody finished signing in within the time limit.".to_owned(),
            "Try again.",
        ),
        Failure::PortTaken { port } => plain(
            format!("Port {port} is taken by another program."),
            "Close that program, or choose another port that is registered with the authority.",
        ),
        Failure::NoLoopback { detail } => plain(
            format!("This computer lets no program listen for the browser's answer: {detail}."),
            "Use a code instead.",
        ),
        Failure::WrongIssuer { .. } | Failure::ForeignIdToken(_) => plain(
            format!("The answer can't be trusted and was discarded: {failure}."),
            "Try again; if it happens again, tell whoever runs the authority.",
        ),
        Failure::OtherTokenType(said) => plain(
            format!(
                "The sign-in service issued a token of type {said}; a server takes Bearer alone."
            ),
            "Tell whoever runs the authority.",
        ),
        Failure::NotOffered(what) => plain(sentence(what), "Choose another way to sign in."),
        Failure::Certificate(error) => plain(
            sentence(&format!("the certificate can't be used: {error}")),
            "Choose a certificate with its private key that is registered with the app.",
        ),
        Failure::Unreachable(fault) => plain(
            format!(
                "The sign-in service {} can't be asked: {}.",
                fault.host,
                found(fault)
            ),
            "Look after the network, the proxy and the certificate of that host, then try again.",
        ),
        Failure::NotNow {
            host, status, said, ..
        } => {
            let words = said.as_ref().map(|said| format!(" {}", said.sentence));
            let sentence = format!(
                "The sign-in service {host} doesn't answer as it should now (HTTP {status}).{}",
                words.unwrap_or_default()
            );
            let code = said.as_ref().map(|said| said.code.clone());
            (sentence, "Try again later.".to_owned(), code)
        }
        Failure::NotUnderstood { host, status } => plain(
            format!("The answer of {host} (HTTP {status}) is not that of a sign-in service."),
            &format!("Make sure that {host} is the address of the authority."),
        ),
    }
}

fn of(explanation: &Explanation) -> (String, String, Option<String>) {
    (
        explanation.sentence.clone(),
        explanation.next_step.clone(),
        Some(explanation.code.clone()),
    )
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", characters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use contract::SignInFailureKind as Kind;
    use oauth::{Authority, Cloud, Explanation, Failure, Tenant};

    use super::{no_token, told};
    use crate::ports::NoToken;

    const CLIENT: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";

    fn refused(description: &str) -> Failure {
        Failure::Refused(Explanation::of("invalid_grant", Some(description)))
    }

    #[test]
    fn whoever_must_consent_is_shown_where() {
        let tenant = Tenant::parse("contoso.com").expect("a tenant");
        let authority = Authority::entra(Cloud::Global, tenant);
        let failure = told(&refused("AADSTS65001: consent"), Some(&authority), CLIENT);
        assert_eq!(
            (failure.kind, failure.code.as_deref()),
            (Kind::Consent, Some("AADSTS65001"))
        );
        let link = failure.consent_link.expect("Entra has such a page");
        assert!(
            link.contains("/contoso.com/adminconsent?client_id=d3590ed6"),
            "{link}"
        );
        let failure = told(&refused("AADSTS53003: policy"), Some(&authority), CLIENT);
        assert_eq!((failure.kind, failure.consent_link), (Kind::Denied, None));
    }

    #[test]
    fn a_check_is_told_apart_from_what_only_a_person_can_mend() {
        let needed = |failure| {
            matches!(
                no_token(&failure, "login.example"),
                NoToken::SignInNeeded { .. }
            )
        };
        assert!(needed(refused("AADSTS700082: expired")));
        assert!(needed(Failure::NotOffered("nothing")));
        assert!(!needed(Failure::NotUnderstood {
            host: "h".into(),
            status: 502
        }));
        let busy = Explanation::of("temporarily_unavailable", None);
        assert!(!needed(Failure::Refused(busy)), "trying again later helps");
    }
}
