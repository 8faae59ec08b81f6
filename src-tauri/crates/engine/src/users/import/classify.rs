//! What happens to each row of a list: added, or left out and why.

use std::collections::HashMap;

use contract::{ImportGroup, ImportPreviewRow, MailboxLocation, OrganizationId, SmtpAddress};
use store::users::{Clash, Known, KnownAlias, NewUser, WaitingRow};

use crate::users::list::ListRow;
use crate::users::{alias_text, not_an_address_text, taken_text};

/// Label of mailboxes that live in Exchange Online.
const REMOTE_TAG: &str = "Exchange Online";
const REMOTE: &str = "Lives in Exchange Online: a check on-premises will not find it.";
const SYSTEM: &str = "System mailbox, left out.";

/// What is known of the addresses of some rows.
pub(super) struct Present {
    pub(super) organization: OrganizationId,
    /// Stored users.
    pub(super) known: Vec<Known>,
    /// Further addresses of stored users.
    pub(super) aliases: Vec<KnownAlias>,
    /// For each row the line that has its address already. The first one counts.
    pub(super) lines: Vec<Option<u64>>,
}

/// The address of a row that takes it: system mailboxes do not.
pub(super) fn claims(row: &ListRow) -> Option<&SmtpAddress> {
    row.address.as_ref().ok().filter(|_| !row.is_system)
}

/// Classifies rows of a list, in their order, as far as the rest of the list does not matter.
pub(super) fn classify(rows: Vec<ListRow>, present: &Present) -> Vec<WaitingRow> {
    let places = places(present);
    let stored_aliases: HashMap<&str, &str> = present
        .aliases
        .iter()
        .map(|alias| (alias.alias_key.as_str(), alias.address.as_str()))
        .collect();
    rows.into_iter()
        .zip(&present.lines)
        .map(|(row, line)| {
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
            if let Some(line) = line {
                let why = format!("{address} is already in line {line}.");
                return left_out(&row, text, ImportGroup::Duplicate, why);
            }
            if let Some(&(group, name)) = places.get(key.as_str()) {
                return left_out(&row, text, group, taken_text(address.as_str(), name));
            }
            if let Some(primary) = stored_aliases.get(key.as_str()) {
                let why = alias_text(address.as_str(), primary);
                return left_out(&row, text, ImportGroup::Alias, why);
            }
            added(row, address)
        })
        .collect()
}

/// Why a row gives way to the row that has its address among its further ones.
pub(super) fn alias_of(clash: &Clash) -> String {
    alias_text(&clash.address, &clash.owner)
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

fn added(row: ListRow, address: SmtpAddress) -> WaitingRow {
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
    WaitingRow {
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

fn left_out(row: &ListRow, address: String, group: ImportGroup, why: String) -> WaitingRow {
    WaitingRow {
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
