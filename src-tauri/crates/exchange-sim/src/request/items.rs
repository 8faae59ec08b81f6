//! Reading `CreateItem`, `GetItem` and `DeleteItem`.

use super::{Operation, folder_ref, incomplete, message_child, required, unexpected};
use crate::items::DeleteType;
use crate::xml::{Element, Namespace, Violation};

/// An item to be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewItem {
    /// Element name in *types*.
    pub(crate) element: String,
    pub(crate) subject: String,
}

/// `SavedItemFolderId` where there is one, then `Items`.
pub(super) fn create(element: &Element) -> Result<Operation, Violation> {
    let folder = element
        .child(Namespace::Messages, "SavedItemFolderId")
        .map(|saved| match saved.children.as_slice() {
            [folder] => folder_ref(folder),
            _ => Err(incomplete(saved)),
        })
        .transpose()?;
    let disposition = element.attribute("MessageDisposition");
    if let Some(value) = disposition
        && !["SaveOnly", "SendOnly", "SendAndSaveCopy"].contains(&value)
    {
        return Err(invalid(element, "MessageDisposition", value));
    }
    let items = message_child(element, "Items")?;
    if items.children.is_empty() {
        return Err(incomplete(items));
    }
    Ok(Operation::CreateItem {
        disposition: disposition.map(str::to_owned),
        folder,
        items: items
            .children
            .iter()
            .map(new_item)
            .collect::<Result<_, _>>()?,
    })
}

pub(super) fn delete(element: &Element) -> Result<Operation, Violation> {
    let how = match required(element, "DeleteType")? {
        "HardDelete" => DeleteType::HardDelete,
        "SoftDelete" => DeleteType::SoftDelete,
        "MoveToDeletedItems" => DeleteType::MoveToDeletedItems,
        other => return Err(invalid(element, "DeleteType", other)),
    };
    let ids = ids(element)?;
    Ok(Operation::DeleteItem { how, ids })
}

pub(super) fn get(element: &Element) -> Result<Operation, Violation> {
    let shape = message_child(element, "ItemShape")?;
    let base = shape
        .child(Namespace::Types, "BaseShape")
        .ok_or_else(|| incomplete(shape))?;
    let additional = shape.child(Namespace::Types, "AdditionalProperties");
    Ok(Operation::GetItem {
        properties: base.text.trim() != "IdOnly" || additional.is_some(),
        ids: ids(element)?,
    })
}

fn new_item(element: &Element) -> Result<NewItem, Violation> {
    if element.namespace != Namespace::Types {
        return Err(unexpected(element, "Item, Message, CalendarItem, Contact"));
    }
    let subject = element.child(Namespace::Types, "Subject");
    Ok(NewItem {
        element: element.name.clone(),
        subject: subject.map_or_else(String::new, |subject| subject.text.clone()),
    })
}

/// `m:ItemIds`, at least one.
fn ids(element: &Element) -> Result<Vec<String>, Violation> {
    let list = message_child(element, "ItemIds")?;
    if list.children.is_empty() {
        return Err(incomplete(list));
    }
    let id = |item: &Element| {
        if item.is(Namespace::Types, "ItemId") {
            required(item, "Id").map(str::to_owned)
        } else {
            Err(unexpected(item, "ItemId"))
        }
    };
    list.children.iter().map(id).collect()
}

fn invalid(element: &Element, attribute: &str, value: &str) -> Violation {
    let text = format!("The '{attribute}' attribute is invalid: the value '{value}' is invalid.");
    Violation::new(element.offset, text)
}
