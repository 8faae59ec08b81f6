//! A request read back by an XML reader that knows nothing of this crate says what was asked.

use ews::autodiscover::{json, pox, soap};
use ews::{
    ConnectingSid, DistinguishedFolder, Draft, ItemId, MAX_IDENTITY, RequestError, SchemaVersion,
    create_item, delete_item, expand_dl, get_folder, get_item, get_rooms, resolve_names,
};
use proptest::prelude::*;
use proptest::sample::subsequence;
use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_identity_arrives_as_it_was(identity in identity(), kind in 0usize..4, version in version()) {
        let (sid, element) = match kind {
            0 => (ConnectingSid::smtp_address(&identity), "SmtpAddress"),
            1 => (ConnectingSid::primary_smtp_address(&identity), "PrimarySmtpAddress"),
            2 => (ConnectingSid::principal_name(&identity), "PrincipalName"),
            _ => (ConnectingSid::sid(&identity), "SID"),
        };
        let request = get_folder::request(version, Some(&sid.unwrap()), &[DistinguishedFolder::Inbox]).unwrap();
        let read = read_back(&request);
        let path = format!("{SOAP}#Envelope/{SOAP}#Header/{TYPES}#ExchangeImpersonation/{TYPES}#ConnectingSID/{TYPES}#{element}");
        let texts: Vec<_> = read.iter().filter(|(_, text)| *text == identity).collect();
        prop_assert_eq!(texts.len(), 1, "once and only once: {}", request);
        prop_assert_eq!(&texts[0].0, &path);
    }

    #[test]
    fn any_name_arrives_as_it_was(name in identity(), version in version()) {
        let request = resolve_names::request(version, None, &name).unwrap();
        let read = read_back(&request);
        let path = format!("{SOAP}#Envelope/{SOAP}#Body/{MESSAGES}#ResolveNames/{MESSAGES}#UnresolvedEntry");
        prop_assert!(read.contains(&(path, name)), "{}", request);
        prop_assert!(!request.contains("ExchangeImpersonation"));
    }

    #[test]
    fn any_address_arrives_where_it_belongs(address in identity(), version in version()) {
        let body = format!("{SOAP}#Envelope/{SOAP}#Body/{MESSAGES}#");
        let expected = [
            (get_rooms::request(version, None, &address), format!("{body}GetRooms/{MESSAGES}#RoomList/{TYPES}#EmailAddress")),
            (expand_dl::request(version, None, &address), format!("{body}ExpandDL/{MESSAGES}#Mailbox/{TYPES}#EmailAddress")),
            (
                get_folder::request_in(version, None, Some(&address), &[DistinguishedFolder::Inbox]),
                format!("{body}GetFolder/{MESSAGES}#FolderIds/{TYPES}#DistinguishedFolderId/{TYPES}#Mailbox/{TYPES}#EmailAddress"),
            ),
        ];
        for (request, path) in expected {
            let request = request.unwrap();
            prop_assert!(read_back(&request).contains(&(path, address.clone())), "{}", request);
        }
    }

    #[test]
    fn any_draft_arrives_as_it_was(subject in identity(), body in identity(), mailbox in identity()) {
        let body = format!("first\n\n{body}\tlast");
        let draft = Draft { subject: &subject, body: &body };
        let request = create_item::request(SchemaVersion::default(), None, Some(&mailbox), draft).unwrap();
        let read = read_back(&request);
        let items = format!("{SOAP}#Envelope/{SOAP}#Body/{MESSAGES}#CreateItem/{MESSAGES}#Items/{TYPES}#Message/{TYPES}#");
        prop_assert!(read.contains(&(format!("{items}Subject"), subject)), "{}", request);
        prop_assert!(read.contains(&(format!("{items}Body"), body)), "{}", request);
        let folder = format!("{SOAP}#Envelope/{SOAP}#Body/{MESSAGES}#CreateItem/{MESSAGES}#SavedItemFolderId/{TYPES}#DistinguishedFolderId/{TYPES}#Mailbox/{TYPES}#EmailAddress");
        prop_assert!(read.contains(&(folder, mailbox)), "{}", request);
    }

    #[test]
    fn any_item_is_named_and_no_other(id in identity()) {
        let item = ItemId { id: id.clone(), change_key: Some("never sent".into()) };
        let requests = [
            get_item::request(SchemaVersion::default(), None, &item).unwrap(),
            delete_item::request(SchemaVersion::default(), None, &item).unwrap(),
        ];
        for request in requests {
            prop_assert_eq!(attributes(&request, "ItemId"), [("Id".to_owned(), id.clone())]);
        }
    }

    #[test]
    fn any_user_is_discovered_as_it_is(address in identity()) {
        let autodiscover = "http://schemas.microsoft.com/exchange/2010/Autodiscover";
        let request = soap::request("https://a.b/autodiscover.svc", &[&address, "x@y.z"]).unwrap();
        let users = format!("{SOAP}#Envelope/{SOAP}#Body/{autodiscover}#GetUserSettingsRequestMessage/{autodiscover}#Request/{autodiscover}#Users/{autodiscover}#User/{autodiscover}#Mailbox");
        let read = read_back(&request);
        let sent: Vec<_> = read.iter().filter(|(path, _)| *path == users).map(|(_, text)| text.as_str()).collect();
        prop_assert_eq!(sent, [address.as_str(), "x@y.z"]);
        let schema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
        let path = format!("{schema}#Autodiscover/{schema}#Request/{schema}#EMailAddress");
        prop_assert!(read_back(&pox::request(&address).unwrap()).contains(&(path, address)));
    }

    #[test]
    fn a_path_has_one_query_whatever_the_address(address in identity()) {
        let path = json::path(&address).unwrap();
        let rest = path.strip_prefix("/autodiscover/autodiscover.json/v1.0/").unwrap();
        let encoded = rest.strip_suffix("?Protocol=EWS").unwrap();
        prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~@%".contains(&b)), "{}", path);
        prop_assert_eq!(decoded(encoded), address.trim());
    }

    #[test]
    fn what_is_sent_is_never_empty_and_never_without_end(identity in any::<String>()) {
        let sid = ConnectingSid::SmtpAddress(identity.clone());
        match get_folder::request(SchemaVersion::default(), Some(&sid), &[DistinguishedFolder::Inbox]) {
            Ok(_) => prop_assert!(!identity.trim().is_empty() && identity.len() <= MAX_IDENTITY),
            Err(RequestError::Empty) => prop_assert!(identity.trim().is_empty()),
            Err(RequestError::TooLong(length)) => prop_assert!(length > MAX_IDENTITY),
            Err(RequestError::ForbiddenCharacter(c)) => prop_assert!(identity.contains(c)),
            Err(RequestError::NoFolders) => prop_assert!(false, "a folder was asked for"),
        }
    }

    #[test]
    fn the_folders_arrive_in_order(folders in subsequence(FOLDERS.to_vec(), 1..=4)) {
        let request = get_folder::request(SchemaVersion::default(), None, &folders).unwrap();
        let places: Vec<_> = folders.iter().map(|f| request.find(&format!("Id=\"{}\"", f.as_str())).unwrap()).collect();
        prop_assert!(places.is_sorted(), "{}", request);
        prop_assert_eq!(request.matches("<t:DistinguishedFolderId ").count(), folders.len());
    }
}

const FOLDERS: [DistinguishedFolder; 4] = [
    DistinguishedFolder::Inbox,
    DistinguishedFolder::Calendar,
    DistinguishedFolder::Contacts,
    DistinguishedFolder::Tasks,
];

/// Anything that may be sent, with the characters XML minds well represented, and a mark that
/// keeps it from being equal to a text of the envelope.
fn identity() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,60}", r#"[<>&"';\]\[!a-z-]{0,40}"#, "\\PC{0,60}"]
        .prop_map(|text| format!("{text}\u{1F511}@contoso.com"))
        .prop_filter("a character that is never sent", |text| {
            !text
                .chars()
                .any(|c| c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        })
}

fn version() -> impl Strategy<Value = SchemaVersion> {
    prop_oneof![
        Just(SchemaVersion::Exchange2013Sp1),
        Just(SchemaVersion::Exchange2010Sp2)
    ]
}

/// Percent-decoded (RFC 3986 §2.1).
fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits: String = bytes.by_ref().take(2).map(char::from).collect();
            decoded.push(u8::from_str_radix(&digits, 16).expect("two digits"));
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).expect("the address was UTF-8")
}

/// Attributes of the only element of that name, unescaped.
fn attributes(request: &str, name: &str) -> Vec<(String, String)> {
    let mut reader = NsReader::from_str(request);
    let mut found = Vec::new();
    loop {
        match reader.read_event().expect("our request is well-formed") {
            Event::Empty(tag) if tag.local_name().as_ref() == name => {
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("well-formed attributes");
                    let value = attribute
                        .normalized_value(XmlVersion::Implicit1_0)
                        .expect("one of the five entities");
                    found.push((attribute.key.as_ref().to_owned(), value.into_owned()));
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// Every leaf with a text: its path of `namespace#name` and the text, unescaped.
fn read_back(request: &str) -> Vec<(String, String)> {
    let mut reader = NsReader::from_str(request);
    let (mut path, mut text, mut leaves) = (Vec::new(), String::new(), Vec::new());
    loop {
        match reader
            .read_resolved_event()
            .expect("our request is well-formed")
        {
            (namespace, Event::Start(tag)) => {
                let ResolveResult::Bound(namespace) = namespace else {
                    panic!("{tag:?} has no namespace")
                };
                path.push(format!(
                    "{}#{}",
                    namespace.as_ref(),
                    tag.local_name().as_ref()
                ));
                text.clear();
            }
            (_, Event::End(_)) => {
                if !text.is_empty() {
                    leaves.push((path.join("/"), std::mem::take(&mut text)));
                }
                path.pop();
            }
            (_, Event::Text(piece)) => text.push_str(&piece),
            (_, Event::GeneralRef(name)) => {
                text.push_str(resolve_predefined_entity(&name).expect("one of the five"));
            }
            (_, Event::Decl(_) | Event::Empty(_)) => {}
            (_, Event::Eof) => return leaves,
            (_, other) => panic!("unexpected in a request: {other:?}"),
        }
    }
}
