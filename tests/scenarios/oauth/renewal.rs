//! A person's token: taken, renewed in the middle of a run, refused, and withdrawn.

use std::sync::Arc;

use contract::Cause;
use engine::checks::{Approach, Tokens};
use engine::ports::NoToken;
use exchange_sim::{BearerRules, ModernAuth, TokenClaims};
use support::engine;

use super::{OWN_HOST, Renewal, Source, USER, carrying, check, mint, person, taking, with};

#[tokio::test]
async fn a_token_opens_mailboxes_and_no_password_is_sent() {
    let mint = mint();
    let server = taking(6, BearerRules::new(mint.keys())).await;
    let source = Source::new(&mint, &person(), Renewal::HasNone);
    let engine = with(Arc::clone(&source)).await;
    let run = check(&server, &engine).users(6).run(&server).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 6);
    assert_eq!(run.page.row.auth, "bearer");
    let counters = server.counters();
    assert_eq!(counters.tokens.len(), 1);
    assert_eq!(
        (counters.tokens[0].accepted, counters.tokens[0].refused),
        (7, 0),
        "six mailboxes and the account's own"
    );
    assert_eq!(source.asked(), 0);
    assert_eq!(run.page.authentication.accepted.as_deref(), Some("Bearer"));
    assert_eq!(
        (counters.requests, counters.credentials_received),
        (8, 7),
        "the first request carries none"
    );
}

#[tokio::test]
async fn five_hundred_mailboxes_over_ten_lanes_need_one_renewal() {
    let mint = mint();
    let server = taking(500, BearerRules::new(mint.keys())).await;
    server.update(|options| options.latency = std::time::Duration::from_millis(25));
    let source = Source::new(&mint, &person(), Renewal::Gives(person()));
    let engine = with(Arc::clone(&source)).await;
    let mut live = check(&server, &engine)
        .users(500)
        .lanes(10)
        .loose_wire()
        .begin()
        .await;
    live.decided(100).await;
    server.expire_tokens();
    let run = live.ended(Some(&server)).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 500, "{:?}", run.summary().causes);
    assert_eq!(source.asked(), 1, "one renewal for all lanes");
    let tokens = server.counters().tokens;
    assert_eq!(tokens.len(), 2);
    assert!(
        tokens[0].refused >= 1 && tokens[0].refused <= 10,
        "{tokens:?}"
    );
    assert_eq!(tokens[1].refused, 0, "the new one is taken: {tokens:?}");
    assert_eq!(
        run.summary().retries,
        tokens[0].refused,
        "what was asked once more is counted as that"
    );
    assert_eq!(
        run.summary().requests,
        server.counters().credentials_received
    );
}

#[tokio::test]
async fn a_token_that_is_refused_anew_stops_the_run_after_one_renewal() {
    let mint = mint();
    let server = taking(5, BearerRules::new(mint.keys())).await;
    let elsewhere = TokenClaims::delegated(USER, "https://mail.fabrikam.com/");
    let source = Source::new(&mint, &elsewhere, Renewal::Gives(elsewhere.clone()));
    let engine = with(Arc::clone(&source)).await;
    let run = check(&server, &engine)
        .users(5)
        .loose_wire()
        .run(&server)
        .await;
    assert_eq!(run.end(), "stopped oauth.token_rejected");
    assert_eq!(
        run.count(Cause::OauthTokenRejected),
        5,
        "all of them not checked"
    );
    assert_eq!(run.summary().not_checked, 5);
    assert_eq!(source.asked(), 1);
    let tokens = server.counters().tokens;
    let refused: Vec<u64> = tokens.iter().map(|token| token.refused).collect();
    assert_eq!(refused, [1, 1], "the first, and the renewed one");
    insta::assert_snapshot!(run.message());
}

#[tokio::test]
async fn a_token_that_was_handed_in_is_refused_once() {
    let mint = mint();
    let server = taking(5, BearerRules::new(mint.keys())).await;
    let over = TokenClaims {
        ends_in: -600,
        ..person()
    };
    let engine = carrying(Tokens::fixed(mint.sign(&over).into())).await;
    let run = check(&server, &engine).users(5).run(&server).await;
    assert_eq!(run.end(), "stopped oauth.token_rejected");
    assert!(run.message().contains("has expired"), "{}", run.message());
    assert_eq!(server.counters().tokens[0].refused, 1);
}

/// Nobody can renew it: what was decided stays, and the run goes on with another one.
#[tokio::test]
async fn a_token_that_was_handed_in_and_ends_in_mid_run_is_replaced_by_the_next() {
    let mint = mint();
    let server = taking(60, BearerRules::new(mint.keys())).await;
    server.update(|options| options.latency = std::time::Duration::from_millis(25));
    let first = carrying(Tokens::fixed(mint.sign(&person()).into())).await;
    let mut live = check(&server, &first)
        .users(60)
        .lanes(3)
        .loose_wire()
        .begin()
        .await;
    live.decided(20).await;
    server.expire_tokens();
    let run = live.ended(Some(&server)).await;
    assert_eq!(
        run.end(),
        "stopped oauth.token_rejected",
        "{}",
        run.message()
    );
    let granted = run.summary().granted;
    assert!((20..60).contains(&granted), "{granted}");
    assert_eq!(run.summary().not_checked, 60 - granted);
    assert_eq!(
        (run.summary().refused, run.summary().undetermined),
        (0, 0),
        "nothing is known about rights"
    );
    let before = server.counters().tokens[0].accepted;
    let next = mint.sign(&exchange_sim::TokenClaims {
        ends_in: 1_800,
        ..person()
    });
    let second = first.sending(engine::checks::Sending {
        tokens: Some(Tokens::fixed(next.into())),
        ..engine::checks::Sending::default()
    });
    let id = run.page.row.id.clone();
    let started = second.resume_run(Some(id), None, true).await;
    let started = started.expect("it goes on");
    let live = support::Live::new(second, started, false);
    let run = live.resumed(&server).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 60);
    let tokens = server.counters().tokens;
    assert_eq!(tokens[0].accepted, before, "the old one is sent no more");
    assert_eq!(
        tokens[1].accepted,
        60 - granted + 1,
        "what was decided is not asked again; one is the account's own"
    );
}

#[tokio::test]
async fn nobody_signed_in_is_told_before_any_token_is_needed() {
    let mint = mint();
    let server = taking(3, BearerRules::new(mint.keys())).await;
    let engine = engine().await;
    let run = check(&server, &engine).users(3).run(&server).await;
    assert_eq!(run.end(), "stopped oauth.sign_in_needed");
    assert_eq!(run.count(Cause::OauthSignInNeeded), 3);
    assert_eq!(server.counters().credentials_received, 0);
    assert!(
        run.message().contains("Nobody is signed in"),
        "{}",
        run.message()
    );
}

fn withdrawn() -> Renewal {
    Renewal::Fails(NoToken::SignInNeeded {
        sentence: "The sign-in was revoked. Sign in again.".to_owned(),
        code: Some("AADSTS50173".to_owned()),
    })
}

#[tokio::test]
async fn a_sign_in_that_is_withdrawn_keeps_what_is_decided_and_goes_on_later() {
    let mint = mint();
    let server = taking(60, BearerRules::new(mint.keys())).await;
    server.update(|options| options.latency = std::time::Duration::from_millis(25));
    let source = Source::new(&mint, &person(), withdrawn());
    let first = with(Arc::clone(&source)).await;
    let mut live = check(&server, &first)
        .users(60)
        .lanes(3)
        .loose_wire()
        .begin()
        .await;
    live.decided(20).await;
    server.expire_tokens();
    let run = live.ended(Some(&server)).await;
    assert_eq!(
        run.end(),
        "stopped oauth.sign_in_needed",
        "{}",
        run.message()
    );
    let granted = run.summary().granted;
    assert!((20..60).contains(&granted), "{granted}");
    assert_eq!(run.summary().refused, 0, "nothing is known about rights");
    assert_eq!(run.summary().undetermined, 0);
    assert_eq!(run.summary().not_checked, 60 - granted);
    assert_eq!(source.asked(), 1, "the authority was asked once");
    assert!(run.message().contains("AADSTS50173"), "{}", run.message());

    let again = Source::new(&mint, &person(), Renewal::HasNone);
    let second = first.sending(engine::checks::Sending {
        tokens: Some(Tokens::of(again)),
        ..engine::checks::Sending::default()
    });
    let id = run.page.row.id.clone();
    let started = second
        .resume_run(Some(id), None, true)
        .await
        .expect("it goes on");
    let live = support::Live::new(second, started, false);
    let run = live.resumed(&server).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 60);
    let asked_twice = server
        .counters()
        .per_mailbox
        .into_iter()
        .filter(|(_, times)| *times > 1);
    assert_eq!(asked_twice.count(), 0, "nothing decided is asked again");
}

#[tokio::test]
async fn an_authority_that_is_silent_says_nothing_about_rights() {
    let mint = mint();
    let server = taking(40, BearerRules::new(mint.keys())).await;
    server.update(|options| options.latency = std::time::Duration::from_millis(25));
    let silent = Renewal::Fails(NoToken::Unreachable {
        sentence: "login.example didn't answer.".to_owned(),
        fault: engine::ports::AuthorityFault {
            host: "login.example".to_owned(),
            kind: engine::ports::AuthorityFaultKind::Silent,
            wait: None,
        },
    });
    let source = Source::new(&mint, &person(), silent);
    let engine = with(Arc::clone(&source)).await;
    let mut live = check(&server, &engine)
        .users(40)
        .lanes(3)
        .loose_wire()
        .begin()
        .await;
    live.decided(10).await;
    server.expire_tokens();
    let run = live.ended(Some(&server)).await;
    assert_eq!(run.end(), "stopped tcp.timeout", "{}", run.message());
    assert_eq!(run.summary().refused, 0);
    assert_eq!(run.summary().findings, 0);
    assert!(
        run.message().contains("login.example didn't answer"),
        "{}",
        run.message()
    );
    let broken = run.page.steps.iter().find(|step| step.cause.is_some());
    assert_eq!(broken.map(|step| step.id.as_str()), Some("log_on"));
}

#[tokio::test]
async fn a_server_that_takes_no_tokens_gets_none() {
    let server = support::start(exchange_sim::Options {
        offered: vec!["Negotiate".to_owned(), "NTLM".to_owned()],
        ..support::server(2)
    })
    .await;
    let mint = mint();
    let engine = carrying(Tokens::fixed(mint.sign(&person()).into())).await;
    let run = check(&server, &engine).users(2).run(&server).await;
    assert_eq!(
        run.end(),
        "stopped auth.scheme_not_offered",
        "{}",
        run.message()
    );
    assert_eq!(server.counters().credentials_received, 0);
}

#[tokio::test]
async fn a_policy_against_modern_authentication_is_named() {
    let mint = mint();
    let rules = BearerRules {
        modern_auth: ModernAuth::entra(),
        modern_auth_blocked: [USER.to_owned()].into(),
        ..BearerRules::new(mint.keys())
    };
    let server = taking(2, rules).await;
    let engine = carrying(Tokens::fixed(mint.sign(&person()).into())).await;
    let run = check(&server, &engine).users(2).run(&server).await;
    assert_eq!(run.end(), "stopped oauth.token_rejected");
    assert!(
        run.message().contains("authentication policy"),
        "{}",
        run.message()
    );
}

#[tokio::test]
async fn tokens_are_kept_nowhere() {
    let mint = mint();
    let server = taking(2, BearerRules::new(mint.keys())).await;
    let token = mint.sign(&person());
    let quoting =
        exchange_sim::EwsError::new("ErrorFromTheFuture").text(&format!("you sent {token}"));
    server.plan(exchange_sim::Fault::always(
        exchange_sim::When::Mailbox("user2@contoso.com".into()),
        exchange_sim::What::Ews(quoting),
    ));
    let folder = tempfile::tempdir().expect("a folder");
    let kept = support::engine_in(folder.path()).await;
    let engine = kept.sending(engine::checks::Sending {
        tokens: Some(Tokens::fixed(token.clone().into())),
        ..engine::checks::Sending::default()
    });
    let run = check(&server, &engine).users(2).run(&server).await;
    assert_eq!(run.user(2), "undetermined server.unknown_code");
    let mut bytes = format!("{run:?}").into_bytes();
    engine.shut_down().await;
    for file in std::fs::read_dir(folder.path()).expect("there") {
        let path = file.expect("readable").path();
        if path.is_file() {
            bytes.extend(std::fs::read(path).expect("readable"));
        }
    }
    for part in token.split('.').skip(1).chain([token.as_str()]) {
        let found = bytes
            .windows(part.len())
            .any(|window| window == part.as_bytes());
        assert!(!found, "a token, or a part of it, is kept");
    }
}

#[tokio::test]
async fn an_application_on_a_server_of_ones_own_has_no_inbox_to_ask_for() {
    let mint = mint();
    let server = taking(4, BearerRules::new(mint.keys())).await;
    let claims = TokenClaims::app_only(super::APP, OWN_HOST);
    let source = Source::new(&mint, &claims, Renewal::HasNone);
    let engine = with(source).await;
    let run = check(&server, &engine)
        .account(super::APP)
        .by_token(Approach::App)
        .users(4)
        .run(&server)
        .await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 4);
    assert_eq!(
        server.counters().tokens[0].accepted,
        4,
        "one request a mailbox"
    );
    let own = run.page.steps.iter().find(|step| step.id == "own_mailbox");
    assert_eq!(
        own.map(|step| step.message.as_str()),
        Some("An application has no mailbox of its own.")
    );
}
