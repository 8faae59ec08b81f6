//! One user more.

use contract::{AddUser, Code, Problem, UserRow};
use store::users::{self, NewUser};

use super::list::is_system_mailbox;
use super::{known_user, of_taken, parse_address, parse_text, refuse_known};
use crate::Engine;
use crate::activity::Kind;
use crate::organizations::known;

impl Engine {
    /// Adds one user.
    ///
    /// # Errors
    /// [`Code::Invalid`] with its field; [`Code::Taken`]: the address, here or in another
    /// organization, or an alias; [`Code::NotFound`].
    pub async fn user_add(&self, request: AddUser) -> Result<UserRow, Problem> {
        let address = parse_address(&request.address)?;
        let optional = |field, text: Option<&str>| -> Result<Option<String>, Problem> {
            let text = text.map(|text| parse_text(field, text)).transpose()?;
            Ok(text.filter(|text| !text.is_empty()))
        };
        let user = NewUser {
            name: parse_text("name", &request.name)?,
            upn: optional("upn", request.upn.as_deref())?,
            sid: optional("sid", request.sid.as_deref())?,
            tags: parse_text("tags", &request.tags)?,
            must_refuse: request.must_refuse,
            ..NewUser::new(address)
        };
        if is_system_mailbox(None, user.address.as_str()) {
            return Err(Problem::new(Code::Invalid, "System mailbox, left out.")
                .field("address")
                .hint("Exchange keeps this mailbox for itself; add the mailboxes of people."));
        }
        let organization = request.organization;
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let row = known(tx, organization)?;
                refuse_known(tx, organization, &user.address)?;
                let id = users::add(tx, organization, &user, &author.at)
                    .map_err(|error| of_taken(error, &user.address, &row.name))?;
                let canary = if user.must_refuse {
                    ", which must be refused"
                } else {
                    ""
                };
                let details = format!("Added {}{canary}.", user.address);
                author.note(
                    tx,
                    Kind::UsersAdded,
                    Some((organization, &row.name)),
                    details,
                    None,
                )?;
                known_user(tx, id)
            })
            .await
    }
}
