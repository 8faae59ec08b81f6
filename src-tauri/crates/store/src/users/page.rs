//! Reading users: pages, the whole list in pieces, one.

use contract::{
    OrganizationId, SortDirection, SyncAccess, SyncCounts, UserId, UserRow, UsersFilter, UsersPage,
    UsersQuery, UsersSort,
};
use rusqlite::{Row, named_params};

use super::filter::Conditions;
use crate::searched::{self, List};
use crate::values::{InOrder, bind, count, id, search_key, to_json};
use crate::{StoreError, Tx};

/// Most users that are remembered one by one while a filter counts them.
const FEW: usize = 10_000;

/// Who matches a filter.
enum Matches {
    /// These, in the order they were added.
    Few(Vec<i64>),
    /// This many.
    Many(u64),
}

impl Matches {
    fn of(ids: Vec<i64>) -> Self {
        if ids.len() > FEW {
            Self::Many(ids.len() as u64)
        } else {
            Self::Few(ids)
        }
    }
}

/// One page of users.
///
/// A filter reads its facts once, from an index; what matches is sorted where it is little, and
/// where it is much the page is walked to in the index of its order, from the nearer end.
///
/// # Errors
/// As [`StoreError`].
pub fn page(tx: &Tx<'_>, query: &UsersQuery) -> Result<UsersPage, StoreError> {
    let unfiltered = match query.organization {
        Some(organization) => counts(tx, organization)?.users,
        None => counts_of_all(tx)?.users,
    };
    let conditions = Conditions::of(query.organization, &query.filter);
    let matches = if !conditions.filters {
        Matches::Many(unfiltered)
    } else if let Some(ids) = remembered(tx, query, &conditions, unfiltered)? {
        Matches::of(ids)
    } else {
        matching(tx, query.organization, &conditions)?
    };
    let total = match &matches {
        Matches::Few(ids) => ids.len() as u64,
        Matches::Many(total) => *total,
    };
    let rows = query.limit.min(total.saturating_sub(query.offset));
    let rows = match matches {
        _ if rows == 0 => Vec::new(),
        Matches::Few(ids) => sorted(tx, query, &ids, rows)?,
        Matches::Many(total) => walked(tx, query, conditions, total, rows)?,
    };
    Ok(UsersPage {
        total,
        unfiltered,
        rows,
    })
}

/// Who matches where nothing but a text is searched, from memory.
fn remembered(
    tx: &Tx<'_>,
    query: &UsersQuery,
    conditions: &Conditions,
    users: u64,
) -> Result<Option<Vec<i64>>, StoreError> {
    let Some(search) = search_key(query.filter.search.as_deref()) else {
        return Ok(None);
    };
    let everybody = Conditions::of(query.organization, &UsersFilter::default());
    // One parameter more: the text.
    if conditions.params.len() > everybody.params.len() + 1 {
        return Ok(None);
    }
    let sql = include_str!("search_keys.sql")
        .replace("{index}", index_of(query.organization, true))
        .replace("{filter}", &everybody.sql);
    let list = (List::Users(query.organization), users);
    searched::find(tx, list, &search, &sql, bind(&everybody.params).as_slice())
}

fn matching(
    tx: &Tx<'_>,
    organization: Option<OrganizationId>,
    conditions: &Conditions,
) -> Result<Matches, StoreError> {
    let sql = include_str!("matching.sql")
        .replace("{index}", index_of(organization, conditions.searches))
        .replace("{filter}", &conditions.sql);
    let (mut ids, mut total) = (Vec::new(), 0);
    tx.each(&sql, bind(&conditions.params).as_slice(), |row| {
        total += 1;
        if ids.len() < FEW {
            ids.push(row.get(0)?);
        }
        Ok(())
    })?;
    Ok(if total > FEW as u64 {
        Matches::Many(total)
    } else {
        Matches::Few(ids)
    })
}

/// What to find the users of a place along. A search reads every user, best in the order of the file.
const fn index_of(organization: Option<OrganizationId>, searches: bool) -> &'static str {
    match organization {
        None if searches => "NOT INDEXED",
        _ => "INDEXED BY users_facts",
    }
}

/// A page of those whose ids are known.
fn sorted(
    tx: &Tx<'_>,
    query: &UsersQuery,
    ids: &[i64],
    rows: u64,
) -> Result<Vec<UserRow>, StoreError> {
    let sql =
        include_str!("page_of_few.sql").replace("{order}", order(query.sort, query.direction));
    tx.all(
        &sql,
        named_params! {
            ":ids": to_json(ids)?,
            ":limit": rows.cast_signed(),
            ":offset": query.offset.cast_signed(),
        },
        read_row,
    )
}

/// A page of `total` users along the index of its order.
fn walked(
    tx: &Tx<'_>,
    query: &UsersQuery,
    conditions: Conditions,
    total: u64,
    rows: u64,
) -> Result<Vec<UserRow>, StoreError> {
    let behind = total - query.offset - rows;
    let (way, skipped) = if query.offset > behind {
        (opposite(query.direction), behind)
    } else {
        (query.direction, query.offset)
    };
    let sql = include_str!("page.sql")
        .replace("{index}", index(query.organization, query.sort))
        .replace("{filter}", &conditions.sql)
        .replace("{way}", order(query.sort, way))
        .replace("{order}", order(query.sort, query.direction));
    let mut params = conditions.params;
    params.push((":limit", rows.cast_signed().into()));
    params.push((":offset", skipped.cast_signed().into()));
    tx.all(&sql, bind(&params).as_slice(), read_row)
}

/// Users after the id `after` (0: from the start), in the order they were added.
///
/// # Errors
/// As [`StoreError`].
pub fn each(
    tx: &Tx<'_>,
    organization: Option<OrganizationId>,
    filter: &UsersFilter,
    after: UserId,
    limit: u64,
) -> Result<Vec<UserRow>, StoreError> {
    let mut conditions = Conditions::of(organization, filter);
    conditions.params.push((":after", after.0.into()));
    conditions
        .params
        .push((":limit", limit.cast_signed().into()));
    let sql = include_str!("each.sql").replace("{filter}", &conditions.sql);
    tx.all(&sql, bind(&conditions.params).as_slice(), read_row)
}

/// One user.
///
/// # Errors
/// As [`StoreError`].
pub fn show(tx: &Tx<'_>, user: UserId) -> Result<Option<UserRow>, StoreError> {
    tx.first(
        include_str!("show.sql"),
        named_params! { ":id": user.0 },
        read_row,
    )
}

/// Users of an organization by state. Costs the same however long the list is.
///
/// # Errors
/// As [`StoreError`].
pub fn counts(tx: &Tx<'_>, organization: OrganizationId) -> Result<SyncCounts, StoreError> {
    let groups = tx.all(
        include_str!("counts.sql"),
        named_params! { ":organization": organization.0 },
        read_group,
    )?;
    Ok(sum(&groups))
}

/// Users of all organizations by state.
///
/// # Errors
/// As [`StoreError`].
pub fn counts_of_all(tx: &Tx<'_>) -> Result<SyncCounts, StoreError> {
    Ok(sum(&tx.all(
        include_str!("counts_of_all.sql"),
        (),
        read_group,
    )?))
}

type Group = (SyncAccess, bool, u64);

fn read_group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok((
        id(row, "sync_access")?,
        row.get("must_refuse")?,
        count(row, "users")?,
    ))
}

fn sum(groups: &[Group]) -> SyncCounts {
    let mut counts = SyncCounts::default();
    for &(sync_access, must_refuse, users) in groups {
        counts.users += users;
        counts.must_refuse += if must_refuse { users } else { 0 };
        *match sync_access {
            SyncAccess::NotActivated => &mut counts.not_activated,
            SyncAccess::Active => &mut counts.active,
            SyncAccess::NeedsRenewal => &mut counts.needs_renewal,
            SyncAccess::Failed => &mut counts.failed,
        } += users;
    }
    counts
}

const fn opposite(direction: SortDirection) -> SortDirection {
    match direction {
        SortDirection::Ascending => SortDirection::Descending,
        SortDirection::Descending => SortDirection::Ascending,
    }
}

/// The index that has this order already.
const fn index(organization: Option<OrganizationId>, sort: UsersSort) -> &'static str {
    use UsersSort::{Added, Address, LastChecked, LastVerdict, Name, SyncAccess};
    match (organization, sort) {
        (Some(_), Added) => "INDEXED BY users_facts",
        (Some(_), Name) => "INDEXED BY users_name",
        (Some(_), Address) => "INDEXED BY users_address",
        (Some(_), SyncAccess) => "INDEXED BY users_sync_access",
        (Some(_), LastChecked) => "INDEXED BY users_last_checked",
        (Some(_), LastVerdict) => "INDEXED BY users_last_verdict",
        (None, Added) => "NOT INDEXED",
        (None, Name) => "INDEXED BY users_all_name",
        (None, Address) => "INDEXED BY users_lookup",
        (None, SyncAccess) => "INDEXED BY users_all_sync_access",
        (None, LastChecked) => "INDEXED BY users_all_last_checked",
        (None, LastVerdict) => "INDEXED BY users_all_last_verdict",
    }
}

/// The id closes every order, so that pages never overlap.
const fn order(sort: UsersSort, direction: SortDirection) -> &'static str {
    use SortDirection::{Ascending, Descending};
    use UsersSort::{Added, Address, LastChecked, LastVerdict, Name, SyncAccess};
    match (sort, direction) {
        (Added, Ascending) => "u.id",
        (Added, Descending) => "u.id DESC",
        (Name, Ascending) => "u.name_key, u.id",
        (Name, Descending) => "u.name_key DESC, u.id DESC",
        (Address, Ascending) => "u.address_key, u.id",
        (Address, Descending) => "u.address_key DESC, u.id DESC",
        (SyncAccess, Ascending) => "u.sync_access, u.id",
        (SyncAccess, Descending) => "u.sync_access DESC, u.id DESC",
        (LastChecked, Ascending) => "u.last_checked_at, u.id",
        (LastChecked, Descending) => "u.last_checked_at DESC, u.id DESC",
        (LastVerdict, Ascending) => "u.last_verdict, u.id",
        (LastVerdict, Descending) => "u.last_verdict DESC, u.id DESC",
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    let mut columns = InOrder::of(row);
    Ok(UserRow {
        id: UserId(columns.next("id")?),
        organization: OrganizationId(columns.next("organization_id")?),
        organization_name: columns.next("organization_name")?,
        name: columns.next("name")?,
        address: columns.next("address")?,
        upn: columns.next("upn")?,
        sid: columns.next("sid")?,
        kind: columns.next("kind")?,
        tags: columns.next("tags")?,
        aliases: columns.next_json("aliases")?,
        in_scope: columns.next("in_scope")?,
        must_refuse: columns.next("must_refuse")?,
        synchronization_disabled: columns.next("synchronization_disabled")?,
        sync_access: columns.next_id("sync_access")?,
        last_verdict: columns.next_id_opt("last_verdict")?,
        last_cause: columns.next_id_opt("last_cause")?,
        last_message: columns.next("last_message")?,
        last_checked_at: columns.next("last_checked_at")?,
        last_good_at: columns.next("last_good_at")?,
        location: columns.next_id("location")?,
        created_at: columns.next("created_at")?,
        updated_at: columns.next("updated_at")?,
    })
}
