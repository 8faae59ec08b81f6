//! What a run does to its server over its time, and what the next run of that organization knows.

use std::time::Duration;

use contract::{
    AddUser, OrganizationPage, OrganizationRef, OrganizationRow, OrganizationsQuery, RunRef,
    RunState, Secret, ServerLoad,
};
use engine::Engine;
use exchange_sim::{Beyond, ConnectionLimit, Options, Simulator};
use support::{Check, Live, Outcome, PASSWORD, engine, engine_in, server, start};

fn limited(people: usize, most: u32) -> Options {
    Options {
        connection_limit: Some(ConnectionLimit {
            most,
            beyond: Beyond::Unavailable,
        }),
        latency: Duration::from_millis(5),
        ..server(people)
    }
}

async fn organization(engine: &Engine, people: usize) -> OrganizationRow {
    let all = engine.organizations_list(OrganizationsQuery::default());
    let home = all.await.expect("there is one from the start").remove(0);
    for n in 1..=people {
        let user = AddUser {
            organization: home.id,
            address: format!("user{n}@contoso.com"),
            name: format!("User {n}"),
            upn: None,
            sid: None,
            must_refuse: false,
            tags: String::new(),
        };
        engine.user_add(user).await.expect("a user");
    }
    home
}

async fn whole(engine: &Engine, home: &OrganizationRow, exchange: &Simulator) -> Outcome {
    let check = Check::on(exchange).with(engine).of(home.id, &home.name);
    check.whole().lanes(10).loose_wire().run(exchange).await
}

async fn page(engine: &Engine, home: &OrganizationRow) -> OrganizationPage {
    let request = OrganizationRef {
        organization: home.id,
    };
    engine.organization_show(request).await.expect("a page")
}

async fn load(engine: &Engine, run: &contract::RunId) -> ServerLoad {
    let request = RunRef { run: run.clone() };
    engine.server_load(request).await.expect("a load")
}

#[tokio::test]
async fn a_limit_is_learned_told_and_used_by_the_next_run() {
    let exchange = start(limited(400, 3)).await;
    let engine = engine().await;
    let home = organization(&engine, 400).await;
    assert_eq!(page(&engine, &home).await.learned, None, "nothing to tell");
    let first = whole(&engine, &home, &exchange).await;
    assert_eq!(first.summary().granted, 400, "{}", first.message());
    let told = load(&engine, &first.page.row.id).await;
    let allowed = told.allowed.expect("it was met and settled below");
    assert!((2..=4).contains(&allowed), "about 3, not {allowed}");
    let sentence = format!("Your server seems to allow about {allowed} connections.");
    assert_eq!(told.sentence, sentence);
    assert!(!told.samples.is_empty() && told.ceiling == 10);
    let learned = page(&engine, &home).await.learned.expect("kept");
    assert_eq!((learned.allowed, learned.sentence), (allowed, sentence));
    let away = exchange.counters().turned_away;
    let second = whole(&engine, &home, &exchange).await;
    assert_eq!(second.summary().granted, 400);
    let again = exchange.counters().turned_away - away;
    assert!(again <= away, "first {away}, with what was learned {again}");
    assert!(page(&engine, &home).await.learned.is_some(), "still known");
}

#[tokio::test]
async fn a_server_that_never_objects_is_told_as_that_and_corrects_what_was_known() {
    let exchange = start(limited(400, 3)).await;
    let engine = engine().await;
    let home = organization(&engine, 400).await;
    let run = whole(&engine, &home, &exchange).await;
    assert!(load(&engine, &run.page.row.id).await.allowed.is_some());
    let roomy = start(Options {
        latency: Duration::from_millis(5),
        ..server(400)
    })
    .await;
    let run = whole(&engine, &home, &roomy).await;
    let told = load(&engine, &run.page.row.id).await;
    assert_eq!((told.allowed, told.back_offs), (None, 0));
    assert!(
        told.sentence.starts_with("The server never objected to "),
        "{}",
        told.sentence
    );
    let learned = page(&engine, &home).await.learned;
    assert!(
        learned.is_some(),
        "what another server allows says nothing about the first one"
    );
}

#[tokio::test]
async fn the_load_is_seen_live_and_goes_on_with_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let exchange = start(Options {
        latency: Duration::from_millis(20),
        ..server(400)
    })
    .await;
    let engine = engine_in(folder.path()).await;
    let home = organization(&engine, 400).await;
    let check = Check::on(&exchange).with(&engine).of(home.id, &home.name);
    let mut live = check.whole().lanes(4).begin().await;
    live.decided(80).await;
    let run = live.started.run.clone();
    let seen = load(&engine, &run).await;
    assert!(!seen.samples.is_empty(), "live, while it goes on");
    live.started.cancel();
    live.started.ended().await;
    let before = load(&engine, &run).await;
    assert!(before.samples.len() >= seen.samples.len());
    let started = engine
        .resume_run(
            Some(run.clone()),
            Some(Secret::new(PASSWORD.to_owned())),
            true,
        )
        .await
        .expect("it goes on");
    let outcome = Live::new(engine.clone(), started, false)
        .resumed(&exchange)
        .await;
    assert_eq!(outcome.state(), RunState::Complete);
    let after = load(&engine, &run).await;
    assert_eq!(after.samples[..before.samples.len()], before.samples[..]);
    assert!(after.samples.len() > before.samples.len());
    assert!(after.samples.is_sorted_by(|a, b| a.at_ms < b.at_ms));
    let rates = after.samples.iter().map(|sample| sample.rate);
    assert!(rates.sum::<f64>() > 0.0);
    let latency = after.samples.iter().filter_map(|s| s.latency_ms);
    assert!(latency.fold(0.0, f64::max) >= 20.0, "{:?}", after.samples);
}
