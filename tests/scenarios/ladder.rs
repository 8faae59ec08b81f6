//! The step ladder: stopped at each rung with its cause, times and evidence where they were measured,
//! and what room lists and the account's own mailbox say in it.

use contract::{Blame, Step, StepStatus};
use exchange_sim::{
    Account, Bind, Build, Certificate, EwsError, Fault, Group, HttpAnswer, Options, Role, What,
    When,
};
use support::{Check, Outcome, https, loopback, server, start};

/// The rungs of every check, in their order.
const RUNGS: [&str; 11] = [
    "form",
    "dns",
    "tcp",
    "tls",
    "discovery",
    "ews",
    "log_on",
    "impersonate",
    "own_mailbox",
    "mailboxes",
    "canaries",
];

fn rung<'a>(run: &'a Outcome, id: &str) -> &'a Step {
    let steps = &run.page.steps;
    let found = steps.iter().find(|step| step.id == id);
    found.unwrap_or_else(|| panic!("no rung {id}: {steps:?}"))
}

/// Stopped at this rung: above nothing failed, below nothing was reached.
fn stopped_at(run: &Outcome, id: &str, cause: &str, blame: Blame) {
    let steps = &run.page.steps;
    let ids: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, RUNGS);
    let at = ids.iter().position(|rung| *rung == id).expect("a rung");
    let broken = &steps[at];
    assert_eq!(broken.status, StepStatus::Fail, "{steps:#?}");
    assert_eq!(
        broken.cause.map(contract::Cause::as_str),
        Some(cause),
        "{broken:?}"
    );
    assert_eq!(broken.blame, Some(blame), "{broken:?}");
    assert_eq!(broken.message, run.message(), "{broken:?}");
    assert!(
        broken.next.as_deref().is_some_and(|next| next.len() > 10),
        "{broken:?}"
    );
    for step in &steps[..at] {
        assert_ne!(step.status, StepStatus::Fail, "above {id}: {step:?}");
    }
    for step in &steps[at + 1..] {
        assert_eq!(step.status, StepStatus::Skipped, "below {id}: {step:?}");
    }
    assert!(steps.iter().all(|step| !step.title.is_empty()), "{steps:?}");
}

fn has(step: &Step, line: &str) {
    assert!(
        step.evidence.iter().any(|seen| seen.contains(line)),
        "no {line:?} in {step:#?}"
    );
}

#[tokio::test]
async fn a_name_that_is_not_found() {
    let run = Check::at("https://nowhere.invalid/EWS/Exchange.asmx")
        .run_alone()
        .await;
    stopped_at(&run, "dns", "dns.not_found", Blame::Network);
    assert!(
        rung(&run, "dns").elapsed_ms.is_some(),
        "measured though it failed"
    );
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let port = loopback::nobody().await.port();
    let run = Check::at(&format!("https://localhost:{port}/EWS/Exchange.asmx"))
        .run_alone()
        .await;
    stopped_at(&run, "tcp", "tcp.refused", Blame::Network);
    has(rung(&run, "dns"), "127.0.0.1");
    assert!(rung(&run, "dns").elapsed_ms.is_some() && rung(&run, "tcp").elapsed_ms.is_some());
    assert_eq!(rung(&run, "tcp").title, format!("Port {port}, proxy"));
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let exchange = start(Options {
        bind: Bind::Https(Certificate::WrongName),
        ..server(1)
    })
    .await;
    let run = Check::on(&exchange).run(&exchange).await;
    stopped_at(&run, "tls", "tls.name_mismatch", Blame::Certificate);
    has(rung(&run, "tls"), "Names: ");
    has(rung(&run, "tls"), "SHA-256: ");
    assert!(rung(&run, "tls").elapsed_ms.is_some());
}

#[tokio::test]
async fn what_is_no_ews() {
    let exchange = start(Options {
        faults: vec![Fault::always(
            When::Any,
            What::Http(HttpAnswer::sign_in_page()),
        )],
        ..server(1)
    })
    .await;
    let run = Check::on(&exchange).run(&exchange).await;
    stopped_at(&run, "ews", "http.not_ews", Blame::Exchange);
    has(rung(&run, "ews"), "HTTP status: 200");
    has(rung(&run, "ews"), "Request ID: ");
}

#[tokio::test]
async fn a_refused_password() {
    let exchange = start(server(1)).await;
    let run = Check::on(&exchange).password("Wrong!").run(&exchange).await;
    stopped_at(&run, "log_on", "auth.rejected", Blame::Identity);
    has(rung(&run, "ews"), "Schemes offered: Basic");
    has(rung(&run, "ews"), "Tried: basic under Basic, refused");
    assert!(rung(&run, "log_on").elapsed_ms.is_some());
}

#[tokio::test]
async fn an_account_that_may_impersonate_nobody() {
    let exchange = start(Options {
        accounts: vec![Account {
            role: Role::None,
            ..Account::default()
        }],
        ..server(3)
    })
    .await;
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(run.end(), "complete");
    let step = rung(&run, "impersonate");
    assert_eq!(step.status, StepStatus::Fail);
    assert_eq!(
        step.cause.map(contract::Cause::as_str),
        Some("impersonation.role_missing")
    );
    assert_eq!(step.blame, Some(Blame::Identity));
    has(step, "ResponseCode: ErrorImpersonateUserDenied");
    for below in ["own_mailbox", "mailboxes", "canaries"] {
        assert_eq!(
            rung(&run, below).status,
            StepStatus::Skipped,
            "below what is broken"
        );
    }
}

#[tokio::test]
async fn a_canary_that_opened_is_told_beside_mailboxes_that_failed() {
    let mut options = server(3);
    options.accounts[0].role = Role::Only(["user3@contoso.com".to_owned()].into());
    let exchange = start(options).await;
    let check = Check::on(&exchange).users(2).canary("user3@contoso.com");
    let run = check.run(&exchange).await;
    let step = rung(&run, "canaries");
    assert_eq!(step.status, StepStatus::Fail, "{step:?}");
    assert!(step.message.contains("opened"), "{step:?}");
}

#[tokio::test]
async fn exchange_2013_wants_a_mailbox_for_the_account() {
    let exchange = start(Options {
        build: Build::EXCHANGE_2013,
        schema_versions: Build::EXCHANGE_2013.schema_versions(),
        accounts: vec![Account {
            mailbox: None,
            ..Account::default()
        }],
        ..server(1)
    })
    .await;
    let run = Check::on(&exchange).run(&exchange).await;
    stopped_at(&run, "own_mailbox", "account.no_mailbox", Blame::Identity);
    let ews = rung(&run, "ews");
    assert_eq!(ews.status, StepStatus::Warning, "out of support");
    assert!(
        ews.message.contains("2013") && ews.message.contains("out of support"),
        "{ews:?}"
    );
}

#[tokio::test]
async fn a_sound_run_measures_each_rung() {
    let exchange = start(Options {
        bind: https(),
        ..server(2)
    })
    .await;
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(run.end(), "complete");
    for id in [
        "dns",
        "tcp",
        "tls",
        "ews",
        "log_on",
        "impersonate",
        "own_mailbox",
    ] {
        let step = rung(&run, id);
        assert_eq!(step.status, StepStatus::Pass, "{step:?}");
        assert!(step.elapsed_ms.is_some(), "no time: {step:?}");
        assert!(!step.evidence.is_empty(), "no evidence: {step:?}");
    }
    assert!(
        rung(&run, "tls").elapsed_ms > Some(0),
        "a handshake takes a moment"
    );
    assert_eq!(rung(&run, "discovery").message, "The URL is given.");
    has(rung(&run, "tls"), "ca.pem");
    has(rung(&run, "ews"), "Accepted: Basic");
    assert_eq!(
        rung(&run, "canaries").message,
        "Scope not proven. Add a mailbox that must be refused to prove that the scope holds."
    );
}

mod rooms {
    //! Room lists, looked for at the end of a check of a whole organization.

    use contract::{AddUser, Authentication, Code, OrganizationsQuery};
    use engine::Engine;
    use support::engine;

    use super::*;

    async fn checked(options: Options) -> (Outcome, exchange_sim::Simulator) {
        let exchange = start(options).await;
        let check = office(&exchange, &engine().await).await;
        let run = check.run(&exchange).await;
        (run, exchange)
    }

    /// A check of an organization with two users.
    async fn office(exchange: &exchange_sim::Simulator, engine: &Engine) -> Check {
        let all = engine.organizations_list(OrganizationsQuery::default());
        let home = all.await.expect("there is one from the start").remove(0);
        for n in 1..=2 {
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
        let check = Check::on(exchange).with(engine);
        check.of(home.id, &home.name).whole()
    }

    /// Whether the guard would ask before it sends the password again.
    async fn is_noted(check: &Check, engine: &Engine) -> bool {
        match check.clone().with(engine).start().await {
            Ok(live) => {
                live.started.cancel();
                false
            }
            Err(problem) => {
                assert_eq!(problem.code, Code::PasswordRefused, "{problem}");
                true
            }
        }
    }

    fn without_mailbox(options: Options) -> Options {
        Options {
            accounts: vec![Account {
                mailbox: None,
                ..Account::default()
            }],
            ..options
        }
    }

    fn with_rooms(options: Options) -> Options {
        Options {
            groups: vec![Group::room_list(
                "rooms@contoso.com",
                "Building 1",
                &["user1@contoso.com", "user2@contoso.com"],
            )],
            ..options
        }
    }

    #[tokio::test]
    async fn none_defined_is_said_with_its_commands() {
        let (run, _exchange) = checked(server(2)).await;
        assert_eq!(run.end(), "complete");
        let step = rung(&run, "own_mailbox");
        assert_eq!(step.status, StepStatus::Warning);
        assert!(
            step.message.contains("No room lists are defined."),
            "{step:?}"
        );
        assert!(
            step.next
                .as_deref()
                .is_some_and(|next| next.contains("-RoomList")),
            "{step:?}"
        );
        has(step, "Undo: Remove-DistributionGroup");
        has(step, "asked for by: the service account");
    }

    #[tokio::test]
    async fn no_mailbox_is_another_answer_and_no_gate() {
        let (run, exchange) = checked(without_mailbox(with_rooms(server(2)))).await;
        assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 2));
        let step = rung(&run, "own_mailbox");
        assert_eq!(step.status, StepStatus::Warning);
        assert_eq!(
            step.message,
            "No mailbox: rooms and other resources won't be retrieved."
        );
        has(step, "impersonating user");
        has(step, "1 room lists with 2 rooms");
        has(step, "Enable-Mailbox");
        let asked = exchange.counters();
        assert_eq!(
            asked
                .requests_log
                .iter()
                .filter(|r| r.operation.as_deref() == Some("GetRoomLists"))
                .count(),
            1
        );
    }

    #[tokio::test]
    async fn lists_and_rooms_are_counted() {
        let (run, _exchange) = checked(with_rooms(server(2))).await;
        let step = rung(&run, "own_mailbox");
        assert_eq!(step.status, StepStatus::Pass);
        assert!(
            step.message
                .contains("1 room lists with 2 rooms are defined."),
            "{step:?}"
        );
        has(step, "Building 1 <rooms@contoso.com>");
    }

    #[tokio::test]
    async fn a_server_that_does_not_know_the_question_changes_nothing() {
        let answers = [
            What::Ews(EwsError::fault("ErrorInvalidRequest")),
            What::Http(HttpAnswer::status(500)),
            What::Http(HttpAnswer::status(401)),
            What::NotXml,
            What::Close,
        ];
        for what in answers {
            let operation = When::Operation("GetRoomLists".to_owned());
            let (run, _exchange) = checked(Options {
                faults: vec![Fault::always(operation, what.clone())],
                ..server(2)
            })
            .await;
            assert_eq!(
                (run.end().as_str(), run.summary().granted),
                ("complete", 2),
                "{what:?}"
            );
            let step = rung(&run, "own_mailbox");
            assert_eq!(step.status, StepStatus::Pass, "{what:?}: {step:?}");
            has(step, "Room lists could not be found out");
        }
    }

    /// The end of a run is where nobody looks for a refusal any more: it is noted all the same.
    #[tokio::test]
    async fn a_password_refused_meanwhile_is_noted_and_sent_no_more() {
        let operation = When::Operation("GetRoomLists".to_owned());
        let silent = What::Stall(std::time::Duration::from_secs(2));
        let exchange = start(Options {
            offered: vec!["NTLM".to_owned()],
            faults: vec![Fault::once(operation, silent)],
            ..server(2)
        })
        .await;
        let engine = engine().await;
        let check = office(&exchange, &engine).await;
        let check = check.authentication(Authentication::Ntlm).lanes(1);
        let live = check.clone().loose_wire().begin().await;
        while exchange.counters().faults_struck == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        // The connection ends without an answer; by then the password is another one.
        exchange.update(|options| "Changed-1".clone_into(&mut options.accounts[0].password));
        let run = live.ended(None).await;
        assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 2));
        has(
            rung(&run, "own_mailbox"),
            "Room lists could not be found out",
        );
        assert_eq!(exchange.counters().log_ons_refused, 1);
        assert!(
            is_noted(&check, &engine).await,
            "the next check sends it again"
        );
        assert_eq!(exchange.counters().log_ons_refused, 1);
    }

    /// Basic carries the password with every question.
    #[tokio::test]
    async fn a_password_refused_at_one_list_is_not_sent_for_the_next() {
        let list = |n: u32| {
            let address = format!("rooms{n}@contoso.com");
            Group::room_list(&address, &format!("Building {n}"), &["user1@contoso.com"])
        };
        let operation = When::Operation("GetRooms".to_owned());
        let exchange = start(Options {
            groups: (1..=3).map(list).collect(),
            faults: vec![Fault::always(
                operation,
                What::Http(HttpAnswer::status(401)),
            )],
            ..server(2)
        })
        .await;
        let engine = engine().await;
        let check = office(&exchange, &engine).await;
        let run = check.clone().run(&exchange).await;
        assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 2));
        let asked = exchange.counters();
        let rooms = asked.requests_log.iter();
        let rooms = rooms.filter(|r| r.operation.as_deref() == Some("GetRooms"));
        assert_eq!(rooms.count(), 1, "it is sent after a refusal");
        assert!(
            is_noted(&check, &engine).await,
            "the next check sends it again"
        );
    }

    #[tokio::test]
    async fn a_list_is_checked_without_them() {
        let exchange = start(with_rooms(server(2))).await;
        let run = Check::on(&exchange).users(2).run(&exchange).await;
        assert_eq!(
            run.summary().requests,
            3,
            "the log-on and one request a mailbox"
        );
        assert_eq!(rung(&run, "own_mailbox").status, StepStatus::Pass);
    }
}
