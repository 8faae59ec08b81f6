//! Reading `ResolveNames`, `ExpandDL` and `GetRooms`.

use super::{Operation, incomplete, is_true, message_child, required, unexpected};
use crate::xml::{Element, Namespace, Violation};

pub(super) fn resolve_names(element: &Element) -> Result<Operation, Violation> {
    Ok(Operation::ResolveNames {
        entry: unresolved_entry(element)?,
        contact_data: is_true(required(element, "ReturnFullContactData")?),
    })
}

pub(super) fn expand(element: &Element) -> Result<Operation, Violation> {
    let mailbox = message_child(element, "Mailbox")?;
    Ok(Operation::ExpandDl {
        address: address(mailbox)?,
    })
}

pub(super) fn rooms(element: &Element) -> Result<Operation, Violation> {
    let list = message_child(element, "RoomList")?;
    Ok(Operation::GetRooms {
        list: address(list)?,
    })
}

/// One entry a request, and not an empty one.
fn unresolved_entry(element: &Element) -> Result<String, Violation> {
    let mut entries = element
        .children
        .iter()
        .filter(|child| child.is(Namespace::Messages, "UnresolvedEntry"));
    match (entries.next(), entries.next()) {
        (Some(entry), None) if !entry.text.is_empty() => Ok(entry.text.clone()),
        (Some(_), Some(second)) => Err(unexpected(second, "nothing")),
        _ => Err(incomplete(element)),
    }
}

/// `t:EmailAddress`, which the schema lets be absent.
fn address(element: &Element) -> Result<String, Violation> {
    let allowed = [
        "Name",
        "EmailAddress",
        "RoutingType",
        "MailboxType",
        "ItemId",
    ];
    let strange = |child: &&Element| {
        child.namespace != Namespace::Types || !allowed.contains(&child.name.as_str())
    };
    if let Some(stranger) = element.children.iter().find(strange) {
        return Err(unexpected(stranger, "EmailAddress"));
    }
    let address = element.child(Namespace::Types, "EmailAddress");
    Ok(address.map_or_else(String::new, |address| address.text.trim().to_owned()))
}
