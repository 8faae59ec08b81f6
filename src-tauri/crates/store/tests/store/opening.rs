//! Opening, transactions, and what must never be touched.

use std::fs;
use std::sync::mpsc;

use contract::OrganizationsQuery;
use rusqlite::Connection;
use store::{Db, OpenError, StoreError, organizations, settings};

use crate::support::{NOW, database, new_organization, read, write};

const FILE: &str = "understudy.db";

#[tokio::test]
async fn what_is_written_is_there_after_closing() {
    let (folder, db) = database();
    write(&db, |tx| settings::save(tx, "theme", &"dark")).await;
    drop(db);
    let db = Db::open(folder.path()).expect("our own file");
    let theme: Option<String> = read(&db, |tx| settings::load(tx, "theme")).await;
    assert_eq!(theme.as_deref(), Some("dark"));
    assert_eq!(
        db.check_integrity().await.expect("it runs"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_missing_folder_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let deep = folder.path().join("a").join("b");
    Db::open(&deep).expect("folders are made on the way");
    assert!(deep.join(FILE).is_file());
}

#[tokio::test]
async fn a_newer_version_is_refused_and_not_touched() {
    let (folder, db) = database();
    drop(db);
    let path = folder.path().join(FILE);
    let connection = Connection::open(&path).expect("opens");
    connection
        .pragma_update(None, "user_version", 999)
        .expect("sets");
    drop(connection);
    let before = fs::read(&path).expect("reads");

    let error = Db::open(folder.path()).expect_err("version 999 is not ours");
    assert!(
        matches!(error, OpenError::Newer { found: 999, known } if known < 999),
        "{error:?}"
    );
    assert_eq!(
        fs::read(&path).expect("reads"),
        before,
        "not a byte may change"
    );
    let names: Vec<_> = fs::read_dir(folder.path())
        .expect("lists")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, [FILE], "nothing may be left beside it");
}

#[test]
fn a_file_is_no_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("data");
    fs::write(&file, "text").expect("writes");
    for path in [file.clone(), file.join("below")] {
        let error = Db::open(&path).expect_err("not a folder");
        assert!(
            matches!(&error, OpenError::NotADirectory(named) if *named == path),
            "{error:?}"
        );
    }
}

#[test]
fn a_text_file_is_no_database() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "this is no database, and long enough to look like one. ".repeat(40);
    fs::write(folder.path().join(FILE), &text).expect("writes");
    let error = Db::open(folder.path()).expect_err("text");
    assert!(
        matches!(&error, OpenError::NotADatabase(path) if path.ends_with(FILE)),
        "{error:?}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join(FILE)).expect("reads"),
        text,
        "left as it was"
    );
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(FILE);
    Connection::open(&path)
        .expect("opens")
        .execute_batch("CREATE TABLE notes (text TEXT)")
        .expect("runs");
    let before = fs::read(&path).expect("reads");
    let error = Db::open(folder.path()).expect_err("not ours");
    assert!(matches!(&error, OpenError::Foreign(_)), "{error:?}");
    assert_eq!(
        fs::read(&path).expect("reads"),
        before,
        "not a byte may change"
    );
}

#[test]
fn what_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join(FILE)).expect("a folder in the place of the file");
    let error = Db::open(folder.path()).expect_err("no file can be made there");
    assert!(
        matches!(&error, OpenError::NotWritable(path) if path.ends_with(FILE)),
        "{error:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_said() {
    use std::os::unix::fs::PermissionsExt;
    for with_file in [false, true] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if with_file {
            Db::open(folder.path()).expect("opens while it may be written");
            fs::set_permissions(folder.path().join(FILE), fs::Permissions::from_mode(0o444))
                .expect("sets");
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("sets");
        if fs::write(folder.path().join("probe"), "").is_ok() {
            return; // the superuser may write anywhere: nothing to see
        }
        let error = Db::open(folder.path()).expect_err("read-only");
        assert!(
            matches!(&error, OpenError::NotWritable(_)),
            "with_file {with_file}: {error:?}"
        );
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("sets");
    }
}

#[tokio::test]
async fn a_damaged_file_is_found() {
    let (folder, db) = database();
    write(&db, |tx| {
        (0..300).try_for_each(|i| {
            organizations::add(tx, &new_organization(&format!("O {i}")), NOW).map(drop)
        })
    })
    .await;
    drop(db);
    let path = folder.path().join(FILE);
    let mut bytes = fs::read(&path).expect("reads");
    for byte in bytes.iter_mut().skip(3 * 4096) {
        *byte ^= 0x5a;
    }
    fs::write(&path, bytes).expect("writes");
    match Db::open(folder.path()) {
        Err(OpenError::NotADatabase(_)) => {}
        Err(other) => panic!("damage has a variant of its own: {other:?}"),
        Ok(db) => {
            let found = db.check_integrity().await;
            assert!(
                matches!(&found, Err(StoreError::Damaged(_)))
                    || found.as_ref().is_ok_and(|found| !found.is_empty()),
                "{found:?}"
            );
        }
    }
}

#[tokio::test]
async fn reads_go_on_during_a_write_and_see_the_state_before_it() {
    let (_folder, db) = database();
    let (entered, wait_entered) = mpsc::channel();
    let (release, wait_release) = mpsc::channel::<()>();
    let writer = db.clone();
    let writing = tokio::spawn(async move {
        writer
            .write(move |tx| {
                organizations::add(tx, &new_organization("Contoso"), NOW)?;
                entered.send(()).expect("the test waits");
                wait_release.recv().expect("the test releases");
                Ok(())
            })
            .await
    });
    tokio::task::spawn_blocking(move || wait_entered.recv())
        .await
        .expect("joins")
        .expect("the write began");

    let reads = (0..16).map(|_| {
        let db = db.clone();
        tokio::spawn(async move {
            db.read(|tx| organizations::list(tx, &OrganizationsQuery::default()))
                .await
        })
    });
    for read in reads.collect::<Vec<_>>() {
        let seen = read
            .await
            .expect("joins")
            .expect("a reader never waits for the writer");
        assert_eq!(seen, [], "what is not committed must not show");
    }
    release.send(()).expect("the write waits");
    writing.await.expect("joins").expect("commits");
    assert_eq!(
        read(&db, |tx| organizations::list(
            tx,
            &OrganizationsQuery::default()
        ))
        .await
        .len(),
        1
    );
}

#[tokio::test]
async fn writes_queue_up() {
    let (_folder, db) = database();
    let writes = (0..50).map(|i| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write(move |tx| organizations::add(tx, &new_organization(&i.to_string()), NOW))
                .await
        })
    });
    for write in writes.collect::<Vec<_>>() {
        write
            .await
            .expect("joins")
            .expect("no write is lost or refused because of another");
    }
    assert_eq!(
        read(&db, |tx| organizations::list(
            tx,
            &OrganizationsQuery::default()
        ))
        .await
        .len(),
        50
    );
}

#[tokio::test]
async fn an_error_or_a_panic_takes_the_write_back() {
    let (_folder, db) = database();
    let refused = db
        .write(|tx| {
            organizations::add(tx, &new_organization("Contoso"), NOW)?;
            Err::<(), _>(StoreError::NotFound)
        })
        .await;
    assert!(matches!(refused, Err(StoreError::NotFound)));
    let panicking = db.clone();
    let panicked = tokio::spawn(async move {
        panicking
            .write(|tx| -> Result<(), StoreError> {
                organizations::add(tx, &new_organization("Contoso"), NOW)?;
                panic!("on purpose")
            })
            .await
    })
    .await;
    assert!(panicked.is_err(), "the panic must reach the caller");
    assert_eq!(
        read(&db, |tx| organizations::list(
            tx,
            &OrganizationsQuery::default()
        ))
        .await,
        []
    );
    write(&db, |tx| {
        organizations::add(tx, &new_organization("Contoso"), NOW)
    })
    .await;
}

#[tokio::test]
async fn readers_cannot_write() {
    let (_folder, db) = database();
    let refused = db
        .read(|tx| organizations::add(tx, &new_organization("Contoso"), NOW))
        .await;
    assert!(
        matches!(refused, Err(StoreError::ReadOnly(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_killed_process_loses_only_what_was_not_committed() {
    let (folder, db) = database();
    write(&db, |tx| {
        organizations::add(tx, &new_organization("Contoso"), NOW)
    })
    .await;
    let dead = tempfile::tempdir().expect("a temporary folder");
    let (from, to) = (folder.path().to_owned(), dead.path().to_owned());
    // The files as they stand on disk in the middle of a transaction: what a kill leaves behind.
    write(&db, move |tx| {
        for i in 0..2_000 {
            organizations::add(tx, &new_organization(&format!("lost {i}")), NOW)?;
        }
        for entry in fs::read_dir(from).expect("lists") {
            let path = entry.expect("an entry").path();
            fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("copies");
        }
        Ok(())
    })
    .await;
    let db = Db::open(dead.path()).expect("recovers by itself");
    let names: Vec<String> = read(&db, |tx| {
        organizations::list(tx, &OrganizationsQuery::default())
    })
    .await
    .into_iter()
    .map(|row| row.name)
    .collect();
    assert_eq!(names, ["Contoso"]);
    assert_eq!(
        db.check_integrity().await.expect("it runs"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn another_process_may_write_in_between() {
    let (folder, one) = database();
    let two = Db::open(folder.path()).expect("a second process may open it");
    for (i, db) in [&one, &two, &one, &two].into_iter().enumerate() {
        write(db, move |tx| {
            organizations::add(tx, &new_organization(&format!("O {i}")), NOW)
        })
        .await;
    }
    for db in [&one, &two] {
        assert_eq!(
            read(db, |tx| organizations::list(
                tx,
                &OrganizationsQuery::default()
            ))
            .await
            .len(),
            4
        );
    }
}

#[tokio::test]
async fn a_temporary_database_works_and_is_alone() {
    let one = Db::temporary().expect("opens");
    let two = Db::temporary().expect("opens");
    write(&one, |tx| organizations::ensure_default(tx, NOW)).await;
    assert_eq!(
        read(&one, |tx| organizations::list(
            tx,
            &OrganizationsQuery::default()
        ))
        .await
        .len(),
        1
    );
    assert_eq!(
        read(&two, |tx| organizations::list(
            tx,
            &OrganizationsQuery::default()
        ))
        .await,
        []
    );
    assert_eq!(
        one.check_integrity().await.expect("it runs"),
        Vec::<String>::new()
    );
}
