//! What results do to users.

use contract::{
    Cause, IdentifyBy, OrganizationId, RunId, SyncAccess, UserChange, UserId, UserIds, UserRow,
    Verdict,
};
use store::run_results::{Applied, Outcome, Selection};
use store::runs::{NewRun, RunFinish};
use store::{Db, run_results, runs, users};

use crate::support::{LATER, NOW, contoso, database, new_run, outcome, read, write};

async fn check(
    db: &Db,
    organization: OrganizationId,
    id: &'static str,
    outcomes: Vec<Outcome>,
) -> Applied {
    write(db, move |tx| {
        let run = runs::create(
            tx,
            &NewRun {
                scope: "all".to_owned(),
                ..new_run(id, Some(organization))
            },
        )?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Smtp)?;
        run_results::record(tx, run, &outcomes)?;
        let end = RunFinish {
            state: contract::RunState::Complete,
            cause: None,
            message: None,
            finished_at: LATER.to_owned(),
            summary: run_results::summary(tx, run)?,
            steps: Vec::new(),
            warnings: Vec::new(),
        };
        runs::finish(tx, run, &end)?;
        run_results::apply_to_users(tx, run, organization, LATER)
    })
    .await
}

async fn show(db: &Db, id: UserId) -> UserRow {
    read(db, move |tx| users::show(tx, id))
        .await
        .expect("the user is there")
}

/// Good and bad as told, one of every other kind.
fn outcomes(good: Verdict, bad: Verdict) -> Vec<Outcome> {
    vec![
        outcome(0, good),
        Outcome {
            cause: Some(Cause::MailboxNotFound),
            message: Some("no mailbox".to_owned()),
            ..outcome(1, bad)
        },
        outcome(2, Verdict::Undetermined),
        outcome(3, Verdict::Granted),
        Outcome {
            checked_at: None,
            ..outcome(4, Verdict::NotChecked)
        },
        Outcome {
            cause: Some(Cause::ImpersonationExposed),
            ..outcome(5, Verdict::Granted)
        },
    ]
}

/// A user for each of [`outcomes`], the fourth one out of scope.
async fn one_of_each(db: &Db) -> (OrganizationId, Vec<UserId>) {
    let (organization, ids) = contoso(
        db,
        &[
            "good@x.com",
            "bad@x.com",
            "busy@x.com",
            "outside@x.com",
            "never@x.com",
            "canary@x.com",
        ],
    )
    .await;
    let outside = UserIds::Listed { ids: vec![ids[3]] };
    write(db, move |tx| {
        users::set(tx, &outside, UserChange::InScope(false), NOW)
    })
    .await;
    (organization, ids)
}

#[tokio::test]
async fn a_run_moves_users_through_their_states() {
    let (_folder, db) = database();
    let (organization, ids) = one_of_each(&db).await;
    let applied = check(
        &db,
        organization,
        "run-1",
        outcomes(Verdict::Granted, Verdict::NoMailbox),
    )
    .await;
    assert_eq!(
        applied,
        Applied {
            activated: 1,
            renewed: 0,
            failed: 1,
            unchanged: 4
        }
    );
    let expected = [
        SyncAccess::Active,
        SyncAccess::Failed,
        SyncAccess::NotActivated,
        SyncAccess::NotActivated,
        SyncAccess::NotActivated,
        SyncAccess::NotActivated,
    ];
    for (id, state) in ids.iter().zip(expected) {
        let row = show(&db, *id).await;
        assert_eq!(row.sync_access, state, "{}", row.address);
    }
    let bad = show(&db, ids[1]).await;
    assert_eq!(
        (bad.last_verdict, bad.last_cause),
        (Some(Verdict::NoMailbox), Some(Cause::MailboxNotFound))
    );
    assert_eq!(
        (bad.last_message.as_deref(), bad.last_checked_at.as_deref()),
        (Some("no mailbox"), Some(NOW))
    );
    assert_eq!(bad.last_good_at, None);
    assert_eq!(show(&db, ids[0]).await.last_good_at.as_deref(), Some(NOW));
    assert_eq!(
        show(&db, ids[4]).await.last_verdict,
        None,
        "never asked says nothing new"
    );
    assert_eq!(
        show(&db, ids[5]).await.last_good_at,
        None,
        "an opened canary is nothing good"
    );
}

#[tokio::test]
async fn what_was_proven_is_renewed_or_lost() {
    let (_folder, db) = database();
    let (organization, ids) = one_of_each(&db).await;
    check(
        &db,
        organization,
        "run-1",
        outcomes(Verdict::Granted, Verdict::NoMailbox),
    )
    .await;

    // New settings: what was proven has to be proven again.
    assert_eq!(
        write(&db, move |tx| users::needs_renewal(tx, organization, LATER)).await,
        1
    );
    let counts = read(&db, move |tx| users::counts(tx, organization)).await;
    assert_eq!(
        (
            counts.users,
            counts.needs_renewal,
            counts.failed,
            counts.must_refuse
        ),
        (6, 1, 1, 1)
    );
    let applied = check(
        &db,
        organization,
        "run-2",
        outcomes(Verdict::Granted, Verdict::Granted),
    )
    .await;
    assert_eq!(
        applied,
        Applied {
            activated: 1,
            renewed: 1,
            failed: 0,
            unchanged: 4
        }
    );
    // The same again changes nothing; a failure takes access away, what is not known does not.
    let applied = check(
        &db,
        organization,
        "run-3",
        outcomes(Verdict::Undetermined, Verdict::Unusable),
    )
    .await;
    assert_eq!(
        applied,
        Applied {
            activated: 0,
            renewed: 0,
            failed: 1,
            unchanged: 5
        }
    );
    assert_eq!(show(&db, ids[0]).await.sync_access, SyncAccess::Active);
    assert_eq!(
        show(&db, ids[0]).await.last_verdict,
        Some(Verdict::Undetermined)
    );
    assert_eq!(
        show(&db, ids[0]).await.last_good_at.as_deref(),
        Some(NOW),
        "the last good one is kept"
    );
}

#[tokio::test]
async fn a_run_waits_until_it_is_applied() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &["a@x.com"]).await;
    check(
        &db,
        organization,
        "run-1",
        vec![outcome(0, Verdict::Granted)],
    )
    .await;
    assert_eq!(
        read(&db, move |tx| runs::waiting(tx, organization, "one")).await,
        None,
        "applied already"
    );
    write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-2", Some(organization)))?;
        assert_eq!(
            runs::waiting(tx, organization, "one")?,
            None,
            "running runs do not wait"
        );
        assert_eq!(
            runs::mark_interrupted(tx, &[])?,
            [RunId("run-2".to_owned())]
        );
        assert_eq!(
            runs::waiting(tx, organization, "one")?,
            Some(RunId("run-2".to_owned()))
        );
        run_results::note_results(tx, run)
    })
    .await;
}

#[tokio::test]
async fn every_row_of_a_long_list_leaves_its_mark_once() {
    let (_folder, db) = database();
    let addresses: Vec<String> = (0..2_500).map(|n| format!("user{n}@x.com")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let (organization, ids) = contoso(&db, &addresses).await;
    let touched = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Smtp)?;
        let opened: Vec<Outcome> = (0..2_500)
            .map(|seq| outcome(seq, Verdict::Granted))
            .collect();
        run_results::record(tx, run, &opened)?;
        run_results::note_results(tx, run)
    })
    .await;
    assert_eq!(touched, 2_500);
    for at in [0, 999, 1_000, 1_001, 1_999, 2_000, 2_499] {
        let user = show(&db, ids[at]).await;
        assert_eq!(user.last_verdict, Some(Verdict::Granted), "place {at}");
        assert_eq!(
            user.location,
            contract::MailboxLocation::OnPremises,
            "place {at}"
        );
    }
}

#[tokio::test]
async fn users_who_are_gone_are_left_alone() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["a@x.com", "b@x.com"]).await;
    let gone = UserIds::Listed { ids: vec![ids[1]] };
    let applied = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Smtp)?;
        run_results::record(
            tx,
            run,
            &[outcome(0, Verdict::Granted), outcome(1, Verdict::Granted)],
        )?;
        users::soft_delete(tx, &gone, false, NOW)?;
        run_results::apply_to_users(tx, run, organization, LATER)
    })
    .await;
    assert_eq!(
        applied,
        Applied {
            activated: 1,
            renewed: 0,
            failed: 0,
            unchanged: 0
        }
    );
}
