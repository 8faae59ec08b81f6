//! Tokens that are renewed, rotated, and taken away.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use oauth::{Failure, Hidden, RefusalKind, Revoked, Wanted, refresh, revoke};
use serde_json::json;

use crate::support::{CLIENT, HOST, Server, http, noon};

async fn refreshed(server: &Server, token: &str) -> Result<oauth::Tokens, Failure> {
    let authority = server.authority().await;
    let wanted = Wanted::ews(&authority, HOST);
    refresh(&http(), &authority, CLIENT, &Hidden::new(token), &wanted).await
}

/// Rotates, and revokes the whole family when a token is used twice.
fn rotating(server: &Server) {
    let (mut used, mut next, mut revoked) = (BTreeSet::new(), 0, false);
    server.script(move |path, form| {
        let token = form.get("refresh_token").filter(|_| path == "/token")?;
        revoked |= !used.insert(token.clone());
        if revoked {
            return Some((
                400,
                json!({"error": "invalid_grant", "error_description": "reused"}),
            ));
        }
        next += 1;
        Some((
            200,
            json!({"access_token": format!("a{next}"), "token_type": "Bearer",
            "expires_in": 600, "refresh_token": format!("r{next}")}),
        ))
    });
}

#[tokio::test]
async fn the_new_refresh_token_replaces_the_old_one() {
    let server = Server::start().await;
    rotating(&server);
    let first = refreshed(&server, "r0").await.unwrap();
    assert_eq!(first.refresh.as_ref().unwrap().reveal(), "r1");
    assert_eq!(first.expires_at, noon() + SignedDuration::from_mins(10));
    let second = refreshed(&server, "r1").await.unwrap();
    assert_eq!(second.access.reveal(), "a2");
    let form = server.posted("/token").pop().unwrap();
    assert_eq!(form["grant_type"], "refresh_token");
    assert_eq!(
        form["scope"],
        "https://mail.contoso.example/EWS.AccessAsUser.All"
    );
    assert_eq!(form["client_id"], CLIENT);
    assert!(!form.contains_key("client_secret"));
}

#[tokio::test]
async fn a_reused_refresh_token_asks_to_sign_in_again() {
    let server = Server::start().await;
    rotating(&server);
    refreshed(&server, "r0").await.unwrap();
    for token in ["r0", "r1"] {
        let ended = refreshed(&server, token).await;
        assert!(
            matches!(&ended, Err(Failure::SignInNeeded(why)) if why.kind == RefusalKind::SignIn),
            "{token}: {ended:?}"
        );
    }
}

#[tokio::test]
async fn without_rotation_the_old_one_stays() {
    let server = Server::start().await;
    server.script(|path, _| {
        (path == "/token").then(|| (200, json!({"access_token": "a", "token_type": "bearer"})))
    });
    let tokens = refreshed(&server, "kept").await.unwrap();
    assert_eq!(tokens.refresh.unwrap().reveal(), "kept");
    assert_eq!(
        tokens.expires_at,
        noon() + SignedDuration::from_mins(10),
        "nobody said how long"
    );
}

#[tokio::test]
async fn a_busy_server_is_no_reason_to_sign_in_again() {
    for (status, body) in [
        (503, json!({"error": "temporarily_unavailable"})),
        (
            400,
            json!({"error": "invalid_client", "error_description": "AADSTS7000218: x"}),
        ),
        (500, json!("oops")),
    ] {
        let server = Server::start().await;
        server.script(move |path, _| (path == "/token").then(|| (status, body.clone())));
        let ended = refreshed(&server, "r").await;
        assert!(
            matches!(ended, Err(Failure::Refused(_) | Failure::NotNow { .. })),
            "{ended:?}"
        );
    }
}

#[tokio::test]
async fn an_id_token_of_another_application_is_refused_here_too() {
    let server = Server::start().await;
    let id = crate::support::jwt(&json!({"iss": server.origin(), "aud": "another"}));
    server.script(move |path, _| {
        (path == "/token").then(|| {
            (
                200,
                json!({"access_token": "a", "token_type": "bearer", "id_token": id}),
            )
        })
    });
    let ended = refreshed(&server, "r").await;
    assert!(
        matches!(ended, Err(Failure::ForeignIdToken(_))),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_token_is_revoked_where_that_can_be_done() {
    let server = Server::start().await;
    server.script(|path, _| (path == "/revoke").then(|| (200, json!({}))));
    let authority = server.authority().await;
    let token = Hidden::new("r");
    let done = revoke(&http(), &authority, CLIENT, &token).await.unwrap();
    assert_eq!(done, Revoked::Done);
    assert_eq!(server.posted("/revoke")[0]["token"], "r");
    let entra = oauth::Authority::entra(
        oauth::Cloud::Global,
        oauth::Tenant::parse("contoso.com").unwrap(),
    );
    assert_eq!(
        revoke(&http(), &entra, CLIENT, &token).await,
        Ok(Revoked::NotOffered)
    );
    server.script(|path, _| (path == "/revoke").then(|| (400, json!({"error": "invalid_client"}))));
    let refused = revoke(&http(), &authority, CLIENT, &token).await;
    assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
}
