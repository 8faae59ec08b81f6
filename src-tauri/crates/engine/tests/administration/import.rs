//! Whole lists: what each row becomes, all or nothing, and back again.

use std::fmt::Write as _;

use contract::{
    Code, ImportApply, ImportCancel, ImportGroup, ImportRows, ImportUndo, PasswordChange, Undo,
    Verdict,
};

use crate::support::{World, form, list, refused, save, store_password};

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[tokio::test]
async fn five_thousand_users_of_powershell_5_are_added_and_taken_back() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let mut text =
        "DisplayName;PrimarySmtpAddress;UserPrincipalName;RecipientTypeDetails\r\n".to_owned();
    for number in 0..5_000 {
        write!(
            text,
            "\"Usér {number}\";u{number}@contoso.com;u{number}@ad.contoso.com;UserMailbox\r\n"
        )
        .expect("memory");
    }
    let preview = world
        .engine
        .users_import_preview(list(id, &utf16(&text)))
        .await
        .expect("read");
    assert_eq!(
        (
            preview.encoding.as_str(),
            preview.separator.as_str(),
            preview.to_add
        ),
        ("UTF-16LE", "semicolon", 5_000)
    );
    assert_eq!(world.users(id).await.total, 0, "a preview stores nothing");
    let batch = world
        .engine
        .users_import_apply(ImportApply {
            token: preview.token.clone(),
        })
        .await
        .expect("added");
    assert_eq!((batch.added, batch.skipped), (5_000, 0));
    let page = world.users(id).await;
    assert_eq!(page.total, 5_000);
    assert_eq!(page.rows[7].name, "Usér 7", "in the order of the list");
    let again = refused(
        world
            .engine
            .users_import_apply(ImportApply {
                token: preview.token,
            })
            .await,
    );
    assert_eq!(again.0, Code::NotFound, "a preview is applied once");
    let undone = world
        .engine
        .users_import_undo(ImportUndo { batch: batch.batch })
        .await
        .expect("taken back");
    assert_eq!((undone.removed, world.users(id).await.total), (5_000, 0));
    assert_eq!(
        world.kinds().await,
        ["users_deleted", "users_imported", "organization_created"]
    );
}

#[expect(clippy::too_many_lines, reason = "one table, a line a row")]
#[tokio::test]
async fn every_row_gets_its_group_and_its_reason() {
    let world = World::new().await;
    let (here, there) = (
        world.organization("Here").await.id,
        world.organization("There").await.id,
    );
    world.user(here, "here@contoso.com").await;
    world.user(there, "there@contoso.com").await;
    let csv = "DisplayName,PrimarySmtpAddress,RecipientTypeDetails,EmailAddresses,Tags\n\
        Anna,anna@contoso.com,UserMailbox,SMTP:anna@contoso.com;smtp:sales@contoso.com,vip\n\
        Sales,sales@contoso.com,UserMailbox,,\n\
        Here,HERE@contoso.com,UserMailbox,,\n\
        There,there@contoso.com,UserMailbox,,\n\
        Again,Anna@Contoso.com,UserMailbox,,\n\
        Cloud,cloud@contoso.com,RemoteUserMailbox,,\n\
        Health,HealthMailboxabc@contoso.com,MonitoringMailbox,,\n\
        Bad,not an address,UserMailbox,,\n\
        Room,room@contoso.com,RoomMailbox,,\n";
    let preview = world
        .engine
        .users_import_preview(list(here, csv.as_bytes()))
        .await
        .expect("read");
    let rows = ImportRows {
        token: preview.token.clone(),
        group: None,
        offset: 0,
        limit: 100,
    };
    let rows = world
        .engine
        .users_import_rows(rows)
        .await
        .expect("a page")
        .rows;
    let told: Vec<(ImportGroup, Option<&str>)> = rows
        .iter()
        .map(|row| (row.group, row.reason.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (ImportGroup::New, None),
            (
                ImportGroup::Alias,
                Some("sales@contoso.com is an alias of anna@contoso.com.")
            ),
            (
                ImportGroup::AlreadyHere,
                Some("HERE@contoso.com is already in Here.")
            ),
            (
                ImportGroup::Elsewhere,
                Some("there@contoso.com is already in There.")
            ),
            (
                ImportGroup::Duplicate,
                Some("Anna@Contoso.com is already in line 2.")
            ),
            (
                ImportGroup::Remote,
                Some("Lives in Exchange Online: a check on-premises will not find it.")
            ),
            (ImportGroup::System, Some("System mailbox, left out.")),
            (
                ImportGroup::Bad,
                Some("\"not an address\" isn't an e-mail address.")
            ),
            (ImportGroup::New, None),
        ]
    );
    assert_eq!(preview.to_add, 3);
    let only = ImportRows {
        token: preview.token.clone(),
        group: Some(ImportGroup::New),
        offset: 1,
        limit: 1,
    };
    let only = world.engine.users_import_rows(only).await.expect("a page");
    assert_eq!(
        (only.total, only.rows[0].address.as_str()),
        (2, "room@contoso.com")
    );
    let batch = world
        .engine
        .users_import_apply(ImportApply {
            token: preview.token,
        })
        .await
        .expect("added");
    assert_eq!((batch.added, batch.skipped), (3, 6));
    let page = world.users(here).await;
    let added: Vec<(&str, &str, Option<&str>)> = page.rows[1..]
        .iter()
        .map(|row| (row.address.as_str(), row.tags.as_str(), row.kind.as_deref()))
        .collect();
    assert_eq!(
        added,
        [
            ("anna@contoso.com", "vip", Some("UserMailbox")),
            (
                "cloud@contoso.com",
                "Exchange Online",
                Some("RemoteUserMailbox")
            ),
            ("room@contoso.com", "", Some("RoomMailbox")),
        ]
    );
    assert_eq!(page.rows[1].aliases, ["sales@contoso.com"]);
}

#[tokio::test]
async fn two_rows_that_name_each_other_leave_one() {
    let world = World::new().await;
    let id = world.default_organization().await;
    let csv = "PrimarySmtpAddress,EmailAddresses\na@contoso.com,smtp:b@contoso.com smtp:x@contoso.com\n\
        b@contoso.com,smtp:a@contoso.com smtp:y@contoso.com\n";
    let preview = world
        .engine
        .users_import_preview(list(id, csv.as_bytes()))
        .await
        .expect("read");
    assert_eq!(
        preview.to_add, 1,
        "neither both nor none: {:?}",
        preview.groups
    );
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_a_way_out() {
    let world = World::new().await;
    let id = world.default_organization().await;
    for (bytes, message) in [
        (&b""[..], "users.csv is empty."),
        (b"anna\nben\n", "users.csv contains no e-mail address."),
        (
            b"PK\x03\x04[Content_Types].xml",
            "users.csv is an Excel workbook; save it as CSV.",
        ),
    ] {
        let problem = world
            .engine
            .users_import_preview(list(id, bytes))
            .await
            .expect_err("no list");
        assert_eq!(
            (problem.code, problem.message.as_str()),
            (Code::BadList, message)
        );
        assert!(problem.hint.is_some(), "{message}");
    }
    let mut broken = list(id, b"anna@contoso.com");
    broken.base64.push('!');
    assert_eq!(
        refused(world.engine.users_import_preview(broken).await).0,
        Code::Invalid
    );
}

#[tokio::test]
async fn an_address_added_meanwhile_stops_the_whole_import() {
    let world = World::new().await;
    let id = world.default_organization().await;
    let bytes = b"anna@contoso.com\nben@contoso.com\n";
    let preview = world
        .engine
        .users_import_preview(list(id, bytes))
        .await
        .expect("read");
    world.user(id, "ben@contoso.com").await;
    let answer = refused(
        world
            .engine
            .users_import_apply(ImportApply {
                token: preview.token.clone(),
            })
            .await,
    );
    assert_eq!((answer.0, world.users(id).await.total), (Code::Taken, 1));
    world
        .engine
        .users_import_cancel(ImportCancel {
            token: preview.token.clone(),
        })
        .await
        .expect("forgotten");
    let rows = ImportRows {
        token: preview.token,
        group: None,
        offset: 0,
        limit: 1,
    };
    assert_eq!(
        refused(world.engine.users_import_rows(rows).await).0,
        Code::NotFound
    );
}

#[tokio::test]
async fn a_batch_with_an_active_user_stays() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let preview = world
        .engine
        .users_import_preview(list(id, b"anna@contoso.com\nben@contoso.com\n"))
        .await
        .expect("read");
    let batch = world
        .engine
        .users_import_apply(ImportApply {
            token: preview.token,
        })
        .await
        .expect("added");
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("x")))
        .await
        .expect("saved");
    world
        .finished_run(id, "r1", &[("anna@contoso.com", Verdict::Granted)])
        .await;
    world
        .engine
        .email_configuration_save(save(id, form(), PasswordChange::Keep))
        .await
        .expect("applied");
    let answer = refused(
        world
            .engine
            .users_import_undo(ImportUndo { batch: batch.batch })
            .await,
    );
    assert_eq!(
        (answer.0, world.users(id).await.total),
        (Code::NotAllowed, 2)
    );
    let page = world
        .engine
        .activity_page(contract::ActivityQuery::default())
        .await
        .expect("a page");
    let import = page
        .rows
        .iter()
        .find(|row| row.kind == "users_imported")
        .expect("noted");
    assert_eq!(
        refused(
            world
                .engine
                .activity_undo(Undo {
                    activity: import.id
                })
                .await
        )
        .0,
        Code::NotAllowed
    );
}
