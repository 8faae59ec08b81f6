//! Users of organizations: who they are, their flags, their removal. Addresses come in parsed;
//! what a flag may do to whom is decided elsewhere.

mod askable;
mod filter;
mod import;
mod locations;
mod mailbox_guids;
mod page;
mod waiting;

use contract::{MailboxLocation, OrganizationId, SmtpAddress, UserChange, UserId, UserIds};
use rusqlite::named_params;
use rusqlite::types::Value;

pub use askable::askable;
pub use import::{BatchUndo, import, import_waiting, undo_import};
pub use locations::{Examples, examples, locations, of_unknown_location, set_location, stand_ins};
pub use mailbox_guids::mailbox_guids;
pub use page::{counts, counts_of_all, each, page, show};
pub use waiting::{Clash, WaitingList, WaitingRow};

use self::filter::Conditions;
use crate::values::{Id as _, bind, key, to_json};
use crate::{StoreError, Tx};

/// A user to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// SMTP address.
    pub address: SmtpAddress,
    /// Display name; may be empty.
    pub name: String,
    /// User principal name.
    pub upn: Option<String>,
    /// SDDL security identifier.
    pub sid: Option<String>,
    /// `RecipientTypeDetails`.
    pub kind: Option<String>,
    /// Further addresses.
    pub aliases: Vec<String>,
    /// Free labels.
    pub tags: String,
    /// A canary.
    pub must_refuse: bool,
    /// Where the mailbox lives, if the list says so.
    pub location: MailboxLocation,
    /// `ExchangeGuid`, the GUID of the mailbox.
    pub exchange_guid: Option<[u8; 16]>,
}

impl NewUser {
    /// A user of whom only the address is known.
    #[must_use]
    pub const fn new(address: SmtpAddress) -> Self {
        Self {
            address,
            name: String::new(),
            upn: None,
            sid: None,
            kind: None,
            aliases: Vec::new(),
            tags: String::new(),
            must_refuse: false,
            location: MailboxLocation::Unknown,
            exchange_guid: None,
        }
    }
}

/// A change of one user. `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserEdit {
    /// New name.
    pub name: Option<String>,
    /// New address.
    pub address: Option<SmtpAddress>,
    /// New labels.
    pub tags: Option<String>,
}

/// What removing users did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Removed {
    /// Users removed.
    pub removed: u64,
    /// Users that stayed because they have sync access.
    pub refused: u64,
    /// The first of those, in the order they were added.
    pub first_refused: Option<String>,
}

/// A stored user with an address that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The address in lower case.
    pub address_key: String,
    /// The user.
    pub user: UserId,
    /// Where it belongs.
    pub organization: OrganizationId,
    /// Name of that organization.
    pub organization_name: String,
}

/// A further address of a stored user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAlias {
    /// The further address in lower case.
    pub alias_key: String,
    /// The user's own address.
    pub address: String,
}

/// Adds a user.
///
/// # Errors
/// [`StoreError::Taken`] (`address`).
pub fn add(
    tx: &Tx<'_>,
    organization: OrganizationId,
    user: &NewUser,
    now: &str,
) -> Result<UserId, StoreError> {
    insert(tx, organization, user, None, now)
}

/// Changes a user. With another address (case apart) it is not activated and not checked any more.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Taken`] (`address`).
pub fn edit(tx: &Tx<'_>, user: UserId, edit: &UserEdit, now: &str) -> Result<(), StoreError> {
    let before = show(tx, user)?.ok_or(StoreError::NotFound)?;
    let name = edit.name.as_deref().unwrap_or(&before.name);
    let address = edit
        .address
        .as_ref()
        .map_or(before.address.as_str(), SmtpAddress::as_str);
    let tags = edit.tags.as_deref().unwrap_or(&before.tags);
    tx.execute_one(
        include_str!("edit.sql"),
        named_params! {
            ":id": user.0,
            ":name": name,
            ":name_key": key(name),
            ":address": address,
            ":address_key": key(address),
            ":tags": tags,
            ":search_key": text_to_search(name, address, before.upn.as_deref(), tags),
            ":now": now,
        },
    )
}

/// Sets a flag, and answers how many users it was new for. Canaries lose sync access.
///
/// # Errors
/// As [`StoreError`].
pub fn set(tx: &Tx<'_>, users: &UserIds, change: UserChange, now: &str) -> Result<u64, StoreError> {
    let (template, value) = match change {
        UserChange::InScope(value) => (include_str!("set_in_scope.sql"), Some(value)),
        UserChange::MustRefuse(value) => (include_str!("set_must_refuse.sql"), Some(value)),
        UserChange::SynchronizationDisabled(value) => (
            include_str!("set_synchronization_disabled.sql"),
            Some(value),
        ),
        UserChange::Deactivate => (include_str!("deactivate.sql"), None),
    };
    let mut params: Vec<(&'static str, Value)> = vec![(":now", now.to_owned().into())];
    if let Some(value) = value {
        params.push((":value", value.into()));
    }
    execute(tx, template, users, params)
}

/// Deletes users until they are restored or purged. Without `force` those with sync access (`Active`,
/// `Needs renewal`) stay. `now` is what [`restore`] finds them by: use it for one deletion only.
///
/// # Errors
/// As [`StoreError`].
pub fn soft_delete(
    tx: &Tx<'_>,
    users: &UserIds,
    force: bool,
    now: &str,
) -> Result<Removed, StoreError> {
    let mut removed = Removed::default();
    if !force {
        let conditions = Conditions::of_ids(users)?;
        let sql = include_str!("refused_to_go.sql").replace("{filter}", &conditions.sql);
        let refused = tx.first(&sql, bind(&conditions.params).as_slice(), |row| {
            Ok((row.get(0)?, crate::values::count(row, "users")?))
        })?;
        if let Some((address, users)) = refused {
            removed.first_refused = Some(address);
            removed.refused = users;
        }
    }
    let params = vec![(":now", now.to_owned().into()), (":force", force.into())];
    removed.removed = execute(tx, include_str!("soft_delete.sql"), users, params)?;
    Ok(removed)
}

/// Brings back the users deleted at exactly `deleted_at`, and answers how many. Left deleted are
/// those of a deleted organization, and those whose address is in use again.
///
/// # Errors
/// As [`StoreError`].
pub fn restore(tx: &Tx<'_>, deleted_at: &str) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("restore.sql"),
        named_params! { ":deleted_at": deleted_at },
    )
}

/// Removes for good what was deleted before `before` (RFC 3339, UTC).
///
/// # Errors
/// As [`StoreError`].
pub fn purge(tx: &Tx<'_>, before: &str) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("purge.sql"),
        named_params! { ":before": before },
    )
}

/// Copies the users of one organization to another: who they are and their flags, not what was
/// proven. Answers how many.
///
/// # Errors
/// [`StoreError::Taken`] when the other organization has one of the addresses.
pub fn copy(
    tx: &Tx<'_>,
    from: OrganizationId,
    to: OrganizationId,
    now: &str,
) -> Result<u64, StoreError> {
    let copied = tx.execute(
        include_str!("copy.sql"),
        named_params! { ":from": from.0, ":to": to.0, ":now": now },
    )?;
    tx.execute(
        include_str!("copy_aliases.sql"),
        named_params! { ":from": from.0, ":to": to.0 },
    )?;
    Ok(copied)
}

/// Mail domains of the users of an organization in lower case, commonest first.
///
/// # Errors
/// As [`StoreError`].
pub fn domains(
    tx: &Tx<'_>,
    organization: OrganizationId,
    limit: u64,
) -> Result<Vec<String>, StoreError> {
    tx.all(
        include_str!("domains.sql"),
        named_params! { ":organization": organization.0, ":limit": limit.cast_signed() },
        |row| row.get(0),
    )
}

/// Which of these addresses (in lower case, see [`SmtpAddress::key`]) belong to stored users, and
/// where.
///
/// # Errors
/// As [`StoreError`].
pub fn lookup(tx: &Tx<'_>, address_keys: &[String]) -> Result<Vec<Known>, StoreError> {
    tx.all(
        include_str!("lookup.sql"),
        named_params! { ":keys": to_json(address_keys)? },
        |row| {
            Ok(Known {
                address_key: row.get("address_key")?,
                user: UserId(row.get("id")?),
                organization: OrganizationId(row.get("organization_id")?),
                organization_name: row.get("organization_name")?,
            })
        },
    )
}

/// Which of these addresses (in lower case) are further ones of users of an organization, and whose.
///
/// # Errors
/// As [`StoreError`].
pub fn lookup_aliases(
    tx: &Tx<'_>,
    organization: OrganizationId,
    alias_keys: &[String],
) -> Result<Vec<KnownAlias>, StoreError> {
    tx.all(
        include_str!("lookup_aliases.sql"),
        named_params! { ":organization": organization.0, ":keys": to_json(alias_keys)? },
        |row| {
            Ok(KnownAlias {
                alias_key: row.get("alias_key")?,
                address: row.get("address")?,
            })
        },
    )
}

/// The settings changed: every `Active` user of the organization needs renewal. Answers how many.
///
/// # Errors
/// As [`StoreError`].
pub fn needs_renewal(
    tx: &Tx<'_>,
    organization: OrganizationId,
    now: &str,
) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("needs_renewal.sql"),
        named_params! { ":organization": organization.0, ":now": now },
    )
}

fn execute(
    tx: &Tx<'_>,
    template: &str,
    users: &UserIds,
    mut params: Vec<(&'static str, Value)>,
) -> Result<u64, StoreError> {
    let conditions = Conditions::of_ids(users)?;
    params.extend(conditions.params);
    tx.execute(
        &template.replace("{filter}", &conditions.sql),
        bind(&params).as_slice(),
    )
}

fn insert(
    tx: &Tx<'_>,
    organization: OrganizationId,
    user: &NewUser,
    import_batch: Option<i64>,
    now: &str,
) -> Result<UserId, StoreError> {
    let address = user.address.as_str();
    let id = tx.insert(
        include_str!("add.sql"),
        named_params! {
            ":organization": organization.0,
            ":name": user.name,
            ":name_key": key(&user.name),
            ":address": address,
            ":address_key": user.address.key(),
            ":upn": user.upn,
            ":sid": user.sid,
            ":kind": user.kind,
            ":aliases": to_json(&user.aliases)?,
            ":tags": user.tags,
            ":search_key": text_to_search(&user.name, address, user.upn.as_deref(), &user.tags),
            ":must_refuse": user.must_refuse,
            ":location": user.location.id(),
            ":exchange_guid": user.exchange_guid,
            ":import_batch": import_batch,
            ":now": now,
        },
    )?;
    for alias in &user.aliases {
        tx.execute(
            include_str!("add_alias.sql"),
            named_params! { ":alias_key": key(alias), ":user": id },
        )?;
    }
    Ok(UserId(id))
}

/// A line for each part, so that no search matches across two of them.
fn text_to_search(name: &str, address: &str, upn: Option<&str>, tags: &str) -> String {
    key(&[name, address, upn.unwrap_or_default(), tags].join("\n"))
}
