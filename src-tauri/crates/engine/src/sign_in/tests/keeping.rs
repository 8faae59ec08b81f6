//! What outlives a session, how it is kept, and how it goes.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};

use contract::{AppCredentialChange, DuplicateOrganization, SignInState};

use super::authority::{CANARY, SECRET};
use super::world::World;
use crate::ports::NoToken;
use crate::sign_in::sealing_key;

#[tokio::test]
async fn a_kept_sign_in_goes_on_in_another_process_and_stands_in_no_byte() {
    let world = World::new().await;
    world.save(world.form(), AppCredentialChange::Keep).await;
    world.sign_in(world.form()).await;
    let other = world.another().await;
    let shown = world.show(&other, world.form()).await;
    assert_eq!((shown.state, shown.kept), (SignInState::Authorized, true));
    assert!(world.source(&other).await.token().await.is_ok());
    assert!(
        !world.files_with("svc@contoso.com").is_empty(),
        "looked in the right place"
    );
    assert_eq!(world.files_with(CANARY), Vec::<std::path::PathBuf>::new());
    assert_eq!(
        world.files_with("EWS.AccessAsUser.All\",\"sub"),
        Vec::<std::path::PathBuf>::new()
    );
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("whole").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_token_and_no_secret_is_logged_or_answered() {
    let log = Log::default();
    let writer = log.clone();
    let logging = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _here = tracing::subscriber::set_default(logging);
    tracing::info!("the log is open");
    let world = World::new().await;
    let mut said = Vec::new();
    let answer = async |command: &str, payload: serde_json::Value| {
        let answer = world.engine.dispatch(command, payload).await;
        format!("{command} {answer:?}")
    };
    world.save(world.form(), AppCredentialChange::Keep).await;
    said.push(format!("{:?}", world.sign_in(world.form()).await));
    let by_id = serde_json::json!({"organization": world.organization});
    for command in [
        "sign_in_refresh",
        "sign_in_show",
        "email_configuration_show",
    ] {
        said.push(answer(command, by_id.clone()).await);
    }
    let refused = "AADSTS70008: the token is too old".to_owned();
    world.authority.rule(|rules| rules.refuses = Some(refused));
    said.push(answer("sign_in_refresh", by_id.clone()).await);
    world.authority.rule(|rules| rules.refuses = None);
    let mut form = world.form();
    form.access_type = contract::AccessType::EwsApp;
    form.modern.app_credential = contract::AppCredentialKind::Secret;
    let form = serde_json::to_value(form).expect("JSON");
    let credential = serde_json::json!({"kind": "secret", "secret": SECRET});
    let authorize = serde_json::json!({"organization": world.organization, "form": form, "credential": credential});
    said.push(answer("app_authorize", authorize).await);
    let odd = serde_json::json!({"organization": "x", "credential": credential});
    said.push(answer("app_authorize", odd).await);
    said.push(answer("sign_in_disconnect", by_id).await);
    let logged = String::from_utf8(log.0.lock().expect("whole").clone()).expect("text");
    assert!(logged.contains("the log is open"));
    said.push(logged);
    for text in said {
        assert!(!text.contains(CANARY), "{text}");
    }
    assert_eq!(world.files_with(CANARY), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn nobody_listens_after_the_end() {
    let world = World::new().await;
    let waiting = world.start(world.form()).await.waiting.expect("it waits");
    world.engine.shut_down().await;
    let redirect = url::Url::parse(&waiting.redirect_uri.expect("a browser")).expect("a URL");
    let port = redirect.port().expect("a port");
    let connected = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
    assert!(connected.is_err(), "the listener is closed");
}

#[tokio::test]
async fn without_a_key_store_the_sign_in_is_in_memory_and_said_so() {
    let world = World::new().await;
    world.vault.refuses.store(true, SeqCst);
    let shown = world.sign_in(world.form()).await;
    assert_eq!((shown.state, shown.kept), (SignInState::Authorized, false));
    assert_eq!(
        shown.warnings,
        ["There is no key store. The sign-in is in memory only, until Understudy is closed."]
    );
    assert!(world.source(&world.engine).await.token().await.is_ok());
}

#[tokio::test]
async fn disconnect_forgets_everywhere_and_revokes() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let other = world.another().await;
    let theirs = world.source(&other).await;
    assert!(theirs.token().await.is_ok());
    let shown = world
        .engine
        .sign_in_disconnect(world.by_id())
        .await
        .expect("forgotten");
    assert_eq!(shown.state, SignInState::NotSignedIn);
    assert!(shown.warnings.is_empty(), "{:?}", shown.warnings);
    let revoked = world.authority.posted("/revoke");
    assert_eq!(revoked[0]["token"], format!("{CANARY}-refresh-1"));
    assert!(matches!(
        theirs.token().await.err(),
        Some(NoToken::SignInNeeded { .. })
    ));
    let stage = world.engine.stage();
    let key = stage
        .vault
        .load(&sealing_key(world.organization))
        .expect("readable");
    assert!(
        key.is_none(),
        "the key goes too: old bytes are worth nothing"
    );
    assert_eq!(world.kinds().await[0], "oauth_signed_out");
}

/// Whoever the settings name now is somebody else, and learns nothing.
#[tokio::test]
async fn what_one_authority_issued_is_never_shown_to_another() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let mut form = world.form();
    form.modern.client_id = "00000000-0000-4000-8000-00000000000f".to_owned();
    world.save(form, AppCredentialChange::Keep).await;
    let other = world.another().await;
    let shown = other.sign_in_disconnect(world.by_id()).await;
    let shown = shown.expect("forgotten");
    assert!(
        shown.warnings.iter().any(|w| w.contains("not revoked")),
        "{:?}",
        shown.warnings
    );
    assert_eq!(world.authority.posted("/revoke").len(), 0);
}

#[tokio::test]
async fn a_renewal_under_way_does_not_bring_a_sign_in_back() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let source = world.source(&world.engine).await;
    world.clock.forward(56);
    world
        .authority
        .rule(|rules| rules.takes = std::time::Duration::from_millis(200));
    let renewing = tokio::spawn(async move { source.token().await.is_ok() });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    world
        .engine
        .sign_in_disconnect(world.by_id())
        .await
        .expect("forgotten");
    assert!(renewing.await.expect("it ends"), "it was asked for before");
    for engine in [&world.engine, &world.another().await] {
        let shown = world.show(engine, world.form()).await;
        assert_eq!(shown.state, SignInState::NotSignedIn);
    }
    let revoked = &world.authority.posted("/revoke")[0]["token"];
    assert_eq!(*revoked, format!("{CANARY}-refresh-2"), "the newest one");
}

#[tokio::test]
async fn disconnect_needs_no_network() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    world.authority.rule(|rules| rules.broken = Some(500));
    let shown = world
        .engine
        .sign_in_disconnect(world.by_id())
        .await
        .expect("forgotten");
    assert_eq!(shown.state, SignInState::NotSignedIn);
    assert!(
        shown.warnings[0].contains("were not revoked"),
        "{:?}",
        shown.warnings
    );
}

#[tokio::test]
async fn a_sign_in_for_other_values_is_used_by_nothing() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let mut form = world.form();
    form.ews_url = "https://other.contoso.com/EWS/Exchange.asmx".to_owned();
    let shown = world.show(&world.engine, form.clone()).await;
    assert_eq!(
        (shown.state, shown.other_values),
        (SignInState::NotSignedIn, true)
    );
    let source =
        crate::sign_in::tokens_of(&world.engine, world.organization, Some(form), None, None);
    let source = source.await.expect("a source");
    assert!(matches!(
        source.token().await.err(),
        Some(NoToken::SignInNeeded { .. })
    ));
    let shown = world.show(&world.engine, world.form()).await;
    assert_eq!(shown.state, SignInState::Authorized, "nothing was lost");
}

#[tokio::test]
async fn saving_without_keep_signed_in_forgets_what_was_kept() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let mut form = world.form();
    form.modern.keep_signed_in = false;
    world.save(form.clone(), AppCredentialChange::Keep).await;
    let shown = world.show(&world.another().await, form.clone()).await;
    assert_eq!(shown.state, SignInState::NotSignedIn);
    let shown = world.show(&world.engine, form).await;
    assert_eq!(
        (shown.state, shown.kept),
        (SignInState::Authorized, false),
        "this session goes on"
    );
}

#[tokio::test]
async fn a_copy_has_no_sign_in_and_a_deleted_organization_leaves_none() {
    let world = World::new().await;
    let added = contract::AddOrganization {
        name: "Contoso".to_owned(),
        external_id: None,
        access_type: contract::AccessType::default(),
        platform: contract::Platform::default(),
    };
    let organization = world
        .engine
        .organization_add(added)
        .await
        .expect("added")
        .id;
    let world = World {
        organization,
        ..world
    };
    world.save(world.form(), AppCredentialChange::Keep).await;
    world.sign_in(world.form()).await;
    let copy = DuplicateOrganization {
        organization,
        name: None,
        with_users: false,
    };
    let copy = world
        .engine
        .organization_duplicate(copy)
        .await
        .expect("copied")
        .id;
    let shown = contract::SignInRef {
        organization: copy,
        form: None,
    };
    let shown = world.engine.sign_in_show(shown).await.expect("shown");
    assert_eq!(shown.state, SignInState::NotSignedIn);
    world
        .engine
        .organization_remove(world.by_id())
        .await
        .expect("deleted");
    let stage = world.engine.stage();
    assert!(
        stage
            .vault
            .load(&sealing_key(organization))
            .expect("readable")
            .is_none()
    );
    let left = stage
        .read(move |tx| {
            let sealed = store::sealed_secrets::count(tx, organization)?;
            Ok((sealed, store::sign_ins::load(tx, organization)?))
        })
        .await;
    assert_eq!(left.expect("readable"), (0, None));
}
