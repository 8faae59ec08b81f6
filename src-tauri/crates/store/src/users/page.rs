//! Reading users: pages, the whole list in pieces, one.

use contract::{
    OrganizationId, SortDirection, SyncAccess, SyncCounts, UserId, UserRow, UsersFilter, UsersPage,
    UsersQuery, UsersSort,
};
use rusqlite::{Row, named_params};

use super::filter::Conditions;
use crate::values::{bind, count, id, id_opt, json};
use crate::{StoreError, Tx};

/// One page of users.
///
/// # Errors
/// As [`StoreError`].
pub fn page(tx: &Tx<'_>, query: &UsersQuery) -> Result<UsersPage, StoreError> {
    let unfiltered = match query.organization {
        Some(organization) => counts(tx, organization)?.users,
        None => counts_of_all(tx)?.users,
    };
    let mut conditions = Conditions::of(query.organization, &query.filter);
    let is_filtered = conditions.params.len() > usize::from(query.organization.is_some());
    let total = if is_filtered {
        let sql = include_str!("page_count.sql").replace("{filter}", &conditions.sql);
        tx.count(&sql, bind(&conditions.params).as_slice())?
    } else {
        unfiltered
    };
    conditions
        .params
        .push((":limit", query.limit.cast_signed().into()));
    conditions
        .params
        .push((":offset", query.offset.cast_signed().into()));
    let mut order = order(query.sort, query.direction).to_owned();
    if query.filter.search.is_some() && query.sort != UsersSort::Added {
        // A search reads every user: in the order of the file and sorted after it, rather than in
        // the order of an index all over the file. The plus keeps SQLite from the index.
        order = order.replace("u.", "+u.");
    }
    let sql = include_str!("page.sql")
        .replace("{filter}", &conditions.sql)
        .replace("{order}", &order);
    let rows = tx.all(&sql, bind(&conditions.params).as_slice(), read_row)?;
    Ok(UsersPage {
        total,
        unfiltered,
        rows,
    })
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
    Ok(UserRow {
        id: UserId(row.get("id")?),
        organization: OrganizationId(row.get("organization_id")?),
        organization_name: row.get("organization_name")?,
        name: row.get("name")?,
        address: row.get("address")?,
        upn: row.get("upn")?,
        sid: row.get("sid")?,
        kind: row.get("kind")?,
        tags: row.get("tags")?,
        aliases: json(row, "aliases")?,
        in_scope: row.get("in_scope")?,
        must_refuse: row.get("must_refuse")?,
        synchronization_disabled: row.get("synchronization_disabled")?,
        sync_access: id(row, "sync_access")?,
        last_verdict: id_opt(row, "last_verdict")?,
        last_cause: id_opt(row, "last_cause")?,
        last_message: row.get("last_message")?,
        last_checked_at: row.get("last_checked_at")?,
        last_good_at: row.get("last_good_at")?,
        location: id(row, "location")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
