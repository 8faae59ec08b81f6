//! Many mailboxes over many lanes: one request each, and never more lanes than were allowed.

use std::time::Duration;

use exchange_sim::Options;
use support::{Check, server, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_mailboxes_over_27_lanes_cost_one_request_each() {
    let exchange = start(Options {
        log_limit: 0,
        ..server(5_000)
    })
    .await;
    let run = Check::on(&exchange)
        .users(5_000)
        .lanes(27)
        .run(&exchange)
        .await;
    let summary = run.summary();
    assert_eq!(
        (run.end().as_str(), summary.granted, summary.requests),
        ("complete", 5_000, 5_001)
    );
    assert_eq!((summary.retries, summary.findings), (0, 0));
    let counters = exchange.counters();
    assert!(counters.per_mailbox.len() == 5_000 && counters.per_mailbox.values().all(|n| *n == 1));
    assert!(
        counters.peak_connections <= 27 && summary.log_ons == summary.connections,
        "{counters:?}"
    );
    assert!(
        summary.connections <= 27,
        "a lane that is on its way back is not replaced: {}",
        summary.connections
    );
}

#[tokio::test]
async fn connections_never_exceed_the_ceiling() {
    for lanes in [1, 3, 10] {
        let exchange = start(Options {
            latency: Duration::from_millis(2),
            ..server(120)
        })
        .await;
        let run = Check::on(&exchange)
            .users(120)
            .lanes(lanes)
            .run(&exchange)
            .await;
        assert_eq!(run.summary().granted, 120);
        let peak = exchange.counters().peak_connections;
        assert!(peak <= u64::from(lanes), "{lanes} lanes: {peak}");
        assert!(lanes == 1 || peak > 1, "{lanes} lanes: {peak}");
    }
}
