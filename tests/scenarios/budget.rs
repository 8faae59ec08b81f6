//! Retries: the server's word, the budget of a mailbox, and when a passing cause counts for all
//! (rulings 2, 3 and 16).

use std::time::{Duration, Instant};

use exchange_sim::{EwsError, Fault, HttpAnswer, What, When};
use support::{Check, loopback, server, start};

const ONE: &str = "user1@contoso.com";

#[tokio::test]
async fn the_back_off_of_the_server_is_honored_exactly() {
    for (what, wait) in [
        (What::Ews(EwsError::busy(700)), 700),
        (
            What::Ews(EwsError::new("ErrorServerBusy").value("BackOffMilliseconds", "300")),
            300,
        ),
        (What::Http(HttpAnswer::throttled(503, Some(1))), 1_000),
        (What::Http(HttpAnswer::throttled(429, Some(1))), 1_000),
    ] {
        let exchange = start(server(2)).await;
        exchange.plan(Fault::once(When::Mailbox(ONE.into()), what.clone()));
        let begun = Instant::now();
        let run = Check::on(&exchange).users(1).run(&exchange).await;
        let took = begun.elapsed();
        assert_eq!(
            (run.user(1).as_str(), run.row(ONE).attempts),
            ("granted", 2),
            "{what:?}"
        );
        let wait = Duration::from_millis(wait);
        assert!(
            took >= wait && took < wait + Duration::from_millis(900),
            "{what:?}: {took:?}"
        );
    }
}

#[tokio::test]
async fn retry_after_may_be_a_date() {
    // The date of the answer itself, so that the clock of this machine does not matter.
    let answer = HttpAnswer::throttled(503, None)
        .header("date", "Sun, 22 Nov 2026 11:30:00 GMT")
        .header("retry-after", "Sun, 22 Nov 2026 11:30:01 GMT");
    let exchange = start(server(2)).await;
    exchange.plan(Fault::once(When::Mailbox(ONE.into()), What::Http(answer)));
    let begun = Instant::now();
    let run = Check::on(&exchange).users(1).run(&exchange).await;
    assert_eq!(run.user(1), "granted");
    assert!(
        begun.elapsed() >= Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );

    let later = HttpAnswer::throttled(503, None)
        .header("date", "Sun, 22 Nov 2026 11:30:00 GMT")
        .header("retry-after", "Sun, 22 Nov 2026 11:40:00 GMT");
    let exchange = start(server(2)).await;
    exchange.plan(Fault::always(When::Mailbox(ONE.into()), What::Http(later)));
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        (run.user(1).as_str(), run.evidence(ONE).as_str()),
        ("undetermined server.busy", "- 503 x1")
    );
    assert!(run.says(ONE).contains("600 s"), "{}", run.says(ONE));
}

#[tokio::test]
async fn a_wait_beyond_the_budget_ends_the_mailbox_at_once_and_is_stated() {
    for (what, evidence) in [
        (What::Ews(EwsError::busy(300_000)), "ErrorServerBusy 500 x1"),
        (
            What::Http(HttpAnswer::throttled(503, Some(300))),
            "- 503 x1",
        ),
    ] {
        let exchange = start(server(3)).await;
        exchange.plan(Fault::always(When::Mailbox(ONE.into()), what));
        let begun = Instant::now();
        let run = Check::on(&exchange).users(3).run(&exchange).await;
        assert!(begun.elapsed() < Duration::from_mins(1));
        assert_eq!(
            run.lines(),
            ["undetermined server.busy", "granted", "granted"]
        );
        assert_eq!(run.evidence(ONE), evidence);
        assert!(run.says(ONE).contains("300 s"), "{}", run.says(ONE));
    }
}

#[tokio::test]
async fn a_wait_too_large_for_a_number_is_a_wait_and_a_word_is_none() {
    let huge = "99999999999999999999";
    let back_off = |value: &str| {
        What::Ews(EwsError::new("ErrorServerBusy").value("BackOffMilliseconds", value))
    };
    let retry_after =
        |value: &str| What::Http(HttpAnswer::throttled(429, None).header("retry-after", value));
    for (what, evidence) in [
        (back_off(huge), "ErrorServerBusy 200 x1"),
        (retry_after(huge), "- 429 x1"),
    ] {
        let exchange = start(server(2)).await;
        exchange.plan(Fault::always(When::Mailbox(ONE.into()), what));
        let run = Check::on(&exchange).users(2).run(&exchange).await;
        assert_eq!(run.lines(), ["undetermined server.busy", "granted"]);
        assert_eq!(run.evidence(ONE), evidence, "at once");
        let says = run.says(ONE);
        assert!(
            says.contains("asked to wait more than 500 million years"),
            "{says}"
        );
    }
    for what in [back_off("soon"), retry_after("soon")] {
        let exchange = start(server(2)).await;
        exchange.plan(Fault::once(When::Mailbox(ONE.into()), what));
        let run = Check::on(&exchange).users(2).run(&exchange).await;
        assert_eq!(run.lines(), ["granted", "granted"], "no word: asked again");
    }
}

#[tokio::test]
async fn others_go_on_while_one_waits() {
    let exchange = start(server(40)).await;
    exchange.plan(Fault::once(
        When::Mailbox(ONE.into()),
        What::Ews(EwsError::busy(4_000)),
    ));
    let mut live = Check::on(&exchange).users(40).begin().await;
    let begun = Instant::now();
    live.decided(39).await;
    assert!(
        begun.elapsed() < Duration::from_millis(3_900),
        "39 did not wait for one: {:?}",
        begun.elapsed()
    );
    let run = live.ended(Some(&exchange)).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 40)
    );
}

#[tokio::test]
async fn a_passing_cause_stops_a_short_list_when_all_have_spent_their_budget() {
    let exchange = start(server(3)).await;
    exchange.plan(Fault::always(
        When::Impersonated,
        What::Ews(EwsError::fault("ErrorServerBusy")),
    ));
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        (
            "stopped server.busy",
            vec!["undetermined server.busy".to_owned(); 3]
        )
    );
    assert_eq!(run.summary().requests, 16);
}

#[tokio::test]
async fn a_passing_cause_stops_a_long_list_after_five() {
    let exchange = start(server(30)).await;
    exchange.plan(Fault::always(
        When::Impersonated,
        What::Ews(EwsError::fault("ErrorADUnavailable")),
    ));
    let run = Check::on(&exchange).users(30).lanes(1).run(&exchange).await;
    assert_eq!(run.end(), "stopped server.directory_unavailable");
    let summary = run.summary();
    assert_eq!((summary.undetermined, summary.not_checked), (5, 25));
    assert_eq!(
        run.user(30),
        "not_checked server.directory_unavailable",
        "it carries the run's cause"
    );
}

#[tokio::test]
async fn one_decided_mailbox_keeps_a_passing_cause_from_stopping_the_run() {
    let exchange = start(server(12)).await;
    for n in 2..=12 {
        exchange.plan(Fault::always(
            When::Mailbox(format!("user{n}@contoso.com")),
            What::Ews(EwsError::busy(0)),
        ));
    }
    let run = Check::on(&exchange).users(12).lanes(1).run(&exchange).await;
    assert_eq!(
        (
            run.end().as_str(),
            run.summary().granted,
            run.summary().undetermined
        ),
        ("incomplete", 1, 11)
    );
}

#[tokio::test]
async fn what_ails_mailboxes_alone_never_stops_the_run() {
    for code in [
        "ErrorMailboxMoveInProgress",
        "ErrorNoRespondingCASInDestinationSite",
        "ErrorNewAndUnknown",
    ] {
        let exchange = start(server(7)).await;
        exchange.plan(Fault::always(
            When::Impersonated,
            What::Ews(EwsError::fault(code)),
        ));
        let run = Check::on(&exchange).users(7).run(&exchange).await;
        assert_eq!(
            (run.end().as_str(), run.summary().undetermined),
            ("incomplete", 7),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_header_that_is_rejected_for_five_is_the_accounts() {
    let exchange = start(server(9)).await;
    let rejected = EwsError::fault("ErrorInvalidExchangeImpersonationHeaderData");
    exchange.plan(Fault::always(When::Impersonated, What::Ews(rejected)));
    let run = Check::on(&exchange).users(9).lanes(1).run(&exchange).await;
    assert_eq!(run.end(), "stopped impersonation.header_rejected");
    assert_eq!(
        (run.summary().undetermined, run.summary().not_checked),
        (5, 4)
    );
}

#[tokio::test]
async fn a_reply_nobody_understands_is_asked_once_more() {
    let exchange = start(server(2)).await;
    exchange.plan(Fault::once(When::Mailbox(ONE.into()), What::NotXml));
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.evidence(ONE).as_str()),
        ("complete", "NoError 200 x2")
    );
}

#[tokio::test]
async fn replies_nobody_understands_do_not_stop_the_run() {
    let exchange = start(server(8)).await;
    exchange.plan(Fault::always(When::Impersonated, What::WrongShape));
    let run = Check::on(&exchange).users(8).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().undetermined),
        ("incomplete", 8)
    );
    assert_eq!(run.summary().requests, 17);
}

#[tokio::test]
async fn the_anonymous_request_has_the_budget_of_a_mailbox() {
    for (what, expected, knocks) in [
        (What::Http(HttpAnswer::status(502)), "http.gateway", 5),
        (
            What::Http(HttpAnswer::throttled(503, None)),
            "server.busy",
            5,
        ),
        (
            What::Http(HttpAnswer::throttled(503, Some(300))),
            "server.busy",
            1,
        ),
        (
            What::Http(HttpAnswer::server_error_page()),
            "server.error",
            5,
        ),
        (
            What::Http(HttpAnswer::generic_error_page()),
            "server.transient",
            5,
        ),
        (What::NotXml, "protocol.unexpected", 2),
        (What::CloseMidAnswer, "http.closed", 5),
    ] {
        let exchange = start(server(7)).await;
        exchange.plan(Fault::always(When::Anonymous, what.clone()));
        let run = Check::on(&exchange).users(7).run(&exchange).await;
        assert_eq!(run.end(), format!("stopped {expected}"), "{what:?}");
        assert_eq!(
            run.lines(),
            vec![format!("not_checked {expected}"); 7],
            "{what:?}"
        );
        let counters = exchange.counters();
        assert_eq!(
            (counters.anonymous, counters.posts_with_credentials),
            (knocks, 0),
            "{what:?}"
        );
        assert_eq!(
            (run.summary().requests, run.summary().findings),
            (0, 0),
            "the anonymous request is not counted"
        );
    }
}

#[tokio::test]
async fn an_anonymous_request_that_fails_and_passes_is_invisible() {
    let exchange = start(server(2)).await;
    exchange.plan(Fault::times(
        4,
        When::Anonymous,
        What::Http(HttpAnswer::status(504)),
    ));
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        (
            run.end().as_str(),
            run.summary().granted,
            run.summary().requests
        ),
        ("complete", 2, 3)
    );
}

#[tokio::test]
async fn a_limit_of_connections_slows_the_run_and_costs_no_verdict() {
    for (limit, lanes) in [(1, 10), (2, 10), (3, 27)] {
        let tiny = loopback::tiny(limit, false).await;
        let check = Check::at(&format!(
            "http://127.0.0.1:{}/EWS/Exchange.asmx",
            tiny.port()
        ));
        let run = check.users(200).lanes(lanes).run_alone().await;
        assert_eq!(
            (run.end().as_str(), run.summary().granted),
            ("complete", 200),
            "{limit} at a time: {:?}",
            run.summary().causes
        );
    }
}
