//! One list in every dialect gives the same rows.

use super::{Encoded, good, read, read_as};
use crate::users::list::{ListRow, Separator, Want};

const SEPARATORS: [(Separator, char); 3] = [
    (Separator::Comma, ','),
    (Separator::Semicolon, ';'),
    (Separator::Tab, '\t'),
];
const LINE_ENDS: [&str; 3] = ["\n", "\r\n", "\r"];

/// Umlauts, a Euro sign, an embedded separator of each kind, quotes and a line break.
const LIST: &str = "DisplayName|PrimarySmtpAddress|UserPrincipalName|RecipientTypeDetails|Tags|Title#\
                    #\
                    Jürgen Müller|juergen@contoso.com|jm@corp.contoso.com|UserMailbox|\"a,b;c\td\"|#\
                    \"Berg, Anna\"|anna@contoso.com|||€|Dr.#\
                    \"The \"\"Room\"\"#2\"|room@contoso.com||RoomMailbox||#";

fn expected() -> Vec<ListRow> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    [
        (
            3,
            "Jürgen Müller",
            "juergen@contoso.com",
            "jm@corp.contoso.com",
            "UserMailbox",
            "a,b;c d",
        ),
        (4, "Berg, Anna", "anna@contoso.com", "", "", "€"),
        (
            5,
            "The \"Room\" 2",
            "room@contoso.com",
            "",
            "RoomMailbox",
            "",
        ),
    ]
    .map(|(line, name, address, upn, recipient_type, tags)| ListRow {
        line,
        address: Ok(super::address(address)),
        display_name: some(name),
        upn: some(upn),
        sid: None,
        exchange_guid: None,
        recipient_type: some(recipient_type),
        proxy_addresses: Vec::new(),
        tags: some(tags),
        is_system: false,
    })
    .to_vec()
}

#[test]
fn every_dialect_of_a_list_gives_the_same_rows() {
    for encoded in Encoded::ALL {
        for (separator, character) in SEPARATORS {
            for end in LINE_ENDS {
                for last in [true, false] {
                    let text = LIST.replace('|', &character.to_string()).replace('#', end);
                    let text = if last {
                        &text
                    } else {
                        text.trim_end_matches(['\r', '\n'])
                    };
                    let what = format!("{encoded:?}, {separator:?}, {end:?}, last line end {last}");
                    let (shape, rows) = read_as(&encoded.bytes(text), Want::Address).expect(&what);
                    assert_eq!(rows, expected(), "{what}");
                    assert_eq!(shape.encoding, encoded.name(), "{what}");
                    assert_eq!(shape.separator, separator, "{what}");
                    assert!(shape.header, "{what}");
                    let used = [
                        "DisplayName",
                        "PrimarySmtpAddress",
                        "UserPrincipalName",
                        "RecipientTypeDetails",
                        "Tags",
                    ];
                    assert_eq!(shape.columns, used, "{what}");
                }
            }
        }
    }
}

#[test]
fn what_stands_before_the_header_is_skipped_and_counted() {
    for encoded in Encoded::ALL {
        for end in LINE_ENDS {
            for before in [
                "#TYPE Selected.System.String",
                "#type x",
                "sep=;",
                "",
                "sep=;#TYPE x",
                "#TYPE x##sep=;",
            ] {
                let text = format!("{before}#Name;Mail#Jürgen, A, B, C;j@contoso.com#")
                    .replace("#TYPE", "\u{1}");
                let text = text
                    .replace("#type", "\u{2}")
                    .replace('#', end)
                    .replace('\u{1}', "#TYPE")
                    .replace('\u{2}', "#type");
                let (shape, rows) = read_as(&encoded.bytes(&text), Want::Address).expect(before);
                assert_eq!(shape.separator, Separator::Semicolon, "{before}");
                assert_eq!(good(&rows), ["j@contoso.com"], "{before}");
                let lines = before
                    .replace("#TYPE", "")
                    .replace("#type", "")
                    .matches('#')
                    .count() as u64
                    + 3;
                assert_eq!(rows[0].line, lines, "{before} {end:?}");
            }
        }
    }
}

#[test]
fn the_named_separator_counts_more_than_the_frequent_one() {
    let (shape, rows) = read_as(
        b"sep=;\r\nMail;Name, first, last\r\na@contoso.com;x\r\n",
        Want::Address,
    )
    .expect("a list");
    assert_eq!(
        (shape.separator, good(&rows)),
        (Separator::Semicolon, vec!["a@contoso.com"])
    );
}

#[test]
fn type_lines_of_joined_exports_are_skipped() {
    let rows = read(
        "#TYPE x\r\n\"Mail\",\"Name\"\r\n\"a@contoso.com\",\"A\"\r\n#TYPE x\r\n\"b@contoso.com\",\"B\"\r\n",
    );
    assert_eq!(good(&rows), ["a@contoso.com", "b@contoso.com"]);
    assert_eq!(rows.len(), 2, "the line is no bad row either");
}

#[test]
fn plain_lists_are_one_address_a_line() {
    for encoded in Encoded::ALL {
        for end in LINE_ENDS {
            let text = [
                "a@contoso.com",
                "",
                " Jürgen Müller <j@contoso.com> ",
                "SMTP:c@contoso.com",
                "\"d@contoso.com\"",
            ];
            let (shape, rows) =
                read_as(&encoded.bytes(&text.join(end)), Want::Address).expect("a list");
            assert_eq!(
                good(&rows),
                [
                    "a@contoso.com",
                    "j@contoso.com",
                    "c@contoso.com",
                    "d@contoso.com"
                ]
            );
            assert_eq!(rows[1].display_name.as_deref(), Some("Jürgen Müller"));
            assert_eq!(
                rows.iter().map(|row| row.line).collect::<Vec<_>>(),
                [1, 3, 4, 5]
            );
            assert_eq!(
                (shape.separator, shape.header, shape.columns.len()),
                (Separator::Lines, false, 0)
            );
        }
    }
}

#[test]
fn address_books_write_the_last_name_first() {
    let rows = read(
        "Berg, Anna <anna@contoso.com>\nBob <bob@contoso.com>\n\"Coe, Carl\" <carl@contoso.com>\n",
    );
    assert_eq!(
        good(&rows),
        ["anna@contoso.com", "bob@contoso.com", "carl@contoso.com"]
    );
    let names: Vec<_> = rows
        .iter()
        .filter_map(|row| row.display_name.as_deref())
        .collect();
    assert_eq!(names, ["Berg, Anna", "Bob", "Coe, Carl"]);
}

#[test]
fn windows_1252_is_noticed_when_it_comes() {
    let mut bytes = b"Mail;Name\n".to_vec();
    for at in 0..20_000 {
        bytes.extend(format!("user{at}@contoso.com;User {at}\n").into_bytes());
    }
    bytes.extend(b"juergen@contoso.com;J\xFCrgen \x80\n");
    let (shape, rows) = read_as(&bytes, Want::Address).expect("a list");
    assert_eq!(rows[20_000].display_name.as_deref(), Some("Jürgen €"));
    assert_eq!(
        shape.encoding, "windows-1252",
        "the shape is settled at the end"
    );
}
