//! Rights: granted, refused, what a refusal is called, and canaries (rulings 4, 15 and 18).

use std::collections::HashSet;

use contract::{Cause, RunState};
use exchange_sim::{Account, EwsError, Fault, Form, Options, Role, What, When};
use support::{Check, server, start};

fn scope(role: Role) -> Options {
    let mut options = server(5);
    options.accounts[0].role = role;
    options
}

fn only(addresses: &[&str]) -> Role {
    Role::Only(set(addresses))
}

fn set(addresses: &[&str]) -> HashSet<String> {
    addresses
        .iter()
        .map(|&address| address.to_owned())
        .collect()
}

#[tokio::test]
async fn a_healthy_run_is_complete_and_counts_exactly() {
    let exchange = start(server(3)).await;
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 3])
    );
    let summary = run.summary();
    assert_eq!(
        (summary.requests, summary.retries, summary.findings),
        (4, 0, 0),
        "one a mailbox, and the log-on"
    );
    assert_eq!(run.evidence("user2@contoso.com"), "NoError 200 x1");
    assert_eq!(run.page.row.server_version.as_deref(), Some("15.2.2562.17"));
    assert_eq!(run.page.row.auth, "basic");
    let log = exchange.counters().requests_log;
    let impersonated: Vec<_> = log.iter().filter(|r| r.identity.is_some()).collect();
    for request in &impersonated {
        assert_eq!(request.identity_kind.as_deref(), Some("SmtpAddress"));
        assert_eq!(
            request.anchor, request.identity,
            "routed to the mailbox that is asked for"
        );
        assert_eq!(request.schema_version.as_deref(), Some("Exchange2013_SP1"));
    }
    assert_eq!(impersonated.len(), 3);
    assert!(
        log.iter().all(|r| r.user_agent == log[0].user_agent),
        "a constant User-Agent"
    );
}

#[tokio::test]
async fn nobody_granted_and_two_refused_is_a_missing_role() {
    let exchange = start(scope(Role::None)).await;
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        run.end(),
        "complete",
        "a refusal is a verdict, not an obstacle"
    );
    assert_eq!(run.lines(), ["refused impersonation.role_missing"; 2]);
    assert_eq!(
        (run.summary().findings, run.summary().requests),
        (2, 3),
        "nobody was granted: nobody is asked again"
    );
    assert_eq!(
        run.evidence("user1@contoso.com"),
        "ErrorImpersonateUserDenied 500 x1"
    );
    assert_eq!(
        run.stream("user1@contoso.com"),
        [
            "refused impersonation.refused",
            "+refused impersonation.role_missing"
        ],
        "named when the run ends"
    );
}

#[tokio::test]
async fn one_refused_alone_has_nothing_to_compare_with() {
    let exchange = start(scope(Role::None)).await;
    let run = Check::on(&exchange).users(1).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.user(1).as_str()),
        ("complete", "refused impersonation.refused")
    );
    assert_eq!(
        run.stream("user1@contoso.com"),
        ["refused impersonation.refused"]
    );
}

#[tokio::test]
async fn no_mailbox_and_canaries_do_not_count_as_asked() {
    let exchange = start(scope(Role::None)).await;
    let run = Check::on(&exchange)
        .list(["user1@contoso.com", "gone@contoso.com"])
        .canary("user2@contoso.com");
    let run = run.run(&exchange).await;
    assert_eq!(
        run.lines(),
        [
            "refused impersonation.refused",
            "no_mailbox mailbox.not_found",
            "refused impersonation.refused"
        ]
    );
    assert_eq!(
        (run.state(), run.summary().findings),
        (RunState::Complete, 2)
    );
}

#[tokio::test]
async fn a_refusal_among_grants_is_out_of_scope_after_a_second_asking() {
    let exchange = start(scope(only(&["user1@contoso.com", "user3@contoso.com"]))).await;
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(
        run.lines(),
        ["granted", "refused impersonation.out_of_scope", "granted"]
    );
    assert_eq!(
        run.evidence("user2@contoso.com"),
        "ErrorImpersonateUserDenied 500 x2"
    );
    assert_eq!((run.summary().requests, run.summary().retries), (5, 1));
    assert_eq!(
        run.stream("user2@contoso.com"),
        [
            "refused impersonation.refused",
            "+refused impersonation.out_of_scope"
        ]
    );
    assert_eq!(exchange.counters().per_mailbox["user2@contoso.com"], 2);
}

#[tokio::test]
async fn a_random_denial_is_cured_by_the_second_asking() {
    let exchange = start(server(3)).await;
    exchange.plan(Fault::once(
        When::Mailbox("user2@contoso.com".into()),
        What::denied(),
    ));
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 3])
    );
    assert_eq!(
        run.stream("user2@contoso.com"),
        ["refused impersonation.refused", "+granted"]
    );
    assert_eq!(run.evidence("user2@contoso.com"), "NoError 200 x2");
    assert_eq!(run.summary().findings, 0);
}

#[tokio::test]
async fn the_second_asking_that_is_not_answered_leaves_the_refusal() {
    let exchange = start(scope(only(&["user1@contoso.com"]))).await;
    exchange.plan(Fault::once(
        When::Mailbox("user2@contoso.com".into()),
        What::denied(),
    ));
    exchange.plan(Fault::always(
        When::Mailbox("user2@contoso.com".into()),
        What::Ews(EwsError::busy(300_000)),
    ));
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        run.lines(),
        ["granted", "refused impersonation.out_of_scope"]
    );
    assert_eq!(run.end(), "complete");
}

#[tokio::test]
async fn only_a_denied_impersonation_is_asked_twice() {
    let exchange = start(server(3)).await;
    exchange.plan(Fault::always(
        When::Mailbox("user2@contoso.com".into()),
        What::Ews(EwsError::new("ErrorAccessDenied")),
    ));
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(run.user(2), "refused mailbox.access_denied");
    assert_eq!(
        exchange.counters().per_mailbox["user2@contoso.com"],
        1,
        "the refusal of a folder is not at random"
    );
}

#[tokio::test]
async fn canaries_are_refused_as_they_must_be_and_carry_no_finding() {
    let exchange = start(scope(only(&["user1@contoso.com"]))).await;
    let run = Check::on(&exchange)
        .users(1)
        .canary("user4@contoso.com")
        .run(&exchange)
        .await;
    assert_eq!(
        run.lines(),
        ["granted", "refused impersonation.out_of_scope"]
    );
    assert_eq!(
        (run.end().as_str(), run.summary().findings),
        ("complete", 0)
    );
    assert_eq!(
        exchange.counters().per_mailbox["user4@contoso.com"],
        1,
        "a canary is not asked twice"
    );
    assert_eq!(run.says("user4@contoso.com"), "refused, as it must be");
}

#[tokio::test]
async fn canaries_without_anything_granted_are_plainly_refused() {
    let exchange = start(scope(Role::None)).await;
    let run = Check::on(&exchange)
        .users(2)
        .canary("user3@contoso.com")
        .canary("user4@contoso.com");
    let run = run.run(&exchange).await;
    assert_eq!(
        run.lines(),
        [
            "refused impersonation.role_missing",
            "refused impersonation.role_missing",
            "refused impersonation.refused",
            "refused impersonation.refused"
        ],
        "a canary is never said to lack the role"
    );
}

#[tokio::test]
async fn an_opened_canary_is_exposed_and_counts_as_granted() {
    let exchange = start(scope(only(&["user4@contoso.com"]))).await;
    let run = Check::on(&exchange)
        .users(1)
        .canary("user4@contoso.com")
        .canary("user5@contoso.com");
    let run = run.run(&exchange).await;
    assert_eq!(
        run.lines(),
        [
            "refused impersonation.out_of_scope",
            "granted impersonation.exposed",
            "refused impersonation.out_of_scope"
        ]
    );
    assert_eq!(
        (
            run.end().as_str(),
            run.summary().findings,
            run.summary().granted
        ),
        ("complete", 2, 1)
    );
    assert_eq!(run.count(Cause::ImpersonationOutOfScope), 2);
}

#[tokio::test]
async fn canaries_alone_are_a_check_too() {
    let exchange = start(scope(Role::None)).await;
    let run = Check::on(&exchange)
        .no_users()
        .canary("user4@contoso.com")
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["refused impersonation.refused".to_owned()])
    );
}

#[tokio::test]
async fn a_canary_that_is_no_mailbox_proves_nothing() {
    let exchange = start(server(2)).await;
    let run = Check::on(&exchange)
        .users(1)
        .canary("gone@contoso.com")
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.line("gone@contoso.com").as_str()),
        ("incomplete", "no_mailbox mailbox.not_found")
    );
    assert_eq!(run.summary().findings, 0, "it is incomplete, not a finding");
}

#[tokio::test]
async fn an_address_in_both_lists_is_a_canary_behind_the_users() {
    let exchange = start(server(3)).await;
    let run = Check::on(&exchange)
        .users(3)
        .canary("USER2@contoso.com")
        .run(&exchange)
        .await;
    let order: Vec<&str> = run
        .rows
        .iter()
        .map(|(row, _)| row.mailbox.as_str())
        .collect();
    assert_eq!(
        order,
        [
            "user1@contoso.com",
            "user3@contoso.com",
            "user2@contoso.com"
        ]
    );
    assert_eq!(
        run.line("user2@contoso.com"),
        "granted impersonation.exposed"
    );
}

#[tokio::test]
async fn a_denial_reads_the_same_in_every_form_servers_send() {
    for form in [
        Form::Fault,
        Form::FaultCodeOnly,
        Form::FaultWithOk,
        Form::Soap12Fault,
        Form::Message,
    ] {
        let exchange = start(server(2)).await;
        let denied = EwsError::new("ErrorImpersonateUserDenied").form(form);
        exchange.plan(Fault::always(When::Impersonated, What::Ews(denied)));
        let run = Check::on(&exchange).users(2).run(&exchange).await;
        assert_eq!(
            run.lines(),
            ["refused impersonation.role_missing"; 2],
            "{form:?}"
        );
        let status = if matches!(form, Form::FaultWithOk | Form::Message) {
            200
        } else {
            500
        };
        assert_eq!(
            run.evidence("user1@contoso.com"),
            format!("ErrorImpersonateUserDenied {status} x1"),
            "{form:?}"
        );
    }
}

#[tokio::test]
async fn an_account_that_cannot_be_its_own_mailbox_is_a_warning_only() {
    let mut options = server(2);
    options.accounts = vec![Account {
        mailbox: None,
        ..Account::default()
    }];
    let exchange = start(options).await;
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 2])
    );
    assert!(
        run.page
            .row
            .warnings
            .iter()
            .any(|w| w.starts_with("No mailbox")),
        "{:?}",
        run.page.row.warnings
    );
}
