//! `GetRoomLists`: the room lists an organization has defined.
//!
//! It asks for addresses and nothing else; it will never look into a room's calendar.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getroomlists-operation>

use crate::directory_address::DirectoryAddress;
use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::tree::Element;

/// A request for all room lists; the answer has one response message with
/// [`room_lists`](crate::ResponseMessage::room_lists).
///
/// A success without any means that none are defined: some servers then leave `m:RoomLists` out
/// (<https://github.com/otris/ews-cpp/issues/138>).
///
/// # Errors
/// The identity must not be sent.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
) -> Result<String, RequestError> {
    envelope::wrap("<m:GetRoomLists/>", version, impersonate)
}

/// `RoomLists/Address` of one response message.
pub(crate) fn room_lists(message: &Element) -> Vec<DirectoryAddress> {
    let lists = message
        .children_named("RoomLists")
        .flat_map(|lists| lists.children_named("Address"));
    lists.filter_map(DirectoryAddress::from_element).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::message;
    use crate::{MailboxType, ResponseCode};

    #[test]
    fn a_request_has_no_parameters() {
        let user = ConnectingSid::smtp_address("room.reader@contoso.com").unwrap();
        let request = request(SchemaVersion::Exchange2013Sp1, Some(&user)).unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2013_SP1"/>
        <t:ExchangeImpersonation>
        <t:ConnectingSID>
        <t:SmtpAddress>room.reader@contoso.com</t:SmtpAddress>
        </t:ConnectingSID>
        </t:ExchangeImpersonation>
        </soap:Header>
        <soap:Body>
        <m:GetRoomLists/>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    // Shape: Microsoft Learn, GetRoomLists operation, "Successful response".
    #[test]
    fn every_list_is_read() {
        let message = message(
            r#"<m:GetRoomListsResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:RoomLists>
               <t:Address><t:Name>Room List</t:Name><t:EmailAddress>RoomList@contoso.com</t:EmailAddress>
               <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>PublicDL</t:MailboxType></t:Address>
               <t:Address><t:EmailAddress>b2@contoso.com</t:EmailAddress></t:Address></m:RoomLists></m:GetRoomListsResponse>"#,
        );
        assert!(message.is_success());
        let first = DirectoryAddress {
            name: Some("Room List".into()),
            email_address: Some("RoomList@contoso.com".into()),
            routing_type: Some("SMTP".into()),
            mailbox_type: Some(MailboxType::PublicDl),
        };
        let second = DirectoryAddress {
            email_address: Some("b2@contoso.com".into()),
            ..DirectoryAddress::default()
        };
        assert_eq!(message.room_lists, [first, second]);
    }

    // Shape: otris/ews-cpp#138: success without RoomLists; and the empty element of other servers.
    #[test]
    fn no_lists_are_a_success_with_or_without_their_element() {
        for lists in ["", "<m:RoomLists/>"] {
            let message = message(&format!(
                r#"<m:GetRoomListsResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{lists}</m:GetRoomListsResponse>"#
            ));
            assert!(message.is_success(), "{lists}");
            assert_eq!(message.room_lists, [], "{lists}");
        }
    }

    // Shape: Microsoft Learn, ResponseCode: the caller has no mailbox.
    #[test]
    fn no_mailbox_is_another_answer_than_no_lists() {
        let message = message(
            r#"<m:GetRoomListsResponse ResponseClass="Error"><m:MessageText>No mailbox.</m:MessageText>
               <m:ResponseCode>ErrorNameResolutionNoMailbox</m:ResponseCode></m:GetRoomListsResponse>"#,
        );
        assert!(!message.is_success());
        assert_eq!(message.code, ResponseCode::ErrorNameResolutionNoMailbox);
    }
}
