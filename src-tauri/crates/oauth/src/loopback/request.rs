//! What a browser asked of the loopback listener. A pure function over the bytes of the request's head.

use std::borrow::Cow;

/// Longest head that is read. Browsers send the cookies of every program on `localhost`, whatever its
/// port, and Entra's codes are two kilobytes.
pub const MAX_HEAD: usize = 16 * 1024;
/// Most headers; browsers send about twenty.
const MAX_HEADERS: usize = 64;
/// Longest value of a parameter.
const MAX_VALUE: usize = 8 * 1024;

/// What the head of a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// There is more to come.
    Incomplete,
    /// A request that may be an answer: `GET /?…` of our own host.
    Answer(Parameters),
    /// Anything else, and how it is refused.
    Refused(Refusal),
}

/// Why a request is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not HTTP/1, a body, a header twice, a parameter twice: 400.
    Malformed,
    /// Another `Host` or a foreign `Origin`: 403.
    Foreign,
    /// Another path, such as `/favicon.ico`, or `/` without parameters: 404.
    NotHere,
    /// Another method: 405.
    Method,
    /// A head longer than [`MAX_HEAD`]: 431.
    TooLong,
}

/// The parameters of an authorization answer (RFC 6749 §4.1.2, RFC 9207).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Parameters {
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `iss`.
    pub iss: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// `error_description`.
    pub error_description: Option<String>,
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parameters(…)")
    }
}

/// Reads the head of a request that came to the listener at `port`.
#[must_use]
pub fn parse(head: &[u8], port: u16) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(length)) if length <= MAX_HEAD => {
            judge(&request, port).map_or_else(Parsed::Refused, Parsed::Answer)
        }
        Ok(httparse::Status::Partial) if head.len() < MAX_HEAD => Parsed::Incomplete,
        Ok(_) => Parsed::Refused(Refusal::TooLong),
        Err(_) => Parsed::Refused(Refusal::Malformed),
    }
}

fn judge(request: &httparse::Request<'_, '_>, port: u16) -> Result<Parameters, Refusal> {
    let own = |authority: &[u8]| {
        let names = ["localhost", "127.0.0.1", "[::1]"];
        names
            .iter()
            .any(|name| authority.eq_ignore_ascii_case(format!("{name}:{port}").as_bytes()))
    };
    if !only(request, "host")?.is_some_and(own) {
        return Err(Refusal::Foreign);
    }
    // A browser that follows the redirect sends no origin; a page that calls by script does.
    if let Some(origin) = only(request, "origin")?
        && !origin.strip_prefix(b"http://").is_some_and(own)
    {
        return Err(Refusal::Foreign);
    }
    if request.method != Some("GET") {
        return Err(Refusal::Method);
    }
    let body = only(request, "content-length")?.is_some_and(|length| length != b"0");
    if body || only(request, "transfer-encoding")?.is_some() {
        return Err(Refusal::Malformed);
    }
    match request.path.and_then(|path| path.split_once('?')) {
        Some(("/", query)) => parameters(query),
        _ => Err(Refusal::NotHere),
    }
}

/// The value of a header that may stand once.
fn only<'b>(request: &httparse::Request<'_, 'b>, name: &str) -> Result<Option<&'b [u8]>, Refusal> {
    let mut values = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(name))
        .map(|header| header.value);
    let first = values.next();
    match values.next() {
        None => Ok(first),
        Some(_) => Err(Refusal::Malformed),
    }
}

/// Parameters must not stand twice (RFC 6749 §3.1); unknown ones are ignored.
fn parameters(query: &str) -> Result<Parameters, Refusal> {
    let mut found = Parameters::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let place = match name.as_ref() {
            "state" => &mut found.state,
            "code" => &mut found.code,
            "iss" => &mut found.iss,
            "error" => &mut found.error,
            "error_description" => &mut found.error_description,
            _ => continue,
        };
        if place.is_some() || value.len() > MAX_VALUE {
            return Err(Refusal::Malformed);
        }
        *place = Some(Cow::into_owned(value));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{MAX_HEAD, Parameters, Parsed, Refusal, parse};

    const PORT: u16 = 5000;

    fn get(target: &str, more: &str) -> Parsed {
        let head = format!("GET {target} HTTP/1.1\r\nHost: localhost:5000\r\n{more}\r\n");
        parse(head.as_bytes(), PORT)
    }

    #[test]
    fn an_answer_is_read() {
        let Parsed::Answer(found) = get(
            "/?code=a%2Bb&state=s&session_state=x&iss=https%3A%2F%2Fi",
            "",
        ) else {
            panic!("it is an answer")
        };
        let expected = Parameters {
            state: Some("s".to_owned()),
            code: Some("a+b".to_owned()),
            iss: Some("https://i".to_owned()),
            ..Parameters::default()
        };
        assert_eq!(found, expected);
        assert_eq!(format!("{found:?}"), "Parameters(…)");
    }

    #[test]
    fn our_own_names_are_host_and_origin() {
        for host in [
            "localhost:5000",
            "LOCALHOST:5000",
            "127.0.0.1:5000",
            "[::1]:5000",
        ] {
            let head = format!("GET /?a HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\r\n");
            assert_eq!(
                parse(head.as_bytes(), PORT),
                Parsed::Answer(Parameters::default()),
                "{host}"
            );
        }
        for host in [
            "localhost",
            "localhost:5001",
            "evil.example:5000",
            "localhost:5000.evil.example",
            "",
        ] {
            let head = format!("GET /?a HTTP/1.1\r\nHost: {host}\r\n\r\n");
            assert_eq!(
                parse(head.as_bytes(), PORT),
                Parsed::Refused(Refusal::Foreign),
                "{host}"
            );
        }
        let without = b"GET /?a HTTP/1.1\r\n\r\n";
        assert_eq!(parse(without, PORT), Parsed::Refused(Refusal::Foreign));
    }

    #[test]
    fn a_page_that_calls_by_script_is_foreign() {
        for origin in [
            "https://evil.example",
            "null",
            "http://localhost:5001",
            "https://localhost:5000",
        ] {
            let parsed = get("/?code=c", &format!("Origin: {origin}\r\n"));
            assert_eq!(parsed, Parsed::Refused(Refusal::Foreign), "{origin}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        assert_eq!(get("/favicon.ico", ""), Parsed::Refused(Refusal::NotHere));
        assert_eq!(get("/", ""), Parsed::Refused(Refusal::NotHere));
        assert_eq!(get("/x?code=c", ""), Parsed::Refused(Refusal::NotHere));
        assert_eq!(
            get("http://localhost:5000/?code=c", ""),
            Parsed::Refused(Refusal::NotHere)
        );
        for more in [
            "Content-Length: 1\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Host: a\r\n",
        ] {
            assert_eq!(
                get("/?code=c", more),
                Parsed::Refused(Refusal::Malformed),
                "{more}"
            );
        }
        assert_eq!(
            get("/?code=c&code=d", ""),
            Parsed::Refused(Refusal::Malformed)
        );
        let post = b"POST /?code=c HTTP/1.1\r\nHost: localhost:5000\r\n\r\n";
        assert_eq!(parse(post, PORT), Parsed::Refused(Refusal::Method));
        assert_eq!(
            parse(b"\x16\x03\x01\x02\x00\x01", PORT),
            Parsed::Refused(Refusal::Malformed)
        );
    }

    #[test]
    fn a_head_has_an_end() {
        assert_eq!(parse(b"", PORT), Parsed::Incomplete);
        assert_eq!(
            parse(b"GET / HTTP/1.1\r\nHost: localh", PORT),
            Parsed::Incomplete
        );
        let long = format!("GET /?code={} HTTP/1.1\r\n", "a".repeat(MAX_HEAD));
        assert_eq!(
            parse(long.as_bytes(), PORT),
            Parsed::Refused(Refusal::TooLong)
        );
        assert_eq!(
            get(&format!("/?code={}", "a".repeat(MAX_HEAD)), ""),
            Parsed::Refused(Refusal::TooLong)
        );
        let many = "A: b\r\n".repeat(100);
        assert_eq!(get("/?a", &many), Parsed::Refused(Refusal::Malformed));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_judged(head in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = parse(&head, PORT);
        }
    }
}
