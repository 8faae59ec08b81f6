//! External Ids: what they may look like, and one to suggest.

use contract::{OrganizationsQuery, Problem};
use store::{StoreError, Tx, organizations};

/// Longest External Id.
const LONGEST: usize = 64;
/// What one may be.
const SHAPE: &str = "An External Id looks like contoso-eu.1: 1 to 64 of A-Z a-z 0-9 . _ -";

/// An External Id as it is stored: `A-Z a-z 0-9 . _ -`, 1 to 64 of them.
///
/// # Errors
/// [`contract::Code::Invalid`].
pub(super) fn parse(text: &str) -> Result<String, Problem> {
    let id = text.trim();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if id.is_empty() || !id.chars().all(allowed) {
        return Err(Problem::invalid(
            "externalId",
            "Use letters, digits, dot, dash or underscore.",
        )
        .hint(SHAPE));
    }
    if id.len() > LONGEST {
        return Err(Problem::invalid("externalId", "Use at most 64 characters.").hint(SHAPE));
    }
    Ok(id.to_owned())
}

/// One made of the name that nobody has yet: `contoso`, `contoso-2`, …; without a name
/// `organization-1`, `organization-2`, …
///
/// # Errors
/// As [`StoreError`].
pub(super) fn suggest(tx: &Tx<'_>, name: &str) -> Result<String, StoreError> {
    let taken: Vec<String> = organizations::list(tx, &OrganizationsQuery::default())?
        .into_iter()
        .map(|row| row.external_id.to_ascii_lowercase())
        .collect();
    let stem = stem(name);
    let candidates = (1_u64..).map(|number| match (stem.as_str(), number) {
        ("", number) => format!("organization-{number}"),
        (stem, 1) => stem.to_owned(),
        (stem, number) => format!("{stem}-{number}"),
    });
    let mut free = candidates.filter(|id| !taken.contains(id));
    Ok(free
        .next()
        .expect("there are more numbers than organizations"))
}

/// Lower-case letters and digits, dashes for the rest; short enough for a number behind it.
fn stem(name: &str) -> String {
    let mut stem = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            stem.push(c);
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    stem.truncate(LONGEST - 16);
    stem.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{parse, stem};

    #[test]
    fn only_harmless_characters_pass() {
        for good in ["a", "Contoso.EU_1-x", " trimmed "] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert_eq!(
                parse(bad).map_err(|problem| problem.field),
                Err(Some("externalId".into())),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_suggestion_is_made_of_the_name() {
        assert_eq!(stem("Contoso & Söhne (EU)"), "contoso-s-hne-eu");
        assert_eq!(stem("日本"), "");
        assert!(
            stem(&"x".repeat(200)).len() <= 48,
            "a number fits behind it"
        );
    }
}
