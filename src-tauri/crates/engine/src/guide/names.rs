//! The names that commands are filled in with: what is saved, what stands for the rest, and saving.

use contract::{Code, ExchangeNames, OrganizationId, Problem, SaveExchangeNames};
use store::{Tx, exchange_names};

use crate::Engine;
use crate::activity::Kind;
use crate::organizations::known;
use crate::problems::Refusal;

/// Longest name of a scope or an assignment, in characters:
/// <https://learn.microsoft.com/powershell/module/exchange/new-managementscope>.
const LONGEST: usize = 64;

impl Engine {
    /// Saves the names; empty ones fall back to the defaults of the guide.
    ///
    /// # Errors
    /// [`Code::Invalid`] with its field; [`Code::NotFound`].
    pub async fn exchange_names_save(
        &self,
        request: SaveExchangeNames,
    ) -> Result<ExchangeNames, Problem> {
        let (organization, names) = (request.organization, checked(&request.names)?);
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let row = known(tx, organization)?;
                let before = exchange_names::load(tx, organization)?.unwrap_or_default();
                exchange_names::save(tx, organization, &names)?;
                let changes = changes(&before, &names);
                if !changes.is_empty() {
                    let details = format!("Names for commands: {}.", changes.join(", "));
                    let whose = Some((organization, row.name.as_str()));
                    author.note(tx, Kind::SettingsChanged, whose, details, None)?;
                }
                Ok(or_defaults(&names))
            })
            .await
    }
}

/// The names of an organization, defaults filled in.
pub(super) fn load(tx: &Tx<'_>, organization: OrganizationId) -> Result<ExchangeNames, Refusal> {
    let saved = exchange_names::load(tx, organization)?.unwrap_or_default();
    Ok(or_defaults(&saved))
}

/// What the guide calls group, scope and assignment. A server has no default: only its people know it.
fn or_defaults(names: &ExchangeNames) -> ExchangeNames {
    let or = |name: &str, default: &str| if name.is_empty() { default } else { name }.to_owned();
    ExchangeNames {
        group: or(&names.group, "EWS-Imp-Users"),
        security_group: names.security_group,
        scope: or(&names.scope, "EWS-Imp-Scope"),
        assignment: or(&names.assignment, "EWS-Imp-App"),
        server: names.server.clone(),
        room_list: or(&names.room_list, "Rooms"),
    }
}

fn checked(names: &ExchangeNames) -> Result<ExchangeNames, Problem> {
    let checked = ExchangeNames {
        group: name("group", &names.group)?,
        security_group: names.security_group,
        scope: name("scope", &names.scope)?,
        assignment: name("assignment", &names.assignment)?,
        server: name("server", &names.server)?,
        room_list: name("roomList", &names.room_list)?,
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !checked.server.chars().all(is_host) {
        return Err(
            Problem::invalid("server", "Write the name of a server, such as EX1.")
                .hint("Letters, digits, dots and hyphens; no https:// and no path."),
        );
    }
    Ok(checked)
}

fn name(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "Write the name on one line.")
            .hint("Exchange takes no line breaks in names."));
    }
    if text.chars().count() > LONGEST {
        return Err(
            Problem::new(Code::Invalid, format!("Use at most {LONGEST} characters."))
                .field(field)
                .hint("Exchange takes no longer names."),
        );
    }
    Ok(text.to_owned())
}

fn changes(before: &ExchangeNames, after: &ExchangeNames) -> Vec<String> {
    let (before, after) = (or_defaults(before), or_defaults(after));
    let mut changes = Vec::new();
    for (what, from, to) in [
        ("group", &before.group, &after.group),
        ("scope", &before.scope, &after.scope),
        ("assignment", &before.assignment, &after.assignment),
        ("server", &before.server, &after.server),
        ("room list", &before.room_list, &after.room_list),
    ] {
        if from != to {
            changes.push(format!("{what} \"{from}\" to \"{to}\""));
        }
    }
    if before.security_group != after.security_group {
        let kind = if after.security_group {
            "the group is a security group"
        } else {
            "the group is a distribution group"
        };
        changes.push(kind.to_owned());
    }
    changes
}

#[cfg(test)]
mod tests {
    use contract::ExchangeNames;

    use super::{changes, checked};

    #[test]
    fn names_have_one_line_and_64_characters() {
        let field = |change: fn(&mut ExchangeNames)| {
            let mut names = ExchangeNames::default();
            change(&mut names);
            checked(&names).map_err(|problem| problem.field.unwrap_or_default())
        };
        assert!(field(|names| names.group = " Alle mit Ä ".to_owned()).is_ok());
        assert_eq!(
            field(|names| names.scope = "x".repeat(65)),
            Err("scope".into())
        );
        assert_eq!(
            field(|names| names.group = "a\nb".to_owned()),
            Err("group".into())
        );
        for bad in ["https://ex1", "ex1/ecp", "ex1@evil.com", "ex 1"] {
            let names = ExchangeNames {
                server: bad.to_owned(),
                ..ExchangeNames::default()
            };
            assert!(checked(&names).is_err(), "{bad} would become an address");
        }
    }

    #[test]
    fn a_default_that_is_written_out_is_no_change() {
        let written = ExchangeNames {
            group: "EWS-Imp-Users".to_owned(),
            server: "EX1".to_owned(),
            ..ExchangeNames::default()
        };
        assert_eq!(
            changes(&ExchangeNames::default(), &written),
            ["server \"\" to \"EX1\""]
        );
    }
}
