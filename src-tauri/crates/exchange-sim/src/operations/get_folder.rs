//! `GetFolder`: one response message for each folder asked for.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getfolder-operation>

use std::fmt::Write as _;

use super::opening::{named_mailbox, own_mailbox, sound};
use crate::answer::{Answer, message};
use crate::directory::{Directory, MailboxIndex};
use crate::ews_error::EwsError;
use crate::folder_id::{self, FOLDERS, Folder};
use crate::impersonation::Acting;
use crate::request::FolderRef;

/// The folders in the name that the request acts in.
pub(super) fn answer(
    folders: &[FolderRef],
    properties: bool,
    acting: Acting,
    directory: &Directory,
) -> Answer {
    batch(folders, directory, |folder| {
        open(folder, properties, acting, directory)
    })
}

/// The same with an error planned for all or one of them.
pub(super) fn failing(
    error: &EwsError,
    folders: &[FolderRef],
    properties: bool,
    acting: Acting,
    directory: &Directory,
) -> Answer {
    batch(folders, directory, |folder| {
        let meant = match (&error.only_folder, folder) {
            (None, _) => true,
            (Some(only), FolderRef::Distinguished { id, .. }) => only == id,
            (Some(_), FolderRef::Id(_)) => false,
        };
        if meant {
            Err(error.clone())
        } else {
            open(folder, properties, acting, directory)
        }
    })
}

fn batch(
    folders: &[FolderRef],
    directory: &Directory,
    open: impl Fn(&FolderRef) -> Result<String, EwsError>,
) -> Answer {
    let mut messages = String::new();
    let mut stopped = false;
    for folder in folders {
        let result = if stopped {
            Err(EwsError::new("ErrorBatchProcessingStopped"))
        } else {
            open(folder)
        };
        match result {
            Ok(opened) => {
                let _ = write!(
                    messages,
                    "<m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
                     </m:ResponseCode><m:Folders>{opened}</m:Folders></m:GetFolderResponseMessage>"
                );
            }
            Err(error) => {
                stopped |= error.stops_batch;
                messages.push_str(&message("GetFolder", &error));
            }
        }
    }
    directory.envelope.messages("GetFolder", &messages)
}

fn open(
    folder: &FolderRef,
    properties: bool,
    acting: Acting,
    directory: &Directory,
) -> Result<String, EwsError> {
    match folder {
        FolderRef::Distinguished { id, mailbox } => {
            let mailbox = match mailbox {
                Some(address) => named_mailbox(address, acting, directory)?,
                None => own_mailbox(acting, directory)?,
            };
            sound(mailbox, Some(id), directory)?;
            let folder = Folder::named(id).ok_or_else(|| EwsError::new("ErrorFolderNotFound"))?;
            Ok(element(folder, mailbox, properties, directory))
        }
        FolderRef::Id(id) => {
            let mailbox = own_mailbox(acting, directory)?;
            sound(mailbox, None, directory)?;
            let (guid, folder) =
                folder_id::read(id).ok_or_else(|| EwsError::new("ErrorInvalidIdMalformed"))?;
            if guid == directory.guid(mailbox) {
                Ok(element(folder, mailbox, properties, directory))
            } else {
                Err(EwsError::new("ErrorItemNotFound"))
            }
        }
    }
}

/// The folder as `t:Folder` or its kin, in the order of the schema.
fn element(
    folder: &'static Folder,
    mailbox: MailboxIndex,
    properties: bool,
    directory: &Directory,
) -> String {
    let guid = directory.guid(mailbox);
    let written = directory.options.folder_ids;
    let name = folder.element;
    let mut out = format!(
        "<t:{name}><t:FolderId Id=\"{}\" ChangeKey=\"{}\"/>",
        folder.id_in(guid, written),
        folder.change_key_in(guid)
    );
    if properties {
        let parent = Folder::named(folder.parent).expect("every parent is in the table");
        let children = FOLDERS
            .iter()
            .filter(|f| f.parent == folder.id && f.id != folder.id)
            .count();
        let _ = write!(
            out,
            "<t:ParentFolderId Id=\"{}\" ChangeKey=\"{}\"/>",
            parent.id_in(guid, written),
            parent.change_key_in(guid)
        );
        if let Some(class) = folder.class {
            let _ = write!(out, "<t:FolderClass>{class}</t:FolderClass>");
        }
        let _ = write!(
            out,
            "<t:DisplayName>{}</t:DisplayName><t:TotalCount>0</t:TotalCount>\
             <t:ChildFolderCount>{children}</t:ChildFolderCount>",
            folder.display_name
        );
        if matches!(name, "Folder" | "TasksFolder") {
            out.push_str("<t:UnreadCount>0</t:UnreadCount>");
        }
    }
    let _ = write!(out, "</t:{name}>");
    out
}
