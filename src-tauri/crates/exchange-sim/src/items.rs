//! The items that clients made, until they delete them for good. Kept in memory, never sent anywhere.

use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::counters::LeftItem;

/// All items of all mailboxes.
#[derive(Debug, Default)]
pub(crate) struct Items {
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    made: u64,
    /// In the order in which they were made.
    items: Vec<Item>,
}

/// An item in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) change_key: String,
    /// Element name in *types*.
    pub(crate) element: String,
    pub(crate) mailbox: String,
    pub(crate) folder: String,
    pub(crate) subject: String,
}

/// Where a deleted item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeleteType {
    HardDelete,
    SoftDelete,
    MoveToDeletedItems,
}

impl Items {
    /// Makes an item in a folder of the mailbox with this primary address.
    pub(crate) fn create(&self, mailbox: &str, folder: &str, element: &str, subject: &str) -> Item {
        let mut kept = self.kept();
        let (id, change_key) = kept.next_id(mailbox);
        let item = Item {
            id,
            change_key,
            element: element.to_owned(),
            mailbox: mailbox.to_owned(),
            folder: folder.to_owned(),
            subject: subject.to_owned(),
        };
        kept.items.push(item.clone());
        item
    }

    /// Primary address of the mailbox that holds the item of this id.
    pub(crate) fn mailbox_of(&self, id: &str) -> Option<String> {
        let kept = self.kept();
        let found = kept.items.iter().find(|item| item.id == id);
        found.map(|item| item.mailbox.clone())
    }

    /// The item of this id in this mailbox.
    pub(crate) fn find(&self, mailbox: &str, id: &str) -> Option<Item> {
        let kept = self.kept();
        kept.items.iter().find(|item| item.is(mailbox, id)).cloned()
    }

    /// Everything in a folder of this mailbox, oldest first.
    pub(crate) fn within(&self, mailbox: &str, folder: &str) -> Vec<Item> {
        let kept = self.kept();
        let there = |item: &&Item| item.mailbox == mailbox && item.folder == folder;
        kept.items.iter().filter(there).cloned().collect()
    }

    /// Deletes it; whether it was there. Moved elsewhere, it has another id from then on.
    pub(crate) fn delete(&self, mailbox: &str, id: &str, how: DeleteType) -> bool {
        let mut kept = self.kept();
        let Some(at) = kept.items.iter().position(|item| item.is(mailbox, id)) else {
            return false;
        };
        let folder = match how {
            DeleteType::HardDelete => {
                kept.items.remove(at);
                return true;
            }
            DeleteType::SoftDelete => "recoverableitemsdeletions",
            DeleteType::MoveToDeletedItems => "deleteditems",
        };
        let (id, change_key) = kept.next_id(mailbox);
        let item = &mut kept.items[at];
        (item.id, item.change_key) = (id, change_key);
        folder.clone_into(&mut item.folder);
        true
    }

    /// What is still there, oldest first.
    pub(crate) fn left(&self) -> Vec<LeftItem> {
        let kept = self.kept();
        let left = kept.items.iter().map(|item| LeftItem {
            mailbox: item.mailbox.clone(),
            folder: item.folder.clone(),
            subject: item.subject.clone(),
        });
        left.collect()
    }

    fn kept(&self) -> MutexGuard<'_, Shelf> {
        // Every change is made by one call that does not panic half-way.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Item {
    fn is(&self, mailbox: &str, id: &str) -> bool {
        self.id == id && self.mailbox == mailbox
    }
}

impl Shelf {
    /// An id that was never given, and its change key.
    fn next_id(&mut self, mailbox: &str) -> (String, String) {
        self.made += 1;
        let number = self.made.to_be_bytes();
        let id = [&[0, 3, 46, 0][..], mailbox.as_bytes(), &number].concat();
        let change_key = [&[9, 0, 0, 0, 22, 0, 0, 0][..], &number].concat();
        (STANDARD.encode(id), STANDARD.encode(change_key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_left_until_it_is_gone_for_good() {
        let items = Items::default();
        let make = || items.create("a@b.c", "drafts", "Message", "Hello");
        let (first, second) = (make(), make());
        assert_ne!(first.id, second.id);
        assert_eq!(items.find("a@b.c", &first.id), Some(first.clone()));
        assert_eq!(items.find("x@b.c", &first.id), None, "another's mailbox");
        assert!(items.delete("a@b.c", &first.id, DeleteType::HardDelete));
        assert!(!items.delete("a@b.c", &first.id, DeleteType::HardDelete));
        assert!(items.delete("a@b.c", &second.id, DeleteType::SoftDelete));
        assert_eq!(items.find("a@b.c", &second.id), None, "it moved");
        assert_eq!(items.left().len(), 1);
        assert_eq!(items.left()[0].folder, "recoverableitemsdeletions");
    }
}
