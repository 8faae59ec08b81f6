//! The identity of an item, which creating answers and deleting asks for.
//!
//! It carries an identity; it will never carry what the item holds.

use crate::envelope::{self, RequestError};
use crate::tree::Element;

/// `t:ItemId`.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/itemid>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemId {
    /// `@Id`, opaque, case-sensitive, never empty and never cut short.
    pub id: String,
    /// `@ChangeKey`: changes with the item, so it is no part of its identity.
    pub change_key: Option<String>,
}

impl ItemId {
    /// `t:ItemId` without its change key: whoever touched the item meanwhile, it is this one.
    pub(crate) fn element(&self) -> Result<String, RequestError> {
        let id = envelope::content(&self.id)?;
        Ok(format!(r#"<t:ItemId Id="{id}"/>"#))
    }
}

/// `Items/*/ItemId` of one response message. An identity without a value is none, and left out.
pub(crate) fn item_ids(message: &Element) -> Vec<ItemId> {
    let items = message.children_named("Items").flat_map(Element::children);
    items.flat_map(of_item).collect()
}

/// `ItemId` of one item.
pub(crate) fn of_item(item: &Element) -> impl Iterator<Item = ItemId> {
    item.children_named("ItemId").filter_map(|id| {
        Some(ItemId {
            id: id
                .attribute("Id")
                .filter(|id| !id.trim().is_empty())?
                .to_owned(),
            change_key: id.attribute("ChangeKey").map(str::to_owned),
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::wrapped;

    #[test]
    fn an_identity_without_a_value_is_none() {
        let message = wrapped(
            "CreateItem",
            r#"<m:CreateItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:Items><t:Message><t:ItemId Id=" "/><t:ItemId ChangeKey="x"/></t:Message></m:Items></m:CreateItemResponseMessage>"#,
        );
        assert!(message.is_success());
        assert_eq!(message.item_ids, [], "nothing could be deleted by it");
    }
}
