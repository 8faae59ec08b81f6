//! `CreateItem` of one draft: the only request of this crate that writes.
//!
//! The draft has no recipients and is saved, not sent; it will never send anything to anybody.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/createitem-operation-email-message>

use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};

/// What the draft says, to whoever finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft<'a> {
    /// One line, at most [`MAX_IDENTITY`](crate::MAX_IDENTITY) bytes.
    pub subject: &'a str,
    /// Plain text, at most [`MAX_IDENTITY`](crate::MAX_IDENTITY) bytes; lines end in `\n`.
    pub body: &'a str,
}

/// A request that saves `draft` in the folder `drafts`: of the impersonated mailbox; else of the
/// mailbox with the SMTP address `mailbox`; else of the caller's own.
///
/// The answer has one response message with the one identity of
/// [`item_ids`](crate::ResponseMessage::item_ids). It is to be deleted with
/// [`delete_item`](crate::delete_item), whatever happens in between.
///
/// # Errors
/// Subject, body, mailbox or identity is empty, too long, or holds a control character.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    mailbox: Option<&str>,
    draft: Draft<'_>,
) -> Result<String, RequestError> {
    let subject = envelope::content(draft.subject)?;
    let body = envelope::prose(draft.body)?;
    let drafts = envelope::distinguished_folder("drafts", mailbox)?;
    // The order of the children is the schema's: ItemType, Subject before Body.
    let operation = format!(
        r#"<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>{drafts}</m:SavedItemFolderId><m:Items><t:Message><t:Subject>{subject}</t:Subject><t:Body BodyType="Text">{body}</t:Body></t:Message></m:Items></m:CreateItem>"#
    );
    envelope::wrap(&operation, version, impersonate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::wrapped;
    use crate::{ItemId, ResponseCode};

    const DRAFT: Draft<'_> = Draft {
        subject: "Test & delete",
        body: "Made by a test.\nDelete it <freely>.",
    };

    #[test]
    fn a_draft_is_saved_and_sent_to_nobody() {
        let user = ConnectingSid::smtp_address("anna@contoso.com").unwrap();
        let request = request(SchemaVersion::Exchange2013Sp1, Some(&user), None, DRAFT).unwrap();
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
        <m:CreateItem MessageDisposition="SaveOnly">
        <m:SavedItemFolderId>
        <t:DistinguishedFolderId Id="drafts"/>
        </m:SavedItemFolderId>
        <m:Items>
        <t:Message>
        <t:Subject>Test &amp; delete</t:Subject>
        <t:Body BodyType="Text">Made by a test.
        Delete it &lt;freely&gt;.</t:Body>
        </t:Message>
        </m:Items>
        </m:CreateItem>
        </soap:Body>
        </soap:Envelope>
        "#);
        assert!(!request.contains("Recipient"), "a draft goes to nobody");
    }

    #[test]
    fn without_impersonation_the_mailbox_stands_in_the_folder() {
        let request = request(
            SchemaVersion::default(),
            None,
            Some("o'neil@contoso.com"),
            DRAFT,
        )
        .unwrap();
        assert!(
            request.contains(
                r#"<t:DistinguishedFolderId Id="drafts"><t:Mailbox><t:EmailAddress>o&apos;neil@contoso.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"#
            ),
            "{request}"
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let ask = |subject, body, mailbox| {
            request(
                SchemaVersion::default(),
                None,
                mailbox,
                Draft { subject, body },
            )
        };
        assert_eq!(ask("", "b", None), Err(RequestError::Empty));
        assert_eq!(ask("s", "\n", None), Err(RequestError::Empty));
        assert_eq!(ask("s", "b", Some(" ")), Err(RequestError::Empty));
        assert_eq!(
            ask("s\nt", "b", None),
            Err(RequestError::ForbiddenCharacter('\n')),
            "a subject is one line"
        );
        assert_eq!(
            ask("s", "b\0", None),
            Err(RequestError::ForbiddenCharacter('\0'))
        );
        assert!(ask("s", "line\n\nline", None).is_ok());
    }

    // Shape: Microsoft Learn, CreateItem operation (email message), "Successful response".
    #[test]
    fn the_identity_of_the_draft_comes_back() {
        let message = wrapped(
            "CreateItem",
            r#"<m:CreateItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:Items><t:Message><t:ItemId Id="AAAlAFVz" ChangeKey="CQAAABYA"/></t:Message></m:Items></m:CreateItemResponseMessage>"#,
        );
        assert!(message.is_success());
        let id = ItemId {
            id: "AAAlAFVz".into(),
            change_key: Some("CQAAABYA".into()),
        };
        assert_eq!(message.item_ids, [id]);
    }

    // Shape: Microsoft Learn, ResponseCode; an error answers with empty Items.
    #[test]
    fn a_refusal_has_no_identity() {
        let message = wrapped(
            "CreateItem",
            r#"<m:CreateItemResponseMessage ResponseClass="Error"><m:MessageText>Access is denied.</m:MessageText>
               <m:ResponseCode>ErrorAccessDenied</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey><m:Items/></m:CreateItemResponseMessage>"#,
        );
        assert_eq!(message.code, ResponseCode::ErrorAccessDenied);
        assert_eq!(message.item_ids, []);
    }
}
