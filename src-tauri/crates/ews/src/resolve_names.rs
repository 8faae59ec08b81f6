//! `ResolveNames` against the directory: which address a name belongs to.
//!
//! It asks for addresses and nothing else; it will never ask for contact data.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/resolvenames-operation>

use crate::directory_address::DirectoryAddress;
use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::tree::Element;

/// A request that looks `unresolved` up in the directory; a prefix `smtp:` searches proxy addresses.
///
/// The answer has one response message with at most 100 [`resolutions`](crate::ResponseMessage::resolutions)
/// and their [`page`](crate::ResponseMessage::page), which is cut off when there are more. Several
/// hits come as the warning `ErrorNameResolutionMultipleResults`, none as the error
/// `ErrorNameResolutionNoResults`; a caller without a mailbox gets `ErrorNameResolutionNoMailbox`.
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
pub(crate) fn resolutions(message: &Element) -> Vec<DirectoryAddress> {
    let hits = message
        .children_named("ResolutionSet")
        .flat_map(|set| set.children_named("Resolution"));
    hits.filter_map(|hit| DirectoryAddress::from_element(hit.child("Mailbox")?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, MailboxType, ResponseClass, ResponseCode, read};

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
        let first = DirectoryAddress {
            name: Some("User1".into()),
            email_address: Some("user1@contoso.com".into()),
            routing_type: Some("SMTP".into()),
            mailbox_type: Some(MailboxType::Mailbox),
        };
        let second = DirectoryAddress {
            name: Some("User2".into()),
            ..DirectoryAddress::default()
        };
        assert_eq!(messages[0].resolutions, [first, second]);
        assert!(!messages[0].page.unwrap().cut_off());
    }

    // Shape: Microsoft Learn, ResolveNames operation: a hundred hits, and there would be more.
    #[test]
    fn a_full_answer_is_read_whole_and_known_to_be_cut_off() {
        let hit = |n| {
            format!(
                "<t:Resolution><t:Mailbox><t:EmailAddress>a{n}@contoso.com</t:EmailAddress></t:Mailbox></t:Resolution>"
            )
        };
        let hits: Vec<_> = (1..=100).map(hit).collect();
        let hits = hits.concat();
        let answer = format!(
            r#"<s:Envelope xmlns:s="s" xmlns:m="m" xmlns:t="t"><s:Body><m:ResolveNamesResponse><m:ResponseMessages>
            <m:ResolveNamesResponseMessage ResponseClass="Warning"><m:ResponseCode>ErrorNameResolutionMultipleResults</m:ResponseCode>
            <m:ResolutionSet TotalItemsInView="100" IncludesLastItemInRange="false">{hits}</m:ResolutionSet>
            </m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse></s:Body></s:Envelope>"#
        );
        let Body::Messages(messages) = read(answer.as_bytes()).unwrap().body else {
            panic!("not messages")
        };
        assert_eq!(messages[0].resolutions.len(), 100);
        assert_eq!(
            messages[0].resolutions[99].smtp_address(),
            Some("a100@contoso.com")
        );
        assert!(messages[0].page.unwrap().cut_off());
    }

    // Shape: Microsoft Learn, ResponseCode: the two ways to find nobody.
    #[test]
    fn nobody_found_and_nobody_asking_are_told_apart() {
        for code in [
            ResponseCode::ErrorNameResolutionNoResults,
            ResponseCode::ErrorNameResolutionNoMailbox,
        ] {
            let answer = format!(
                r#"<Envelope><Body><R><ResponseMessages><M ResponseClass="Error"><ResponseCode>{code}</ResponseCode></M></ResponseMessages></R></Body></Envelope>"#
            );
            let Body::Messages(messages) = read(answer.as_bytes()).unwrap().body else {
                panic!("not messages")
            };
            assert_eq!((&messages[0].code, messages[0].page), (&code, None));
        }
    }
}
