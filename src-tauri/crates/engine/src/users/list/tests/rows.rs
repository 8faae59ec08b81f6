//! What the cells of a row mean.

use contract::AddressError;

use super::{address, good, read, read_as};
use crate::users::list::{ListRow, Want};

fn only(text: &str) -> ListRow {
    let mut rows = read(text);
    assert_eq!(rows.len(), 1, "{text:?} is one row");
    rows.remove(0)
}

fn bad(row: &ListRow) -> (&str, AddressError) {
    let bad = row.address.as_ref().expect_err("a bad row");
    (&bad.text, bad.reason)
}

#[test]
fn the_first_address_column_that_is_filled_counts() {
    let header =
        "UserPrincipalName,Mail,E-Mail,Email Address,windows_email_address,PRIMARYSMTPADDRESS";
    for (row, expected) in [
        ("u@x,m@x,e@x,ea@x,w@x,p@x", "p@x"),
        ("u@x,m@x,e@x,ea@x,w@x,", "w@x"),
        ("u@x,m@x,e@x,ea@x, ,", "ea@x"),
        ("u@x,m@x,e@x,,,", "e@x"),
        ("u@x,m@x,,,,", "m@x"),
        ("u@x,,,,,", "u@x"),
        ("u@x", "u@x"),
        ("u@x,m@x,,,,,,surplus,cells", "m@x"),
    ] {
        assert_eq!(
            good(&[only(&format!("{header}\n{row}\n"))]),
            [expected],
            "{row}"
        );
    }
}

#[test]
fn a_bad_address_is_not_replaced_by_another_column() {
    let row =
        only("PrimarySmtpAddress,UserPrincipalName\nanna berg@contoso.com,anna@contoso.com\n");
    assert_eq!(bad(&row), ("anna berg@contoso.com", AddressError::Local));
}

#[test]
fn names_come_from_the_display_name_first() {
    let rows = read(
        "Name,DisplayName,Alias,Mail\nanna,Anna Berg,ab,a@x\nbob,,bb,b@x\n,,cc,Carl <c@x>\n,,dd,d@x\n",
    );
    let names: Vec<_> = rows.iter().map(|row| row.display_name.as_deref()).collect();
    assert_eq!(
        names,
        [Some("Anna Berg"), Some("bob"), Some("Carl"), None],
        "the alias is no name"
    );
}

#[test]
fn proxy_addresses_start_with_the_primary_one() {
    let cell = "x500:/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=anna;smtp:a2@x;\
                SIP:anna@x;SMTP:a1@x,smtp:a3@x Smtp:a4@x;a5@x;smtp:no address";
    let row = only(&format!("Mail,EmailAddresses\nm@x,\"{cell}\"\n"));
    assert_eq!(
        row.proxy_addresses,
        ["a1@x", "a2@x", "a3@x", "a4@x", "a5@x"].map(address)
    );
    assert_eq!(
        good(&[row]),
        ["m@x"],
        "a column with the address counts more"
    );
}

#[test]
fn the_primary_proxy_address_serves_without_an_address_column() {
    for (cell, expected) in [
        ("smtp:b@x;SMTP:a@x", Ok(address("a@x"))),
        ("{SMTP:a@x, smtp:b@x}", Ok(address("a@x"))),
        ("a@x", Ok(address("a@x"))),
        ("smtp:a@x;smtp:b@x", Err(AddressError::Empty)),
        (
            "Microsoft.Exchange.Data.ProxyAddressCollection",
            Err(AddressError::Empty),
        ),
    ] {
        let row = only(&format!("Name;Email Addresses\nAnna;\"{cell}\"\n"));
        assert_eq!(row.address.map_err(|bad| bad.reason), expected, "{cell}");
    }
}

#[test]
fn blank_rows_are_skipped_and_rows_without_address_are_bad() {
    let rows = read("Mail,Name,Office\n,,\n\" \",\"\",\u{a0}\n   \n,Anna,\n,,Munich\na@x,,\n");
    assert_eq!(rows.len(), 3, "only rows with a filled cell: {rows:?}");
    assert_eq!(bad(&rows[0]), ("Anna", AddressError::Empty));
    assert_eq!(bad(&rows[1]), ("line 6", AddressError::Empty));
    assert_eq!(good(&rows), ["a@x"]);
}

#[test]
fn bad_addresses_are_shown_on_one_line() {
    let rows = read("Mail,Name\n\"a@x\nb@x\",Anna\n\"a@x\n\",Anna\nB\u{1b}[31m\u{7}x,\n");
    assert_eq!(bad(&rows[0]), ("a@x b@x", AddressError::Control));
    assert_eq!(bad(&rows[1]), ("a@x", AddressError::Control));
    assert_eq!(bad(&rows[2]), ("B [31m x", AddressError::Control));
    let row = only(&format!("Mail,Name\n{}@x,Anna\n", "ü".repeat(300)));
    assert_eq!(bad(&row), ("ü".repeat(254).as_str(), AddressError::TooLong));
    let hidden = only("Mail,Name\n\"b@x\n<a@x>\",Anna\n");
    assert_eq!(
        bad(&hidden).1,
        AddressError::Control,
        "b@x must not get lost"
    );
}

#[test]
fn names_hold_no_control_characters() {
    let row = only("Mail,Name\na@x,\" Anna\r\n\t\u{1b}[1mBerg \"\n");
    assert_eq!(row.display_name.as_deref(), Some("Anna [1mBerg"));
}

#[test]
fn lists_without_header_find_the_address_by_its_form() {
    for (text, addresses, names) in [
        (
            "Anna;anna@x\nBob;bob@x\n",
            ["anna@x", "bob@x"],
            [Some("Anna"), Some("Bob")],
        ),
        (
            "anna@x,Anna,Munich\nbob@x,,Berlin\n",
            ["anna@x", "bob@x"],
            [Some("Anna"), None],
        ),
        (
            "anna@x,anna@corp,Anna\nbob@x,bob@corp,Bob\n",
            ["anna@x", "bob@x"],
            [Some("Anna"), Some("Bob")],
        ),
        (
            "not@@x,anna@x,Anna\nnor@@x,bob@x,Bob\n",
            ["anna@x", "bob@x"],
            [Some("Anna"), Some("Bob")],
        ),
        (
            "Anna,anna@x\nbob@x\n",
            ["anna@x", "bob@x"],
            [Some("Anna"), None],
        ),
        (
            "Mail,anna@x\nName,bob@x\n",
            ["anna@x", "bob@x"],
            [Some("Mail"), Some("Name")],
        ),
    ] {
        let rows = read(text);
        assert_eq!(good(&rows), addresses, "{text:?}");
        assert_eq!(
            rows.iter()
                .map(|row| row.display_name.as_deref())
                .collect::<Vec<_>>(),
            names,
            "{text:?}"
        );
    }
}

#[test]
fn a_first_line_that_is_nothing_known_is_a_bad_row() {
    let rows = read("My users\nanna@x\n# comment\n");
    assert_eq!(bad(&rows[0]), ("My users", AddressError::Shape));
    assert_eq!(
        bad(&rows[2]),
        ("# comment", AddressError::Shape),
        "there are no comments"
    );
    assert_eq!(good(&rows), ["anna@x"]);
}

#[test]
fn identities_may_come_without_an_address() {
    let list =
        b"DisplayName,User Principal Name,objectSid\nAnna,anna@x,S-1-5-21-1\nBob,,S-1-5-21-2\n";
    let rows = read_as(list, Want::Sid).expect("a list with SIDs").1;
    assert_eq!(rows[1].sid.as_deref(), Some("S-1-5-21-2"));
    assert_eq!(
        (rows[1].upn.as_deref(), bad(&rows[1])),
        (None, ("Bob", AddressError::Empty))
    );
    assert_eq!(rows[0].upn.as_deref(), Some("anna@x"));
    let rows = read_as(b"Sid\nS-1-5-21-1\n", Want::Sid)
        .expect("a list of SIDs")
        .1;
    assert_eq!(
        (rows[0].sid.as_deref(), bad(&rows[0])),
        (Some("S-1-5-21-1"), ("line 2", AddressError::Empty))
    );
}

#[test]
fn system_mailboxes_are_marked() {
    let rows = read(
        "Name,Mail,RecipientTypeDetails\nAnna,a@x,UserMailbox\nSearch,b@x,DiscoveryMailbox\n\
         SystemMailbox{1f05a927},c@x,\nx,HealthMailbox0@x,\nFederatedEmail.4c1f4d8b,,\n",
    );
    assert_eq!(
        rows.iter().map(|row| row.is_system).collect::<Vec<_>>(),
        [false, true, true, true, true]
    );
}

#[test]
fn the_mailbox_guid_is_read_in_every_spelling() {
    let rows = read(
        "PrimarySmtpAddress,Exchange Guid\n\
         a@x,bb00f7cf-0b94-4fab-8ef5-231f0bc40416\n\
         b@x,{BB00F7CF-0B94-4FAB-8EF5-231F0BC40416}\n\
         c@x,\n\
         d@x,00000000-0000-0000-0000-000000000000\n\
         e@x,contoso.com/Users/Eve\n",
    );
    let guids: Vec<_> = rows
        .iter()
        .map(|row| {
            row.exchange_guid
                .as_ref()
                .map(|guid| guid.as_ref().map(ToString::to_string))
        })
        .collect();
    let guid = "bb00f7cf-0b94-4fab-8ef5-231f0bc40416".to_owned();
    assert_eq!(guids[..2], [Some(Ok(guid.clone())), Some(Ok(guid.clone()))]);
    assert_eq!(guids[2..4], [None, None], "no mailbox, no GUID");
    let bad = guids[4]
        .as_ref()
        .expect("a text")
        .as_ref()
        .expect_err("no GUID");
    assert_eq!(
        bad.to_string(),
        "ExchangeGuid is not a GUID and was ignored: contoso.com/Users/Eve"
    );
    assert!(rows[4].address.is_ok(), "the row is as good without");
    let row = only(&format!("MailboxGuid;Mail\n{guid};a@x\n"));
    assert!(matches!(row.exchange_guid, Some(Ok(_))));
    assert_eq!(only("a@x\n").exchange_guid, None);
}
