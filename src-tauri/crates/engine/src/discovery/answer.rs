//! What a reply of Autodiscover says, whichever dialect it speaks. Reads only.

use contract::DiscoveryPlacement as Placement;
use ews::autodiscover::pox::Protocol;
use ews::autodiscover::soap::ErrorCode;
use ews::autodiscover::{json, pox, soap};

/// What was said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// EWS is there. Never empty.
    Urls(Vec<(String, Placement)>),
    /// Ask again under this address.
    Address(String),
    /// Ask again there.
    Url(String),
    /// It has an answer, and no URL: why.
    No(String),
    /// Not an answer: why not.
    Unreadable(String),
}

/// JSON v2.
pub(super) fn json(body: &[u8]) -> Answer {
    match json::read(body) {
        Ok(json::Answer::Endpoint { url }) => Answer::Urls(vec![(url, Placement::Unknown)]),
        Ok(json::Answer::Refused { code, message }) => Answer::No(said(&code, message.as_deref())),
        Err(error) => Answer::Unreadable(error.to_string()),
    }
}

/// SOAP `GetUserSettings`, one user.
pub(super) fn soap(body: &[u8]) -> Answer {
    let answer = match soap::read(body) {
        Ok(answer) => answer,
        Err(error) => return Answer::Unreadable(error.to_string()),
    };
    let (code, message, users) = match answer.body {
        soap::Body::Fault(fault) => {
            let text = fault.text.unwrap_or_default();
            return Answer::No(said("a SOAP fault", Some(&text)));
        }
        soap::Body::Response {
            code,
            message,
            users,
        } => (code, message, users),
    };
    let Some(user) = users.first() else {
        return Answer::No(said(code.as_str(), message.as_deref()));
    };
    if let Some(address) = user.redirect_address() {
        return Answer::Address(address.to_owned());
    }
    if let Some(url) = user.redirect_url() {
        return Answer::Url(url.to_owned());
    }
    if user.code != ErrorCode::NoError {
        return Answer::No(said(user.code.as_str(), user.message.as_deref()));
    }
    urls(user.internal_ews_url(), user.external_ews_url(), [])
}

/// POX.
pub(super) fn pox(body: &[u8]) -> Answer {
    match pox::read(body) {
        Ok(pox::Answer::Settings(settings)) => {
            let others = settings.endpoints.iter();
            let others = others
                .filter(|endpoint| !matches!(endpoint.protocol, Protocol::Exch | Protocol::Expr))
                .map(|endpoint| endpoint.url.as_str());
            urls(
                settings.internal_ews_url(),
                settings.external_ews_url(),
                others,
            )
        }
        Ok(pox::Answer::RedirectAddress(address)) => Answer::Address(address),
        Ok(pox::Answer::RedirectUrl(url)) => Answer::Url(url),
        Ok(pox::Answer::Refused(refusal)) => {
            let code = refusal
                .code
                .map_or_else(|| "an error".to_owned(), |code| format!("error {code}"));
            Answer::No(said(&code, refusal.message.as_deref()))
        }
        Err(error) => Answer::Unreadable(error.to_string()),
    }
}

/// Each URL once. The same one for inside and outside is meant for both.
fn urls<'a>(
    internal: Option<&'a str>,
    external: Option<&'a str>,
    others: impl IntoIterator<Item = &'a str>,
) -> Answer {
    let mut found: Vec<(String, Placement)> = Vec::new();
    let both = internal.is_some() && internal == external;
    let placed = |url: &str, placement| {
        let placement = if both { Placement::Unknown } else { placement };
        (url.to_owned(), placement)
    };
    found.extend(internal.map(|url| placed(url, Placement::Internal)));
    found.extend(
        external
            .filter(|_| !both)
            .map(|url| placed(url, Placement::External)),
    );
    for url in others {
        if found.iter().all(|(known, _)| known != url) {
            found.push((url.to_owned(), Placement::Unknown));
        }
    }
    if found.is_empty() {
        Answer::No("The answer names no EWS URL: EWS may be off, or hidden, on this server.".into())
    } else {
        Answer::Urls(found)
    }
}

fn said(code: &str, message: Option<&str>) -> String {
    match message.map(str::trim).filter(|message| !message.is_empty()) {
        Some(message) => format!("Autodiscover says {code}: {message}"),
        None => format!("Autodiscover says {code}."),
    }
}

#[cfg(test)]
mod tests {
    use contract::DiscoveryPlacement as P;

    use super::{Answer, json, urls};

    #[test]
    fn the_same_url_for_both_sides_is_one() {
        let both = urls(Some("https://m/x"), Some("https://m/x"), ["https://m/x"]);
        assert_eq!(both, Answer::Urls(vec![("https://m/x".into(), P::Unknown)]));
        let two = urls(Some("https://i/x"), Some("https://e/x"), []);
        let two_found = vec![
            ("https://i/x".into(), P::Internal),
            ("https://e/x".into(), P::External),
        ];
        assert_eq!(two, Answer::Urls(two_found));
        assert!(matches!(urls(None, None, []), Answer::No(_)));
    }

    #[test]
    fn an_error_is_told_in_the_words_of_the_server() {
        let refused = json(br#"{"ErrorCode":"UserNotFound","ErrorMessage":"Nobody."}"#);
        assert_eq!(
            refused,
            Answer::No("Autodiscover says UserNotFound: Nobody.".into())
        );
        assert!(matches!(json(b"<html>"), Answer::Unreadable(_)));
    }
}
