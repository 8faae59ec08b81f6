//! Autodiscover version 2: one GET without a log-on, one JSON object back.
//! <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/autodiscover-for-exchange>

use std::fmt::Write as _;

use super::lookup::{Told, Whereabouts};
use crate::fault::HttpAnswer;
use crate::percent::{decoded, parameter};

/// The answer to a GET of this path and query.
pub(crate) fn answer(path: &str, query: Option<&str>, place: Whereabouts<'_>) -> HttpAnswer {
    let query = query.unwrap_or_default();
    let address = path
        .split('/')
        .nth(4)
        .filter(|last| !last.is_empty())
        .map(decoded)
        .or_else(|| parameter(query, "Email"));
    let Some(address) = address.filter(|address| address.contains('@')) else {
        return error(
            400,
            "MandatoryParameterMissing",
            "A valid smtp address must be provided",
        );
    };
    let Some(protocol) = parameter(query, "Protocol") else {
        let text = "A valid value must be provided for the query parameter 'Protocol'";
        return error(400, "MandatoryParameterMissing", text);
    };
    match place.tell(&address) {
        Told::Settings(settings) => {
            let url = url(&protocol, settings.external.or(settings.internal));
            url.map_or_else(
                || unknown(&protocol),
                |url| object(200, &[("Protocol", &protocol), ("Url", &url)]),
            )
        }
        Told::RedirectUrl(url) => HttpAnswer::redirect(302, &url),
        Told::RedirectAddress(target) => {
            let cloud = &place.directory.options.autodiscover.cloud;
            HttpAnswer::redirect(
                302,
                &format!(
                    "https://{cloud}/autodiscover/autodiscover.json?Email={}&Protocol={protocol}\
                     &RedirectCount=1",
                    target.replace('@', "%40")
                ),
            )
        }
        Told::InvalidUser => error(404, "UserNotFound", "The given user is not found"),
        Told::Busy => HttpAnswer::throttled(503, Some(5)),
        Told::Error { code, text } => error(400, &code, &text),
    }
}

/// The URL for a protocol on the host of this EWS URL.
fn url(protocol: &str, ews: Option<String>) -> Option<String> {
    let ews = ews?;
    let path = match protocol.to_ascii_lowercase().as_str() {
        "ews" => return Some(ews),
        "autodiscoverv1" => "/Autodiscover/Autodiscover.xml",
        "activesync" => "/Microsoft-Server-ActiveSync",
        "rest" => "/api",
        _ => return None,
    };
    let host = ews.to_ascii_lowercase().find("/ews/")?;
    Some(format!("{}{path}", &ews[..host]))
}

fn unknown(protocol: &str) -> HttpAnswer {
    let text = format!(
        "The given protocol value '{protocol}' is invalid. Supported values are \
         'ActiveSync,AutodiscoverV1,Ews,Rest'"
    );
    error(400, "InvalidProtocol", &text)
}

fn error(status: u16, code: &str, text: &str) -> HttpAnswer {
    object(status, &[("ErrorCode", code), ("ErrorMessage", text)])
}

fn object(status: u16, members: &[(&str, &str)]) -> HttpAnswer {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{}:{}", string(name), string(value)))
        .collect();
    HttpAnswer::status(status).body(
        "application/json; charset=utf-8",
        &format!("{{{}}}", members.join(",")),
    )
}

/// A JSON string (RFC 8259 section 7).
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;
    use crate::options::Options;

    fn ask(path: &str, query: &str) -> (u16, String) {
        let directory = Directory::new(Options::default());
        let place = Whereabouts {
            directory: &directory,
            own: "https://h",
            loopback: "https://localhost:1",
        };
        let answer = answer(path, Some(query), place);
        (answer.status, answer.body)
    }

    #[test]
    fn both_forms_are_read_and_their_encoding_undone() {
        let found = "{\"Protocol\":\"EWS\",\"Url\":\"https://h/EWS/Exchange.asmx\"}";
        let path = "/autodiscover/autodiscover.json";
        for (path, query) in [
            (
                format!("{path}/v1.0/user1@contoso.com"),
                "Protocol=EWS".to_owned(),
            ),
            (
                format!("{path}/v1.0/user1%40contoso.com"),
                "protocol=EWS".to_owned(),
            ),
            (
                path.to_owned(),
                "Email=user1%40contoso.com&Protocol=EWS&RedirectCount=3".to_owned(),
            ),
        ] {
            assert_eq!(
                ask(&path, &query),
                (200, found.to_owned()),
                "{path}?{query}"
            );
        }
    }

    #[test]
    fn errors_are_documents() {
        let path = "/autodiscover/autodiscover.json/v1.0/user1@contoso.com";
        let (status, body) = ask(path, "Protocol=Gopher\"");
        assert_eq!(status, 400);
        assert!(body.contains("InvalidProtocol"), "{body}");
        assert!(body.contains("Gopher\\\""), "{body}");
        assert_eq!(ask(path, "").0, 400);
        assert_eq!(
            ask("/autodiscover/autodiscover.json", "Protocol=EWS").0,
            400
        );
        assert_eq!(ask(&path.replace("user1", "nobody"), "Protocol=EWS").0, 404);
    }
}
