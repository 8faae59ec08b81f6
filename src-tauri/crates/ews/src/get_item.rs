//! `GetItem` with the shape `IdOnly`: whether an item is still there.
//!
//! It asks for the identity and nothing else; it will never ask for what the item holds.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getitem-operation>

use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::item::ItemId;

/// A request for the identity of `item`; the answer has one response message with
/// [`item_ids`](crate::ResponseMessage::item_ids), or the code `ErrorItemNotFound`.
///
/// # Errors
/// The identity of the item or of the user must not be sent.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    item: &ItemId,
) -> Result<String, RequestError> {
    let item = item.element()?;
    let operation = format!(
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
         <m:ItemIds>{item}</m:ItemIds></m:GetItem>"
    );
    envelope::wrap(&operation, version, impersonate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResponseCode;
    use crate::testing::wrapped;

    #[test]
    fn a_request_asks_for_the_identity_only() {
        let request = request(SchemaVersion::Exchange2013Sp1, None, &item("AA\"Al")).unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2013_SP1"/>
        </soap:Header>
        <soap:Body>
        <m:GetItem>
        <m:ItemShape>
        <t:BaseShape>IdOnly</t:BaseShape>
        </m:ItemShape>
        <m:ItemIds>
        <t:ItemId Id="AA&quot;Al"/>
        </m:ItemIds>
        </m:GetItem>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn an_empty_identity_is_no_request() {
        assert_eq!(
            request(SchemaVersion::default(), None, &item("")),
            Err(RequestError::Empty)
        );
    }

    // Shape: Microsoft Learn, GetItem operation (email message); ResponseCode, ErrorItemNotFound.
    #[test]
    fn there_and_gone_are_told_apart() {
        let there = wrapped(
            "GetItem",
            r#"<m:GetItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:Items><t:Message><t:ItemId Id="AAAl" ChangeKey="CQAA"/></t:Message></m:Items></m:GetItemResponseMessage>"#,
        );
        assert_eq!(there.item_ids[0].id, "AAAl");
        let gone = wrapped(
            "GetItem",
            r#"<m:GetItemResponseMessage ResponseClass="Error"><m:MessageText>The specified object was not found in the store.</m:MessageText>
               <m:ResponseCode>ErrorItemNotFound</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey><m:Items/></m:GetItemResponseMessage>"#,
        );
        assert_eq!(gone.code, ResponseCode::ErrorItemNotFound);
        assert_eq!(gone.item_ids, []);
    }

    fn item(id: &str) -> ItemId {
        ItemId {
            id: id.into(),
            change_key: Some("CQAA".into()),
        }
    }
}
