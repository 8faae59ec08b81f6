//! Lists that wait to be added: what they hold comes out as it went in, whatever its length.

use contract::{ImportGroup, ImportPreviewRow, SmtpAddress};
use store::organizations;
use store::users::{self, NewUser, WaitingList, WaitingRow};

use crate::support::{NOW, database, new_organization, user, write};

fn row(line: u64, user: Option<NewUser>) -> WaitingRow {
    let group = if user.is_some() {
        ImportGroup::New
    } else {
        ImportGroup::System
    };
    WaitingRow {
        shown: ImportPreviewRow {
            line,
            address: user
                .as_ref()
                .map_or_else(|| format!("line {line}"), |user| user.address.to_string()),
            name: user
                .as_ref()
                .map_or_else(String::new, |user| user.name.clone()),
            kind: user.as_ref().and_then(|user| user.kind.clone()),
            group,
            reason: None,
        },
        user,
    }
}

fn address(text: &str) -> SmtpAddress {
    SmtpAddress::parse(text).expect("an address")
}

#[test]
fn the_first_line_with_an_address_keeps_it() {
    let list = WaitingList::new().expect("temporary space");
    let keys = [("a@x.com".to_owned(), 2), ("b@x.com".to_owned(), 3)];
    assert_eq!(list.claim(&keys).expect("claims"), [None, None]);
    let again = [("b@x.com".to_owned(), 4), ("c@x.com".to_owned(), 5)];
    assert_eq!(list.claim(&again).expect("claims"), [Some(3), None]);
}

#[test]
fn a_row_gives_way_to_the_owner_of_its_address() {
    let list = WaitingList::new().expect("temporary space");
    let claims = [("info@x.com".to_owned(), 1), ("anna@x.com".to_owned(), 2)];
    list.claim(&claims).expect("claims");
    let owner = (address("Anna@x.com"), vec!["info@x.com".to_owned()]);
    list.own(&[owner]).expect("owns");
    list.add(&[
        row(1, Some(user("info@x.com"))),
        row(2, Some(user("Anna@x.com"))),
    ])
    .expect("adds");
    let clashes = list.clashes(0, 10).expect("clashes");
    assert_eq!(clashes.len(), 1);
    let clash = &clashes[0];
    assert_eq!(
        (
            clash.address.as_str(),
            clash.owner.as_str(),
            clash.owner_key.as_str()
        ),
        ("info@x.com", "Anna@x.com", "anna@x.com")
    );
    list.give_way(clash, "An alias.").expect("gives way");
    assert!(list.gave_way("info@x.com").expect("asks"));
    assert!(!list.gave_way("anna@x.com").expect("asks"));
    assert!(list.clashes(0, 10).expect("clashes").is_empty());
    let mut groups = list.groups().expect("groups");
    groups.sort_by_key(|(group, _)| *group == ImportGroup::Alias);
    assert_eq!(groups, [(ImportGroup::New, 1), (ImportGroup::Alias, 1)]);
    let (total, rows) = list.page(Some(ImportGroup::Alias), 0, 10).expect("a page");
    assert_eq!((total, rows[0].reason.as_deref()), (1, Some("An alias.")));
}

#[tokio::test]
async fn a_list_longer_than_a_piece_is_added_whole_and_in_order() {
    let (_folder, db) = database();
    let list = WaitingList::new().expect("temporary space");
    let person = |number: u64| NewUser {
        name: format!("Name {number}"),
        upn: Some("upn@x.com".to_owned()),
        sid: Some("S-1-5-21-1".to_owned()),
        kind: Some("UserMailbox".to_owned()),
        aliases: vec![format!("alias{number}@x.com")],
        tags: "Berlin".to_owned(),
        must_refuse: true,
        location: contract::MailboxLocation::ExchangeOnline,
        exchange_guid: Some([7; 16]),
        ..user(&format!("user{number}@x.com"))
    };
    let rows: Vec<_> = (0..5_003)
        .map(|line| row(line, (line % 5 > 0).then(|| person(line))))
        .collect();
    list.add(&rows).expect("adds");
    let (place, first) = list.users(0, 1).expect("a user").remove(0);
    assert_eq!(
        (place, &first),
        (2, &person(1)),
        "nothing is lost on the way"
    );
    let (total, page) = list.page(None, 5_000, 10).expect("a page");
    assert_eq!((total, page.len(), page[0].line), (5_003, 3, 5_000));
    let added = write(&db, move |tx| {
        let organization = organizations::add(tx, &new_organization("Contoso"), NOW)?;
        users::import_waiting(tx, organization, &list, NOW)?;
        let all = contract::UsersFilter::default();
        users::each(tx, Some(organization), &all, contract::UserId(0), 10_000)
    })
    .await;
    assert_eq!(added.len(), 4_002);
    assert!(added.is_sorted_by_key(|user| user.id.0));
    assert_eq!(added[4_001].address, "user5002@x.com");
}
