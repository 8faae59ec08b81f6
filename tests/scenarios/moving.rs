//! Mailboxes on the move: asked again while their budget lasts, and never said to be refused.

use contract::{Cause, Verdict};
use exchange_sim::{EwsError, Fault, MailboxState, What, When};
use support::{Check, server, start};

fn address(n: usize) -> String {
    format!("user{n}@contoso.com")
}

/// Of 120 mailboxes 50 are moving: 30 arrive after one to four questions, 20 do not in time.
#[tokio::test]
async fn fifty_mailboxes_on_the_move_are_granted_or_not_found_out() {
    let arriving: Vec<usize> = (1..=30).map(|n| n * 4).collect();
    let away: Vec<usize> = (0..20).map(|n| n * 6 + 1).collect();
    let mut options = server(120);
    for n in &away {
        options.mailboxes[n - 1].state = MailboxState::Moving;
    }
    let exchange = start(options).await;
    for (k, n) in arriving.iter().enumerate() {
        let moving = EwsError::new("ErrorMailboxMoveInProgress").stopping_batch();
        let questions = k as u64 % 4 + 1;
        let when = When::Mailbox(address(*n));
        exchange.plan(Fault::times(questions, when, What::Ews(moving)));
    }
    let run = Check::on(&exchange)
        .users(120)
        .lanes(10)
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "incomplete", "{}", run.message());
    for n in 1..=120 {
        let expected = if away.contains(&n) {
            "undetermined mailbox.moving"
        } else {
            "granted"
        };
        assert_eq!(run.user(n), expected, "{}", address(n));
    }
    for (k, n) in arriving.iter().enumerate() {
        let attempts = run.row(&address(*n)).attempts as usize;
        assert_eq!(attempts, k % 4 + 2, "{}", address(*n));
    }
    for n in &away {
        let row = run.row(&address(*n));
        assert_eq!(
            (row.attempts, row.ews_code.as_deref(), row.finding),
            (5, Some("ErrorMailboxMoveInProgress"), false),
            "{row:?}"
        );
        assert_eq!(
            run.says(&address(*n)),
            "temporarily unavailable; try later (asked 5 times)"
        );
    }
    let summary = run.summary();
    assert_eq!((summary.granted, summary.undetermined), (100, 20));
    assert_eq!((summary.refused, summary.findings), (0, 0));
    assert_eq!(run.count(Cause::MailboxMoving), 20);
    let once_denied = |told: &&support::Told| told.row.verdict == Some(Verdict::Refused);
    assert!(
        !run.told.iter().any(|told| once_denied(&told)),
        "never, not even for a while"
    );
}

#[tokio::test]
async fn a_whole_list_on_the_move_is_not_the_servers_fault() {
    let mut options = server(50);
    for mailbox in options.mailboxes.iter_mut().take(50) {
        mailbox.state = MailboxState::Moving;
    }
    let exchange = start(options).await;
    let run = Check::on(&exchange).users(50).run(&exchange).await;
    assert_eq!(
        run.end(),
        "incomplete",
        "nothing that is the server's stops it"
    );
    assert_eq!(run.lines(), vec!["undetermined mailbox.moving"; 50]);
    assert_eq!(run.summary().requests, 251, "five each, and the log-on");
}
