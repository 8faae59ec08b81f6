//! Practice mode: data of its own, wiped at each start; the real data is as it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contract::{
    Authentication, Code, OrganizationRef, OrganizationsQuery, PracticeScenario, PracticeStart,
};
use engine::ports::{BoxFuture, PracticeExchange, PracticeUser, PracticeWorld};
use engine::{Engine, Options};

use crate::support::{NOW, TestVault, new_organization, no_args, options, refused};

/// An exchange that only says where it would be.
#[derive(Default)]
struct Stand {
    running: AtomicUsize,
}

impl PracticeExchange for Stand {
    fn scenarios(&self) -> Vec<PracticeScenario> {
        ["healthy", "broken"].map(scenario).to_vec()
    }
    fn start(&self, scenario: &str, users: usize) -> BoxFuture<'_, Result<PracticeWorld, String>> {
        let scenario = scenario.to_owned();
        Box::pin(async move {
            if scenario == "broken" {
                return Err("the port is taken".to_owned());
            }
            self.running.fetch_add(1, Ordering::SeqCst);
            Ok(world(users))
        })
    }
    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.running.store(0, Ordering::SeqCst) })
    }
}

fn scenario(id: &str) -> PracticeScenario {
    PracticeScenario {
        id: id.to_owned(),
        title: id.to_owned(),
        shows: String::new(),
        expected: String::new(),
    }
}

fn world(users: usize) -> PracticeWorld {
    PracticeWorld {
        ews_url: "https://localhost:8443/EWS/Exchange.asmx".to_owned(),
        ca_pem: None,
        account: "svc@contoso.example".to_owned(),
        password: "practice".to_owned(),
        authentication: Authentication::Ntlm,
        users: (0..users)
            .map(|number| PracticeUser {
                name: format!("User {number}"),
                address: format!("u{number}@contoso.example"),
                upn: None,
                kind: Some("UserMailbox".to_owned()),
                must_refuse: number == 0,
            })
            .collect(),
    }
}

#[tokio::test]
async fn practice_has_its_own_data_and_leaves_the_real_data_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, exchange) = (Arc::new(TestVault::default()), Arc::new(Stand::default()));
    let practice = Some(Arc::clone(&exchange) as Arc<dyn PracticeExchange>);
    let engine = Engine::open(Options {
        practice,
        ..options(folder.path(), &vault, NOW)
    })
    .await
    .expect("opens");
    engine
        .organization_add(new_organization("Real"))
        .await
        .expect("added");
    let start = |id: &str| PracticeStart {
        scenario: Some(id.to_owned()),
        users: Some(20),
    };
    let state = engine
        .practice_start(start("healthy"))
        .await
        .expect("started")
        .practice
        .expect("on");
    assert_eq!(
        (state.account.as_str(), state.password.as_str()),
        ("svc@contoso.example", "practice")
    );
    let rows = engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .expect("listed");
    assert_eq!(
        (rows.len(), rows[0].name.as_str(), rows[0].id),
        (1, "Contoso (practice)", state.organization)
    );
    assert_eq!((rows[0].counts.users, rows[0].counts.must_refuse), (20, 1));
    let shown = engine
        .email_configuration_show(OrganizationRef {
            organization: state.organization,
        })
        .await
        .expect("shown");
    assert_eq!(
        (shown.form.ews_url, shown.form.authentication),
        (state.ews_url, Authentication::Ntlm)
    );
    assert!(shown.saved && shown.password.ask_each_time && !shown.password.has_password);

    engine
        .organization_add(new_organization("Only in practice"))
        .await
        .expect("added");
    engine
        .practice_start(start("healthy"))
        .await
        .expect("started anew");
    assert_eq!(
        exchange.running.load(Ordering::SeqCst),
        1,
        "the first one was stopped"
    );
    let rows = engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .expect("listed");
    assert_eq!(rows.len(), 1, "wiped at each start");

    let stopped = engine.practice_stop(no_args()).await.expect("stopped");
    assert!(stopped.practice.is_none());
    let rows = engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .expect("listed");
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Default Organization", "Real"]);
    let left = std::fs::read_dir(folder.path().join("data/practice")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing of it stays");
}

#[tokio::test]
async fn what_cannot_be_practiced_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Arc::new(TestVault::default());
    let engine = Engine::open(options(folder.path(), &vault, NOW))
        .await
        .expect("opens");
    assert_eq!(
        refused(engine.practice_scenarios(no_args()).await).0,
        Code::NotAllowed
    );
    let practice: Option<Arc<dyn PracticeExchange>> = Some(Arc::new(Stand::default()));
    let engine = Engine::open(Options {
        practice,
        ..options(folder.path(), &vault, NOW)
    })
    .await
    .expect("opens");
    let start = |id: &str, users| PracticeStart {
        scenario: Some(id.to_owned()),
        users: Some(users),
    };
    assert_eq!(
        refused(engine.practice_start(start("nothing", 1)).await)
            .2
            .as_deref(),
        Some("scenario")
    );
    assert_eq!(
        refused(engine.practice_start(start("healthy", 50_001)).await)
            .2
            .as_deref(),
        Some("users")
    );
    let problem = engine
        .practice_start(start("broken", 1))
        .await
        .expect_err("does not start");
    assert!(
        problem.message.contains("the port is taken"),
        "{}",
        problem.message
    );
    assert!(
        engine
            .app_state(no_args())
            .await
            .expect("a state")
            .practice
            .is_none()
    );
}
