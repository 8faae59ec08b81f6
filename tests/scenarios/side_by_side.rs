//! Two processes on one data folder: one run of an organization at a time, whoever plays it; runs of
//! different organizations side by side.

use std::time::Duration;

use contract::{AccessType, AddOrganization, Code, OrganizationRow, Platform};
use engine::Engine;
use exchange_sim::{Fault, Options, What, When};
use support::{Check, engine_in, server, start};

async fn organization(engine: &Engine, name: &str) -> OrganizationRow {
    let new = AddOrganization {
        name: name.to_owned(),
        external_id: None,
        access_type: AccessType::ExImp,
        platform: Platform::OnPremises,
    };
    engine.organization_add(new).await.expect("added")
}

#[tokio::test]
async fn a_second_process_is_kept_out_of_an_organization_that_is_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let exchange = start(server(20)).await;
    exchange.plan(Fault::always(
        When::Mailbox("user20@contoso.com".to_owned()),
        What::Stall(Duration::from_mins(1)),
    ));
    let here = engine_in(folder.path()).await;
    let there = engine_in(folder.path()).await;
    let contoso = organization(&here, "Contoso").await;
    let check = |engine: &Engine| {
        let check = Check::on(&exchange).with(engine).users(20).timeout(60);
        check.of(contoso.id, &contoso.name)
    };
    let mut live = check(&here).begin().await;
    live.decided(19).await;
    let before = exchange.counters().requests;
    let refused = check(&there).start().await.map(|_| ());
    let problem = refused.expect_err("it goes on elsewhere");
    assert_eq!(problem.code, Code::AlreadyRunning);
    let hint = problem.hint.unwrap_or_default();
    assert!(hint.contains(&live.started.run.0), "which one: {hint}");
    assert_eq!(exchange.counters().requests, before, "no request");
    live.started.cancel();
    live.started.ended().await;
    let run = check(&there).users(19).loose_wire().run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 19)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_check_two_organizations_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = || Options {
        latency: Duration::from_millis(2),
        ..server(600)
    };
    let (first, second) = (start(options()).await, start(options()).await);
    let here = engine_in(folder.path()).await;
    let there = engine_in(folder.path()).await;
    let contoso = organization(&here, "Contoso").await;
    let fabrikam = organization(&here, "Fabrikam").await;
    let one = Check::on(&first)
        .with(&here)
        .users(600)
        .of(contoso.id, "Contoso");
    let two = Check::on(&second)
        .with(&there)
        .users(600)
        .of(fabrikam.id, "Fabrikam");
    let (one, two) = tokio::join!(one.run(&first), two.run(&second));
    for run in [one, two] {
        assert_eq!(
            (run.end().as_str(), run.summary().granted),
            ("complete", 600)
        );
    }
}
