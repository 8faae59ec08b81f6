//! A server that serves so many connections and no more, in the three ways servers have of saying so.
//! It slows the run down and costs no verdict.

use std::time::Duration;

use contract::Authentication;
use exchange_sim::{Beyond, ConnectionLimit, Options};
use support::{Check, https, server, start};

const FLAVORS: [Beyond; 3] = [Beyond::Refused, Beyond::Closed, Beyond::Unavailable];

fn limited(people: usize, most: u32, beyond: Beyond) -> Options {
    Options {
        connection_limit: Some(ConnectionLimit { most, beyond }),
        latency: Duration::from_millis(3),
        ..server(people)
    }
}

#[tokio::test]
async fn a_hard_limit_of_connections_costs_no_verdict() {
    for beyond in FLAVORS {
        for (most, lanes) in [(1, 10), (2, 10), (5, 10), (5, 27)] {
            let exchange = start(limited(200, most, beyond)).await;
            let run = Check::on(&exchange)
                .users(200)
                .lanes(lanes)
                .loose_wire()
                .run(&exchange)
                .await;
            let what = format!("{beyond:?}, {most} of {lanes}");
            assert_eq!(run.end(), "complete", "{what}: {}", run.message());
            let summary = run.summary();
            assert_eq!(
                (summary.granted, summary.findings),
                (200, 0),
                "{what}: {:?}",
                summary.causes
            );
            let counters = exchange.counters();
            assert!(
                counters.peak_served <= u64::from(most),
                "{what}: {counters:?}"
            );
            assert!(
                most == 1 || counters.peak_served > 1,
                "{what}: what is allowed is used: {}",
                counters.peak_served
            );
        }
    }
}

#[tokio::test]
async fn the_limit_is_met_and_learned() {
    for beyond in [Beyond::Closed, Beyond::Unavailable] {
        let exchange = start(limited(300, 3, beyond)).await;
        let run = Check::on(&exchange)
            .users(300)
            .lanes(10)
            .loose_wire()
            .run(&exchange)
            .await;
        assert_eq!(run.summary().granted, 300, "{beyond:?}");
        let away = exchange.counters().turned_away;
        assert!(away > 0, "{beyond:?}: the limit was never met");
        assert!(away <= 60, "{beyond:?}: turned away {away} times");
    }
}

#[tokio::test]
async fn over_tls_and_ntlm_too() {
    for beyond in FLAVORS {
        let mut options = limited(120, 3, beyond);
        options.bind = https();
        options.offered = vec!["Negotiate".into(), "NTLM".into()];
        let exchange = start(options).await;
        let run = Check::on(&exchange)
            .authentication(Authentication::Automatic)
            .users(120)
            .lanes(10)
            .loose_wire()
            .run(&exchange)
            .await;
        assert_eq!(
            (run.end().as_str(), run.summary().granted),
            ("complete", 120),
            "{beyond:?}: {:?} {}",
            run.summary().causes,
            run.message()
        );
        assert_eq!(exchange.counters().log_ons_refused, 0, "{beyond:?}");
    }
}
