//! One response message: the answer to one of the things a request asked for.
//!
//! It reports class, code and text as the server gave them; it will never turn one into another,
//! with the single exception of a code that is missing.

use crate::details::{Details, address_in};
use crate::directory_address::DirectoryAddress;
use crate::find_item::{self, FoundItem};
use crate::get_folder::{self, FolderId};
use crate::item::{self, ItemId};
use crate::page::Page;
use crate::response_code::ResponseCode;
use crate::tree::Element;
use crate::{expand_dl, get_room_lists, get_rooms, resolve_names};

/// An element of `m:ResponseMessages`.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsemessages>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseMessage {
    /// `@ResponseClass`.
    pub class: ResponseClass,
    /// `ResponseCode`. A message without one has `ErrorInternalServerError`, as Microsoft's client
    /// takes it.
    pub code: ResponseCode,
    /// `MessageText`, in the server's language. Where the code is missing too: all the text there is.
    pub text: Option<String>,
    /// `MessageXml`.
    pub details: Details,
    /// `GetFolder`: the identity of the folder; empty for other operations and for errors.
    pub folder_ids: Vec<FolderId>,
    /// `ResolveNames`: the hits; empty for other operations.
    pub resolutions: Vec<DirectoryAddress>,
    /// `GetRoomLists`: the lists; empty when none are defined, and for other operations.
    pub room_lists: Vec<DirectoryAddress>,
    /// `GetRooms`: the rooms; empty for other operations.
    pub rooms: Vec<DirectoryAddress>,
    /// `ExpandDL`: the members; empty for other operations.
    pub members: Vec<DirectoryAddress>,
    /// `ExpandDL`, `ResolveNames`: how much of the list this is; `None` for other operations.
    pub page: Option<Page>,
    /// `CreateItem`, `GetItem`: the identity of the item; empty for other operations and for errors.
    pub item_ids: Vec<ItemId>,
    /// `FindItem`: the items; empty for other operations and for errors.
    pub found_items: Vec<FoundItem>,
}

/// `@ResponseClass`. Absent or misspelled counts as [`ResponseClass::Error`]: success must be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseClass {
    /// It was done.
    Success,
    /// It was done, with a reservation.
    Warning,
    /// It was not done.
    Error,
}

impl ResponseMessage {
    /// Class `Success` and code `NoError` both: one without the other is no success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.class == ResponseClass::Success && self.code == ResponseCode::NoError
    }

    /// The code that decides: the inner one where the outer is `ErrorInternalServerError`.
    #[must_use]
    pub fn deciding_code(&self) -> ResponseCode {
        self.details.deciding(&self.code)
    }

    /// The primary address of an `ErrorNonPrimarySmtpAddress`, from the details or else the text;
    /// `None` for every other code.
    #[must_use]
    pub fn primary_address(&self) -> Option<&str> {
        if self.deciding_code() != ResponseCode::ErrorNonPrimarySmtpAddress {
            return None;
        }
        self.details
            .primary_address()
            .or_else(|| self.text.as_deref().and_then(address_in))
    }

    pub(crate) fn from_element(message: &Element) -> Self {
        let code = message.child_text("ResponseCode");
        let text = message.child_text("MessageText");
        Self {
            class: match message.attribute("ResponseClass").map(str::trim) {
                Some("Success") => ResponseClass::Success,
                Some("Warning") => ResponseClass::Warning,
                _ => ResponseClass::Error,
            },
            text: text.or_else(|| {
                if code.is_none() {
                    message.whole_text()
                } else {
                    None
                }
            }),
            code: code
                .as_deref()
                .map_or(ResponseCode::ErrorInternalServerError, ResponseCode::from),
            details: message
                .child("MessageXml")
                .map_or_else(Details::default, Details::from_message_xml),
            folder_ids: get_folder::folder_ids(message),
            resolutions: resolve_names::resolutions(message),
            room_lists: get_room_lists::room_lists(message),
            rooms: get_rooms::rooms(message),
            members: expand_dl::members(message),
            page: Page::of_message(message),
            item_ids: item::item_ids(message),
            found_items: find_item::found_items(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree;

    #[test]
    fn success_takes_both_the_class_and_the_code() {
        let cases = [
            (
                r#"<M ResponseClass="Success"><ResponseCode>NoError</ResponseCode></M>"#,
                true,
            ),
            (
                r#"<M ResponseClass="Success"><ResponseCode>ErrorAccessDenied</ResponseCode></M>"#,
                false,
            ),
            (
                r#"<M ResponseClass="Error"><ResponseCode>NoError</ResponseCode></M>"#,
                false,
            ),
            (
                r#"<M ResponseClass="Warning"><ResponseCode>NoError</ResponseCode></M>"#,
                false,
            ),
            (
                r#"<M ResponseClass="success"><ResponseCode>NoError</ResponseCode></M>"#,
                false,
            ),
            (r"<M><ResponseCode>NoError</ResponseCode></M>", false),
            (r#"<M ResponseClass="Success"/>"#, false),
        ];
        for (xml, success) in cases {
            assert_eq!(message(xml).is_success(), success, "{xml}");
        }
    }

    #[test]
    fn a_missing_code_is_an_internal_error_and_the_text_is_kept() {
        let message = message(r#"<M ResponseClass="Error"><Odd>Mailbox <b>is</b> odd.</Odd></M>"#);
        assert_eq!(message.code, ResponseCode::ErrorInternalServerError);
        assert_eq!(message.text.as_deref(), Some("Mailbox  odd. is"));
    }

    // Shape: an item error of Exchange 2013 and later, MessageXml with t:Value children.
    #[test]
    fn the_inner_code_decides_for_an_internal_error_only() {
        let inner = r#"<MessageXml><t:Value Name="InnerErrorMessageText">The server cannot service this request right now.</t:Value>
            <t:Value Name="InnerErrorResponseCode">ErrorServerBusy</t:Value></MessageXml>"#;
        let busy = message(&format!(
            "<M><ResponseCode>ErrorInternalServerError</ResponseCode>{inner}</M>"
        ));
        assert_eq!(busy.deciding_code(), ResponseCode::ErrorServerBusy);
        assert_eq!(
            busy.code,
            ResponseCode::ErrorInternalServerError,
            "the outer code stays readable"
        );
        let denied = message(&format!(
            "<M><ResponseCode>ErrorAccessDenied</ResponseCode>{inner}</M>"
        ));
        assert_eq!(denied.deciding_code(), ResponseCode::ErrorAccessDenied);
        let untold = message(
            "<M><ResponseCode>ErrorInternalServerError</ResponseCode><MessageXml>\
             <InnerErrorResponseCode>NoError</InnerErrorResponseCode></MessageXml></M>",
        );
        assert_eq!(
            untold.deciding_code(),
            ResponseCode::ErrorInternalServerError,
            "an error never turns into a success"
        );
    }

    #[test]
    fn the_primary_address_is_offered_for_its_own_code_only() {
        let xml = |code| {
            format!(
                "<M><MessageText>Use first@contoso.com.</MessageText><ResponseCode>{code}</ResponseCode></M>"
            )
        };
        assert_eq!(
            message(&xml("ErrorNonPrimarySmtpAddress")).primary_address(),
            Some("first@contoso.com")
        );
        assert_eq!(
            message(&xml("ErrorNonExistentMailbox")).primary_address(),
            None
        );
    }

    fn message(xml: &str) -> ResponseMessage {
        ResponseMessage::from_element(&tree::parse(xml).expect("a readable sample"))
    }
}
