//! A person signs in: what is shown, what is refused, and whom nothing is used of.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::{
    Code, EmailConfigurationForm, Problem, SignInFailureKind, SignInState, StartSignIn,
};

use super::authority::CANARY;
use super::world::{World, answer, hit};
use crate::ports::NoToken;
use crate::sign_in::judge::judge;
use crate::sign_in::settled::Settled;

#[tokio::test]
async fn whoever_signs_in_is_shown_and_its_token_is_carried() {
    let world = World::new().await;
    world
        .save(world.form(), contract::AppCredentialChange::Keep)
        .await;
    let started = world.start(world.form()).await;
    assert_eq!(started.state, SignInState::Waiting, "{started:?}");
    let waiting = started.waiting.expect("it waits");
    assert_eq!(waiting.seconds_left, 300);
    let opened = world.opened.0.lock().expect("whole").clone();
    assert_eq!(
        opened,
        std::slice::from_ref(&waiting.link),
        "in the browser, once"
    );
    let asked = url::Url::parse(&waiting.link).expect("a link");
    let asked: std::collections::HashMap<_, _> = asked.query_pairs().into_owned().collect();
    assert_eq!(
        asked["scope"],
        "https://mail.contoso.com/EWS.AccessAsUser.All openid profile offline_access"
    );
    assert_eq!(
        (&*asked["login_hint"], &*asked["prompt"]),
        ("svc@contoso.com", "select_account")
    );
    assert_eq!(asked["code_challenge_method"], "S256");

    answer(
        &waiting.link,
        &waiting.redirect_uri.expect("a browser is meant"),
    )
    .await;
    let shown = world.ended(world.form()).await;
    assert_eq!(shown.state, SignInState::Authorized, "{shown:?}");
    assert_eq!(shown.status, "Impersonation status: Authorized");
    assert_eq!(shown.account.as_deref(), Some("svc@contoso.com"));
    assert_eq!(shown.scopes, ["EWS.AccessAsUser.All"]);
    assert_eq!(shown.expires_at.as_deref(), Some("2026-11-22T13:00:00Z"));
    assert!(
        shown.renewable && shown.kept && shown.warnings.is_empty(),
        "{shown:?}"
    );
    let token = world.source(&world.engine).await.token().await;
    let token = token.map_err(|none| none.to_string()).expect("a token");
    assert!(token.secret.expose().contains(CANARY));
    assert_eq!(world.kinds().await[0], "oauth_signed_in");
    assert!(!format!("{shown:?}").contains(CANARY), "no token is shown");
}

#[tokio::test]
async fn without_keep_signed_in_nothing_outlives_the_session() {
    let world = World::new().await;
    let mut form = world.form();
    form.modern.keep_signed_in = false;
    let link = world
        .start(form.clone())
        .await
        .waiting
        .expect("it waits")
        .link;
    assert!(!link.contains("offline_access"), "{link}");
    world.authority.rule(|rules| rules.offline = false);
    let shown = world.sign_in(form.clone()).await;
    assert_eq!(
        (shown.state, shown.kept, shown.renewable),
        (SignInState::Authorized, false, false)
    );
    let other = world.another().await;
    assert_eq!(
        world.show(&other, form.clone()).await.state,
        SignInState::NotSignedIn
    );
    world.clock.forward(61);
    let shown = world.show(&world.engine, form).await;
    assert_eq!(shown.state, SignInState::Expired);
    assert_eq!(shown.status, "Impersonation status: Expired");
}

#[tokio::test]
async fn an_answer_of_somebody_else_is_discarded_and_the_sign_in_waits_on() {
    let world = World::new().await;
    let waiting = world.start(world.form()).await.waiting.expect("it waits");
    let redirect = waiting.redirect_uri.expect("a browser is meant");
    hit(&redirect, "code=stolen&state=guessed").await;
    let shown = world.show(&world.engine, world.form()).await;
    assert_eq!(shown.waiting.map(|waiting| waiting.discarded), Some(1));
    assert!(
        world.authority.posted("/token").is_empty(),
        "no code was used"
    );
    answer(&waiting.link, &redirect).await;
    assert_eq!(
        world.ended(world.form()).await.state,
        SignInState::Authorized
    );
}

#[tokio::test]
async fn another_account_is_used_by_nothing_until_it_is_allowed() {
    let world = World::new().await;
    world
        .authority
        .rule(|rules| rules.account = "anna@contoso.com".to_owned());
    let shown = world.sign_in(world.form()).await;
    assert_eq!(shown.state, SignInState::OtherAccount);
    assert_eq!(
        shown.status,
        "Signed in as anna@contoso.com, expected svc@contoso.com."
    );
    assert!(!shown.kept, "nothing of it is stored");
    let source = world.source(&world.engine).await;
    assert!(matches!(
        source.token().await.err(),
        Some(NoToken::SignInNeeded { .. })
    ));
    let shown = world
        .engine
        .sign_in_use(world.by_id())
        .await
        .expect("allowed");
    assert_eq!(
        (shown.state, shown.kept),
        (SignInState::Authorized, true),
        "{shown:?}"
    );
    assert!(source.token().await.is_ok());
    assert_eq!(world.kinds().await[0], "oauth_account_accepted");
    let other = EmailConfigurationForm {
        account_logon: "ben@contoso.com".to_owned(),
        ..world.form()
    };
    let shown = world.show(&world.engine, other).await;
    assert_eq!(
        shown.state,
        SignInState::OtherAccount,
        "it was allowed for one name"
    );
}

#[tokio::test]
async fn a_token_for_another_host_is_refused_and_not_stored() {
    let world = World::new().await;
    world
        .authority
        .rule(|rules| rules.audience = "https://graph.microsoft.com".to_owned());
    let waiting = world.start(world.form()).await.waiting;
    let waiting = waiting.expect("it waits");
    let redirect = waiting.redirect_uri.expect("a browser is meant");
    let page = answer(&waiting.link, &redirect).await;
    assert!(page.contains("Sign-in failed"), "{page}");
    assert!(!page.contains("finished"), "{page}");
    let shown = world.ended(world.form()).await;
    let failure = shown.failure.expect("it failed");
    assert_eq!(
        (shown.state, failure.kind),
        (SignInState::Failed, SignInFailureKind::Mismatch)
    );
    assert!(
        failure.sentence.contains("graph.microsoft.com"),
        "{}",
        failure.sentence
    );
    assert!(world.source(&world.engine).await.token().await.is_err());
    assert_eq!(
        world.show(&world.another().await, world.form()).await.state,
        SignInState::NotSignedIn
    );
}

#[tokio::test]
async fn a_token_of_another_tenant_is_refused() {
    let world = World::new().await;
    let mut form = world.form();
    form.modern.authority = contract::AuthorityKind::Entra;
    form.modern.client_id = "d3590ed6-52b3-4102-aeff-aad2292ab01c".to_owned();
    form.modern.tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47".to_owned();
    let settled = Settled::of(&world.engine, world.organization, Some(form)).await;
    let settled = settled.map_err(|problem| problem.message).expect("settled");
    let of_tenant = |tenant: &str| {
        let claims = serde_json::json!({"aud": "https://mail.contoso.com", "tid": tenant});
        let part = |text: String| URL_SAFE_NO_PAD.encode(text);
        let tokens = oauth::Tokens {
            access: oauth::Hidden::new(format!(
                "{}.{}.x",
                part("{}".into()),
                part(claims.to_string())
            )),
            refresh: None,
            expires_at: jiff::Timestamp::MAX,
            scopes: Vec::new(),
            identity: None,
        };
        judge(&settled, &tokens).map_err(|failure| failure.kind)
    };
    assert_eq!(of_tenant("72F988BF-86f1-41af-91ab-2d7cd011db47"), Ok(()));
    let other = of_tenant("11111111-86f1-41af-91ab-2d7cd011db47");
    assert_eq!(other, Err(SignInFailureKind::Mismatch));
}

#[tokio::test]
async fn what_the_authority_refuses_is_explained() {
    let world = World::new().await;
    let said = "AADSTS65001: The user has not consented.\r\nTrace ID: 1";
    world
        .authority
        .rule(|rules| rules.refuses = Some(said.to_owned()));
    let failure = world
        .sign_in(world.form())
        .await
        .failure
        .expect("it failed");
    assert_eq!(failure.kind, SignInFailureKind::Consent);
    assert_eq!(failure.code.as_deref(), Some("AADSTS65001"));
    assert!(!failure.next_step.is_empty());
    world.authority.rule(|rules| rules.refuses = None);
    let again = world.sign_in(world.form()).await;
    assert_eq!(
        (again.state, again.failure),
        (SignInState::Authorized, None)
    );
    let mut gone = world.form();
    gone.modern.authority_url = "http://127.0.0.1:9".to_owned();
    let shown = world.start(gone).await;
    let failure = shown.failure.expect("nobody answers there");
    assert_eq!(failure.kind, SignInFailureKind::Unreachable, "{failure:?}");
}

#[tokio::test]
async fn a_sign_in_is_given_up_or_replaced_by_the_next() {
    let world = World::new().await;
    let first = world.start(world.form()).await.waiting.expect("it waits");
    world
        .engine
        .sign_in_open(world.by_id())
        .await
        .expect("opened again");
    assert_eq!(world.opened.0.lock().expect("whole").len(), 2);
    let second = world.start(world.form()).await.waiting.expect("it waits");
    assert_ne!(
        first.redirect_uri, second.redirect_uri,
        "nobody listens there any more"
    );
    let shown = world
        .engine
        .sign_in_cancel(world.by_id())
        .await
        .expect("canceled");
    assert_eq!(shown.state, SignInState::Failed);
    assert_eq!(
        shown.failure.map(|failure| failure.kind),
        Some(SignInFailureKind::Cancelled)
    );
    let none = world.engine.sign_in_open(world.by_id()).await;
    assert_eq!(
        none.map(|_| ()).map_err(|problem| code(&problem)),
        Err(Code::NotAllowed)
    );
}

#[tokio::test]
async fn a_code_is_typed_on_another_device() {
    let world = World::new().await;
    let request = StartSignIn {
        organization: world.organization,
        form: Some(world.form()),
        device_code: true,
    };
    let started = world.engine.sign_in_start(request).await.expect("started");
    let waiting = started.waiting.expect("it waits");
    assert_eq!(waiting.user_code.as_deref(), Some("ABCD-EFGH"));
    assert_eq!((waiting.redirect_uri, waiting.seconds_left), (None, 900));
    assert!(
        world.opened.0.lock().expect("whole").is_empty(),
        "no browser here"
    );
    assert_eq!(
        world.ended(world.form()).await.state,
        SignInState::Authorized
    );
}

#[tokio::test]
async fn offline_and_with_a_wrong_form_nobody_is_asked() {
    let world = World::new().await;
    let mut form = world.form();
    form.modern.client_id.clear();
    let start = |form| StartSignIn {
        organization: world.organization,
        form: Some(form),
        device_code: false,
    };
    let refused = world
        .engine
        .sign_in_start(start(form))
        .await
        .expect_err("refused");
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (Code::Invalid, Some("clientId"))
    );
    let password = EmailConfigurationForm::default();
    let refused = world
        .engine
        .sign_in_start(start(password))
        .await
        .map_err(|problem| code(&problem));
    assert_eq!(refused.map(|_| ()), Err(Code::NotAllowed));
    let mut settings = crate::settings::load(&world.engine.stage())
        .await
        .expect("there");
    settings.work_offline = true;
    world.engine.settings_save(settings).await.expect("saved");
    let refused = world
        .engine
        .sign_in_start(start(world.form()))
        .await
        .map_err(|problem| code(&problem));
    assert_eq!(refused.map(|_| ()), Err(Code::Offline));
    assert!(
        world
            .authority
            .posted("/.well-known/openid-configuration")
            .is_empty()
    );
}

fn code(problem: &Problem) -> Code {
    problem.code
}
