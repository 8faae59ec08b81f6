//! The activity log: the chain holds, shows where it was broken, and takes back.

use contract::{ActivityQuery, Code, OrganizationRef, Undo};

use crate::support::{World, new_organization, refused};

#[tokio::test]
async fn the_chain_holds_and_a_changed_entry_shows() {
    let world = World::new().await;
    for name in ["One", "Two", "Three"] {
        world.organization(name).await;
    }
    let page = world
        .engine
        .activity_page(ActivityQuery::default())
        .await
        .expect("a page");
    assert_eq!((page.total, page.broken_at), (3, None));
    assert_eq!(
        page.rows[0].details, "Created \"Three\", External Id three.",
        "newest first"
    );
    assert!(
        page.rows
            .iter()
            .all(|row| !row.changed_by.is_empty() && !row.undoable)
    );
    let second = page.rows[1].id;
    drop(world.engine);
    // Somebody edits the file by hand: same length, so that it stays a database.
    let path = world.folder.path().join("data/understudy.db");
    let mut bytes = std::fs::read(&path).expect("readable");
    let needle = b"Created \"Two\"";
    let places: Vec<usize> = (0..bytes.len() - needle.len())
        .filter(|&at| &bytes[at..at + needle.len()] == needle)
        .collect();
    assert_eq!(places.len(), 1, "one entry, in the database itself");
    bytes[places[0]..places[0] + needle.len()].copy_from_slice(b"Created \"Six\"");
    std::fs::write(&path, bytes).expect("writable");
    let options = crate::support::options(world.folder.path(), &world.vault, crate::support::NOW);
    let engine = engine::Engine::open(options).await.expect("opens");
    let page = engine
        .activity_page(ActivityQuery::default())
        .await
        .expect("a page");
    assert_eq!(page.broken_at, Some(second), "the changed entry is named");
}

#[tokio::test]
async fn a_page_is_filtered_by_organization_and_type() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    world.organization("Fabrikam").await;
    world.user(id, "anna@contoso.com").await;
    let query = ActivityQuery {
        organization: Some(id),
        kind: Some("users_added".into()),
        offset: 0,
        limit: 10,
    };
    let page = world.engine.activity_page(query).await.expect("a page");
    assert_eq!(
        (page.total, page.rows[0].details.as_str()),
        (1, "Added anna@contoso.com.")
    );
    assert_eq!(page.rows[0].organization_name.as_deref(), Some("Contoso"));
}

#[tokio::test]
async fn what_cannot_be_taken_back_says_why() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let removed = world
        .engine
        .organization_remove(OrganizationRef { organization: id })
        .await
        .expect("removed");
    let page = world
        .engine
        .activity_page(ActivityQuery::default())
        .await
        .expect("a page");
    assert!(page.rows[0].undoable && !page.rows[1].undoable);
    let created = Undo {
        activity: page.rows[1].id,
    };
    assert_eq!(
        refused(world.engine.activity_undo(created).await).0,
        Code::NotFound
    );
    world
        .engine
        .organization_add(new_organization("contoso"))
        .await
        .expect("the name is free");
    let undo = Undo {
        activity: removed.undo,
    };
    let answer = refused(world.engine.activity_undo(undo).await);
    assert_eq!(
        (answer.0, answer.1.as_str()),
        (
            Code::Taken,
            "The name or External Id of this organization is in use by another one now."
        )
    );
    let world = world.reopen("2026-12-23T12:00:00Z").await;
    let answer = refused(world.engine.activity_undo(undo).await);
    assert_eq!(
        (answer.0, answer.1.as_str()),
        (
            Code::NotAllowed,
            "This is older than 30 days and can't be taken back."
        )
    );
}
