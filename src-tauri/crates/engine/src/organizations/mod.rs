//! Organizations: list, create, edit, duplicate, delete, and their settings tab. One operation, one
//! file. Names and External Ids are checked here; nothing here talks to a server.

mod add;
mod duplicate;
mod edit;
mod external_id;
mod page;
mod remove;
mod settings;
mod switch;

use contract::{Code, OrganizationId, OrganizationRow, OrganizationsQuery, Problem};
use store::{StoreError, Tx, organizations};

use crate::problems::Refusal;

/// Longest name, in characters.
const LONGEST_NAME: usize = 120;
/// What a name may be.
const NAME: &str = "A name has 1 to 120 characters on one line.";

/// An organization that must be there.
///
/// # Errors
/// [`Code::NotFound`].
pub(crate) fn known(tx: &Tx<'_>, organization: OrganizationId) -> Result<OrganizationRow, Refusal> {
    organizations::show(tx, organization)?.ok_or_else(|| {
        Problem::new(Code::NotFound, "This organization is not there any more.")
            .hint("Load the list again.")
            .into()
    })
}

/// A name as it is stored: trimmed, 1 to 120 characters.
fn parse_name(text: &str) -> Result<String, Problem> {
    let name = text.trim();
    if name.is_empty() {
        return Err(Problem::invalid("name", "Enter a name.").hint(NAME));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Problem::invalid("name", "Use at most 120 characters.").hint(NAME));
    }
    if name.chars().any(char::is_control) {
        return Err(Problem::invalid("name", "Write the name on one line.").hint(NAME));
    }
    Ok(name.to_owned())
}

/// The organization that has this name, ignoring case, as it is spelled there.
fn name_owner(tx: &Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let rows = organizations::list(tx, &OrganizationsQuery::default())?;
    let same = |row: &OrganizationRow| row.name.to_lowercase() == name.to_lowercase();
    Ok(rows.into_iter().find(same).map(|row| row.name))
}

fn name_taken(name: &str) -> Problem {
    Problem::new(
        Code::Taken,
        format!("An organization named \"{name}\" already exists."),
    )
    .field("name")
    .hint("Choose another name; upper and lower case make no difference.")
}

/// What "taken" means for a new name or External Id.
fn taken(tx: &Tx<'_>, error: StoreError, name: &str, external_id: &str) -> Refusal {
    match error {
        StoreError::Taken { what: "name" } => {
            let owner = name_owner(tx, name).ok().flatten();
            name_taken(owner.as_deref().unwrap_or(name)).into()
        }
        StoreError::Taken {
            what: "external id",
        } => {
            let owner = organizations::list(tx, &OrganizationsQuery::default())
                .ok()
                .and_then(|rows| {
                    rows.into_iter()
                        .find(|row| row.external_id.eq_ignore_ascii_case(external_id))
                })
                .map_or_else(|| "another organization".to_owned(), |row| row.name);
            Problem::new(
                Code::Taken,
                format!("This External Id belongs to \"{owner}\"."),
            )
            .field("externalId")
            .hint("Choose another External Id, or leave it out: one is made from the name.")
            .into()
        }
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_name;

    #[test]
    fn names_have_1_to_120_characters() {
        let message = |text: &str| parse_name(text).map_err(|problem| problem.message);
        assert_eq!(message(" Contoso "), Ok("Contoso".into()));
        assert_eq!(message("  "), Err("Enter a name.".into()));
        assert_eq!(
            message(&"ä".repeat(120)).map(|name| name.chars().count()),
            Ok(120)
        );
        assert_eq!(
            message(&"ä".repeat(121)),
            Err("Use at most 120 characters.".into())
        );
        assert!(
            message("a\nb").is_err(),
            "a name with a line break breaks every list"
        );
    }
}
