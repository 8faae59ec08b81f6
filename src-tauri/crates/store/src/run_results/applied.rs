//! What results do to users: `Save` applies them to `Sync access`, every run leaves its mark.

use contract::OrganizationId;
use rusqlite::named_params;

use crate::runs::{self, RunNumber};
use crate::{StoreError, Tx};

/// Rows that are noted at a time.
const PIECE: i64 = 1_000;

/// What applying a run did, in users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// `Not activated` or `Failed` became `Active`.
    pub activated: u64,
    /// `Needs renewal` became `Active`.
    pub renewed: u64,
    /// Became `Failed`.
    pub failed: u64,
    /// Checked users that stayed as they were.
    pub unchanged: u64,
}

/// Applies a run to the users of an organization: who opened becomes `Active`, unless out of scope
/// or a canary; who must open and definitely did not becomes `Failed`; undetermined and unchecked
/// change nothing. Also does what [`note_results`] does, and notes that the run was applied.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn apply_to_users(
    tx: &Tx<'_>,
    run: RunNumber,
    organization: OrganizationId,
    now: &str,
) -> Result<Applied, StoreError> {
    let granted = |from: &str| {
        tx.execute(
            include_str!("apply_granted.sql"),
            named_params! { ":run": run.0, ":organization": organization.0, ":now": now, ":from": from },
        )
    };
    // Renewal first: both lead to `active`, and neither must meet a row of the other.
    let renewed = granted(r#"["needs_renewal"]"#)?;
    let activated = granted(r#"["not_activated","failed"]"#)?;
    let failed = tx.execute(
        include_str!("apply_failed.sql"),
        named_params! { ":run": run.0, ":organization": organization.0, ":now": now },
    )?;
    let checked = tx.count(
        include_str!("apply_count.sql"),
        named_params! { ":run": run.0, ":organization": organization.0 },
    )?;
    note_results(tx, run)?;
    runs::mark_applied(tx, run, now)?;
    Ok(Applied {
        activated,
        renewed,
        failed,
        unchanged: checked - activated - renewed - failed,
    })
}

/// Copies verdict, cause, message and time of every row that was asked to its user, and answers how
/// many users were touched. `Sync access` stays. Where a mailbox lives is noted with it: runs ask
/// Exchange Server only, so who answered lives on-premises.
///
/// # Errors
/// As [`StoreError`].
pub fn note_results(tx: &Tx<'_>, run: RunNumber) -> Result<u64, StoreError> {
    let last: Option<Option<i64>> = tx.first(
        include_str!("last_seq.sql"),
        named_params! { ":run": run.0 },
        |row| row.get(0),
    )?;
    let last = last.flatten().unwrap_or(-1);
    let (mut touched, mut after) = (0, -1);
    while after < last {
        let up_to = after + PIECE;
        let piece = named_params! { ":run": run.0, ":after": after, ":up_to": up_to };
        tx.execute(include_str!("note_locations.sql"), piece)?;
        touched += tx.execute(include_str!("note_results.sql"), piece)?;
        after = up_to;
    }
    Ok(touched)
}
