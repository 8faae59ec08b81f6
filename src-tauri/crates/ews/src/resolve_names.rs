//! `ResolveNames` against the directory: which address a name belongs to.
//!
//! It asks for addresses and nothing else; it will never ask for contact data.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/resolvenames-operation>

use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::tree::Element;

/// One hit, `ResolutionSet/Resolution/Mailbox`. Every field may be absent, as in the schema.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/resolution>
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Resolution {
    /// Display name.
    pub name: Option<String>,
    /// The address, in the form `routing_type` names.
    pub email_address: Option<String>,
    /// `SMTP` for all but foreign systems (`EX`, …).
    pub routing_type: Option<String>,
    /// `Mailbox`, `PublicDL`, `PrivateDL`, `Contact`, `PublicFolder`, `Unknown`, `OneOff`, `GroupMailbox`.
    pub mailbox_type: Option<String>,
}

/// A request that looks `unresolved` up in the directory; a prefix `smtp:` searches proxy addresses.
///
/// The answer has one response message with at most 100 resolutions; several hits come as the
/// warning `ErrorNameResolutionMultipleResults`.
///
/// # Errors
/// `unresolved` or the identity is empty, too long, or holds a control character.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    unresolved: &str,
) -> Result<String, RequestError> {
    let unresolved = envelope::content(unresolved)?;
    let operation = format!(
        r#"<m:ResolveNames ReturnFullContactData="false" SearchScope="ActiveDirectory"><m:UnresolvedEntry>{unresolved}</m:UnresolvedEntry></m:ResolveNames>"#
    );
    envelope::wrap(&operation, version, impersonate)
}

/// `ResolutionSet/Resolution/Mailbox` of one response message.
pub(crate) fn resolutions(message: &Element) -> Vec<Resolution> {
    let hits = message
        .children_named("ResolutionSet")
        .flat_map(|set| set.children_named("Resolution"));
    hits.filter_map(|hit| hit.child("Mailbox"))
        .map(|mailbox| Resolution {
            name: mailbox.child_text("Name"),
            email_address: mailbox.child_text("EmailAddress"),
            routing_type: mailbox.child_text("RoutingType"),
            mailbox_type: mailbox.child_text("MailboxType"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, ResponseClass, ResponseCode, read};

    #[test]
    fn a_request_asks_the_directory_only() {
        let user = ConnectingSid::principal_name("user1@contoso.local").unwrap();
        let request = request(
            SchemaVersion::Exchange2013Sp1,
            Some(&user),
            r"CONTOSO\svc-ews & co",
        )
        .unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2013_SP1"/>
        <t:ExchangeImpersonation>
        <t:ConnectingSID>
        <t:PrincipalName>user1@contoso.local</t:PrincipalName>
        </t:ConnectingSID>
        </t:ExchangeImpersonation>
        </soap:Header>
        <soap:Body>
        <m:ResolveNames ReturnFullContactData="false" SearchScope="ActiveDirectory">
        <m:UnresolvedEntry>CONTOSO\svc-ews &amp; co</m:UnresolvedEntry>
        </m:ResolveNames>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn an_empty_name_is_no_request() {
        assert_eq!(
            request(SchemaVersion::default(), None, " "),
            Err(RequestError::Empty)
        );
    }

    // Shape: Microsoft Learn, ResolveNames operation, response with several results.
    #[test]
    fn several_hits_are_a_warning_with_every_hit() {
        let answer = read(
            br#"<s:Envelope xmlns:s="s" xmlns:m="m" xmlns:t="t"><s:Body><m:ResolveNamesResponse><m:ResponseMessages>
            <m:ResolveNamesResponseMessage ResponseClass="Warning">
              <m:MessageText>Multiple results were found.</m:MessageText>
              <m:ResponseCode>ErrorNameResolutionMultipleResults</m:ResponseCode>
              <m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>
              <m:ResolutionSet TotalItemsInView="2" IncludesLastItemInRange="true">
                <t:Resolution><t:Mailbox><t:Name>User1</t:Name><t:EmailAddress>user1@contoso.com</t:EmailAddress>
                  <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox></t:Resolution>
                <t:Resolution><t:Mailbox><t:Name>User2</t:Name></t:Mailbox><t:Contact><t:Name>no</t:Name></t:Contact></t:Resolution>
              </m:ResolutionSet></m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse></s:Body></s:Envelope>"#,
        )
        .unwrap();
        let Body::Messages(messages) = answer.body else {
            panic!("not messages")
        };
        assert_eq!(messages[0].class, ResponseClass::Warning);
        assert_eq!(
            messages[0].code,
            ResponseCode::ErrorNameResolutionMultipleResults
        );
        let first = Resolution {
            name: Some("User1".into()),
            email_address: Some("user1@contoso.com".into()),
            routing_type: Some("SMTP".into()),
            mailbox_type: Some("Mailbox".into()),
        };
        let second = Resolution {
            name: Some("User2".into()),
            ..Resolution::default()
        };
        assert_eq!(messages[0].resolutions, [first, second]);
    }
}
