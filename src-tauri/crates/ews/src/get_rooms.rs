//! `GetRooms`: the rooms of one room list.
//!
//! It asks for addresses and nothing else; it will never look into a room's calendar.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getrooms-operation>

use crate::directory_address::DirectoryAddress;
use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::tree::Element;

/// A request for the rooms of the list with the SMTP address `room_list`; the answer has one
/// response message with [`rooms`](crate::ResponseMessage::rooms), without those that are hidden
/// from address lists. An unknown list is `ErrorNameResolutionNoResults`.
///
/// # Errors
/// The address or the identity is empty, too long, or holds a control character.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    room_list: &str,
) -> Result<String, RequestError> {
    let room_list = envelope::content(room_list)?;
    let operation = format!(
        "<m:GetRooms><m:RoomList><t:EmailAddress>{room_list}</t:EmailAddress></m:RoomList></m:GetRooms>"
    );
    envelope::wrap(&operation, version, impersonate)
}

/// `Rooms/Room/Id` of one response message.
pub(crate) fn rooms(message: &Element) -> Vec<DirectoryAddress> {
    let rooms = message
        .children_named("Rooms")
        .flat_map(|rooms| rooms.children_named("Room"));
    rooms
        .filter_map(|room| DirectoryAddress::from_element(room.child("Id")?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::message;
    use crate::{MailboxType, ResponseCode};

    #[test]
    fn a_request_names_the_list() {
        let request = request(SchemaVersion::Exchange2013Sp1, None, "bldg1&2@contoso.com").unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2013_SP1"/>
        </soap:Header>
        <soap:Body>
        <m:GetRooms>
        <m:RoomList>
        <t:EmailAddress>bldg1&amp;2@contoso.com</t:EmailAddress>
        </m:RoomList>
        </m:GetRooms>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn no_list_is_no_request() {
        assert_eq!(
            request(SchemaVersion::default(), None, ""),
            Err(RequestError::Empty)
        );
    }

    // Shape: Microsoft Learn, GetRooms operation, "Successful response".
    #[test]
    fn every_room_is_read() {
        let message = message(
            r#"<m:GetRoomsResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Rooms>
               <t:Room><t:Id><t:Name>Conf Room 3/101 (16) AV</t:Name><t:EmailAddress>cf3101@contoso.com</t:EmailAddress>
               <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Id></t:Room>
               <t:Room/><t:Room><t:Id><t:EmailAddress>cf3102@contoso.com</t:EmailAddress></t:Id></t:Room></m:Rooms></m:GetRoomsResponse>"#,
        );
        assert!(message.is_success());
        let addresses: Vec<_> = message
            .rooms
            .iter()
            .map(|room| room.smtp_address())
            .collect();
        assert_eq!(
            addresses,
            [Some("cf3101@contoso.com"), Some("cf3102@contoso.com")]
        );
        assert_eq!(message.rooms[0].mailbox_type, Some(MailboxType::Mailbox));
        assert_eq!(
            message.rooms[0].name.as_deref(),
            Some("Conf Room 3/101 (16) AV")
        );
    }

    // Shape: Microsoft Learn, GetRooms operation, error response.
    #[test]
    fn an_unknown_list_is_an_error() {
        let message = message(
            r#"<m:GetRoomsResponse ResponseClass="Error"><m:MessageText>No results were found.</m:MessageText>
               <m:ResponseCode>ErrorNameResolutionNoResults</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:GetRoomsResponse>"#,
        );
        assert_eq!(message.code, ResponseCode::ErrorNameResolutionNoResults);
        assert_eq!(message.rooms, []);
    }
}
