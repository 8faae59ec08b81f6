//! The EWS operations this server does, one file each. Each gets a request that was accepted and a
//! name it acts in, and gives the answer.

mod convert_id;
mod expand_dl;
mod get_folder;
mod items;
mod opening;
mod recipients;
mod resolve_names;
mod rooms;
mod time_zones;

use crate::answer::{Answer, fault};
use crate::counters::Tally;
use crate::directory::Directory;
use crate::ews_error::EwsError;
use crate::impersonation::Acting;
use crate::items::Items;
use crate::request::Operation;

pub(crate) use opening::sound;

/// Where an operation takes place: who acts, and what there is.
pub(crate) struct Scene<'a> {
    pub(crate) acting: Acting,
    pub(crate) account: usize,
    pub(crate) directory: &'a Directory,
    pub(crate) items: &'a Items,
    pub(crate) tally: &'a Tally,
}

/// Answers an operation.
pub(crate) fn answer(operation: &Operation, scene: &Scene<'_>) -> Answer {
    let (acting, directory) = (scene.acting, scene.directory);
    match operation {
        Operation::GetFolder {
            properties,
            folders,
        } => get_folder::answer(folders, *properties, acting, directory),
        Operation::ResolveNames {
            entry,
            contact_data,
        } => resolve_names::answer(entry, *contact_data, acting, scene.account, directory),
        Operation::ExpandDl { address } => expand_dl::answer(address, acting, directory),
        Operation::GetRoomLists => rooms::lists(acting, directory),
        Operation::GetRooms { list } => rooms::of(list, acting, directory),
        Operation::ConvertId { destination, ids } => {
            convert_id::answer(ids, destination, directory)
        }
        Operation::GetServerTimeZones { ids } => time_zones::answer(ids, directory),
        Operation::CreateItem {
            disposition,
            folder,
            items,
        } => items::create(disposition.as_deref(), folder.as_ref(), items, scene),
        Operation::GetItem { properties, ids } => items::get(ids, *properties, scene),
        Operation::FindItem {
            folders,
            subject,
            properties,
        } => items::find(folders, subject.as_deref(), *properties, scene),
        Operation::DeleteItem { how, ids } => items::delete(ids, *how, scene),
        Operation::Other(_) => fault(&EwsError::fault("ErrorInvalidRequest")),
    }
}

/// Answers an operation with an error that strikes it, each folder of a `GetFolder` on its own.
pub(crate) fn failing(operation: &Operation, error: &EwsError, scene: &Scene<'_>) -> Answer {
    match operation {
        Operation::GetFolder {
            properties,
            folders,
        } if error.form == crate::Form::Message => {
            get_folder::failing(error, folders, *properties, scene.acting, scene.directory)
        }
        Operation::Other(_) if error.form == crate::Form::Message => answer(operation, scene),
        _ => scene.directory.envelope.error(operation.name(), error),
    }
}
