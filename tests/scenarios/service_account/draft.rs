//! The draft of the account test: asked about, written, deleted, and its absence proven, whatever comes between.

use super::*;

#[tokio::test]
async fn a_draft_is_made_and_gone_again_and_its_going_is_proven() {
    let exchange = start(server(2)).await;
    let test = tested(&exchange, writing()).await;
    assert_eq!(end(&test), "granted");
    assert_eq!(step(&test, "create_item").status, StepStatus::Pass);
    assert_eq!(step(&test, "delete_item").status, StepStatus::Pass);
    assert_eq!((asked(&exchange, "CreateItem"), left(&exchange)), (1, 0));
    assert_eq!(asked(&exchange, "GetItem"), 1, "its going is looked at");
    let seen = &step(&test, "create_item").evidence;
    assert!(
        seen.iter()
            .any(|line| line.contains("Understudy test draft 20")),
        "{seen:?}"
    );
}

#[tokio::test]
async fn it_asks_before_it_writes() {
    let exchange = start(server(2)).await;
    let mut live = Live::at(&exchange.ews_url(), writing()).await;
    let asking = live.until(State::Asking).await;
    assert_eq!(step(&asking, "folder").status, StepStatus::Pass);
    assert_eq!(asked(&exchange, "CreateItem"), 0);
    live.answer(false).await;
    let test = live.done().await;
    assert_eq!(
        (end(&test).as_str(), asked(&exchange, "CreateItem")),
        ("granted", 0)
    );
    assert_eq!(
        step(&test, "create_item").message,
        "Left out: nobody allowed it"
    );
}

#[tokio::test]
async fn a_deletion_that_fails_is_tried_again() {
    let faults = [
        What::Ews(EwsError::new("ErrorAccessDenied")),
        What::Ews(EwsError::new("ErrorServerBusy")),
        What::Http(HttpAnswer::status(403)),
        What::Close,
        What::NotXml,
    ];
    for what in faults {
        let when = When::Operation("DeleteItem".to_owned());
        let exchange = start(Options {
            faults: vec![Fault::once(when, what.clone())],
            ..server(2)
        })
        .await;
        let test = tested(&exchange, writing()).await;
        assert_eq!(end(&test), "granted", "{what:?}");
        assert_eq!(
            step(&test, "delete_item").status,
            StepStatus::Pass,
            "{what:?}"
        );
        assert_eq!(left(&exchange), 0, "{what:?}");
    }
}

#[tokio::test]
async fn a_verification_that_fails_does_not_pass_for_one() {
    let when = || When::Operation("GetItem".to_owned());
    let exchange = start(Options {
        faults: vec![Fault::once(
            when(),
            What::Ews(EwsError::new("ErrorAccessDenied")),
        )],
        ..server(2)
    })
    .await;
    let test = tested(&exchange, writing()).await;
    assert_eq!(
        (step(&test, "delete_item").status, left(&exchange)),
        (StepStatus::Pass, 0)
    );
    assert_eq!(asked(&exchange, "GetItem"), 2);

    let exchange = start(Options {
        faults: vec![Fault::always(
            when(),
            What::Ews(EwsError::new("ErrorAccessDenied")),
        )],
        ..server(2)
    })
    .await;
    let test = tested(&exchange, writing()).await;
    let step = step(&test, "delete_item");
    assert_eq!(step.status, StepStatus::Fail, "unproven is not gone");
    assert!(
        step.message
            .contains("may be left in Drafts of user1@contoso.com"),
        "{step:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_deleted_is_told_by_its_subject() {
    let exchange = start(Options {
        faults: vec![Fault::always(
            When::Operation("DeleteItem".to_owned()),
            What::Ews(EwsError::new("ErrorAccessDenied")),
        )],
        ..server(2)
    })
    .await;
    let test = tested(&exchange, writing()).await;
    assert_eq!(left(&exchange), 1);
    let subject = exchange.counters().items_left[0].subject.clone();
    let message = test.message.clone().unwrap_or_default();
    assert!(message.contains(&subject), "{message}");
    assert_eq!(step(&test, "delete_item").status, StepStatus::Fail);
}

#[tokio::test]
async fn a_full_mailbox_is_over_quota() {
    let mut options = server(2);
    options.mailboxes[0].state = MailboxState::OverQuota;
    let exchange = start(options).await;
    let test = tested(&exchange, writing()).await;
    assert_eq!(end(&test), "unusable mailbox.over_quota");
    assert_eq!(step(&test, "folder").status, StepStatus::Pass);
    assert_eq!(step(&test, "create_item").status, StepStatus::Fail);
    assert_eq!(
        (step(&test, "delete_item").status, left(&exchange)),
        (StepStatus::Skipped, 0)
    );
}

#[tokio::test]
async fn cancelled_between_the_draft_is_deleted_all_the_same() {
    let exchange = start(Options {
        faults: vec![Fault::once(
            When::Operation("CreateItem".to_owned()),
            What::Delay(Duration::from_millis(700)),
        )],
        ..server(2)
    })
    .await;
    let mut live = Live::at(&exchange.ews_url(), writing()).await;
    live.answer(true).await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    live.cancel().await;
    let test = live.until(State::Cancelled).await;
    assert_eq!((asked(&exchange, "CreateItem"), left(&exchange)), (1, 0));
    assert_eq!(step(&test, "delete_item").status, StepStatus::Pass);
    assert!(
        test.message
            .is_some_and(|said| said.contains("deleted all the same"))
    );
}

#[tokio::test]
async fn cancelled_before_it_writes_nothing_is_written() {
    let exchange = start(server(2)).await;
    let mut live = Live::at(&exchange.ews_url(), writing()).await;
    live.until(State::Asking).await;
    live.cancel().await;
    let test = live.until(State::Cancelled).await;
    assert_eq!(asked(&exchange, "CreateItem"), 0);
    assert_eq!(step(&test, "create_item").status, StepStatus::Skipped);
}

fn creating() -> When {
    When::Operation("CreateItem".to_owned())
}

#[tokio::test]
async fn a_draft_whose_answer_was_lost_is_found_and_deleted() {
    let slow = What::Delay(Duration::from_secs(3));
    for what in [What::CloseMidAnswer, slow] {
        let exchange = start(Options {
            faults: vec![Fault::once(creating(), what.clone())],
            ..server(2)
        })
        .await;
        let test = tested(&exchange, writing()).await;
        let message = test.message.clone().unwrap_or_default();
        assert_eq!(asked(&exchange, "CreateItem"), 1, "never sent twice");
        assert_eq!(left(&exchange), 0, "{what:?}: {message}");
        assert!(asked(&exchange, "FindItem") >= 1, "{what:?}");
        assert_eq!(end(&test), "granted", "the mailbox did open");
        assert_eq!(step(&test, "create_item").status, StepStatus::Fail);
        if matches!(what, What::CloseMidAnswer) {
            assert_eq!(step(&test, "delete_item").status, StepStatus::Pass);
            assert!(message.contains("found by its subject"), "{message}");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_says_what_may_be_left() {
    let denied = || What::Ews(EwsError::new("ErrorAccessDenied"));
    let finding = || When::Operation("FindItem".to_owned());
    let cases = [
        (
            What::CloseMidAnswer,
            vec![Fault::always(finding(), denied())],
            1,
        ),
        (What::Close, Vec::new(), 0),
    ];
    for (what, mut faults, remains) in cases {
        faults.push(Fault::once(creating(), what.clone()));
        let exchange = start(Options {
            faults,
            ..server(2)
        })
        .await;
        let test = tested(&exchange, writing()).await;
        let message = test.message.clone().unwrap_or_default();
        assert!(
            message.contains("may be left in Drafts of user1@contoso.com"),
            "{message}"
        );
        assert!(message.contains("Understudy test draft 20"), "{message}");
        assert_eq!(asked(&exchange, "CreateItem"), 1, "never sent twice");
        assert_eq!(asked(&exchange, "FindItem"), 2, "looked for twice");
        assert_eq!(step(&test, "create_item").status, StepStatus::Fail);
        assert_eq!(left(&exchange), remains, "{what:?}");
    }
}

#[tokio::test]
async fn an_error_that_may_come_after_the_writing_is_looked_into() {
    for (code, searches) in [
        ("ErrorInternalServerError", 2),
        ("ErrorMailboxStoreUnavailable", 2),
        ("ErrorAccessDenied", 0),
        ("ErrorImpersonateUserDenied", 0),
    ] {
        let exchange = start(Options {
            faults: vec![Fault::once(creating(), What::Ews(EwsError::new(code)))],
            ..server(2)
        })
        .await;
        let test = tested(&exchange, writing()).await;
        assert_eq!(asked(&exchange, "FindItem"), searches, "{code}");
        assert_eq!(end(&test), "granted", "{code}: the mailbox did open");
        let create = step(&test, "create_item");
        assert!(create.cause.is_some(), "{code}: {create:?}");
        assert_eq!(create.status, StepStatus::Fail, "{code}");
    }
}
