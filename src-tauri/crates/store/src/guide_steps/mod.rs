//! Which steps of the guides are done. Whether a guide has such a step is known elsewhere.

use contract::OrganizationId;
use rusqlite::named_params;

use crate::{StoreError, Tx};

/// A step that is done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DoneStep {
    /// Id of the guide.
    pub guide: String,
    /// Id of the step.
    pub step: String,
}

/// Every step that an organization has done.
///
/// # Errors
/// As [`StoreError`].
pub fn done(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<DoneStep>, StoreError> {
    tx.all(
        include_str!("done.sql"),
        named_params! { ":organization": organization.0 },
        |row| {
            Ok(DoneStep {
                guide: row.get("guide")?,
                step: row.get("step")?,
            })
        },
    )
}

/// Marks a step done; the first time stays.
///
/// # Errors
/// As [`StoreError`].
pub fn mark(
    tx: &Tx<'_>,
    organization: OrganizationId,
    step: &DoneStep,
    now: &str,
) -> Result<(), StoreError> {
    tx.execute(
        include_str!("mark.sql"),
        named_params! {
            ":organization": organization.0,
            ":guide": step.guide,
            ":step": step.step,
            ":now": now,
        },
    )
    .map(|_| ())
}

/// Marks a step not done; fine if it was not.
///
/// # Errors
/// As [`StoreError`].
pub fn unmark(
    tx: &Tx<'_>,
    organization: OrganizationId,
    step: &DoneStep,
) -> Result<(), StoreError> {
    tx.execute(
        include_str!("unmark.sql"),
        named_params! {
            ":organization": organization.0,
            ":guide": step.guide,
            ":step": step.step,
        },
    )
    .map(|_| ())
}
