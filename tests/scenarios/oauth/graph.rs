//! The same check over Microsoft Graph: same verdicts, same causes, one request a mailbox.

use std::sync::Arc;
use std::time::Duration;

use contract::Cause;
use engine::checks::{Approach, Tokens};
use exchange_sim::{
    Application, BearerRules, EwsError, Fault, GraphLimit, GraphRules, HttpAnswer, Role, Simulator,
    TokenClaims, What, When,
};
use support::Check;

use super::{APP, Renewal, Source, carrying, mint, taking, with};

const ONE: &str = "user1@contoso.com";
const TWO: &str = "user2@contoso.com";

/// A check as an application, over the Graph of this server.
fn over_graph(server: &Simulator, engine: &engine::Engine) -> Check {
    Check::on(server)
        .url(&server.graph_url())
        .account(APP)
        .password("")
        .by_token(Approach::Graph)
        .with(engine)
        .loose_wire()
}

async fn graph(
    people: usize,
    rules: impl FnOnce(BearerRules) -> BearerRules,
) -> (Simulator, engine::Engine) {
    let mint = mint();
    let server = taking(people, rules(BearerRules::online(mint.keys()))).await;
    let engine = carrying(Tokens::fixed(mint.sign(&TokenClaims::graph(APP)).into())).await;
    (server, engine)
}

#[tokio::test]
async fn every_inbox_opens_with_one_request_each() {
    let (server, engine) = graph(30, |rules| rules).await;
    let run = over_graph(&server, &engine).users(30).run(&server).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 30);
    assert_eq!(run.summary().requests, 30);
    assert_eq!(run.page.row.auth, "bearer");
    let counters = server.counters();
    assert_eq!(counters.credentials_received, 30);
    let mut log = counters.requests_log.iter();
    assert!(log.all(|request| request.method == "GET"), "reads only");
    let steps: Vec<_> = run
        .page
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step.status))
        .collect();
    assert!(
        steps.contains(&("ews", contract::StepStatus::Pass))
            && steps.contains(&("log_on", contract::StepStatus::Pass)),
        "{steps:?}"
    );
}

#[tokio::test]
async fn a_canary_outside_of_the_scope_is_refused_as_it_must_be() {
    let granted = Role::Only([ONE.to_owned()].into());
    let (server, engine) = graph(3, |rules| BearerRules {
        applications: vec![Application::held_to(APP, granted)],
        ..rules
    })
    .await;
    let run = over_graph(&server, &engine)
        .list([ONE, "user3@contoso.com"])
        .canary(TWO)
        .run(&server)
        .await;
    assert_eq!(run.line(ONE), "granted");
    assert_eq!(run.line(TWO), "refused impersonation.out_of_scope");
    assert_eq!(run.says(TWO), "refused, as it must be");
    assert_eq!(
        run.line("user3@contoso.com"),
        "refused impersonation.out_of_scope"
    );
    assert_eq!(run.summary().findings, 1);
    assert!(
        run.says("user3@contoso.com").contains("scope"),
        "{}",
        run.says("user3@contoso.com")
    );
}

#[tokio::test]
async fn an_exposed_canary_is_found() {
    let (server, engine) = graph(3, |rules| rules).await;
    let run = over_graph(&server, &engine)
        .users(1)
        .canary(TWO)
        .run(&server)
        .await;
    assert_eq!(run.line(TWO), "granted impersonation.exposed");
}

fn json(status: u16, code: &str) -> What {
    let body = format!(r#"{{"error":{{"code":"{code}","message":"In words."}}}}"#);
    What::Http(HttpAnswer::status(status).body("application/json", &body))
}

#[tokio::test]
async fn every_answer_of_graph_has_its_verdict() {
    for (what, line) in [
        (
            json(403, "ErrorAccessDenied"),
            "refused impersonation.out_of_scope",
        ),
        (
            json(404, "MailboxNotEnabledForRESTAPI"),
            "no_mailbox mailbox.remote",
        ),
        (
            json(404, "ErrorInvalidUser"),
            "no_mailbox mailbox.not_found",
        ),
        (
            json(404, "Request_ResourceNotFound"),
            "no_mailbox mailbox.not_found",
        ),
        (
            json(404, "ErrorItemNotFound"),
            "unusable mailbox.folder_missing",
        ),
        (
            json(403, "ErrorAccountDisabled"),
            "unusable mailbox.disabled",
        ),
        (
            json(503, "ErrorMailboxStoreUnavailable"),
            "undetermined mailbox.store_unavailable",
        ),
        (
            json(500, "InternalServerError"),
            "undetermined server.error",
        ),
        (
            json(418, "SomethingNew"),
            "undetermined server.unknown_code",
        ),
        (What::NotXml, "undetermined protocol.unexpected"),
        (What::WrongShape, "undetermined protocol.unexpected"),
    ] {
        let (server, engine) = graph(3, |rules| rules).await;
        server.plan(Fault::always(When::Mailbox(TWO.into()), what.clone()));
        let run = over_graph(&server, &engine).users(3).run(&server).await;
        assert_eq!(run.user(2), line, "{what:?}");
        assert_eq!(run.user(1), "granted", "{what:?}");
        assert_eq!(run.user(3), "granted", "{what:?}");
    }
}

#[tokio::test]
async fn nothing_granted_at_all_is_the_missing_permission() {
    let (server, engine) = graph(4, |rules| BearerRules {
        applications: vec![Application::held_to(APP, Role::None)],
        ..rules
    })
    .await;
    let run = over_graph(&server, &engine).users(4).run(&server).await;
    assert_eq!(run.end(), "complete");
    assert_eq!(run.count(Cause::ImpersonationRoleMissing), 4);
}

#[tokio::test]
async fn throttling_costs_time_and_no_verdict() {
    let limit = GraphLimit {
        questions: 10,
        per: Duration::from_secs(1),
    };
    let (server, engine) = graph(40, |rules| BearerRules {
        graph: Some(GraphRules {
            limit: Some(limit),
            ..GraphRules::default()
        }),
        ..rules
    })
    .await;
    let run = over_graph(&server, &engine)
        .users(40)
        .lanes(10)
        .run(&server)
        .await;
    assert_eq!(run.end(), "complete", "{:?}", run.summary().causes);
    assert_eq!(run.summary().granted, 40);
    assert!(run.summary().retries > 0, "the limit was met");
}

#[tokio::test]
async fn a_busy_mailbox_waits_for_itself() {
    let (server, engine) = graph(5, |rules| rules).await;
    let busy = EwsError::new("ErrorServerBusy").value("BackOffMilliseconds", "1000");
    server.plan(Fault::times(1, When::Mailbox(TWO.into()), What::Ews(busy)));
    let run = over_graph(&server, &engine).users(5).run(&server).await;
    assert_eq!(run.end(), "complete");
    assert_eq!(run.row(TWO).attempts, 2);
    assert_eq!(run.summary().retries, 1);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once() {
    let mint = mint();
    let server = taking(60, BearerRules::online(mint.keys())).await;
    server.update(|options| options.latency = Duration::from_millis(25));
    let claims = TokenClaims::graph(APP);
    let source = Source::new(&mint, &claims, Renewal::Gives(claims.clone()));
    let engine = with(Arc::clone(&source)).await;
    let mut live = over_graph(&server, &engine)
        .users(60)
        .lanes(5)
        .begin()
        .await;
    live.decided(20).await;
    server.expire_tokens();
    let run = live.ended(Some(&server)).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 60);
    assert_eq!(source.asked(), 1);
}

#[tokio::test]
async fn a_token_of_ews_is_no_token_of_graph() {
    let mint = mint();
    let server = taking(3, BearerRules::online(mint.keys())).await;
    let token = mint.sign(&TokenClaims::app_only(APP, super::OWN_HOST));
    let engine = carrying(Tokens::fixed(token.into())).await;
    let run = over_graph(&server, &engine).users(3).run(&server).await;
    assert_eq!(run.end(), "stopped oauth.token_rejected");
    insta::assert_snapshot!(run.message());
}

#[tokio::test]
async fn a_second_address_of_a_mailbox_is_called_that() {
    let mut options = support::server(3);
    options.mailboxes[0] = options.mailboxes[0].clone().alias("second@contoso.com");
    let mint = mint();
    options.offered = Vec::new();
    options.bearer = Some(BearerRules::online(mint.keys()).issuer(super::ISSUER));
    let server = support::start(options).await;
    let engine = carrying(Tokens::fixed(mint.sign(&TokenClaims::graph(APP)).into())).await;
    let run = over_graph(&server, &engine)
        .list([ONE, "second@contoso.com", TWO])
        .run(&server)
        .await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.row("second@contoso.com").alias_of.as_deref(), Some(ONE));
    assert_eq!(run.row(ONE).alias_of, None);
}

#[tokio::test]
async fn odd_addresses_stay_whole() {
    let odd = "o'brien+x/y#1@contoso.com";
    let mut options = support::server(1);
    options
        .mailboxes
        .push(exchange_sim::Mailbox::new(odd, "Odd"));
    let mint = mint();
    options.bearer = Some(BearerRules::online(mint.keys()).issuer(super::ISSUER));
    let server = support::start(options).await;
    let engine = carrying(Tokens::fixed(mint.sign(&TokenClaims::graph(APP)).into())).await;
    let run = over_graph(&server, &engine)
        .list([odd, ONE])
        .run(&server)
        .await;
    assert_eq!(run.line(odd), "granted", "{}", run.says(odd));
}
