//! The EWS operations this server does, one file each. Each gets a request that was accepted and a
//! name it acts in, and gives the answer.

mod convert_id;
mod get_folder;
mod resolve_names;
mod time_zones;

use crate::answer::{Answer, fault};
use crate::directory::Directory;
use crate::ews_error::EwsError;
use crate::impersonation::Acting;
use crate::request::Operation;

/// Answers an operation.
pub(crate) fn answer(
    operation: &Operation,
    acting: Acting,
    account: usize,
    directory: &Directory,
) -> Answer {
    match operation {
        Operation::GetFolder {
            properties,
            folders,
        } => get_folder::answer(folders, *properties, acting, directory),
        Operation::ResolveNames {
            entry,
            contact_data,
        } => resolve_names::answer(entry, *contact_data, acting, account, directory),
        Operation::ConvertId { destination, ids } => {
            convert_id::answer(ids, destination, directory)
        }
        Operation::GetServerTimeZones { ids } => time_zones::answer(ids, directory),
        Operation::Other(_) => fault(&EwsError::fault("ErrorInvalidRequest")),
    }
}

/// Answers an operation with an error that strikes it, each folder of a `GetFolder` on its own.
pub(crate) fn failing(
    operation: &Operation,
    error: &EwsError,
    acting: Acting,
    account: usize,
    directory: &Directory,
) -> Answer {
    match operation {
        Operation::GetFolder {
            properties,
            folders,
        } if error.form == crate::Form::Message => {
            get_folder::failing(error, folders, *properties, acting, directory)
        }
        Operation::Other(_) if error.form == crate::Form::Message => {
            answer(operation, acting, account, directory)
        }
        _ => directory.envelope.error(operation.name(), error),
    }
}
