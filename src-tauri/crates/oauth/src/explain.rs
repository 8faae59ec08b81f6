//! What an authorization server's refusal means, and what to do next.
//!
//! The server's own words are shown too, but only their first line, cut and cleaned: they come from the
//! network.

mod table;

use serde::Deserialize;

/// Longest line of the server's own words that is kept, in characters.
const MAX_LINE: usize = 300;

/// A refusal, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// `AADSTS65001`, `MSIS9223`, or the OAuth error (`access_denied`).
    pub code: String,
    /// What kind of refusal it is: what a program branches on.
    pub kind: RefusalKind,
    /// What happened. One sentence or two.
    pub sentence: String,
    /// What to do: what to type or press, and where.
    pub next_step: String,
    /// The server's own words: their first line, cleaned.
    pub said: Option<String>,
}

/// What a refusal calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// Somebody has to consent first.
    Consent,
    /// The user said no.
    Denied,
    /// Signing in again helps: what was kept is expired or revoked, or a person is needed.
    SignIn,
    /// A policy of the tenant forbids it.
    Policy,
    /// The application or the server is not set up as it has to be.
    Setup,
    /// The account is not one of this tenant, not assigned, or its password is wrong.
    Account,
    /// Secret or certificate of the application.
    Credential,
    /// Trying again later helps.
    Temporary,
    /// Not known here.
    Unknown,
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.sentence, self.code)
    }
}

/// The error of RFC 6749 §5.2, as far as it is read.
#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
    error_description: Option<String>,
}

impl Explanation {
    /// Explains `error` and `error_description` (RFC 6749 §4.1.2.1 and §5.2). A code of Entra's or of
    /// AD FS' in the description says more than the error does.
    #[must_use]
    pub fn of(error: &str, description: Option<&str>) -> Self {
        let code = description.and_then(code_in);
        let said = description.map(one_line).filter(|line| !line.is_empty());
        let known = code.and_then(table::find).or_else(|| table::find(error));
        let code = code.map_or_else(|| one_line(error), str::to_owned);
        match known {
            Some(entry) => Self {
                code,
                kind: entry.kind,
                sentence: entry.sentence.to_owned(),
                next_step: entry.next_step.to_owned(),
                said,
            },
            None => Self {
                kind: RefusalKind::Unknown,
                sentence: said.clone().unwrap_or_else(|| {
                    "The authorization server refused, and didn't say why.".to_owned()
                }),
                next_step: format!(
                    "Look up {code} in the documentation of the authorization server, then try again."
                ),
                code,
                said,
            },
        }
    }

    /// Explains the JSON of an error answer, if it is one.
    #[must_use]
    pub fn of_json(body: &[u8]) -> Option<Self> {
        let answer: ErrorAnswer = serde_json::from_slice(body).ok()?;
        Some(Self::of(&answer.error, answer.error_description.as_deref()))
    }
}

/// The first `AADSTS123` or `MSIS123` of a text.
fn code_in(text: &str) -> Option<&str> {
    let starts = ["AADSTS", "MSIS"];
    let at = starts.iter().filter_map(|start| {
        let at = text.find(start)?;
        let digits = text[at + start.len()..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        ((3..=12).contains(&digits)).then(|| (at, &text[at..at + start.len() + digits]))
    });
    at.min_by_key(|(at, _)| *at).map(|(_, code)| code)
}

/// The first line of what a server said: control and direction characters become blanks, the length is
/// limited.
pub(crate) fn one_line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let cleaned = line.chars().map(|c| if hidden(c) { ' ' } else { c });
    let mut kept: String = cleaned.clone().take(MAX_LINE).collect();
    if cleaned.count() > MAX_LINE {
        kept.push('…');
    }
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Explanation, RefusalKind, one_line};

    /// The shape of <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#error-response-1>.
    const CONSENT: &str = r#"{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented to use the application with ID 'x'.\r\nTrace ID: 0000aaaa\r\nTimestamp: 2026-01-09 02:02:12Z","error_codes":[65001],"trace_id":"t"}"#;

    #[test]
    fn the_code_in_the_description_says_more() {
        let explanation = Explanation::of_json(CONSENT.as_bytes()).unwrap();
        assert_eq!(explanation.code, "AADSTS65001");
        assert_eq!(explanation.kind, RefusalKind::Consent);
        let said = explanation.said.unwrap();
        assert!(
            said.starts_with("AADSTS65001") && !said.contains("Trace"),
            "{said}"
        );
    }

    #[test]
    fn an_unknown_code_keeps_the_general_meaning() {
        let explanation = Explanation::of("access_denied", Some("AADSTS99999999: no"));
        assert_eq!(explanation.code, "AADSTS99999999");
        assert_eq!(explanation.kind, RefusalKind::Denied);
        assert_eq!(explanation.said.as_deref(), Some("AADSTS99999999: no"));
    }

    #[test]
    fn what_nobody_knows_is_said_in_the_servers_words() {
        let explanation = Explanation::of("odd\u{1b}[31m", Some("because\nof a second line"));
        assert_eq!(explanation.code, "odd [31m");
        assert_eq!(explanation.kind, RefusalKind::Unknown);
        assert_eq!(explanation.sentence, "because");
        assert!(
            Explanation::of("odd", None)
                .sentence
                .contains("didn't say why")
        );
    }

    #[test]
    fn words_from_the_network_are_cut_and_cleaned() {
        assert_eq!(one_line(&"x".repeat(1000)).chars().count(), 301);
        assert_eq!(one_line("a\u{202e}b\u{0}c\r\nd"), "a b c");
    }

    #[test]
    fn every_code_of_the_panel_is_known() {
        for code in [
            "AADSTS50011",
            "AADSTS65001",
            "AADSTS90094",
            "AADSTS700016",
            "AADSTS7000218",
            "AADSTS50105",
            "AADSTS53003",
            "AADSTS500011",
            "AADSTS50020",
            "AADSTS50034",
            "AADSTS50076",
            "AADSTS50079",
            "AADSTS7000215",
            "AADSTS700027",
            "AADSTS50126",
            "AADSTS70008",
            "AADSTS700082",
            "AADSTS50173",
            "AADSTS50078",
            "MSIS9223",
            "MSIS9224",
        ] {
            let explanation = Explanation::of("invalid_request", Some(&format!("{code}: words")));
            assert_eq!(explanation.code, code);
            assert_ne!(explanation.kind, RefusalKind::Unknown, "{code}");
            assert!(explanation.next_step.ends_with('.'), "{code}");
        }
    }
}
