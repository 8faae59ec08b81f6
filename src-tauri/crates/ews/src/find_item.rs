//! `FindItem` by subject: a draft whose identity was lost with the answer that told it.
//!
//! It asks for identity and subject, in one folder and for one subject; it will never ask for what an
//! item holds, and never list a mailbox.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/finditem-operation>

use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::item::{self, ItemId};
use crate::tree::Element;

/// Most items that are answered.
pub const MAX_FOUND: usize = 10;

/// An item that was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FoundItem {
    /// Its identity.
    pub id: ItemId,
    /// `item:Subject`; `None`: not told. Whoever goes on with the item compares it: a server that
    /// overlooks the restriction answers with everything.
    pub subject: Option<String>,
}

/// A request for the items with exactly this `subject` in the folder `drafts`, [`MAX_FOUND`] at most:
/// of the impersonated mailbox; else of the mailbox with the SMTP address `mailbox`; else of the
/// caller's own. The answer has one response message with
/// [`found_items`](crate::ResponseMessage::found_items).
///
/// # Errors
/// Subject, mailbox or identity is empty, too long, or holds a control character.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    mailbox: Option<&str>,
    subject: &str,
) -> Result<String, RequestError> {
    let subject = envelope::content(subject)?;
    let drafts = envelope::distinguished_folder("drafts", mailbox)?;
    // The order of the children is the schema's: ItemShape, view, Restriction, ParentFolderIds.
    let operation = format!(
        r#"<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="item:Subject"/></t:AdditionalProperties></m:ItemShape><m:IndexedPageItemView MaxEntriesReturned="{MAX_FOUND}" Offset="0" BasePoint="Beginning"/><m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="item:Subject"/><t:FieldURIOrConstant><t:Constant Value="{subject}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds>{drafts}</m:ParentFolderIds></m:FindItem>"#
    );
    envelope::wrap(&operation, version, impersonate)
}

/// `RootFolder/Items/*` of one response message; an item without an identity is left out.
pub(crate) fn found_items(message: &Element) -> Vec<FoundItem> {
    let roots = message.children_named("RootFolder");
    let items = roots.flat_map(|root| root.children_named("Items"));
    items
        .flat_map(Element::children)
        .filter_map(|element| {
            Some(FoundItem {
                id: item::of_item(element).next()?,
                subject: element.child_text("Subject"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResponseCode;
    use crate::testing::wrapped;

    #[test]
    fn a_request_asks_for_one_subject() {
        let user = ConnectingSid::smtp_address("anna@contoso.com").unwrap();
        let request = request(SchemaVersion::default(), Some(&user), None, "A \"&\" b").unwrap();
        let (_, body) = request.split_once("<soap:Body>").unwrap();
        insta::assert_snapshot!(body.replace("><", ">\n<"), @r#"
        <m:FindItem Traversal="Shallow">
        <m:ItemShape>
        <t:BaseShape>IdOnly</t:BaseShape>
        <t:AdditionalProperties>
        <t:FieldURI FieldURI="item:Subject"/>
        </t:AdditionalProperties>
        </m:ItemShape>
        <m:IndexedPageItemView MaxEntriesReturned="10" Offset="0" BasePoint="Beginning"/>
        <m:Restriction>
        <t:IsEqualTo>
        <t:FieldURI FieldURI="item:Subject"/>
        <t:FieldURIOrConstant>
        <t:Constant Value="A &quot;&amp;&quot; b"/>
        </t:FieldURIOrConstant>
        </t:IsEqualTo>
        </m:Restriction>
        <m:ParentFolderIds>
        <t:DistinguishedFolderId Id="drafts"/>
        </m:ParentFolderIds>
        </m:FindItem>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn without_impersonation_the_mailbox_stands_in_the_folder() {
        let request = request(SchemaVersion::default(), None, Some("a@contoso.com"), "s").unwrap();
        assert!(
            request.contains("<t:EmailAddress>a@contoso.com</t:EmailAddress>"),
            "{request}"
        );
    }

    #[test]
    fn an_empty_subject_would_match_anything() {
        let ask = |subject| request(SchemaVersion::default(), None, None, subject);
        assert_eq!(ask(" "), Err(RequestError::Empty));
        assert!(ask("s\nt").is_err());
    }

    // Shape: Microsoft Learn, FindItem operation, "Successful FindItem operation response".
    #[test]
    fn identities_come_with_their_subjects() {
        let message = wrapped(
            "FindItem",
            r#"<m:FindItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:RootFolder TotalItemsInView="2" IncludesLastItemInRange="true"><t:Items>
               <t:Message><t:ItemId Id="AS4AUn" ChangeKey="fs"/><t:Subject>One</t:Subject></t:Message>
               <t:Message><t:Subject>Two</t:Subject></t:Message>
               <t:Item><t:ItemId Id="AS4AUo"/></t:Item></t:Items></m:RootFolder></m:FindItemResponseMessage>"#,
        );
        assert!(message.is_success());
        let found: Vec<_> = message.found_items.iter().collect();
        assert_eq!(found.len(), 2, "one has no identity");
        assert_eq!(
            (found[0].id.id.as_str(), found[0].subject.as_deref()),
            ("AS4AUn", Some("One"))
        );
        assert_eq!(found[1].subject, None);
        assert_eq!(message.item_ids, [], "those are of other operations");
    }

    #[test]
    fn nothing_found_and_a_refusal_are_told_apart() {
        let none = wrapped(
            "FindItem",
            r#"<m:FindItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:RootFolder TotalItemsInView="0" IncludesLastItemInRange="true"><t:Items/></m:RootFolder></m:FindItemResponseMessage>"#,
        );
        assert!(none.is_success() && none.found_items.is_empty());
        let refused = wrapped(
            "FindItem",
            r#"<m:FindItemResponseMessage ResponseClass="Error"><m:MessageText>Access is denied.</m:MessageText>
               <m:ResponseCode>ErrorAccessDenied</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:FindItemResponseMessage>"#,
        );
        assert_eq!(refused.code, ResponseCode::ErrorAccessDenied);
    }
}
