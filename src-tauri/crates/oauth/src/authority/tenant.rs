//! The name of an Entra tenant.

/// A directory: its GUID, one of its domains, or one of the shared names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenant(String);

/// That is no tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a directory ID and not a domain")]
pub struct NotATenant;

impl Tenant {
    /// Reads a directory ID (GUID), a domain, or `common`, `organizations`, `consumers`.
    ///
    /// # Errors
    /// [`NotATenant`]: anything that could change the URL it is put into.
    pub fn parse(text: &str) -> Result<Self, NotATenant> {
        let text = text.trim().to_ascii_lowercase();
        let tenant = Self(text);
        if tenant.id().is_some() || tenant.is_shared() || is_domain(&tenant.0) {
            Ok(tenant)
        } else {
            Err(NotATenant)
        }
    }

    /// As typed, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for any tenant: fine for a person who signs in, refused for app-only access.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0.as_str(), "common" | "organizations" | "consumers")
    }

    /// The GUID, where it is one.
    pub(crate) fn id(&self) -> Option<uuid::Uuid> {
        (self.0.len() == 36)
            .then(|| uuid::Uuid::parse_str(&self.0).ok())
            .flatten()
    }
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::{NotATenant, Tenant};

    #[test]
    fn takes_ids_domains_and_the_shared_names() {
        let id = Tenant::parse(" 72F988BF-86F1-41AF-91AB-2D7CD011DB47 ").unwrap();
        assert_eq!(id.as_str(), "72f988bf-86f1-41af-91ab-2d7cd011db47");
        assert!(id.id().is_some());
        assert!(
            !Tenant::parse("contoso.onmicrosoft.com")
                .unwrap()
                .is_shared()
        );
        assert!(Tenant::parse("common").unwrap().is_shared());
    }

    #[test]
    fn takes_nothing_that_changes_a_url() {
        for text in [
            "",
            "contoso",
            "a/b.c",
            "a.b?x",
            "a..b",
            "-a.b",
            "a.b#",
            "é.example",
        ] {
            assert_eq!(Tenant::parse(text), Err(NotATenant), "{text}");
        }
    }
}
