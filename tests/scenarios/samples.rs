//! Random samples: whom they ask, of an organization and of a list, and what they say about the rest.

use std::collections::HashSet;

use contract::{
    AddUser, Code, Expectation, OrganizationRow, OrganizationsQuery, RunsQuery, SetUsers,
    UserChange, UserIds, Verdict,
};
use engine::Engine;
use exchange_sim::{Role, Simulator};
use support::{Check, Outcome, engine, server, start};

fn address(n: usize) -> String {
    format!("user{n}@contoso.com")
}

/// Users 1 to `people`; the first `canaries` of them must be refused, the last one is not synchronized.
async fn organization(engine: &Engine, people: usize, canaries: usize) -> OrganizationRow {
    let all = engine.organizations_list(OrganizationsQuery::default());
    let home = all.await.expect("there is one from the start").remove(0);
    for n in 1..=people {
        let user = AddUser {
            organization: home.id,
            address: address(n),
            name: format!("User {n}"),
            upn: None,
            sid: None,
            must_refuse: n <= canaries,
            tags: String::new(),
        };
        let user = engine.user_add(user).await.expect("a user");
        if n == people {
            let users = UserIds::Listed { ids: vec![user.id] };
            let change = UserChange::SynchronizationDisabled(true);
            let set = SetUsers { users, change };
            engine.users_set(set).await.expect("set");
        }
    }
    home
}

fn asked(run: &Outcome, expectation: Expectation) -> Vec<&str> {
    let rows = run.rows.iter().map(|(row, _)| row);
    rows.filter(|row| row.expectation == expectation)
        .map(|row| row.mailbox.as_str())
        .collect()
}

/// The canaries are outside of the role.
fn everybody_but(people: usize, outside: &[usize]) -> exchange_sim::Options {
    let inside: HashSet<String> = (1..=people)
        .filter(|n| !outside.contains(n))
        .map(address)
        .collect();
    let mut options = server(people);
    options.accounts[0].role = Role::Only(inside);
    options
}

async fn sampled(
    engine: &Engine,
    home: &OrganizationRow,
    exchange: &Simulator,
    size: u64,
) -> Outcome {
    let check = Check::on(exchange).with(engine).of(home.id, &home.name);
    check.whole().sample(size).loose_wire().run(exchange).await
}

#[tokio::test]
async fn so_many_users_and_every_canary_are_asked_and_nobody_else() {
    let exchange = start(everybody_but(103, &[1, 2])).await;
    let engine = engine().await;
    let home = organization(&engine, 103, 2).await;
    let run = sampled(&engine, &home, &exchange, 20).await;
    assert_eq!(run.end(), "complete");
    assert_eq!(run.page.row.scope, "sample");
    let drawn = asked(&run, Expectation::MustOpen);
    assert_eq!(drawn.len(), 20);
    assert!(!drawn.contains(&address(103).as_str()), "not synchronized");
    let canaries = asked(&run, Expectation::MustRefuse);
    assert_eq!(canaries, [address(1), address(2)], "all of them");
    assert_eq!(exchange.counters().per_mailbox.len(), 22);
    let said = run
        .page
        .sample
        .clone()
        .expect("a sample says what it means");
    assert_eq!(
        (said.size, said.population, said.decided, said.failed),
        (20, 100, 20, 0)
    );
    assert_eq!(
        said.sentence,
        "All 20 mailboxes drawn at random opened: with 95 % confidence at most 12 of all 100 (12.0 %) do not."
    );
    let again = sampled(&engine, &home, &exchange, 20).await;
    assert_ne!(asked(&again, Expectation::MustOpen), drawn, "drawn anew");
}

#[tokio::test]
async fn failures_bound_the_failures_of_all() {
    let outside: Vec<usize> = (1..=200).filter(|n| n % 4 == 0).collect();
    let exchange = start(everybody_but(201, &outside)).await;
    let engine = engine().await;
    let home = organization(&engine, 201, 0).await;
    let run = sampled(&engine, &home, &exchange, 60).await;
    let said = run.page.sample.as_ref().expect("a sample");
    let refused = run.summary().refused;
    assert_eq!((said.decided, said.failed), (60, refused));
    assert!(refused > 0 && said.at_most >= 50, "{said:?}");
    assert!(said.at_most < 100, "and it says something: {said:?}");
    let begins = format!("{refused} of 60 mailboxes drawn at random did not open: ");
    assert!(said.sentence.starts_with(&begins), "{}", said.sentence);
}

#[tokio::test]
async fn a_sample_larger_than_all_is_all() {
    let exchange = start(server(8)).await;
    let engine = engine().await;
    let home = organization(&engine, 8, 0).await;
    let run = sampled(&engine, &home, &exchange, 500).await;
    let said = run.page.sample.as_ref().expect("a sample");
    assert_eq!((said.size, said.population, said.at_most), (7, 7, 0));
    assert_eq!(
        said.sentence,
        "The sample is all there are (7 mailboxes): every one opened."
    );
}

#[tokio::test]
async fn a_list_is_drawn_from_while_it_streams_each_mailbox_once() {
    let exchange = start(everybody_but(300, &[7])).await;
    let mut lines: Vec<String> = (1..=300).map(address).collect();
    // Twice, in other letters; a system mailbox; a canary that is in the list as well.
    lines.extend((1..=300).map(|n| address(n).to_uppercase()));
    lines.push("HealthMailbox0123456789abcdef0123456789abcdef@contoso.com".to_owned());
    let run = Check::on(&exchange)
        .list(lines)
        .canary("user7@contoso.com")
        .sample(40)
        .run(&exchange)
        .await;
    assert_eq!(run.page.row.scope, "sample");
    let drawn = asked(&run, Expectation::MustOpen);
    assert_eq!(drawn.len(), 40);
    assert!(drawn.iter().all(|mailbox| mailbox.starts_with("user")));
    let order: Vec<usize> = drawn
        .iter()
        .map(|mailbox| {
            let digits: String = mailbox.chars().filter(char::is_ascii_digit).collect();
            digits.parse().expect("a number")
        })
        .collect();
    assert!(order.is_sorted(), "in the order of the list: {order:?}");
    assert_eq!(
        run.line("user7@contoso.com"),
        "refused impersonation.out_of_scope"
    );
    let said = run.page.sample.as_ref().expect("a sample");
    assert_eq!((said.size, said.population), (40, 299), "counted once");
}

#[tokio::test]
async fn none_too_many_and_nobody_are_bad_input_and_cost_no_request() {
    let exchange = start(server(5)).await;
    let engine = engine().await;
    let home = organization(&engine, 5, 4).await;
    let cases = [(0, "size"), (100_001, "size"), (3, "users")];
    for (size, field) in cases {
        let check = Check::on(&exchange).with(&engine).of(home.id, &home.name);
        let refused = check.whole().sample(size).start().await.map(|_| ());
        let problem = refused.expect_err("bad input");
        assert_eq!(
            (problem.code, problem.field.as_deref()),
            (Code::Invalid, Some(field)),
            "{size}: the fifth is not synchronized, the others are canaries"
        );
    }
    assert_eq!(exchange.counters().requests, 0);
    let runs = engine.runs_list(RunsQuery::default()).await;
    assert!(runs.expect("a list").is_empty(), "nothing is left behind");
}

#[tokio::test]
async fn a_sample_that_was_not_reached_says_nothing() {
    let exchange = start(server(400)).await;
    let engine = engine().await;
    let home = organization(&engine, 400, 0).await;
    let check = Check::on(&exchange).with(&engine).of(home.id, &home.name);
    let mut live = check.whole().sample(300).lanes(1).begin().await;
    live.decided(5).await;
    live.started.cancel();
    let run = live.ended(Some(&exchange)).await;
    let left = run
        .lines()
        .iter()
        .filter(|l| **l == Verdict::NotChecked.as_str())
        .count();
    assert!(left > 0, "it was cancelled in time");
    let said = run.page.sample.as_ref().expect("a sample");
    assert_eq!(said.at_most, said.population, "{said:?}");
    assert!(
        said.sentence.contains("did not get to"),
        "{}",
        said.sentence
    );
}
