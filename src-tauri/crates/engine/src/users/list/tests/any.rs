//! Any bytes at all, and any list in any dialect.

use contract::SmtpAddress;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Encoded, address, read_as};
use crate::users::list::{ListReader, Want};

/// Names of what Windows-1252 can write; its letters cannot be taken for UTF-8.
fn names() -> impl Strategy<Value = String> {
    "([A-Za-zà-ÿ,;\"'.\n\t<>@#=-][A-Za-zà-ÿ ,;\"'.\n\t<>@#=-]{0,20})?"
}

fn rows() -> impl Strategy<Value = Vec<(String, String)>> {
    vec(("[a-z]{1,8}[0-9]{0,3}@[a-z]{1,8}(\\.com)?", names()), 1..20)
}

fn quote(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// As a name is read back: on one line, trimmed.
fn one_line(name: &str) -> Option<String> {
    let words: Vec<&str> = name
        .split(['\n', '\t'])
        .filter(|part| !part.is_empty())
        .collect();
    let joined = words.join(" ");
    // Blanks at the ends go before line breaks do.
    let trimmed = name.trim();
    let parts: Vec<&str> = trimmed
        .split(['\n', '\t'])
        .filter(|part| !part.is_empty())
        .collect();
    Some(parts.join(" ")).filter(|text| !text.is_empty() && !joined.is_empty())
}

fn list_like() -> impl Strategy<Value = Vec<u8>> {
    let part = select(vec![
        &b"Mail"[..],
        b"DisplayName",
        b"SID",
        b"UserPrincipalName",
        b"EmailAddresses",
        b"#TYPE x",
        b"sep=",
        b"a@x",
        b"SMTP:b@x",
        b"<c@x>",
        b",",
        b";",
        b"\t",
        b"\"",
        b"\r",
        b"\n",
        b"\r\n",
        b" ",
        b"\xFC",
        b"\xC3\xBC",
        b"\xEF\xBB\xBF",
        b"\xFF\xFE",
        b"\xC3",
        b"\xE2\x82",
    ]);
    vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..2000)) {
        ends(&bytes)?;
    }

    #[test]
    fn any_pieces_of_lists_are_read_or_refused(bytes in list_like()) {
        ends(&bytes)?;
    }

    #[test]
    fn any_list_reads_back_in_any_dialect(
        mut rows in rows(),
        encoded in select(Encoded::ALL.to_vec()),
        separator in select(vec![',', ';', '\t']),
        end in select(vec!["\n", "\r\n", "\r"]),
        header in any::<bool>(),
        last in any::<bool>(),
    ) {
        let mut lines = Vec::new();
        if header {
            lines.push(format!("PrimarySmtpAddress{separator}DisplayName"));
        } else {
            // Without a header a name that is an address is a mailbox of its own.
            for (_, name) in &mut rows {
                let is_address = |part: &str| SmtpAddress::parse(part.trim()).is_ok();
                if is_address(name) || name.split([',', ';', '\t']).any(is_address) {
                    *name = name.replace('@', "a");
                }
            }
        }
        lines.extend(rows.iter().map(|(address, name)| format!("{address}{separator}{}", quote(name))));
        let mut text = lines.join(end);
        if last {
            text.push_str(end);
        }
        let (shape, read) = read_as(&encoded.bytes(&text), Want::Address).expect("a list");
        prop_assert_eq!(shape.header, header);
        let addresses: Vec<_> = read.iter().map(|row| row.address.clone().expect("an address")).collect();
        prop_assert_eq!(addresses, rows.iter().map(|(text, _)| address(text)).collect::<Vec<_>>());
        if header {
            let names: Vec<_> = read.iter().map(|row| row.display_name.clone()).collect();
            prop_assert_eq!(names, rows.iter().map(|(_, name)| one_line(name)).collect::<Vec<_>>());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_line_of_addresses_gives_all_of_them(
        lines in vec(vec(("[a-z]{1,8}@[a-z]{1,8}", "([A-Z][a-z]{0,5}(, [A-Z][a-z ]{0,5})?)?"), 1..5), 1..5),
        separator in select(vec![",", ";", "\t", ", ", "; ", " ;"]),
        encoded in select(Encoded::ALL.to_vec()),
        end in select(vec!["\n", "\r\n", "\r"]),
        last in select(vec!["", ";"]),
    ) {
        let entry = |(address, name): &(String, String)| match (name.as_str(), separator.trim()) {
            ("", _) => address.clone(),
            (name, ",") => format!("\"{name}\" <{address}>"),
            (name, _) => format!("{name} <{address}>"),
        };
        let text: String = lines
            .iter()
            .map(|line| line.iter().map(entry).collect::<Vec<_>>().join(separator) + last + end)
            .collect();
        let (_, rows) = read_as(&encoded.bytes(&text), Want::Address).expect("a list");
        let read: Vec<_> = rows
            .into_iter()
            .map(|row| (row.line, row.address.expect("an address")))
            .collect();
        let expected: Vec<_> = (1..)
            .zip(&lines)
            .flat_map(|(at, line)| line.iter().map(move |(text, _)| (at, address(text))))
            .collect();
        prop_assert_eq!(read, expected, "{:?}", text);
    }
}

/// Whatever it is, it comes to an end, and no text carries a control character out.
fn ends(bytes: &[u8]) -> Result<(), TestCaseError> {
    for want in [Want::Address, Want::Upn, Want::Sid] {
        let Ok(reader) = ListReader::open(bytes, "stdin", want) else {
            continue;
        };
        let mut rows = 0;
        for row in reader {
            rows += 1;
            prop_assert!(rows <= bytes.len() + 1, "more rows than bytes");
            let Ok(row) = row else { continue };
            let bad = row.address.as_ref().err().map(|bad| bad.text.clone());
            for text in [row.display_name, row.upn, row.sid, row.tags, bad]
                .into_iter()
                .flatten()
            {
                prop_assert!(
                    !text.is_empty() && !text.chars().any(char::is_control),
                    "{text:?}"
                );
            }
        }
    }
    Ok(())
}
