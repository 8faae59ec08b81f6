//! Schema versions: one step down, for the server or for one mailbox, and what it is called when
//! that does not help.

use std::time::Duration;

use exchange_sim::{Build, EwsError, Fault, Options, What, When};
use support::{Check, server, start};

const TWO: &str = "user2@contoso.com";

fn taking(versions: &[&str]) -> Options {
    Options {
        schema_versions: versions.iter().map(|&v| v.to_owned()).collect(),
        ..server(4)
    }
}

#[tokio::test]
async fn an_older_server_is_asked_in_its_own_version() {
    let exchange = start(Options {
        build: Build::EXCHANGE_2010,
        ..taking(&["Exchange2010_SP2"])
    })
    .await;
    let run = Check::on(&exchange).users(4).run(&exchange).await;
    assert_eq!(
        (
            run.end().as_str(),
            run.summary().granted,
            run.summary().requests
        ),
        ("complete", 4, 6)
    );
    assert_eq!(run.page.row.server_version.as_deref(), Some("14.3.123.4"));
    let log = exchange.counters().requests_log;
    assert_eq!(
        log[1].schema_version.as_deref(),
        Some("Exchange2013_SP1"),
        "the newer one first"
    );
    assert!(
        log[2..]
            .iter()
            .all(|r| r.schema_version.as_deref() == Some("Exchange2010_SP2")),
        "then the older one"
    );
}

#[tokio::test]
async fn no_common_version_stops_the_run() {
    let exchange = start(taking(&["Exchange2007"])).await;
    let run = Check::on(&exchange).users(4).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.user(4).as_str()),
        ("stopped protocol.version", "not_checked protocol.version")
    );
    assert_eq!(run.summary().requests, 2, "one step down, not more");
}

#[tokio::test]
async fn a_request_called_malformed_stops_the_run_with_its_place() {
    for code in [
        "ErrorSchemaValidation",
        "ErrorInvalidRequest",
        "ErrorMissingInformationEmailAddress",
    ] {
        let error = EwsError::fault(code)
            .tag("LineNumber", "3")
            .tag("LinePosition", "77")
            .tag("Violation", "No such element.");
        for when in [When::LogOn, When::Impersonated] {
            let exchange = start(server(4)).await;
            exchange.plan(Fault::always(when.clone(), What::Ews(error.clone())));
            let run = Check::on(&exchange).users(4).lanes(1).run(&exchange).await;
            assert_eq!(run.end(), "stopped protocol.rejected", "{code} {when:?}");
            assert!(
                run.message()
                    .contains("line 3, position 77: No such element."),
                "{}",
                run.message()
            );
            assert_eq!(run.summary().not_checked, 4);
        }
    }
}

#[tokio::test]
async fn a_request_called_malformed_after_ten_is_confirmed_and_stops() {
    let exchange = start(server(20)).await;
    exchange.plan(Fault::times(
        10,
        When::Impersonated,
        What::Delay(Duration::ZERO),
    ));
    exchange.plan(Fault::always(
        When::Impersonated,
        What::Ews(EwsError::fault("ErrorInvalidRequest")),
    ));
    let run = Check::on(&exchange).users(20).lanes(1).run(&exchange).await;
    assert_eq!(
        (
            run.end().as_str(),
            run.summary().granted,
            run.summary().not_checked
        ),
        ("stopped protocol.rejected", 10, 10)
    );
    assert_eq!(
        run.summary().requests,
        14,
        "log-on, ten, the step down, the refusal, its confirmation"
    );
}

#[tokio::test]
async fn one_mailbox_on_an_older_server_steps_down_alone() {
    for code in [
        "ErrorWrongServerVersion",
        "ErrorWrongServerVersionDelegate",
        "ErrorInvalidSchemaVersionForMailboxVersion",
    ] {
        let exchange = start(server(4)).await;
        exchange.plan(Fault::once(
            When::Mailbox(TWO.into()),
            What::Ews(EwsError::fault(code)),
        ));
        let run = Check::on(&exchange).users(4).lanes(1).run(&exchange).await;
        assert_eq!(
            (run.end().as_str(), run.evidence(TWO).as_str()),
            ("complete", "NoError 200 x2"),
            "{code}"
        );
        for request in exchange
            .counters()
            .requests_log
            .iter()
            .filter(|r| r.identity.is_some())
        {
            let older = request.schema_version.as_deref() == Some("Exchange2010_SP2");
            assert!(
                !older || request.identity.as_deref() == Some(TWO),
                "only that mailbox: {request:?}"
            );
        }
    }
}

#[tokio::test]
async fn one_mailbox_that_no_version_helps_is_a_matter_of_routing() {
    for code in [
        "ErrorWrongServerVersion",
        "ErrorInvalidSchemaVersionForMailboxVersion",
    ] {
        let exchange = start(server(4)).await;
        exchange.plan(Fault::always(
            When::Mailbox(TWO.into()),
            What::Ews(EwsError::fault(code)),
        ));
        let run = Check::on(&exchange).users(4).run(&exchange).await;
        assert_eq!(
            (run.end().as_str(), run.user(2).as_str()),
            ("incomplete", "undetermined server.routing"),
            "{code}"
        );
        assert_eq!(run.evidence(TWO), format!("{code} 500 x5"));
    }
}

#[tokio::test]
async fn a_step_down_found_out_by_many_lanes_at_once_costs_one_request_each() {
    // Slow enough that the change of the server falls into the run: rows are told of in batches.
    let exchange = start(Options {
        latency: Duration::from_millis(50),
        ..server(60)
    })
    .await;
    let mut live = Check::on(&exchange).users(60).lanes(4).begin().await;
    live.decided(12).await;
    exchange.update(|options| options.schema_versions = vec!["Exchange2010_SP2".to_owned()]);
    let run = live.ended(Some(&exchange)).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 60)
    );
    let (requests, retries) = (run.summary().requests, run.summary().retries);
    assert!(
        (62..=65).contains(&requests) && retries == requests - 61,
        "{requests}, {retries}"
    );
}

#[tokio::test]
async fn the_text_of_an_html_500_may_name_the_version_too() {
    let page = exchange_sim::HttpAnswer::status(500)
        .body("text/plain", "The specified server version is invalid.");
    let exchange = start(server(2)).await;
    exchange.plan(Fault::once(When::LogOn, What::Http(page)));
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().requests),
        ("complete", 4)
    );
}
