//! The lock-out guard over time: a refused password reaches the server once, however often a check is
//! started, and stands in no file.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use contract::{
    Authentication, CheckPassword, CheckScope, Code, EmailConfigurationForm, IdentifyBy, NoArgs,
    OrganizationId, Problem, RunPage, RunRef, Secret, StartCheck, TlsTrust,
};
use engine::checks::{Audit, List, Mailboxes, Plan, ProxyChoice, SendAgain, Sending};
use engine::ports::{Clock, Vault};
use engine::{Engine, Options};

use crate::doorman::Doorman;
use crate::support::{NOW, TestVault, options, save};

const RIGHT: &str = "R1ght-pässword";
const WRONG: &str = "Wr0ng-pässword-5b1c";
const ACCOUNT: &str = "CONTOSO\\svc-ews";

/// A clock that is put forward.
struct Hands(Mutex<jiff::Timestamp>);

impl Hands {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(NOW.parse().expect("a time"))))
    }

    fn forward(&self, minutes: i64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += jiff::SignedDuration::from_mins(minutes);
    }
}

impl Clock for Hands {
    fn now(&self) -> jiff::Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A folder, what stands behind the ports, and who asks for the password.
struct Scene {
    folder: tempfile::TempDir,
    vault: Arc<TestVault>,
    clock: Arc<Hands>,
    server: Doorman,
}

impl Scene {
    async fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            vault: Arc::default(),
            clock: Hands::new(),
            server: Doorman::start(RIGHT).await,
        }
    }

    fn options(&self) -> Options {
        Options {
            clock: Some(Arc::clone(&self.clock) as Arc<dyn Clock>),
            ..options(self.folder.path(), &self.vault, NOW)
        }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Another process on the same data folder.
    async fn engine(&self) -> Engine {
        Engine::open(self.options()).await.expect("opens")
    }

    /// A process that keeps nothing but refusals.
    async fn one_off(&self) -> Engine {
        let options = Options {
            data_dir: None,
            guard_dir: Some(self.data()),
            ..self.options()
        };
        Engine::temporary(options).await.expect("opens")
    }

    fn plan(&self, account: &str) -> Plan {
        plan(self.server.port, account)
    }

    async fn check(&self, engine: &Engine, again: SendAgain, password: &str) -> String {
        check(engine, self.plan(ACCOUNT), again, password).await
    }
}

fn plan(port: u16, account: &str) -> Plan {
    Plan {
        ews_url: format!("http://127.0.0.1:{port}/EWS/Exchange.asmx"),
        account: account.to_owned(),
        authentication: Authentication::Basic,
        tls_trust: TlsTrust::System,
        identify_by: IdentifyBy::Smtp,
        folders: Vec::new(),
        concurrency: None,
        timeout_seconds: 10,
        resolve: Vec::new(),
        proxy: ProxyChoice::None,
        approach: engine::checks::Approach::default(),
    }
}

/// `stopped auth.rejected, 1 log-on`, or the code of the problem.
async fn check(engine: &Engine, plan: Plan, again: SendAgain, password: &str) -> String {
    match run(engine, plan, again, password).await {
        Ok(page) => {
            let cause = page.row.cause.map_or("", contract::Cause::as_str);
            let state = page.row.state.as_str();
            format!("{state} {cause}, {} log-ons", page.row.summary.log_ons)
        }
        Err(problem) => problem.code.as_str().to_owned(),
    }
}

async fn run(
    engine: &Engine,
    plan: Plan,
    again: SendAgain,
    password: &str,
) -> Result<RunPage, Problem> {
    let audit = Audit {
        plan,
        password: Secret::new(password.to_owned()),
        mailboxes: Mailboxes::List(List {
            name: "users.csv".to_owned(),
            source: Box::new(std::io::Cursor::new(b"anna@contoso.com\n".to_vec())),
        }),
        canaries: Vec::new(),
        organization: None,
        fingerprint: String::new(),
        draft: false,
        stream: false,
    };
    let sending = Sending {
        again,
        ..Sending::default()
    };
    let mut started = engine.sending(sending).start_audit(audit).await?;
    started.ended().await;
    engine.run_show(RunRef { run: started.run }).await
}

const REFUSED: &str = "stopped auth.rejected, 1 log-ons";
const HELD_BACK: &str = "stopped auth.rejected, 0 log-ons";
const SIGNED_IN: &str = "complete , 1 log-ons";

#[tokio::test]
async fn a_refused_password_reaches_the_server_once() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
    scene.clock.forward(3);
    let problem = run(&engine, scene.plan(ACCOUNT), SendAgain::Ask, WRONG)
        .await
        .expect_err("it asks first");
    assert_eq!(
        (problem.code, problem.message.as_str()),
        (
            Code::PasswordRefused,
            "This password was refused 3 minutes ago (12:00 UTC) by 127.0.0.1. Sending it again may lock CONTOSO\\svc-ews."
        )
    );
    assert!(problem.hint.is_some_and(|hint| hint.contains("12:30 UTC")));
    let secret = Secret::new(WRONG.to_owned());
    let known = engine
        .password_refused_at(&scene.plan(ACCOUNT), &secret)
        .await
        .expect("asked");
    assert_eq!(
        known.map(|problem| problem.message),
        Some(problem.message),
        "the same, asked without a check"
    );

    // The name in other letters, in another process.
    let other = scene.engine().await;
    let spelled = scene.plan("contoso\\SVC-EWS");
    let said = check(&other, spelled, SendAgain::Ask, WRONG).await;
    assert_eq!(said, "password_refused");
    assert_eq!(scene.server.times(WRONG), 1, "none of these sent it");

    assert_eq!(scene.check(&engine, SendAgain::Yes, WRONG).await, REFUSED);
    assert_eq!(scene.server.times(WRONG), 2, "sent on request");
}

#[tokio::test]
async fn where_nobody_can_be_asked_the_run_stops_before_the_log_on() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    assert_eq!(scene.check(&engine, SendAgain::Never, WRONG).await, REFUSED);
    scene.clock.forward(20);
    let again = scene.check(&engine, SendAgain::Never, WRONG).await;
    assert_eq!(again, HELD_BACK);
    let page = run(&engine, scene.plan(ACCOUNT), SendAgain::Never, WRONG)
        .await
        .expect("it begins");
    assert_eq!(page.row.summary.log_ons, 0);
    assert_eq!(page.authentication.offered, ["Basic"], "it was asked");
    assert!(page.authentication.tried.is_empty());
    let message = page.row.message.expect("a sentence");
    assert!(
        message.contains("was not sent") && message.contains("20 minutes ago (12:00 UTC)"),
        "{message}"
    );
    scene.clock.forward(11);
    let after = scene.check(&engine, SendAgain::Never, WRONG).await;
    assert_eq!(after, REFUSED, "holding it back renewed nothing");
    assert_eq!(scene.server.times(WRONG), 2);
}

#[tokio::test]
async fn other_passwords_accounts_and_servers_are_sent() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
    let said = scene.check(&engine, SendAgain::Ask, "another").await;
    assert_eq!(said, REFUSED);
    let said = check(
        &engine,
        scene.plan("svc2@contoso.com"),
        SendAgain::Ask,
        WRONG,
    )
    .await;
    assert_eq!(said, REFUSED);
    let elsewhere = Doorman::start(RIGHT).await;
    let said = check(
        &engine,
        plan(elsewhere.port, ACCOUNT),
        SendAgain::Ask,
        WRONG,
    )
    .await;
    assert_eq!(said, REFUSED);
    assert_eq!(scene.check(&engine, SendAgain::Ask, RIGHT).await, SIGNED_IN);
}

#[tokio::test]
async fn half_an_hour_later_it_is_sent() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
    scene.clock.forward(29);
    let said = scene.check(&engine, SendAgain::Ask, WRONG).await;
    assert_eq!(said, "password_refused");
    scene.clock.forward(2);
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
}

#[tokio::test]
async fn what_is_accepted_after_all_is_forgotten() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
    scene.server.learn(WRONG);
    assert_eq!(scene.check(&engine, SendAgain::Yes, WRONG).await, SIGNED_IN);
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, SIGNED_IN);
}

#[tokio::test]
async fn what_was_accepted_and_is_refused_in_the_run_is_noted() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    // Right for the log-on, and not for the first mailbox: changed in mid-run.
    scene.server.learn_for(1, RIGHT);
    let said = scene.check(&engine, SendAgain::Ask, RIGHT).await;
    assert!(said.starts_with("stopped auth.lost"), "{said}");
    let said = scene.check(&engine, SendAgain::Ask, RIGHT).await;
    assert_eq!(said, "password_refused");
}

#[tokio::test]
async fn one_off_audits_share_it_and_make_nothing_when_all_is_well() {
    let scene = Scene::new().await;
    let engine = scene.one_off().await;
    assert_eq!(scene.check(&engine, SendAgain::Ask, RIGHT).await, SIGNED_IN);
    assert!(!scene.data().exists(), "a good run leaves nothing behind");

    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
    let another = scene.one_off().await;
    let said = scene.check(&another, SendAgain::Ask, WRONG).await;
    assert_eq!(said, "password_refused", "the next process knows");
    let window = scene.engine().await;
    let said = scene.check(&window, SendAgain::Ask, WRONG).await;
    assert_eq!(said, "password_refused", "and so does the window");
    assert_eq!(scene.server.times(WRONG), 1);
    let runs = window.runs_list(contract::RunsQuery::default()).await;
    assert_eq!(
        runs.expect("listed"),
        [],
        "the audits themselves are not kept"
    );
}

#[tokio::test]
async fn without_a_key_store_the_key_is_in_a_file_of_its_owner() {
    let scene = Scene::new().await;
    scene.vault.refuses.store(true, Ordering::SeqCst);
    let engine = scene.one_off().await;
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
    let key = scene.data().join("guard.key");
    assert!(key.is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&key).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let another = scene.one_off().await;
    let said = scene.check(&another, SendAgain::Ask, WRONG).await;
    assert_eq!(said, "password_refused");
    // A key store that comes back does not make it forget.
    scene.vault.refuses.store(false, Ordering::SeqCst);
    let said = scene
        .check(&scene.engine().await, SendAgain::Ask, WRONG)
        .await;
    assert_eq!(said, "password_refused");
}

#[tokio::test]
async fn with_a_key_store_neither_password_nor_key_is_in_a_file() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    assert_eq!(scene.check(&engine, SendAgain::Ask, WRONG).await, REFUSED);
    let key = scene
        .vault
        .load("refused-passwords-key")
        .expect("readable")
        .expect("it was made");
    let raw = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, key.expose())
        .expect("base64");
    assert_eq!(raw.len(), 32);
    let plain = sha(WRONG.as_bytes());
    let pair = sha(format!("{ACCOUNT}:{WRONG}").as_bytes());
    engine.shut_down().await;
    let mut looked = 0;
    for path in files(&scene.data()) {
        let bytes = std::fs::read(&path).expect("readable");
        looked += bytes.len();
        for needle in [
            WRONG.as_bytes(),
            b"Wr0ng",
            key.expose().as_bytes(),
            raw.as_slice(),
            plain.as_slice(),
            pair.as_slice(),
        ] {
            let there = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!there, "it stands in {}", path.display());
        }
    }
    assert!(looked > 10_000, "looked in the right place");
}

fn sha(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).to_vec()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder)
        .expect("readable")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.is_file())
        .collect()
}

#[tokio::test]
async fn the_window_asks_and_then_sends_once_more() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    let rows = engine
        .organizations_list(contract::OrganizationsQuery::default())
        .await
        .expect("listed");
    let id = rows.first().expect("the default one").id;
    let form = EmailConfigurationForm {
        account_logon: ACCOUNT.to_owned(),
        ews_url: format!("http://127.0.0.1:{}/EWS/Exchange.asmx", scene.server.port),
        authentication: Authentication::Basic,
        ..EmailConfigurationForm::default()
    };
    let ask = contract::PasswordChange::Ask { password: None };
    engine
        .email_configuration_save(save(id, form, ask))
        .await
        .expect("saved");
    let first = engine.check_start(window(id, false)).await.expect("starts");
    ended(&engine, &first).await;
    let problem = engine.check_start(window(id, false)).await;
    assert_eq!(
        problem.map_err(|problem| problem.code).err(),
        Some(Code::PasswordRefused)
    );
    let second = engine.check_start(window(id, true)).await.expect("starts");
    ended(&engine, &second).await;
    assert_eq!(scene.server.times(WRONG), 2);
    let _: NoArgs = engine.run_remove(second).await.expect("it has ended");
}

fn window(organization: OrganizationId, send_again: bool) -> StartCheck {
    StartCheck {
        organization,
        form: None,
        password: CheckPassword::Typed {
            password: Secret::new(WRONG.to_owned()),
        },
        scope: CheckScope::Address {
            address: "anna@contoso.com".to_owned(),
        },
        send_again,
        proxy_password: None,
        app_credential: None,
    }
}

/// Until another check of the organization may start.
async fn ended(engine: &Engine, run: &RunRef) {
    let mut progress = engine.watch_run(&run.run).await.expect("known");
    let _ = progress
        .wait_for(|progress| progress.state != contract::RunState::Running)
        .await;
    engine
        .check_cancel(run.clone())
        .await
        .expect("it has ended");
}
