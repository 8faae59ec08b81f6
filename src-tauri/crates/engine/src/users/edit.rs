//! Another name, address or labels for a user.

use contract::{EditUser, Problem, UserRow};
use store::users::{self, UserEdit};

use super::{known_user, of_taken, parse_address, parse_text, refuse_known};
use crate::Engine;
use crate::activity::Kind;

impl Engine {
    /// Changes one user. With another address it is not activated and not checked any more.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`], [`contract::Code::Taken`], [`contract::Code::NotFound`].
    pub async fn user_edit(&self, request: EditUser) -> Result<UserRow, Problem> {
        let edit = UserEdit {
            name: request
                .name
                .as_deref()
                .map(|text| parse_text("name", text))
                .transpose()?,
            address: request.address.as_deref().map(parse_address).transpose()?,
            tags: request
                .tags
                .as_deref()
                .map(|text| parse_text("tags", text))
                .transpose()?,
        };
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let before = known_user(tx, request.user)?;
                if let Some(address) = &edit.address
                    && address.key() != before.address.to_lowercase()
                {
                    refuse_known(tx, before.organization, address)?;
                }
                users::edit(tx, request.user, &edit, &author.at).map_err(|error| {
                    match &edit.address {
                        Some(address) => of_taken(error, address, &before.organization_name),
                        None => error.into(),
                    }
                })?;
                let after = known_user(tx, request.user)?;
                let changes = changes(&before, &after);
                if !changes.is_empty() {
                    let place = Some((after.organization, after.organization_name.as_str()));
                    let details = format!("{}: {}", after.address, changes.join(" "));
                    author.note(tx, Kind::UsersEdited, place, details, None)?;
                }
                Ok(after)
            })
            .await
    }
}

fn changes(before: &UserRow, after: &UserRow) -> Vec<String> {
    [
        ("Name", &before.name, &after.name),
        ("E-Mail", &before.address, &after.address),
        ("Tags", &before.tags, &after.tags),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(what, from, to)| format!("{what}: \"{from}\" to \"{to}\"."))
    .collect()
}
