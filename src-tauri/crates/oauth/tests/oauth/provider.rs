//! End to end with npm `oidc-provider`, which is certified and which nobody here wrote (`tests/identity`),
//! and a real headless Chromium that types the password and consents.

use std::sync::Arc;
use std::time::Duration;

use oauth::{
    Ask, Authority, Certificate, Credential, Failure, Hidden, Http, RefusalKind, Revoked, Tokens,
    Wanted, app_only, device, refresh, revoke, sign_in,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::started::{self, node};
use crate::support::{HOST, nobody, trusting};

/// The provider, and the way to it.
struct Provider {
    started: started::Provider,
    http: Http,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider judges assertions by the time of day"
)]
fn today() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

impl Provider {
    fn start(words: &[&str]) -> Self {
        Self::of(started::Provider::start(words))
    }

    fn of(started: started::Provider) -> Self {
        let ca = CertificateDer::from_pem_slice(&started.file("/caFile")).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(ca).unwrap();
        Self {
            started,
            http: trusting(roots, Arc::new(today)),
        }
    }

    fn text(&self, pointer: &str) -> &str {
        self.started.text(pointer)
    }

    fn native(&self) -> &str {
        self.text("/clients/native/id")
    }

    async fn entra(&self) -> Authority {
        Authority::discover(&self.http, self.text("/entra/issuer"))
            .await
            .unwrap()
    }

    /// A person signs in at this authority.
    async fn signed_in(&self, authority: &Authority, person: &[&str]) -> Result<Tokens, Failure> {
        let ask = Ask {
            offline: true,
            ..Ask::new(self.native(), Wanted::ews(authority, HOST))
        };
        let pending = sign_in::begin(&self.http, authority, ask).await?;
        let url = pending.authorization_url().to_string();
        let person: Vec<_> = person.iter().map(|word| (*word).to_owned()).collect();
        let browser = tokio::spawn(async move { browse(&url, &person).await });
        let outcome = pending.wait(nobody(), |_| {}).await;
        let page = browser.await.unwrap();
        let expected = if outcome.is_ok() {
            "Sign-in finished"
        } else {
            "Sign-in failed"
        };
        assert!(page.contains(expected), "{page}");
        outcome
    }

    async fn refreshed(&self, authority: &Authority, token: &Hidden) -> Result<Tokens, Failure> {
        let wanted = Wanted::ews(authority, HOST);
        refresh(&self.http, authority, self.native(), token, &wanted).await
    }
}

/// What the browser shows in the end.
async fn browse(url: &str, person: &[String]) -> String {
    let mut browser = node("browser.js");
    browser.arg(url).args(person);
    let output = tokio::task::spawn_blocking(move || browser.output());
    let output = output.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the browser failed: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Another provider that nobody here wrote: npm `oauth2-mock-server`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_provider_signs_in_just_so() {
    let provider = Provider::of(started::Provider::of("second.js", &[]));
    let issuer = provider.text("/openid/issuer");
    let authority = Authority::discover(&provider.http, issuer).await.unwrap();
    let tokens = provider.signed_in(&authority, &[]).await.unwrap();
    let claims = oauth::Claims::read(tokens.access.reveal()).unwrap();
    assert!(claims.is_for(HOST), "{claims:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_and_stays_signed_in_until_it_is_revoked() {
    let provider = Provider::start(&[]);
    let authority = provider.entra().await;
    let first = provider.signed_in(&authority, &[]).await.unwrap();
    let claims = first.claims().unwrap();
    assert_eq!(claims.account.as_deref(), Some("svc-ews@contoso.example"));
    assert_eq!(claims.tenant.as_deref(), Some(provider.text("/tenant")));
    assert_eq!(claims.scopes, ["EWS.AccessAsUser.All"]);
    assert!(claims.is_for(HOST), "{:?}", claims.audience);
    let identity = first.identity.as_ref().unwrap();
    assert_eq!(identity.account.as_deref(), Some("svc-ews@contoso.example"));

    let old = first.refresh.unwrap();
    let second = provider.refreshed(&authority, &old).await.unwrap();
    let new = second.refresh.unwrap();
    assert_ne!(old, new, "the provider rotates");
    assert_ne!(first.access, second.access);

    let done = revoke(&provider.http, &authority, provider.native(), &new).await;
    assert_eq!(done, Ok(Revoked::Done));
    let ended = provider.refreshed(&authority, &new).await;
    assert!(matches!(ended, Err(Failure::SignInNeeded(_))), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reused_refresh_token_ends_the_whole_family() {
    let provider = Provider::start(&[]);
    let authority = Authority::ad_fs(provider.text("/origin")).unwrap();
    let person = ["--account", "other@contoso.example"];
    let first = provider.signed_in(&authority, &person).await.unwrap();
    assert_eq!(first.account().as_deref(), Some("other@contoso.example"));
    assert!(first.claims().unwrap().is_for(HOST));
    let old = first.refresh.unwrap();
    let new = provider
        .refreshed(&authority, &old)
        .await
        .unwrap()
        .refresh
        .unwrap();
    for token in [&old, &new] {
        let ended = provider.refreshed(&authority, token).await;
        assert!(
            matches!(&ended, Err(Failure::SignInNeeded(why)) if why.kind == RefusalKind::SignIn),
            "{ended:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_no_is_not_signed_in() {
    let provider = Provider::start(&[]);
    let authority = provider.entra().await;
    let ended = provider.signed_in(&authority, &["--deny"]).await;
    assert!(
        matches!(&ended, Err(Failure::Refused(why)) if why.kind == RefusalKind::Denied),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_the_name_of_another_is_refused() {
    let provider = Provider::start(&["--wrong-issuer"]);
    let authority = provider.entra().await;
    let ended = provider.signed_in(&authority, &[]).await;
    assert!(
        matches!(&ended, Err(Failure::WrongIssuer { got, .. }) if got.contains("elsewhere")),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_typed_in_another_browser() {
    let provider = Provider::start(&[]);
    let authority = provider.entra().await;
    let ask = Ask::new(provider.native(), Wanted::ews(&authority, HOST));
    let code = device::begin(&provider.http, &authority, ask)
        .await
        .unwrap();
    let page = code.verification_uri().to_string();
    let person = ["--code".to_owned(), code.user_code().to_owned()];
    let browser = tokio::spawn(async move { browse(&page, &person).await });
    let limit = Duration::from_mins(1);
    let tokens = tokio::time::timeout(limit, code.wait(nobody()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tokens.account().as_deref(), Some("svc-ews@contoso.example"));
    browser.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_proves_itself() {
    let provider = Provider::start(&[]);
    let authority = provider.entra().await;
    let wanted = Wanted::app_only(&authority, HOST);
    let file = |pointer: &str| std::fs::read(provider.text(pointer)).unwrap();
    let pem = [
        file("/clients/certificate/certificateFile"),
        file("/clients/certificate/keyFile"),
    ]
    .concat();
    let password = provider.text("/clients/certificate/pfxPassword");
    let pfx = Certificate::from_pfx(&file("/clients/certificate/pfxFile"), password).unwrap();
    let secret = Hidden::new(provider.text("/clients/secret/secret"));
    for (client, credential) in [
        ("secret", Credential::Secret(secret)),
        (
            "certificate",
            Credential::Certificate(Certificate::from_pem(&pem).unwrap()),
        ),
        ("certificate", Credential::Certificate(pfx)),
    ] {
        let id = provider.text(&format!("/clients/{client}/id"));
        let tokens = app_only(&provider.http, &authority, id, &credential, &wanted)
            .await
            .unwrap();
        let claims = tokens.claims().unwrap();
        assert_eq!(claims.roles, ["full_access_as_app"], "{client}");
        assert_eq!(
            (claims.account.as_deref(), claims.app_id.as_deref()),
            (None, Some(id))
        );
        assert!(claims.is_for(HOST));
    }
    let wrong = Credential::Secret(Hidden::new("wrong"));
    let id = provider.text("/clients/secret/id");
    let refused = app_only(&provider.http, &authority, id, &wrong, &wanted).await;
    assert!(
        matches!(&refused, Err(Failure::Refused(why)) if why.kind == RefusalKind::Credential),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_no_resource_is_named_as_the_reason() {
    let provider = Provider::start(&["--resource", "other.contoso.example"]);
    let authority = provider.entra().await;
    let wanted = Wanted::app_only(&authority, "unknown.contoso.example");
    let secret = Credential::Secret(Hidden::new(provider.text("/clients/secret/secret")));
    let id = provider.text("/clients/secret/id");
    let refused = app_only(&provider.http, &authority, id, &secret, &wanted).await;
    assert!(
        matches!(&refused, Err(Failure::Refused(why)) if why.code == "AADSTS500011" && why.kind == RefusalKind::Setup),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_nobody_vouches_for_is_not_spoken_to() {
    let provider = Provider::start(&[]);
    let stranger = trusting(rustls::RootCertStore::empty(), Arc::new(today));
    let refused = Authority::discover(&stranger, provider.text("/entra/issuer")).await;
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("certificate"), "{said}");
}
