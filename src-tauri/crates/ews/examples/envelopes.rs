//! Prints the requests of the codec for one address, as a JSON object: name -> envelope. Used by the
//! interoperability tests, which validate them against the schemas of EWS.

use ews::{
    ConnectingSid, DistinguishedFolder as F, Draft, ItemId, SchemaVersion, create_item,
    delete_item, expand_dl, find_item, get_folder, get_item, get_room_lists, get_rooms,
    resolve_names, server_time_zones,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("usage: envelopes ADDRESS")?;
    let version = SchemaVersion::Exchange2013Sp1;
    let ids = [
        ("smtp", ConnectingSid::smtp_address(&address)?),
        ("primary", ConnectingSid::primary_smtp_address(&address)?),
        ("upn", ConnectingSid::principal_name(&address)?),
        ("sid", ConnectingSid::sid("S-1-5-21-1-2-3-1001")?),
    ];
    let mut envelopes = vec![
        (
            "get_folder_own".to_owned(),
            get_folder::request(version, None, &[F::Inbox])?,
        ),
        (
            "resolve_names".to_owned(),
            resolve_names::request(version, None, "svc-ews")?,
        ),
    ];
    for (name, id) in &ids {
        let all = [F::Inbox, F::Calendar, F::Contacts, F::Tasks];
        envelopes.push((
            format!("get_folder_{name}"),
            get_folder::request(version, Some(id), &[F::Inbox])?,
        ));
        envelopes.push((
            format!("get_folder_all_{name}"),
            get_folder::request(version, Some(id), &all)?,
        ));
    }
    envelopes.extend(directory(version, &ids[0].1, &address)?);
    envelopes.extend(draft(version, &ids[0].1, &address)?);
    let fields: Vec<String> = envelopes
        .iter()
        .map(|(name, envelope)| format!("{}:{}", json(name), json(envelope)))
        .collect();
    println!("{{{}}}", fields.join(","));
    Ok(())
}

type Envelopes = Vec<(String, String)>;

/// What is asked of the directory, and what needs no mailbox.
fn directory(
    version: SchemaVersion,
    user: &ConnectingSid,
    address: &str,
) -> Result<Envelopes, ews::RequestError> {
    let mut envelopes = vec![("server_time_zones", server_time_zones::request(version)?)];
    for user in [None, Some(user)] {
        envelopes.push(("get_room_lists", get_room_lists::request(version, user)?));
        envelopes.push(("get_rooms", get_rooms::request(version, user, address)?));
        envelopes.push(("expand_dl", expand_dl::request(version, user, address)?));
    }
    Ok(numbered(envelopes))
}

/// The life of a draft.
fn draft(
    version: SchemaVersion,
    user: &ConnectingSid,
    address: &str,
) -> Result<Envelopes, ews::RequestError> {
    let draft = Draft {
        subject: "Test & delete",
        body: "Made by a test.\nDelete it <freely>.",
    };
    let item = ItemId {
        id: "AAMkAD+/=".into(),
        change_key: Some("CQAAABYA".into()),
    };
    let mut envelopes = Vec::new();
    for (user, mailbox) in [(None, None), (None, Some(address)), (Some(user), None)] {
        let folders = [F::Inbox, F::Calendar];
        envelopes.push((
            "get_folder_in",
            get_folder::request_in(version, user, mailbox, &folders)?,
        ));
        envelopes.push((
            "create_item",
            create_item::request(version, user, mailbox, draft)?,
        ));
        envelopes.push((
            "find_item",
            find_item::request(version, user, mailbox, draft.subject)?,
        ));
        envelopes.push(("get_item", get_item::request(version, user, &item)?));
        envelopes.push(("delete_item", delete_item::request(version, user, &item)?));
    }
    Ok(numbered(envelopes))
}

/// Names that are unique.
fn numbered(envelopes: Vec<(&str, String)>) -> Envelopes {
    let number = |(n, (name, envelope)): (usize, (&str, String))| (format!("{name}_{n}"), envelope);
    envelopes.into_iter().enumerate().map(number).collect()
}

/// A JSON string (RFC 8259 §7); the codec depends on no JSON library.
fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_ascii_control() => quoted.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
