//! `GetFolder` with the shape `IdOnly`: the cheapest honest proof that a mailbox opens.
//!
//! It asks for identities and nothing else; it will never ask for the content of a folder.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getfolder-operation>

use crate::envelope::{self, ConnectingSid, RequestError, SchemaVersion};
use crate::tree::Element;

/// A default folder of a mailbox, by the name EWS gives it.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/distinguishedfolderid>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DistinguishedFolder {
    /// `inbox`
    Inbox,
    /// `calendar`
    Calendar,
    /// `contacts`
    Contacts,
    /// `tasks`
    Tasks,
}

impl DistinguishedFolder {
    /// The value on the wire, for example `inbox`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Tasks => "tasks",
        }
    }
}

/// Identity of a folder: distinct for distinct mailboxes, which is what the check relies on.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/folderid>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FolderId {
    /// `@Id`, opaque, case-sensitive, never empty and never cut short.
    pub id: String,
    /// `@ChangeKey`: changes with the folder, so it is no part of its identity.
    pub change_key: Option<String>,
}

/// A request for the identities of `folders`; the answer has one response message for each, in
/// the same order.
///
/// # Errors
/// No folder is asked for, or the identity must not be sent.
pub fn request(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    folders: &[DistinguishedFolder],
) -> Result<String, RequestError> {
    request_in(version, impersonate, None, folders)
}

/// Like [`request`], for the folders of the mailbox with the SMTP address `mailbox`: what is asked
/// of somebody else's mailbox without impersonation, with rights on its folders.
///
/// # Errors
/// As [`request`]; or the address must not be sent.
pub fn request_in(
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
    mailbox: Option<&str>,
    folders: &[DistinguishedFolder],
) -> Result<String, RequestError> {
    if folders.is_empty() {
        return Err(RequestError::NoFolders);
    }
    let ids = folders
        .iter()
        .map(|folder| envelope::distinguished_folder(folder.as_str(), mailbox))
        .collect::<Result<String, _>>()?;
    let operation = format!(
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>\
         <m:FolderIds>{ids}</m:FolderIds></m:GetFolder>"
    );
    envelope::wrap(&operation, version, impersonate)
}

/// `Folders/*/FolderId` of one response message. An identity without a value is none, and left out.
pub(crate) fn folder_ids(message: &Element) -> Vec<FolderId> {
    let folders = message
        .children_named("Folders")
        .flat_map(Element::children);
    folders
        .flat_map(|folder| folder.children_named("FolderId"))
        .filter_map(|id| {
            Some(FolderId {
                id: id
                    .attribute("Id")
                    .filter(|id| !id.trim().is_empty())?
                    .to_owned(),
                change_key: id.attribute("ChangeKey").map(str::to_owned),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, ResponseClass, ResponseCode, ResponseMessage, read};

    #[test]
    fn an_impersonated_request_is_the_documented_envelope() {
        let user = ConnectingSid::smtp_address("user1@contoso.com").unwrap();
        let request = request(
            SchemaVersion::Exchange2013Sp1,
            Some(&user),
            &[DistinguishedFolder::Inbox],
        )
        .unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2013_SP1"/>
        <t:ExchangeImpersonation>
        <t:ConnectingSID>
        <t:SmtpAddress>user1@contoso.com</t:SmtpAddress>
        </t:ConnectingSID>
        </t:ExchangeImpersonation>
        </soap:Header>
        <soap:Body>
        <m:GetFolder>
        <m:FolderShape>
        <t:BaseShape>IdOnly</t:BaseShape>
        </m:FolderShape>
        <m:FolderIds>
        <t:DistinguishedFolderId Id="inbox"/>
        </m:FolderIds>
        </m:GetFolder>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn several_folders_keep_their_order_and_no_identity_means_no_header() {
        use DistinguishedFolder::{Calendar, Contacts, Inbox, Tasks};
        let request = request(
            SchemaVersion::Exchange2010Sp2,
            None,
            &[Tasks, Inbox, Contacts, Calendar],
        )
        .unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
        <soap:Header>
        <t:RequestServerVersion Version="Exchange2010_SP2"/>
        </soap:Header>
        <soap:Body>
        <m:GetFolder>
        <m:FolderShape>
        <t:BaseShape>IdOnly</t:BaseShape>
        </m:FolderShape>
        <m:FolderIds>
        <t:DistinguishedFolderId Id="tasks"/>
        <t:DistinguishedFolderId Id="inbox"/>
        <t:DistinguishedFolderId Id="contacts"/>
        <t:DistinguishedFolderId Id="calendar"/>
        </m:FolderIds>
        </m:GetFolder>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn an_address_is_escaped_not_obeyed() {
        let user = ConnectingSid::smtp_address(r#"a<b>&"c"'@contoso.com"#).unwrap();
        let request = request(
            SchemaVersion::Exchange2013Sp1,
            Some(&user),
            &[DistinguishedFolder::Inbox],
        )
        .unwrap();
        assert!(
            request.contains(
                "<t:SmtpAddress>a&lt;b&gt;&amp;&quot;c&quot;&apos;@contoso.com</t:SmtpAddress>"
            ),
            "{request}"
        );
    }

    #[test]
    fn a_mailbox_stands_in_every_folder() {
        use DistinguishedFolder::{Calendar, Inbox};
        let request = request_in(
            SchemaVersion::default(),
            None,
            Some("anna@contoso.com"),
            &[Inbox, Calendar],
        )
        .unwrap();
        let owner = "<t:Mailbox><t:EmailAddress>anna@contoso.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>";
        assert_eq!(request.matches(owner).count(), 2, "{request}");
        assert!(!request.contains("ExchangeImpersonation"), "{request}");
    }

    #[test]
    fn no_folder_is_no_request() {
        assert_eq!(
            request(SchemaVersion::default(), None, &[]),
            Err(RequestError::NoFolders)
        );
    }

    // Shape: Microsoft Learn, GetFolder operation, "Successful GetFolder response".
    #[test]
    fn a_success_carries_the_identity() {
        let messages = messages(
            r#"<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:Folders><t:Folder><t:FolderId Id="AScAc" ChangeKey="AQAAAB"/></t:Folder></m:Folders>
               </m:GetFolderResponseMessage>"#,
        );
        assert_eq!(messages.len(), 1);
        assert!(messages[0].is_success());
        let id = FolderId {
            id: "AScAc".into(),
            change_key: Some("AQAAAB".into()),
        };
        assert_eq!(messages[0].folder_ids, [id]);
    }

    // Shape: Microsoft Learn, GetFolder operation; a CalendarFolder is one of the elements of Folders.
    #[test]
    fn one_message_for_each_folder_whatever_its_kind() {
        let messages = messages(
            r#"<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:Folders><t:CalendarFolder><t:FolderId Id="cal"/></t:CalendarFolder></m:Folders></m:GetFolderResponseMessage>
               <m:GetFolderResponseMessage ResponseClass="Error"><m:MessageText>Gone.</m:MessageText>
               <m:ResponseCode>ErrorFolderNotFound</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>
               <m:Folders/></m:GetFolderResponseMessage>"#,
        );
        assert_eq!(messages[0].folder_ids[0].id, "cal");
        assert_eq!(messages[0].folder_ids[0].change_key, None);
        assert_eq!(messages[1].class, ResponseClass::Error);
        assert_eq!(messages[1].code, ResponseCode::ErrorFolderNotFound);
        assert_eq!(messages[1].text.as_deref(), Some("Gone."));
        assert_eq!(messages[1].folder_ids, []);
    }

    #[test]
    fn an_identity_without_a_value_proves_nothing() {
        let messages = messages(
            r#"<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
               <m:Folders><t:Folder><t:FolderId Id=""/><t:FolderId ChangeKey="x"/></t:Folder>
               <t:Folder><t:ParentFolderId Id="parent"/></t:Folder></m:Folders></m:GetFolderResponseMessage>"#,
        );
        assert_eq!(
            messages[0].folder_ids,
            [],
            "two empty identities must not look like one mailbox"
        );
    }

    fn messages(inner: &str) -> Vec<ResponseMessage> {
        let answer = format!(
            r#"<s:Envelope xmlns:s="s" xmlns:m="m" xmlns:t="t"><s:Body><m:GetFolderResponse><m:ResponseMessages>{inner}</m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"#
        );
        match read(answer.as_bytes()).expect("a readable answer").body {
            Body::Messages(messages) => messages,
            Body::Fault(fault) => panic!("a fault: {fault:?}"),
        }
    }
}
