//! Flags of users: `In scope`, `Must be refused`, `Synchronization Disabled`, and deactivation.

use contract::{Problem, SetUsers, UserChange};
use store::users;

use super::place;
use crate::Engine;
use crate::activity::{Kind, count};

impl Engine {
    /// Sets a flag of users; answers how many changed. Users that must be refused lose sync access.
    ///
    /// # Errors
    /// As [`Problem`].
    pub async fn users_set(&self, request: SetUsers) -> Result<u64, Problem> {
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let place = place(tx, &request.users)?;
                let changed = users::set(tx, &request.users, request.change, &author.at)?;
                if changed > 0 {
                    let kind = match request.change {
                        UserChange::Deactivate => Kind::Deactivated,
                        _ => Kind::UsersEdited,
                    };
                    let details = format!("{}: {}.", count(changed, "user"), words(request.change));
                    let place = place.as_ref().map(|(id, name)| (*id, name.as_str()));
                    author.note(tx, kind, place, details, None)?;
                }
                Ok(changed)
            })
            .await
    }
}

const fn words(change: UserChange) -> &'static str {
    match change {
        UserChange::InScope(true) => "in scope",
        UserChange::InScope(false) => "not in scope",
        UserChange::MustRefuse(true) => "must be refused",
        UserChange::MustRefuse(false) => "must open",
        UserChange::SynchronizationDisabled(true) => "synchronization disabled",
        UserChange::SynchronizationDisabled(false) => "synchronization enabled",
        UserChange::Deactivate => "deactivated",
    }
}
