//! Organizations: one service account, one Exchange deployment each.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{OrganizationId, RunRow};

/// How mailboxes are accessed. The keys are stable and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AccessType {
    /// `Microsoft Exchange basic authorization (EWS API) - End User logon`.
    ExUser,
    /// `Microsoft Exchange Impersonation`.
    #[default]
    ExImp,
    /// `Microsoft 365 OAuth (EWS API) - End User logon`.
    EwsUser,
    /// `Microsoft 365 OAuth (Graph API) - End User logon`.
    GraphUser,
    /// `Microsoft 365 OAuth Logon (EWS API) - Impersonated logon`.
    EwsImp,
    /// `Microsoft 365 OAuth (Graph API) - App-only access logon`.
    GraphApp,
    /// `Google Direct Logon`.
    GDirect,
    /// `Google Service Account`.
    GSa,
    /// `Microsoft 365 OAuth (EWS API) - App-only access logon`.
    EwsApp,
}

/// Where the mailboxes live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Platform {
    /// Exchange Server.
    #[default]
    OnPremises,
    /// Exchange Online.
    ExchangeOnline,
    /// Both.
    Hybrid,
}

/// How many users are in which state of sync access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncCounts {
    /// All users.
    pub users: u64,
    /// Never applied, or deactivated.
    pub not_activated: u64,
    /// Proven reachable with the saved settings.
    pub active: u64,
    /// Proven once, with settings that have changed since.
    pub needs_renewal: u64,
    /// A definite failure was applied.
    pub failed: u64,
    /// Users that must be refused (canaries).
    pub must_refuse: u64,
}

/// Which organizations to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct OrganizationsQuery {
    /// Only names or External Ids that contain this, ignoring case.
    pub search: Option<String>,
}

/// An organization in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrganizationRow {
    /// Its id.
    pub id: OrganizationId,
    /// Unique ignoring case, 1 to 120 characters.
    pub name: String,
    /// Unique, `A-Z a-z 0-9 . _ -`, at most 64; fixed after the first save.
    pub external_id: String,
    /// How its mailboxes are accessed.
    pub access_type: AccessType,
    /// Where its mailboxes live.
    pub platform: Platform,
    /// `Synchronization Status`.
    pub enabled: bool,
    /// The organization that exists from the start and cannot be deleted.
    pub is_default: bool,
    /// Users by state.
    pub counts: SyncCounts,
    /// The newest run.
    pub last_run: Option<RunRow>,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub updated_at: String,
}

/// Names one organization.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrganizationRef {
    /// Its id.
    pub organization: OrganizationId,
}

/// What the `New` and `Duplicate` forms start with.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrganizationDraft {
    /// Suggested name (`{name} (copy)` for a duplicate), else empty.
    pub name: String,
    /// Suggested External Id.
    pub external_id: String,
}

/// Creates an organization.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AddOrganization {
    /// 1 to 120 characters, unique ignoring case.
    pub name: String,
    /// Left out: suggested from the name.
    #[ts(optional)]
    pub external_id: Option<String>,
    /// Default `ex_imp`.
    #[serde(default)]
    #[ts(optional, as = "Option<AccessType>")]
    pub access_type: AccessType,
    /// Default `on_premises`.
    #[serde(default)]
    #[ts(optional, as = "Option<Platform>")]
    pub platform: Platform,
}

/// Changes an organization. What is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EditOrganization {
    /// Which one.
    pub organization: OrganizationId,
    /// New name.
    #[ts(optional)]
    pub name: Option<String>,
    /// New platform.
    #[ts(optional)]
    pub platform: Option<Platform>,
}

/// Copies an organization: settings and, if asked, users; never secrets, runs, activation.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DuplicateOrganization {
    /// Which one.
    pub organization: OrganizationId,
    /// Name of the copy; left out: `{name} (copy)`.
    #[ts(optional)]
    pub name: Option<String>,
    /// Copy the users too.
    #[serde(default)]
    pub with_users: bool,
}

/// Turns `Synchronization Status` on or off.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SetEnabled {
    /// Which one.
    pub organization: OrganizationId,
    /// On or off.
    pub enabled: bool,
}

/// What removal answers: how to take it back, for 30 days.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RemovedWithUndo {
    /// How many rows are gone (users; for an organization, its users).
    pub removed: u64,
    /// Hand it to `activity_undo`.
    pub undo: crate::ActivityId,
}

/// The settings tab of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrganizationSettings {
    /// Most connections at once, 1 to 27; 0 is automatic (4, adaptive to 10).
    pub concurrency: u32,
    /// Seconds a request may take, 1 to 600; default 30.
    pub timeout_seconds: u32,
    /// Folders the check opens: `inbox`, `calendar`, `contacts`, `tasks`.
    pub folders: Vec<String>,
    /// Host pattern of the Magic Wand, with `{domain}`; empty: `mail.{domain}`.
    pub host_pattern: String,
    /// Free text.
    pub notes: String,
}

/// Saves the settings tab.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SaveOrganizationSettings {
    /// Which organization.
    pub organization: OrganizationId,
    /// The settings as they should be.
    pub settings: OrganizationSettings,
}

/// The organization page: header, next step and settings.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrganizationPage {
    /// Header.
    pub row: OrganizationRow,
    /// `add_users`, `fill_configuration`, `check`, `save`, `watch`.
    pub next_step: String,
    /// Why the next step is blocked, where it is.
    pub blocked: Option<String>,
    /// The run that goes on now.
    pub running: Option<crate::RunId>,
    /// Settings tab.
    pub settings: OrganizationSettings,
    /// Whether anything has been saved under `Email Configuration`.
    pub configured: bool,
    /// What its server seems to allow, once a run has found out.
    #[serde(default)]
    pub learned: Option<crate::LearnedLoad>,
}

/// The dated badge of an access type (panel §7.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Badge {
    /// `works`, `dated`, `retired`, `not_rated`, `unsupported`.
    pub kind: String,
    /// `Works`, `Works until 1 Apr 2027`, `Retired`, …
    pub text: String,
}
