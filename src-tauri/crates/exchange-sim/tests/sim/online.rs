//! Applications with tokens of their own, and Exchange Online as it refuses.

use exchange_sim::{Application, BearerRules, Options, Role, Simulator, TokenClaims, TokenMint};

use crate::bearer::{diagnosis, mint, server, with};
use crate::client::{Reply, http, inbox_of, own_inbox, service};

const APP: &str = "A1B2C3D4-0000-4000-8000-000000000002";
const ONLINE: &str = "https://outlook.office365.com";
const USER1: &str = "user1@contoso.com";
const USER2: &str = "user2@contoso.com";

fn app() -> TokenClaims {
    TokenClaims::app_only(APP, ONLINE)
}

/// An impersonated request as Microsoft asks for it.
async fn anchored(simulator: &Simulator, token: &str, address: &str) -> Reply {
    let head = format!(
        "Content-Type: text/xml; charset=utf-8\r\nAuthorization: bearer {token}\r\n\
         X-AnchorMailbox: {address}\r\n"
    );
    http(simulator)
        .await
        .send("POST /EWS/Exchange.asmx", &head, &inbox_of(address))
        .await
}

fn change(simulator: &Simulator, change: impl FnOnce(&mut BearerRules)) {
    simulator.update(|options| change(options.bearer.as_mut().expect("tokens are taken")));
}

/// What each of two users' mailboxes comes to.
async fn reach(simulator: &Simulator, mint: &TokenMint, claims: &TokenClaims) -> [bool; 2] {
    let token = mint.sign(claims);
    let mut opened = [false; 2];
    for (address, opened) in [USER1, USER2].into_iter().zip(&mut opened) {
        let reply = anchored(simulator, &token, address).await;
        *opened = reply.body.contains("NoError");
        if !*opened {
            reply.has(500, "ErrorImpersonateUserDenied");
        }
    }
    opened
}

#[tokio::test]
async fn an_application_opens_mailboxes_and_has_none() {
    let mint = mint();
    let simulator = server(BearerRules::online(mint.keys())).await;
    let token = mint.sign(&app());
    anchored(&simulator, &token, USER1)
        .await
        .has(200, "NoError");
    with(&simulator, &token, &own_inbox())
        .await
        .has(500, "must be present for this type of OAuth token");
    with(&simulator, &token, &inbox_of(USER1))
        .await
        .has(500, "ErrorInvalidExchangeImpersonationHeaderData");
    anchored(&simulator, &token, "nobody@contoso.com")
        .await
        .has(500, "ErrorNonExistentMailbox");
    let token = &simulator.counters().tokens[0];
    assert_eq!((token.caller.as_str(), token.app_only), (APP, true));
}

#[tokio::test]
async fn applications_reach_as_far_as_roles_and_policies_let_them() {
    let mint = mint();
    let simulator = server(BearerRules::online(mint.keys())).await;
    let consented = app();
    let bare = TokenClaims {
        roles: Vec::new(),
        ..app()
    };
    let first = || Role::Only([USER1.to_owned()].into());
    assert_eq!(reach(&simulator, &mint, &consented).await, [true, true]);
    let reply = anchored(&simulator, &mint.sign(&bare), USER1).await;
    assert_eq!((reply.status(), diagnosis(&reply)), (401, "2000008"));

    change(&simulator, |rules| {
        rules.applications = vec![Application::granted(&APP.to_lowercase(), first())];
    });
    assert_eq!(reach(&simulator, &mint, &bare).await, [true, false]);
    assert_eq!(
        reach(&simulator, &mint, &consented).await,
        [true, true],
        "consent adds to what was granted"
    );

    change(&simulator, |rules| {
        rules.applications = vec![Application::held_to(APP, first())];
    });
    assert_eq!(reach(&simulator, &mint, &consented).await, [true, false]);
    let other = TokenClaims::app_only("another", ONLINE);
    assert_eq!(reach(&simulator, &mint, &other).await, [true, true]);

    change(&simulator, |rules| {
        rules.applications = vec![Application {
            held_to: first(),
            ..Application::granted(APP, Role::AllBut([USER1.to_owned()].into()))
        }];
    });
    assert_eq!(
        reach(&simulator, &mint, &bare).await,
        [false, false],
        "a grant outside the policy is none"
    );
}

#[tokio::test]
async fn other_roles_are_not_enough_and_some_servers_take_no_application() {
    let mint = mint();
    let simulator = server(BearerRules::online(mint.keys())).await;
    let graph = TokenClaims {
        roles: vec!["Mail.Read".to_owned()],
        ..app()
    };
    let reply = anchored(&simulator, &mint.sign(&graph), USER1).await;
    assert_eq!((reply.status(), diagnosis(&reply)), (403, "2000008"));
    let adfs = BearerRules::adfs(mint.keys(), "https://adfs.contoso.com");
    let simulator = server(adfs).await;
    let token = mint.sign(&TokenClaims::app_only(APP, "https://localhost"));
    let reply = anchored(&simulator, &token, USER1).await;
    assert_eq!((reply.status(), diagnosis(&reply)), (401, "2000006"));
}

#[tokio::test]
async fn on_premises_an_application_needs_no_anchor() {
    let mint = mint();
    let simulator = server(BearerRules::new(mint.keys())).await;
    let token = mint.sign(&TokenClaims::app_only(APP, "https://localhost"));
    with(&simulator, &token, &inbox_of(USER1))
        .await
        .has(200, "NoError");
}

#[tokio::test]
async fn online_no_user_impersonates_any_more() {
    let mint = mint();
    let simulator = server(BearerRules::online(mint.keys())).await;
    let user = TokenClaims::delegated("svc-ews@contoso.com", ONLINE);
    let token = mint.sign(&user);
    with(&simulator, &token, &own_inbox())
        .await
        .has(200, "NoError");
    anchored(&simulator, &token, USER1)
        .await
        .has(500, "ErrorImpersonateUserDenied");
}

#[tokio::test]
async fn a_blocked_organization_answers_with_the_reason_in_a_header() {
    let mint = mint();
    let simulator = server(BearerRules::online(mint.keys())).await;
    let token = mint.sign(&app());
    let online = |disabled: bool, allowed: Option<Vec<String>>| {
        change(&simulator, |rules| {
            let online = rules.online.as_mut().expect("Exchange Online");
            online.ews_disabled = disabled;
            online.allowed_apps = allowed;
        });
    };
    for (disabled, allowed, reason) in [
        (true, None, Some("EWS is disabled for this user or tenant")),
        (
            false,
            Some(vec!["another".to_owned()]),
            Some("EWS is blocked by policy for this user or tenant"),
        ),
        (false, Some(vec![APP.to_lowercase()]), None),
    ] {
        online(disabled, allowed);
        let reply = anchored(&simulator, &token, USER1).await;
        assert_eq!(reply.header("x-ews-policy-reason"), reason);
        assert_eq!(reply.status(), if reason.is_some() { 403 } else { 200 });
        assert!(reason.is_none() || reply.body.is_empty(), "{reply:?}");
    }
    online(true, None);
    let bad = with(&simulator, "bad", &own_inbox()).await;
    assert_eq!(bad.status(), 401, "the token comes first");
    let empty = http(&simulator).await.post(Some("Bearer"), "").await;
    assert_eq!(empty.status(), 401, "and so does the challenge");
}

#[tokio::test]
async fn tokens_and_passwords_are_taken_side_by_side() {
    let mint = mint();
    let simulator = crate::client::simulator(Options {
        bearer: Some(BearerRules::new(mint.keys())),
        ..Options::default()
    })
    .await;
    let mut client = http(&simulator).await;
    let user = TokenClaims::delegated("svc-ews@contoso.com", "https://localhost");
    let bearer = format!("Bearer {}", mint.sign(&user));
    for value in [bearer.as_str(), &service(), &bearer] {
        client
            .post(Some(value), &inbox_of(USER1))
            .await
            .has(200, "NoError");
    }
    assert_eq!(
        client.post(None, &own_inbox()).await.status(),
        401,
        "neither logs the connection on"
    );
}
