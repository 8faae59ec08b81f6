//! Signing in end to end: an identity provider nobody here wrote (`tests/identity`: npm `oidc-provider`), and
//! a headless Chromium that types the password and consents. What the engine is asked is what the window
//! asks.

use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    AccessType, AppCredential, AppCredentialChange, AppCredentialKind, AuthorityKind, AuthorizeApp,
    EmailConfigurationForm, ModernAuthentication, OrganizationId, OrganizationRef, PasswordChange,
    Problem, ReadAppCertificate, Secret, SignIn, SignInFailureKind, SignInRef, SignInState,
    StartSignIn, SyncAccess, TlsTrust, Verdict,
};
use engine::ports::{Browser, Vault, WebPage};
use engine::{Engine, Options, VaultChoice};

use crate::started::{Provider, node};
use crate::support::{self, TestVault, form, save};

const HOST: &str = "mail.contoso.example";
const ACCOUNT: &str = "svc-ews@contoso.example";

/// What these tests ask of the provider beside.
trait Configured {
    fn form(&self) -> EmailConfigurationForm;
}

impl Configured for Provider {
    fn form(&self) -> EmailConfigurationForm {
        EmailConfigurationForm {
            access_type: AccessType::EwsImp,
            account_logon: ACCOUNT.to_owned(),
            ews_url: format!("https://{HOST}/EWS/Exchange.asmx"),
            tls_trust: TlsTrust::Ca {
                pem: String::from_utf8(self.file("/caFile")).expect("PEM"),
                name: "ca.pem".to_owned(),
            },
            modern: ModernAuthentication {
                authority: AuthorityKind::OpenId,
                authority_url: self.text("/entra/issuer").to_owned(),
                client_id: self.text("/clients/native/id").to_owned(),
                keep_signed_in: true,
                ..ModernAuthentication::default()
            },
            ..form()
        }
    }
}

/// A browser with a person in front of it.
struct Person {
    types: Vec<&'static str>,
    running: Mutex<Vec<Child>>,
}

impl Browser for Person {
    fn open(&self, page: &WebPage) -> Result<(), Problem> {
        let mut browser = node("browser.js");
        browser.arg(page.as_str()).args(&self.types);
        let child = browser
            .stdout(Stdio::null())
            .spawn()
            .expect("node is installed");
        self.running.lock().expect("whole").push(child);
        Ok(())
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        for child in self.running.get_mut().expect("whole") {
            let _ = child.wait();
        }
    }
}

struct World {
    own: support::World,
    organization: OrganizationId,
}

impl World {
    async fn new(types: &[&'static str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = Arc::new(TestVault::default());
        let engine = open(&folder, &vault, types).await;
        let rows = engine.organizations_list(contract::OrganizationsQuery::default());
        let organization = rows.await.expect("listed")[0].id;
        Self {
            own: support::World {
                engine,
                vault,
                folder,
            },
            organization,
        }
    }

    /// Another process on the same folder.
    async fn another(&self) -> Engine {
        open(&self.own.folder, &self.own.vault, &[]).await
    }

    async fn save(&self, form: EmailConfigurationForm, app_credential: AppCredentialChange) {
        let request = contract::SaveEmailConfiguration {
            app_credential,
            ..save(self.organization, form, PasswordChange::Keep)
        };
        let saved = self.own.engine.email_configuration_save(request).await;
        saved.expect("saved");
    }

    /// A person signs in with what is saved.
    async fn sign_in(&self) -> SignIn {
        let request = StartSignIn {
            organization: self.organization,
            form: None,
            device_code: false,
        };
        let started = self
            .own
            .engine
            .sign_in_start(request)
            .await
            .expect("started");
        assert_eq!(started.state, SignInState::Waiting, "{started:?}");
        for _ in 0..600 {
            let shown = self.show(&self.own.engine).await;
            if shown.state != SignInState::Waiting {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody came back from the browser");
    }

    async fn show(&self, engine: &Engine) -> SignIn {
        let request = SignInRef {
            organization: self.organization,
            form: None,
        };
        engine.sign_in_show(request).await.expect("shown")
    }

    const fn by_id(&self) -> OrganizationRef {
        OrganizationRef {
            organization: self.organization,
        }
    }
}

async fn open(
    folder: &tempfile::TempDir,
    vault: &Arc<TestVault>,
    types: &[&'static str],
) -> Engine {
    let options = Options {
        data_dir: Some(folder.path().join("data")),
        vault: VaultChoice::Custom(Arc::clone(vault) as Arc<dyn Vault>),
        browser: Some(Arc::new(Person {
            types: types.to_vec(),
            running: Mutex::default(),
        })),
        ..Options::default()
    };
    Engine::open(options).await.expect("opens")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_stays_signed_in_and_signs_out() {
    let provider = Provider::start(&[]);
    let world = World::new(&[]).await;
    world.save(provider.form(), AppCredentialChange::Keep).await;
    let shown = world.sign_in().await;
    assert_eq!(shown.state, SignInState::Authorized, "{shown:?}");
    assert_eq!(shown.account.as_deref(), Some(ACCOUNT));
    assert_eq!(shown.tenant.as_deref(), Some(provider.text("/tenant")));
    assert_eq!(shown.scopes, ["EWS.AccessAsUser.All"]);
    assert!(
        shown.kept && shown.renewable && shown.warnings.is_empty(),
        "{shown:?}"
    );

    // Another process goes on with it, and the first one notices.
    let other = world.another().await;
    assert_eq!(world.show(&other).await.state, SignInState::Authorized);
    let renewed = other.sign_in_refresh(world.by_id()).await.expect("renewed");
    assert_ne!(renewed.expires_at, None);
    let again = world
        .own
        .engine
        .sign_in_refresh(world.by_id())
        .await
        .expect("the rotated one");
    assert_eq!(again.state, SignInState::Authorized);

    let out = world
        .own
        .engine
        .sign_in_disconnect(world.by_id())
        .await
        .expect("signed out");
    assert_eq!(
        (out.state, out.warnings.as_slice()),
        (SignInState::NotSignedIn, &[][..])
    );
    assert_eq!(world.show(&other).await.state, SignInState::NotSignedIn);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_somebody_else_or_says_no_gets_nowhere() {
    let provider = Provider::start(&[]);
    let world = World::new(&["--account", "other@contoso.example"]).await;
    world.save(provider.form(), AppCredentialChange::Keep).await;
    let shown = world.sign_in().await;
    assert_eq!(shown.state, SignInState::OtherAccount, "{shown:?}");
    assert_eq!(
        shown.status,
        "Signed in as other@contoso.example, expected svc-ews@contoso.example."
    );
    let world = World::new(&["--deny"]).await;
    world.save(provider.form(), AppCredentialChange::Keep).await;
    let shown = world.sign_in().await;
    let failure = shown.failure.expect("it failed");
    assert_eq!(
        (shown.state, failure.kind),
        (SignInState::Failed, SignInFailureKind::Denied)
    );
    assert_eq!(failure.code.as_deref(), Some("AADSTS65004"));
}

/// Access of the users after a proof with what is saved was applied.
async fn activated(world: &World) -> Vec<SyncAccess> {
    world.own.user(world.organization, "anna@contoso.com").await;
    let granted = [("anna@contoso.com", Verdict::Granted)];
    world
        .own
        .finished_run(world.organization, "proof", &granted)
        .await;
    let known = world.own.engine.email_configuration_show(world.by_id());
    let form = known.await.expect("shown").form;
    world.save(form, AppCredentialChange::Keep).await;
    let users = world.own.users(world.organization).await;
    users.rows.iter().map(|row| row.sync_access).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_sign_in_has_ended_active_mailboxes_need_renewal() {
    let provider = Provider::start(&["--refuse", "AADSTS50173", "--at", "refresh_token"]);
    for refused in [true, false] {
        let world = World::new(&[]).await;
        world.save(provider.form(), AppCredentialChange::Keep).await;
        assert_eq!(world.sign_in().await.state, SignInState::Authorized);
        assert_eq!(activated(&world).await, [SyncAccess::Active]);
        let expected = if refused {
            let answer = world.own.engine.sign_in_refresh(world.by_id()).await;
            let problem = answer.expect_err("it was revoked");
            assert!(problem.message.contains("again"), "{}", problem.message);
            SignInState::Expired
        } else {
            let out = world.own.engine.sign_in_disconnect(world.by_id()).await;
            out.expect("signed out");
            SignInState::NotSignedIn
        };
        assert_eq!(world.show(&world.own.engine).await.state, expected);
        let users = world.own.users(world.organization).await;
        assert_eq!(users.rows[0].sync_access, SyncAccess::NeedsRenewal);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_the_name_of_another_authority_is_refused() {
    let provider = Provider::start(&["--wrong-issuer"]);
    let world = World::new(&[]).await;
    world.save(provider.form(), AppCredentialChange::Keep).await;
    let shown = world.sign_in().await;
    let failure = shown.failure.expect("it failed");
    assert_eq!(failure.kind, SignInFailureKind::Mismatch, "{failure:?}");
    let other = world.another().await;
    assert_eq!(
        world.show(&other).await.state,
        SignInState::NotSignedIn,
        "nothing was stored"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_proves_itself_with_its_certificate_or_its_secret() {
    let provider = Provider::start(&[]);
    let world = World::new(&[]).await;
    let certificate = AppCredential::Certificate {
        name: "app.pfx".to_owned(),
        base64: Secret::new(STANDARD.encode(provider.file("/clients/certificate/pfxFile"))),
        password: Some(Secret::new(
            provider.text("/clients/certificate/pfxPassword").to_owned(),
        )),
    };
    let secret = AppCredential::Secret {
        secret: Secret::new(provider.text("/clients/secret/secret").to_owned()),
    };
    let read = ReadAppCertificate {
        credential: certificate.clone(),
    };
    let shown = world
        .own
        .engine
        .app_certificate_read(read)
        .await
        .expect("read");
    assert!(
        shown.days_left > 0 && shown.thumbprint.len() == 40,
        "{shown:?}"
    );
    for (client, kind, credential) in [
        ("certificate", AppCredentialKind::Certificate, certificate),
        ("secret", AppCredentialKind::Secret, secret),
    ] {
        let mut form = provider.form();
        form.access_type = AccessType::EwsApp;
        form.modern.client_id = provider.text(&format!("/clients/{client}/id")).to_owned();
        form.modern.app_credential = kind;
        world
            .save(form, AppCredentialChange::Store { credential })
            .await;
        let request = AuthorizeApp {
            organization: world.organization,
            form: None,
            credential: None,
            consent: false,
        };
        let shown = world
            .own
            .engine
            .app_authorize(request)
            .await
            .expect("asked");
        assert_eq!(shown.state, SignInState::Authorized, "{client}: {shown:?}");
        assert_eq!(shown.roles, ["full_access_as_app"]);
        assert!(shown.kept, "{client}");
    }
}
