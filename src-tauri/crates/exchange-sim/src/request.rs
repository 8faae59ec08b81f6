//! What a request asks: its SOAP header and its operation, checked as the EWS schema demands.
//! Reads only; decides nothing about accounts or mailboxes.

mod directory;
mod items;

use crate::ews_error::EwsError;
use crate::folder_id::Folder;
use crate::items::DeleteType;
use crate::xml::{Element, Namespace, Violation, line_and_position, parse};

pub(crate) use items::NewItem;

/// A request that was understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) schema_version: Option<String>,
    pub(crate) identity: Option<Identity>,
    pub(crate) operation: Operation,
}

/// The child of `t:ConnectingSID`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) kind: IdentityKind,
    pub(crate) value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    SmtpAddress,
    PrimarySmtpAddress,
    PrincipalName,
    Sid,
}

impl IdentityKind {
    pub(crate) const fn element(self) -> &'static str {
        match self {
            Self::SmtpAddress => "SmtpAddress",
            Self::PrimarySmtpAddress => "PrimarySmtpAddress",
            Self::PrincipalName => "PrincipalName",
            Self::Sid => "SID",
        }
    }

    fn of(element: &str) -> Option<Self> {
        [
            Self::SmtpAddress,
            Self::PrimarySmtpAddress,
            Self::PrincipalName,
            Self::Sid,
        ]
        .into_iter()
        .find(|kind| kind.element() == element)
    }
}

/// The element in the SOAP body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    GetFolder {
        properties: bool,
        folders: Vec<FolderRef>,
    },
    ResolveNames {
        entry: String,
        contact_data: bool,
    },
    ConvertId {
        destination: String,
        ids: Vec<AlternateId>,
    },
    GetServerTimeZones {
        ids: Vec<String>,
    },
    GetRoomLists,
    GetRooms {
        list: String,
    },
    ExpandDl {
        address: String,
    },
    CreateItem {
        disposition: Option<String>,
        folder: Option<FolderRef>,
        items: Vec<NewItem>,
    },
    GetItem {
        properties: bool,
        ids: Vec<String>,
    },
    FindItem {
        folders: Vec<FolderRef>,
        /// The subject that the restriction demands.
        subject: Option<String>,
        properties: bool,
    },
    DeleteItem {
        how: DeleteType,
        ids: Vec<String>,
    },
    /// Anything else this server does not do.
    Other(String),
}

impl Operation {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::GetFolder { .. } => "GetFolder",
            Self::ResolveNames { .. } => "ResolveNames",
            Self::ConvertId { .. } => "ConvertId",
            Self::GetServerTimeZones { .. } => "GetServerTimeZones",
            Self::GetRoomLists => "GetRoomLists",
            Self::GetRooms { .. } => "GetRooms",
            Self::ExpandDl { .. } => "ExpandDL",
            Self::CreateItem { .. } => "CreateItem",
            Self::GetItem { .. } => "GetItem",
            Self::FindItem { .. } => "FindItem",
            Self::DeleteItem { .. } => "DeleteItem",
            Self::Other(name) => name,
        }
    }
}

/// A folder as a request names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FolderRef {
    /// `t:DistinguishedFolderId`, perhaps in the mailbox of this address.
    Distinguished { id: String, mailbox: Option<String> },
    /// `t:FolderId`.
    Id(String),
}

/// `t:AlternateId`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AlternateId {
    pub(crate) format: String,
    pub(crate) id: String,
    pub(crate) mailbox: String,
}

/// Reads a request body; what cannot be read is refused as Exchange refuses it.
pub(crate) fn read(body: &[u8]) -> Result<Request, EwsError> {
    let refuse = |refusal: Violation| {
        let (line, position) = line_and_position(body, refusal.offset);
        EwsError::schema_violation(line, position, &refusal.text)
    };
    let root = parse(body).map_err(refuse)?;
    if has_two_identities(&root) {
        return Err(EwsError::fault("ErrorDuplicateSOAPHeader"));
    }
    envelope(&root).map_err(refuse)
}

/// At most one header may say in whose name a request acts.
fn has_two_identities(root: &Element) -> bool {
    const KINDS: [&str; 3] = [
        "ExchangeImpersonation",
        "ManagementRole",
        "OpenAsAdminOrSystemService",
    ];
    let header = root.child(Namespace::Soap, "Header");
    let children = header.map_or(&[][..], |header| &header.children);
    let identities = children.iter().filter(|child| {
        child.namespace == Namespace::Types && KINDS.contains(&child.name.as_str())
    });
    identities.count() > 1
}

fn envelope(root: &Element) -> Result<Request, Violation> {
    if !root.is(Namespace::Soap, "Envelope") {
        return Err(unexpected(root, "Envelope"));
    }
    let body = root
        .child(Namespace::Soap, "Body")
        .ok_or_else(|| Violation::new(root.offset, "The element 'Envelope' has no 'Body'."))?;
    let header = root.child(Namespace::Soap, "Header");
    let version = header.and_then(|h| h.child(Namespace::Types, "RequestServerVersion"));
    let impersonation = header.and_then(|h| h.child(Namespace::Types, "ExchangeImpersonation"));
    let [operation_element] = body.children.as_slice() else {
        let text = "The element 'Body' must contain exactly one operation.";
        return Err(Violation::new(body.offset, text));
    };
    Ok(Request {
        schema_version: version
            .map(|v| required(v, "Version").map(str::to_owned))
            .transpose()?,
        identity: impersonation.map(identity).transpose()?,
        operation: operation(operation_element)?,
    })
}

fn identity(impersonation: &Element) -> Result<Identity, Violation> {
    let [sid] = impersonation.children.as_slice() else {
        return Err(incomplete(impersonation));
    };
    if !sid.is(Namespace::Types, "ConnectingSID") {
        return Err(unexpected(sid, "ConnectingSID"));
    }
    let [child] = sid.children.as_slice() else {
        return Err(incomplete(sid));
    };
    let kind = (child.namespace == Namespace::Types).then(|| IdentityKind::of(&child.name));
    match kind.flatten() {
        Some(kind) => Ok(Identity {
            kind,
            value: child.text.trim().to_owned(),
        }),
        None => Err(unexpected(
            child,
            "PrincipalName, SID, PrimarySmtpAddress, SmtpAddress",
        )),
    }
}

fn operation(element: &Element) -> Result<Operation, Violation> {
    if element.namespace != Namespace::Messages {
        return Err(unexpected(
            element,
            "an operation in the messages namespace",
        ));
    }
    match element.name.as_str() {
        "GetFolder" => get_folder(element),
        "ResolveNames" => directory::resolve_names(element),
        "ExpandDL" => directory::expand(element),
        "GetRoomLists" => Ok(Operation::GetRoomLists),
        "GetRooms" => directory::rooms(element),
        "CreateItem" => items::create(element),
        "GetItem" => items::get(element),
        "FindItem" => items::find(element),
        "DeleteItem" => items::delete(element),
        "ConvertId" => Ok(Operation::ConvertId {
            destination: required(element, "DestinationFormat")?.to_owned(),
            ids: message_child(element, "SourceIds")?
                .children
                .iter()
                .map(alternate_id)
                .collect::<Result<_, _>>()?,
        }),
        "GetServerTimeZones" => Ok(Operation::GetServerTimeZones {
            ids: element
                .child(Namespace::Messages, "Ids")
                .map(|ids| ids.children.iter().map(|id| id.text.clone()).collect())
                .unwrap_or_default(),
        }),
        other => Ok(Operation::Other(other.to_owned())),
    }
}

/// `FolderShape`, then `FolderIds`, as the schema orders them.
fn get_folder(element: &Element) -> Result<Operation, Violation> {
    let [shape, ids] = element.children.as_slice() else {
        return Err(incomplete(element));
    };
    if !shape.is(Namespace::Messages, "FolderShape") {
        return Err(unexpected(shape, "FolderShape"));
    }
    if !ids.is(Namespace::Messages, "FolderIds") {
        return Err(unexpected(ids, "FolderIds"));
    }
    let base = shape.children.first().ok_or_else(|| incomplete(shape))?;
    if !base.is(Namespace::Types, "BaseShape") {
        return Err(unexpected(base, "BaseShape"));
    }
    let base_shape = base.text.trim();
    if !matches!(base_shape, "IdOnly" | "Default" | "AllProperties") {
        let text =
            format!("The 'BaseShape' element is invalid: the value '{base_shape}' is invalid.");
        return Err(Violation::new(base.offset, text));
    }
    if ids.children.is_empty() {
        return Err(incomplete(ids));
    }
    let additional = shape
        .child(Namespace::Types, "AdditionalProperties")
        .is_some();
    Ok(Operation::GetFolder {
        properties: base_shape != "IdOnly" || additional,
        folders: ids
            .children
            .iter()
            .map(folder_ref)
            .collect::<Result<_, _>>()?,
    })
}

fn folder_ref(element: &Element) -> Result<FolderRef, Violation> {
    let id = required(element, "Id")?;
    if element.is(Namespace::Types, "FolderId") {
        return Ok(FolderRef::Id(id.to_owned()));
    }
    if !element.is(Namespace::Types, "DistinguishedFolderId") {
        return Err(unexpected(element, "FolderId, DistinguishedFolderId"));
    }
    if Folder::named(id).is_none() && !OTHER_DISTINGUISHED.contains(&id) {
        let text = format!("The 'Id' attribute is invalid: the value '{id}' is invalid.");
        return Err(Violation::new(element.offset, text));
    }
    let mailbox = element.child(Namespace::Types, "Mailbox");
    let address = mailbox.and_then(|m| m.child(Namespace::Types, "EmailAddress"));
    Ok(FolderRef::Distinguished {
        id: id.to_owned(),
        mailbox: address
            .map(|a| a.text.trim().to_owned())
            .filter(|a| !a.is_empty()),
    })
}

/// Distinguished ids that the schema knows and no simulated mailbox has.
const OTHER_DISTINGUISHED: [&str; 14] = [
    "publicfoldersroot",
    "junkemail",
    "searchfolders",
    "voicemail",
    "recoverableitemsroot",
    "recoverableitemsdeletions",
    "recoverableitemsversions",
    "recoverableitemspurges",
    "archiveroot",
    "archivemsgfolderroot",
    "archivedeleteditems",
    "archiveinbox",
    "favorites",
    "directory",
];

fn alternate_id(element: &Element) -> Result<AlternateId, Violation> {
    Ok(AlternateId {
        format: required(element, "Format")?.to_owned(),
        id: required(element, "Id")?.to_owned(),
        mailbox: required(element, "Mailbox")?.to_owned(),
    })
}

fn message_child<'a>(element: &'a Element, name: &str) -> Result<&'a Element, Violation> {
    element
        .child(Namespace::Messages, name)
        .ok_or_else(|| incomplete(element))
}

fn required<'a>(element: &'a Element, attribute: &str) -> Result<&'a str, Violation> {
    element.attribute(attribute).ok_or_else(|| {
        let text = format!("The required attribute '{attribute}' is missing.");
        Violation::new(element.offset, text)
    })
}

fn is_true(text: &str) -> bool {
    matches!(text, "true" | "1")
}

fn incomplete(element: &Element) -> Violation {
    let text = format!(
        "The element '{}' has incomplete or invalid content.",
        element.name
    );
    Violation::new(element.offset, text)
}

fn unexpected(element: &Element, expected: &str) -> Violation {
    let text = format!(
        "The element '{}' is not expected here. List of possible elements expected: {expected}.",
        element.name
    );
    Violation::new(element.offset, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(header: &str, body: &str) -> String {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
             xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">\
             <s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
    }

    fn folder(ids: &str) -> String {
        format!(
            "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>\
             <m:FolderIds>{ids}</m:FolderIds></m:GetFolder>"
        )
    }

    #[test]
    fn reads_each_kind_of_identity() {
        for kind in ["SmtpAddress", "PrimarySmtpAddress", "PrincipalName", "SID"] {
            let header = format!(
                "<t:ExchangeImpersonation><t:ConnectingSID><t:{kind}>a&amp;b@c.d</t:{kind}>\
                 </t:ConnectingSID></t:ExchangeImpersonation>"
            );
            let body = folder("<t:DistinguishedFolderId Id=\"inbox\"/>");
            let identity = read(envelope(&header, &body).as_bytes())
                .unwrap()
                .identity
                .unwrap();
            assert_eq!(
                (identity.kind.element(), identity.value.as_str()),
                (kind, "a&b@c.d")
            );
        }
    }

    #[test]
    fn what_the_schema_forbids_is_a_violation() {
        let good = folder("<t:DistinguishedFolderId Id=\"inbox\"/>");
        let swapped = "<m:GetFolder><m:FolderIds><t:DistinguishedFolderId Id=\"inbox\"/>\
            </m:FolderIds><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>\
            </m:GetFolder>";
        let https =
            envelope("", &good).replace("http://schemas.microsoft", "https://schemas.microsoft");
        for bad in [
            envelope("", swapped),
            envelope("", &folder("")),
            envelope("", &folder("<t:DistinguishedFolderId Id=\"Inbox\"/>")),
            envelope("", &good.replace("IdOnly", "Ids")),
            envelope("", ""),
            envelope("<t:RequestServerVersion/>", &good),
            envelope("", "<m:ResolveNames ReturnFullContactData=\"true\"/>"),
            envelope("<t:ExchangeImpersonation/>", &good),
            https,
        ] {
            let refusal = read(bad.as_bytes()).unwrap_err();
            assert_eq!(refusal.code, "ErrorSchemaValidation", "{bad}");
        }
    }

    #[test]
    fn two_identities_are_one_too_many() {
        let header = "<t:ExchangeImpersonation><t:ConnectingSID><t:SID>S-1</t:SID>\
            </t:ConnectingSID></t:ExchangeImpersonation>";
        let body = folder("<t:DistinguishedFolderId Id=\"inbox\"/>");
        let refusal = read(envelope(&header.repeat(2), &body).as_bytes()).unwrap_err();
        assert_eq!(refusal.code, "ErrorDuplicateSOAPHeader");
    }
}
