//! Logging on: what is sent when, how often a refused password reaches the server, and whose
//! account is meant (rulings 5, 6, 8 and 19).

use contract::Authentication;
use exchange_sim::{Account, AccountState, EwsError, Fault, HttpAnswer, MailboxState, What, When};
use support::{Check, server, start};

#[tokio::test]
async fn the_first_request_is_anonymous_and_the_second_goes_out_alone() {
    let exchange = start(server(9)).await;
    Check::on(&exchange).users(9).run(&exchange).await;
    let log = exchange.counters().requests_log;
    assert!(
        !log[0].had_authorization && log[0].method == "POST",
        "anonymous, by POST"
    );
    assert!(
        log[1].had_authorization && log[1].identity.is_none(),
        "then the log-on, un-impersonated"
    );
    assert!(
        log[1..]
            .iter()
            .all(|r| r.had_authorization && r.scheme.as_deref() == Some("Basic"))
    );
    assert_eq!(exchange.counters().anonymous, 1);
}

#[tokio::test]
async fn a_wrong_password_reaches_the_server_exactly_once_over_27_lanes() {
    let mut options = server(200);
    options.lock_out_after = Some(2);
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .users(200)
        .lanes(27)
        .password("wrong")
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "stopped auth.rejected");
    assert_eq!(run.summary().not_checked, 200);
    assert_eq!(run.user(200), "not_checked auth.rejected");
    let counters = exchange.counters();
    assert_eq!(
        (counters.log_ons_refused, counters.posts_with_credentials),
        (1, 1)
    );
    assert_eq!(
        (
            run.summary().requests,
            run.summary().log_ons,
            run.summary().findings
        ),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn a_name_nobody_knows_is_a_rejection_too() {
    let exchange = start(server(2)).await;
    let run = Check::on(&exchange)
        .account("CONTOSO\\nobody")
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), exchange.counters().log_ons_refused),
        ("stopped auth.rejected", 1)
    );
}

#[tokio::test]
async fn a_challenge_that_looks_like_a_token_gets_no_second_password() {
    let exchange = start(server(2)).await;
    let challenge = HttpAnswer::unauthorized(&["Basic YWJjZA=="]);
    exchange.plan(Fault::always(When::Credentials, What::Http(challenge)));
    let run = Check::on(&exchange).run(&exchange).await;
    assert_eq!(
        (
            run.end().as_str(),
            exchange.counters().posts_with_credentials
        ),
        ("stopped auth.rejected", 1)
    );
}

#[tokio::test]
async fn no_scheme_that_is_not_offered_gets_a_password() {
    for (offered, shown) in [
        (
            vec!["Negotiate".to_owned(), "NTLM".to_owned()],
            "Negotiate, NTLM",
        ),
        (vec!["Bearer".to_owned()], "Bearer"),
        (vec![], "no scheme"),
        (
            vec!["Digest realm=\"x, Basic y\", nonce=\"Basic\"".to_owned()],
            "Digest",
        ),
        (vec!["Digest realm=\"a, Basic\"".to_owned()], "Digest"),
    ] {
        let mut options = server(3);
        options.offered = offered.clone();
        let exchange = start(options).await;
        let run = Check::on(&exchange).users(3).run(&exchange).await;
        assert_eq!(run.end(), "stopped auth.scheme_not_offered", "{offered:?}");
        assert_eq!(run.lines(), ["not_checked auth.scheme_not_offered"; 3]);
        assert!(
            run.message().contains(shown) && run.message().contains("basic"),
            "both lists: {}",
            run.message()
        );
        assert_eq!(
            exchange.counters().requests,
            1,
            "nothing was sent but the anonymous request"
        );
    }
}

#[tokio::test]
async fn basic_is_found_among_others_and_used_only_by_choice() {
    let mut options = server(1);
    options.offered = vec!["Negotiate".into(), "NTLM".into(), "Basic".into()];
    let exchange = start(options.clone()).await;
    let run = Check::on(&exchange).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.page.offered.as_slice()),
        (
            "complete",
            ["Negotiate", "NTLM", "Basic"].map(str::to_owned).as_slice()
        )
    );
    options.offered = vec!["Basic".into()];
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .authentication(Authentication::Automatic)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), exchange.counters().requests),
        ("stopped auth.scheme_not_offered", 1)
    );
}

#[tokio::test]
async fn a_server_that_asks_for_no_log_on_gets_no_password() {
    let exchange = start(server(2)).await;
    exchange.plan(Fault::always(
        When::Anonymous,
        What::Ews(EwsError::new("ErrorNonExistentMailbox")),
    ));
    let run = Check::on(&exchange).run(&exchange).await;
    assert_eq!(
        (
            run.end().as_str(),
            exchange.counters().posts_with_credentials
        ),
        ("stopped auth.scheme_not_offered", 0)
    );
}

#[tokio::test]
async fn a_locked_account_is_told_from_a_wrong_password() {
    let mut options = server(2);
    options.accounts[0].state = AccountState::Locked;
    let exchange = start(options).await;
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.user(1).as_str()),
        ("stopped account.locked", "not_checked account.locked")
    );
    assert_eq!(exchange.counters().posts_with_credentials, 1);
}

#[tokio::test]
async fn states_of_the_account_stop_the_run() {
    for (state, cause) in [
        (AccountState::Disabled, "account.disabled"),
        (AccountState::PasswordExpired, "account.password_expired"),
        (AccountState::NotInDirectory, "account.not_in_directory"),
        (AccountState::NotAuthorized, "account.not_authorized"),
        (AccountState::EwsBlocked, "policy.ews_blocked"),
    ] {
        let mut options = server(3);
        options.accounts[0].state = state;
        let exchange = start(options).await;
        let run = Check::on(&exchange).users(3).run(&exchange).await;
        assert_eq!(
            (run.end(), run.summary().requests),
            (format!("stopped {cause}"), 1),
            "{state:?}"
        );
    }
}

#[tokio::test]
async fn one_401_in_mid_run_is_a_challenge_and_invisible() {
    let exchange = start(server(30)).await;
    exchange.plan(Fault::times(
        10,
        When::Impersonated,
        What::Delay(std::time::Duration::ZERO),
    ));
    exchange.plan(Fault::once(
        When::Impersonated,
        What::Http(HttpAnswer::unauthorized(&["Basic realm=\"x\""])),
    ));
    let run = Check::on(&exchange).users(30).lanes(4).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 30)
    );
}

#[tokio::test]
async fn a_password_changed_in_mid_run_is_refused_once_a_lane_at_most() {
    for lanes in [1, 4, 10] {
        let exchange = start(server(400)).await;
        exchange.update(|options| options.latency = std::time::Duration::from_millis(5));
        let mut live = Check::on(&exchange).users(400).lanes(lanes).begin().await;
        live.decided(60).await;
        exchange.update(|options| options.accounts[0].password = "changed".into());
        let run = live.ended(Some(&exchange)).await;
        assert_eq!(run.end(), "stopped auth.lost", "{lanes} lanes");
        let refused = exchange.counters().log_ons_refused;
        let most = u64::from(lanes).max(2);
        assert!(
            (1..=most).contains(&refused),
            "{lanes} lanes: {refused} refused"
        );
        assert!(run.summary().granted >= 60 && run.summary().findings == 0);
        assert_eq!(run.user(400), "not_checked auth.lost");
    }
}

#[tokio::test]
async fn a_password_changed_before_the_first_mailbox_is_lost_not_rejected() {
    let exchange = start(server(3)).await;
    exchange.plan(Fault::always(
        When::Impersonated,
        What::Http(HttpAnswer::unauthorized(&["Basic realm=\"x\""])),
    ));
    let run = Check::on(&exchange).users(3).lanes(1).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().requests),
        ("stopped auth.lost", 3),
        "one challenge, one new log-on"
    );
}

#[tokio::test]
async fn an_account_locked_in_mid_run_is_told_as_locked() {
    let exchange = start(server(200)).await;
    exchange.update(|options| options.latency = std::time::Duration::from_millis(5));
    let mut live = Check::on(&exchange).users(200).lanes(4).begin().await;
    live.decided(40).await;
    exchange.update(|options| options.accounts[0].state = AccountState::Locked);
    let run = live.ended(Some(&exchange)).await;
    assert_eq!(run.end(), "stopped account.locked");
    assert!(
        exchange.counters().log_ons_refused <= 5,
        "{}",
        exchange.counters().log_ons_refused
    );
}

#[tokio::test]
async fn a_disabled_mailbox_is_the_mailboxes_own_affair() {
    let mut options = server(6);
    options.mailboxes[1].state = MailboxState::Disabled;
    options.mailboxes[3].state = MailboxState::Disabled;
    let exchange = start(options).await;
    let run = Check::on(&exchange).users(6).run(&exchange).await;
    assert_eq!(
        (run.user(2).as_str(), run.user(4).as_str()),
        ("unusable mailbox.disabled", "unusable mailbox.disabled")
    );
    assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 4));
    assert_eq!(
        run.evidence("user2@contoso.com"),
        "ErrorAccountDisabled 200 x1"
    );
    let unimpersonated = exchange
        .counters()
        .requests_log
        .iter()
        .filter(|r| r.identity.is_none())
        .count();
    assert_eq!(
        unimpersonated, 3,
        "anonymous, log-on, and one question whose account it is"
    );
}

#[tokio::test]
async fn a_service_account_disabled_in_mid_run_stops_it() {
    let exchange = start(server(100)).await;
    exchange.update(|options| options.latency = std::time::Duration::from_millis(5));
    let mut live = Check::on(&exchange).users(100).lanes(4).begin().await;
    live.decided(20).await;
    exchange.update(|options| options.accounts[0].state = AccountState::Disabled);
    let run = live.ended(Some(&exchange)).await;
    assert_eq!(run.end(), "stopped account.disabled");
    assert_eq!(
        run.count(contract::Cause::MailboxDisabled),
        0,
        "no mailbox is blamed"
    );
    assert_eq!(run.user(100), "not_checked account.disabled");
}

#[tokio::test]
async fn names_and_passwords_travel_as_utf_8() {
    let mut options = server(1);
    options.accounts = vec![Account {
        logons: vec!["CONTOSO\\müller".into()],
        password: "Pässwört: 1€".into(),
        ..Account::default()
    }];
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .account("CONTOSO\\müller")
        .password("Pässwört: 1€")
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "complete");
}
