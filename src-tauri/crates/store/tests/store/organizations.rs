//! Organizations: names, settings, deletion and its undo.

use contract::{OrganizationSettings, OrganizationsQuery, Platform, SyncCounts};
use store::organizations::NewOrganization;
use store::{StoreError, organizations, runs, users};

use crate::support::{LATER, NOW, contoso, database, new_organization, new_run, read, user, write};

#[tokio::test]
async fn the_default_one_is_there_once_and_first() {
    let (_folder, db) = database();
    let (first, second) = write(&db, |tx| {
        organizations::add(tx, &new_organization("Alpha"), NOW)?;
        Ok((
            organizations::ensure_default(tx, NOW)?,
            organizations::ensure_default(tx, LATER)?,
        ))
    })
    .await;
    assert_eq!(first, second);
    let rows = read(&db, |tx| {
        organizations::list(tx, &OrganizationsQuery::default())
    })
    .await;
    let names: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.is_default))
        .collect();
    assert_eq!(names, [("Default Organization", true), ("Alpha", false)]);
    let refused = db
        .write(move |tx| organizations::soft_delete(tx, first, NOW))
        .await;
    assert!(
        matches!(refused, Err(StoreError::NotFound)),
        "it never goes"
    );
}

#[tokio::test]
async fn names_and_external_ids_are_taken_ignoring_case() {
    let (_folder, db) = database();
    write(&db, |tx| {
        organizations::add(tx, &new_organization("Zürich"), NOW)
    })
    .await;
    for (name, external_id, expected) in [
        ("ZÜRICH", "other", "name"),
        ("Other", "ZÜRICH", ""),
        ("Other", "zürich", "external id"),
    ] {
        let organization = NewOrganization {
            name: name.to_owned(),
            external_id: external_id.to_owned(),
            ..new_organization("x")
        };
        match db
            .write(move |tx| organizations::add(tx, &organization, NOW))
            .await
        {
            Err(StoreError::Taken { what }) => assert_eq!(what, expected),
            other => assert_eq!(
                (other.is_ok(), expected),
                (true, ""),
                "External Ids are ASCII; {other:?}"
            ),
        }
    }
}

#[tokio::test]
async fn edits_touch_what_they_name() {
    let (_folder, db) = database();
    let id = write(&db, |tx| {
        organizations::add(tx, &new_organization("Contoso"), NOW)?;
        organizations::add(tx, &new_organization("Fabrikam"), NOW)
    })
    .await;
    write(&db, move |tx| {
        organizations::edit(tx, id, None, Some(Platform::Hybrid), LATER)
    })
    .await;
    write(&db, move |tx| {
        organizations::edit(tx, id, Some("fabrikam EU"), None, LATER)
    })
    .await;
    write(&db, move |tx| {
        organizations::set_enabled(tx, id, false, LATER)
    })
    .await;
    let row = read(&db, move |tx| organizations::show(tx, id))
        .await
        .expect("it is there");
    assert_eq!(
        (row.name.as_str(), row.platform, row.enabled),
        ("fabrikam EU", Platform::Hybrid, false)
    );
    assert_eq!(
        (row.created_at.as_str(), row.updated_at.as_str()),
        (NOW, LATER)
    );
    let taken = db
        .write(move |tx| organizations::edit(tx, id, Some("CONTOSO"), None, LATER))
        .await;
    assert!(
        matches!(taken, Err(StoreError::Taken { what: "name" })),
        "{taken:?}"
    );
    let settings = OrganizationSettings {
        concurrency: 27,
        timeout_seconds: 600,
        folders: vec!["inbox".to_owned(), "calendar".to_owned()],
        host_pattern: "ews.{domain}".to_owned(),
        notes: "ask Ben".to_owned(),
    };
    let expected = settings.clone();
    let before = read(&db, move |tx| organizations::settings(tx, id))
        .await
        .expect("it is there");
    assert_eq!(
        (before.concurrency, before.timeout_seconds, before.folders),
        (0, 30, vec!["inbox".to_owned()])
    );
    write(&db, move |tx| {
        organizations::save_settings(tx, id, &settings, LATER)
    })
    .await;
    assert_eq!(
        read(&db, move |tx| organizations::settings(tx, id)).await,
        Some(expected)
    );
}

#[tokio::test]
async fn a_name_is_found_ignoring_case_before_an_external_id() {
    let (_folder, db) = database();
    let (one, two) = write(&db, |tx| {
        let one = NewOrganization {
            external_id: "two".to_owned(),
            ..new_organization("One")
        };
        let two = NewOrganization {
            external_id: "second".to_owned(),
            ..new_organization("Two")
        };
        Ok((
            organizations::add(tx, &one, NOW)?,
            organizations::add(tx, &two, NOW)?,
        ))
    })
    .await;
    for (text, expected) in [
        (" TWO ", Some(two)),
        ("Second", Some(two)),
        ("one", Some(one)),
        ("three", None),
    ] {
        assert_eq!(
            read(&db, move |tx| organizations::by_name(tx, text)).await,
            expected,
            "{text}"
        );
    }
    let search = |text: &str| OrganizationsQuery {
        search: Some(text.to_owned()),
    };
    let query = search("TW");
    assert_eq!(
        read(&db, move |tx| organizations::list(tx, &query))
            .await
            .len(),
        2,
        "by name and by External Id"
    );
    let query = search("secon");
    assert_eq!(
        read(&db, move |tx| organizations::list(tx, &query))
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn deletion_takes_users_along_and_can_be_taken_back() {
    let (_folder, db) = database();
    let (id, users) = contoso(&db, &["a@x.com", "b@x.com", "c@x.com"]).await;
    let earlier = contract::UserIds::Listed {
        ids: vec![users[2]],
    };
    write(&db, move |tx| {
        users::soft_delete(tx, &earlier, false, "2026-11-01T00:00:00Z")
    })
    .await;
    write(&db, move |tx| runs::create(tx, &new_run("run-1", Some(id)))).await;
    assert_eq!(
        write(&db, move |tx| organizations::soft_delete(tx, id, NOW)).await,
        2
    );
    assert_eq!(read(&db, move |tx| organizations::show(tx, id)).await, None);
    assert_eq!(read(&db, move |tx| users::show(tx, users[0])).await, None);
    assert_eq!(read(&db, users::counts_of_all).await, SyncCounts::default());
    for (name, external_id, what) in [
        ("Contoso", "other", "name"),
        ("Other", "contoso", "external id"),
    ] {
        let rival = NewOrganization {
            name: name.to_owned(),
            external_id: external_id.to_owned(),
            ..new_organization("x")
        };
        let rival = write(&db, move |tx| organizations::add(tx, &rival, NOW)).await;
        let taken = db
            .write(move |tx| organizations::restore(tx, id, NOW, LATER))
            .await;
        assert!(
            matches!(taken, Err(StoreError::Taken { what: said }) if said == what),
            "{taken:?}"
        );
        write(&db, move |tx| organizations::soft_delete(tx, rival, LATER)).await;
    }
    assert_eq!(
        write(&db, move |tx| organizations::restore(tx, id, NOW, LATER)).await,
        2
    );
    let row = read(&db, move |tx| organizations::show(tx, id))
        .await
        .expect("it is back");
    assert_eq!(
        (row.counts.users, row.counts.not_activated),
        (2, 2),
        "who was deleted before stays deleted"
    );
    assert_eq!(row.last_run.map(|run| run.number), Some(1));
}

#[tokio::test]
async fn a_purge_is_final_but_runs_stay() {
    let (_folder, db) = database();
    let (id, _) = contoso(&db, &["a@x.com", "b@x.com"]).await;
    write(&db, move |tx| runs::create(tx, &new_run("run-1", Some(id)))).await;
    write(&db, move |tx| {
        users::import(tx, id, &[user("c@x.com")], NOW)
    })
    .await;
    write(&db, move |tx| organizations::soft_delete(tx, id, NOW)).await;
    assert_eq!(
        write(&db, |tx| organizations::purge(tx, NOW)).await,
        0,
        "not older than that"
    );
    assert_eq!(write(&db, |tx| organizations::purge(tx, LATER)).await, 1);
    let gone = db
        .write(move |tx| organizations::restore(tx, id, NOW, LATER))
        .await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
    let runs = read(&db, |tx| runs::list(tx, &contract::RunsQuery::default())).await;
    assert_eq!(
        (runs[0].organization, runs[0].organization_name.as_deref()),
        (None, Some("Contoso"))
    );
    assert_eq!(
        db.check_integrity().await.expect("it runs"),
        Vec::<String>::new()
    );
}
