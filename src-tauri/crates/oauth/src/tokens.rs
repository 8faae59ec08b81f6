//! What a sign-in ends with. Tokens are kept by whoever asked for them: this crate stores nothing.

use jiff::{SignedDuration, Timestamp};

use crate::{Claims, Hidden};

/// How long before its end a token is worth renewing: longer than a request may take.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// How long a token is taken to live where the authority doesn't say (RFC 6749 §5.1 only recommends it).
pub(crate) const UNSAID_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Tokens of one account or application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For the `Authorization: Bearer` header.
    pub access: Hidden,
    /// For [`crate::refresh`]; given only if offline access was asked for.
    pub refresh: Option<Hidden>,
    /// When the access token ends, by this machine's clock.
    pub expires_at: Timestamp,
    /// What was granted, where the authority said it; else what was asked for.
    pub scopes: Vec<String>,
    /// What the id token says of the account, if one came. Its nonce, issuer and audience were checked.
    pub identity: Option<Claims>,
}

impl Tokens {
    /// What the access token says of itself: account, tenant, scopes or roles. Never a reason to trust.
    /// None if it cannot be read, as it need not be.
    #[must_use]
    pub fn claims(&self) -> Option<Claims> {
        Claims::read(self.access.reveal()).ok()
    }

    /// Whose tokens these are, by the access token, else by the id token.
    #[must_use]
    pub fn account(&self) -> Option<String> {
        let named = self.claims().and_then(|claims| claims.account);
        named.or_else(|| self.identity.as_ref()?.account.clone())
    }

    /// Whether it is time to renew: expired, or about to be.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.expires_at
            .checked_sub(RENEW_BEFORE)
            .is_ok_and(|due| due <= now)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::Tokens;
    use crate::Hidden;

    #[test]
    fn tokens_are_due_before_they_end_and_never_shown() {
        let now = Timestamp::from_second(1_795_000_000).unwrap();
        let tokens = |minutes| Tokens {
            access: Hidden::new("canary"),
            refresh: Some(Hidden::new("canary")),
            expires_at: now + SignedDuration::from_mins(minutes),
            scopes: Vec::new(),
            identity: None,
        };
        assert!(tokens(4).is_due(now) && tokens(-1).is_due(now));
        assert!(!tokens(6).is_due(now));
        assert!(!format!("{:?}", tokens(1)).contains("canary"));
    }
}
