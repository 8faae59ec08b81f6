//! Lanes under fire: what servers and load balancers do to connections that are logged on, and that
//! none of it is visible in a verdict.

use std::time::Duration;

use contract::Authentication;
use exchange_sim::{EwsError, Fault, Options, Simulator, Times, What, When};
use support::{Check, Outcome, https, server, start};

fn stock(people: usize) -> Options {
    let mut options = server(people);
    options.bind = https();
    options.offered = vec!["Negotiate".into(), "NTLM".into()];
    options
}

async fn check(exchange: &Simulator, people: usize) -> Outcome {
    Check::on(exchange)
        .authentication(Authentication::Automatic)
        .users(people)
        .lanes(10)
        .loose_wire()
        .run(exchange)
        .await
}

/// Every mailbox was opened, each in one attempt.
fn unseen(run: &Outcome, people: u64, what: &str) {
    assert_eq!(run.end(), "complete", "{what}: {}", run.message());
    assert_eq!(run.summary().granted, people, "{what}");
    assert!(
        run.rows.iter().all(|(row, _)| row.attempts == 1),
        "{what}: asked more than once"
    );
}

#[tokio::test]
async fn connections_that_close_after_every_few_answers_are_replaced() {
    for after in [1, 2, 7] {
        let mut options = stock(150);
        options.close_after = Some(after);
        let exchange = start(options).await;
        let run = check(&exchange, 150).await;
        unseen(&run, 150, &format!("after {after}"));
        assert_eq!(exchange.counters().log_ons_refused, 0);
    }
}

#[tokio::test]
async fn an_announced_end_is_heeded() {
    let exchange = start(stock(100)).await;
    exchange.plan(Fault::always(
        When::EveryNthLoggedOn(3),
        What::CloseAfter { announced: true },
    ));
    unseen(&check(&exchange, 100).await, 100, "announced");
}

#[tokio::test]
async fn a_forgotten_log_on_is_made_again() {
    for nth in [1, 4, 50] {
        let exchange = start(stock(100)).await;
        exchange.plan(Fault::always(
            When::EveryNthLoggedOn(nth),
            What::ForgetLogOn,
        ));
        let run = check(&exchange, 100).await;
        unseen(&run, 100, &format!("every {nth}"));
        assert_eq!(exchange.counters().log_ons_refused, 0);
    }
}

#[tokio::test]
async fn a_server_that_wants_a_log_on_for_every_request_gets_it() {
    let mut options = stock(100);
    options.single_request_log_on = true;
    let exchange = start(options).await;
    let run = check(&exchange, 100).await;
    unseen(&run, 100, "single request");
    let asked_in_vain = run.summary().requests - 101;
    assert!(
        asked_in_vain <= 2 * run.summary().connections,
        "lanes learn it: {asked_in_vain} requests met a forgotten log-on"
    );
}

#[tokio::test]
async fn idle_connections_may_go() {
    let mut options = stock(30);
    options.idle_close = Some(Duration::from_millis(200));
    let exchange = start(options).await;
    // While one mailbox waits for its turn, every connection is idle for longer than they live.
    exchange.plan(Fault::once(
        When::Mailbox("user30@contoso.com".into()),
        What::Ews(EwsError::busy(600)),
    ));
    let run = check(&exchange, 30).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.row("user30@contoso.com").attempts, 2, "busy, then open");
    let before_the_pause = run.rows.len() as u64;
    assert!(run.summary().connections > 1 && before_the_pause == 30);
}

#[tokio::test]
async fn resets_in_the_handshake_cost_no_verdict() {
    let mut options = stock(200);
    options.close_after = Some(5);
    options.latency = Duration::from_millis(2);
    let exchange = start(options).await;
    let mut run = Check::on(&exchange)
        .authentication(Authentication::Automatic)
        .users(200)
        .lanes(10)
        .loose_wire()
        .begin()
        .await;
    run.decided(20).await;
    for what in [What::CloseInHandshake, What::Reset, What::CloseInHandshake] {
        exchange.plan(Fault::once(When::Connect, what));
    }
    let run = run.ended(Some(&exchange)).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 200);
    assert_eq!(exchange.counters().faults_struck, 3);
}

#[tokio::test]
async fn a_connection_lost_between_two_legs_is_asked_again() {
    let exchange = start(stock(40)).await;
    exchange.plan(Fault {
        when: When::NtlmNegotiate,
        times: Times::N(2),
        what: What::CloseAfter { announced: true },
    });
    let run = check(&exchange, 40).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 40);
    assert_eq!(exchange.counters().log_ons_refused, 0);
}

#[tokio::test]
async fn a_proxy_that_keeps_no_connections_is_told_as_what_it_is() {
    let exchange = start(stock(3)).await;
    exchange.plan(Fault::always(
        When::NtlmNegotiate,
        What::CloseAfter { announced: true },
    ));
    let run = check(&exchange, 3).await;
    assert_eq!(run.end(), "stopped http.closed", "{}", run.message());
    assert!(
        run.message().contains("keep connections"),
        "{}",
        run.message()
    );
    assert_eq!(
        run.summary().log_ons,
        0,
        "no password was sent on any of them"
    );
}
