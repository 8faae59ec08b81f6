//! `DeleteItem` with `HardDelete`: takes away what [`create_item`](crate::create_item) made.
//!
//! One item, by its identity; it will never delete a folder, or anything it was not given.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/deleteitem-operation>

use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::item::ItemId;

/// A request that deletes `item` past the Deleted Items folder; the answer has one response
/// message, `NoError` or, when it is gone already, `ErrorItemNotFound`.
///
/// The change key is not sent: the item goes even if an agent of the server has touched it since.
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
        r#"<m:DeleteItem DeleteType="HardDelete"><m:ItemIds>{item}</m:ItemIds></m:DeleteItem>"#
    );
    envelope::wrap(&operation, version, impersonate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, read};

    #[test]
    fn a_request_names_one_item() {
        let user = ConnectingSid::smtp_address("anna@contoso.com").unwrap();
        let request = request(SchemaVersion::Exchange2013Sp1, Some(&user), &item("A&A")).unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2013_SP1"/>
        <t:ExchangeImpersonation>
        <t:ConnectingSID>
        <t:SmtpAddress>anna@contoso.com</t:SmtpAddress>
        </t:ConnectingSID>
        </t:ExchangeImpersonation>
        </soap:Header>
        <soap:Body>
        <m:DeleteItem DeleteType="HardDelete">
        <m:ItemIds>
        <t:ItemId Id="A&amp;A"/>
        </m:ItemIds>
        </m:DeleteItem>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn an_empty_identity_deletes_nothing() {
        assert_eq!(
            request(SchemaVersion::default(), None, &item(" ")),
            Err(RequestError::Empty)
        );
    }

    // Shape: Microsoft Learn, DeleteItem operation, "Successful response".
    #[test]
    fn a_deletion_answers_with_a_code_only() {
        let answer = read(
            br#"<s:Envelope xmlns:s="s" xmlns:m="m"><s:Body><m:DeleteItemResponse><m:ResponseMessages>
            <m:DeleteItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:DeleteItemResponseMessage>
            </m:ResponseMessages></m:DeleteItemResponse></s:Body></s:Envelope>"#,
        )
        .unwrap();
        let Body::Messages(messages) = answer.body else {
            panic!("not messages")
        };
        assert!(messages[0].is_success());
    }

    fn item(id: &str) -> ItemId {
        ItemId {
            id: id.into(),
            change_key: None,
        }
    }
}
