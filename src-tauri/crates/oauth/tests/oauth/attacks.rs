//! Everything that may come to the listener, or out of an authorization server, and must not be believed.
//! Each case ends with no tokens, or does not disturb the sign-in.

use std::time::{Duration, Instant};

use oauth::{Ask, Event, Failure, HttpFaultKind, Pending, RefusalKind, Tokens, sign_in};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::support::{CLIENT, Server, answer, ask, asked, get, http, nobody, pending, send};

/// Lets the sign-in run, sends the attack, then the right answer. Gives back what the attacker saw, what
/// happened, and the events.
async fn attacked(attack: impl Fn(u16) -> Vec<u8>) -> (String, Tokens, Vec<Event>) {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let bytes = attack(port);
    let attacker = tokio::spawn(async move {
        let seen = send(port, &bytes).await.unwrap();
        get(port, &target).await.unwrap();
        seen
    });
    let mut events = Vec::new();
    let tokens = pending
        .wait(nobody(), |event| events.push(event))
        .await
        .unwrap();
    assert_eq!(
        server.posted("/token").len(),
        1,
        "only the right code was used"
    );
    (attacker.await.unwrap(), tokens, events)
}

/// The right answer with something put behind it, and what became of the sign-in.
async fn answered(server: &Server, pending: Pending, more: &str) -> Result<Tokens, Failure> {
    let (port, target) = (pending.port(), answer(&pending, server) + more);
    let browser = tokio::spawn(async move { get(port, &target).await });
    let ended = pending.wait(nobody(), |_| {}).await;
    if ended.is_err() {
        assert!(browser.await.unwrap().unwrap().contains("Sign-in failed"));
    }
    ended
}

fn request(port: u16, target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn an_answer_without_our_state_is_discarded() {
    for target in [
        "/?code=stolen",
        "/?code=stolen&state=",
        "/?code=stolen&state=AAAAAAAAAAAAAAAAAAAAAA",
        "/?error=access_denied",
        "/?error=access_denied&state=x",
    ] {
        let (seen, _, events) = attacked(|port| request(port, target)).await;
        assert!(
            seen.starts_with("HTTP/1.1 400") && seen.contains("was discarded"),
            "{seen}"
        );
        assert_eq!(events, [Event::ForeignAnswer, Event::Answered], "{target}");
    }
}

#[tokio::test]
async fn other_requests_are_no_answers() {
    let with =
        |head: &'static str| move |port: u16| head.replace("PORT", &port.to_string()).into_bytes();
    for (head, status) in [
        (
            "GET /callback?code=c HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
            "404",
        ),
        ("GET / HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", "404"),
        (
            "POST /?code=c HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
            "405",
        ),
        (
            "OPTIONS /?code=c HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
            "405",
        ),
        (
            "GET /?code=c HTTP/1.1\r\nHost: rebound.evil.example:PORT\r\n\r\n",
            "403",
        ),
        ("GET /?code=c HTTP/1.1\r\nHost: localhost:1\r\n\r\n", "403"),
        ("GET /?code=c HTTP/1.1\r\n\r\n", "403"),
        (
            "GET /?code=c HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: https://evil.example\r\n\r\n",
            "403",
        ),
        (
            "GET /?code=c HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: null\r\n\r\n",
            "403",
        ),
        (
            "GET /?code=c HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 9\r\n\r\n",
            "400",
        ),
        (
            "GET /?state=a&state=b HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
            "400",
        ),
        ("\u{16}\u{3}\u{1} is no HTTP\r\n\r\n", "400"),
    ] {
        let (seen, _, events) = attacked(with(head)).await;
        assert!(
            seen.starts_with(&format!("HTTP/1.1 {status}")),
            "{head} {seen}"
        );
        assert_eq!(events, [Event::Answered], "{head}");
    }
}

/// A foreign page knows neither `state` nor code; even so its request must not count.
#[tokio::test]
async fn a_foreign_origin_or_host_is_refused_even_with_the_right_state() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let own = target.clone();
    let attacker = tokio::spawn(async move {
        let origin = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: https://evil.example\r\n\r\n"
        );
        let host = format!("GET {target} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n");
        let seen = [
            send(port, origin.as_bytes()).await.unwrap(),
            send(port, host.as_bytes()).await.unwrap(),
        ];
        get(port, &own).await.unwrap();
        seen
    });
    let mut events = Vec::new();
    pending
        .wait(nobody(), |event| events.push(event))
        .await
        .unwrap();
    for seen in attacker.await.unwrap() {
        assert!(seen.starts_with("HTTP/1.1 403"), "{seen}");
    }
    assert_eq!(events, [Event::Answered]);
}

#[tokio::test]
async fn an_oversized_request_is_cut_off() {
    let (seen, ..) =
        attacked(|port| request(port, &format!("/?code={}", "a".repeat(20_000)))).await;
    assert!(seen.starts_with("HTTP/1.1 431"), "{seen}");
    let endless = |_| format!("GET / HTTP/1.1\r\nA: {}", "a".repeat(17_000)).into_bytes();
    let (seen, ..) = attacked(endless).await;
    assert!(seen.starts_with("HTTP/1.1 431"), "{seen}");
}

#[tokio::test]
async fn a_second_hit_finds_nobody() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let replay = target.clone();
    let browser = tokio::spawn(async move { get(port, &target).await.unwrap() });
    pending.wait(nobody(), |_| {}).await.unwrap();
    browser.await.unwrap();
    assert!(get(port, &replay).await.is_err(), "the port is closed");
    assert_eq!(server.posted("/token").len(), 1, "the code was used once");
}

#[tokio::test]
async fn of_two_right_answers_at_once_one_counts() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let hits: Vec<_> = (0..8)
        .map(|_| {
            let target = target.clone();
            tokio::spawn(async move { get(port, &target).await.unwrap_or_default() })
        })
        .collect();
    pending.wait(nobody(), |_| {}).await.unwrap();
    let mut finished = 0;
    for hit in hits {
        finished += usize::from(hit.await.unwrap().contains("Sign-in finished"));
    }
    assert_eq!((finished, server.posted("/token").len()), (1, 1));
}

/// The attacker's own code, in the victim's answer: its PKCE challenge is another.
#[tokio::test]
async fn an_injected_code_is_worth_nothing() {
    let server = Server::start().await;
    let attackers = pending(&server).await;
    let injected = server.issue(attackers.authorization_url());
    let victim = pending(&server).await;
    let (port, state) = (victim.port(), asked(&victim, "state").unwrap());
    let target = format!("/?code={injected}&state={state}");
    tokio::spawn(async move { get(port, &target).await });
    let Err(Failure::Refused(explanation)) = victim.wait(nobody(), |_| {}).await else {
        panic!("the verifier does not match")
    };
    assert_eq!(explanation.code, "invalid_grant");
    assert_eq!(
        explanation.said.as_deref(),
        Some("the verifier does not match")
    );
}

#[tokio::test]
async fn a_code_that_was_used_before_is_refused() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let used = std::sync::atomic::AtomicBool::new(false);
    server.script(move |path, _| {
        let again = path == "/token" && !used.swap(true, std::sync::atomic::Ordering::Relaxed);
        again.then(|| {
            (
                400,
                json!({"error": "invalid_grant", "error_description": "AADSTS54005: redeemed"}),
            )
        })
    });
    let ended = answered(&server, pending, "").await;
    assert!(
        matches!(&ended, Err(Failure::Refused(why)) if why.kind == RefusalKind::SignIn),
        "{ended:?}"
    );
}

#[tokio::test]
async fn another_authorization_server_does_not_mix_in() {
    for (says, more, expected) in [
        (
            false,
            "&iss=https%3A%2F%2Fevil.example",
            Some("https://evil.example"),
        ),
        (
            true,
            "&iss=https%3A%2F%2Fevil.example",
            Some("https://evil.example"),
        ),
        (true, "", Some("nobody")),
        (false, "", None),
    ] {
        let server = Server::start().await;
        if says {
            server.says_issuer();
        }
        let pending = pending(&server).await;
        let ended = answered(&server, pending, more).await;
        match (expected, ended) {
            (None, Ok(_)) => {}
            (Some(expected), Err(Failure::WrongIssuer { got, .. })) => {
                assert_eq!(got, expected);
                assert!(server.posted("/token").is_empty(), "the code goes nowhere");
            }
            (_, other) => panic!("{says} {more} {other:?}"),
        }
    }
    let server = Server::start().await;
    server.says_issuer();
    let own = url::form_urlencoded::byte_serialize(server.origin().as_bytes()).collect::<String>();
    let pending = pending(&server).await;
    answered(&server, pending, &format!("&iss={own}"))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_id_token_of_another_sign_in_is_refused() {
    for (claims, why) in [
        (json!({"aud": CLIENT, "nonce": "another"}), "nonce"),
        (json!({"aud": CLIENT}), "nonce"),
        (json!({"aud": "another", "nonce": "NONCE"}), "application"),
        (
            json!({"aud": CLIENT, "nonce": "NONCE", "iss": "https://evil.example"}),
            "issuer",
        ),
    ] {
        let server = Server::start().await;
        let pending = pending(&server).await;
        let mut claims = claims;
        if claims["nonce"] == "NONCE" {
            claims["nonce"] = json!(asked(&pending, "nonce").unwrap());
        }
        if claims["iss"].is_null() {
            claims["iss"] = json!(server.origin());
        }
        server.id_token(claims);
        let ended = answered(&server, pending, "").await;
        let refused = matches!(&ended, Err(Failure::ForeignIdToken(said)) if said.contains(why));
        assert!(refused, "{why}: {ended:?}");
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_not_understood() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, state) = (pending.port(), asked(&pending, "state").unwrap());
    tokio::spawn(async move { get(port, &format!("/?state={state}")).await });
    let ended = pending.wait(nobody(), |_| {}).await;
    assert!(
        matches!(ended, Err(Failure::NotUnderstood { .. })),
        "{ended:?}"
    );
}

/// The form holds the code and its verifier: nobody leads it elsewhere.
#[tokio::test]
async fn a_token_request_follows_no_redirect() {
    for status in [302, 307] {
        let (server, elsewhere) = (Server::start().await, Server::start().await);
        let place = json!(format!("{}/token", elsewhere.origin()));
        let pending = pending(&server).await;
        server.script(move |path, _| (path == "/token").then(|| (status, place.clone())));
        let ended = answered(&server, pending, "").await;
        assert!(
            matches!(&ended, Err(Failure::NotUnderstood { status: seen, .. }) if *seen == status),
            "{ended:?}"
        );
        assert!(
            elsewhere.posted("/token").is_empty(),
            "{status} was followed"
        );
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    server.script(|path, _| (path == "/token").then(|| (200, json!("x".repeat(1_100_000)))));
    let ended = answered(&server, pending, "").await;
    assert!(
        matches!(&ended, Err(Failure::Unreachable(why)) if why.kind == HttpFaultKind::TooLarge),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let server = Server::start().await;
    let authority = server.authority().await;
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(squatter) = TcpListener::bind(address).await else {
            continue;
        };
        let port = squatter.local_addr().unwrap().port();
        let ask = Ask {
            port: Some(port),
            ..ask(&authority)
        };
        let refused = sign_in::begin(&http(), &authority, ask.clone())
            .await
            .unwrap_err();
        assert_eq!(refused, Failure::PortTaken { port }, "{address}");
        drop(squatter);
        let free = sign_in::begin(&http(), &authority, ask).await.unwrap();
        assert_eq!(free.redirect_uri(), format!("http://localhost:{port}/"));
    }
}

#[tokio::test]
async fn slow_clients_do_not_keep_the_answer_out() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let browser = tokio::spawn(async move {
        let mut slow = Vec::new();
        // More than are read at the same time.
        for _ in 0..80 {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.write_all(b"GET /?code=").await.unwrap();
            slow.push(stream);
        }
        let page = get(port, &target).await.unwrap();
        drop(slow);
        page
    });
    let started = Instant::now();
    pending.wait(nobody(), |_| {}).await.unwrap();
    assert!(browser.await.unwrap().contains("Sign-in finished"));
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "nobody waited for the slow ones"
    );
}

#[tokio::test]
async fn a_slow_client_is_cut_off_after_five_seconds() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let port = pending.port();
    let started = Instant::now();
    let drip = async move {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        // One byte every 200 ms, as a slow-loris does, until the connection breaks.
        while stream.write_all(b"G").await.is_ok() && started.elapsed() < Duration::from_secs(40) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    assert_eq!(pending.wait(drip, |_| {}).await, Err(Failure::Canceled));
    let elapsed = started.elapsed();
    assert!(
        elapsed > Duration::from_secs(4) && elapsed < Duration::from_secs(30),
        "cut off after {elapsed:?}"
    );
}
