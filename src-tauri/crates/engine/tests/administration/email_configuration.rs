//! The form: what is said about it, what saving does to it, and to the key store.

use contract::{
    AccessType, Authentication, Code, EmailConfigurationForm, FieldLevel, GenerateEwsUrl,
    OrganizationId, OrganizationRef, PasswordChange, SaveOrganizationSettings, Secret, TlsTrust,
    ValidateEmailConfiguration,
};

use crate::support::{World, form, refused, save, store_password};

type Told = Vec<(String, FieldLevel, String)>;

async fn told(
    world: &World,
    organization: OrganizationId,
    form: EmailConfigurationForm,
    typed: bool,
) -> Told {
    let request = ValidateEmailConfiguration {
        organization,
        form,
        password_typed: typed,
        password_outer_spaces: false,
        ask_each_time: false,
        app_credential_given: false,
    };
    let messages = world
        .engine
        .email_configuration_validate(request)
        .await
        .expect("validated");
    messages
        .into_iter()
        .map(|m| (m.field, m.level, m.text))
        .collect()
}

#[expect(clippy::too_many_lines, reason = "one table, a line a rule")]
#[tokio::test]
async fn every_rule_gives_its_text() {
    use FieldLevel::{Error, Fix, Warning};
    let world = World::new().await;
    let id = world.default_organization().await;
    world.user(id, "svc@contoso.com").await;
    let with = |change: fn(&mut EmailConfigurationForm)| {
        let mut form = form();
        form.account_logon = "CONTOSO\\svc".into();
        change(&mut form);
        form
    };
    assert_eq!(
        told(&world, id, with(|_| ()), true).await,
        Told::new(),
        "a good form has no message"
    );
    for (form, field, level, text) in [
        (
            with(|f| f.account_logon = " ".into()),
            "accountLogon",
            Error,
            "Enter the impersonating account.",
        ),
        (
            with(|f| f.account_logon = "CONTOSO\\svc@contoso.com".into()),
            "accountLogon",
            Error,
            "Use one form: svc@contoso.com or CONTOSO\\svc.",
        ),
        (
            with(|f| f.account_logon = "SVC@contoso.com".into()),
            "accountLogon",
            Warning,
            "This account is also in Users. Its own mailbox doesn't prove impersonation.",
        ),
        (
            with(|f| f.ews_url = String::new()),
            "ewsUrl",
            Error,
            "Enter the EWS URL or use the Magic Wand.",
        ),
        (
            with(|f| f.ews_url = "not an url".into()),
            "ewsUrl",
            Error,
            "This isn't a web address.",
        ),
        (
            with(|f| f.ews_url = "http://mail.contoso.com/EWS/Exchange.asmx".into()),
            "ewsUrl",
            Error,
            "Use https. Credentials are never sent over http.",
        ),
        (
            with(|f| f.ews_url = "https://u:p@mail.contoso.com/EWS/Exchange.asmx".into()),
            "ewsUrl",
            Error,
            "Remove the user name, password, ? and # parts.",
        ),
        (
            with(|f| f.ews_url = "mail.contoso.com/ews/".into()),
            "ewsUrl",
            Fix,
            "Completed to https://mail.contoso.com/EWS/Exchange.asmx.",
        ),
        (
            with(|f| f.ews_url = "https://mail.contoso.com/owa/".into()),
            "ewsUrl",
            Fix,
            "That's a web page for people. Use https://mail.contoso.com/EWS/Exchange.asmx?",
        ),
        (
            with(|f| f.ews_url = "https://10.0.0.5/EWS/Exchange.asmx".into()),
            "ewsUrl",
            Warning,
            "The certificate won't match an IP address, and Kerberos isn't possible.",
        ),
        (
            with(|f| f.ews_url = "https://outlook.office365.com/EWS/Exchange.asmx".into()),
            "ewsUrl",
            Error,
            "Exchange Online stopped taking passwords for EWS between Oct 2022 and Jan 2023. Choose an OAuth type.",
        ),
        (
            with(|f| {
                f.tls_trust = TlsTrust::Pin {
                    sha256: "AB".into(),
                    certificate: None,
                }
            }),
            "tlsTrust",
            Error,
            "Enter the SHA-256 of the certificate: 64 hexadecimal digits.",
        ),
    ] {
        assert_eq!(
            told(&world, id, form, true).await,
            [(field.to_owned(), level, text.to_owned())]
        );
    }
    let password = told(&world, id, with(|_| ()), false).await;
    assert_eq!(
        password,
        [(
            "password".to_owned(),
            Error,
            "Enter the password, or choose Ask each time.".to_owned()
        )]
    );
    let windows = with(|f| f.authentication = Authentication::SignedInUser);
    let signed_in = told(&world, id, windows, false).await;
    let built_in = if exchange::SignedIn::AVAILABLE {
        Told::new()
    } else {
        let said = "My Windows sign-in isn't built into this program. Choose Automatic.";
        vec![("authentication".to_owned(), Error, said.to_owned())]
    };
    assert_eq!(signed_in, built_in, "Windows signs in without one");
    let graph = with(|f| f.access_type = AccessType::GraphApp);
    let about: Vec<String> = told(&world, id, graph, false)
        .await
        .into_iter()
        .map(|(field, ..)| field)
        .collect();
    assert_eq!(
        about,
        ["tenant", "clientId", "appCredential"],
        "no password, no URL"
    );
    let google = with(|f| f.access_type = AccessType::GSa);
    let about = told(&world, id, google, false).await;
    assert!(
        about
            .iter()
            .all(|(field, level, _)| field == "accessType" && *level == Warning),
        "{about:?}"
    );
    let empty = world.organization("Empty").await.id;
    let users = told(&world, empty, with(|_| ()), true).await;
    assert_eq!(
        users,
        [(
            "users".to_owned(),
            Warning,
            "Add users first, or try one address.".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_form_with_errors_is_not_saved() {
    let world = World::new().await;
    let id = world.default_organization().await;
    for (url, said) in [
        (
            "http://mail.contoso.com/EWS/Exchange.asmx",
            "Use https. Credentials are never sent over http.",
        ),
        (
            "https://u:p@mail.contoso.com/EWS/Exchange.asmx",
            "Remove the user name, password, ? and # parts.",
        ),
        (
            "https://mail.contoso.com/ecp",
            "That's a web page for people. Use https://mail.contoso.com/EWS/Exchange.asmx?",
        ),
    ] {
        let form = EmailConfigurationForm {
            ews_url: url.to_owned(),
            ..form()
        };
        let answer = refused(
            world
                .engine
                .email_configuration_save(save(id, form, store_password("x")))
                .await,
        );
        assert_eq!(
            answer,
            (Code::Invalid, said.to_owned(), Some("ewsUrl".to_owned()))
        );
    }
    let answer = refused(
        world
            .engine
            .email_configuration_save(save(id, form(), PasswordChange::Keep))
            .await,
    );
    assert_eq!(answer.1, "Enter the password, or choose Ask each time.");
    assert_eq!(
        world.vault.password(id),
        None,
        "nothing reached the key store"
    );
    let shown = world
        .engine
        .email_configuration_show(OrganizationRef { organization: id })
        .await
        .expect("shown");
    assert!(!shown.saved && shown.access_types.len() == 9);
    let near = EmailConfigurationForm {
        ews_url: "mail.contoso.com".to_owned(),
        ..form()
    };
    let saved = world
        .engine
        .email_configuration_save(save(id, near, store_password("x")))
        .await
        .expect("saved");
    assert_eq!(
        saved.configuration.form.ews_url,
        form().ews_url,
        "a near miss is completed"
    );
}

#[tokio::test]
async fn a_password_goes_in_and_is_never_shown() {
    let world = World::new().await;
    let id = world.default_organization().await;
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), store_password("one")))
        .await
        .expect("saved");
    assert!(
        saved.configuration.password.has_password && saved.configuration.password.set_at.is_some()
    );
    assert_eq!(world.vault.password(id).as_deref(), Some("one"));
    assert!(
        !serde_json::to_string(&saved)
            .expect("json")
            .contains("one\""),
        "nothing hands it out"
    );
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("two")))
        .await
        .expect("replaced");
    assert_eq!(world.vault.password(id).as_deref(), Some("two"));
    let ask = PasswordChange::Ask {
        password: Some(Secret::new("three".into())),
    };
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), ask))
        .await
        .expect("asked");
    assert!(
        !saved.configuration.password.has_password && saved.configuration.password.ask_each_time
    );
    assert_eq!(
        world.vault.password(id),
        None,
        "asked for each time, it is not kept"
    );
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("four")))
        .await
        .expect("stored");
    world
        .engine
        .email_configuration_save(save(id, form(), PasswordChange::Remove))
        .await
        .expect("removed");
    assert_eq!(world.vault.password(id), None);
    assert_eq!(
        world.kinds().await,
        [
            "credentials_removed",
            "credentials_stored",
            "credentials_removed",
            "credentials_replaced",
            "credentials_stored",
            "settings_changed",
        ]
    );
}

#[tokio::test]
async fn a_key_store_that_refuses_changes_nothing() {
    let world = World::new().await;
    let id = world.default_organization().await;
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("one")))
        .await
        .expect("saved");
    let before = world.kinds().await;
    world
        .vault
        .refuses
        .store(true, std::sync::atomic::Ordering::SeqCst);
    let other = EmailConfigurationForm {
        account_logon: "other@contoso.com".into(),
        ..form()
    };
    let problem = world
        .engine
        .email_configuration_save(save(id, other, store_password("two")))
        .await
        .expect_err("refused");
    assert_eq!(problem.code, Code::KeyStore);
    assert_eq!(
        problem.message,
        "The key store refused to save the password. Nothing was changed."
    );
    assert!(
        problem
            .hint
            .is_some_and(|hint| hint.contains("Ask each time")),
        "it says what to do"
    );
    world
        .vault
        .refuses
        .store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(world.vault.password(id).as_deref(), Some("one"));
    let shown = world
        .engine
        .email_configuration_show(OrganizationRef { organization: id })
        .await
        .expect("shown");
    assert_eq!(shown.form, form());
    assert_eq!(world.kinds().await, before);
}

#[tokio::test]
async fn a_database_that_refuses_puts_the_old_password_back() {
    let world = World::new().await;
    let id = world.default_organization().await;
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("one")))
        .await
        .expect("saved");
    // Another program holds the write lock for longer than we wait.
    let db = world.db();
    let (locked, wait) = tokio::sync::oneshot::channel();
    let holder = tokio::spawn(async move {
        db.write(move |_| {
            let _ = locked.send(());
            std::thread::sleep(std::time::Duration::from_secs(7));
            Ok(())
        })
        .await
    });
    wait.await.expect("locked");
    let answer = refused(
        world
            .engine
            .email_configuration_save(save(id, form(), store_password("two")))
            .await,
    );
    assert_eq!(answer.0, Code::DataFolder);
    assert_eq!(
        world.vault.password(id).as_deref(),
        Some("one"),
        "key store and database agree"
    );
    holder.await.expect("joined").expect("done");
}

#[tokio::test]
async fn the_wand_uses_the_account_the_users_or_the_pattern() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let generate = |account: &str, domain: Option<&str>| GenerateEwsUrl {
        organization: id,
        account_logon: account.to_owned(),
        domain: domain.map(str::to_owned),
    };
    let url = async |request| {
        world
            .engine
            .ews_url_generate(request)
            .await
            .expect("generated")
            .url
    };
    let at = |host: &str| Some(format!("https://{host}/EWS/Exchange.asmx"));
    assert_eq!(
        url(generate("svc@Contoso.com", None)).await,
        at("mail.contoso.com")
    );
    assert_eq!(
        url(generate("CONTOSO\\svc", None)).await,
        None,
        "which mail domain?"
    );
    for address in ["a@fabrikam.com", "b@fabrikam.com", "c@contoso.com"] {
        world.user(id, address).await;
    }
    let answer = world
        .engine
        .ews_url_generate(generate("CONTOSO\\svc", None))
        .await
        .expect("generated");
    assert_eq!(
        (answer.url, answer.domains),
        (
            at("mail.fabrikam.com"),
            vec!["fabrikam.com".into(), "contoso.com".into()]
        )
    );
    assert_eq!(
        url(generate("CONTOSO\\svc", Some("Contoso.com"))).await,
        at("mail.contoso.com")
    );
    assert_eq!(
        refused(
            world
                .engine
                .ews_url_generate(generate("", Some("a b")))
                .await
        )
        .0,
        Code::Invalid
    );
    let page = world
        .engine
        .organization_show(OrganizationRef { organization: id })
        .await
        .expect("shown");
    let mut settings = page.settings;
    settings.host_pattern = "ews.{domain}".into();
    world
        .engine
        .organization_settings_save(SaveOrganizationSettings {
            organization: id,
            settings,
        })
        .await
        .expect("saved");
    assert_eq!(
        url(generate("svc@contoso.com", None)).await,
        at("ews.contoso.com")
    );
}
