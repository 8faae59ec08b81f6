//! Passwords refused lately, as hashes.

use store::{Db, refused_passwords};

use crate::support::{LATER, NOW, database, read, write};

#[tokio::test]
async fn a_refusal_is_noted_renewed_and_forgotten() {
    let (_folder, db) = database();
    let (one, other) = ([1; 32], [2; 32]);
    write(&db, move |tx| {
        refused_passwords::note(tx, &one, NOW)?;
        refused_passwords::note(tx, &other, NOW)?;
        refused_passwords::note(tx, &one, LATER)
    })
    .await;
    let at = move |tx: &store::Tx<'_>| {
        Ok((
            refused_passwords::refused_at(tx, &one)?,
            refused_passwords::refused_at(tx, &other)?,
        ))
    };
    let both = (Some(LATER.to_owned()), Some(NOW.to_owned()));
    assert_eq!(read(&db, at).await, both, "the newer refusal counts");

    let gone = write(&db, |tx| refused_passwords::forget_before(tx, LATER)).await;
    assert_eq!(gone, 1, "the older one went, by time");
    assert_eq!(read(&db, at).await, (Some(LATER.to_owned()), None));

    let any = write(&db, move |tx| {
        refused_passwords::forget(tx, &one)?;
        refused_passwords::forget(tx, &one)?;
        refused_passwords::any(tx)
    })
    .await;
    assert!(!any, "forgotten, twice");
}

#[test]
fn looking_makes_and_upgrades_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    assert!(Db::open_current(&data).expect("looks").is_none());
    assert!(!data.exists(), "nothing is made");

    std::fs::create_dir(&data).expect("a folder");
    let fixtures =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/databases");
    let file = data.join("understudy.db");
    std::fs::copy(fixtures.join("0010.db"), &file).expect("copies");
    let before = std::fs::read(&file).expect("reads");
    assert!(Db::open_current(&data).expect("looks").is_none());
    let same = std::fs::read(&file).expect("reads") == before;
    let files = std::fs::read_dir(&data).expect("lists").count();
    assert!(same && files == 1, "an older database stays as it is");

    drop(Db::open(&data).expect("upgrades"));
    assert!(Db::open_current(&data).expect("looks").is_some());
}
