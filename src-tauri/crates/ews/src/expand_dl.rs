//! `ExpandDL`: the members of one distribution group, one level deep.
//!
//! It asks for addresses and nothing else; it will never follow a nested group by itself.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/expanddl-operation>

use crate::directory_address::DirectoryAddress;
use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::tree::Element;

/// A request for the members of the group with the SMTP address `group`; the answer has one
/// response message with [`members`](crate::ResponseMessage::members) and their
/// [`page`](crate::ResponseMessage::page). Nested groups are members with the type `PublicDL`.
/// Hidden groups, and members without an address, are left out by the server.
///
/// A caller without a mailbox gets `ErrorNameResolutionNoMailbox`, an unknown group
/// `ErrorNameResolutionNoResults`.
///
/// # Errors
/// The address or the identity is empty, too long, or holds a control character.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    group: &str,
) -> Result<String, RequestError> {
    let group = envelope::content(group)?;
    let operation = format!(
        "<m:ExpandDL><m:Mailbox><t:EmailAddress>{group}</t:EmailAddress></m:Mailbox></m:ExpandDL>"
    );
    envelope::wrap(&operation, version, impersonate)
}

/// `DLExpansion/Mailbox` of one response message.
pub(crate) fn members(message: &Element) -> Vec<DirectoryAddress> {
    let members = message
        .children_named("DLExpansion")
        .flat_map(|expansion| expansion.children_named("Mailbox"));
    members.filter_map(DirectoryAddress::from_element).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::wrapped;
    use crate::{MailboxType, Page, ResponseCode};

    #[test]
    fn a_request_names_one_group() {
        let user = ConnectingSid::smtp_address("anna@contoso.com").unwrap();
        let request = request(
            SchemaVersion::Exchange2010Sp2,
            Some(&user),
            "sales<all>@contoso.com",
        )
        .unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2010_SP2"/>
        <t:ExchangeImpersonation>
        <t:ConnectingSID>
        <t:SmtpAddress>anna@contoso.com</t:SmtpAddress>
        </t:ConnectingSID>
        </t:ExchangeImpersonation>
        </soap:Header>
        <soap:Body>
        <m:ExpandDL>
        <m:Mailbox>
        <t:EmailAddress>sales&lt;all&gt;@contoso.com</t:EmailAddress>
        </m:Mailbox>
        </m:ExpandDL>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn no_group_is_no_request() {
        assert_eq!(
            request(SchemaVersion::default(), None, "\t"),
            Err(RequestError::Empty)
        );
    }

    // Shape: Microsoft Learn, ExpandDL operation, "Successful ExpandDL response", with a nested group.
    #[test]
    fn members_keep_their_type_and_the_page_is_read() {
        let message = wrapped(
            "ExpandDL",
            r#"<m:ExpandDLResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:DLExpansion TotalItemsInView="3" IncludesLastItemInRange="true">
               <t:Mailbox><t:Name>Vanessa</t:Name><t:EmailAddress>vanessa@contoso.com</t:EmailAddress>
               <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>
               <t:Mailbox><t:Name>Leads</t:Name><t:EmailAddress>leads@contoso.com</t:EmailAddress>
               <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>PublicDL</t:MailboxType></t:Mailbox>
               <t:Mailbox><t:Name>Partner</t:Name><t:EmailAddress>p@fabrikam.com</t:EmailAddress>
               <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Contact</t:MailboxType></t:Mailbox><t:Mailbox/>
               </m:DLExpansion></m:ExpandDLResponseMessage>"#,
        );
        assert!(message.is_success());
        let types: Vec<_> = message
            .members
            .iter()
            .filter_map(|member| member.mailbox_type.clone())
            .collect();
        assert_eq!(
            types,
            [
                MailboxType::Mailbox,
                MailboxType::PublicDl,
                MailboxType::Contact
            ]
        );
        assert_eq!(
            message.page,
            Some(Page {
                total_items_in_view: Some(3),
                includes_last_item_in_range: Some(true)
            })
        );
    }

    // Shape: Microsoft Learn, ResponseCode, ErrorNameResolutionNoMailbox.
    #[test]
    fn a_caller_without_a_mailbox_is_told_so() {
        let message = wrapped(
            "ExpandDL",
            r#"<m:ExpandDLResponseMessage ResponseClass="Error"><m:MessageText>No mailbox found.</m:MessageText>
               <m:ResponseCode>ErrorNameResolutionNoMailbox</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:ExpandDLResponseMessage>"#,
        );
        assert_eq!(message.code, ResponseCode::ErrorNameResolutionNoMailbox);
        assert_eq!((message.members.len(), message.page), (0, None));
    }
}
