//! A server that ignores the impersonation header for some mailboxes: with the service account's own
//! Inbox, or with somebody else's. None of them is ever green, wherever in the list they stand.

use std::collections::BTreeSet;

use contract::{Cause, RunState, Verdict};
use exchange_sim::{Fault, Simulator, What, When};
use support::{ACCOUNT, Check, Outcome, server, start};

const PEOPLE: usize = 60;

fn address(n: usize) -> String {
    format!("user{n}@contoso.com")
}

/// Few or many, at the end of the list, at its beginning, in between.
fn places() -> Vec<BTreeSet<usize>> {
    vec![
        [60].into(),
        [59, 60].into(),
        [1].into(),
        [30, 60].into(),
        (51..=60).collect(),
        (1..=30).map(|n| n * 2).collect(),
    ]
}

async fn ignoring(of: &BTreeSet<usize>, what: impl Fn(usize) -> What) -> Simulator {
    let exchange = start(server(PEOPLE)).await;
    for n in of {
        exchange.plan(Fault::always(When::Mailbox(address(*n)), what(*n)));
    }
    exchange
}

/// None of these is green, nobody is blamed for it, and the run says why.
fn caught(run: &Outcome, ignored: &BTreeSet<usize>, what: &str) {
    assert_eq!(
        (run.state(), run.cause()),
        (RunState::Stopped, Some(Cause::ImpersonationIgnored)),
        "{what}"
    );
    for n in ignored {
        let row = run.row(&address(*n));
        assert_ne!(row.verdict, Some(Verdict::Granted), "{what}: {row:?}");
        assert_eq!(
            row.cause,
            Some(Cause::ImpersonationIgnored),
            "{what}: {row:?}"
        );
    }
    let summary = run.summary();
    assert_eq!(
        (summary.findings, summary.refused, summary.no_mailbox),
        (0, 0, 0),
        "{what}: a server's fault is nobody's missing right"
    );
    assert!(
        run.message().contains("ignored"),
        "{what}: {}",
        run.message()
    );
}

#[tokio::test]
async fn the_accounts_own_inbox_for_some_is_never_green() {
    for ignored in places() {
        for account in [ACCOUNT, "svc-ews@contoso.com"] {
            let exchange = ignoring(&ignored, |_| What::HeaderIgnored).await;
            let run = Check::on(&exchange)
                .users(PEOPLE)
                .account(account)
                .run(&exchange)
                .await;
            caught(&run, &ignored, &format!("{account}, {ignored:?}"));
        }
    }
}

#[tokio::test]
async fn one_at_the_end_leaves_what_was_proven_before() {
    let ignored = [PEOPLE].into();
    let exchange = ignoring(&ignored, |_| What::HeaderIgnored).await;
    let run = Check::on(&exchange)
        .users(PEOPLE)
        .lanes(1)
        .run(&exchange)
        .await;
    caught(&run, &ignored, "the last");
    assert_eq!(run.summary().granted, PEOPLE as u64 - 1);
    assert_eq!(run.user(PEOPLE), "undetermined impersonation.ignored");
}

#[tokio::test]
async fn another_users_inbox_is_never_green_and_withdraws_that_users_too() {
    for ignored in places() {
        // Somebody on the list whose own answer is right.
        let owner = (1..=PEOPLE)
            .rev()
            .find(|n| !ignored.contains(n))
            .expect("not all of them are ignored");
        let exchange = ignoring(&ignored, |_| What::WrongMailbox(address(owner))).await;
        let run = Check::on(&exchange).users(PEOPLE).run(&exchange).await;
        let mut withdrawn = ignored.clone();
        withdrawn.insert(owner);
        caught(&run, &withdrawn, &format!("{ignored:?} for {owner}"));
    }
}

#[tokio::test]
async fn one_strangers_inbox_for_several_is_never_green() {
    // The stranger is not on the list: only that it is shown twice tells.
    for ignored in places().into_iter().filter(|of| of.len() > 1) {
        let mut options = server(PEOPLE);
        options.mailboxes.push(exchange_sim::Mailbox::new(
            "stranger@contoso.com",
            "Not on the list",
        ));
        let exchange = start(options).await;
        for n in &ignored {
            let wrong = What::WrongMailbox("stranger@contoso.com".into());
            exchange.plan(Fault::always(When::Mailbox(address(*n)), wrong));
        }
        let run = Check::on(&exchange).users(PEOPLE).run(&exchange).await;
        caught(&run, &ignored, &format!("{ignored:?}"));
    }
}

#[tokio::test]
async fn a_canary_with_the_wrong_inbox_is_neither_exposed_nor_proof() {
    let canary = "user60@contoso.com";
    for what in [
        What::HeaderIgnored,
        What::WrongMailbox("user3@contoso.com".into()),
    ] {
        let exchange = start(server(PEOPLE)).await;
        exchange.plan(Fault::always(When::Mailbox(canary.into()), what.clone()));
        let run = Check::on(&exchange)
            .users(PEOPLE - 1)
            .canary(canary)
            .run(&exchange)
            .await;
        assert_eq!(run.end(), "stopped impersonation.ignored", "{what:?}");
        assert_eq!(
            run.line(canary),
            "undetermined impersonation.ignored",
            "{what:?}"
        );
        assert_eq!(
            (
                run.count(Cause::ImpersonationExposed),
                run.summary().findings
            ),
            (0, 0),
            "{what:?}: nobody knows whether it opens"
        );
    }
}
