//! `CreateItem`, `GetItem`, `FindItem` and `DeleteItem` for drafts: saved, never sent.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/createitem-operation>
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/deleteitem-operation>

use super::Scene;
use super::opening::{named_mailbox, own_mailbox, sound};
use crate::answer::{Answer, message};
use crate::counters::Tally;
use crate::directory::MailboxIndex;
use crate::ews_error::EwsError;
use crate::folder_id::{self, Folder};
use crate::items::{DeleteType, Item};
use crate::options::MailboxState;
use crate::request::{FolderRef, NewItem};
use crate::xml::escape;

/// Saves each item in the folder, or among the drafts.
pub(super) fn create(
    disposition: Option<&str>,
    folder: Option<&FolderRef>,
    items: &[NewItem],
    scene: &Scene<'_>,
) -> Answer {
    let make = |item: &NewItem| {
        if !matches!(item.element.as_str(), "Message" | "Item") {
            return Err(EwsError::new("ErrorInvalidItemForOperationCreateItem"));
        }
        match disposition {
            Some("SaveOnly") => {}
            None => return Err(EwsError::new("ErrorMessageDispositionRequired")),
            // This server sends no mail.
            Some(_) => return Err(EwsError::new("ErrorAccessDenied")),
        }
        let (mailbox, folder) = place(folder, scene)?;
        let mailbox = scene.directory.mailbox(mailbox);
        if mailbox.state == MailboxState::OverQuota {
            return Err(EwsError::new("ErrorQuotaExceeded"));
        }
        Tally::one(&scene.tally.items_created);
        let made = (scene.items).create(&mailbox.primary, folder, &item.element, &item.subject);
        Ok(element(&made, false))
    };
    let messages = items
        .iter()
        .map(|item| with_items("CreateItem", make(item)));
    let messages: String = messages.collect();
    scene.directory.envelope.messages("CreateItem", &messages)
}

/// Each item of these ids in the mailbox of whoever asks.
pub(super) fn get(ids: &[String], properties: bool, scene: &Scene<'_>) -> Answer {
    let find = |id: &String| {
        let mailbox = holder(id, scene)?;
        let found = scene.items.find(&mailbox, id);
        let found = found.ok_or_else(|| EwsError::new("ErrorItemNotFound"))?;
        Ok(element(&found, properties))
    };
    let messages: String = ids
        .iter()
        .map(|id| with_items("GetItem", find(id)))
        .collect();
    scene.directory.envelope.messages("GetItem", &messages)
}

/// The items with this subject, or all, a message for each folder.
pub(super) fn find(
    folders: &[FolderRef],
    subject: Option<&str>,
    properties: bool,
    scene: &Scene<'_>,
) -> Answer {
    let found = |folder: &FolderRef| {
        let (mailbox, folder) = place(Some(folder), scene)?;
        let mailbox = scene.directory.mailbox(mailbox);
        let items = scene.items.within(&mailbox.primary, folder);
        let wanted = |item: &Item| subject.is_none_or(|subject| item.subject == subject);
        let items: Vec<String> = items
            .iter()
            .filter(|item| wanted(item))
            .map(|item| element(item, properties))
            .collect();
        Ok::<_, EwsError>(items)
    };
    let answer = |folder: &FolderRef| match found(folder) {
        Ok(items) => format!(
            "<m:FindItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
             </m:ResponseCode><m:RootFolder IndexedPagingOffset=\"{0}\" TotalItemsInView=\"{0}\" \
             IncludesLastItemInRange=\"true\"><t:Items>{1}</t:Items></m:RootFolder>\
             </m:FindItemResponseMessage>",
            items.len(),
            items.concat()
        ),
        Err(error) => message("FindItem", &error),
    };
    let messages: String = folders.iter().map(answer).collect();
    scene.directory.envelope.messages("FindItem", &messages)
}

/// Deletes each item of these ids.
pub(super) fn delete(ids: &[String], how: DeleteType, scene: &Scene<'_>) -> Answer {
    let remove = |id: &String| {
        if !scene.items.delete(&holder(id, scene)?, id, how) {
            return Err(EwsError::new("ErrorItemNotFound"));
        }
        if how == DeleteType::HardDelete {
            Tally::one(&scene.tally.items_deleted);
        }
        Ok(())
    };
    let answer = |id: &String| match remove(id) {
        Ok(()) => "<m:DeleteItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
                   </m:ResponseCode></m:DeleteItemResponseMessage>"
            .to_owned(),
        Err(error) => message("DeleteItem", &error),
    };
    let messages: String = ids.iter().map(answer).collect();
    scene.directory.envelope.messages("DeleteItem", &messages)
}

/// Mailbox and distinguished name of the folder that new items go to.
fn place(
    folder: Option<&FolderRef>,
    scene: &Scene<'_>,
) -> Result<(MailboxIndex, &'static str), EwsError> {
    let (acting, directory) = (scene.acting, scene.directory);
    let (mailbox, folder) = match folder {
        None => (own_mailbox(acting, directory)?, Folder::named("drafts")),
        Some(FolderRef::Distinguished { id, mailbox: None }) => {
            (own_mailbox(acting, directory)?, Folder::named(id))
        }
        Some(FolderRef::Distinguished {
            id,
            mailbox: Some(address),
        }) => (
            named_mailbox(address, acting, directory)?,
            Folder::named(id),
        ),
        Some(FolderRef::Id(id)) => {
            let mailbox = own_mailbox(acting, directory)?;
            let read = folder_id::read(id);
            let own = read.filter(|(guid, _)| guid == directory.guid(mailbox));
            (mailbox, own.map(|(_, folder)| folder))
        }
    };
    let folder = folder.ok_or_else(|| EwsError::new("ErrorFolderNotFound"))?;
    sound(mailbox, Some(folder.id), directory)?;
    Ok((mailbox, folder.id))
}

/// Primary address of the mailbox that an item is looked for in, if it opens: that of whoever asks,
/// or one with Full Access.
fn holder(id: &str, scene: &Scene<'_>) -> Result<String, EwsError> {
    let directory = scene.directory;
    let elsewhere = scene.items.mailbox_of(id);
    let open = elsewhere.filter(|primary| directory.is_open_to_all(primary));
    let mailbox = match open.and_then(|primary| directory.by_primary(&primary)) {
        Some(mailbox) => mailbox,
        None => own_mailbox(scene.acting, directory)?,
    };
    sound(mailbox, None, directory)?;
    Ok(directory.mailbox(mailbox).primary.clone())
}

fn with_items(operation: &str, item: Result<String, EwsError>) -> String {
    match item {
        Ok(item) => format!(
            "<m:{operation}ResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
             </m:ResponseCode><m:Items>{item}</m:Items></m:{operation}ResponseMessage>"
        ),
        Err(error) => message(operation, &error),
    }
}

fn element(item: &Item, properties: bool) -> String {
    let (name, id) = (&item.element, escape(&item.id));
    let subject = if properties {
        format!("<t:Subject>{}</t:Subject>", escape(&item.subject))
    } else {
        String::new()
    };
    format!(
        "<t:{name}><t:ItemId Id=\"{id}\" ChangeKey=\"{}\"/>{subject}</t:{name}>",
        escape(&item.change_key)
    )
}
