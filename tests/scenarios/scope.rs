//! The scope of the role: none at all, half of the list, and what mailboxes that must be refused prove
//! about it, named on the command line or kept with the organization.

use std::collections::HashSet;

use contract::{AddUser, Cause, Expectation, OrganizationRow, OrganizationsQuery, StepStatus};
use engine::Engine;
use exchange_sim::{Options, Role, Simulator};
use support::{Check, Outcome, engine, server, start};

const NOT_PROVEN: &str =
    "Scope not proven. Add a mailbox that must be refused to prove that the scope holds.";

fn address(n: usize) -> String {
    format!("user{n}@contoso.com")
}

fn half(people: usize) -> Options {
    let inside: HashSet<String> = (1..=people).step_by(2).map(address).collect();
    let mut options = server(people);
    options.accounts[0].role = Role::Only(inside);
    options
}

fn canaries(run: &Outcome) -> (StepStatus, &str) {
    let mut steps = run.page.steps.iter();
    let step = steps.find(|step| step.id == "canaries");
    let step = step.expect("every run ends with the canaries");
    (step.status, &step.message)
}

#[tokio::test]
async fn a_role_without_a_scope_is_exposed_above_all_else() {
    let mut options = server(40);
    options.accounts[0].role = Role::Everyone;
    // Eight refusals and one mailbox that is gone: more of everything than canaries.
    for n in 1..=8 {
        options.mailboxes[n].state = exchange_sim::MailboxState::AccessDenied;
    }
    options.mailboxes.remove(20);
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .users(38)
        .canary(&address(39))
        .canary(&address(40))
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "complete");
    for n in [39, 40] {
        let row = run.row(&address(n));
        assert_eq!(run.user(n), "granted impersonation.exposed");
        assert_eq!(
            (row.expectation, row.finding),
            (Expectation::MustRefuse, true)
        );
        assert_eq!(run.says(&address(n)), "opened, but must be refused");
    }
    assert_eq!(run.summary().findings, 8 + 1 + 2);
    let first = run.page.causes.first().expect("causes");
    assert_eq!(
        (first.cause, first.count),
        (Cause::ImpersonationExposed, 2),
        "the gravest card first, though others count more: {:?}",
        run.page.causes.iter().map(|c| c.cause).collect::<Vec<_>>()
    );
    assert_eq!(
        run.summary().causes.first().map(|c| c.cause),
        Some(Cause::ImpersonationExposed),
        "in the summary too: {:?}",
        run.summary().causes
    );
    let (status, message) = canaries(&run);
    assert_eq!(status, StepStatus::Fail, "{message}");
    let warned = |w: &String| w.contains("not proven");
    assert!(!run.page.row.warnings.iter().any(warned), "it is disproven");
}

#[tokio::test]
async fn a_scope_that_covers_half_the_list_grants_half() {
    let exchange = start(half(40)).await;
    let run = Check::on(&exchange)
        .users(36)
        .canary(&address(38))
        .canary(&address(40))
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "complete");
    for n in 1..=36 {
        let (expected, evidence) = if n % 2 == 1 {
            ("granted", "NoError 200 x1")
        } else {
            (
                "refused impersonation.out_of_scope",
                "ErrorImpersonateUserDenied 500 x2",
            )
        };
        assert_eq!(run.user(n), expected, "user{n}");
        assert_eq!(
            run.evidence(&address(n)),
            evidence,
            "asked once more, user{n}"
        );
    }
    for n in [38, 40] {
        assert_eq!(run.user(n), "refused impersonation.out_of_scope");
        assert_eq!(run.says(&address(n)), "refused, as it must be");
        assert_eq!(
            run.row(&address(n)).attempts,
            1,
            "a canary is not asked twice"
        );
    }
    let summary = run.summary();
    assert_eq!(
        (summary.granted, summary.refused, summary.findings),
        (18, 20, 18)
    );
    assert_eq!(summary.requests, 1 + 38 + 18);
    let (status, message) = canaries(&run);
    assert_eq!(status, StepStatus::Pass, "{message}");
    assert!(
        run.page.row.warnings.is_empty(),
        "{:?}",
        run.page.row.warnings
    );
}

#[tokio::test]
async fn without_a_canary_the_scope_is_not_proven_and_that_is_said_once() {
    for options in [half(10), server(10)] {
        let exchange = start(options).await;
        let run = Check::on(&exchange).users(10).run(&exchange).await;
        assert_eq!(run.end(), "complete");
        let said = run.page.row.warnings.iter();
        assert_eq!(said.filter(|w| *w == NOT_PROVEN).count(), 1);
        assert_ne!(canaries(&run).0, StepStatus::Pass, "nothing is proven");
        let in_rows = run
            .rows
            .iter()
            .filter_map(|(row, _)| row.message.as_deref());
        assert_eq!(in_rows.filter(|m| m.contains("not proven")).count(), 0);
    }
}

#[tokio::test]
async fn a_canary_that_is_not_there_proves_nothing_and_leaves_the_run_incomplete() {
    let exchange = start(half(10)).await;
    let run = Check::on(&exchange)
        .list([address(1), address(3)])
        .canary(&address(2))
        .canary("gone@contoso.com")
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "incomplete");
    assert_eq!(run.line("gone@contoso.com"), "no_mailbox mailbox.not_found");
    assert_eq!(run.user(2), "refused impersonation.out_of_scope");
    assert_eq!(run.summary().findings, 0, "a blind canary is no finding");
    let (status, message) = canaries(&run);
    assert_ne!(status, StepStatus::Pass, "{message}");
}

#[tokio::test]
async fn an_opened_canary_outweighs_one_that_is_not_there() {
    let exchange = start(server(10)).await;
    let run = Check::on(&exchange)
        .users(3)
        .canary("gone@contoso.com")
        .canary(&address(9))
        .run(&exchange)
        .await;
    assert_eq!(run.user(9), "granted impersonation.exposed");
    assert_eq!(run.summary().findings, 1);
    assert_eq!(canaries(&run).0, StepStatus::Fail);
    assert_eq!(run.page.causes[0].cause, Cause::ImpersonationExposed);
}

/// An organization with these users.
async fn organization(engine: &Engine, users: &[(usize, bool)]) -> OrganizationRow {
    let all = engine.organizations_list(OrganizationsQuery::default());
    let home = all.await.expect("there is one from the start").remove(0);
    for (n, must_refuse) in users {
        let user = AddUser {
            organization: home.id,
            address: address(*n),
            name: format!("User {n}"),
            upn: None,
            sid: None,
            must_refuse: *must_refuse,
            tags: String::new(),
        };
        engine.user_add(user).await.expect("a user");
    }
    home
}

async fn stored(exchange: &Simulator, users: &[(usize, bool)]) -> Outcome {
    let engine = engine().await;
    let home = organization(&engine, users).await;
    let check = Check::on(exchange).with(&engine).of(home.id, &home.name);
    check.whole().run(exchange).await
}

#[tokio::test]
async fn users_flagged_in_an_organization_are_its_canaries() {
    // The first of the list is a canary: it is asked for behind the users all the same.
    let users = [(2, true), (1, false), (3, false), (4, true)];
    let exchange = start(half(6)).await;
    let run = stored(&exchange, &users).await;
    assert_eq!(run.end(), "complete");
    let order: Vec<&str> = run
        .rows
        .iter()
        .map(|(row, _)| row.mailbox.as_str())
        .collect();
    assert_eq!(
        order,
        [address(1), address(3), address(2), address(4)],
        "canaries follow the users"
    );
    assert_eq!(
        run.lines(),
        [
            "granted",
            "granted",
            "refused impersonation.out_of_scope",
            "refused impersonation.out_of_scope"
        ]
    );
    assert_eq!(run.summary().findings, 0);
    assert_eq!(canaries(&run).0, StepStatus::Pass);

    let exchange = start(server(6)).await;
    let run = stored(&exchange, &users).await;
    assert_eq!(run.user(2), "granted impersonation.exposed");
    assert_eq!(run.user(4), "granted impersonation.exposed");
    assert_eq!((run.summary().findings, run.summary().granted), (2, 4));
    assert_eq!(run.page.causes[0].cause, Cause::ImpersonationExposed);
}

#[tokio::test]
async fn an_organization_of_canaries_alone_is_a_check_too() {
    let exchange = start(half(6)).await;
    let run = stored(&exchange, &[(2, true), (4, true)]).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        (
            "complete",
            vec!["refused impersonation.refused".to_owned(); 2]
        ),
        "nothing was granted: refused, and not said to be out of a scope"
    );
    assert_eq!(run.summary().findings, 0);
}

#[tokio::test]
async fn a_file_of_canaries_counts_as_its_addresses() {
    let exchange = start(half(8)).await;
    let file = "PrimarySmtpAddress,DisplayName\nuser2@contoso.com,Two\nUSER4@contoso.com,Four\nuser2@contoso.com,Twice\n";
    let run = Check::on(&exchange)
        .list([address(1), address(4)])
        .canary_file(file)
        .canary(&address(6))
        .run(&exchange)
        .await;
    assert_eq!(
        run.lines(),
        [
            "granted",
            "refused impersonation.out_of_scope",
            "refused impersonation.out_of_scope",
            "refused impersonation.out_of_scope"
        ],
        "user4 is on both lists, and a canary"
    );
    assert_eq!(
        (run.end().as_str(), run.summary().findings),
        ("complete", 0)
    );
}
