//! An app signs in by itself: its credential is sealed on `Save`, and kept in memory before.

use contract::{
    AccessType, AppCredential, AppCredentialChange, AppCredentialKind, AuthorizeApp, Code,
    EmailConfigurationForm, OrganizationRef, Secret, SignInFailureKind, SignInState,
};

use super::authority::{CANARY, SECRET};
use super::world::World;
use crate::email_configuration::{fingerprint_of, fingerprint_of_app};
use crate::ports::NoToken;

fn form(world: &World) -> EmailConfigurationForm {
    let mut form = world.form();
    form.access_type = AccessType::EwsApp;
    form.modern.app_credential = AppCredentialKind::Secret;
    form
}

fn secret(text: &str) -> AppCredential {
    AppCredential::Secret {
        secret: Secret::new(text.to_owned()),
    }
}

fn authorize(world: &World, credential: Option<AppCredential>) -> AuthorizeApp {
    AuthorizeApp {
        organization: world.organization,
        form: Some(form(world)),
        credential,
        consent: false,
    }
}

#[tokio::test]
async fn an_app_is_authorized_and_its_roles_are_shown() {
    let world = World::new().await;
    world
        .authority
        .rule(|rules| rules.roles = vec!["full_access_as_app".to_owned()]);
    let given = authorize(&world, Some(secret(SECRET)));
    let shown = world.engine.app_authorize(given).await.expect("asked");
    assert_eq!(shown.state, SignInState::Authorized, "{shown:?}");
    assert_eq!(shown.roles, ["full_access_as_app"]);
    assert_eq!(shown.account.as_deref(), Some("understudy"));
    assert_eq!(
        shown.warnings,
        ["The tenant-wide grant overrides your scope."]
    );
    assert!(!shown.kept && shown.renewable);
    let asked = &world.authority.posted("/token")[0];
    assert_eq!(asked["scope"], "https://mail.contoso.com/.default");
    // Not saved: the checks of this session have it, and no file.
    let asked = Some(form(&world));
    let source = crate::sign_in::tokens_of(&world.engine, world.organization, asked, None, None);
    let source = source.await.expect("a source");
    assert!(source.token().await.is_ok());
    assert_eq!(world.files_with(CANARY), Vec::<std::path::PathBuf>::new());
    let elsewhere = world.another().await;
    let asked = Some(form(&world));
    let none = crate::sign_in::tokens_of(&elsewhere, world.organization, asked, None, None);
    let refused = none
        .await
        .map(|_| ())
        .map_err(|problem| (problem.code, problem.field));
    assert_eq!(
        refused,
        Err((Code::Invalid, Some("appCredential".to_owned())))
    );
}

#[tokio::test]
async fn a_stored_credential_is_sealed_and_used_by_every_process() {
    let world = World::new().await;
    let stage = world.engine.stage();
    let id = world.organization;
    let (form, right, wrong) = (form(&world), secret(SECRET), secret("another"));
    let checked = fingerprint_of_app(&stage, id, &form, Some(&right)).await;
    let checked = checked.expect("computed");
    let store = AppCredentialChange::Store {
        credential: secret(SECRET),
    };
    world.save(form.clone(), store).await;
    let saved = fingerprint_of(&stage, id, &form, None)
        .await
        .expect("computed");
    assert_eq!(saved, checked, "what was checked is what was saved");
    let other = fingerprint_of_app(&stage, id, &form, Some(&wrong));
    assert_ne!(other.await.expect("computed"), saved);
    let shown = world
        .engine
        .email_configuration_show(OrganizationRef { organization: id })
        .await
        .expect("shown");
    assert!(shown.app_credential.has_secret && shown.app_credential.set_at.is_some());
    assert!(!format!("{shown:?}").contains(CANARY));
    assert_eq!(world.files_with(CANARY), Vec::<std::path::PathBuf>::new());

    let elsewhere = world.another().await;
    let shown = elsewhere
        .app_authorize(authorize(&world, None))
        .await
        .expect("asked");
    assert_eq!((shown.state, shown.kept), (SignInState::Authorized, true));
    world.save(form.clone(), AppCredentialChange::Remove).await;
    let none = elsewhere.app_authorize(authorize(&world, None)).await;
    assert_eq!(
        none.map(|_| ()).map_err(|problem| problem.code),
        Err(Code::Invalid)
    );
    let kinds = world.kinds().await;
    assert!(
        kinds.contains(&"credentials_stored".to_owned()),
        "{kinds:?}"
    );
    assert_eq!(kinds[0], "credentials_removed");
}

#[tokio::test]
async fn a_wrong_secret_is_explained() {
    let world = World::new().await;
    let given = authorize(&world, Some(secret("wrong")));
    let shown = world.engine.app_authorize(given).await.expect("asked");
    let failure = shown.failure.expect("it failed");
    assert_eq!(
        (shown.state, failure.kind),
        (SignInState::Failed, SignInFailureKind::Refused)
    );
    assert_eq!(failure.code.as_deref(), Some("AADSTS7000215"));
    let source = crate::sign_in::tokens_of(
        &world.engine,
        world.organization,
        Some(form(&world)),
        Some(secret("wrong")),
        None,
    );
    let none = source.await.expect("a source").token().await.err();
    assert!(
        matches!(none, Some(NoToken::SignInNeeded { code: Some(code), .. }) if code == "AADSTS7000215")
    );
}

#[tokio::test]
async fn an_app_asks_anew_in_good_time() {
    let world = World::new().await;
    let source = crate::sign_in::tokens_of(
        &world.engine,
        world.organization,
        Some(form(&world)),
        Some(secret(SECRET)),
        None,
    );
    let source = source.await.expect("a source");
    let generation = async || source.token().await.map(|token| token.generation);
    let first = generation()
        .await
        .map_err(|none| none.to_string())
        .expect("a token");
    assert_eq!(generation().await, Ok(first));
    world.clock.forward(56);
    let second = generation()
        .await
        .map_err(|none| none.to_string())
        .expect("a token");
    assert_ne!(second, first);
    let third = source.renewed(second).await.map(|token| token.generation);
    assert_ne!(third, Ok(second), "it was refused");
    assert_eq!(
        source.renewed(second).await.map(|token| token.generation),
        third
    );
    assert_eq!(world.authority.posted("/token").len(), 3);
}
