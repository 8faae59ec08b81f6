//! EWS SOAP codec: writes the requests of Exchange Web Services and reads its answers.
//!
//! Pure and synchronous: text in, text out. It opens no connection, sees no HTTP status, keeps no
//! state, and takes no verdict; what an answer means is decided by whoever asked.
//!
//! Two promises hold for every function here. A request never carries an empty identity, because
//! some servers answer that with the caller's own Inbox. And [`read`] survives any bytes: it never
//! panics and its memory is bounded, whatever a server, a proxy or a captive portal sends.

pub mod autodiscover;
pub mod create_item;
pub mod delete_item;
pub mod expand_dl;
pub mod find_item;
pub mod get_folder;
pub mod get_item;
pub mod get_room_lists;
pub mod get_rooms;
pub mod resolve_names;
pub mod server_time_zones;

mod answer;
mod details;
mod directory_address;
mod envelope;
mod fault;
mod folder_identity;
mod item;
mod message;
mod page;
mod read;
mod response_code;
mod server_version;
#[cfg(test)]
mod testing;
mod text;
mod tree;

pub use answer::{Answer, Body};
pub use create_item::Draft;
pub use details::Details;
pub use directory_address::{DirectoryAddress, MailboxType};
pub use envelope::{ConnectingSid, MAX_IDENTITY, RequestError, SchemaVersion};
pub use fault::Fault;
pub use find_item::FoundItem;
pub use folder_identity::MailboxGuid;
pub use get_folder::{DistinguishedFolder, FolderId};
pub use item::ItemId;
pub use message::{ResponseClass, ResponseMessage};
pub use page::Page;
pub use read::{MAX_ATTRIBUTES, MAX_BODY, MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT, ReadError, read};
pub use response_code::ResponseCode;
pub use server_version::ServerVersion;
