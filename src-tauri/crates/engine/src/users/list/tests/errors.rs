//! Every way in which a file is no list, as it is told.

use std::io::{self, Read};

use insta::assert_snapshot;

use super::{Encoded, read_as};
use crate::users::list::{Binary, EXPORT_COMMAND, ListError, ListReader, Want};

fn error(bytes: &[u8], want: Want) -> ListError {
    read_as(bytes, want).expect_err("no list")
}

fn told(bytes: &[u8], want: Want) -> String {
    let error = error(bytes, want);
    format!(
        "{error}\n{}",
        error.hint().replace(EXPORT_COMMAND, "(export)")
    )
}

#[test]
fn nothing_is_no_list() {
    for text in ["", "\n\r\n \t \n", "#TYPE x\r\n", "sep=;\n", ",,,\n,,\n"] {
        for encoded in Encoded::ALL {
            let error = error(&encoded.bytes(text), Want::Address);
            assert!(
                matches!(error, ListError::Empty { .. }),
                "{text:?} {encoded:?}: {error}"
            );
        }
    }
    assert_snapshot!(told(b"", Want::Address), @r"
    users.csv is empty
    Put one address on each line. In the Exchange Management Shell: (export)
    ");
    let error = ListError::no_address("stdin");
    assert_snapshot!(error, @"stdin contains no e-mail address");
    assert!(error.hint().contains("Export-Csv"));
}

#[test]
fn unknown_columns_are_listed() {
    assert_snapshot!(told(b"#TYPE x\nFoo;\"Bar\nbaz\";;x\n1;2;3;4\n", Want::Address), @r"
    users.csv: line 2 is neither a known header nor a row with an address; it reads: Foo, Bar baz, x
    Name the column with the addresses PrimarySmtpAddress, WindowsEmailAddress, EmailAddress, Email, Mail, UserPrincipalName or EmailAddresses. In the Exchange Management Shell: (export)
    ");
    let many = format!("{}{}", "x".repeat(50), ",y".repeat(19));
    assert_snapshot!(error(many.as_bytes(), Want::Address), @"users.csv: line 1 is neither a known header nor a row with an address; it reads: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…, y, y, y, y, y, y, y, y, y, y, y and 8 more");
}

#[test]
fn columns_that_are_needed_are_named() {
    assert_snapshot!(told(b"Display Name,SID,Office\nAnna,S-1-5-21-1,Munich\n", Want::Address), @r"
    users.csv: the header in line 1 names Display Name, SID, Office, but no column with addresses
    Name the column with the addresses PrimarySmtpAddress, WindowsEmailAddress, EmailAddress, Email, Mail, UserPrincipalName or EmailAddresses. In the Exchange Management Shell: (export)
    ");
    assert_snapshot!(told(b"DisplayName,Mail\nAnna,a@x\n", Want::Upn), @r"
    users.csv: the header in line 1 names DisplayName, Mail, but no column UserPrincipalName
    Add a column UserPrincipalName, or identify by another form. In the Exchange Management Shell: (export)
    ");
    assert_snapshot!(told(b"a@x\nb@x\n", Want::Sid), @r"
    users.csv: the list has addresses without a header, but no column SID or ObjectSid
    Add a column SID, or identify by another form. In the Exchange Management Shell: Get-User -ResultSize Unlimited -RecipientTypeDetails UserMailbox,SharedMailbox,RoomMailbox,EquipmentMailbox,LinkedMailbox | Select-Object DisplayName,WindowsEmailAddress,UserPrincipalName,Sid,RecipientTypeDetails | Export-Csv users.csv -NoTypeInformation -Encoding UTF8
    ");
    assert_snapshot!(error(b"Alias\nanna\n", Want::Address), @"users.csv: the header in line 1 names Alias, but no column with addresses");
}

#[test]
fn other_files_are_recognized() {
    for (head, kind) in [
        (
            &b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0[Content_Types].xml"[..],
            Binary::Workbook,
        ),
        (b"PK\x03\x04\x14\0xl/workbook.xml", Binary::Workbook),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Binary::Workbook),
        (b"PK\x03\x04\x14\0users.csv", Binary::Archive),
        (b"\x1F\x8B\x08\0", Binary::Archive),
        (b"%PDF-1.7\n", Binary::Pdf),
        (b"SQLite format 3\0", Binary::Other),
        (b"a@x\nb@x\nc@x\n\x01\0\0\0", Binary::Other),
    ] {
        let error = error(head, Want::Address);
        assert!(
            matches!(error, ListError::Binary { kind: found, .. } if found == kind),
            "{kind:?}: {error}"
        );
    }
    assert_snapshot!(told(b"\xD0\xCF\x11\xE0", Want::Address), @r"
    users.csv is an Excel workbook; save it as CSV
    In Excel: File, Save As, file type CSV UTF-8 (comma delimited).
    ");
    assert_snapshot!(told(b"a\0\0\0", Want::Address), @r"
    users.csv is not a text file
    Pass a CSV file, or text with one address a line. In the Exchange Management Shell: (export)
    ");
}

#[test]
fn a_quote_must_be_closed() {
    assert_snapshot!(told(b"Mail,Name\na@x,\"Anna\nb@x,Bob\nc@x,Carl\n", Want::Address), @r"
    users.csv: a quotation mark in line 2 is never closed
    Close the quotation mark, or remove it; within quotes it is written twice.
    ");
}

#[test]
fn too_many_columns_are_no_list() {
    let header = format!("Mail{}", ",x".repeat(1000));
    assert_snapshot!(error(header.as_bytes(), Want::Address), @"users.csv: line 1 has 1001 columns; this does not look like a user list");
    let header = format!("Mail{}\na@x\n", ",x".repeat(999));
    assert_eq!(super::read(&header).len(), 1, "a thousand are accepted");
}

#[test]
fn after_an_error_there_are_no_more_rows() {
    let text = format!("a@x\nb@x\n{}\nc@x\n", "x".repeat(70_000));
    let reader = ListReader::open(text.as_bytes(), "stdin", Want::Address).expect("it begins well");
    let read: Vec<_> = reader.collect();
    assert_eq!(read.len(), 3);
    assert_snapshot!(read[2].as_ref().expect_err("too long"), @"stdin: line 3 is longer than 64 KiB; this does not look like a user list");
}

/// 100 MB of one line, made as it is read; counts what is taken.
struct OneLine<'a> {
    left: usize,
    taken: &'a mut usize,
}

impl Read for OneLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.left);
        buffer[..count].fill(b'x');
        self.left -= count;
        *self.taken += count;
        Ok(count)
    }
}

#[test]
fn one_endless_line_is_refused_at_once() {
    let mut taken = 0;
    let source = OneLine {
        left: 100_000_000,
        taken: &mut taken,
    };
    let error = ListReader::open(source, "users.csv", Want::Address).expect_err("no list");
    assert_snapshot!(format!("{error}\n{}", error.hint()), @r"
    users.csv: line 1 is longer than 64 KiB; this does not look like a user list
    Look at that line: a line break or a closing quotation mark may be missing.
    ");
    assert!(
        taken <= 256 * 1024,
        "the file is not read on: {taken} bytes"
    );
}

#[test]
fn one_endless_quote_is_refused_at_once() {
    let mut taken = 0;
    let head = &b"a@x,Anna\nb@x,\"Bob\n"[..];
    let source = head.chain(OneLine {
        left: 100_000_000,
        taken: &mut taken,
    });
    let mut reader = ListReader::open(source, "users.csv", Want::Address).expect("it begins well");
    assert!(matches!(
        reader.nth(1),
        Some(Err(ListError::LineTooLong { line: 2, .. }))
    ));
    drop(reader);
    assert!(
        taken <= 256 * 1024,
        "the file is not read on: {taken} bytes"
    );
}

/// Fails after its bytes, with an interruption before each of them.
struct Failing<'a>(&'a [u8], bool);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match self.0.split_first() {
            Some((first, rest)) => {
                buffer[0] = *first;
                self.0 = rest;
                Ok(1)
            }
            None => Err(io::Error::other("the share is gone")),
        }
    }
}

#[test]
fn a_failing_source_is_told_and_an_interruption_is_not() {
    let error = ListReader::open(Failing(b"a@x\n", false), "users.csv", Want::Address)
        .expect_err("it fails");
    assert_snapshot!(format!("{error}\n{}", error.hint()), @r"
    users.csv cannot be read
    The system says: the share is gone.
    ");
    let long = "a@x\n".repeat(50_000);
    let reader = ListReader::open(Failing(long.as_bytes(), false), "users.csv", Want::Address)
        .expect("it begins well");
    let last = reader.last().expect("something");
    assert!(
        matches!(last, Err(ListError::Io { .. })),
        "a list that breaks off is not a short list"
    );
}
