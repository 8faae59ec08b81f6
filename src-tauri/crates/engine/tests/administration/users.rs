//! Users one by one: what is refused and why, flags, removal, export.

use contract::{
    AddUser, Code, EditUser, ExportUsers, PasswordChange, RemoveUsers, SetUsers, SyncAccess, Undo,
    UserChange, UserIds, UsersFilter, UsersQuery, Verdict,
};

use crate::support::{World, form, list, new_user, refused, save, store_password};

#[tokio::test]
async fn addresses_are_refused_in_the_words_of_the_panel() {
    let world = World::new().await;
    let (here, there) = (
        world.organization("Here").await.id,
        world.organization("There").await.id,
    );
    world.user(here, "anna@contoso.com").await;
    world.user(there, "ben@contoso.com").await;
    let csv = b"PrimarySmtpAddress,EmailAddresses\ncarl@contoso.com,SMTP:carl@contoso.com;smtp:sales@contoso.com\n";
    let preview = world
        .engine
        .users_import_preview(list(here, csv))
        .await
        .expect("read");
    world
        .engine
        .users_import_apply(contract::ImportApply {
            token: preview.token,
        })
        .await
        .expect("added");
    for (address, code, message) in [
        (
            "not an address",
            Code::Invalid,
            "\"not an address\" isn't an e-mail address.",
        ),
        (
            "Anna <ANNA@contoso.com>",
            Code::Taken,
            "ANNA@contoso.com is already in Here.",
        ),
        (
            "ben@contoso.com",
            Code::Taken,
            "ben@contoso.com is already in There.",
        ),
        (
            "sales@contoso.com",
            Code::Taken,
            "sales@contoso.com is an alias of carl@contoso.com.",
        ),
        (
            "HealthMailbox1@contoso.com",
            Code::Invalid,
            "System mailbox, left out.",
        ),
    ] {
        let answer = refused(world.engine.user_add(new_user(here, address)).await);
        assert_eq!(
            answer,
            (code, message.to_owned(), Some("address".to_owned()))
        );
    }
    assert_eq!(world.users(here).await.total, 2, "nothing was added");
}

#[tokio::test]
async fn an_edit_changes_what_it_names() {
    let world = World::new().await;
    let id = world.default_organization().await;
    let user = world.user(id, "anna@contoso.com").await;
    let other = world.user(id, "ben@contoso.com").await;
    let edit = |name: Option<&str>, address: Option<&str>| EditUser {
        user: user.id,
        name: name.map(str::to_owned),
        address: address.map(str::to_owned),
        tags: None,
    };
    let row = world
        .engine
        .user_edit(edit(Some("Anna"), None))
        .await
        .expect("edited");
    assert_eq!(
        (row.name.as_str(), row.address.as_str()),
        ("Anna", "anna@contoso.com")
    );
    let row = world
        .engine
        .user_edit(edit(None, Some("Anna@contoso.com")))
        .await
        .expect("another spelling");
    assert_eq!(row.address, "Anna@contoso.com");
    let answer = refused(
        world
            .engine
            .user_edit(edit(None, Some(&other.address)))
            .await,
    );
    assert_eq!(
        answer.1,
        "ben@contoso.com is already in Default Organization."
    );
}

#[tokio::test]
async fn who_has_sync_access_is_removed_by_force_only_and_comes_back() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    for name in ["anna", "ben", "carl"] {
        world.user(id, &format!("{name}@contoso.com")).await;
    }
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("x")))
        .await
        .expect("saved");
    world
        .finished_run(
            id,
            "r1",
            &[
                ("anna@contoso.com", Verdict::Granted),
                ("ben@contoso.com", Verdict::Refused),
            ],
        )
        .await;
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), PasswordChange::Keep))
        .await
        .expect("applied");
    assert_eq!((saved.activated, saved.failed, saved.unchanged), (1, 1, 0));

    let all = || UserIds::Matching {
        organization: id,
        filter: UsersFilter::default(),
    };
    let answer = refused(
        world
            .engine
            .users_remove(RemoveUsers {
                users: all(),
                force: false,
            })
            .await,
    );
    assert_eq!(
        answer.1,
        "anna@contoso.com has sync access. Deactivate it or use Force delete."
    );
    assert_eq!(world.users(id).await.total, 3, "all or none");
    let removed = world
        .engine
        .users_remove(RemoveUsers {
            users: all(),
            force: true,
        })
        .await
        .expect("forced");
    assert_eq!((removed.removed, world.users(id).await.total), (3, 0));
    world
        .engine
        .activity_undo(Undo {
            activity: removed.undo,
        })
        .await
        .expect("restored");
    let page = world.users(id).await;
    assert_eq!(page.total, 3);
    assert_eq!(page.rows[0].sync_access, SyncAccess::Active, "as it was");
}

#[tokio::test]
async fn two_removals_at_one_moment_are_restored_one_by_one() {
    let world = World::new().await; // its clock stands still
    let id = world.default_organization().await;
    let mut undo = Vec::new();
    for name in ["anna", "ben"] {
        let user = world.user(id, &format!("{name}@contoso.com")).await;
        let users = UserIds::Listed { ids: vec![user.id] };
        undo.push(
            world
                .engine
                .users_remove(RemoveUsers {
                    users,
                    force: false,
                })
                .await
                .expect("removed")
                .undo,
        );
    }
    world
        .engine
        .activity_undo(Undo { activity: undo[0] })
        .await
        .expect("restored");
    let page = world.users(id).await;
    let addresses: Vec<&str> = page.rows.iter().map(|row| row.address.as_str()).collect();
    assert_eq!(
        addresses,
        ["anna@contoso.com"],
        "the other one stays deleted"
    );
}

#[tokio::test]
async fn flags_are_counted_and_canaries_lose_access() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let user = world.user(id, "anna@contoso.com").await;
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
    let set = |change| SetUsers {
        users: UserIds::Listed { ids: vec![user.id] },
        change,
    };
    assert_eq!(
        world
            .engine
            .users_set(set(UserChange::MustRefuse(true)))
            .await
            .expect("set"),
        1
    );
    let row = &world.users(id).await.rows[0];
    assert!(row.must_refuse && row.sync_access == SyncAccess::NotActivated);
    assert_eq!(
        world
            .engine
            .users_set(set(UserChange::MustRefuse(true)))
            .await
            .expect("set"),
        0,
        "nothing new"
    );
    assert_eq!(
        world
            .engine
            .users_set(set(UserChange::SynchronizationDisabled(true)))
            .await
            .expect("set"),
        1
    );
}

#[tokio::test]
async fn an_export_is_read_again_by_the_import() {
    let world = World::new().await;
    let (from, to) = (
        world.organization("From").await.id,
        world.organization("To").await.id,
    );
    let anna = AddUser {
        name: "Berg, Anna \"AB\"".into(),
        upn: Some("anna@ad.contoso.com".into()),
        tags: "=1+1".into(),
        ..new_user(from, "anna@contoso.com")
    };
    world.engine.user_add(anna).await.expect("added");
    world.user(from, "jürgen@contoso.com").await;
    let export = ExportUsers {
        organization: Some(from),
        filter: UsersFilter::default(),
    };
    let file = world.engine.users_export(export).await.expect("written");
    assert_eq!(file.rows, 2);
    let bytes = std::fs::read(&file.path).expect("there");
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    assert!(
        text.contains(",'=1+1,"),
        "no formula for a spreadsheet: {text}"
    );
    let all = UserIds::Matching {
        organization: from,
        filter: UsersFilter::default(),
    };
    world
        .engine
        .users_remove(RemoveUsers {
            users: all,
            force: false,
        })
        .await
        .expect("removed");
    let preview = world
        .engine
        .users_import_preview(list(to, &bytes))
        .await
        .expect("read");
    world
        .engine
        .users_import_apply(contract::ImportApply {
            token: preview.token,
        })
        .await
        .expect("added");
    let page = world.users(to).await;
    assert_eq!(page.rows[0].name, "Berg, Anna \"AB\"");
    assert_eq!(page.rows[0].upn.as_deref(), Some("anna@ad.contoso.com"));
    assert_eq!(page.rows[1].address, "jürgen@contoso.com");
}

#[tokio::test]
async fn a_mailbox_guid_is_imported_and_exported() {
    let world = World::new().await;
    let here = world.organization("Here").await.id;
    let csv = b"PrimarySmtpAddress,ExchangeGuid\nanna@contoso.com,{BB00F7CF-0B94-4FAB-8EF5-231F0BC40416}\n\
        ben@contoso.com,\ncarl@contoso.com,12345\n";
    let preview = world.engine.users_import_preview(list(here, csv)).await;
    let token = preview.expect("read").token;
    let rows = contract::ImportRows {
        token: token.clone(),
        group: None,
        offset: 0,
        limit: 10,
    };
    let rows = world.engine.users_import_rows(rows).await.expect("there");
    let reasons: Vec<_> = rows.rows.iter().map(|row| row.reason.as_deref()).collect();
    let ignored = "ExchangeGuid is not a GUID and was ignored: 12345.";
    assert_eq!(reasons, [None, None, Some(ignored)], "all three are added");
    let apply = contract::ImportApply { token };
    let added = world.engine.users_import_apply(apply).await.expect("added");
    assert_eq!(added.added, 3);
    let export = ExportUsers {
        organization: Some(here),
        filter: UsersFilter::default(),
    };
    let file = world.engine.users_export(export).await.expect("written");
    let text = std::fs::read_to_string(&file.path).expect("there");
    let guid = ",bb00f7cf-0b94-4fab-8ef5-231f0bc40416,";
    let with_guid: Vec<_> = text.lines().filter(|line| line.contains(guid)).collect();
    assert_eq!(with_guid.len(), 1, "{text}");
    assert!(with_guid[0].contains("anna@contoso.com"));
}

#[tokio::test]
async fn a_page_has_1_to_1000_rows() {
    let world = World::new().await;
    for limit in [0, 1_001] {
        let query = UsersQuery {
            organization: None,
            filter: UsersFilter::default(),
            sort: contract::UsersSort::default(),
            direction: contract::SortDirection::default(),
            offset: 0,
            limit,
        };
        assert_eq!(
            refused(world.engine.users_page(query).await).0,
            Code::Invalid
        );
    }
}
