//! An HTTP reply, read to its end.

use bytes::Bytes;
use std::time::Duration;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::{BindingHash, Certificate, Challenge, NtlmWord};

/// A reply with its whole body.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers as they came, text only.
    pub headers: Headers,
    /// The body, at most [`crate::MAX_BODY`] bytes.
    pub body: Bytes,
    /// From the first byte sent to the last byte read, connecting not included.
    pub elapsed: Duration,
    /// Whether the request that was answered carried credentials (or ran on a logged-on connection).
    pub with_credentials: bool,
    /// The certificate chain of the connection, leaf first; empty for plain http.
    pub chain: std::sync::Arc<Vec<Certificate>>,
    /// How the log-on went that this reply ended, if it ended one.
    pub log_on: Option<Box<LogOnReport>>,
}

/// How a log-on went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOnReport {
    /// The word in the header: `Basic`, `NTLM`, `Negotiate`.
    pub scheme: &'static str,
    /// What went under it: `basic`, `ntlm`, `kerberos`.
    pub mechanism: &'static str,
    /// The channel binding that was sent, by its hash.
    pub binding: Option<BindingHash>,
    /// What the server's NTLM challenge said.
    pub challenge: Option<Challenge>,
    /// The server refused it.
    pub refused: bool,
}

impl Reply {
    /// The NTLM challenge in a 401, under this word.
    #[must_use]
    pub fn challenge(&self, word: NtlmWord) -> Option<Challenge> {
        Challenge::read(&self.headers.token(word.as_str())?).ok()
    }
}

/// Header lines; names in lower case.
#[derive(Debug, Clone, Default)]
pub struct Headers(HeaderMap);

impl Headers {
    /// The first value of a header, by its lower-case name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(text)
    }

    /// Every value of a header, by its lower-case name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.get_all(name).into_iter().map(text)
    }

    /// Every line.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), text(value)))
    }

    /// The token after the scheme's word in a `WWW-Authenticate` line, where there is one.
    #[must_use]
    pub fn token(&self, scheme: &str) -> Option<Vec<u8>> {
        token(self.all("www-authenticate"), scheme)
    }

    /// The schemes of every `WWW-Authenticate` line (RFC 9110 §11.6.1), as spelled, without
    /// parameters and tokens, each once.
    #[must_use]
    pub fn schemes(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for line in self.all("www-authenticate") {
            for part in unquoted(line) {
                let word = part.trim().split([' ', '\t']).next().unwrap_or_default();
                // `realm="x"` and other parameters carry an equals sign; a scheme is a bare token.
                let scheme = !word.is_empty() && !word.contains(['=', '"']);
                if scheme && !found.iter().any(|known| known.eq_ignore_ascii_case(word)) {
                    found.push(word.to_owned());
                }
            }
        }
        found
    }
}

/// The token after the scheme's word, in lines of challenges (RFC 9110 §11.6.1).
pub(crate) fn token<'a>(lines: impl Iterator<Item = &'a str>, scheme: &str) -> Option<Vec<u8>> {
    lines.flat_map(unquoted).find_map(|part| {
        let (word, token) = part.trim().split_once(' ')?;
        if !word.eq_ignore_ascii_case(scheme) {
            return None;
        }
        BASE64_STANDARD.decode(token.trim()).ok()
    })
}

/// The parts between the commas that stand outside of quoted strings (RFC 9110 §5.6.4): a realm may
/// hold anything, the name of a scheme too, and a password is sent on the strength of a name.
fn unquoted(line: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                parts.push(&line[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&line[from..]);
    parts
}

/// The text of a value, which is UTF-8 since it was taken in.
fn text(value: &HeaderValue) -> &str {
    std::str::from_utf8(value.as_bytes()).expect("values are made text on their way in")
}

impl From<HeaderMap> for Headers {
    /// Bytes that are no UTF-8 are replaced, nothing else is copied.
    fn from(mut map: HeaderMap) -> Self {
        for value in map.values_mut() {
            if std::str::from_utf8(value.as_bytes()).is_err() {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                *value = HeaderValue::try_from(text).expect("only U+FFFD was added");
            }
        }
        Self(map)
    }
}

impl FromIterator<(String, String)> for Headers {
    /// # Panics
    /// For lines that HTTP does not allow.
    fn from_iter<T: IntoIterator<Item = (String, String)>>(lines: T) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(
                HeaderName::try_from(name).expect("a name of HTTP"),
                HeaderValue::try_from(value).expect("a value of HTTP"),
            );
        }
        Self(map)
    }
}

#[cfg(test)]
mod tests {
    use super::Headers;

    fn schemes(lines: &[&str]) -> Vec<String> {
        lines
            .iter()
            .map(|v| ("WWW-Authenticate".to_owned(), (*v).to_owned()))
            .collect::<Headers>()
            .schemes()
    }

    #[test]
    fn schemes_are_read_from_lists_and_lines() {
        assert_eq!(
            schemes(&["Negotiate", "NTLM", "Basic realm=\"mail.contoso.com\""]),
            ["Negotiate", "NTLM", "Basic"]
        );
        assert_eq!(
            schemes(&["Negotiate, NTLM, Basic realm=\"a\", charset=\"UTF-8\""]),
            ["Negotiate", "NTLM", "Basic"]
        );
        assert_eq!(schemes(&["NTLM TlRMTVNTUAACAAAA"]), ["NTLM"]);
        assert_eq!(
            schemes(&[r#"Digest realm="a, Basic b", opaque="\", NTLM", Negotiate"#]),
            ["Digest", "Negotiate"],
            "what is quoted is no offer"
        );
        assert!(schemes(&[]).is_empty());
    }
}
