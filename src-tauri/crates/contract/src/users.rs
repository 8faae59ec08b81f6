//! Users of an organization: list, edit, flags.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Cause, MailboxLocation, OrganizationId, UserId, Verdict};

/// `Sync access` of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SyncAccess {
    /// Added, imported, moved or deactivated.
    #[default]
    NotActivated,
    /// A success was applied.
    Active,
    /// Settings changed since.
    NeedsRenewal,
    /// A definite failure was applied.
    Failed,
}

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UserRow {
    /// Its id.
    pub id: UserId,
    /// Where it belongs.
    pub organization: OrganizationId,
    /// Name of that organization.
    pub organization_name: String,
    /// Display name; may be empty.
    pub name: String,
    /// SMTP address.
    pub address: String,
    /// User principal name.
    pub upn: Option<String>,
    /// SDDL security identifier.
    pub sid: Option<String>,
    /// `RecipientTypeDetails`: `UserMailbox`, `RoomMailbox`, …
    pub kind: Option<String>,
    /// Free labels, comma separated.
    pub tags: String,
    /// Further addresses.
    pub aliases: Vec<String>,
    /// May be activated.
    pub in_scope: bool,
    /// A canary: must be refused.
    pub must_refuse: bool,
    /// Left out of bulk checks and Monitor.
    pub synchronization_disabled: bool,
    /// `Sync access`.
    pub sync_access: SyncAccess,
    /// Verdict of the newest check.
    pub last_verdict: Option<Verdict>,
    /// Its cause.
    pub last_cause: Option<Cause>,
    /// `Check Results` text of the newest check.
    pub last_message: Option<String>,
    /// RFC 3339, UTC.
    pub last_checked_at: Option<String>,
    /// RFC 3339, UTC.
    pub last_good_at: Option<String>,
    /// Where the mailbox lives, as far as it can be told.
    #[serde(default)]
    pub location: MailboxLocation,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub updated_at: String,
}

/// Which users.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct UsersFilter {
    /// Name, address, UPN or tag contains this, ignoring case.
    pub search: Option<String>,
    /// Only this state.
    pub sync_access: Option<SyncAccess>,
    /// Only this newest verdict.
    pub verdict: Option<Verdict>,
    /// Only canaries, or only others.
    pub must_refuse: Option<bool>,
    /// Only users left out of synchronization, or only others.
    pub synchronization_disabled: Option<bool>,
    /// Only users that live there.
    pub location: Option<MailboxLocation>,
}

/// What to sort users by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UsersSort {
    /// In the order they were added.
    #[default]
    Added,
    /// Display name.
    Name,
    /// SMTP address.
    Address,
    /// `Sync access`.
    SyncAccess,
    /// Newest check.
    LastChecked,
    /// `Check Results`.
    LastVerdict,
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SortDirection {
    /// A to Z.
    #[default]
    Ascending,
    /// Z to A.
    Descending,
}

/// One page of users.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UsersQuery {
    /// Left out: all organizations.
    #[ts(optional)]
    pub organization: Option<OrganizationId>,
    /// Which users.
    #[serde(default)]
    #[ts(optional, as = "Option<UsersFilter>")]
    pub filter: UsersFilter,
    /// Sorted by.
    #[serde(default)]
    #[ts(optional, as = "Option<UsersSort>")]
    pub sort: UsersSort,
    /// Up or down.
    #[serde(default)]
    #[ts(optional, as = "Option<SortDirection>")]
    pub direction: SortDirection,
    /// First row, from 0.
    #[serde(default)]
    pub offset: u64,
    /// Most rows, 1 to 1,000.
    pub limit: u64,
}

/// One page of users.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UsersPage {
    /// How many match the filter.
    pub total: u64,
    /// How many there are without it.
    pub unfiltered: u64,
    /// The rows from `offset` on.
    pub rows: Vec<UserRow>,
}

/// Adds one user.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AddUser {
    /// Where to.
    pub organization: OrganizationId,
    /// SMTP address; `Name <a@b>` is unwrapped.
    pub address: String,
    /// Display name.
    #[serde(default)]
    pub name: String,
    /// User principal name.
    #[ts(optional)]
    pub upn: Option<String>,
    /// SDDL security identifier.
    #[ts(optional)]
    pub sid: Option<String>,
    /// A canary.
    #[serde(default)]
    pub must_refuse: bool,
    /// Free labels.
    #[serde(default)]
    pub tags: String,
}

/// Changes one user: under impersonation only name, address and tags.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EditUser {
    /// Which one.
    pub user: UserId,
    /// New name.
    #[ts(optional)]
    pub name: Option<String>,
    /// New address.
    #[ts(optional)]
    pub address: Option<String>,
    /// New labels.
    #[ts(optional)]
    pub tags: Option<String>,
}

/// Which users an action is for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum UserIds {
    /// These.
    Listed {
        /// Their ids.
        ids: Vec<UserId>,
    },
    /// All users of the organization that match.
    Matching {
        /// Where.
        organization: OrganizationId,
        /// Which.
        filter: UsersFilter,
    },
}

/// Removes users.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RemoveUsers {
    /// Which.
    pub users: UserIds,
    /// `Force delete`: also those with sync access.
    #[serde(default)]
    pub force: bool,
}

/// A flag to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
#[ts(export)]
pub enum UserChange {
    /// May be activated.
    InScope(bool),
    /// Must be refused. Taken users lose sync access.
    MustRefuse(bool),
    /// Left out of bulk checks and Monitor.
    SynchronizationDisabled(bool),
    /// Takes sync access away.
    Deactivate,
}

/// Sets a flag of users.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SetUsers {
    /// Which.
    pub users: UserIds,
    /// What.
    pub change: UserChange,
}

/// Writes users to a CSV file in the Downloads folder.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportUsers {
    /// Left out: all organizations.
    #[ts(optional)]
    pub organization: Option<OrganizationId>,
    /// Which.
    #[serde(default)]
    #[ts(optional, as = "Option<UsersFilter>")]
    pub filter: UsersFilter,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportedFile {
    /// Where it is.
    pub path: String,
    /// Rows in it, the header not counted.
    pub rows: u64,
}
