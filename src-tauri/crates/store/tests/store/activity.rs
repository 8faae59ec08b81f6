//! The activity log and the settings.

use contract::{ActivityId, ActivityQuery, OrganizationId, Settings};
use rusqlite::Connection;
use store::activity::{self, NewActivity};
use store::{Db, StoreError, settings};

use crate::support::{LATER, NOW, database, read, write};

fn toy_hash(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(7_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
    });
    format!("{sum:016x}")
}

fn entry(kind: &str, organization: i64, undo: Option<serde_json::Value>) -> NewActivity {
    NewActivity {
        at: NOW.to_owned(),
        changed_by: "anna".to_owned(),
        kind: kind.to_owned(),
        details: format!("{kind} happened"),
        organization: Some(OrganizationId(organization)),
        organization_name: Some("Contoso".to_owned()),
        undo,
    }
}

async fn three(db: &Db) -> Vec<ActivityId> {
    write(db, |tx| {
        [
            entry("users_added", 1, None),
            entry(
                "users_deleted",
                2,
                Some(serde_json::json!({ "deletedAt": NOW })),
            ),
            entry("users_added", 2, None),
        ]
        .iter()
        .map(|entry| activity::append(tx, entry, toy_hash))
        .collect()
    })
    .await
}

#[tokio::test]
async fn pages_filter_and_say_what_can_be_undone() {
    let (_folder, db) = database();
    let ids = three(&db).await;
    let page = |query: ActivityQuery, since: &'static str| {
        let db = db.clone();
        async move {
            let (total, rows) = read(&db, move |tx| activity::page(tx, &query, since)).await;
            (
                total,
                rows.into_iter()
                    .map(|row| (row.id, row.undoable))
                    .collect::<Vec<_>>(),
            )
        }
    };
    let all = ActivityQuery::default();
    assert_eq!(
        page(all.clone(), NOW).await,
        (3, vec![(ids[2], false), (ids[1], true), (ids[0], false)])
    );
    assert!(!page(all.clone(), LATER).await.1[1].1, "too old");
    let second = ActivityQuery {
        organization: Some(OrganizationId(2)),
        offset: 1,
        limit: 1,
        ..all.clone()
    };
    assert_eq!(page(second, NOW).await, (2, vec![(ids[1], true)]));
    let kind = ActivityQuery {
        kind: Some("users_added".to_owned()),
        ..all.clone()
    };
    assert_eq!(page(kind, NOW).await.0, 2);

    let id = ids[1];
    let plan = read(&db, move |tx| activity::undo_plan(tx, id))
        .await
        .expect("it has one");
    assert_eq!(
        (plan.undo, plan.undone_at),
        (serde_json::json!({ "deletedAt": NOW }), None)
    );
    write(&db, move |tx| activity::mark_undone(tx, id, LATER)).await;
    assert!(!page(all, NOW).await.1[1].1, "taken back already");
    for id in [ids[1], ids[0], ActivityId(99)] {
        let again = db
            .write(move |tx| activity::mark_undone(tx, id, LATER))
            .await;
        assert!(
            matches!(again, Err(StoreError::NotFound)),
            "{id}: {again:?}"
        );
    }
    assert_eq!(
        read(&db, |tx| activity::verify(tx, toy_hash)).await,
        None,
        "an undo does not break the chain"
    );
    assert_eq!(
        read(&db, move |tx| activity::undo_plan(tx, ids[0])).await,
        None
    );
}

#[tokio::test]
async fn every_change_of_an_entry_shows() {
    for (change, broken) in [
        (
            "UPDATE activity SET details = 'nothing happened' WHERE id = 2",
            Some(2),
        ),
        (
            "UPDATE activity SET changed_by = 'ben' WHERE id = 1",
            Some(1),
        ),
        (
            "UPDATE activity SET organization_id = NULL WHERE id = 3",
            Some(3),
        ),
        ("UPDATE activity SET undo = '{}' WHERE id = 2", Some(2)),
        (
            "UPDATE activity SET at = '2020-01-01T00:00:00Z' WHERE id = 2",
            Some(2),
        ),
        ("DELETE FROM activity WHERE id = 2", Some(3)),
        ("DELETE FROM activity WHERE id = 1", None),
    ] {
        let (folder, db) = database();
        three(&db).await;
        Connection::open(folder.path().join("understudy.db"))
            .expect("opens")
            .execute_batch(change)
            .expect("runs");
        let found = read(&db, |tx| activity::verify(tx, toy_hash)).await;
        assert_eq!(found, broken.map(ActivityId), "{change}");
    }
}

#[tokio::test]
async fn settings_are_kept_whole() {
    let (_folder, db) = database();
    assert_eq!(
        read(&db, |tx| settings::load::<Settings>(tx, "app")).await,
        None
    );
    let chosen = Settings {
        work_offline: true,
        ..Settings::default()
    };
    let expected = chosen.clone();
    write(&db, |tx| settings::save(tx, "app", &Settings::default())).await;
    write(&db, move |tx| settings::save(tx, "app", &chosen)).await;
    assert_eq!(
        read(&db, |tx| settings::load::<Settings>(tx, "app")).await,
        Some(expected)
    );
    let other = db.read(|tx| settings::load::<u64>(tx, "app")).await;
    assert!(
        other.is_err(),
        "what cannot be read is an error, not a default"
    );
}
