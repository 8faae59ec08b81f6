//! The rows of one cause: who is among them, and who of the users is asked again.

use contract::{Cause, Evidence, Expectation, IdentifyBy, UserChange, UserIds, Verdict};
use store::run_results::{Outcome, Selection};
use store::runs::RunNumber;
use store::{Db, run_results, runs, users};

use crate::support::{contoso, database, listed, new_run, outcome, read, rows_of, write};

const CAUSE: Cause = Cause::ImpersonationOutOfScope;

fn refused(seq: i64) -> Outcome {
    Outcome {
        cause: Some(CAUSE),
        ews_code: Some("ErrorImpersonateUserDenied".to_owned()),
        http_status: Some(500),
        evidence: Some(Evidence {
            request: "POST".to_owned(),
            reply: format!("of {seq}"),
        }),
        ..outcome(seq, Verdict::Refused)
    }
}

/// Anna and Ben refused, Cleo granted, the canary refused as it must be.
async fn run(db: &Db) -> RunNumber {
    write(db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", None))?;
        let rows = [
            listed("anna@x.com", Expectation::MustOpen),
            listed("ben@x.com", Expectation::MustOpen),
            listed("cleo@x.com", Expectation::MustOpen),
            listed("canary@x.com", Expectation::MustRefuse),
        ];
        run_results::add(tx, run, 0, &rows)?;
        let outcomes = [
            refused(0),
            refused(1),
            outcome(2, Verdict::Granted),
            refused(3),
        ];
        run_results::record(tx, run, &outcomes)?;
        Ok(run)
    })
    .await
}

#[tokio::test]
async fn a_canary_that_was_refused_is_never_among_them() {
    let (_folder, db) = database();
    let run = run(&db).await;
    let (count, codes, kept, mailboxes, rest) = read(&db, move |tx| {
        Ok((
            run_results::cause_count(tx, run, CAUSE)?,
            run_results::cause_codes(tx, run, CAUSE, 10)?,
            run_results::cause_evidence(tx, run, CAUSE)?,
            run_results::cause_mailboxes(tx, run, CAUSE, -1, 10)?,
            run_results::cause_mailboxes(tx, run, CAUSE, 0, 10)?,
        ))
    })
    .await;
    assert_eq!(count, 2);
    assert_eq!(codes.len(), 1);
    assert_eq!((codes[0].rows, codes[0].http_status), (2, Some(500)));
    assert_eq!(kept.map(|kept| kept.reply).as_deref(), Some("of 0"));
    let (anna, ben) = ((0, "anna@x.com".to_owned()), (1, "ben@x.com".to_owned()));
    assert_eq!(mailboxes, [anna, ben.clone()]);
    assert_eq!(rest, [ben], "page by page");
}

#[tokio::test]
async fn listed_users_of_a_cause_are_asked_again_whatever_their_flags() {
    let (_folder, db) = database();
    let older = run(&db).await;
    let (organization, ids) = contoso(
        &db,
        &["anna@x.com", "BEN@x.com", "cleo@x.com", "canary@x.com"],
    )
    .await;
    let ben = UserIds::Listed { ids: vec![ids[1]] };
    let again = write(&db, move |tx| {
        let off = UserChange::SynchronizationDisabled(true);
        users::set(tx, &ben, off, "2026-11-22T08:00:00Z")?;
        let run = runs::create(tx, &new_run("run-2", Some(organization)))?;
        let selection = Selection::OfCause(older, CAUSE);
        run_results::add_from_users(tx, run, 0, organization, &selection, IdentifyBy::Smtp)?;
        rows_of(tx, run, -1, 10)
    })
    .await;
    let again: Vec<String> = again.into_iter().map(|row| row.mailbox).collect();
    assert_eq!(again, ["anna@x.com", "BEN@x.com"]);
}

#[tokio::test]
async fn a_cause_that_no_listed_user_has_leaves_nobody() {
    let (_folder, db) = database();
    let older = run(&db).await;
    let (organization, _) = contoso(&db, &["dora@x.com"]).await;
    let next = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-2", Some(organization)))?;
        let selection = Selection::OfCause(older, CAUSE);
        run_results::add_from_users(tx, run, 0, organization, &selection, IdentifyBy::Smtp)
    })
    .await;
    assert_eq!(next, 0);
}
