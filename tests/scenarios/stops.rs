//! Causes of the endpoint and of the account: at first sight while nothing is decided, confirmed on
//! a fresh connection afterwards (ruling 1); and what the rows without a decision carry (ruling 9).

use exchange_sim::{EwsError, Fault, HttpAnswer, Simulator, What, When};
use support::{Check, Outcome, server, start};

/// Everything that stops a run, as an answer to any request.
fn obstacles() -> Vec<(What, &'static str)> {
    let http = |status| What::Http(HttpAnswer::status(status));
    let ews = |code: &str| What::Ews(EwsError::fault(code));
    let redirect = |status, to: &str| What::Http(HttpAnswer::redirect(status, to));
    vec![
        (http(403), "policy.ews_blocked"),
        (http(400), "http.rejected"),
        (http(413), "http.rejected"),
        (http(404), "http.not_ews"),
        (http(405), "http.not_ews"),
        (http(440), "http.not_ews"),
        (http(407), "proxy.failed"),
        (http(456), "account.locked"),
        (
            What::Http(HttpAnswer::blocked_with_unlock_url(
                "https://unlock.contoso.com/",
            )),
            "account.locked",
        ),
        (What::Http(HttpAnswer::sign_in_page()), "http.not_ews"),
        (
            What::Http(HttpAnswer::status(200).html("Welcome", "Captive portal")),
            "http.not_ews",
        ),
        (What::Http(HttpAnswer::sign_in_redirect()), "http.not_ews"),
        (
            redirect(
                302,
                "https://login.microsoftonline.com/common/oauth2/authorize?x=1",
            ),
            "http.not_ews",
        ),
        (
            redirect(302, "https://sts.contoso.com/adfs/ls/?wa=wsignin1.0"),
            "http.not_ews",
        ),
        (
            redirect(301, "https://mail2.contoso.com/EWS/Exchange.asmx"),
            "http.redirected",
        ),
        (redirect(302, "/EWS/Exchange.asmx/"), "http.redirected"),
        (
            redirect(302, "https://mail.login-systems.com/EWS/Exchange.asmx"),
            "http.redirected",
        ),
        (
            redirect(302, "/internalsite/internalerror.asp"),
            "http.redirected",
        ),
        (
            redirect(307, "https://mail2.contoso.com/EWS/Exchange.asmx"),
            "http.redirected",
        ),
        (
            redirect(308, "https://mail2.contoso.com/EWS/Exchange.asmx"),
            "http.redirected",
        ),
        (
            redirect(451, "https://mail2.contoso.com/EWS/Exchange.asmx"),
            "http.redirected",
        ),
        (
            What::Http(HttpAnswer::status(403).header("X-EWS-Policy-Reason", "EwsBlocked")),
            "policy.exchange_online_retired",
        ),
        (
            What::Http(
                HttpAnswer::status(403)
                    .header("X-EWS-Policy-Reason", "TenantBlocked")
                    .body("text/xml", "<Envelope><Body><Fault><faultcode>ErrorAccessDenied</faultcode></Fault></Body></Envelope>"),
            ),
            "policy.exchange_online_retired",
        ),
        (
            ews("ErrorOrganizationAccessBlocked"),
            "policy.organization_blocked",
        ),
        (ews("ErrorPasswordExpired"), "account.password_expired"),
        (
            ews("ErrorPasswordChangeRequired"),
            "account.password_expired",
        ),
        (
            ews("ErrorCallerIsInvalidADAccount"),
            "account.not_in_directory",
        ),
        (
            ews("ErrorInvalidAuthorizationContext"),
            "account.not_authorized",
        ),
        (
            ews("ErrorTokenSerializationDenied"),
            "account.not_authorized",
        ),
    ]
}

fn is_http(what: &What) -> bool {
    matches!(what, What::Http(_))
}

#[tokio::test]
async fn before_the_log_on_they_stop_the_run_and_no_password_is_sent() {
    for (what, cause) in obstacles().into_iter().filter(|(what, _)| is_http(what)) {
        let exchange = start(server(3)).await;
        exchange.plan(Fault::always(When::Anonymous, what.clone()));
        let run = Check::on(&exchange).users(3).run(&exchange).await;
        assert_eq!(run.end(), format!("stopped {cause}"), "{what:?}");
        assert_eq!(
            run.lines(),
            vec![format!("not_checked {cause}"); 3],
            "{what:?}"
        );
        assert_eq!(exchange.counters().posts_with_credentials, 0, "{what:?}");
        assert_eq!(exchange.counters().requests, 1, "at first sight: {what:?}");
    }
}

#[tokio::test]
async fn at_the_log_on_they_stop_the_run_at_first_sight() {
    for (what, cause) in obstacles() {
        let exchange = start(server(3)).await;
        exchange.plan(Fault::always(When::Credentials, what.clone()));
        let run = Check::on(&exchange).users(3).run(&exchange).await;
        assert_eq!(run.end(), format!("stopped {cause}"), "{what:?}");
        assert_eq!(run.summary().not_checked, 3, "{what:?}");
        assert_eq!(run.summary().requests, 1, "{what:?}");
        assert_eq!(
            (
                run.summary().findings,
                run.row("user1@contoso.com").attempts
            ),
            (0, 0)
        );
    }
}

#[tokio::test]
async fn at_the_first_mailbox_they_stop_the_run_at_first_sight() {
    for (what, cause) in obstacles() {
        let exchange = start(server(3)).await;
        exchange.plan(Fault::always(When::Impersonated, what.clone()));
        let run = Check::on(&exchange).users(3).lanes(1).run(&exchange).await;
        assert_eq!(run.end(), format!("stopped {cause}"), "{what:?}");
        assert_eq!(
            run.lines(),
            vec![format!("not_checked {cause}"); 3],
            "{what:?}"
        );
        assert_eq!(
            run.summary().requests,
            2,
            "the log-on and the one that showed it: {what:?}"
        );
    }
}

#[tokio::test]
async fn a_locked_account_is_told_by_the_words_of_whatever_page() {
    let words = "The referenced account is currently locked out and may not be logged on to.";
    for status in [403, 500, 503] {
        let page = What::Http(HttpAnswer::status(status).html("Server Error", words));
        for when in [When::Credentials, When::Impersonated] {
            let exchange = start(server(3)).await;
            exchange.plan(Fault::always(when.clone(), page.clone()));
            // One lane: how many others had begun when it stopped would be a matter of luck.
            let run = Check::on(&exchange).users(3).lanes(1).run(&exchange).await;
            assert_eq!(run.end(), "stopped account.locked", "{status} {when:?}");
            assert_eq!(run.summary().not_checked, 3, "{status} {when:?}");
        }
    }
    // Before anybody has named an account they are about nobody.
    let page = What::Http(HttpAnswer::status(403).html("Forbidden", words));
    let exchange = start(server(3)).await;
    exchange.plan(Fault::always(When::Anonymous, page));
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(run.end(), "stopped policy.ews_blocked");
}

/// Ten of twenty are decided; then `plan` is planned.
async fn after_ten(plan: impl FnOnce(&Simulator)) -> (Outcome, Simulator) {
    let exchange = start(server(20)).await;
    exchange.plan(Fault::times(
        10,
        When::Impersonated,
        What::Delay(std::time::Duration::ZERO),
    ));
    plan(&exchange);
    let run = Check::on(&exchange).users(20).lanes(1).run(&exchange).await;
    (run, exchange)
}

#[tokio::test]
async fn once_after_ten_decided_it_is_confirmed_and_forgotten() {
    for (what, _) in obstacles() {
        let (run, exchange) =
            after_ten(|exchange| exchange.plan(Fault::once(When::Impersonated, what.clone())))
                .await;
        assert_eq!(
            (run.end().as_str(), run.summary().granted),
            ("complete", 20),
            "{what:?}"
        );
        assert_eq!(
            run.evidence("user11@contoso.com"),
            "NoError 200 x2",
            "{what:?}"
        );
        let log = exchange.counters().requests_log;
        let of_11: Vec<u64> = log
            .iter()
            .filter(|r| r.identity.as_deref() == Some("user11@contoso.com"))
            .map(|r| r.connection)
            .collect();
        assert_eq!(of_11.len(), 2);
        assert_ne!(
            of_11[0], of_11[1],
            "confirmed on a fresh connection: {what:?}"
        );
    }
}

#[tokio::test]
async fn always_after_ten_decided_it_stops_the_run_by_its_second_word() {
    for (what, cause) in obstacles() {
        let (run, _) =
            after_ten(|exchange| exchange.plan(Fault::always(When::Impersonated, what.clone())))
                .await;
        assert_eq!(run.end(), format!("stopped {cause}"), "{what:?}");
        assert_eq!(
            (run.summary().granted, run.summary().not_checked),
            (10, 10),
            "{what:?}"
        );
        assert_eq!(run.user(20), format!("not_checked {cause}"), "{what:?}");
        assert_eq!(
            run.summary().requests,
            13,
            "log-on, ten, one that showed it, one that confirmed it: {what:?}"
        );
    }
}

#[tokio::test]
async fn something_else_in_confirmation_makes_it_a_matter_of_that_mailbox() {
    let (run, _) = after_ten(|exchange| {
        exchange.plan(Fault::once(
            When::Impersonated,
            What::Http(HttpAnswer::status(403)),
        ));
        exchange.plan(Fault::once(
            When::Impersonated,
            What::Http(HttpAnswer::status(400)),
        ));
    })
    .await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 20)
    );
    assert_eq!(run.evidence("user11@contoso.com"), "NoError 200 x3");
}

#[tokio::test]
async fn an_obstacle_on_many_lanes_is_confirmed_by_one_request() {
    let exchange = start(server(60)).await;
    exchange.plan(Fault::times(
        20,
        When::Impersonated,
        What::Delay(std::time::Duration::ZERO),
    ));
    exchange.plan(Fault::always(
        When::Impersonated,
        What::Http(HttpAnswer::status(403)),
    ));
    let run = Check::on(&exchange).users(60).lanes(6).run(&exchange).await;
    assert_eq!(run.end(), "stopped policy.ews_blocked");
    let refused = exchange.counters().per_mailbox.values().sum::<u64>() - 20;
    assert!(refused <= 7, "six lanes, and one to confirm: {refused}");
    assert_eq!(run.summary().granted, 20);
    assert_eq!(run.summary().granted + run.summary().not_checked, 60);
}

#[tokio::test]
async fn the_sentence_says_whether_it_was_before_or_after_the_log_on() {
    for (when, words) in [
        (When::Anonymous, "before the log-on"),
        (When::Credentials, "signed in"),
    ] {
        let exchange = start(server(1)).await;
        exchange.plan(Fault::always(when, What::Http(HttpAnswer::status(403))));
        let run = Check::on(&exchange).run(&exchange).await;
        assert!(run.message().contains(words), "{}", run.message());
    }
}

#[tokio::test]
async fn a_redirect_is_shown_without_its_query() {
    let exchange = start(server(1)).await;
    let to = "https://mail2.contoso.com/EWS/Exchange.asmx?token=abc";
    exchange.plan(Fault::always(
        When::Anonymous,
        What::Http(HttpAnswer::redirect(302, to)),
    ));
    let run = Check::on(&exchange).run(&exchange).await;
    assert!(
        run.message()
            .contains("https://mail2.contoso.com/EWS/Exchange.asmx"),
        "{}",
        run.message()
    );
    assert!(!run.message().contains("token"), "{}", run.message());
}

#[tokio::test]
async fn a_missing_mailbox_of_the_account_never_gates_the_run() {
    for what in [
        What::Http(HttpAnswer::user_not_found()),
        What::Ews(EwsError::new("ErrorNonExistentMailbox")),
        What::Ews(EwsError::new("ErrorMissingEmailAddress")),
        What::Ews(EwsError::new("ErrorAccessDenied")),
        What::Ews(EwsError::new("ErrorMailboxMoveInProgress")),
        What::Ews(EwsError::fault("ErrorWrongServerVersion")),
        What::Ews(EwsError::fault(
            "ErrorInvalidSchemaVersionForMailboxVersion",
        )),
        What::Ews(EwsError::new("ErrorInvalidLicense")),
        What::Ews(EwsError::new("ErrorUnheardOf")),
    ] {
        let exchange = start(server(2)).await;
        exchange.plan(Fault::always(When::LogOn, what.clone()));
        let run = Check::on(&exchange).users(2).run(&exchange).await;
        assert_eq!(
            (run.end().as_str(), run.summary().granted),
            ("complete", 2),
            "{what:?}"
        );
    }
}

#[tokio::test]
async fn exchange_2013_needs_a_mailbox_to_impersonate() {
    let mut options = server(3);
    options.build = exchange_sim::Build::EXCHANGE_2013;
    options.accounts[0].mailbox = None;
    let exchange = start(options).await;
    let run = Check::on(&exchange).users(3).lanes(1).run(&exchange).await;
    assert_eq!(run.end(), "stopped account.no_mailbox");
    assert_eq!(run.lines(), ["not_checked account.no_mailbox"; 3]);
    assert_eq!(run.page.row.server_version.as_deref(), Some("15.0.1156.6"));
}

#[tokio::test]
async fn who_was_asked_before_a_stop_says_how_often() {
    let exchange = start(server(20)).await;
    exchange.plan(Fault::times(
        3,
        When::Impersonated,
        What::Ews(EwsError::busy(1)),
    ));
    exchange.plan(Fault::always(
        When::Impersonated,
        What::Http(HttpAnswer::status(403)),
    ));
    let run = Check::on(&exchange).users(1).lanes(1).run(&exchange).await;
    assert_eq!(run.end(), "stopped policy.ews_blocked");
    let row = run.row("user1@contoso.com");
    assert_eq!((row.attempts, row.http_status), (4, Some(403)));
}
