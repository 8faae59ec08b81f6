//! Users from Exchange: members of a group, rooms of the room lists, a name; and where mailboxes live.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CheckPassword, EmailConfigurationForm, ImportPreview, OrganizationId, Secret};

/// Whom to look up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum DirectorySource {
    /// The members of a distribution group, nested groups included (`ExpandDL`).
    Group {
        /// Its address.
        address: String,
    },
    /// The rooms of every room list (`GetRoomLists`, `GetRooms`).
    Rooms,
    /// Whoever a name or the beginning of one resolves to, 100 at most (`ResolveNames`).
    Name {
        /// The name.
        name: String,
    },
}

/// Starts a look-up as the service account; where it has no mailbox, while impersonating a user.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StartDirectoryLookup {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; left out: as saved.
    #[ts(optional)]
    pub form: Option<EmailConfigurationForm>,
    /// Where the password comes from.
    pub password: CheckPassword,
    /// Whom to look up.
    pub source: DirectorySource,
    /// Send the password although it was refused within the last 30 minutes.
    #[serde(default)]
    pub send_again: bool,
    /// A password for the proxy's user, typed and not saved; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub proxy_password: Option<Secret>,
}

/// Names one look-up.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DirectoryLookupRef {
    /// Its id.
    pub lookup: String,
}

/// Where a look-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DirectoryState {
    /// Going on.
    Running,
    /// Done; the preview is there unless nobody was found.
    Done,
    /// It could not be found out: see the message.
    Failed,
    /// Stopped by the person.
    Cancelled,
}

/// A look-up, as far as it is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DirectoryLookup {
    /// Its id.
    pub lookup: String,
    /// Where it stands.
    pub state: DirectoryState,
    /// Groups or room lists read so far.
    pub groups: u64,
    /// Groups or room lists known and not read yet.
    pub waiting: u64,
    /// Addresses found so far.
    pub found: u64,
    /// What was left out and why (contacts, hidden members, cut-off results), in plain sentences.
    pub notes: Vec<String>,
    /// How it ended, in one plain sentence.
    pub message: Option<String>,
    /// What adding them would do; page it with `users_import_rows`, add it with `users_import_apply`.
    pub preview: Option<ImportPreview>,
}

/// Where a mailbox lives, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MailboxLocation {
    /// Not known.
    #[default]
    Unknown,
    /// Exchange Server answered for it.
    OnPremises,
    /// Exchange Online, or another organization.
    ExchangeOnline,
}

/// How many users live where, and what that means today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HybridMap {
    /// Users Exchange Server answered for.
    pub on_premises: u64,
    /// Users that live in Exchange Online, or elsewhere.
    pub exchange_online: u64,
    /// Not known.
    pub unknown: u64,
    /// How this was told, in one plain sentence.
    pub told_by: String,
    /// What it means by date; absent where nobody lives elsewhere.
    pub consequence: Option<String>,
    /// A look-up is going on: users asked so far.
    pub asked: Option<u64>,
    /// How the last look-up ended, where it did not end well.
    pub message: Option<String>,
}
