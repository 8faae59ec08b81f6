//! An entry of the directory as EWS writes it, whichever operation it comes from.
//!
//! It keeps what the server said; it will never guess an address from a name.

use crate::tree::Element;

/// `t:EmailAddressType`: a mailbox, room, group or contact. Every field may be absent, as in the
/// schema.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/mailbox>
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DirectoryAddress {
    /// Display name.
    pub name: Option<String>,
    /// The address, in the form `routing_type` names.
    pub email_address: Option<String>,
    /// `SMTP` for all but foreign systems (`EX`, …).
    pub routing_type: Option<String>,
    /// What kind of entry it is; `GetRoomLists` and `GetRooms` of older servers leave it out.
    pub mailbox_type: Option<MailboxType>,
}

impl DirectoryAddress {
    /// The address, if it is one of SMTP: with that routing type or none, and an `@` in it.
    #[must_use]
    pub fn smtp_address(&self) -> Option<&str> {
        let routing = self.routing_type.as_deref().unwrap_or("SMTP");
        self.email_address
            .as_deref()
            .filter(|address| routing.eq_ignore_ascii_case("SMTP") && address.contains('@'))
    }

    /// `None` for an element that says nothing at all.
    pub(crate) fn from_element(mailbox: &Element) -> Option<Self> {
        let address = Self {
            name: mailbox.child_text("Name"),
            email_address: mailbox.child_text("EmailAddress"),
            routing_type: mailbox.child_text("RoutingType"),
            mailbox_type: mailbox
                .child_text("MailboxType")
                .as_deref()
                .map(MailboxType::from),
        };
        (address != Self::default()).then_some(address)
    }
}

/// `t:MailboxType`: what stands behind an address.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/mailboxtype>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MailboxType {
    /// A mailbox of the organization; rooms and equipment too.
    Mailbox,
    /// A distribution group of the directory, dynamic ones included.
    PublicDl,
    /// A distribution list in somebody's contacts folder.
    PrivateDl,
    /// A mail contact or mail user.
    Contact,
    /// An address that is not in the directory.
    OneOff,
    /// A mail-enabled public folder.
    PublicFolder,
    /// A Microsoft 365 group.
    GroupMailbox,
    /// Anything else as it came; the schema has a value that is spelled `Unknown`.
    Unknown(String),
}

impl MailboxType {
    /// The value on the wire, for example `PublicDL`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mailbox => "Mailbox",
            Self::PublicDl => "PublicDL",
            Self::PrivateDl => "PrivateDL",
            Self::Contact => "Contact",
            Self::OneOff => "OneOff",
            Self::PublicFolder => "PublicFolder",
            Self::GroupMailbox => "GroupMailbox",
            Self::Unknown(other) => other,
        }
    }
}

impl From<&str> for MailboxType {
    fn from(value: &str) -> Self {
        match value {
            "Mailbox" => Self::Mailbox,
            "PublicDL" => Self::PublicDl,
            "PrivateDL" => Self::PrivateDl,
            "Contact" => Self::Contact,
            "OneOff" => Self::OneOff,
            "PublicFolder" => Self::PublicFolder,
            "GroupMailbox" => Self::GroupMailbox,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree;

    #[test]
    fn every_type_survives_the_way_back_to_the_wire() {
        for name in [
            "Mailbox",
            "PublicDL",
            "PrivateDL",
            "Contact",
            "OneOff",
            "PublicFolder",
            "GroupMailbox",
            "Unknown",
            "publicdl",
        ] {
            let read = MailboxType::from(name);
            assert_eq!(read.as_str(), name);
            let unknown = matches!(name, "Unknown" | "publicdl");
            assert_eq!(matches!(read, MailboxType::Unknown(_)), unknown, "{name}");
        }
    }

    #[test]
    fn only_smtp_is_an_smtp_address() {
        let smtp = |routing: &str, address: &str| {
            let routing = match routing {
                "" => String::new(),
                _ => format!("<RoutingType>{routing}</RoutingType>"),
            };
            let xml = format!("<M>{routing}<EmailAddress>{address}</EmailAddress></M>");
            let read = DirectoryAddress::from_element(&tree::parse(&xml).unwrap()).unwrap();
            read.smtp_address().map(str::to_owned)
        };
        assert_eq!(smtp("SMTP", "a@b.c").as_deref(), Some("a@b.c"));
        assert_eq!(smtp("smtp", "a@b.c").as_deref(), Some("a@b.c"));
        assert_eq!(smtp("", "a@b.c").as_deref(), Some("a@b.c"));
        assert_eq!(smtp("EX", "/o=Contoso/cn=a@b.c"), None);
        assert_eq!(smtp("SMTP", "/o=Contoso/cn=a"), None);
    }

    #[test]
    fn an_empty_element_is_nobody() {
        let read = |xml| DirectoryAddress::from_element(&tree::parse(xml).unwrap());
        assert_eq!(
            read("<Mailbox><Name> </Name><ItemId Id='x'/></Mailbox>"),
            None
        );
        assert!(read("<Mailbox><Name>A</Name></Mailbox>").is_some());
    }
}
