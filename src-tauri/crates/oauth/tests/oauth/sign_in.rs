//! Sign-in that goes well, and the ways in which it ends by itself.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use oauth::{Ask, Authority, AuthorityError, Event, Failure, Hidden, RefusalKind, Wanted, sign_in};
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use crate::support::{CLIENT, Server, answer, ask, asked, get, http, nobody, noon, pending, send};

#[tokio::test]
async fn a_code_becomes_tokens() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let browser = tokio::spawn(async move { get(port, &target).await.unwrap() });
    let mut events = Vec::new();
    let tokens = pending
        .wait(nobody(), |event| events.push(event))
        .await
        .unwrap();
    assert_eq!(tokens.access.reveal(), "canary-access");
    assert_eq!(tokens.refresh.as_ref().unwrap().reveal(), "canary-refresh");
    assert_eq!(tokens.expires_at, noon() + SignedDuration::from_hours(1));
    assert_eq!(tokens.account().as_deref(), Some("svc@contoso.example"));
    assert_eq!(events, [Event::Answered]);
    let page = browser.await.unwrap();
    assert!(
        page.starts_with("HTTP/1.1 200 OK") && page.contains("Sign-in finished"),
        "{page}"
    );
    assert!(
        !format!("{tokens:?}").contains("canary"),
        "tokens are not shown"
    );
}

#[tokio::test]
async fn the_question_has_everything_that_protects_the_answer() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let of = |name| asked(&pending, name).unwrap_or_default();
    assert_eq!(of("response_type"), "code");
    assert_eq!(of("response_mode"), "query");
    assert_eq!(of("code_challenge_method"), "S256");
    assert_eq!(of("prompt"), "select_account");
    assert_eq!(of("login_hint"), "svc@contoso.example");
    assert_eq!(
        of("redirect_uri"),
        format!("http://localhost:{}/", pending.port())
    );
    assert_eq!(
        of("scope"),
        "https://mail.contoso.example/EWS.AccessAsUser.All openid profile offline_access"
    );
    assert!(of("state").len() >= 16 && of("nonce").len() >= 16);
    assert_ne!(of("state"), of("nonce"));
    assert_eq!(pending.expires_at(), noon() + SignedDuration::from_mins(5));
    assert!(!format!("{pending:?}").contains(&of("state")));
}

#[tokio::test]
async fn ad_fs_is_asked_in_its_own_way() {
    let server = Server::start().await;
    let authority = Authority::ad_fs(&server.origin()).unwrap();
    let pending = sign_in::begin(&http(), &authority, ask(&authority))
        .await
        .unwrap();
    assert!(
        pending
            .authorization_url()
            .path()
            .ends_with("/adfs/oauth2/authorize")
    );
    assert_eq!(
        asked(&pending, "resource").as_deref(),
        Some("https://mail.contoso.example/")
    );
    assert_eq!(asked(&pending, "prompt").as_deref(), Some("login"));
}

#[tokio::test]
async fn without_offline_access_nothing_lasting_is_asked_for() {
    let server = Server::start().await;
    let authority = server.authority().await;
    let ask = Ask {
        identity: false,
        choose_account: false,
        ..Ask::new(CLIENT, Wanted::ews(&authority, "mail.contoso.example"))
    };
    let pending = sign_in::begin(&http(), &authority, ask).await.unwrap();
    let scope = asked(&pending, "scope").unwrap();
    assert_eq!(scope, "https://mail.contoso.example/EWS.AccessAsUser.All");
    assert_eq!(
        (asked(&pending, "nonce"), asked(&pending, "prompt")),
        (None, None)
    );
}

#[tokio::test]
async fn the_browser_may_come_by_ipv6() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let Ok(stream) = tokio::net::TcpStream::connect(("::1", pending.port())).await else {
        let bound = tokio::net::TcpListener::bind(("::1", 0)).await;
        assert!(
            bound.is_err(),
            "this machine has IPv6, and nobody listens there"
        );
        return;
    };
    drop(stream);
}

#[tokio::test]
async fn giving_up_ends_it_and_closes_the_port() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let port = pending.port();
    let cancel = tokio::time::sleep(Duration::from_millis(50));
    let ended = pending.wait(cancel, |_| {}).await;
    assert_eq!(ended, Err(Failure::Canceled));
    assert!(
        get(port, "/?code=late").await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn giving_up_while_tokens_are_fetched_ends_it_too() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let (reached, was_reached) = tokio::sync::oneshot::channel();
    let mut reached = Some(reached);
    let browser = tokio::spawn(async move { get(port, &target).await.unwrap() });
    // The user gives up at the very moment at which the answer came.
    let ended = pending
        .wait(async { was_reached.await.unwrap() }, |event| {
            assert_eq!(event, Event::Answered);
            reached.take().unwrap().send(()).unwrap();
        })
        .await;
    assert!(matches!(ended, Err(Failure::Canceled)), "{ended:?}");
    assert!(browser.await.unwrap().contains("Sign-in failed"));
}

#[tokio::test]
async fn time_is_limited() {
    let server = Server::start().await;
    let authority = server.authority().await;
    let ask = Ask {
        time_limit: Duration::from_millis(100),
        ..ask(&authority)
    };
    let pending = sign_in::begin(&http(), &authority, ask).await.unwrap();
    let port = pending.port();
    // Strangers do not prolong it.
    let stranger = tokio::spawn(async move { get(port, "/?code=x&state=y").await });
    let started = Instant::now();
    assert_eq!(pending.wait(nobody(), |_| {}).await, Err(Failure::TimedOut));
    assert!(started.elapsed() < Duration::from_secs(4));
    drop(stranger.await);
    assert!(get(port, "/").await.is_err());
}

#[tokio::test]
async fn a_refusal_is_explained_and_the_browser_is_told() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, state) = (pending.port(), asked(&pending, "state").unwrap());
    let target = format!(
        "/?error=access_denied&error_description=AADSTS65004%3A%20The%20user%20declined.%0D%0ATrace&state={state}"
    );
    let browser = tokio::spawn(async move { get(port, &target).await.unwrap() });
    let Err(Failure::Refused(explanation)) = pending.wait(nobody(), |_| {}).await else {
        panic!("it was refused")
    };
    assert_eq!(explanation.code, "AADSTS65004");
    assert_eq!(explanation.kind, RefusalKind::Denied);
    let page = browser.await.unwrap();
    assert!(
        page.contains("Sign-in failed") && !page.contains("AADSTS"),
        "{page}"
    );
    assert!(server.posted("/token").is_empty(), "no code, no question");
}

#[tokio::test]
async fn the_token_endpoint_may_refuse_or_babble() {
    for (status, body, expected) in [
        (
            400,
            json!({"error": "invalid_client", "error_description": "AADSTS7000218: no public clients"}),
            "AADSTS7000218",
        ),
        (503, json!({"error": "temporarily_unavailable"}), "HTTP 503"),
        (502, json!("<html>Bad gateway</html>"), "HTTP 502"),
        (200, json!({"token": "canary"}), "HTTP 200"),
    ] {
        let server = Server::start().await;
        let pending = pending(&server).await;
        let (port, target) = (pending.port(), answer(&pending, &server));
        server.script(move |path, _| (path == "/token").then(|| (status, body.clone())));
        tokio::spawn(async move { get(port, &target).await });
        let failure = pending.wait(nobody(), |_| {}).await.unwrap_err();
        let said = failure.to_string();
        assert!(said.contains(expected), "{said}");
        assert!(!format!("{failure:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_provider_speaks_only_for_itself() {
    let server = Server::start().await;
    let origin = server.origin();
    let metadata = move |issuer: &str, token: &str| json!({"issuer": issuer, "authorization_endpoint": format!("{origin}/a"), "token_endpoint": token});
    let own = server.origin();
    let elsewhere = metadata("https://other.example", "https://other.example/token");
    server.script(move |_, _| Some((200, elsewhere.clone())));
    let refused = Authority::discover(&http(), &own).await;
    assert!(
        matches!(refused, Err(AuthorityError::OtherIssuer { .. })),
        "{refused:?}"
    );
    let open = metadata(&own, "http://other.example/token");
    server.script(move |_, _| Some((200, open.clone())));
    let refused = Authority::discover(&http(), &own).await;
    assert!(
        matches!(refused, Err(AuthorityError::NotSecure(_))),
        "{refused:?}"
    );
    server.script(|_, _| Some((302, json!({}))));
    let refused = Authority::discover(&http(), &own).await;
    assert!(
        matches!(refused, Err(AuthorityError::NoMetadata { status: 302, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_browser_that_opens_spare_connections_gets_through() {
    let server = Server::start().await;
    let pending = pending(&server).await;
    let (port, target) = (pending.port(), answer(&pending, &server));
    let mut spare = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .unwrap();
    let browser = tokio::spawn(async move {
        let icon = get(port, "/favicon.ico").await.unwrap();
        // The head comes in two parts, as it may.
        let head = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        (icon, send(port, head.as_bytes()).await.unwrap())
    });
    pending.wait(nobody(), |_| {}).await.unwrap();
    let (icon, page) = browser.await.unwrap();
    assert!(icon.starts_with("HTTP/1.1 404"), "{icon}");
    assert!(page.contains("Sign-in finished"), "{page}");
    // Nor does anybody go on listening to them.
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(2), spare.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the spare connection is still open");
}

/// Callers spawn what they wait for.
#[tokio::test]
async fn what_is_waited_for_can_be_spawned() {
    fn spawned<T: Send>(_: &T) {}
    let server = Server::start().await;
    let pending = pending(&server).await;
    let authority = server.authority().await;
    let (http, token, wanted) = (http(), Hidden::new("t"), Wanted::ews(&authority, "h"));
    spawned(&pending.wait(nobody(), |_| {}));
    spawned(&sign_in::begin(&http, &authority, ask(&authority)));
    spawned(&oauth::device::begin(&http, &authority, ask(&authority)));
    spawned(&oauth::refresh(&http, &authority, CLIENT, &token, &wanted));
    spawned(&oauth::revoke(&http, &authority, CLIENT, &token));
    let secret = oauth::Credential::Secret(token.clone());
    spawned(&oauth::app_only(
        &http, &authority, CLIENT, &secret, &wanted,
    ));
}
