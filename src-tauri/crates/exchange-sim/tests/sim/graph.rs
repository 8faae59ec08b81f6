//! The double of Microsoft Graph: who may ask, what each mailbox comes to, batches and limits.

use std::collections::HashSet;
use std::time::Duration;

use exchange_sim::{
    Application, BearerRules, EwsError, Fault, GraphLimit, HttpAnswer, Mailbox, MailboxState,
    Options, Role, Simulator, TokenClaims, TokenMint, What, When,
};
use serde_json::{Value, json};

use crate::bearer::{mint, server};
use crate::client::{Reply, http};

const APP: &str = "a1b2c3d4-0000-4000-8000-000000000002";
const USER1: &str = "user1@contoso.com";

fn app() -> TokenClaims {
    TokenClaims::graph(APP)
}

fn url(user: &str) -> String {
    format!("/v1.0/users/{user}/mailFolders/inbox?$select=id")
}

async fn send(simulator: &Simulator, line: &str, token: &str, body: &str) -> Reply {
    let head = format!(
        "Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         client-request-id: c-1\r\n"
    );
    http(simulator).await.send(line, &head, body).await
}

async fn get(simulator: &Simulator, token: &str, user: &str) -> Reply {
    send(simulator, &format!("GET {}", url(user)), token, "").await
}

async fn batch(simulator: &Simulator, token: &str, users: &[&str]) -> Reply {
    let requests: Vec<Value> = users
        .iter()
        .enumerate()
        .map(|(n, user)| {
            let url = url(user).replace("/v1.0", "");
            json!({"id": n.to_string(), "method": "GET", "url": url})
        })
        .collect();
    let body = json!({ "requests": requests }).to_string();
    send(simulator, "POST /v1.0/$batch", token, &body).await
}

fn json(reply: &Reply) -> Value {
    serde_json::from_str(&reply.body).unwrap_or_else(|_| panic!("{reply:?}"))
}

/// Status and code of an error, or status and nothing.
fn outcome(reply: &Reply) -> (u16, String) {
    let code = json(reply)["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (reply.status(), code)
}

async fn online(mint: &TokenMint) -> Simulator {
    server(BearerRules::online(mint.keys())).await
}

fn change(simulator: &Simulator, change: impl FnOnce(&mut BearerRules)) {
    simulator.update(|options| change(options.bearer.as_mut().expect("tokens are taken")));
}

#[tokio::test]
async fn every_mailbox_has_an_inbox_of_its_own() {
    let mint = mint();
    let simulator = online(&mint).await;
    let token = mint.sign(&app());
    let mut ids = HashSet::new();
    for user in [USER1, "USER2@contoso.com", "svc-ews%40contoso.com"] {
        let reply = get(&simulator, &token, user).await;
        assert_eq!(reply.status(), 200, "{reply:?}");
        let folder = json(&reply);
        let names: Vec<&String> = folder.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["@odata.context", "id"]);
        ids.insert(folder["id"].as_str().expect("an id").to_owned());
        assert_eq!(reply.header("client-request-id"), Some("c-1"));
        assert!(reply.header("request-id").is_some());
        assert!(
            reply
                .header("x-ms-ags-diagnostic")
                .is_some_and(|text| text.contains("ServerInfo"))
        );
        assert_eq!(
            reply.header("x-feserver"),
            None,
            "no Exchange server answers"
        );
    }
    assert_eq!(ids.len(), 3);
    let whole = send(
        &simulator,
        &format!("GET /v1.0/users/{USER1}/mailFolders/inbox"),
        &token,
        "",
    )
    .await;
    assert_eq!(json(&whole)["displayName"], "Inbox");
    let counts = simulator.counters().graph;
    assert_eq!((counts.requests, counts.questions), (4, 4));
    assert_eq!(counts.per_mailbox[USER1], 2);
}

#[tokio::test]
async fn tokens_are_refused_in_the_words_of_graph() {
    let mint = mint();
    let stranger = TokenMint::new(mint.issuer()).expect("a key");
    let simulator = online(&mint).await;
    let ews = TokenClaims {
        audience: "https://outlook.office365.com".to_owned(),
        ..app()
    };
    let late = TokenClaims {
        ends_in: -400,
        ..app()
    };
    for (token, piece) in [
        (String::new(), "Access token is empty."),
        ("nonsense".to_owned(), "CompactToken parsing failed"),
        (stranger.sign(&app()), "Invalid signature."),
        (mint.sign(&late), "the token is expired."),
        (mint.sign(&ews), "Invalid audience."),
    ] {
        let reply = get(&simulator, &token, USER1).await;
        reply.has(401, piece);
        assert_eq!(outcome(&reply).1, "InvalidAuthenticationToken");
        let inner = &json(&reply)["error"]["innerError"];
        assert_eq!(inner["client-request-id"], "c-1");
        assert_eq!(inner["request-id"].as_str(), reply.header("request-id"));
        assert!(
            reply
                .header("www-authenticate")
                .is_some_and(|line| line.starts_with("Bearer realm"))
        );
        let whole = batch(&simulator, &token, &[USER1]).await;
        assert_eq!(whole.status(), 401, "a batch as a whole");
    }
    assert_eq!(simulator.counters().graph.questions, 0);
}

#[tokio::test]
async fn rights_are_those_of_roles_grants_and_policies() {
    let mint = mint();
    let simulator = online(&mint).await;
    let bare = TokenClaims {
        roles: Vec::new(),
        ..app()
    };
    let first = || Role::Only([USER1.to_owned()].into());
    let both = async |claims: &TokenClaims| {
        let token = mint.sign(claims);
        let first = get(&simulator, &token, USER1).await;
        let second = get(&simulator, &token, "user2@contoso.com").await;
        [first, second]
    };
    let [reply, _] = both(&bare).await;
    assert_eq!(outcome(&reply), (403, "ErrorAccessDenied".to_owned()));
    for role in ["Mail.Read", "Mail.ReadBasic.All"] {
        let claims = TokenClaims {
            roles: vec![role.to_owned()],
            ..app()
        };
        let [reply, _] = both(&claims).await;
        assert_eq!(reply.status(), 200, "{role}");
    }
    let other = TokenClaims {
        roles: vec!["User.Read.All".to_owned()],
        ..app()
    };
    let [reply, _] = both(&other).await;
    reply.has(403, "ErrorAccessDenied");

    change(&simulator, |rules| {
        rules.applications = vec![Application::granted(APP, first())];
    });
    let [inside, outside] = both(&bare).await;
    assert_eq!(inside.status(), 200);
    outside.has(403, "Check credentials");
    assert!(!outside.body.contains("RAOP"), "{outside:?}");

    change(&simulator, |rules| {
        rules.applications = vec![Application::held_to(APP, first())];
    });
    let [inside, outside] = both(&app()).await;
    assert_eq!(inside.status(), 200);
    outside.has(
        403,
        "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy \
         settings.",
    );
}

#[tokio::test]
async fn a_user_reads_the_own_mailbox_and_what_is_shared() {
    let mint = mint();
    let simulator = online(&mint).await;
    let user = TokenClaims {
        scopes: Some("openid Mail.Read".to_owned()),
        ..TokenClaims::delegated("svc-ews@contoso.com", "https://graph.microsoft.com")
    };
    let token = mint.sign(&user);
    let own = get(&simulator, &token, "svc-ews@contoso.com").await;
    assert_eq!(own.status(), 200);
    get(&simulator, &token, USER1)
        .await
        .has(403, "ErrorAccessDenied");
    simulator.update(|options| {
        options.full_access.insert(USER1.to_owned());
    });
    assert_eq!(get(&simulator, &token, USER1).await.status(), 200);
    let other = TokenClaims {
        scopes: Some("User.Read".to_owned()),
        ..user
    };
    get(&simulator, &mint.sign(&other), "svc-ews@contoso.com")
        .await
        .has(403, "ErrorAccessDenied");
}

#[tokio::test]
async fn each_state_of_a_mailbox_has_its_answer() {
    let mint = mint();
    let states = [
        (MailboxState::Remote, 404, "MailboxNotEnabledForRESTAPI"),
        (MailboxState::MailUser, 404, "MailboxNotEnabledForRESTAPI"),
        (MailboxState::Unlicensed, 404, "MailboxNotEnabledForRESTAPI"),
        (MailboxState::Moving, 503, "ErrorMailboxMoveInProgress"),
        (
            MailboxState::StoreUnavailable,
            503,
            "ErrorMailboxStoreUnavailable",
        ),
        (MailboxState::AccessDenied, 403, "ErrorAccessDenied"),
        (
            MailboxState::Misconfigured,
            500,
            "ErrorMailboxConfiguration",
        ),
        (
            MailboxState::WithoutFolders(vec!["inbox".to_owned()]),
            404,
            "ErrorItemNotFound",
        ),
    ];
    let mailboxes = states.iter().enumerate().map(|(n, (state, _, _))| {
        Mailbox::new(&format!("u{n}@contoso.com"), "A User").in_state(state.clone())
    });
    let simulator = crate::client::simulator(Options {
        mailboxes: mailboxes.collect(),
        bearer: Some(BearerRules::online(mint.keys())),
        ..Options::default()
    })
    .await;
    let token = mint.sign(&app());
    for (n, (_, status, code)) in states.iter().enumerate() {
        let reply = get(&simulator, &token, &format!("u{n}@contoso.com")).await;
        assert_eq!(outcome(&reply), (*status, (*code).to_owned()));
    }
    let reply = get(&simulator, &token, "nobody@contoso.com").await;
    assert_eq!(outcome(&reply), (404, "ErrorInvalidUser".to_owned()));
    for line in ["GET /v1.0/me", "GET /v1.0/users/a@b.c/messages/x"] {
        let reply = send(&simulator, line, &token, "").await;
        assert_eq!(outcome(&reply), (400, "BadRequest".to_owned()), "{line}");
    }
}

#[tokio::test]
async fn a_batch_answers_each_question_in_any_order() {
    let mint = mint();
    let simulator = online(&mint).await;
    let token = mint.sign(&app());
    simulator.plan(Fault::once(
        When::Mailbox("user2@contoso.com".to_owned()),
        What::Http(HttpAnswer::throttled(429, Some(7))),
    ));
    let users = [USER1, "user2@contoso.com", "nobody@contoso.com"];
    let reply = batch(&simulator, &token, &users).await;
    assert_eq!(reply.status(), 200, "{reply:?}");
    let responses = json(&reply)["responses"]
        .as_array()
        .expect("a list")
        .clone();
    let seen: Vec<(&str, u64)> = responses
        .iter()
        .map(|one| {
            let id = one["id"].as_str().expect("an id");
            (id, one["status"].as_u64().expect("a status"))
        })
        .collect();
    assert_eq!(seen, [("2", 404), ("1", 429), ("0", 200)]);
    assert_eq!(responses[1]["headers"]["Retry-After"], "7");
    assert_eq!(responses[0]["body"]["error"]["code"], "ErrorInvalidUser");
    assert!(responses[2]["body"]["id"].is_string());
    let counts = simulator.counters().graph;
    assert_eq!(
        (counts.requests, counts.batches, counts.questions),
        (1, 1, 3)
    );
}

#[tokio::test]
async fn a_batch_has_twenty_at_most() {
    let mint = mint();
    let simulator = online(&mint).await;
    let token = mint.sign(&app());
    assert_eq!(batch(&simulator, &token, &[USER1; 20]).await.status(), 200);
    let reply = batch(&simulator, &token, &[USER1; 21]).await;
    assert_eq!(outcome(&reply), (400, "BadRequest".to_owned()));
    let twice = json!({"requests": [
        {"id": "1", "method": "GET", "url": "/users/a/mailFolders/inbox"},
        {"id": "1", "method": "GET", "url": "/users/b/mailFolders/inbox"},
    ]});
    for body in [
        "{}".to_owned(),
        "no json".to_owned(),
        json!({"requests": []}).to_string(),
        twice.to_string(),
    ] {
        let reply = send(&simulator, "POST /v1.0/$batch", &token, &body).await;
        assert_eq!(outcome(&reply), (400, "BadRequest".to_owned()), "{body}");
    }
    let reply = send(&simulator, "GET /v1.0/$batch", &token, "").await;
    assert_eq!(reply.status(), 405);
}

#[tokio::test]
async fn beyond_the_limit_graph_says_when_to_come_back() {
    let mint = mint();
    let simulator = online(&mint).await;
    change(&simulator, |rules| {
        let graph = rules.graph.as_mut().expect("Graph answers");
        graph.limit = Some(GraphLimit {
            questions: 2,
            per: Duration::from_mins(1),
        });
    });
    let token = mint.sign(&app());
    assert_eq!(get(&simulator, &token, USER1).await.status(), 200);
    let reply = batch(&simulator, &token, &[USER1; 3]).await;
    let body = json(&reply);
    let statuses: Vec<u64> = (0..3)
        .map(|n| body["responses"][n]["status"].as_u64().expect("a status"))
        .collect();
    assert_eq!(statuses, [429, 429, 200]);
    let reply = get(&simulator, &token, USER1).await;
    assert_eq!(outcome(&reply), (429, "TooManyRequests".to_owned()));
    let wait: u64 = reply
        .header("retry-after")
        .and_then(|value| value.parse().ok())
        .expect("seconds");
    assert!((50..=60).contains(&wait), "{wait}");
    assert_eq!(simulator.counters().graph.throttled, 3);
}

#[tokio::test]
async fn faults_strike_graph_as_they_strike_ews() {
    let mint = mint();
    let simulator = online(&mint).await;
    let token = mint.sign(&app());
    let plan = |when: When, what: What| simulator.plan(Fault::once(when, what));
    plan(When::Any, What::Http(HttpAnswer::throttled(503, Some(3))));
    let reply = get(&simulator, &token, USER1).await;
    assert_eq!(reply.status(), 503);
    assert_eq!(reply.header("retry-after"), Some("3"));
    assert!(reply.header("x-ms-ags-diagnostic").is_some());

    plan(When::Impersonated, What::Ews(EwsError::busy(1_500)));
    let reply = get(&simulator, &token, USER1).await;
    assert_eq!(outcome(&reply), (429, "TooManyRequests".to_owned()));
    assert_eq!(reply.header("retry-after"), Some("2"));

    plan(When::Mailbox(USER1.to_owned()), What::denied());
    get(&simulator, &token, USER1)
        .await
        .has(403, "ErrorAccessDenied");

    plan(
        When::Path("/v1.0/".to_owned()),
        What::Http(HttpAnswer::graph_error(
            404,
            "Request_ResourceNotFound",
            "Resource 'x' does not exist.",
        )),
    );
    let reply = get(&simulator, &token, USER1).await;
    assert_eq!(
        outcome(&reply),
        (404, "Request_ResourceNotFound".to_owned())
    );
    assert!(json(&reply)["error"]["innerError"].is_object());

    let right = json(&get(&simulator, &token, "user2@contoso.com").await);
    plan(
        When::Mailbox(USER1.to_owned()),
        What::WrongMailbox("user2@contoso.com".to_owned()),
    );
    let wrong = json(&get(&simulator, &token, USER1).await);
    assert_eq!(wrong["id"], right["id"]);

    plan(When::Mailbox(USER1.to_owned()), What::Close);
    let reply = batch(&simulator, &token, &[USER1]).await;
    assert!(reply.truncated, "{reply:?}");
    assert_eq!(simulator.counters().faults_struck, 6);
}

#[tokio::test]
async fn graph_answers_only_where_it_is_told_to() {
    let mint = mint();
    let simulator = server(BearerRules::new(mint.keys())).await;
    let reply = get(&simulator, &mint.sign(&app()), USER1).await;
    assert_eq!(reply.status(), 404);
    assert!(reply.header("x-feserver").is_some());
    assert_eq!(simulator.counters().graph.requests, 0);
}
