//! Budgets and limits of connections, from outside.

use std::time::Duration;

use exchange_sim::{
    Beyond, Bind, Budget, Certificate, ConnectionLimit, Options, Simulator, Throttling,
};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::client::{Client, ask, http, inbox_of, own_inbox, service, simulator, tls};

const ONE: &str = "user1@contoso.com";
const TWO: &str = "user2@contoso.com";

/// 40 ms to spend and none on credit, a millisecond earned in one, 20 ms a request.
fn tight() -> Throttling {
    let budget = Budget {
        max_concurrency: Some(1),
        burst: 40,
        recharge: 3_600_000,
        cutoff: 0,
    };
    Throttling {
        mailbox: budget,
        account: budget,
        cost: 20,
        ..Throttling::default()
    }
}

#[tokio::test]
async fn a_mailbox_pays_from_its_own_purse_and_the_account_from_another() {
    let mut rules = tight();
    rules.mailbox.recharge = 0;
    let server = simulator(Options {
        throttling: Some(rules),
        ..Options::default()
    })
    .await;
    for body in [inbox_of(ONE), inbox_of(ONE)] {
        ask(&server, &body).await.has(200, "NoError");
    }
    ask(&server, &inbox_of(ONE)).await.has(200, "NoError");
    let busy = ask(&server, &inbox_of("USER1@contoso.com")).await;
    busy.has(500, ">ErrorServerBusy<")
        .has(500, "<t:Value Name=\"BackOffMilliseconds\">86");
    ask(&server, &inbox_of(TWO)).await.has(200, "NoError");
    ask(&server, &own_inbox()).await.has(200, "NoError");
    let counts = server.counters().throttled;
    assert_eq!((counts.paid, counts.busy, counts.early), (5, 1, 0));
    ask(&server, &inbox_of(ONE))
        .await
        .has(500, "ErrorServerBusy");
    assert_eq!(server.counters().throttled.early, 1, "it was told to wait");
}

#[tokio::test]
async fn whoever_waits_as_long_as_told_is_not_early() {
    let mut rules = tight();
    rules.mailbox.recharge = 360_000;
    let server = simulator(Options {
        throttling: Some(rules),
        ..Options::default()
    })
    .await;
    for _ in 0..3 {
        ask(&server, &inbox_of(ONE)).await.has(200, "NoError");
    }
    let busy = ask(&server, &inbox_of(ONE)).await;
    let (_, rest) = busy
        .body
        .split_once("BackOffMilliseconds\">")
        .expect("told");
    let (told, _) = rest.split_once('<').expect("an end");
    let told: u64 = told.parse().expect("a number");
    // About 14 ms in the red, and a tenth of a millisecond comes in each.
    assert!((20..=200).contains(&told), "{told}");
    sleep(Duration::from_millis(told)).await;
    ask(&server, &inbox_of(ONE)).await.has(200, "NoError");
    assert_eq!(server.counters().throttled.early, 0);
}

#[tokio::test]
async fn requests_at_a_time_are_limited_for_each_mailbox() {
    let mut rules = tight();
    rules.cost = 300;
    rules.mailbox.burst = 10_000;
    let server = simulator(Options {
        throttling: Some(rules),
        ..Options::default()
    })
    .await;
    let of_one = inbox_of(ONE);
    let (first, (second, other)) = tokio::join!(ask(&server, &of_one), async {
        sleep(Duration::from_millis(50)).await;
        (
            ask(&server, &inbox_of(ONE)).await,
            ask(&server, &inbox_of(TWO)).await,
        )
    });
    first.has(200, "NoError");
    second.has(500, "ErrorExceededConnectionCount");
    other.has(200, "NoError");
    ask(&server, &inbox_of(ONE)).await.has(200, "NoError");
    assert_eq!(server.counters().throttled.too_many, 1);
}

async fn limited(bind: Bind, beyond: Beyond) -> Simulator {
    simulator(Options {
        bind,
        connection_limit: Some(ConnectionLimit { most: 2, beyond }),
        ..Options::default()
    })
    .await
}

/// Two connections that have been answered, and so are inside.
async fn two_inside(server: &Simulator) -> [Client; 2] {
    let mut inside = [http(server).await, http(server).await];
    for client in &mut inside {
        client
            .post(Some(&service()), &inbox_of(ONE))
            .await
            .has(200, "NoError");
    }
    inside
}

async fn answered(server: &Simulator) -> bool {
    let Ok(stream) = TcpStream::connect(server.address()).await else {
        return false;
    };
    let reply = Client::over(stream)
        .post(Some(&service()), &inbox_of(TWO))
        .await;
    reply.body.contains("NoError")
}

#[tokio::test]
async fn beyond_the_limit_nobody_is_served_until_somebody_leaves() {
    for beyond in [Beyond::Refused, Beyond::Closed, Beyond::Unavailable] {
        let server = limited(Bind::Http, beyond).await;
        let inside = two_inside(&server).await;
        if beyond == Beyond::Unavailable {
            let reply = ask(&server, &inbox_of(TWO)).await;
            assert_eq!(reply.status(), 503);
            assert_eq!(reply.header("connection"), Some("close"));
        } else {
            assert!(!answered(&server).await, "{beyond:?}");
        }
        if beyond == Beyond::Refused {
            let refused = TcpStream::connect(server.address()).await;
            let kind = refused.expect_err("nobody listens").kind();
            assert_eq!(kind, std::io::ErrorKind::ConnectionRefused);
        }
        drop(inside);
        let in_time = timeout(Duration::from_secs(5), async {
            while !answered(&server).await {
                sleep(Duration::from_millis(10)).await;
            }
        });
        in_time.await.expect("there is room again");
        let counters = server.counters();
        assert_eq!(counters.peak_served, 2, "{beyond:?}");
        assert_eq!(
            counters.turned_away > 0,
            beyond != Beyond::Refused || counters.turned_away > 0
        );
    }
}

#[tokio::test]
async fn the_limit_holds_before_the_handshake_too() {
    let server = limited(Bind::Https(Certificate::Ca), Beyond::Closed).await;
    let one = tls(&server, server.ca_pem()).await.expect("the first");
    let two = tls(&server, server.ca_pem()).await.expect("the second");
    assert!(tls(&server, server.ca_pem()).await.is_err(), "one too many");
    drop((one, two));
    assert_eq!(server.counters().turned_away, 1);
}
