//! Email configurations.

use contract::{
    AccessType, AppCredentialKind, AppCredentialState, Authentication, AuthorityKind, Cloud,
    EmailConfigurationForm, IdentifyBy, ModernAuthentication, OrganizationId, PasswordState,
    ProxySetting, TlsTrust, UrlOrigin,
};
use store::{StoreError, email_configurations, organizations};

use crate::support::{LATER, NOW, contoso, database, new_organization, read, write};

fn form(tls_trust: TlsTrust) -> EmailConfigurationForm {
    EmailConfigurationForm {
        access_type: AccessType::EwsApp,
        account_logon: "CONTOSO\\svc".to_owned(),
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        url_origin: UrlOrigin::Generated,
        authentication: Authentication::SignedInUser,
        tls_trust,
        identify_by: IdentifyBy::PrimarySmtp,
        proxy: ProxySetting::Custom {
            address: "proxy.contoso.com:8080".to_owned(),
            user: Some("proxy-user".to_owned()),
        },
        find_when_checking: true,
        modern: ModernAuthentication {
            authority: AuthorityKind::AdFs,
            cloud: Cloud::China,
            tenant: "contoso.com".to_owned(),
            authority_url: "https://adfs.contoso.com".to_owned(),
            client_id: "d3590ed6-52b3-4102-aeff-aad2292ab01c".to_owned(),
            redirect_port: Some(4_000),
            keep_signed_in: true,
            app_credential: AppCredentialKind::Secret,
        },
    }
}

fn app_credential() -> AppCredentialState {
    AppCredentialState {
        has_secret: true,
        certificate: None,
        set_at: Some(NOW.to_owned()),
    }
}

#[tokio::test]
async fn every_trust_reads_back() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    assert_eq!(
        read(&db, move |tx| email_configurations::load(tx, organization)).await,
        None
    );
    for trust in [
        TlsTrust::Ca {
            pem: "-----BEGIN CERTIFICATE-----".to_owned(),
            name: "ca.pem".to_owned(),
        },
        TlsTrust::Pin {
            sha256: "AB".repeat(32),
            certificate: None,
        },
        TlsTrust::System,
    ] {
        let saved = form(trust);
        let expected = saved.clone();
        let stored = write(&db, move |tx| {
            email_configurations::save(tx, organization, &saved, "one", NOW)?;
            email_configurations::load(tx, organization)
        })
        .await
        .expect("it was saved");
        assert_eq!(
            (
                stored.form,
                stored.fingerprint.as_str(),
                stored.updated_at.as_str()
            ),
            (expected, "one", NOW)
        );
    }
    let row = read(&db, move |tx| organizations::show(tx, organization))
        .await
        .expect("it is there");
    assert_eq!(
        row.access_type,
        AccessType::EwsApp,
        "the organization shows the saved type"
    );
}

#[tokio::test]
async fn the_password_state_outlives_a_save_but_not_a_copy() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    let password = PasswordState {
        has_password: true,
        ask_each_time: false,
        set_at: Some(NOW.to_owned()),
        proven_at: None,
    };
    let before = password.clone();
    let (stored, copied) = write(&db, move |tx| {
        email_configurations::save(tx, organization, &form(TlsTrust::System), "one", NOW)?;
        email_configurations::set_password_state(tx, organization, &before, 3)?;
        email_configurations::save(tx, organization, &form(TlsTrust::System), "two", LATER)?;
        email_configurations::set_proven(tx, organization, LATER)?;
        email_configurations::set_proxy_password(tx, organization, true)?;
        email_configurations::set_app_credential(tx, organization, &app_credential(), 7)?;
        let copy = organizations::add(tx, &new_organization("Copy"), NOW)?;
        assert!(email_configurations::copy(
            tx,
            organization,
            copy,
            "three",
            LATER
        )?);
        assert!(
            !email_configurations::copy(tx, OrganizationId(99), copy, "three", LATER)?,
            "nothing to copy"
        );
        Ok((
            email_configurations::load(tx, organization)?,
            email_configurations::load(tx, copy)?,
        ))
    })
    .await;
    let (stored, copied) = (stored.expect("saved"), copied.expect("copied"));
    assert_eq!(
        stored.password,
        PasswordState {
            proven_at: Some(LATER.to_owned()),
            ..password
        }
    );
    assert_eq!(
        (stored.secret_version, stored.fingerprint.as_str()),
        (3, "two")
    );
    assert_eq!(
        (copied.password, copied.secret_version),
        (PasswordState::default(), 0)
    );
    assert_eq!(
        (stored.has_proxy_password, copied.has_proxy_password),
        (true, false)
    );
    assert_eq!(
        (stored.app_credential, stored.app_credential_version),
        (app_credential(), 7)
    );
    assert_eq!(
        (copied.app_credential, copied.app_credential_version),
        (AppCredentialState::default(), 0)
    );
    assert_eq!(
        (copied.form, copied.fingerprint.as_str()),
        (stored.form, "three")
    );

    let ask = PasswordState {
        ask_each_time: true,
        ..PasswordState::default()
    };
    let expected = ask.clone();
    let stored = write(&db, move |tx| {
        email_configurations::set_password_state(tx, organization, &ask, 4)?;
        email_configurations::set_fingerprint(tx, organization, "four")?;
        email_configurations::load(tx, organization)
    })
    .await
    .expect("saved");
    assert_eq!(
        (stored.password, stored.fingerprint.as_str()),
        (expected, "four")
    );
}

#[tokio::test]
async fn nothing_is_saved_for_an_organization_that_is_gone() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    write(&db, move |tx| {
        organizations::soft_delete(tx, organization, NOW)
    })
    .await;
    let saved = db
        .write(move |tx| {
            email_configurations::save(tx, organization, &form(TlsTrust::System), "one", NOW)
        })
        .await;
    assert!(matches!(saved, Err(StoreError::NotFound)), "{saved:?}");
    let proven = db
        .write(|tx| email_configurations::set_proven(tx, OrganizationId(99), NOW))
        .await;
    assert!(matches!(proven, Err(StoreError::NotFound)), "{proven:?}");
}
