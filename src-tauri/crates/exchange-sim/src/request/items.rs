//! Reading `CreateItem`, `GetItem`, `FindItem` and `DeleteItem`.

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

/// `ItemShape`, a page, `Restriction`, `ParentFolderIds`, as the schema orders them. Of restrictions only
/// the one on the subject is known.
pub(super) fn find(element: &Element) -> Result<Operation, Violation> {
    const ORDER: [&str; 4] = [
        "ItemShape",
        "IndexedPageItemView",
        "Restriction",
        "ParentFolderIds",
    ];
    if required(element, "Traversal")? != "Shallow" {
        return Err(invalid(element, "Traversal", "other than Shallow"));
    }
    let mut next = 0;
    for child in &element.children {
        let at = ORDER
            .iter()
            .position(|name| child.is(Namespace::Messages, name));
        match at.filter(|at| *at >= next) {
            Some(at) => next = at + 1,
            None => return Err(unexpected(child, ORDER[next.min(3)])),
        }
    }
    let shape = message_child(element, "ItemShape")?;
    let folders = message_child(element, "ParentFolderIds")?;
    if folders.children.is_empty() {
        return Err(incomplete(folders));
    }
    let restriction = element.child(Namespace::Messages, "Restriction");
    Ok(Operation::FindItem {
        folders: folders
            .children
            .iter()
            .map(folder_ref)
            .collect::<Result<_, _>>()?,
        subject: restriction.map(subject_wanted).transpose()?,
        properties: shape
            .child(Namespace::Types, "AdditionalProperties")
            .is_some(),
    })
}

/// `IsEqualTo` with `FieldURI`, then `FieldURIOrConstant` with a `Constant`.
fn subject_wanted(restriction: &Element) -> Result<String, Violation> {
    let equal = restriction
        .child(Namespace::Types, "IsEqualTo")
        .ok_or_else(|| incomplete(restriction))?;
    let [field, or_constant] = equal.children.as_slice() else {
        return Err(incomplete(equal));
    };
    if !field.is(Namespace::Types, "FieldURI")
        || required(field, "FieldURI")? != "item:Subject"
        || !or_constant.is(Namespace::Types, "FieldURIOrConstant")
    {
        return Err(incomplete(equal));
    }
    let constant = or_constant
        .child(Namespace::Types, "Constant")
        .ok_or_else(|| incomplete(or_constant))?;
    required(constant, "Value").map(str::to_owned)
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
