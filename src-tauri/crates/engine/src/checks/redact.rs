//! What a server sends back may hold what we sent it: an error text that quotes the request, a
//! redirect with credentials in it. The secret of the run is taken out of every text that is kept.

use std::sync::{OnceLock, PoisonError, RwLock};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use zeroize::Zeroizing;

use crate::diagnosis::Observed;

/// What stands in its place.
const GONE: &str = "(redacted)";
/// Shorter secrets are taken out as whole words only: their letters stand in other words too.
const SHORT: usize = 4;

/// Knows the secret of a run in every form in which it may come back.
pub(crate) struct Redactor {
    needles: Vec<Zeroizing<String>>,
    /// Access tokens, which come one after the other while it is in use; most runs have none, and look no
    /// further.
    tokens: OnceLock<RwLock<Vec<Zeroizing<String>>>>,
}

impl Redactor {
    pub(crate) fn new(account: &str, password: &str) -> Self {
        let mut redactor = Self {
            needles: Vec::new(),
            tokens: OnceLock::new(),
        };
        redactor.also(account, password);
        redactor
    }

    /// A further secret: that of a proxy.
    pub(crate) fn also(&mut self, account: &str, password: &str) {
        if password.is_empty() {
            return;
        }
        let basic =
            BASE64_STANDARD.encode(Zeroizing::new(format!("{account}:{password}")).as_bytes());
        let mut forms = vec![
            basic,
            password.to_owned(),
            BASE64_STANDARD.encode(password.as_bytes()),
            in_xml(password),
            url::form_urlencoded::byte_serialize(password.as_bytes()).collect(),
            percent_encoded(password),
        ];
        forms.retain(|form| !form.is_empty());
        self.needles.extend(forms.into_iter().map(Zeroizing::new));
        // The longer ones first: a shorter one may be a part of them.
        self.needles
            .sort_by_key(|form| std::cmp::Reverse(form.len()));
        self.needles.dedup();
    }

    /// An access token, whole and in its parts: a server may quote the one or the other.
    pub(super) fn also_token(&self, token: &str) {
        let secret = token.split('.').skip(1).filter(|part| part.len() >= 16);
        let known = |tokens: &[Zeroizing<String>]| tokens.iter().any(|known| **known == token);
        let tokens = self.tokens.get_or_init(RwLock::default);
        let mut tokens = tokens.write().unwrap_or_else(PoisonError::into_inner);
        if !token.is_empty() && !known(&tokens) {
            let forms = std::iter::once(token).chain(secret);
            tokens.extend(forms.map(|form| Zeroizing::new(form.to_owned())));
        }
    }

    /// The text without the secret.
    pub(crate) fn clean(&self, text: String) -> String {
        let text = without(text, &self.needles);
        match self.tokens.get() {
            None => text,
            Some(tokens) => without(text, &tokens.read().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Every text of an observation.
    pub(super) fn clean_observed(&self, observed: &mut Observed) {
        let texts = [
            &mut observed.text,
            &mut observed.ews_code,
            &mut observed.detail,
            &mut observed.primary,
            &mut observed.server_version,
        ];
        for text in texts {
            *text = text.take().map(|text| self.clean(text));
        }
        for folder in &mut observed.folders {
            folder.ews_code = self.clean(std::mem::take(&mut folder.ews_code));
        }
    }
}

fn without(mut text: String, needles: &[Zeroizing<String>]) -> String {
    for needle in needles {
        if text.contains(needle.as_str()) {
            text = replace(&text, needle);
        }
    }
    text
}

fn replace(text: &str, needle: &str) -> String {
    if needle.chars().count() >= SHORT {
        return text.replace(needle, GONE);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(needle) {
        let (before, after) = (&rest[..at], &rest[at + needle.len()..]);
        let in_word = before
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
            || after.chars().next().is_some_and(char::is_alphanumeric);
        cleaned.push_str(before);
        cleaned.push_str(if in_word { needle } else { GONE });
        rest = after;
    }
    cleaned + rest
}

fn in_xml(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&apos;")
}

/// RFC 3986 §2.1, everything but letters and digits.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(format!("%{byte:02X}").chars());
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::Redactor;

    #[test]
    fn the_secret_goes_in_every_form() {
        let redactor = Redactor::new("CONTOSO\\svc", "p&ss w0rd");
        let basic = "Q09OVE9TT1xzdmM6cCZzcyB3MHJk";
        let echo =
            format!("you sent Basic {basic}, p&ss w0rd, p&amp;ss w0rd, p%26ss%20w0rd, p%26ss+w0rd");
        let cleaned = redactor.clean(echo);
        assert_eq!(cleaned.matches("(redacted)").count(), 5, "{cleaned}");
        for form in [basic, "ss w0rd", "ss%20w0rd", "ss+w0rd"] {
            assert!(!cleaned.contains(form), "{cleaned}");
        }
    }

    #[test]
    fn the_secret_of_a_proxy_goes_as_well() {
        let mut redactor = Redactor::new("svc", "first secret");
        redactor.also("proxy", "second secret");
        assert_eq!(
            redactor.clean("first secret, second secret, cHJveHk6c2Vjb25kIHNlY3JldA==".into()),
            "(redacted), (redacted), (redacted)"
        );
    }

    #[test]
    fn tokens_go_whole_and_in_parts() {
        let redactor = Redactor::new("svc", "");
        redactor.also_token(
            "eyJhbGciOiJSUzI1NiJ9.eyJ1cG4iOiJzdmMiLCJhdWQiOiJ4In0.c2lnbmF0dXJlLW9mLWl0",
        );
        redactor.also_token("eyJhbGciOiJSUzI1NiJ9.bmV3ZXItcGF5bG9hZC1vZi1pdA.bmV3ZXItc2lnbmF0dXJl");
        let echo = "you sent eyJhbGciOiJSUzI1NiJ9.eyJ1cG4iOiJzdmMiLCJhdWQiOiJ4In0.c2lnbmF0dXJlLW9mLWl0, \
                    whose claims are bmV3ZXItcGF5bG9hZC1vZi1pdA";
        assert_eq!(
            redactor.clean(echo.to_owned()),
            "you sent (redacted), whose claims are (redacted)"
        );
    }

    #[test]
    fn a_short_secret_goes_as_a_word_only() {
        let redactor = Redactor::new("svc", "pw");
        assert_eq!(
            redactor.clean("pw: upward, 'pw' and pwd".into()),
            "(redacted): upward, '(redacted)' and pwd"
        );
    }
}
