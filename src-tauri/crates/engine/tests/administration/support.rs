//! An engine on a folder of its own, and what the tests need around it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    AddOrganization, AddUser, Code, EmailConfigurationForm, Expectation, ImportSource, NoArgs,
    OrganizationId, OrganizationRow, OrganizationsQuery, PasswordChange, Problem, RunId, RunState,
    SaveEmailConfiguration, Secret, UserRow, UsersPage, UsersQuery, Verdict,
};
use engine::adapters::MemoryVault;
use engine::ports::{Clock, Vault};
use engine::{Engine, Options, VaultChoice};
use store::run_results::{self, Decided, NewResult};
use store::runs::{self, NewRun, RunFinish};
use store::{Db, email_configurations, users};
use tempfile::TempDir;

/// 22 Nov 2026, noon, UTC.
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";

/// An engine and the folder it lives in.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) vault: Arc<TestVault>,
    pub(crate) folder: TempDir,
}

/// A clock that stands still.
pub(crate) struct Fixed(pub(crate) &'static str);

impl Clock for Fixed {
    fn now(&self) -> jiff::Timestamp {
        self.0.parse().expect("a time")
    }
}

/// A key store in memory that can be told to refuse.
#[derive(Default)]
pub(crate) struct TestVault {
    memory: MemoryVault,
    pub(crate) refuses: AtomicBool,
}

impl TestVault {
    /// What is kept for an organization.
    pub(crate) fn password(&self, organization: OrganizationId) -> Option<String> {
        let key = format!("organization-{organization}-password");
        let secret = self.memory.load(&key).expect("memory does not refuse");
        secret.map(|secret| secret.expose().to_owned())
    }

    /// What is kept for the user of its proxy.
    pub(crate) fn proxy_password(&self, organization: OrganizationId) -> Option<String> {
        let key = format!("organization-{organization}-proxy-password");
        let secret = self.memory.load(&key).expect("memory does not refuse");
        secret.map(|secret| secret.expose().to_owned())
    }

    fn open(&self) -> Result<&MemoryVault, Problem> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(Problem::new(
                Code::KeyStore,
                "The key store is locked, or refused access.",
            )
            .hint("Unlock it and try again, or choose `Ask each time`."));
        }
        Ok(&self.memory)
    }
}

impl Vault for TestVault {
    fn name(&self) -> &'static str {
        "Test"
    }
    fn probe(&self) -> Result<(), Problem> {
        self.open().map(|_| ())
    }
    fn store(&self, key: &str, secret: &Secret) -> Result<(), Problem> {
        self.open()?.store(key, secret)
    }
    fn load(&self, key: &str) -> Result<Option<Secret>, Problem> {
        self.open()?.load(key)
    }
    fn remove(&self, key: &str) -> Result<(), Problem> {
        self.open()?.remove(key)
    }
}

/// How tests open an engine on a folder.
pub(crate) fn options(folder: &Path, vault: &Arc<TestVault>, now: &'static str) -> Options {
    Options {
        data_dir: Some(folder.join("data")),
        vault: VaultChoice::Custom(Arc::clone(vault) as Arc<dyn Vault>),
        clock: Some(Arc::new(Fixed(now))),
        downloads: Some(folder.join("downloads")),
        ..Options::default()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = Arc::new(TestVault::default());
        let engine = Engine::open(options(folder.path(), &vault, NOW))
            .await
            .expect("opens");
        Self {
            engine,
            vault,
            folder,
        }
    }

    /// The same folder, later, in another process.
    pub(crate) async fn reopen(self, now: &'static str) -> Self {
        let Self {
            engine,
            vault,
            folder,
        } = self;
        engine.shut_down().await;
        drop(engine);
        let engine = Engine::open(options(folder.path(), &vault, now))
            .await
            .expect("opens again");
        Self {
            engine,
            vault,
            folder,
        }
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// A second connection to the database: what another part of the program would write.
    pub(crate) fn db(&self) -> Db {
        Db::open(&self.data()).expect("opens")
    }

    pub(crate) async fn default_organization(&self) -> OrganizationId {
        let rows = self
            .engine
            .organizations_list(OrganizationsQuery::default())
            .await
            .expect("listed");
        rows.into_iter()
            .find(|row| row.is_default)
            .expect("there from the start")
            .id
    }

    pub(crate) async fn organization(&self, name: &str) -> OrganizationRow {
        self.engine
            .organization_add(new_organization(name))
            .await
            .expect("added")
    }

    pub(crate) async fn user(&self, organization: OrganizationId, address: &str) -> UserRow {
        self.engine
            .user_add(new_user(organization, address))
            .await
            .expect("added")
    }

    pub(crate) async fn users(&self, organization: OrganizationId) -> UsersPage {
        let query = UsersQuery {
            organization: Some(organization),
            filter: contract::UsersFilter::default(),
            sort: contract::UsersSort::default(),
            direction: contract::SortDirection::default(),
            offset: 0,
            limit: 1_000,
        };
        self.engine.users_page(query).await.expect("a page")
    }

    /// What was changed, newest first.
    pub(crate) async fn kinds(&self) -> Vec<String> {
        let page = self
            .engine
            .activity_page(contract::ActivityQuery::default())
            .await
            .expect("a page");
        assert_eq!(page.broken_at, None, "the chain holds after every change");
        page.rows.into_iter().map(|row| row.kind).collect()
    }

    /// A finished run with the settings as saved: these mailboxes with these verdicts.
    pub(crate) async fn finished_run(
        &self,
        organization: OrganizationId,
        id: &str,
        verdicts: &[(&str, Verdict)],
    ) {
        let (id, verdicts) = (
            RunId(id.to_owned()),
            verdicts
                .iter()
                .map(|(a, v)| ((*a).to_owned(), *v))
                .collect(),
        );
        let write = move |tx: &store::Tx<'_>| add_run(tx, organization, id, verdicts);
        self.db().write(write).await.expect("a run");
    }
}

fn add_run(
    tx: &store::Tx<'_>,
    organization: OrganizationId,
    id: RunId,
    verdicts: Vec<(String, Verdict)>,
) -> Result<(), store::StoreError> {
    let stored =
        email_configurations::load(tx, organization)?.ok_or(store::StoreError::NotFound)?;
    let run = NewRun {
        id,
        organization: Some(organization),
        organization_name: None,
        started_at: NOW.to_owned(),
        ews_url: stored.form.ews_url,
        account: stored.form.account_logon,
        auth: "auto".to_owned(),
        scope: "all".to_owned(),
        fingerprint: stored.fingerprint,
        draft: false,
        options: serde_json::Value::Null,
    };
    let number = runs::create(tx, &run)?;
    let mut rows = Vec::new();
    for (address, verdict) in verdicts {
        let known = users::lookup(tx, std::slice::from_ref(&address))?;
        rows.push(NewResult {
            mailbox: address,
            identity: None,
            name: String::new(),
            kind: None,
            user: known.first().map(|known| known.user),
            expectation: Expectation::MustOpen,
            listed_guid: None,
            decided: Some(Decided {
                verdict,
                cause: None,
                message: None,
            }),
        });
    }
    run_results::add(tx, number, 0, &rows)?;
    let finish = RunFinish {
        state: RunState::Complete,
        cause: None,
        message: None,
        finished_at: NOW.to_owned(),
        summary: run_results::summary(tx, number)?,
        steps: Vec::new(),
        warnings: Vec::new(),
    };
    runs::finish(tx, number, &finish)
}

pub(crate) fn new_organization(name: &str) -> AddOrganization {
    AddOrganization {
        name: name.to_owned(),
        external_id: None,
        access_type: contract::AccessType::default(),
        platform: contract::Platform::default(),
    }
}

pub(crate) fn new_user(organization: OrganizationId, address: &str) -> AddUser {
    AddUser {
        organization,
        address: address.to_owned(),
        name: String::new(),
        upn: None,
        sid: None,
        must_refuse: false,
        tags: String::new(),
    }
}

pub(crate) fn form() -> EmailConfigurationForm {
    EmailConfigurationForm {
        account_logon: "svc@contoso.com".to_owned(),
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        ..EmailConfigurationForm::default()
    }
}

pub(crate) fn store_password(text: &str) -> PasswordChange {
    PasswordChange::Store {
        password: Secret::new(text.to_owned()),
    }
}

pub(crate) fn save(
    organization: OrganizationId,
    form: EmailConfigurationForm,
    password: PasswordChange,
) -> SaveEmailConfiguration {
    SaveEmailConfiguration {
        organization,
        form,
        password,
        proxy_password: None,
        app_credential: contract::AppCredentialChange::Keep,
    }
}

pub(crate) fn list(organization: OrganizationId, bytes: &[u8]) -> ImportSource {
    ImportSource {
        organization,
        name: "users.csv".to_owned(),
        base64: STANDARD.encode(bytes),
    }
}

pub(crate) const fn no_args() -> NoArgs {
    NoArgs {}
}

/// Code, message and field of what must fail.
pub(crate) fn refused<T>(answer: Result<T, Problem>) -> (Code, String, Option<String>) {
    match answer {
        Ok(_) => panic!("this must be refused"),
        Err(problem) => (problem.code, problem.message, problem.field),
    }
}
