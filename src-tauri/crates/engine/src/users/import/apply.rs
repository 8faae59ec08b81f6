//! Adding what a preview shows, and taking it back.

use contract::{Code, ImportApply, ImportBatch, ImportUndo, ImportUndone, Problem};
use store::users;
use store::{StoreError, Tx};

use super::Preview;
use super::preview::forgotten;
use crate::Engine;
use crate::activity::{Kind, UndoStep, count, undo_import};
use crate::organizations::known;
use crate::problems::Refusal;

impl Engine {
    /// Adds what the preview shows, all or nothing.
    ///
    /// # Errors
    /// [`Code::NotFound`]: the preview or the organization is gone; [`Code::NotAllowed`]: nothing to
    /// add; [`Code::Taken`]: an address was added meanwhile; then nothing was added.
    pub async fn users_import_apply(&self, request: ImportApply) -> Result<ImportBatch, Problem> {
        let stage = self.stage();
        let preview = stage.previews.find(&request.token).ok_or_else(forgotten)?;
        let added = preview.to_add();
        let skipped = preview.rows() - added;
        if added == 0 {
            return Err(
                Problem::new(Code::NotAllowed, "There is no user to add in this list.")
                    .hint("The preview says why each row is left out; choose another list."),
            );
        }
        let author = stage.author();
        let batch = stage
            .write(move |tx| {
                let row = known(tx, preview.organization)?;
                let batch = import(tx, &preview, &author.at)?;
                let details = format!(
                    "Added {} from {}, {skipped} left out.",
                    count(added, "user"),
                    preview.name
                );
                let place = Some((preview.organization, row.name.as_str()));
                author.note(
                    tx,
                    Kind::UsersImported,
                    place,
                    details,
                    Some(&UndoStep::Import { batch }),
                )?;
                Ok(batch)
            })
            .await?;
        stage.previews.forget(&request.token);
        Ok(ImportBatch {
            batch,
            added,
            skipped,
        })
    }

    /// Takes a batch back, while none of it was activated or moved.
    ///
    /// # Errors
    /// [`Code::NotAllowed`]: one was; [`Code::NotFound`]: none of it is there any more.
    pub async fn users_import_undo(&self, request: ImportUndo) -> Result<ImportUndone, Problem> {
        let stage = self.stage();
        let (author, now) = (stage.author(), stage.unique_now());
        stage
            .write(move |tx| {
                let removed = undo_import(tx, request.batch, &now)?;
                let details = format!("Took back the import of {}.", count(removed, "user"));
                author.note(tx, Kind::UsersDeleted, None, details, None)?;
                Ok(ImportUndone { removed })
            })
            .await
    }
}

fn import(tx: &Tx<'_>, preview: &Preview, now: &str) -> Result<i64, Refusal> {
    let added = users::import_waiting(tx, preview.organization, &preview.list, now);
    added.map_err(|error| match error {
        StoreError::Taken { .. } => Problem::new(
            Code::Taken,
            "Some of these users were added meanwhile. Nothing was added.",
        )
        .hint("Choose the list again.")
        .into(),
        error => error.into(),
    })
}
