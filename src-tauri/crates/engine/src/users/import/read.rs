//! Reading a list, piece by piece, into the one that waits.

use std::sync::Arc;

use contract::{ImportGroup, OrganizationId, Problem, SmtpAddress};
use store::StoreError;
use store::users::{self, WaitingList};

use super::classify::{Present, alias_of, claims, classify};
use super::preview::of_list;
use crate::problems::{of_open, of_store};
use crate::stage::{Stage, on_blocking_thread};
use crate::users::list::{ListError, ListRow};

/// Rows held at once.
const PIECE: usize = 1_000;

/// A list that was read to its end.
pub(super) struct Read<I> {
    /// What it was read from.
    pub(super) source: I,
    pub(super) list: Arc<WaitingList>,
    /// How many rows are in which group.
    pub(super) groups: Vec<(ImportGroup, u64)>,
    /// Whether there is an address in it.
    pub(super) usable: bool,
}

/// Reads a list and classifies its rows. Nothing is stored.
///
/// # Errors
/// [`contract::Code::BadList`]; [`contract::Code::DataFolder`] without temporary space.
pub(super) async fn read<I>(
    stage: &Stage,
    organization: OrganizationId,
    mut source: I,
) -> Result<Read<I>, Problem>
where
    I: Iterator<Item = Result<ListRow, ListError>> + Send + 'static,
{
    let list = on_blocking_thread(|| WaitingList::new().map_err(|error| of_open(&error))).await?;
    let list = Arc::new(list);
    let mut usable = false;
    loop {
        let (back, rows) = on_blocking_thread(move || take(source)).await?;
        source = back;
        if rows.is_empty() {
            break;
        }
        usable |= rows.iter().any(|row| row.address.is_ok());
        classified(stage, organization, &list, rows).await?;
    }
    let waiting = Arc::clone(&list);
    let groups = on_blocking_thread(move || {
        give_way(&waiting).map_err(of_store)?;
        waiting.groups().map_err(of_store)
    })
    .await?;
    Ok(Read {
        source,
        list,
        groups,
        usable,
    })
}

fn take<I>(mut source: I) -> Result<(I, Vec<ListRow>), Problem>
where
    I: Iterator<Item = Result<ListRow, ListError>>,
{
    let rows: Result<Vec<_>, _> = source.by_ref().take(PIECE).collect();
    Ok((source, rows.map_err(|error| of_list(&error))?))
}

/// Classifies a piece and appends it.
async fn classified(
    stage: &Stage,
    organization: OrganizationId,
    list: &Arc<WaitingList>,
    rows: Vec<ListRow>,
) -> Result<(), Problem> {
    let keys: Vec<String> = rows
        .iter()
        .filter_map(claims)
        .map(SmtpAddress::key)
        .collect();
    let (known, aliases) = stage
        .read(move |tx| {
            Ok((
                users::lookup(tx, &keys)?,
                users::lookup_aliases(tx, organization, &keys)?,
            ))
        })
        .await?;
    let list = Arc::clone(list);
    on_blocking_thread(move || {
        let lines = claimed(&list, &rows).map_err(of_store)?;
        own(&list, &rows).map_err(of_store)?;
        let present = Present {
            organization,
            known,
            aliases,
            lines,
        };
        list.add(&classify(rows, &present)).map_err(of_store)
    })
    .await
}

/// For each row the line that has its address already.
fn claimed(list: &WaitingList, rows: &[ListRow]) -> Result<Vec<Option<u64>>, StoreError> {
    let keys: Vec<(String, u64)> = rows
        .iter()
        .filter_map(|row| Some((claims(row)?.key(), row.line)))
        .collect();
    let mut lines = list.claim(&keys)?.into_iter();
    Ok(rows
        .iter()
        .map(|row| claims(row).and_then(|_| lines.next().flatten()))
        .collect())
}

/// Notes the further addresses of the rows.
fn own(list: &WaitingList, rows: &[ListRow]) -> Result<(), StoreError> {
    let owners: Vec<(SmtpAddress, Vec<String>)> = rows
        .iter()
        .filter_map(|row| {
            let address = claims(row)?;
            let further = row.proxy_addresses.iter().filter(|alias| *alias != address);
            Some((address.clone(), further.map(SmtpAddress::key).collect()))
        })
        .collect();
    list.own(&owners)
}

/// Takes out who is the alias of another. Of two rows that name each other the second one stays.
fn give_way(list: &WaitingList) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let clashes = list.clashes(after, PIECE as u64)?;
        let Some(end) = clashes.last() else {
            return Ok(());
        };
        after = end.place;
        for clash in &clashes {
            if !list.gave_way(&clash.owner_key)? {
                list.give_way(clash, &alias_of(clash))?;
            }
        }
    }
}
