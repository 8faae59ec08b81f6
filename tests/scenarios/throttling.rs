//! A server that throttles as Exchange does, by budgets: the run stays in them, comes back when it was
//! told to and never before, and no verdict shows that it had to wait.

use std::time::{Duration, Instant};

use exchange_sim::{Budget, Options, Simulator, Throttled, Throttling};
use support::{Check, Outcome, server, start};

/// A budget that limits nothing.
const AMPLE: Budget = Budget {
    max_concurrency: None,
    burst: 300_000,
    recharge: 3_600_000,
    cutoff: 300_000,
};

fn throttled(people: usize, rules: Throttling) -> Options {
    Options {
        throttling: Some(rules),
        ..server(people)
    }
}

async fn check(exchange: &Simulator, people: usize, lanes: u32) -> Outcome {
    Check::on(exchange)
        .users(people)
        .lanes(lanes)
        .run(exchange)
        .await
}

/// Everybody is granted, and nobody came back early.
fn unharmed(run: &Outcome, people: u64, throttled: Throttled, what: &str) {
    assert_eq!(run.end(), "complete", "{what}: {:?}", run.summary().causes);
    assert_eq!(run.summary().granted, people, "{what}");
    assert_eq!(
        throttled.early, 0,
        "{what}: came back before the back-off was over: {throttled:?}"
    );
}

#[tokio::test]
async fn mailboxes_whose_budget_others_have_spent_are_waited_for_one_by_one() {
    // A millisecond comes in each: locked for 900, 1,500, 2,100 ms.
    let spent = [(3, 900), (11, 1_500), (12, 2_100), (40, 900)];
    let mailbox = Budget {
        burst: 0,
        cutoff: 100,
        ..AMPLE
    };
    let exchange = start(throttled(
        60,
        Throttling {
            mailbox,
            account: AMPLE,
            spent_by_others: spent
                .iter()
                .map(|(n, spent)| (format!("user{n}@contoso.com"), *spent))
                .collect(),
            ..Throttling::default()
        },
    ))
    .await;
    let begun = Instant::now();
    let run = check(&exchange, 60, 10).await;
    let took = begun.elapsed();
    let counts = exchange.counters().throttled;
    unharmed(&run, 60, counts, "spent by others");
    assert_eq!((counts.busy, counts.too_many), (4, 0), "each told once");
    assert!(
        took >= Duration::from_millis(2_100) && took < Duration::from_secs(5),
        "as long as the longest wait, not their sum: {took:?}"
    );
    for n in 1..=60 {
        let expected = 1 + u32::from(spent.iter().any(|(told, _)| *told == n));
        let row = run.row(&format!("user{n}@contoso.com"));
        assert_eq!(row.attempts, expected, "{row:?}");
    }
}

#[tokio::test]
async fn an_account_that_pays_for_all_is_kept_within_its_budget() {
    // Thirty requests of 10 ms in advance, thirty more on credit, then one every 10 ms.
    let account = Budget {
        max_concurrency: None,
        burst: 300,
        recharge: 3_600_000,
        cutoff: 300,
    };
    for lanes in [4, 10, 27] {
        let exchange = start(throttled(
            200,
            Throttling {
                mailbox: AMPLE,
                account,
                charges_account: true,
                micro_delay: 10,
                ..Throttling::default()
            },
        ))
        .await;
        let run = check(&exchange, 200, lanes).await;
        let counts = exchange.counters().throttled;
        unharmed(&run, 200, counts, &format!("{lanes} lanes"));
        assert!(
            lanes == 4 || counts.busy > 0,
            "{lanes} lanes: the budget was never spent, this proves nothing: {counts:?}"
        );
        assert!(
            counts.busy < 200,
            "{lanes} lanes: told more often than there are mailboxes: {counts:?}"
        );
    }
}

#[tokio::test]
async fn more_requests_at_a_time_than_a_policy_allows_cost_no_verdict() {
    for (cap, lanes) in [(1, 10), (3, 10), (5, 27)] {
        let account = Budget {
            max_concurrency: Some(cap),
            ..AMPLE
        };
        let exchange = start(throttled(
            200,
            Throttling {
                mailbox: AMPLE,
                account,
                charges_account: true,
                cost: 4,
                ..Throttling::default()
            },
        ))
        .await;
        let run = check(&exchange, 200, lanes).await;
        let counts = exchange.counters().throttled;
        unharmed(&run, 200, counts, &format!("{cap} at a time"));
        assert!(counts.too_many > 0, "{cap} at a time: never met");
        assert!(
            counts.too_many * 2 <= 200,
            "{cap} at a time: learned slowly: {counts:?}"
        );
    }
}

#[tokio::test]
async fn a_lock_that_outlasts_the_budget_of_a_mailbox_is_no_refusal() {
    let mailbox = Budget {
        burst: 0,
        cutoff: 100,
        ..AMPLE
    };
    let exchange = start(throttled(
        5,
        Throttling {
            mailbox,
            account: AMPLE,
            spent_by_others: [("user2@contoso.com".to_owned(), 200_000)].into(),
            ..Throttling::default()
        },
    ))
    .await;
    let run = check(&exchange, 5, 4).await;
    assert_eq!(
        (run.end().as_str(), run.user(2).as_str()),
        ("incomplete", "undetermined server.busy")
    );
    assert!(
        run.says("user2@contoso.com").contains("200 s"),
        "the wait is stated: {}",
        run.says("user2@contoso.com")
    );
    let counts = exchange.counters().throttled;
    assert_eq!((counts.busy, counts.early), (1, 0), "asked once, not again");
    assert_eq!((run.summary().granted, run.summary().findings), (4, 0));
}
