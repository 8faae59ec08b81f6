//! `GetRoomLists` and `GetRooms`. Their responses are their own response messages.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getroomlists-operation>
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getrooms-operation>

use super::recipients::Recipient;
use crate::answer::Answer;
use crate::directory::Directory;
use crate::ews_error::EwsError;
use crate::impersonation::Acting;

const DONE: &str = "<m:ResponseCode>NoError</m:ResponseCode>";

/// The addresses of all room lists.
pub(super) fn lists(acting: Acting, directory: &Directory) -> Answer {
    let operation = "GetRoomLists";
    if let Some(refusal) = refusal(acting, directory) {
        return directory.envelope.error(operation, refusal);
    }
    let lists: String = directory
        .options
        .groups
        .iter()
        .filter(|group| group.is_room_list)
        .map(Recipient::Group)
        .filter(|list| list.is_listed(directory))
        .map(|list| list.element("Address", directory))
        .collect();
    let content = if lists.is_empty() && directory.options.omits_empty_room_lists {
        DONE.to_owned()
    } else {
        format!("{DONE}<m:RoomLists>{lists}</m:RoomLists>")
    };
    directory.envelope.plain(operation, "Success", &content)
}

/// The rooms of a list.
pub(super) fn of(list: &str, acting: Acting, directory: &Directory) -> Answer {
    let operation = "GetRooms";
    if let Some(refusal) = refusal(acting, directory) {
        return directory.envelope.error(operation, refusal);
    }
    let Some(list) = directory.group(list).filter(|group| group.is_room_list) else {
        let unknown = EwsError::new("ErrorNameResolutionNoResults");
        return directory.envelope.error(operation, &unknown);
    };
    let rooms: Vec<String> = list
        .members
        .iter()
        .map(|member| Recipient::of(member, directory))
        .filter(|room| room.is_listed(directory))
        .map(|room| room.element("Id", directory))
        .collect();
    let rooms = match rooms.as_slice() {
        [] => String::new(),
        rooms => format!("<t:Room>{}</t:Room>", rooms.join("</t:Room><t:Room>")),
    };
    let content = format!("{DONE}<m:Rooms>{rooms}</m:Rooms>");
    directory.envelope.plain(operation, "Success", &content)
}

/// What a caller without a mailbox is told.
fn refusal(acting: Acting, directory: &Directory) -> Option<&EwsError> {
    match acting.mailbox() {
        Some(_) => None,
        None => directory.options.rooms_refusal.as_ref(),
    }
}
