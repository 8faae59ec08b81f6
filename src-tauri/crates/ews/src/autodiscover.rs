//! The three dialects of Autodiscover, which tells where the mailbox of an address is served.
//!
//! Text in, text out, as everywhere in this crate: it will never follow a redirect, decide whether
//! a host may be trusted, or choose between an internal and an external address.
//!
//! <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/autodiscover-for-exchange>

pub mod json;
pub mod pox;
pub mod soap;

/// Longest URL that is taken from an answer, in bytes. Ours: longer ones are no endpoints, and one
/// that was cut short would be another.
pub const MAX_URL: usize = 2048;

/// `text` if it can be a URL or address to go on with: something, on one line, and not cut short.
fn target(text: &str) -> Option<String> {
    let text = text.trim();
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == char::REPLACEMENT_CHARACTER;
    let whole = !text.is_empty() && text.len() <= MAX_URL && !text.contains(odd);
    whole.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_whole_or_none() {
        assert_eq!(
            target(" https://a.b/c \n").as_deref(),
            Some("https://a.b/c")
        );
        assert_eq!(target("a@b.c").as_deref(), Some("a@b.c"));
        let long = format!("https://a.b/{}", "c".repeat(MAX_URL));
        for no in [
            "",
            "  ",
            "https://a.b /c",
            "https://a.b/\u{FFFD}",
            "a\nb",
            &long,
        ] {
            assert_eq!(target(no), None, "{no:?}");
        }
        assert!(target(&long[..MAX_URL]).is_some());
    }
}
