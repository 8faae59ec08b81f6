//! The activity log: every change appends an entry in the same write, and removals can be taken
//! back for 30 days. Entries form a hash chain; they never hold a secret.

use contract::{
    ActivityId, ActivityPage, ActivityQuery, Code, OrganizationId, Problem, Undo, UndoDone,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::activity::NewActivity;
use store::users::BatchUndo;
use store::{StoreError, Tx, activity, organizations, users};

use crate::Engine;
use crate::problems::Refusal;

/// How long a removal can be taken back.
pub(crate) const UNDO_DAYS: i64 = 30;
/// Most entries of one page.
const MOST: u64 = 2_000;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    OrganizationCreated,
    OrganizationEdited,
    OrganizationDuplicated,
    OrganizationDeleted,
    OrganizationRestored,
    OrganizationEnabled,
    OrganizationDisabled,
    UsersAdded,
    UsersImported,
    UsersEdited,
    UsersDeleted,
    UsersRestored,
    CredentialsStored,
    CredentialsReplaced,
    CredentialsRemoved,
    CheckStarted,
    CheckFinished,
    CheckCanceled,
    Activated,
    Deactivated,
    CertificatePinned,
    SettingsChanged,
    SignedIn,
    SignedOut,
    OtherAccountAccepted,
}

impl Kind {
    /// The id in the log.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OrganizationCreated => "organization_created",
            Self::OrganizationEdited => "organization_edited",
            Self::OrganizationDuplicated => "organization_duplicated",
            Self::OrganizationDeleted => "organization_deleted",
            Self::OrganizationRestored => "organization_restored",
            Self::OrganizationEnabled => "organization_enabled",
            Self::OrganizationDisabled => "organization_disabled",
            Self::UsersAdded => "users_added",
            Self::UsersImported => "users_imported",
            Self::UsersEdited => "users_edited",
            Self::UsersDeleted => "users_deleted",
            Self::UsersRestored => "users_restored",
            Self::CredentialsStored => "credentials_stored",
            Self::CredentialsReplaced => "credentials_replaced",
            Self::CredentialsRemoved => "credentials_removed",
            Self::CheckStarted => "check_started",
            Self::CheckFinished => "check_finished",
            Self::CheckCanceled => "check_canceled",
            Self::Activated => "activated",
            Self::Deactivated => "deactivated",
            Self::CertificatePinned => "certificate_pinned",
            Self::SettingsChanged => "settings_changed",
            Self::SignedIn => "oauth_signed_in",
            Self::SignedOut => "oauth_signed_out",
            Self::OtherAccountAccepted => "oauth_account_accepted",
        }
    }
}

/// How an entry is taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum UndoStep {
    /// Restore the organization that was deleted at this time, and its users.
    Organization {
        id: OrganizationId,
        deleted_at: String,
    },
    /// Restore the users that were deleted at this time.
    Users { deleted_at: String },
    /// Take a batch of added users away.
    Import { batch: i64 },
}

/// Who does something, and when.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) at: String,
    pub(crate) by: String,
}

impl Author {
    /// The user of the operating system, as the session names it.
    pub(crate) fn now(at: String) -> Self {
        Self {
            at,
            by: signed_in_user(),
        }
    }

    /// Appends an entry. `organization` is its id and its name now.
    pub(crate) fn note(
        &self,
        tx: &Tx<'_>,
        kind: Kind,
        organization: Option<(OrganizationId, &str)>,
        details: impl Into<String>,
        undo: Option<&UndoStep>,
    ) -> Result<ActivityId, StoreError> {
        let entry = NewActivity {
            at: self.at.clone(),
            changed_by: self.by.clone(),
            kind: kind.as_str().to_owned(),
            details: details.into(),
            organization: organization.map(|(id, _)| id),
            organization_name: organization.map(|(_, name)| name.to_owned()),
            undo: undo.map(serde_json::to_value).transpose()?,
        };
        activity::append(tx, &entry, hash)
    }
}

impl Engine {
    /// One page of the activity log, and the first entry whose hash does not fit.
    ///
    /// # Errors
    /// As [`Problem`].
    pub async fn activity_page(&self, request: ActivityQuery) -> Result<ActivityPage, Problem> {
        let stage = self.stage();
        let since = stage.days_ago(UNDO_DAYS);
        let query = ActivityQuery {
            limit: request.limit.min(MOST),
            ..request
        };
        stage
            .read(move |tx| {
                let (total, rows) = activity::page(tx, &query, &since)?;
                let broken_at = activity::verify(tx, hash)?;
                Ok(ActivityPage {
                    total,
                    rows,
                    broken_at,
                })
            })
            .await
    }

    /// Takes an entry back: a deleted organization (without its password), deleted users, an import.
    ///
    /// # Errors
    /// [`Code::NotFound`]: no such entry, or nothing to take back; [`Code::NotAllowed`]: taken back
    /// already, or too old; [`Code::Taken`]: the name is in use by now.
    pub async fn activity_undo(&self, request: Undo) -> Result<UndoDone, Problem> {
        let stage = self.stage();
        let (author, since) = (stage.author(), stage.days_ago(UNDO_DAYS));
        let now = stage.unique_now();
        let message = stage
            .write(move |tx| {
                let plan = activity::undo_plan(tx, request.activity)?.ok_or_else(|| {
                    Problem::new(Code::NotFound, "This entry can't be taken back.")
                })?;
                if plan.undone_at.is_some() {
                    return Err(refused("This was taken back already.").into());
                }
                if plan.at < since {
                    return Err(
                        refused("This is older than 30 days and can't be taken back.").into(),
                    );
                }
                let step = serde_json::from_value(plan.undo).map_err(StoreError::from)?;
                let message = take_back(tx, &step, &author, &now)?;
                activity::mark_undone(tx, request.activity, &author.at)?;
                Ok(message)
            })
            .await?;
        Ok(UndoDone { message })
    }
}

/// SHA-256 in lower-case hexadecimal: the hash of the chain.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// `1 user`, `2,310 users`.
pub(crate) fn count(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(number))
}

/// `2,310`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn take_back(tx: &Tx<'_>, step: &UndoStep, author: &Author, now: &str) -> Result<String, Refusal> {
    match step {
        UndoStep::Organization { id, deleted_at } => {
            let restored = organizations::restore(tx, *id, deleted_at, &author.at).map_err(gone)?;
            let row = organizations::show(tx, *id)?.ok_or(StoreError::NotFound)?;
            let message = format!(
                "Restored \"{}\" and its {}, without the password.",
                row.name,
                count(restored, "user")
            );
            author.note(
                tx,
                Kind::OrganizationRestored,
                Some((*id, &row.name)),
                &message,
                None,
            )?;
            Ok(message)
        }
        UndoStep::Users { deleted_at } => {
            let restored = users::restore(tx, deleted_at)?;
            if restored == 0 {
                return Err(refused(
                    "None of these users can be restored: their addresses are in use again, or their organization is deleted.",
                )
                .into());
            }
            let message = format!("Restored {}.", count(restored, "user"));
            author.note(tx, Kind::UsersRestored, None, &message, None)?;
            Ok(message)
        }
        UndoStep::Import { batch } => {
            let removed = undo_import(tx, *batch, now)?;
            let message = format!("Took back the import of {}.", count(removed, "user"));
            author.note(tx, Kind::UsersDeleted, None, &message, None)?;
            Ok(message)
        }
    }
}

/// Takes a batch of added users away, unless one was activated or moved.
pub(crate) fn undo_import(tx: &Tx<'_>, batch: i64, now: &str) -> Result<u64, Refusal> {
    match users::undo_import(tx, batch, now) {
        Ok(BatchUndo::Removed(removed)) => Ok(removed),
        Ok(BatchUndo::InUse { activated, moved }) => Err(refused(format!(
            "This import can't be taken back: {} of it were activated or checked as failed, {} moved.",
            count(activated, "user"),
            grouped(moved)
        ))
        .hint("Deactivate or move them back first, or delete the users one by one.")
        .into()),
        Err(StoreError::NotFound) => {
            Err(Problem::new(Code::NotFound, "None of these users is there any more.").into())
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::NotAllowed, message)
}

/// Restoring: what "not there" and "taken" mean here.
fn gone(error: StoreError) -> Refusal {
    match error {
        StoreError::NotFound => {
            Problem::new(Code::NotFound, "This organization is gone for good.").into()
        }
        StoreError::Taken { .. } => Problem::new(
            Code::Taken,
            "The name or External Id of this organization is in use by another one now.",
        )
        .hint("Rename the other organization first.")
        .into(),
        error => error.into(),
    }
}

/// `CONTOSO\anna` on Windows, `anna` elsewhere.
fn signed_in_user() -> String {
    let first = |names: &[&str]| {
        names.iter().find_map(|name| {
            std::env::var(name)
                .ok()
                .filter(|text| !text.trim().is_empty())
        })
    };
    let user = first(if cfg!(windows) {
        &["USERNAME"]
    } else {
        &["LOGNAME", "USER"]
    });
    let domain = if cfg!(windows) {
        first(&["USERDOMAIN"])
    } else {
        None
    };
    match (domain, user) {
        (Some(domain), Some(user)) => format!("{domain}\\{user}"),
        (None, Some(user)) => user,
        (_, None) => "unknown user".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, hash};

    #[test]
    fn the_hash_is_sha256() {
        // FIPS 180-4, the message "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(b"abc"), expected);
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(count(1, "user"), "1 user");
        assert_eq!(count(0, "user"), "0 users");
        assert_eq!(count(4_812, "user"), "4,812 users");
        assert_eq!(count(1_234_567, "user"), "1,234,567 users");
    }
}
