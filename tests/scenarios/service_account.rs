//! Service Account Access: the steps in order, where each can break, and a draft that is never left
//! behind, whatever happens between its creation and its end.

mod draft;
mod unread;

use std::time::Duration;

use contract::{
    AnswerWriteTest, Authentication, IdentifyBy, RunRef, RunState, Secret, ServiceAccountFields,
    ServiceAccountTest, ServiceAccountTestRef, ServiceAccountTestState as State, Step, StepStatus,
    TlsTrust, Verdict,
};
use engine::checks::{Plan, ProxyChoice};
use engine::{Engine, ServiceAccountAudit, StartedTest};
use exchange_sim::{
    Account, Build, EwsError, Fault, Group, HttpAnswer, MailboxState, Options, Role, Simulator,
    What, When,
};
use support::{ACCOUNT, PASSWORD, engine, server, start};

const STEPS: [&str; 13] = [
    "form",
    "dns",
    "tcp",
    "tls",
    "discovery",
    "ews",
    "log_on",
    "own_mailbox",
    "rooms",
    "impersonate",
    "folder",
    "create_item",
    "delete_item",
];

fn fields() -> ServiceAccountFields {
    ServiceAccountFields {
        mailbox: "user1@contoso.com".to_owned(),
        use_autodiscover: false,
        folder: "inbox".to_owned(),
        impersonate: true,
        impersonated_user: None,
        identify_by: IdentifyBy::Smtp,
        write_test: false,
    }
}

fn writing() -> ServiceAccountFields {
    ServiceAccountFields {
        write_test: true,
        ..fields()
    }
}

fn audit(url: &str, fields: ServiceAccountFields) -> ServiceAccountAudit {
    ServiceAccountAudit {
        plan: Plan {
            ews_url: url.to_owned(),
            account: ACCOUNT.to_owned(),
            authentication: Authentication::Basic,
            tls_trust: TlsTrust::System,
            identify_by: IdentifyBy::Smtp,
            folders: Vec::new(),
            concurrency: None,
            timeout_seconds: 2,
            resolve: Vec::new(),
            proxy: ProxyChoice::None,
            approach: engine::checks::Approach::default(),
        },
        password: Secret::new(PASSWORD.to_owned()),
        fields,
    }
}

/// A test that goes on.
struct Live {
    engine: Engine,
    started: StartedTest,
}

impl Live {
    async fn at(url: &str, fields: ServiceAccountFields) -> Self {
        let engine = engine().await;
        let started = engine.service_account_audit(audit(url, fields)).await;
        Self {
            engine,
            started: started.expect("the test starts"),
        }
    }

    async fn until(&mut self, state: State) -> ServiceAccountTest {
        let waited = tokio::time::timeout(
            Duration::from_secs(30),
            self.started.found.wait_for(|test| test.state == state),
        );
        waited
            .await
            .expect("within half a minute")
            .expect("the test goes on")
            .clone()
    }

    async fn answer(&mut self, write: bool) {
        self.until(State::Asking).await;
        let test = self.started.test.clone();
        let answer = AnswerWriteTest { test, write };
        self.engine
            .service_account_answer(answer)
            .await
            .expect("it was asked");
    }

    async fn cancel(&self) {
        let test = self.started.test.clone();
        let test = ServiceAccountTestRef { test };
        self.engine
            .service_account_cancel(test)
            .await
            .expect("it is there");
    }

    async fn done(&mut self) -> ServiceAccountTest {
        let test = self.until(State::Done).await;
        let ids: Vec<&str> = test.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(ids, STEPS, "the contract's order");
        assert!(
            test.steps
                .iter()
                .all(|step| step.status != StepStatus::Running),
            "{test:#?}"
        );
        assert!(
            !format!("{test:?}").contains(PASSWORD),
            "the password shows"
        );
        test
    }
}

async fn tested(exchange: &Simulator, fields: ServiceAccountFields) -> ServiceAccountTest {
    let writes = fields.write_test;
    let mut live = Live::at(&exchange.ews_url(), fields).await;
    if writes {
        live.answer(true).await;
    }
    live.done().await
}

fn step<'a>(test: &'a ServiceAccountTest, id: &str) -> &'a Step {
    test.steps
        .iter()
        .find(|step| step.id == id)
        .expect("a step")
}

fn statuses(test: &ServiceAccountTest) -> Vec<String> {
    let word = |status| match status {
        StepStatus::Pass => "pass",
        StepStatus::Warning => "warning",
        StepStatus::Fail => "fail",
        StepStatus::Skipped => "skipped",
        StepStatus::Running => "running",
    };
    let told = test.steps.iter();
    told.map(|step| format!("{} {}", step.id, word(step.status)))
        .collect()
}

/// Verdict and cause in a word.
fn end(test: &ServiceAccountTest) -> String {
    let verdict = test.verdict.map_or("none", Verdict::as_str);
    match test.cause {
        Some(cause) => format!("{verdict} {cause}"),
        None => verdict.to_owned(),
    }
}

fn left(exchange: &Simulator) -> usize {
    exchange.counters().items_left.len()
}

fn asked(exchange: &Simulator, operation: &str) -> usize {
    let log = exchange.counters().requests_log;
    log.iter()
        .filter(|r| r.operation.as_deref() == Some(operation))
        .count()
}

#[tokio::test]
async fn a_sound_account_passes_and_nothing_is_written() {
    let exchange = start(Options {
        groups: vec![Group::room_list(
            "rooms@contoso.com",
            "Rooms",
            &["user2@contoso.com"],
        )],
        ..server(2)
    })
    .await;
    let mut live = Live::at(&exchange.ews_url(), fields()).await;
    let test = live.done().await;
    assert_eq!(end(&test), "granted");
    assert_eq!(
        statuses(&test),
        [
            "form pass",
            "dns pass",
            "tcp pass",
            "tls skipped",
            "discovery skipped",
            "ews pass",
            "log_on pass",
            "own_mailbox pass",
            "rooms pass",
            "impersonate pass",
            "folder pass",
            "create_item skipped",
            "delete_item skipped",
        ]
    );
    assert_eq!(step(&test, "create_item").message, "Left out: read only");
    for id in [
        "tcp",
        "ews",
        "log_on",
        "own_mailbox",
        "rooms",
        "impersonate",
        "folder",
    ] {
        assert!(step(&test, id).elapsed_ms.is_some(), "{id} has no time");
    }
    assert_eq!(asked(&exchange, "CreateItem"), 0);
    let run = test.run.expect("a run of one");
    let page = live
        .engine
        .run_show(RunRef { run })
        .await
        .expect("it is kept");
    assert_eq!(
        (page.row.scope.as_str(), page.row.state),
        ("service_account", RunState::Complete)
    );
    assert_eq!((page.row.summary.total, page.row.summary.granted), (1, 1));
    assert_eq!(
        page.row.summary.requests,
        exchange.counters().posts_with_credentials
    );
    assert_eq!(page.steps.len(), STEPS.len());
}

#[tokio::test]
async fn each_broken_step_leaves_the_rest_behind() {
    let denied = Account {
        role: Role::None,
        ..Account::default()
    };
    let fault = |when, what| vec![Fault::always(when, what)];
    let cases: [(&str, &str, Options); 5] = [
        (
            "ews",
            "not_checked http.not_ews",
            Options {
                faults: fault(When::Any, What::Http(HttpAnswer::sign_in_page())),
                ..server(2)
            },
        ),
        (
            "log_on",
            "not_checked policy.ews_blocked",
            Options {
                faults: fault(When::LogOn, What::Http(HttpAnswer::status(403))),
                ..server(2)
            },
        ),
        (
            "impersonate",
            "refused impersonation.refused",
            Options {
                accounts: vec![denied],
                ..server(2)
            },
        ),
        (
            "impersonate",
            "not_checked account.no_mailbox",
            Options {
                build: Build::EXCHANGE_2013,
                schema_versions: Build::EXCHANGE_2013.schema_versions(),
                accounts: vec![Account {
                    mailbox: None,
                    ..Account::default()
                }],
                ..server(2)
            },
        ),
        (
            "folder",
            "unusable mailbox.folder_missing",
            Options {
                faults: fault(
                    When::Mailbox("user1@contoso.com".to_owned()),
                    What::Ews(EwsError::new("ErrorFolderNotFound")),
                ),
                ..server(2)
            },
        ),
    ];
    for (id, ended, options) in cases {
        let exchange = start(options).await;
        let mut live = Live::at(&exchange.ews_url(), writing()).await;
        let test = live.done().await;
        assert_eq!(end(&test), ended, "{id}");
        let at = STEPS.iter().position(|step| *step == id).expect("a step");
        let broken = &test.steps[at];
        assert_eq!(
            broken.status,
            StepStatus::Fail,
            "{id}: {:?}",
            statuses(&test)
        );
        assert_eq!(broken.cause, test.cause, "{id}");
        assert!(
            broken.blame.is_some() && broken.next.is_some(),
            "{broken:?}"
        );
        for below in &test.steps[at + 1..] {
            assert_eq!(below.status, StepStatus::Skipped, "below {id}: {below:?}");
        }
        assert_eq!(
            asked(&exchange, "CreateItem"),
            0,
            "{id}: nothing is written after a failure"
        );
    }
}

#[tokio::test]
async fn a_refused_password_is_sent_once() {
    let exchange = start(server(1)).await;
    let engine = engine().await;
    let wrong = || ServiceAccountAudit {
        password: Secret::new("Wrong!".to_owned()),
        ..audit(&exchange.ews_url(), fields())
    };
    let mut started = engine
        .service_account_audit(wrong())
        .await
        .expect("it starts");
    let test = started
        .found
        .wait_for(|test| test.state == State::Done)
        .await
        .expect("it ends")
        .clone();
    assert_eq!(end(&test), "not_checked auth.rejected");
    assert_eq!(step(&test, "log_on").status, StepStatus::Fail);
    assert_eq!(exchange.counters().log_ons_refused, 1);
    let again = engine
        .service_account_audit(wrong())
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        again.code,
        contract::Code::PasswordRefused,
        "asked before it is sent again"
    );
    assert_eq!(exchange.counters().log_ons_refused, 1);
}

#[tokio::test]
async fn no_mailbox_and_no_room_lists_are_two_answers() {
    let exchange = start(server(2)).await;
    let test = tested(&exchange, fields()).await;
    let rooms = step(&test, "rooms");
    assert_eq!(
        (rooms.status, rooms.message.as_str()),
        (StepStatus::Warning, "No room lists are defined.")
    );
    assert!(rooms.evidence.iter().any(|line| line.starts_with("Undo: ")));

    let exchange = start(Options {
        accounts: vec![Account {
            mailbox: None,
            ..Account::default()
        }],
        groups: vec![Group::room_list(
            "rooms@contoso.com",
            "Rooms",
            &["user2@contoso.com"],
        )],
        ..server(2)
    })
    .await;
    let test = tested(&exchange, fields()).await;
    assert_eq!(end(&test), "granted", "a warning, never a gate");
    assert_eq!(step(&test, "own_mailbox").status, StepStatus::Warning);
    let rooms = step(&test, "rooms");
    assert_eq!(rooms.status, StepStatus::Warning);
    assert_eq!(
        rooms.message,
        "No mailbox: rooms and other resources won't be retrieved."
    );
    assert!(
        rooms
            .evidence
            .iter()
            .any(|line| line.contains("impersonating user1@contoso.com")),
        "{rooms:?}"
    );
}

#[tokio::test]
async fn without_impersonation_its_own_rights_count() {
    let mut options = server(2);
    let nobody = ServiceAccountFields {
        impersonate: false,
        ..fields()
    };
    let exchange = start(options.clone()).await;
    let test = tested(&exchange, nobody.clone()).await;
    assert_eq!(step(&test, "impersonate").message, "Not asked for.");
    assert_eq!(step(&test, "folder").status, StepStatus::Fail);
    options.full_access.insert("user1@contoso.com".to_owned());
    let exchange = start(options).await;
    let test = tested(&exchange, nobody).await;
    assert_eq!(end(&test), "granted");
}

#[tokio::test]
async fn an_ignored_header_is_no_success() {
    let exchange = start(Options {
        ignores_impersonation: true,
        accounts: vec![Account {
            logons: vec!["svc-ews@contoso.com".to_owned()],
            ..Account::default()
        }],
        ..server(2)
    })
    .await;
    let engine = engine().await;
    let mut audit = audit(&exchange.ews_url(), fields());
    "svc-ews@contoso.com".clone_into(&mut audit.plan.account);
    let mut started = engine
        .service_account_audit(audit)
        .await
        .expect("it starts");
    let test = started
        .found
        .wait_for(|test| test.state == State::Done)
        .await
        .expect("it ends")
        .clone();
    assert_eq!(end(&test), "undetermined impersonation.ignored");
}

#[tokio::test]
async fn bad_fields_cost_no_request() {
    let exchange = start(server(1)).await;
    let engine = engine().await;
    let bad = [
        (
            "mailbox",
            ServiceAccountFields {
                mailbox: "nobody".to_owned(),
                ..fields()
            },
        ),
        (
            "folder",
            ServiceAccountFields {
                folder: "outbox".to_owned(),
                ..fields()
            },
        ),
        (
            "impersonatedUser",
            ServiceAccountFields {
                identify_by: IdentifyBy::Sid,
                ..fields()
            },
        ),
    ];
    for (field, fields) in bad {
        let refused = engine
            .service_account_audit(audit(&exchange.ews_url(), fields))
            .await;
        let refused = refused.map(|_| ()).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{refused:?}");
    }
    assert_eq!(exchange.counters().requests, 0);
}

/// What a test sent before it was stopped is counted, answered or not.
#[tokio::test]
async fn a_test_stopped_in_its_log_on_counts_what_it_sent() {
    let silent = What::Stall(Duration::from_mins(5));
    let exchange = start(Options {
        faults: vec![Fault::always(When::LogOn, silent)],
        ..server(1)
    })
    .await;
    let mut fields = audit(&exchange.ews_url(), fields());
    fields.plan.timeout_seconds = 300;
    let engine = engine().await;
    let started = engine.service_account_audit(fields).await;
    let mut live = Live {
        engine,
        started: started.expect("the test starts"),
    };
    while exchange.counters().faults_struck == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    live.cancel().await;
    let test = live.until(State::Cancelled).await;
    let run = test.run.expect("it is kept");
    let page = live.engine.run_show(RunRef { run }).await;
    let summary = page.expect("it is kept").row.summary;
    assert_eq!((summary.requests, summary.log_ons), (1, 1));
    assert_eq!(summary.connections, 1);
}
