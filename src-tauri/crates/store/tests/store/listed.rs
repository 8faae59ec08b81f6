//! Mailbox GUIDs: of lists, of users, and held against what the mailboxes showed.

use std::collections::HashMap;

use contract::{Expectation, IdentifyBy, RunId, SmtpAddress, Verdict};
use store::run_results::{self, Misfits, NewResult, Outcome, Repeat, Selection, UNREADABLE};
use store::users::{self, NewUser, UserEdit};
use store::{Db, organizations, runs};

use super::support::{
    LATER, NOW, contoso, database, listed, new_organization, new_run, outcome, read, user, write,
};

/// A row that opened with this GUID.
fn shows(seq: i64, guid: u8) -> Outcome {
    Outcome {
        folder_key: Some([guid; 16]),
        by_guid: true,
        ..outcome(seq, Verdict::Granted)
    }
}

/// A run over a list with these GUIDs.
async fn list(db: &Db, guids: &[Option<[u8; 16]>]) -> runs::RunNumber {
    let rows: Vec<NewResult> = guids
        .iter()
        .enumerate()
        .map(|(at, guid)| NewResult {
            listed_guid: *guid,
            ..listed(&format!("user{at}@x.com"), Expectation::MustOpen)
        })
        .collect();
    write(db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", None))?;
        run_results::add(tx, run, 0, &rows)?;
        Ok(run)
    })
    .await
}

#[tokio::test]
async fn a_row_keeps_what_is_listed_and_what_it_showed() {
    let (_folder, db) = database();
    let run = list(&db, &[Some([7; 16]), Some(UNREADABLE), None]).await;
    let pending = read(&db, move |tx| run_results::pending(tx, run, -1, 10)).await;
    let guids: Vec<_> = pending.iter().map(|row| row.listed_guid).collect();
    assert_eq!(guids, [Some([7; 16]), Some(UNREADABLE), None]);
    let stored = write(&db, move |tx| {
        run_results::record(tx, run, &[shows(0, 9)])?;
        run_results::show(tx, &RunId("run-1".into()), 0)
    })
    .await
    .expect("the row is there");
    assert_eq!(
        (stored.folder_key, stored.by_guid, stored.listed_guid),
        (Some([9; 16]), true, Some([7; 16]))
    );
}

#[tokio::test]
async fn what_is_listed_for_others_is_found() {
    let (_folder, db) = database();
    let guids = [1, 2, 3, 4, 4].map(|guid| Some([guid; 16]));
    let mut guids = guids.to_vec();
    guids.extend([None, None]);
    let run = list(&db, &guids).await;
    let by_digest = Outcome {
        by_guid: false,
        ..shows(5, 2)
    };
    let second_address = Outcome {
        alias_of: Some("user2@x.com".into()),
        ..shows(6, 3)
    };
    let withdrawn = Outcome {
        verdict: Verdict::Undetermined,
        ..shows(1, 1)
    };
    let found = write(&db, move |tx| {
        run_results::record(
            tx,
            run,
            &[shows(0, 1), by_digest, second_address, withdrawn],
        )?;
        let nothing = run_results::listed_by_others(tx, run)?;
        run_results::record(tx, run, &[shows(1, 3), shows(2, 9), shows(5, 4)])?;
        Ok((nothing, run_results::listed_by_others(tx, run)?))
    })
    .await;
    assert_eq!(found.0, []);
    let expected = [(1, 2), (5, 3)].map(|(seq, other)| Repeat { seq, other });
    assert_eq!(found.1, expected);
}

#[tokio::test]
async fn rows_that_the_list_does_not_fit_are_counted() {
    let (_folder, db) = database();
    let run = list(
        &db,
        &[
            Some([1; 16]),
            Some([2; 16]),
            Some([3; 16]),
            Some([4; 16]),
            Some(UNREADABLE),
            None,
        ],
    )
    .await;
    let second_address = Outcome {
        alias_of: Some("user1@x.com".into()),
        ..shows(2, 8)
    };
    let by_digest = Outcome {
        by_guid: false,
        ..shows(3, 9)
    };
    let outcomes = [
        shows(0, 1),
        shows(1, 8),
        second_address,
        by_digest,
        shows(4, 6),
        shows(5, 7),
    ];
    let misfits = write(&db, move |tx| {
        let none = run_results::misfits(tx, run)?;
        run_results::record(tx, run, &outcomes)?;
        Ok((none, run_results::misfits(tx, run)?))
    })
    .await;
    assert_eq!(misfits.0, Misfits::default());
    assert_eq!(
        misfits.1,
        Misfits {
            otherwise: 1,
            unreadable: 1
        }
    );
}

#[tokio::test]
async fn a_run_that_shows_only_digests_is_told() {
    let (_folder, db) = database();
    let run = list(&db, &[None, None]).await;
    let by_digest = Outcome {
        by_guid: false,
        ..shows(0, 9)
    };
    let told = write(&db, move |tx| {
        let empty = run_results::only_digests(tx, run)?;
        run_results::record(tx, run, &[by_digest])?;
        let digests = run_results::only_digests(tx, run)?;
        run_results::record(tx, run, &[shows(1, 1)])?;
        Ok([empty, digests, run_results::only_digests(tx, run)?])
    })
    .await;
    assert_eq!(told, [false, true, false]);
}

#[tokio::test]
async fn the_guid_of_a_user_goes_into_its_runs_and_ends_with_its_address() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["anna@x.com"]).await;
    let ben = NewUser {
        exchange_guid: Some([5; 16]),
        ..user("ben@x.com")
    };
    let (ben, pending, copied) = write(&db, move |tx| {
        let ben = users::add(tx, organization, &ben, NOW)?;
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        let all = Selection::All;
        run_results::add_from_users(tx, run, 0, organization, &all, IdentifyBy::Smtp)?;
        let pending = run_results::pending(tx, run, -1, 10)?;
        let other = organizations::add(tx, &new_organization("Other"), NOW)?;
        users::copy(tx, organization, other, NOW)?;
        let run = runs::create(tx, &new_run("run-2", Some(other)))?;
        run_results::add_from_users(tx, run, 0, other, &all, IdentifyBy::Smtp)?;
        Ok((ben, pending, run_results::pending(tx, run, -1, 10)?))
    })
    .await;
    for rows in [pending, copied] {
        let guids: Vec<_> = rows.iter().map(|row| row.listed_guid).collect();
        assert_eq!(guids, [None, Some([5; 16])]);
    }
    let address = |text: &str| UserEdit {
        address: Some(SmtpAddress::parse(text).expect("an address")),
        ..UserEdit::default()
    };
    let (same, other) = (address("BEN@x.com"), address("bert@x.com"));
    let known = write(&db, move |tx| {
        users::edit(tx, ben, &same, LATER)?;
        let kept = users::mailbox_guids(tx, ids[0], ben)?;
        users::edit(tx, ben, &other, LATER)?;
        Ok((kept, users::mailbox_guids(tx, ids[0], ben)?))
    })
    .await;
    assert_eq!(known.0, HashMap::from([(ben, [5; 16])]));
    assert_eq!(known.1, HashMap::new(), "another address, another mailbox");
}
