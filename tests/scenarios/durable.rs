//! Runs that end before their time: cancelled, cut off, resumed; and runs beside each other.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use contract::{Code, OrganizationsQuery, RunId, RunRef, RunState, Secret, Verdict};
use engine::Engine;
use exchange_sim::{EwsError, Fault, HttpAnswer, Options, Role, Simulator, What, When};
use support::{Check, Live, Outcome, PASSWORD, engine, engine_in, server, start};

/// The server stalls for a minute. How soon a cancel ends a run, within 200 ms, is measured where the
/// machine is quiet: `cargo xtask bench cancel`.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Waits until something is so; the server has no word for it.
async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn asked(exchange: &Simulator, n: usize) -> u64 {
    exchange
        .counters()
        .per_mailbox
        .get(&format!("user{n}@contoso.com"))
        .copied()
        .unwrap_or_default()
}

async fn resumed(engine: &Engine, run: &RunId, exchange: &Simulator) -> Outcome {
    let password = Some(Secret::new(PASSWORD.to_owned()));
    let started = engine
        .resume_run(Some(run.clone()), password, true)
        .await
        .expect("it goes on");
    assert_eq!(&started.run, run, "the same id");
    Live::new(engine.clone(), started, false)
        .resumed(exchange)
        .await
}

#[tokio::test]
async fn cancel_ends_a_run_at_once_while_the_server_stalls() {
    let exchange = start(server(40)).await;
    for n in 11..=40 {
        exchange.plan(Fault::always(
            When::Mailbox(format!("user{n}@contoso.com")),
            What::Stall(Duration::from_mins(1)),
        ));
    }
    let mut live = Check::on(&exchange)
        .users(40)
        .timeout(60)
        .lanes(10)
        .begin()
        .await;
    live.decided(10).await;
    let begun = Instant::now();
    live.started.cancel();
    live.started.ended().await;
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    let run = live.ended(Some(&exchange)).await;
    assert_eq!(
        (
            run.end().as_str(),
            run.summary().granted,
            run.summary().not_checked
        ),
        ("cancelled", 10, 30)
    );
    assert_eq!(
        run.user(40),
        "not_checked",
        "after a cancel without a cause"
    );
    assert!(run.summary().causes.is_empty());
}

#[tokio::test]
async fn cancel_ends_a_run_before_its_first_answer() {
    let exchange = start(server(2)).await;
    for when in [When::Anonymous, When::LogOn] {
        exchange.forget_faults();
        exchange.plan(Fault::always(when, What::Stall(Duration::from_mins(1))));
        let before = exchange.counters().requests;
        let mut live = Check::on(&exchange)
            .users(2)
            .timeout(60)
            .loose_wire()
            .begin()
            .await;
        until(|| exchange.counters().requests > before).await;
        let begun = Instant::now();
        live.started.cancel();
        live.started.ended().await;
        assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
        let run = live.ended(Some(&exchange)).await;
        assert_eq!(
            (run.end().as_str(), run.lines()),
            ("cancelled", vec!["not_checked".to_owned(); 2])
        );
    }
}

#[tokio::test]
async fn a_mailbox_that_waits_when_cancelled_is_undetermined_with_its_last_cause() {
    let exchange = start(server(4)).await;
    exchange.plan(Fault::always(
        When::Mailbox("user1@contoso.com".into()),
        What::Ews(EwsError::busy(60_000)),
    ));
    // Asked again already, and not answered any more.
    let two = || When::Mailbox("user2@contoso.com".into());
    exchange.plan(Fault::once(
        two(),
        What::Ews(EwsError::new("ErrorMailboxMoveInProgress")),
    ));
    exchange.plan(Fault::always(two(), What::Stall(Duration::from_mins(1))));
    exchange.plan(Fault::always(
        When::Mailbox("user3@contoso.com".into()),
        What::Stall(Duration::from_mins(1)),
    ));
    let mut live = Check::on(&exchange).users(4).timeout(60).begin().await;
    live.decided(1).await;
    until(|| asked(&exchange, 1) == 1 && asked(&exchange, 2) == 2 && asked(&exchange, 3) == 1)
        .await;
    live.started
        .progress
        .clone()
        .wait_for(|p| p.waiting == 1)
        .await
        .unwrap();
    live.started.cancel();
    let run = live.ended(Some(&exchange)).await;
    assert_eq!(run.end(), "cancelled");
    assert_eq!(
        run.lines(),
        [
            "undetermined server.busy",
            "undetermined mailbox.moving",
            "not_checked",
            "granted"
        ]
    );
    assert_eq!(run.count(contract::Cause::ServerBusy), 1);
}

#[tokio::test]
async fn a_mailbox_under_confirmation_when_cancelled_is_undetermined_too() {
    let exchange = start(server(4)).await;
    let three = || When::Mailbox("user3@contoso.com".into());
    exchange.plan(Fault::once(three(), What::Http(HttpAnswer::status(403))));
    exchange.plan(Fault::always(three(), What::Stall(Duration::from_mins(1))));
    let live = Check::on(&exchange)
        .users(4)
        .timeout(60)
        .lanes(1)
        .begin()
        .await;
    until(|| asked(&exchange, 3) == 2).await;
    live.started.cancel();
    let run = live.ended(Some(&exchange)).await;
    assert_eq!(
        run.lines(),
        [
            "granted",
            "granted",
            "undetermined policy.ews_blocked",
            "not_checked"
        ]
    );
}

#[tokio::test]
async fn two_runs_of_one_organization_exclude_each_other() {
    let exchange = start(server(2)).await;
    let engine = engine().await;
    let all = engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .unwrap();
    let (id, name) = (all[0].id, all[0].name.clone());
    exchange.plan(Fault::always(
        When::Mailbox("user2@contoso.com".into()),
        What::Stall(Duration::from_mins(1)),
    ));
    let check = Check::on(&exchange)
        .users(2)
        .timeout(60)
        .with(&engine)
        .loose_wire();
    let mut first = check.clone().of(id, &name).begin().await;
    first.decided(1).await;
    let refused = check
        .clone()
        .of(id, &name)
        .start()
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(refused.code, Code::AlreadyRunning);
    let aside = check.clone().users(1).begin().await.ended(None).await;
    assert_eq!(aside.end(), "complete", "a one-off audit is nobody's");
    first.started.cancel();
    let first = first.ended(None).await;
    assert_eq!(first.end(), "cancelled");
    assert_eq!(first.page.row.organization, Some(id));

    let mut second = check.of(id, &name).begin().await;
    second.decided(1).await;
    let password = Some(Secret::new(PASSWORD.to_owned()));
    let refused = engine
        .resume_run(Some(first.page.row.id.clone()), password, false)
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(refused.code, Code::AlreadyRunning);
    second.started.cancel();
    second.ended(None).await;
    let kept = engine
        .run_show(RunRef {
            run: first.page.row.id.clone(),
        })
        .await
        .expect("it is not lost");
    assert_eq!(
        (kept.row.state, kept.row.summary.granted),
        (RunState::Cancelled, 1)
    );
}

#[tokio::test]
async fn a_cancelled_run_goes_on_where_it_was() {
    let exchange = start(server(30)).await;
    let engine = engine().await;
    let stalls = |n: usize| {
        Fault::always(
            When::Mailbox(format!("user{n}@contoso.com")),
            What::Stall(Duration::from_mins(1)),
        )
    };
    (21..=30).for_each(|n| exchange.plan(stalls(n)));
    let mut live = Check::on(&exchange)
        .users(30)
        .timeout(60)
        .with(&engine)
        .begin()
        .await;
    live.decided(20).await;
    let id = live.id();
    live.started.cancel();
    assert_eq!(live.ended(None).await.summary().not_checked, 10);
    exchange.forget_faults();
    let before: u64 = (1..=20).map(|n| asked(&exchange, n)).sum();
    let run = resumed(&engine, &id, &exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 30)
    );
    assert_eq!(
        (1..=20).map(|n| asked(&exchange, n)).sum::<u64>(),
        before,
        "nothing decided is asked again"
    );
    let again = engine
        .resume_run(Some(id), Some(Secret::new(PASSWORD.to_owned())), false)
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        again.code,
        Code::NotAllowed,
        "a complete run has nothing to go on with"
    );
}

#[tokio::test]
async fn an_incomplete_run_asks_only_what_is_open() {
    let mut options = server(5);
    options.accounts[0].role = Role::AllBut(HashSet::from(["user2@contoso.com".to_owned()]));
    let exchange = start(options).await;
    let engine = engine().await;
    exchange.plan(Fault::times(
        5,
        When::Mailbox("user4@contoso.com".into()),
        What::Ews(EwsError::fault("ErrorADOperation")),
    ));
    let check = Check::on(&exchange).list([
        "user1@contoso.com",
        "user2@contoso.com",
        "gone@contoso.com",
        "user4@contoso.com",
    ]);
    let first = check.with(&engine).run(&exchange).await;
    assert_eq!(first.end(), "incomplete");
    let before = exchange.counters().per_mailbox;
    let run = resumed(&engine, &first.page.row.id, &exchange).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        (
            "complete",
            [
                "granted",
                "refused impersonation.out_of_scope",
                "no_mailbox mailbox.not_found",
                "granted"
            ]
            .map(str::to_owned)
            .to_vec()
        )
    );
    let mut after = exchange.counters().per_mailbox;
    assert_eq!(after.remove("user4@contoso.com"), Some(6));
    let mut before = before;
    before.remove("user4@contoso.com");
    assert_eq!(
        after, before,
        "decided rows are not asked again, refused ones included"
    );
}

#[tokio::test]
async fn names_of_refusals_follow_the_whole_run() {
    let mut options = server(4);
    options.accounts[0].role = Role::Only(HashSet::from(["user4@contoso.com".to_owned()]));
    let exchange = start(options).await;
    let engine = engine().await;
    exchange.plan(Fault::times(
        2,
        When::Impersonated,
        What::Delay(Duration::ZERO),
    ));
    exchange.plan(Fault::always(
        When::Impersonated,
        What::Http(HttpAnswer::status(403)),
    ));
    let first = Check::on(&exchange)
        .users(4)
        .canary("gone@contoso.com")
        .lanes(1)
        .with(&engine)
        .run(&exchange)
        .await;
    assert_eq!(
        (first.end().as_str(), first.user(1).as_str()),
        (
            "stopped policy.ews_blocked",
            "refused impersonation.role_missing"
        )
    );
    exchange.forget_faults();
    exchange.plan(Fault::always(
        When::Mailbox("user4@contoso.com".into()),
        What::denied(),
    ));
    let second = resumed(&engine, &first.page.row.id, &exchange).await;
    assert_eq!(
        second.user(3),
        "refused impersonation.role_missing",
        "three in the whole run, though one in this part"
    );
    exchange.forget_faults();
    let third = {
        let stalled = resumed(&engine, &first.page.row.id, &exchange).await;
        stalled.end()
    };
    assert_eq!(third, "incomplete", "the canary proves nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_cut_off_loses_nothing_and_asks_nothing_twice() {
    let mut options = Options {
        latency: Duration::from_millis(10),
        ..server(400)
    };
    let outside = (1..=400)
        .filter(|n| n % 50 == 0)
        .map(|n| format!("user{n}@contoso.com"))
        .collect();
    options.accounts[0].role = Role::AllBut(outside);
    options.mailboxes[9] = options.mailboxes[9].clone().alias("ten@contoso.com");
    let exchange = start(options).await;
    let list: Vec<String> = (1..=400)
        .map(|n| format!("user{n}@contoso.com"))
        .chain([
            "gone@contoso.com".into(),
            "ten@contoso.com".into(),
            "bad".into(),
        ])
        .collect();
    let check = Check::on(&exchange)
        .list(&list)
        .canary("user350@contoso.com")
        .lanes(8);
    let undisturbed = check.clone().run(&exchange).await;
    let counted = exchange.counters().per_mailbox;

    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let path = folder.path().to_owned();
    let run = runtime.spawn(async move {
        let mut live = check.with(&engine_in(&path).await).begin().await;
        // Long enough for a commit: they come every 250 ms.
        live.decided(330).await;
        live.id()
    });
    let run = run.await.unwrap();
    // The process ends in mid-run: its tasks are dropped where they stand.
    tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(10)))
        .await
        .unwrap();

    let engine = engine_in(folder.path()).await;
    let cut = engine.run_show(RunRef { run: run.clone() }).await.unwrap();
    assert_eq!(cut.row.state, RunState::Interrupted);
    let rows = engine.results_after(&run, -1, 1_000).await.unwrap();
    let decided: Vec<_> = rows
        .iter()
        .filter(|(row, _)| row.verdict.is_some_and(Verdict::is_decided) && row.attempts > 0)
        .collect();
    assert!(
        (50..400).contains(&decided.len()),
        "cut in mid-run: {}",
        decided.len()
    );
    let before = exchange.counters().per_mailbox;
    let again = resumed(&engine, &run, &exchange).await;
    assert_eq!(
        again.lines(),
        undisturbed.lines(),
        "the verdicts of an undisturbed run"
    );
    assert_eq!(
        (again.end(), again.summary().findings),
        (undisturbed.end(), undisturbed.summary().findings)
    );
    let after = exchange.counters().per_mailbox;
    let times = |counts: &HashMap<String, u64>, mailbox: &str| {
        counts
            .get(&mailbox.to_lowercase())
            .copied()
            .unwrap_or_default()
    };
    for (row, _) in decided
        .iter()
        .filter(|(row, _)| row.verdict != Some(Verdict::Refused))
    {
        // The proof by address is a question of its own.
        let proof =
            u64::from(row.mailbox == "ten@contoso.com" || row.mailbox == "user10@contoso.com");
        assert!(
            times(&after, &row.mailbox) <= times(&before, &row.mailbox) + proof,
            "asked again: {}",
            row.mailbox
        );
    }
    assert!(times(&counted, "user1@contoso.com") == 1);
}

#[tokio::test]
async fn a_role_that_seemed_missing_is_a_scope_once_one_is_granted() {
    let mut options = server(3);
    options.accounts[0].role = Role::Only(["user3@contoso.com".to_owned()].into());
    let exchange = start(options).await;
    exchange.plan(Fault::once(
        When::Mailbox("user3@contoso.com".into()),
        What::Ews(EwsError::new("ErrorNobodyKnows")),
    ));
    let engine = engine().await;
    let first = Check::on(&exchange)
        .users(3)
        .with(&engine)
        .run(&exchange)
        .await;
    assert_eq!(
        (first.end().as_str(), first.user(1).as_str()),
        ("incomplete", "refused impersonation.role_missing")
    );
    let run = resumed(&engine, &first.page.row.id, &exchange).await;
    assert_eq!(run.end(), "complete");
    assert_eq!(
        run.lines(),
        [
            "refused impersonation.out_of_scope",
            "refused impersonation.out_of_scope",
            "granted"
        ],
        "never role_missing where anything was granted in the whole run"
    );
}
