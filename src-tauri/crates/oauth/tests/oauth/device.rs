//! Sign-in with a code on another device, at the server's pace. The clock is paused: it goes on when
//! nothing else does.

use std::time::Duration;

use oauth::{Ask, Authority, DeviceCode, Failure, RefusalKind, device};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{CLIENT, Server, ask, http, nobody};

/// Grants a code, then gives these answers to the questions, the last one again and again.
async fn begun(answers: Vec<(u16, Value)>, expires_in: u64) -> (Server, DeviceCode) {
    let server = Server::start().await;
    let mut asked = 0;
    server.script(move |path, _| match path {
        "/device" => Some((200, json!({"device_code": "canary", "user_code": "ABCD-EFGH",
            "verification_uri": "https://login.example/device", "expires_in": expires_in, "interval": 2}))),
        "/token" => {
            let answer = answers[asked.min(answers.len() - 1)].clone();
            asked += 1;
            Some(answer)
        }
        _ => None,
    });
    let authority = server.authority().await;
    let ask = Ask {
        identity: false,
        ..ask(&authority)
    };
    let code = device::begin(&http(), &authority, ask).await.unwrap();
    (server, code)
}

fn pending() -> (u16, Value) {
    (400, json!({"error": "authorization_pending"}))
}

fn tokens() -> (u16, Value) {
    (
        200,
        json!({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "refresh_token": "r"}),
    )
}

#[tokio::test]
async fn a_code_is_shown_and_waited_for() {
    let (server, code) = begun(vec![pending(), tokens()], 900).await;
    assert_eq!(code.user_code(), "ABCD-EFGH");
    assert_eq!(
        code.verification_uri().as_str(),
        "https://login.example/device"
    );
    assert!(!format!("{code:?}").contains("canary"));
    let started = Instant::now();
    tokio::time::pause();
    let tokens = code.wait(nobody()).await.unwrap();
    assert_eq!(tokens.refresh.unwrap().reveal(), "r");
    assert!(
        started.elapsed() >= Duration::from_secs(4),
        "two questions, two seconds apart"
    );
    let form = &server.posted("/token")[0];
    assert_eq!(
        form["grant_type"],
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(
        (form["device_code"].as_str(), form["client_id"].as_str()),
        ("canary", CLIENT)
    );
}

#[tokio::test]
async fn a_server_that_says_slower_is_obeyed() {
    let slow = (400, json!({"error": "slow_down"}));
    let (_server, code) = begun(vec![slow.clone(), slow, tokens()], 900).await;
    let started = Instant::now();
    tokio::time::pause();
    code.wait(nobody()).await.unwrap();
    // 2, 2 + 5, 2 + 5 + 5
    assert!(
        started.elapsed() >= Duration::from_secs(21),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn an_authority_that_is_down_for_a_moment_ends_nothing() {
    let down = (503, json!({"error": "server_error"}));
    let busy = (429, json!({"error": "too_many_requests"}));
    let (_server, code) = begun(vec![down, busy, tokens()], 900).await;
    tokio::time::pause();
    assert!(code.wait(nobody()).await.is_ok());
}

#[tokio::test]
async fn declined_and_expired_end_it() {
    let declined = (400, json!({"error": "authorization_declined"}));
    let (_server, code) = begun(vec![declined], 900).await;
    let ended = code.wait(nobody()).await;
    assert!(
        matches!(&ended, Err(Failure::Refused(why)) if why.kind == RefusalKind::Denied),
        "{ended:?}"
    );
    let expired = (400, json!({"error": "expired_token"}));
    let (_server, code) = begun(vec![expired], 900).await;
    assert_eq!(code.wait(nobody()).await, Err(Failure::TimedOut));
}

#[tokio::test]
async fn a_code_nobody_types_times_out_and_can_be_given_up() {
    let (server, code) = begun(vec![pending()], 7).await;
    let started = Instant::now();
    tokio::time::pause();
    assert_eq!(code.wait(nobody()).await, Err(Failure::TimedOut));
    assert!(
        started.elapsed() < Duration::from_millis(7500),
        "not at the next question"
    );
    assert_eq!(server.posted("/token").len(), 3);
    tokio::time::resume();
    let (_server, code) = begun(vec![pending()], 900).await;
    let cancel = tokio::time::sleep(Duration::from_millis(50));
    assert_eq!(code.wait(cancel).await, Err(Failure::Canceled));
}

#[tokio::test]
async fn an_authority_may_forbid_codes_or_have_none() {
    let server = Server::start().await;
    server.script(|path, _| {
        let refusal = json!({"error": "invalid_client", "error_description": "AADSTS7000218: x"});
        (path == "/device").then_some((401, refusal))
    });
    let authority = server.authority().await;
    let refused = device::begin(&http(), &authority, ask(&authority))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, Failure::Refused(why) if why.code == "AADSTS7000218"),
        "{refused:?}"
    );
    let origin = server.origin();
    server.script(move |_, _| {
        let endpoint = |name: &str| format!("{origin}/{name}");
        Some((200, json!({"issuer": origin, "authorization_endpoint": endpoint("a"), "token_endpoint": endpoint("t")})))
    });
    let without = Authority::discover(&http(), &server.origin())
        .await
        .unwrap();
    let refused = device::begin(&http(), &without, ask(&without))
        .await
        .unwrap_err();
    assert!(matches!(refused, Failure::NotOffered(_)), "{refused:?}");
}

#[tokio::test]
async fn a_page_that_is_not_secure_is_not_shown() {
    let server = Server::start().await;
    server.script(|path, _| {
        let granted = json!({"device_code": "d", "user_code": "u", "verification_uri": "http://evil.example/", "expires_in": 900});
        (path == "/device").then_some((200, granted))
    });
    let authority = server.authority().await;
    let refused = device::begin(&http(), &authority, ask(&authority))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, Failure::NotUnderstood { .. }),
        "{refused:?}"
    );
}
