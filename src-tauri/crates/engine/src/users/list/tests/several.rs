//! Plain lists as mail programs copy them: several addresses a line, quoted names, what nobody sees.

use contract::AddressError;

use super::{Encoded, good, read, read_as};
use crate::users::list::{ListReader, Separator, Want};

#[test]
fn every_address_of_a_line_is_a_row() {
    for (text, expected) in [
        ("a@x,b@x,c@x", &["a@x", "b@x", "c@x"][..]),
        ("a@x;b@x\n", &["a@x", "b@x"]),
        ("a@x; b@x; ,\n", &["a@x", "b@x"]),
        ("a@x\tb@x\n", &["a@x", "b@x"]),
        ("\"a@x\",\"b@x\"\n", &["a@x", "b@x"]),
        ("\"a@x;b@x\"\n", &["a@x", "b@x"]),
        ("\"a@x,b@x\",c@x\n", &["a@x", "b@x", "c@x"]),
        ("sep=;\na@x,b@x\n", &["a@x", "b@x"]),
        ("Anna <a@x>; Ben <b@x>; smtp:c@x\n", &["a@x", "b@x", "c@x"]),
        // The first line decides about the separator, not about what gets lost.
        (
            "a@x\nb@x;c@x\nd@x,e@x\n",
            &["a@x", "b@x", "c@x", "d@x", "e@x"],
        ),
        ("a@x,b@x\nc@x;d@x\n", &["a@x", "b@x", "c@x", "d@x"]),
        ("a@x;Anna\nb@x;c@x\n", &["a@x", "b@x", "c@x"]),
        ("a@x\nAnna <b@x>; Ben <c@x>\n", &["a@x", "b@x", "c@x"]),
    ] {
        for encoded in Encoded::ALL {
            let rows = read_as(&encoded.bytes(text), Want::Address)
                .expect("a list")
                .1;
            assert_eq!(good(&rows), expected, "{text:?} {encoded:?}");
            assert_eq!(rows.len(), expected.len(), "{text:?}: no other rows");
        }
    }
}

#[test]
fn rows_of_one_line_share_its_number_and_keep_their_names() {
    let rows = read("a@x\n\nBerg, Anna <b@x>; \"Coe, Ben\" <c@x>\nd@x;HealthMailbox0@x\n");
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.line, row.display_name.as_deref(), row.is_system))
        .collect();
    assert_eq!(
        seen,
        [
            (1, None, false),
            (3, Some("Berg, Anna"), false),
            (3, Some("Coe, Ben"), false),
            (4, None, false),
            (4, None, true)
        ]
    );
}

#[test]
fn last_names_first_are_parted_by_semicolons() {
    let text = b"Berg, Anna <a@x>; Coe, Ben <b@x>\nDoe, Dan <d@x>\n";
    let (shape, rows) = read_as(text, Want::Address).expect("a list");
    assert_eq!(shape.separator, Separator::Semicolon);
    let names: Vec<_> = rows
        .iter()
        .filter_map(|row| row.display_name.as_deref())
        .collect();
    assert_eq!(names, ["Berg, Anna", "Coe, Ben", "Doe, Dan"]);
    assert_eq!(good(&rows), ["a@x", "b@x", "d@x"]);
}

#[test]
fn a_line_with_other_text_is_one_row() {
    for (text, address, name) in [
        ("a@x,b@x,Anna\n", "a@x", Some("Anna")),
        ("Anna,a@x,b@x\n", "a@x", Some("Anna")),
        ("Munich;Anna <a@x>\n", "a@x", Some("Munich")),
    ] {
        let rows = read(text);
        assert_eq!(good(&rows), [address], "{text:?}");
        assert_eq!(rows.len(), 1, "{text:?}");
        assert_eq!(rows[0].display_name.as_deref(), name, "{text:?}");
    }
    let rows = read("z@x,Zoe\nBerlin,Ben <b@x>\n");
    assert_eq!(good(&rows), ["z@x", "b@x"]);
    let name = rows[1].display_name.as_deref();
    assert_eq!(name, Some("Ben"), "a column beside it is not his name");
}

#[test]
fn a_header_names_the_one_column_of_addresses() {
    let rows = read("Mail,UserPrincipalName\na@x,b@x\n\"c@x;d@x\",\n");
    assert_eq!(rows.len(), 2);
    assert_eq!(good(&rows), ["a@x"]);
    assert_eq!(rows[0].upn.as_deref(), Some("b@x"));
}

#[test]
fn a_quoted_local_part_keeps_its_quotes_in_a_plain_list() {
    for (text, expected) in [
        (r#""john doe"@x"#, &[r#""john doe"@x"#][..]),
        (r#""Smith"@x"#, &[r#""Smith"@x"#]),
        (r#""a,b;c"@x"#, &[r#""a,b;c"@x"#]),
        (r#""a\"b"@x"#, &[r#""a\"b"@x"#]),
        (r#""Coe, Carl" <"c d"@x>"#, &[r#""c d"@x"#]),
        (r#""a b"@x;"c d"@x"#, &[r#""a b"@x"#, r#""c d"@x"#]),
        (r#""a b"@x, c@x"#, &[r#""a b"@x"#, "c@x"]),
        (r#""a@x""#, &["a@x"]),
        (r#""""a b""@x""#, &[r#""a b"@x"#]),
    ] {
        for text in [format!("{text}\n"), format!("z@x\n{text}\n")] {
            let rows = read(&text);
            let skipped = usize::from(text.starts_with('z'));
            assert_eq!(good(&rows)[skipped..], *expected, "{text:?}");
        }
    }
    let rows = read("Mail,Name\n\"a@x\",\"Anna\"\n\"\"\"b c\"\"@x\",\"Ben, \"\"B\"\"\"\n");
    assert_eq!(good(&rows), ["a@x", "\"b c\"@x"], "CSV stays CSV");
    assert_eq!(rows[1].display_name.as_deref(), Some("Ben, \"B\""));
}

#[test]
fn what_nobody_sees_goes_at_the_ends_and_is_told_inside() {
    for c in [
        '\u{ad}', '\u{200b}', '\u{200e}', '\u{202a}', '\u{2060}', '\u{feff}',
    ] {
        for header in ["", "Mail,Name\n", "\u{200b}Ma\u{ad}il\u{200e},Name\n"] {
            let rows = read(&format!(
                "{header}{c}a@x{c} ,Anna\n\" {c} b@x\t{c}\",Ben\nc{c}c@x,Coe\n{c},{c}\n"
            ));
            assert_eq!(good(&rows), ["a@x", "b@x"], "{c:?} {header:?}");
            assert_eq!(rows.len(), 3, "{c:?}: a row of nothing else is blank");
            let bad = rows[2].address.as_ref().expect_err("a bad row");
            assert_eq!(bad.reason, AddressError::Control, "{c:?}");
            assert_eq!(bad.text, "c c@x", "where it is broken is seen");
        }
    }
}

#[test]
fn a_line_of_many_addresses_is_read_at_once() {
    let line = "a@x;".repeat(16 * 1024);
    let mut rows = ListReader::open(line.as_bytes(), "stdin", Want::Address).expect("it fits");
    assert!(rows.all(|row| row.is_ok_and(|row| row.line == 1)));
    assert_eq!(good(&read(&line)).len(), 16 * 1024);
}
