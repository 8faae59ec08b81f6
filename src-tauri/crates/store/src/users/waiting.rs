//! A list of users that waits to be added: every row with what happens to it, in a temporary
//! database of its own, so that it may be longer than memory. Gone when it is dropped.
//!
//! Decides nothing: the groups and their reasons come in with the rows.

use std::sync::{Mutex, MutexGuard, PoisonError};

use contract::{ImportGroup, ImportPreviewRow, MailboxLocation, SmtpAddress};
use rusqlite::{Connection, Row, named_params};

use super::NewUser;
use crate::values::{Id as _, count, id, json, to_json, unreadable};
use crate::{OpenError, StoreError, Tx};

/// Memory for pages of the list, in KiB; the rest stands in a nameless file.
const CACHE: i64 = -4_096;

/// A list that waits to be added.
pub struct WaitingList {
    connection: Mutex<Connection>,
}

/// A row of such a list.
#[derive(Debug, Clone)]
pub struct WaitingRow {
    /// As the preview shows it.
    pub shown: ImportPreviewRow,
    /// Who is added; `None`: the row is left out.
    pub user: Option<NewUser>,
}

/// A row that is to be added, whose address another row has among its further ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Place of the row.
    pub place: i64,
    /// Its address, and the same in lower case.
    pub address: String,
    /// See `address`.
    pub key: String,
    /// The address of the other row, and the same in lower case.
    pub owner: String,
    /// See `owner`.
    pub owner_key: String,
}

impl WaitingList {
    /// An empty list.
    ///
    /// # Errors
    /// When the system gives no temporary space.
    pub fn new() -> Result<Self, OpenError> {
        let made = || {
            let connection = Connection::open("")?;
            connection.pragma_update(None, "cache_size", CACHE)?;
            // Nobody else sees it, and nobody reads it after a crash.
            connection.pragma_update(None, "journal_mode", "OFF")?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.execute_batch(include_str!("waiting.sql"))?;
            Ok(connection)
        };
        let connection =
            made().map_err(|source| OpenError::of(std::path::Path::new(""), source))?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Takes addresses for the rows of these lines; answers for each the line that had it before.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn claim(&self, keys: &[(String, u64)]) -> Result<Vec<Option<u64>>, StoreError> {
        self.write(|tx| {
            keys.iter()
                .map(|(key, line)| {
                    let place = named_params! { ":key": key, ":line": line.cast_signed() };
                    if tx.execute(include_str!("waiting_claim.sql"), place)? > 0 {
                        return Ok(None);
                    }
                    let sql = include_str!("waiting_claimed.sql");
                    tx.first(sql, named_params! { ":key": key }, |row| count(row, "line"))
                })
                .collect()
        })
    }

    /// Notes further addresses (in lower case) of a row, for [`WaitingList::clashes`]. The first row
    /// that has one owns it.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn own(&self, owners: &[(SmtpAddress, Vec<String>)]) -> Result<(), StoreError> {
        self.write(|tx| {
            for (owner, keys) in owners {
                for key in keys {
                    let owned = named_params! {
                        ":key": key, ":owner": owner.as_str(), ":owner_key": owner.key(),
                    };
                    tx.execute(include_str!("waiting_own.sql"), owned)?;
                }
            }
            Ok(())
        })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn add(&self, rows: &[WaitingRow]) -> Result<(), StoreError> {
        self.write(|tx| rows.iter().try_for_each(|row| add(tx, row)))
    }

    /// The first rows behind a place (0: from the start) that clash.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn clashes(&self, after: i64, limit: u64) -> Result<Vec<Clash>, StoreError> {
        self.write(|tx| {
            tx.all(
                include_str!("waiting_clashes.sql"),
                named_params! { ":after": after, ":limit": limit.cast_signed() },
                |row| {
                    Ok(Clash {
                        place: row.get("place")?,
                        address: row.get("address")?,
                        key: row.get("address_key")?,
                        owner: row.get("owner")?,
                        owner_key: row.get("owner_key")?,
                    })
                },
            )
        })
    }

    /// Whether [`WaitingList::give_way`] took this address out of the list.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn gave_way(&self, key: &str) -> Result<bool, StoreError> {
        let sql = include_str!("waiting_gave_way.sql");
        self.write(|tx| Ok(tx.count(sql, named_params! { ":key": key })? > 0))
    }

    /// Leaves a row out that was to be added: it is the alias of another.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn give_way(&self, clash: &Clash, reason: &str) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute_one(
                include_str!("waiting_give_way.sql"),
                named_params! {
                    ":place": clash.place, ":group": ImportGroup::Alias.id(), ":reason": reason,
                },
            )?;
            tx.execute_one(
                include_str!("waiting_note_way.sql"),
                named_params! { ":key": clash.key },
            )
        })
    }

    /// How many rows are in which group; groups without rows are left out.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn groups(&self) -> Result<Vec<(ImportGroup, u64)>, StoreError> {
        self.write(|tx| {
            tx.all(include_str!("waiting_groups.sql"), (), |row| {
                Ok((id(row, "grp")?, count(row, "rows")?))
            })
        })
    }

    /// A page of the rows of a group, or of all, and how many there are.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn page(
        &self,
        group: Option<ImportGroup>,
        offset: u64,
        limit: u64,
    ) -> Result<(u64, Vec<ImportPreviewRow>), StoreError> {
        let total = self
            .groups()?
            .into_iter()
            .filter(|(other, _)| group.is_none_or(|group| group == *other))
            .map(|(_, rows)| rows)
            .sum();
        let sql = match group {
            Some(_) => include_str!("waiting_page_of_group.sql"),
            None => include_str!("waiting_page.sql"),
        };
        let rows = self.write(|tx| {
            let mut params: Vec<(&str, rusqlite::types::Value)> = vec![
                (":offset", offset.cast_signed().into()),
                (":limit", limit.cast_signed().into()),
            ];
            if let Some(group) = group {
                params.push((":group", group.id().to_owned().into()));
            }
            tx.all(sql, crate::values::bind(&params).as_slice(), read_shown)
        })?;
        Ok((total, rows))
    }

    /// Users to add behind a place (0: from the start), each with its place.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn users(&self, after: i64, limit: u64) -> Result<Vec<(i64, NewUser)>, StoreError> {
        self.write(|tx| {
            tx.all(
                include_str!("waiting_users.sql"),
                named_params! { ":after": after, ":limit": limit.cast_signed() },
                |row| Ok((row.get("place")?, read_user(row)?)),
            )
        })
    }

    /// Runs on the one connection, in a transaction, which makes many small writes one.
    fn write<T>(&self, f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let value = f(&Tx::new(&transaction))?;
        transaction.commit()?;
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for WaitingList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitingList").finish_non_exhaustive()
    }
}

fn add(tx: &Tx<'_>, row: &WaitingRow) -> Result<(), StoreError> {
    let (shown, user) = (&row.shown, row.user.as_ref());
    let aliases = user.map(|user| to_json(&user.aliases)).transpose()?;
    tx.insert(
        include_str!("waiting_add.sql"),
        named_params! {
            ":line": shown.line.cast_signed(),
            ":address": shown.address,
            ":name": shown.name,
            ":kind": shown.kind,
            ":group": shown.group.id(),
            ":reason": shown.reason,
            ":address_key": user.map(|user| user.address.key()),
            ":upn": user.and_then(|user| user.upn.as_deref()),
            ":sid": user.and_then(|user| user.sid.as_deref()),
            ":aliases": aliases,
            ":tags": user.map(|user| user.tags.as_str()),
            ":must_refuse": user.is_some_and(|user| user.must_refuse),
            ":location": user.map(|user| user.location.id()),
            ":exchange_guid": user.and_then(|user| user.exchange_guid),
        },
    )
    .map(drop)
}

fn read_shown(row: &Row<'_>) -> rusqlite::Result<ImportPreviewRow> {
    Ok(ImportPreviewRow {
        line: count(row, "line")?,
        address: row.get("address")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        group: id(row, "grp")?,
        reason: row.get("reason")?,
    })
}

fn read_user(row: &Row<'_>) -> rusqlite::Result<NewUser> {
    let address = SmtpAddress::parse(row.get_ref("address")?.as_str()?)
        .map_err(|error| unreadable(row, "address", error.into()))?;
    Ok(NewUser {
        address,
        name: row.get("name")?,
        upn: row.get("upn")?,
        sid: row.get("sid")?,
        kind: row.get("kind")?,
        aliases: json(row, "aliases")?,
        tags: row.get("tags")?,
        must_refuse: row.get("must_refuse")?,
        location: id::<MailboxLocation>(row, "location")?,
        exchange_guid: row.get("exchange_guid")?,
    })
}
