//! An engine on a folder, an authority, a clock that is set, and a browser that is a socket.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::{
    AccessType, AppCredentialChange, AuthorityKind, Code, EmailConfigurationForm,
    ModernAuthentication, OrganizationId, OrganizationRef, OrganizationsQuery, PasswordChange,
    Problem, SaveEmailConfiguration, Secret, SignIn, SignInRef, SignInState, StartSignIn,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::authority::Authority;
use crate::adapters::MemoryVault;
use crate::ports::{Browser, Clock, TokenSource, Vault, WebPage};
use crate::{Engine, Options, VaultChoice};

/// Noon of 22 Nov 2026, in seconds since 1970.
pub(super) const NOON: i64 = 1_795_348_800;

/// What the tests of sign-ins need.
pub(super) struct World {
    pub(super) authority: Authority,
    pub(super) engine: Engine,
    pub(super) organization: OrganizationId,
    pub(super) clock: Arc<SetClock>,
    pub(super) vault: Arc<TestVault>,
    pub(super) opened: Arc<Opened>,
    pub(super) folder: tempfile::TempDir,
}

/// A clock that tests set.
pub(super) struct SetClock(AtomicI64);

impl SetClock {
    pub(super) fn forward(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60, SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.load(SeqCst)).expect("a time")
    }
}

/// A key store in memory that can be told to refuse.
#[derive(Default)]
pub(super) struct TestVault {
    memory: MemoryVault,
    pub(super) refuses: AtomicBool,
}

impl TestVault {
    fn open(&self) -> Result<&MemoryVault, Problem> {
        if self.refuses.load(SeqCst) {
            return Err(Problem::new(Code::KeyStore, "There is no key store."));
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

/// The pages that were opened.
#[derive(Default)]
pub(super) struct Opened(pub(super) Mutex<Vec<String>>);

impl Browser for Opened {
    fn open(&self, page: &WebPage) -> Result<(), Problem> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.push(page.as_str().to_owned());
        Ok(())
    }
}

impl World {
    pub(super) async fn new() -> Self {
        let (authority, folder) = (
            Authority::start().await,
            tempfile::tempdir().expect("a folder"),
        );
        let clock = Arc::new(SetClock(AtomicI64::new(NOON)));
        let (vault, opened) = (Arc::<TestVault>::default(), Arc::<Opened>::default());
        let engine = open(folder.path(), &clock, &vault, &opened).await;
        let rows = engine
            .organizations_list(OrganizationsQuery::default())
            .await;
        let organization = rows.expect("listed")[0].id;
        Self {
            authority,
            engine,
            organization,
            clock,
            vault,
            opened,
            folder,
        }
    }

    /// Another process on the same folder.
    pub(super) async fn another(&self) -> Engine {
        open(self.folder.path(), &self.clock, &self.vault, &self.opened).await
    }

    /// The form of a person's sign-in at the authority.
    pub(super) fn form(&self) -> EmailConfigurationForm {
        EmailConfigurationForm {
            access_type: AccessType::EwsImp,
            account_logon: "svc@contoso.com".to_owned(),
            ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
            modern: ModernAuthentication {
                authority: AuthorityKind::OpenId,
                authority_url: self.authority.origin.clone(),
                client_id: "understudy".to_owned(),
                keep_signed_in: true,
                ..ModernAuthentication::default()
            },
            ..EmailConfigurationForm::default()
        }
    }

    pub(super) async fn save(&self, form: EmailConfigurationForm, app: AppCredentialChange) {
        let request = SaveEmailConfiguration {
            organization: self.organization,
            form,
            password: PasswordChange::Keep,
            proxy_password: None,
            app_credential: app,
        };
        let saved = self.engine.email_configuration_save(request).await;
        saved.expect("saved");
    }

    pub(super) async fn start(&self, form: EmailConfigurationForm) -> SignIn {
        let request = StartSignIn {
            organization: self.organization,
            form: Some(form),
            device_code: false,
        };
        self.engine.sign_in_start(request).await.expect("started")
    }

    /// Signs in from beginning to end.
    pub(super) async fn sign_in(&self, form: EmailConfigurationForm) -> SignIn {
        let waiting = self.start(form.clone()).await.waiting.expect("it waits");
        answer(
            &waiting.link,
            &waiting.redirect_uri.expect("a browser is meant"),
        )
        .await;
        self.ended(form).await
    }

    /// The sign-in when nothing waits any more.
    pub(super) async fn ended(&self, form: EmailConfigurationForm) -> SignIn {
        for _ in 0..500 {
            let shown = self.show(&self.engine, form.clone()).await;
            if shown.state != SignInState::Waiting {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it waits for ever");
    }

    pub(super) async fn show(&self, engine: &Engine, form: EmailConfigurationForm) -> SignIn {
        let request = SignInRef {
            organization: self.organization,
            form: Some(form),
        };
        engine.sign_in_show(request).await.expect("shown")
    }

    pub(super) async fn source(&self, engine: &Engine) -> Arc<dyn TokenSource> {
        let form = Some(self.form());
        crate::sign_in::tokens_of(engine, self.organization, form, None, None)
            .await
            .expect("a source")
    }

    pub(super) const fn by_id(&self) -> OrganizationRef {
        OrganizationRef {
            organization: self.organization,
        }
    }

    /// What was changed, newest first.
    pub(super) async fn kinds(&self) -> Vec<String> {
        let page = self
            .engine
            .activity_page(contract::ActivityQuery::default());
        let rows = page.await.expect("a page").rows;
        rows.into_iter().map(|row| row.kind).collect()
    }

    /// The files that a text stands in.
    pub(super) fn files_with(&self, text: &str) -> Vec<std::path::PathBuf> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("readable") {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).expect("readable");
                    let there = bytes
                        .windows(text.len())
                        .any(|part| part == text.as_bytes());
                    found.extend(there.then_some(path));
                }
            }
        }
        found
    }
}

async fn open(
    folder: &Path,
    clock: &Arc<SetClock>,
    vault: &Arc<TestVault>,
    opened: &Arc<Opened>,
) -> Engine {
    let options = Options {
        data_dir: Some(folder.join("data")),
        vault: VaultChoice::Custom(Arc::clone(vault) as Arc<dyn Vault>),
        clock: Some(Arc::clone(clock) as Arc<dyn Clock>),
        browser: Some(Arc::clone(opened) as Arc<dyn Browser>),
        ..Options::default()
    };
    Engine::open(options).await.expect("opens")
}

/// Answers as the authority would by the browser, with a code and the `state` of the link; brings the page
/// that the browser shows then.
pub(super) async fn answer(link: &str, redirect: &str) -> String {
    let link = url::Url::parse(link).expect("a link");
    let state = link.query_pairs().find(|(name, _)| name == "state");
    let state = state.expect("it has a state").1.into_owned();
    hit(redirect, &format!("code=one&state={state}")).await
}

/// What the browser brings to the loopback address; answers the page.
pub(super) async fn hit(redirect: &str, query: &str) -> String {
    let url = url::Url::parse(redirect).expect("a URL");
    let port = url.port().expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("somebody listens");
    let request = format!("GET /?{query} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut page = String::new();
    stream.read_to_string(&mut page).await.expect("a page");
    page
}
