//! Names for commands, steps of guides that are done, and where mailboxes live.

use contract::{Cause, ExchangeNames, IdentifyBy, MailboxLocation, UserId, Verdict};
use store::guide_steps::DoneStep;
use store::run_results::{Outcome, Selection};
use store::users::{Examples, NewUser, UserEdit};
use store::{exchange_names, guide_steps, run_results, runs, users};

use crate::support::{LATER, NOW, contoso, database, new_run, outcome, read, user, write};

#[tokio::test]
async fn names_and_done_steps_belong_to_one_organization() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    let names = ExchangeNames {
        group: "RIAG".to_owned(),
        ..ExchangeNames::default()
    };
    let step = |step: &str| DoneStep {
        guide: "rooms".to_owned(),
        step: step.to_owned(),
    };
    let saved = names.clone();
    let (one, other) = (step("lists"), step("proof"));
    let done = write(&db, move |tx| {
        assert_eq!(exchange_names::load(tx, organization)?, None);
        exchange_names::save(tx, organization, &ExchangeNames::default())?;
        exchange_names::save(tx, organization, &saved)?;
        guide_steps::mark(tx, organization, &one, NOW)?;
        guide_steps::mark(tx, organization, &one, LATER)?;
        guide_steps::mark(tx, organization, &other, NOW)?;
        guide_steps::unmark(tx, organization, &other)?;
        guide_steps::unmark(tx, organization, &other)?;
        guide_steps::done(tx, organization)
    })
    .await;
    assert_eq!(done, [step("lists")]);
    let other = write(&db, |tx| store::organizations::ensure_default(tx, NOW)).await;
    assert_eq!(
        read(&db, move |tx| exchange_names::load(tx, other)).await,
        None
    );
    assert_eq!(
        read(&db, move |tx| exchange_names::load(tx, organization)).await,
        Some(names)
    );
}

#[tokio::test]
async fn an_answer_tells_where_a_mailbox_lives() {
    let (_folder, db) = database();
    let addresses = ["a@x.com", "b@x.com", "c@x.com", "d@x.com", "canary@x.com"];
    let (organization, ids) = contoso(&db, &addresses).await;
    let unknown = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Smtp)?;
        let remote = Outcome {
            cause: Some(Cause::MailboxRemote),
            ..outcome(1, Verdict::NoMailbox)
        };
        let gone = Outcome {
            cause: Some(Cause::MailboxNotFound),
            ..outcome(2, Verdict::NoMailbox)
        };
        let rows = [
            outcome(0, Verdict::Granted),
            remote,
            gone,
            outcome(3, Verdict::Undetermined),
            outcome(4, Verdict::Refused),
        ];
        run_results::record(tx, run, &rows)?;
        run_results::note_results(tx, run)?;
        users::of_unknown_location(tx, organization, UserId(0), 10)
    })
    .await;
    let expected = [
        (ids[2], "c@x.com".to_owned()),
        (ids[3], "d@x.com".to_owned()),
    ];
    assert_eq!(
        unknown, expected,
        "no mailbox and no answer say nothing about the place"
    );
    let mut counts = read(&db, move |tx| users::locations(tx, organization)).await;
    counts.sort_by_key(|(_, users)| *users);
    assert_eq!(
        counts,
        [
            (MailboxLocation::ExchangeOnline, 1),
            (MailboxLocation::OnPremises, 2),
            (MailboxLocation::Unknown, 2),
        ]
    );
}

#[tokio::test]
async fn another_address_is_another_mailbox_and_may_live_elsewhere() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(&db, &["a@x.com"]).await;
    let (id, elsewhere) = (ids[0], MailboxLocation::ExchangeOnline);
    let location = move |tx: &store::Tx<'_>| {
        Ok(users::show(tx, id)?.map_or(MailboxLocation::Unknown, |row| row.location))
    };
    let kept = write(&db, move |tx| {
        users::set_location(tx, id, elsewhere, Some("a@x.mail.onmicrosoft.com"))?;
        let renamed = UserEdit {
            name: Some("Anna".to_owned()),
            ..UserEdit::default()
        };
        users::edit(tx, id, &renamed, LATER)?;
        location(tx)
    })
    .await;
    assert_eq!(kept, elsewhere, "another name is the same mailbox");
    let moved = write(&db, move |tx| {
        let edit = UserEdit {
            address: Some(user("b@x.com").address),
            ..UserEdit::default()
        };
        users::edit(tx, id, &edit, LATER)?;
        location(tx)
    })
    .await;
    assert_eq!(moved, MailboxLocation::Unknown);
    let examples = write(&db, move |tx| {
        let remote = NewUser {
            location: elsewhere,
            ..user("r@x.com")
        };
        users::add(tx, organization, &remote, NOW)?;
        assert_eq!(
            users::of_unknown_location(tx, organization, UserId(0), 10)?.len(),
            1,
            "a remote mailbox of the list is known to live elsewhere"
        );
        users::examples(tx, organization)
    })
    .await;
    let expected = Examples {
        user: Some("b@x.com".to_owned()),
        canary: None,
    };
    assert_eq!(examples, expected);
}

#[tokio::test]
async fn who_opened_lately_stands_in_first() {
    let (_folder, db) = database();
    let addresses = ["a@x.com", "b@x.com", "c@x.com", "canary@x.com"];
    let (organization, ids) = contoso(&db, &addresses).await;
    let found = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Smtp)?;
        let rows = [
            outcome(0, Verdict::Refused),
            outcome(1, Verdict::Undetermined),
            outcome(2, Verdict::Granted),
            outcome(3, Verdict::Granted),
        ];
        run_results::record(tx, run, &rows)?;
        run_results::note_results(tx, run)?;
        users::set_location(tx, ids[0], MailboxLocation::ExchangeOnline, None)?;
        users::stand_ins(tx, organization, 5)
    })
    .await;
    assert_eq!(
        found,
        ["c@x.com", "b@x.com"],
        "no canary, and nobody who lives elsewhere"
    );
}
