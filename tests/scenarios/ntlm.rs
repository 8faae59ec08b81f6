//! NTLM and Negotiate: who is let in, how often a refused password reaches the server, and what is said
//! of it (design decisions 8 and 9; rulings 5, 6 and 19).

use contract::{Authentication, BindingLookedAt, Expectation, SchemeOutcome};
use exchange_sim::{
    Account, Binding, ChallengeFault, ExtendedProtection, Fault, Leg, Options, RefusedFor, Scheme,
    Times, What, When,
};
use support::{Check, https, server, start};

/// A stock server: Negotiate and NTLM, over TLS.
fn stock(people: usize) -> Options {
    let mut options = server(people);
    options.bind = https();
    options.offered = vec!["Negotiate".into(), "NTLM".into()];
    options
}

fn automatic(exchange: &exchange_sim::Simulator) -> Check {
    Check::on(exchange)
        .authentication(Authentication::Automatic)
        .loose_wire()
}

#[tokio::test]
async fn a_stock_server_lets_us_in_at_every_level_of_extended_protection() {
    for level in [
        ExtendedProtection::None,
        ExtendedProtection::Allow,
        ExtendedProtection::Require,
    ] {
        let mut options = stock(20);
        options.extended_protection = level;
        let exchange = start(options).await;
        let run = automatic(&exchange).users(20).run(&exchange).await;
        assert_eq!(run.end(), "complete", "{level:?}: {}", run.message());
        assert_eq!(run.summary().granted, 20);
        let log_ons = exchange.counters().log_ons;
        assert_eq!(log_ons.last_binding, Some(Binding::Right), "{level:?}");
        assert_eq!(
            (log_ons.accepted.get(&Scheme::Ntlm), log_ons.refused.len()),
            (Some(&run.summary().log_ons), 0)
        );
        assert_eq!(
            run.summary().requests,
            21,
            "each mailbox once, and the account's own; legs are not counted"
        );
    }
}

#[tokio::test]
async fn plain_http_has_no_channel_to_bind_to() {
    let mut options = stock(3);
    options.bind = exchange_sim::Bind::Http;
    options.extended_protection = ExtendedProtection::Require;
    let exchange = start(options).await;
    let run = automatic(&exchange).users(3).run(&exchange).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    let told = run.page.authentication;
    let binding = told.channel_binding.expect("a log-on was sent");
    assert_eq!(
        (binding.sent, binding.looked_at),
        (false, BindingLookedAt::No)
    );
}

#[tokio::test]
async fn a_server_that_offers_negotiate_alone_gets_ntlm_under_that_word() {
    for chosen in [Authentication::Automatic, Authentication::Negotiate] {
        let mut options = stock(5);
        options.offered = vec!["Negotiate".into()];
        let exchange = start(options).await;
        let run = automatic(&exchange)
            .authentication(chosen)
            .users(5)
            .run(&exchange)
            .await;
        assert_eq!(run.end(), "complete", "{chosen:?}: {}", run.message());
        assert_eq!(run.page.row.auth, "negotiate");
        assert!(
            exchange
                .counters()
                .log_ons
                .accepted
                .contains_key(&Scheme::Negotiate)
        );
    }
}

#[tokio::test]
async fn ntlm_by_choice_is_not_sent_to_a_server_that_does_not_offer_it() {
    let mut options = stock(2);
    options.offered = vec!["Negotiate".into()];
    let exchange = start(options).await;
    let run = automatic(&exchange)
        .authentication(Authentication::Ntlm)
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "stopped auth.scheme_not_offered");
    assert!(run.message().contains("Negotiate") && run.message().contains("ntlm"));
    assert_eq!(exchange.counters().requests, 1, "the anonymous one");
}

#[tokio::test]
async fn every_form_of_a_name_and_any_letters_are_let_in() {
    for (logons, typed) in [
        ("CONTOSO\\svc-ews", "contoso\\SVC-ews"),
        ("svc-ews@contoso.com", "svc-ews@contoso.com"),
        ("CONTOSO\\dienst-jürgen", "CONTOSO\\dienst-jürgen"),
        ("служба@contoso.com", "служба@contoso.com"),
    ] {
        let mut options = stock(3);
        let password = "Pä55wörd – Пароль 密码".to_owned();
        options.accounts = vec![Account {
            logons: vec![logons.to_owned()],
            password: password.clone(),
            ..Account::default()
        }];
        let exchange = start(options).await;
        let run = automatic(&exchange)
            .account(typed)
            .password(&password)
            .users(3)
            .run(&exchange)
            .await;
        assert_eq!(run.end(), "complete", "{typed}: {}", run.message());
    }
}

#[tokio::test]
async fn a_name_that_would_be_spelled_wrong_is_not_sent_at_all() {
    let exchange = start(stock(2)).await;
    let run = automatic(&exchange)
        .account("CONTOSO\\müßig")
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "stopped auth.scheme_not_offered");
    assert!(run.message().contains('ß'), "{}", run.message());
    assert_eq!(exchange.counters().log_ons_refused, 0);
}

#[tokio::test]
async fn a_wrong_password_reaches_the_server_once_over_27_lanes() {
    let mut options = stock(200);
    options.lock_out_after = Some(2);
    let exchange = start(options).await;
    let run = automatic(&exchange)
        .users(200)
        .lanes(27)
        .password("wrong")
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "stopped auth.rejected");
    assert_eq!(run.lines(), vec!["not_checked auth.rejected"; 200]);
    let counters = exchange.counters();
    assert_eq!(
        counters.log_ons.refused_for.get(&RefusedFor::Password),
        Some(&1)
    );
    assert_eq!(counters.log_ons_refused, 1);
    assert_eq!((run.summary().requests, run.summary().log_ons), (1, 1));
    let tried = &run.page.authentication.tried;
    assert_eq!(
        (tried.len(), tried[0].outcome),
        (1, SchemeOutcome::Refused),
        "never a second scheme after a refused password"
    );
}

#[tokio::test]
async fn a_binding_that_does_not_match_is_named_and_sent_once() {
    let mut options = stock(30);
    options.channel_certificate = Some(b"another certificate".to_vec());
    let exchange = start(options).await;
    let run = automatic(&exchange)
        .users(30)
        .lanes(10)
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "stopped auth.rejected");
    let said = run.message();
    for word in ["channel binding", "NTLMv1", "TLS-inspecting proxy"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let counters = exchange.counters();
    assert_eq!(
        counters.log_ons.refused_for.get(&RefusedFor::Binding),
        Some(&1)
    );
    assert_eq!(counters.log_ons_refused, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_password_that_changes_in_mid_run_reaches_the_server_once_more() {
    for forget in [
        Fault::always(When::EveryNthLoggedOn(5), What::ForgetLogOn),
        Fault::always(
            When::EveryNthLoggedOn(5),
            What::CloseAfter { announced: false },
        ),
    ] {
        let mut options = stock(400);
        options.latency = std::time::Duration::from_millis(5);
        options.log_limit = 100_000;
        let exchange = start(options).await;
        exchange.plan(forget.clone());
        let mut run = automatic(&exchange).users(400).lanes(10).begin().await;
        run.decided(50).await;
        exchange.update(|options| options.accounts[0].password = "changed".to_owned());
        // Every lane is asked to log on again at the same time.
        exchange.plan(Fault::always(When::LoggedOn, What::ForgetLogOn));
        let run = run.ended(Some(&exchange)).await;
        assert_eq!(run.end(), "stopped auth.lost", "{forget:?}");
        let counters = exchange.counters();
        assert_eq!(counters.log_ons_refused, 1, "{forget:?}");
        let sent = counters.requests_log.iter();
        let sent = sent.filter(|request| request.leg == Leg::Authenticate);
        let accepted: u64 = counters.log_ons.accepted.values().sum();
        assert_eq!(
            sent.count() as u64,
            accepted + 1,
            "no further password is on its way when the run stops: {forget:?}"
        );
        assert!(run.summary().granted >= 50, "what was decided stays");
        assert_eq!(run.summary().refused + run.summary().no_mailbox, 0);
    }
}

#[tokio::test]
async fn the_table_of_schemes_is_filled() {
    let mut options = stock(3);
    options.clock_skew = -600;
    let exchange = start(options).await;
    let run = automatic(&exchange).users(3).run(&exchange).await;
    let told = run.page.authentication;
    assert_eq!(told.offered, ["Negotiate", "NTLM"]);
    assert_eq!(told.accepted.as_deref(), Some("NTLM"));
    assert_eq!(
        (told.tried[0].mechanism.as_str(), told.tried[0].outcome),
        ("ntlm", SchemeOutcome::Accepted)
    );
    let binding = told.channel_binding.expect("a log-on was sent");
    assert!(binding.sent);
    assert_eq!(binding.hash.as_deref(), Some("SHA-256"));
    assert_eq!(
        binding.looked_at,
        BindingLookedAt::ByDefault,
        "the build is SE"
    );
    assert_eq!(told.server_version.as_deref(), Some("15.2.2562.17"));
    let skew = told.clock_skew_seconds.expect("the server has a clock");
    assert!((-602..=-598).contains(&skew), "{skew}");
    let domain = told.domain.expect("the challenge names it");
    assert_eq!(
        (domain.netbios.as_deref(), domain.dns.as_deref()),
        (Some("CONTOSO"), Some("contoso.com"))
    );
}

#[tokio::test]
async fn a_challenge_that_cannot_be_used_is_no_refusal() {
    for (fault, end) in [
        (ChallengeFault::Garbage, "incomplete"),
        (ChallengeFault::Truncated, "incomplete"),
        (ChallengeFault::WithoutTargetInfo, "incomplete"),
        (ChallengeFault::Rejected, "stopped auth.scheme_not_offered"),
    ] {
        let exchange = start(stock(2)).await;
        exchange.plan(Fault::always(When::NtlmNegotiate, What::Challenge(fault)));
        let run = automatic(&exchange).users(2).run(&exchange).await;
        assert_eq!(run.end(), end, "{fault:?}: {}", run.message());
        assert_eq!(exchange.counters().log_ons_refused, 0, "{fault:?}");
        assert_eq!(run.summary().refused, 0);
        if end == "incomplete" {
            assert_eq!(run.user(1), "undetermined protocol.unexpected");
            let said = run.says("user1@contoso.com");
            assert!(said.contains("NTLM challenge"), "{fault:?}: {said}");
        }
    }
}

#[tokio::test]
async fn challenges_in_odd_shapes_are_answered() {
    for fault in [ChallengeFault::WithoutTimestamp, ChallengeFault::Repeated] {
        let exchange = start(stock(2)).await;
        exchange.plan(Fault::always(When::NtlmNegotiate, What::Challenge(fault)));
        let run = automatic(&exchange).users(2).run(&exchange).await;
        assert_eq!(run.end(), "complete", "{fault:?}: {}", run.message());
    }
    let exchange = start(stock(2)).await;
    exchange.plan(Fault::always(When::NtlmNegotiate, What::Chunked));
    exchange.plan(Fault::always(When::Anonymous, What::Chunked));
    let run = automatic(&exchange).users(2).lanes(1).run(&exchange).await;
    assert_eq!(
        run.end(),
        "complete",
        "every 401 is read to its end: {}",
        run.message()
    );
    assert_eq!(run.summary().connections, 1);
}

#[tokio::test]
async fn a_log_on_that_is_never_answered_is_not_repeated_without_end() {
    let exchange = start(stock(50)).await;
    exchange.plan(Fault {
        when: When::NtlmAuthenticate,
        times: Times::Always,
        what: What::Close,
    });
    let run = automatic(&exchange)
        .users(50)
        .lanes(10)
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "stopped http.closed", "{}", run.message());
    let legs = exchange.counters().log_ons.negotiates;
    assert!(
        run.summary().log_ons <= 5,
        "{} passwords sent, {legs} log-ons begun",
        run.summary().log_ons
    );
    assert!(
        run.rows
            .iter()
            .all(|(row, _)| row.expectation == Expectation::MustOpen
                && row.verdict != Some(contract::Verdict::Refused))
    );
}
