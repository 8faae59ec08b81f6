//! Prints the requests of the codec for one address, as a JSON object: name -> envelope. Used by the
//! interoperability tests, which validate them against the schemas of EWS.

use ews::{ConnectingSid, DistinguishedFolder as F, SchemaVersion, get_folder, resolve_names};

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
    let fields: Vec<String> = envelopes
        .iter()
        .map(|(name, envelope)| format!("{}:{}", json(name), json(envelope)))
        .collect();
    println!("{{{}}}", fields.join(","));
    Ok(())
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
