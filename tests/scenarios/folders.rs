//! Several folders in one request (rulings 10 and 14).

use contract::ResultRef;
use exchange_sim::{EwsError, Fault, MailboxState, What, When};
use support::{Check, engine, server, start};

const ALL: [&str; 4] = ["inbox", "calendar", "contacts", "tasks"];
const TWO: &str = "user2@contoso.com";

#[tokio::test]
async fn granted_when_all_opened_in_one_request() {
    let exchange = start(server(2)).await;
    let run = Check::on(&exchange)
        .users(2)
        .folders(&ALL)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.summary().requests),
        ("complete", 3)
    );
    assert_eq!(
        run.folders(TWO),
        "inbox=NoError calendar=NoError contacts=NoError tasks=NoError"
    );
}

#[tokio::test]
async fn whatever_becomes_of_its_folders_a_mailbox_is_asked_once_and_its_detail_has_all() {
    let mut options = server(6);
    for (n, folder) in (1..).zip(ALL) {
        options.mailboxes[n].state = MailboxState::WithoutFolders(vec![folder.to_owned()]);
    }
    let exchange = start(options).await;
    let engine = engine().await;
    let run = Check::on(&exchange)
        .with(&engine)
        .users(6)
        .folders(&ALL)
        .run(&exchange)
        .await;
    let asked = exchange.counters();
    assert_eq!(asked.per_mailbox.len(), 6);
    assert!(asked.per_mailbox.values().all(|times| *times == 1));
    for n in 1..=6_usize {
        let address = format!("user{n}@contoso.com");
        let missing = n.checked_sub(2).and_then(|n| ALL.get(n));
        let expected = match missing {
            Some(_) => "unusable mailbox.folder_missing",
            None => "granted",
        };
        assert_eq!(run.user(n), expected, "{address}");
        let detail = engine.result_show(ResultRef {
            run: run.page.row.id.clone(),
            seq: run.row(&address).seq,
        });
        let detail = detail.await.expect("the row is stored");
        let shown: Vec<(&str, bool)> = detail
            .folders
            .iter()
            .map(|folder| (folder.folder.as_str(), folder.opened))
            .collect();
        let every: Vec<(&str, bool)> = ALL
            .iter()
            .map(|folder| (*folder, Some(folder) != missing))
            .collect();
        assert_eq!(shown, every, "{address}: in the order asked for");
    }
}

#[tokio::test]
async fn the_first_folder_that_did_not_open_decides() {
    let mut options = server(2);
    options.mailboxes[1].state =
        MailboxState::WithoutFolders(vec!["contacts".into(), "tasks".into()]);
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .users(2)
        .folders(&ALL)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.user(1).as_str(), run.user(2).as_str()),
        ("granted", "unusable mailbox.folder_missing")
    );
    assert_eq!(run.evidence(TWO), "ErrorFolderNotFound 200 x1");
    assert_eq!(
        run.folders(TWO),
        "inbox=NoError calendar=NoError contacts=ErrorFolderNotFound tasks=ErrorFolderNotFound"
    );
}

#[tokio::test]
async fn of_two_errors_the_first_in_the_order_asked_for() {
    let exchange = start(server(2)).await;
    let denied = EwsError::new("ErrorAccessDenied").only_for("calendar");
    exchange.plan(Fault::always(When::Mailbox(TWO.into()), What::Ews(denied)));
    exchange.update(|options| {
        options.mailboxes[1].state = MailboxState::WithoutFolders(vec!["tasks".into()]);
    });
    let run = Check::on(&exchange)
        .users(2)
        .folders(&["tasks", "calendar"])
        .run(&exchange)
        .await;
    assert_eq!(run.user(2), "unusable mailbox.folder_missing");
    assert_eq!(
        run.folders(TWO),
        "tasks=ErrorFolderNotFound calendar=ErrorAccessDenied"
    );
}

#[tokio::test]
async fn a_stopped_batch_shows_its_first_error() {
    let exchange = start(server(2)).await;
    let denied = EwsError::new("ErrorAccessDenied")
        .only_for("calendar")
        .stopping_batch();
    exchange.plan(Fault::always(When::Mailbox(TWO.into()), What::Ews(denied)));
    let run = Check::on(&exchange)
        .users(2)
        .folders(&ALL)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.user(2).as_str(), run.evidence(TWO).as_str()),
        ("refused mailbox.access_denied", "ErrorAccessDenied 200 x1")
    );
    assert_eq!(
        run.folders(TWO),
        "inbox=NoError calendar=ErrorAccessDenied contacts=ErrorAccessDenied tasks=ErrorAccessDenied"
    );
}

#[tokio::test]
async fn a_batch_that_begins_with_what_passes_is_asked_again() {
    let exchange = start(server(2)).await;
    let moving = EwsError::new("ErrorMailboxMoveInProgress").stopping_batch();
    exchange.plan(Fault::times(
        2,
        When::Mailbox(TWO.into()),
        What::Ews(moving),
    ));
    let run = Check::on(&exchange)
        .users(2)
        .folders(&ALL)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.evidence(TWO).as_str()),
        ("complete", "NoError 200 x3")
    );
}

#[tokio::test]
async fn one_folder_needs_no_detail() {
    let exchange = start(server(1)).await;
    let run = Check::on(&exchange)
        .users(1)
        .folders(&["calendar"])
        .run(&exchange)
        .await;
    assert_eq!(
        (
            run.end().as_str(),
            run.folders("user1@contoso.com").as_str()
        ),
        ("complete", "")
    );
}

#[tokio::test]
async fn the_own_mailbox_is_told_by_its_folder_whichever_is_asked_for() {
    // The header is ignored and the calendar asked for: its identity is not that of any Inbox.
    let exchange = start(exchange_sim::Options {
        ignores_impersonation: true,
        ..server(3)
    })
    .await;
    let run = Check::on(&exchange)
        .users(1)
        .folders(&["calendar"])
        .run(&exchange)
        .await;
    assert_ne!(
        run.user(1),
        "granted",
        "one mailbox, the account's own calendar"
    );
}
