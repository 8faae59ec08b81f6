//! Text that opens doors: tokens, client secrets, codes. Wiped when dropped, silent in `Debug`; it has no
//! `Display` and no `Serialize`, so that it cannot reach a log by itself.

use zeroize::Zeroizing;

/// A token, a client secret or a password.
///
/// Copies that the HTTP and JSON libraries make on the way are theirs and are not wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Zeroizing<String>);

impl Hidden {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the request that needs it and for the key store.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Hidden;

    #[test]
    fn says_nothing_of_itself() {
        assert_eq!(format!("{:?}", Hidden::new("canary")), "Hidden(…)");
    }
}
