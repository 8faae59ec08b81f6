//! Why a token is refused, in the words of `x-ms-diagnostics`
//! (<https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxwoauth>). Decides nothing.

use crate::fault::HttpAnswer;

/// A token that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) why: Why,
    status: u16,
    reason: String,
}

/// The id and category of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Signature,
    Malformed,
    Expired,
    Resource,
    Tenant,
    User,
    Client,
    Internal,
    Grant,
    NotAvailable,
}

impl Why {
    const fn id_and_category(self) -> (u32, &'static str) {
        match self {
            Self::Signature => (2_000_000, "invalid_signature"),
            Self::Malformed => (2_000_001, "invalid_token"),
            Self::Expired => (2_000_002, "token_expired"),
            Self::Resource => (2_000_003, "invalid_resource"),
            Self::Tenant => (2_000_004, "invalid_tenant"),
            Self::User => (2_000_005, "invalid_user"),
            Self::Client => (2_000_006, "invalid_client"),
            Self::Internal => (2_000_007, "internal_error"),
            Self::Grant => (2_000_008, "invalid_grant"),
            Self::NotAvailable => (4_000_000, "oauth_not_available"),
        }
    }
}

impl Refusal {
    /// A 401.
    pub(crate) fn new(why: Why, reason: impl Into<String>) -> Self {
        Self {
            why,
            status: 401,
            reason: reason.into(),
        }
    }

    /// A token that is sound and has other permissions than it takes: 403, as servers were seen to
    /// answer it.
    pub(crate) fn not_enough_scope() -> Self {
        Self {
            status: 403,
            ..Self::new(
                Why::Grant,
                "The token contains not enough scope to make this call.",
            )
        }
    }

    /// Its reason, for people.
    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    /// The answer of EWS, with these challenges where it is a 401.
    pub(crate) fn answer(&self, challenges: &[String]) -> HttpAnswer {
        let (id, category) = self.why.id_and_category();
        let diagnostics = format!(
            "{id};reason=\"{}\";error_category=\"{category}\"",
            plain(&self.reason)
        );
        let answer = HttpAnswer::status(self.status).header("x-ms-diagnostics", &diagnostics);
        let challenges = challenges.iter().filter(|_| self.status == 401);
        challenges.fold(answer, |answer, challenge| {
            answer.header("www-authenticate", challenge)
        })
    }
}

/// Text of a token as a header can carry it.
fn plain(text: &str) -> String {
    let printable = |c: char| (c == ' ' || c.is_ascii_graphic()) && c != '"';
    text.chars()
        .map(|c| if printable(c) { c } else { '?' })
        .take(500)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_can_write_headers() {
        let refusal = Refusal::new(Why::User, "a\r\nset-cookie: b=\"c\"\u{e9}");
        let answer = refusal.answer(&[]);
        let (_, value) = &answer.headers[0];
        assert_eq!(
            value,
            "2000005;reason=\"a??set-cookie: b=?c??\";error_category=\"invalid_user\""
        );
    }
}
