//! What happens to each row of a list: added, or left out and why.

use std::collections::{HashMap, HashSet};

use contract::{ImportGroup, ImportPreviewRow, MailboxLocation, OrganizationId};
use store::users::{Known, KnownAlias, NewUser};

use super::Row;
use crate::users::list::ListRow;
use crate::users::{alias_text, not_an_address_text, taken_text};

/// Label of mailboxes that live in Exchange Online.
const REMOTE_TAG: &str = "Exchange Online";
const REMOTE: &str = "Lives in Exchange Online: a check on-premises will not find it.";
const SYSTEM: &str = "System mailbox, left out.";

/// What is stored already.
pub(super) struct Present {
    pub(super) organization: OrganizationId,
    pub(super) known: Vec<Known>,
    pub(super) aliases: Vec<KnownAlias>,
}

/// Classifies the rows of a list, in their order. The first of several rows with one address counts.
pub(super) fn classify(rows: Vec<ListRow>, present: &Present) -> Vec<Row> {
    let places = places(present);
    let stored_aliases: HashMap<&str, &str> = present
        .aliases
        .iter()
        .map(|alias| (alias.alias_key.as_str(), alias.address.as_str()))
        .collect();
    let owners = owners(&rows);
    let mut first_lines: HashMap<String, u64> = HashMap::new();
    let mut demoted: HashSet<String> = HashSet::new();
    rows.into_iter()
        .map(|row| {
            let address = match &row.address {
                Ok(address) => address.clone(),
                Err(bad) => {
                    let (text, why) = (bad.text.clone(), not_an_address_text(&bad.text));
                    return left_out(&row, text, ImportGroup::Bad, why);
                }
            };
            let (text, key) = (address.to_string(), address.key());
            if row.is_system {
                return left_out(&row, text, ImportGroup::System, SYSTEM.to_owned());
            }
            if let Some(line) = first_lines.get(&key) {
                let why = format!("{address} is already in line {line}.");
                return left_out(&row, text, ImportGroup::Duplicate, why);
            }
            first_lines.insert(key.clone(), row.line);
            if let Some(&(group, name)) = places.get(key.as_str()) {
                return left_out(&row, text, group, taken_text(address.as_str(), name));
            }
            if let Some(primary) = stored_aliases.get(key.as_str()) {
                return left_out(
                    &row,
                    text,
                    ImportGroup::Alias,
                    alias_text(address.as_str(), primary),
                );
            }
            // Two rows that name each other: the second one stays.
            if let Some(owner) = owners
                .get(&key)
                .filter(|owner| owner.key != key && !demoted.contains(&owner.key))
            {
                demoted.insert(key);
                return left_out(
                    &row,
                    text,
                    ImportGroup::Alias,
                    alias_text(address.as_str(), &owner.address),
                );
            }
            added(row, address)
        })
        .collect()
}

/// Who has an address among its further ones.
struct Owner {
    key: String,
    address: String,
}

fn owners(rows: &[ListRow]) -> HashMap<String, Owner> {
    let mut owners = HashMap::new();
    for row in rows.iter().filter(|row| !row.is_system) {
        let Ok(address) = &row.address else { continue };
        for alias in row.proxy_addresses.iter().filter(|alias| *alias != address) {
            owners.entry(alias.key()).or_insert_with(|| Owner {
                key: address.key(),
                address: address.to_string(),
            });
        }
    }
    owners
}

/// Where an address is: here before elsewhere.
fn places(present: &Present) -> HashMap<&str, (ImportGroup, &str)> {
    let mut places = HashMap::new();
    for known in &present.known {
        let here = known.organization == present.organization;
        let group = if here {
            ImportGroup::AlreadyHere
        } else {
            ImportGroup::Elsewhere
        };
        let place = (group, known.organization_name.as_str());
        if here {
            places.insert(known.address_key.as_str(), place);
        } else {
            places.entry(known.address_key.as_str()).or_insert(place);
        }
    }
    places
}

fn added(row: ListRow, address: contract::SmtpAddress) -> Row {
    let remote = row.recipient_type.as_deref().is_some_and(is_remote);
    let mut tags = row.tags.clone().unwrap_or_default();
    if remote {
        tags = if tags.is_empty() {
            REMOTE_TAG.to_owned()
        } else {
            format!("{tags}, {REMOTE_TAG}")
        };
    }
    let group = if remote {
        ImportGroup::Remote
    } else {
        ImportGroup::New
    };
    // A text that is no GUID costs the row nothing but the tie to its address.
    let bad_guid = row
        .exchange_guid
        .as_ref()
        .and_then(|guid| Some(format!("{}.", guid.as_ref().err()?)));
    let reason = remote.then(|| REMOTE.to_owned()).or(bad_guid);
    let shown = shown(&row, address.to_string(), group, reason);
    let user = NewUser {
        name: row.display_name.unwrap_or_default(),
        upn: row.upn,
        sid: row.sid,
        exchange_guid: row.exchange_guid.and_then(Result::ok).map(|guid| guid.0),
        kind: row.recipient_type,
        aliases: row
            .proxy_addresses
            .iter()
            .filter(|alias| **alias != address)
            .map(ToString::to_string)
            .collect(),
        tags,
        location: if remote {
            MailboxLocation::ExchangeOnline
        } else {
            MailboxLocation::Unknown
        },
        ..NewUser::new(address)
    };
    Row {
        shown,
        user: Some(user),
    }
}

/// `RemoteUserMailbox`, `RemoteRoomMailbox`, `RemoteSharedMailbox`, …:
/// <https://learn.microsoft.com/powershell/module/exchange/get-recipient>.
fn is_remote(recipient_type: &str) -> bool {
    recipient_type
        .trim()
        .get(..6)
        .is_some_and(|head| head.eq_ignore_ascii_case("remote"))
}

fn left_out(row: &ListRow, address: String, group: ImportGroup, why: String) -> Row {
    Row {
        shown: shown(row, address, group, Some(why)),
        user: None,
    }
}

fn shown(
    row: &ListRow,
    address: String,
    group: ImportGroup,
    reason: Option<String>,
) -> ImportPreviewRow {
    ImportPreviewRow {
        line: row.line,
        address,
        name: row.display_name.clone().unwrap_or_default(),
        kind: row.recipient_type.clone(),
        group,
        reason,
    }
}
