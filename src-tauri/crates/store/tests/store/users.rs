//! Users: pages, flags, removal, lists.

use contract::{
    OrganizationId, SmtpAddress, SortDirection, SyncAccess, UserChange, UserId, UserIds,
    UsersFilter, UsersQuery, UsersSort,
};
use store::users::{BatchUndo, NewUser, Removed, UserEdit};
use store::{Db, StoreError, organizations, run_results, runs, users};

use crate::support::{
    LATER, NOW, contoso, database, new_organization, new_run, outcome, read, user, write,
};

fn query(organization: Option<OrganizationId>) -> UsersQuery {
    UsersQuery {
        organization,
        filter: UsersFilter::default(),
        sort: UsersSort::Added,
        direction: SortDirection::Ascending,
        offset: 0,
        limit: 100,
    }
}

fn named(address: &str, name: &str, tags: &str) -> NewUser {
    NewUser {
        name: name.to_owned(),
        tags: tags.to_owned(),
        ..user(address)
    }
}

/// Makes users active the way they become it: by a run that is applied.
async fn activate(db: &Db, organization: OrganizationId, ids: &[UserId]) {
    let ids = ids.to_vec();
    write(db, move |tx| {
        let before = runs::list(tx, &contract::RunsQuery::default())?.len();
        let run = runs::create(tx, &new_run(&format!("run-{before}"), Some(organization)))?;
        let by = contract::IdentifyBy::Smtp;
        let selection = run_results::Selection::Users(ids.clone());
        let next = run_results::add_from_users(tx, run, 0, organization, &selection, by)?;
        let outcomes: Vec<_> = (0..next)
            .map(|seq| outcome(seq, contract::Verdict::Granted))
            .collect();
        run_results::record(tx, run, &outcomes)?;
        run_results::apply_to_users(tx, run, organization, NOW)
    })
    .await;
}

async fn addresses(db: &Db, query: UsersQuery) -> (u64, u64, Vec<String>) {
    let page = read(db, move |tx| users::page(tx, &query)).await;
    let rows = page
        .rows
        .into_iter()
        .map(|row| row.address.split('@').next().unwrap_or_default().to_owned());
    (page.total, page.unfiltered, rows.collect())
}

/// Zoe (active), Anna, Ben and a canary of one organization, another Anna elsewhere.
async fn several(db: &Db) -> (OrganizationId, Vec<UserId>) {
    let (organization, ids) = contoso(db, &["zoe@x.com"]).await;
    write(db, move |tx| {
        users::add(tx, organization, &named("anna@x.com", "Ärmel", "vip"), NOW)?;
        users::add(tx, organization, &named("ben@x.com", "ben", ""), NOW)?;
        users::add(
            tx,
            organization,
            &NewUser {
                must_refuse: true,
                ..named("canary@x.com", "Ben", "")
            },
            NOW,
        )?;
        let other = organizations::add(tx, &new_organization("Other"), NOW)?;
        users::add(tx, other, &user("anna@x.com"), NOW)
    })
    .await;
    activate(db, organization, &ids).await;
    (organization, ids)
}

#[tokio::test]
async fn pages_sort_and_count() {
    let (_folder, db) = database();
    let (organization, _) = several(&db).await;
    let all = query(Some(organization));
    assert_eq!(
        addresses(&db, all.clone()).await,
        (
            4,
            4,
            ["zoe", "anna", "ben", "canary"].map(str::to_owned).to_vec()
        )
    );
    assert_eq!(addresses(&db, query(None)).await.0, 5);

    let sorted = |sort, direction| UsersQuery {
        sort,
        direction,
        ..all.clone()
    };
    for (sort, expected) in [
        (UsersSort::Name, ["zoe", "ben", "canary", "anna"]),
        (UsersSort::Address, ["anna", "ben", "canary", "zoe"]),
        (UsersSort::SyncAccess, ["zoe", "anna", "ben", "canary"]),
        (UsersSort::LastChecked, ["anna", "ben", "canary", "zoe"]),
        (UsersSort::LastVerdict, ["anna", "ben", "canary", "zoe"]),
    ] {
        assert_eq!(
            addresses(&db, sorted(sort, SortDirection::Ascending))
                .await
                .2,
            expected,
            "{sort:?}"
        );
        let mut backwards = expected.to_vec();
        backwards.reverse();
        assert_eq!(
            addresses(&db, sorted(sort, SortDirection::Descending))
                .await
                .2,
            backwards,
            "{sort:?}"
        );
    }
}

#[tokio::test]
async fn pages_filter() {
    let (_folder, db) = database();
    let (organization, ids) = several(&db).await;
    let all = query(Some(organization));
    let only = |filter| {
        addresses(
            &db,
            UsersQuery {
                filter,
                ..all.clone()
            },
        )
    };
    let text = |text: &str| UsersFilter {
        search: Some(text.to_owned()),
        ..UsersFilter::default()
    };
    assert_eq!(only(text("ÄRM")).await, (1, 4, vec!["anna".to_owned()]));
    assert_eq!(only(text("VIP")).await.0, 1);
    assert_eq!(only(text("_")).await.0, 0, "no wildcard");
    assert_eq!(
        only(UsersFilter {
            sync_access: Some(SyncAccess::Active),
            ..text("")
        })
        .await
        .2,
        ["zoe"]
    );
    assert_eq!(
        only(UsersFilter {
            must_refuse: Some(true),
            ..text("")
        })
        .await
        .2,
        ["canary"]
    );
    assert_eq!(
        only(UsersFilter {
            verdict: Some(contract::Verdict::Granted),
            ..text("")
        })
        .await
        .2,
        ["zoe"]
    );
    assert_eq!(
        only(UsersFilter {
            synchronization_disabled: Some(false),
            ..text("")
        })
        .await
        .0,
        4
    );
    let second = UsersQuery {
        offset: 1,
        limit: 2,
        ..all.clone()
    };
    assert_eq!(
        addresses(&db, second).await,
        (4, 4, ["anna", "ben"].map(str::to_owned).to_vec())
    );
    let rest = read(&db, move |tx| {
        users::each(tx, None, &UsersFilter::default(), ids[0], 2)
    })
    .await;
    assert_eq!(
        rest.iter()
            .map(|row| row.address.as_str())
            .collect::<Vec<_>>(),
        ["anna@x.com", "ben@x.com"]
    );
}

#[tokio::test]
async fn a_search_follows_what_is_written() {
    let (folder, db) = database();
    let (organization, _) = several(&db).await;
    let ben = |place, must_refuse| UsersQuery {
        filter: UsersFilter {
            search: Some("BEN".to_owned()),
            must_refuse,
            ..UsersFilter::default()
        },
        ..query(place)
    };
    // From the second time on texts are kept, for one list at a time: what comes first is what was last.
    let found = async |expected: [&[&str]; 3]| {
        for place in [None, Some(organization), None] {
            for time in 0..4 {
                let (total, _, rows) = addresses(&db, ben(place, None)).await;
                assert_eq!(rows, expected[0], "{place:?}, {time}");
                assert_eq!(total, expected[0].len() as u64);
            }
        }
        for (must_refuse, rows) in [(true, expected[1]), (false, expected[2])] {
            let found = addresses(&db, ben(None, Some(must_refuse))).await;
            assert_eq!(found.2, rows, "{must_refuse}");
        }
    };
    found([&["ben", "canary"], &["canary"], &["ben"]]).await;
    // As another process would.
    let other = Db::open(folder.path()).expect("the file may be open twice");
    let added = write(&other, move |tx| {
        users::add(tx, organization, &user("benno@x.com"), NOW)
    })
    .await;
    found([&["ben", "canary", "benno"], &["canary"], &["ben", "benno"]]).await;
    let gone = UserIds::Listed { ids: vec![added] };
    write(&db, move |tx| users::soft_delete(tx, &gone, true, NOW)).await;
    found([&["ben", "canary"], &["canary"], &["ben"]]).await;
}

#[tokio::test]
async fn an_address_is_taken_within_its_organization() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["Anna@x.com", "ben@x.com"]).await;
    let (anna, ben) = (ids[0], ids[1]);
    let taken = db
        .write(move |tx| users::add(tx, organization, &user("anna@X.com"), NOW))
        .await;
    assert!(
        matches!(taken, Err(StoreError::Taken { what: "address" })),
        "{taken:?}"
    );
    let to_anna = UserEdit {
        address: SmtpAddress::parse("ANNA@x.com").ok(),
        ..UserEdit::default()
    };
    let edit = to_anna.clone();
    let taken = db.write(move |tx| users::edit(tx, ben, &edit, NOW)).await;
    assert!(
        matches!(taken, Err(StoreError::Taken { what: "address" })),
        "{taken:?}"
    );
    write(&db, move |tx| users::edit(tx, anna, &to_anna, NOW)).await;
    let gone = UserIds::Listed { ids: vec![anna] };
    write(&db, move |tx| users::soft_delete(tx, &gone, false, NOW)).await;
    write(&db, move |tx| {
        users::add(tx, organization, &user("anna@x.com"), NOW)
    })
    .await;
}

#[tokio::test]
async fn another_address_is_another_mailbox() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["anna@x.com"]).await;
    activate(&db, organization, &ids).await;
    let id = ids[0];
    let change = |address: Option<&str>, name: Option<&str>| {
        let address = address.map(|address| SmtpAddress::parse(address).expect("a sound address"));
        let edit = UserEdit {
            address,
            name: name.map(str::to_owned),
            tags: None,
        };
        let db = db.clone();
        async move {
            write(&db, move |tx| users::edit(tx, id, &edit, LATER)).await;
            read(&db, move |tx| users::show(tx, id))
                .await
                .expect("it is there")
        }
    };
    let same = change(Some("Anna@X.com"), Some("Änna")).await;
    assert_eq!(
        (same.address.as_str(), same.sync_access),
        ("Anna@X.com", SyncAccess::Active)
    );
    let filter = UsersFilter {
        search: Some("änna".to_owned()),
        ..UsersFilter::default()
    };
    let found = UsersQuery {
        filter,
        ..query(Some(organization))
    };
    assert_eq!(
        addresses(&db, found).await.0,
        1,
        "the search follows the edit"
    );
    let other = change(Some("berta@x.com"), None).await;
    assert_eq!(
        (other.sync_access, other.last_verdict),
        (SyncAccess::NotActivated, None)
    );
    assert_eq!(other.name, "Änna", "what is left out stays");
    assert_eq!(
        read(&db, move |tx| users::counts(tx, organization))
            .await
            .active,
        0
    );
}

#[tokio::test]
async fn flags_count_who_changed() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["a@x.com", "b@x.com", "c@x.com"]).await;
    activate(&db, organization, &ids).await;
    let set = |users: UserIds, change| {
        let db = db.clone();
        async move { write(&db, move |tx| users::set(tx, &users, change, LATER)).await }
    };
    let first = || UserIds::Listed { ids: vec![ids[0]] };
    let all = || UserIds::Matching {
        organization,
        filter: UsersFilter::default(),
    };
    assert_eq!(set(first(), UserChange::MustRefuse(true)).await, 1);
    assert_eq!(
        set(all(), UserChange::MustRefuse(true)).await,
        2,
        "one had it"
    );
    let counts = read(&db, move |tx| users::counts(tx, organization)).await;
    assert_eq!(
        (counts.active, counts.not_activated, counts.must_refuse),
        (0, 3, 3),
        "canaries have no sync access"
    );
    assert_eq!(set(first(), UserChange::MustRefuse(false)).await, 1);
    activate(&db, organization, &ids).await;
    let counts = read(&db, move |tx| users::counts(tx, organization)).await;
    assert_eq!(
        (counts.active, counts.not_activated, counts.must_refuse),
        (1, 2, 2),
        "canaries are never activated"
    );
    assert_eq!(set(all(), UserChange::Deactivate).await, 1);
    assert_eq!(
        set(all(), UserChange::InScope(true)).await,
        0,
        "they are from the start"
    );
    assert_eq!(
        set(all(), UserChange::SynchronizationDisabled(true)).await,
        3
    );
    let filter = UsersFilter {
        synchronization_disabled: Some(true),
        must_refuse: Some(true),
        ..UsersFilter::default()
    };
    assert_eq!(
        set(
            UserIds::Matching {
                organization,
                filter
            },
            UserChange::SynchronizationDisabled(false)
        )
        .await,
        2
    );
}

#[tokio::test]
async fn who_has_sync_access_goes_by_force_only() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["a@x.com", "b@x.com", "c@x.com"]).await;
    activate(&db, organization, &ids[1..]).await;
    let all = || UserIds::Matching {
        organization,
        filter: UsersFilter::default(),
    };
    let (soft, hard) = (all(), all());
    let removed = write(&db, move |tx| users::soft_delete(tx, &soft, false, NOW)).await;
    let expected = Removed {
        removed: 1,
        refused: 2,
        first_refused: Some("b@x.com".to_owned()),
    };
    assert_eq!(removed, expected);
    let removed = write(&db, move |tx| users::soft_delete(tx, &hard, true, LATER)).await;
    assert_eq!(
        removed,
        Removed {
            removed: 2,
            ..Removed::default()
        }
    );

    write(&db, move |tx| {
        users::add(tx, organization, &user("C@x.com"), NOW)
    })
    .await;
    assert_eq!(
        write(&db, |tx| users::restore(tx, LATER)).await,
        1,
        "an address in use keeps its new user"
    );
    let row = read(&db, move |tx| users::show(tx, ids[1]))
        .await
        .expect("it is back");
    assert_eq!(row.sync_access, SyncAccess::Active);
    let counts = read(&db, move |tx| users::counts(tx, organization)).await;
    assert_eq!((counts.users, counts.active), (2, 1));
    assert_eq!(
        write(&db, |tx| users::purge(tx, "2027-01-01T00:00:00Z")).await,
        2
    );
    assert_eq!(
        db.check_integrity().await.expect("it runs"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn an_import_is_all_or_nothing() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &["u77@x.com"]).await;
    let list: Vec<NewUser> = (0..5_000).map(|i| user(&format!("u{i}@x.com"))).collect();
    let clash = list.clone();
    let refused = db
        .write(move |tx| users::import(tx, organization, &clash, NOW))
        .await;
    assert!(
        matches!(refused, Err(StoreError::Taken { what: "address" })),
        "{refused:?}"
    );
    assert_eq!(
        read(&db, move |tx| users::counts(tx, organization))
            .await
            .users,
        1,
        "nothing half-applied"
    );

    let fresh: Vec<NewUser> = list
        .into_iter()
        .filter(|user| user.address.local() != "u77")
        .collect();
    let batch = write(&db, move |tx| users::import(tx, organization, &fresh, NOW)).await;
    assert_eq!(
        read(&db, move |tx| users::counts(tx, organization))
            .await
            .users,
        5_000
    );
    let undone = write(&db, move |tx| users::undo_import(tx, batch, LATER)).await;
    assert_eq!(undone, BatchUndo::Removed(4_999));
    let again = db
        .write(move |tx| users::undo_import(tx, batch, LATER))
        .await;
    assert!(
        matches!(again, Err(StoreError::NotFound)),
        "a batch is taken back once"
    );
}

#[tokio::test]
async fn an_import_in_use_stays() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    let (batch, first) = write(&db, move |tx| {
        let batch = users::import(tx, organization, &[user("a@x.com"), user("b@x.com")], NOW)?;
        let first = users::lookup(tx, &["a@x.com".to_owned()])?[0].user;
        Ok((batch, first))
    })
    .await;
    activate(&db, organization, &[first]).await;
    let refused = write(&db, move |tx| users::undo_import(tx, batch, LATER)).await;
    assert_eq!(
        refused,
        BatchUndo::InUse {
            activated: 1,
            moved: 0
        }
    );
    assert_eq!(
        read(&db, move |tx| users::counts(tx, organization))
            .await
            .users,
        2
    );
}

#[tokio::test]
async fn addresses_domains_and_aliases_are_found() {
    let (_folder, db) = database();
    let (organization, _) = contoso(
        &db,
        &["a@x.com", "b@Y.com", "c@y.com", "\"odd@name\"@y.com"],
    )
    .await;
    let other = write(&db, move |tx| {
        let other = organizations::add(tx, &new_organization("Other"), NOW)?;
        let aliased = NewUser {
            aliases: vec!["Sales@x.com".to_owned()],
            ..user("a@x.com")
        };
        users::add(tx, other, &aliased, NOW)?;
        assert_eq!(
            users::copy(tx, organization, other, NOW)
                .err()
                .map(|error| error.to_string()),
            Some("this address is taken".to_owned())
        );
        Ok(other)
    })
    .await;
    assert_eq!(
        read(&db, move |tx| users::domains(tx, organization, 5)).await,
        ["y.com", "x.com"]
    );
    let known = read(&db, |tx| {
        users::lookup(tx, &["a@x.com".to_owned(), "none@x.com".to_owned()])
    })
    .await;
    let known: Vec<_> = known
        .iter()
        .map(|known| (known.organization, known.organization_name.as_str()))
        .collect();
    assert_eq!(known, [(organization, "Contoso"), (other, "Other")]);
    let keys = ["sales@x.com", "a@x.com"].map(str::to_owned);
    let aliases = read(&db, move |tx| users::lookup_aliases(tx, other, &keys)).await;
    assert_eq!(aliases.len(), 1, "an address of one's own is none");
    assert_eq!(
        (aliases[0].alias_key.as_str(), aliases[0].address.as_str()),
        ("sales@x.com", "a@x.com")
    );
    let (copied, gone) = write(&db, move |tx| {
        let copy = organizations::add(tx, &new_organization("Copy"), NOW)?;
        users::copy(tx, other, copy, NOW)?;
        let keys = ["sales@x.com".to_owned()];
        let copied = users::lookup_aliases(tx, copy, &keys)?;
        users::soft_delete(
            tx,
            &UserIds::Matching {
                organization: copy,
                filter: UsersFilter::default(),
            },
            true,
            LATER,
        )?;
        assert!(users::domains(tx, copy, 5)?.is_empty(), "nobody is left");
        Ok((copied, users::lookup_aliases(tx, copy, &keys)?))
    })
    .await;
    assert_eq!(
        (copied.len(), gone.len()),
        (1, 0),
        "copied and deleted along"
    );
}

#[tokio::test]
async fn a_copy_proves_nothing() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["a@x.com", "canary@x.com"]).await;
    activate(&db, organization, &ids).await;
    let rows = write(&db, move |tx| {
        let copy = organizations::add(tx, &new_organization("Copy"), NOW)?;
        assert_eq!(users::copy(tx, organization, copy, LATER)?, 2);
        users::each(tx, Some(copy), &UsersFilter::default(), UserId(0), 10)
    })
    .await;
    assert!(
        rows.iter()
            .all(|row| row.sync_access == SyncAccess::NotActivated && row.last_verdict.is_none())
    );
    assert!(rows[1].must_refuse, "flags go along");
}
