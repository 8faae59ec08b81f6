//! Users removed: refused for those with sync access unless forced, and restorable for 30 days.

use contract::{Code, Problem, RemoveUsers, RemovedWithUndo};
use store::users;

use super::place;
use crate::Engine;
use crate::activity::{Kind, UndoStep, count, grouped};

impl Engine {
    /// Removes users, all or none of them.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] when one has sync access and it is not forced; [`Code::NotFound`] when
    /// there is none to remove.
    pub async fn users_remove(&self, request: RemoveUsers) -> Result<RemovedWithUndo, Problem> {
        let stage = self.stage();
        let (author, deleted_at) = (stage.author(), stage.unique_now());
        stage
            .write(move |tx| {
                let place = place(tx, &request.users)?;
                let removed = users::soft_delete(tx, &request.users, request.force, &deleted_at)?;
                if let Some(address) = &removed.first_refused {
                    return Err(has_access(address, removed.refused).into());
                }
                if removed.removed == 0 {
                    return Err(Problem::new(
                        Code::NotFound,
                        "None of these users is there any more.",
                    )
                    .hint("Load the list again.")
                    .into());
                }
                let details = format!("Deleted {}.", count(removed.removed, "user"));
                let place = place.as_ref().map(|(id, name)| (*id, name.as_str()));
                let step = UndoStep::Users { deleted_at };
                let undo = author.note(tx, Kind::UsersDeleted, place, details, Some(&step))?;
                Ok(RemovedWithUndo {
                    removed: removed.removed,
                    undo,
                })
            })
            .await
    }
}

fn has_access(address: &str, refused: u64) -> Problem {
    let message = match refused {
        0 | 1 => format!("{address} has sync access. Deactivate it or use Force delete."),
        more => format!(
            "{address} and {} more have sync access. Deactivate them or use Force delete.",
            grouped(more - 1)
        ),
    };
    Problem::new(Code::NotAllowed, message).hint(
        "Deactivated users keep their place in the list; removed ones can be restored for 30 days.",
    )
}
