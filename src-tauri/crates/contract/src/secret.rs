//! A password or token on its way inwards.

use serde::Deserialize;
use ts_rs::TS;
use zeroize::Zeroizing;

/// A secret: it can be taken in, never given out. No `Serialize`, a silent `Debug`, wiped on drop.
#[derive(Clone, TS)]
#[ts(export, type = "string")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret in.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself. Every call site is a place to review: hand it to the wire or the key
    /// store and to nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_is_silent() {
        let shown = format!("{:?}", Some(Secret::new("hunter2".into())));
        assert!(
            !shown.contains("hunter2"),
            "a log line would leak it: {shown}"
        );
    }
}
