//! Every database that was ever released must open and upgrade.

use std::fs;
use std::path::{Path, PathBuf};

use contract::{
    AccessType, AppCredentialState, AuthorityKind, CertificateInfo, CheckScope,
    EmailConfigurationForm, ExchangeNames, MailboxLocation, ModernAuthentication,
    OrganizationsQuery, ProxySetting, RunAuthentication, RunId, RunState, Summary, TlsTrust,
    UsersFilter, UsersQuery, Verdict,
};
use rusqlite::Connection;
use store::activity::NewActivity;
use store::confirmed_hosts::ConfirmedHost;
use store::guide_steps::DoneStep;
use store::run_results::Selection;
use store::runs::{RunFinish, RunHeader};
use store::sealed_secrets::SealedKind;
use store::sign_ins::StoredSignIn;
use store::{
    Db, activity, confirmed_hosts, email_configurations, exchange_names, guide_steps,
    organizations, refused_passwords, run_results, runs, sealed_secrets, settings, sign_ins, users,
};

use crate::support::{NOW, contoso, new_run, outcome, read, write};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/databases")
}

fn version(path: &Path) -> u32 {
    let connection = Connection::open(path).expect("opens");
    connection
        .query_row("PRAGMA user_version", (), |row| row.get(0))
        .expect("has a version")
}

fn toy_hash(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
    });
    format!("{sum:016x}")
}

#[tokio::test]
async fn every_released_schema_upgrades() {
    let newest = {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Db::open(folder.path()).expect("opens");
        version(&folder.path().join("understudy.db"))
    };
    let mut seen = Vec::new();
    for entry in fs::read_dir(folder()).expect("the fixtures are there") {
        let fixture = entry.expect("an entry").path();
        if fixture
            .extension()
            .is_none_or(|extension| extension != "db")
        {
            continue;
        }
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("understudy.db");
        fs::copy(&fixture, &path).expect("copies");
        let old = version(&path);
        seen.push(old);

        let db = Db::open(home.path())
            .unwrap_or_else(|error| panic!("{}: {error:?}", fixture.display()));
        let rows = read(&db, |tx| {
            organizations::list(tx, &OrganizationsQuery::default())
        })
        .await;
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            ["Default Organization", "Contoso"],
            "{}",
            fixture.display()
        );
        assert_eq!(
            db.check_integrity().await.expect("it runs"),
            Vec::<String>::new()
        );
        drop(db);
        assert_eq!(version(&path), newest);

        let backup = home.path().join(format!("understudy.db.backup-v{old}"));
        assert_eq!(
            backup.exists(),
            old < newest,
            "a copy is made before an upgrade, and only then"
        );
        if old < newest {
            assert_eq!(version(&backup), old, "the copy is the file as it was");
        }
    }
    seen.sort_unstable();
    assert_eq!(
        seen,
        [1, 10, 13, 16, 20, 21, 22],
        "each fixture is named after its version"
    );
}

#[tokio::test]
async fn the_full_fixtures_read_as_they_were_written() {
    for name in [
        "0010.db", "0013.db", "0016.db", "0020.db", "0021.db", "0022.db",
    ] {
        reads_as_it_was_written(name).await;
    }
}

async fn reads_as_it_was_written(name: &str) {
    let home = tempfile::tempdir().expect("a temporary folder");
    fs::copy(folder().join(name), home.path().join("understudy.db")).expect("copies");
    let db = Db::open(home.path()).expect("opens");
    read(&db, |tx| {
        let organization = organizations::by_name(tx, "contoso")?.expect("it is there");
        let query = UsersQuery {
            organization: Some(organization),
            filter: UsersFilter::default(),
            sort: contract::UsersSort::default(),
            direction: contract::SortDirection::default(),
            offset: 0,
            limit: 10,
        };
        assert_eq!(users::page(tx, &query)?.total, 3);
        assert!(email_configurations::load(tx, organization)?.is_some());
        let run = runs::show(tx, &RunId("fixture".to_owned()))?.expect("it is there");
        assert_eq!(run.row.state, RunState::Complete);
        assert_eq!(run_results::summary(tx, run.number())?.granted, 1);
        assert_eq!(activity::verify(tx, toy_hash)?, None);
        assert_eq!(
            settings::load::<String>(tx, "theme")?.as_deref(),
            Some("dark")
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_came_with_schema_16_reads_as_it_was_written() {
    let home = tempfile::tempdir().expect("a temporary folder");
    fs::copy(folder().join("0016.db"), home.path().join("understudy.db")).expect("copies");
    let db = Db::open(home.path()).expect("opens");
    read(&db, |tx| {
        let organization = organizations::by_name(tx, "contoso")?.expect("it is there");
        let stored = email_configurations::load(tx, organization)?.expect("it is there");
        assert!(stored.form.find_when_checking);
        assert_eq!(confirmed_hosts::list(tx, organization)?, [confirmed()]);
        assert_eq!(exchange_names::load(tx, organization)?, Some(names()));
        assert_eq!(guide_steps::done(tx, organization)?, [done()]);
        let filter = UsersFilter {
            location: Some(MailboxLocation::ExchangeOnline),
            ..UsersFilter::default()
        };
        let elsewhere = UsersQuery {
            organization: Some(organization),
            filter,
            sort: contract::UsersSort::default(),
            direction: contract::SortDirection::default(),
            offset: 0,
            limit: 10,
        };
        assert_eq!(users::page(tx, &elsewhere)?.total, 1);
        Ok(())
    })
    .await;
}

fn confirmed() -> ConfirmedHost {
    ConfirmedHost {
        host: "autodiscover.contoso.com".to_owned(),
        sha256: "CD".repeat(32),
        confirmed_at: NOW.to_owned(),
    }
}

fn names() -> ExchangeNames {
    ExchangeNames {
        group: "EWS users".to_owned(),
        security_group: true,
        ..ExchangeNames::default()
    }
}

fn done() -> DoneStep {
    DoneStep {
        guide: "exchange-server".to_owned(),
        step: "scope".to_owned(),
    }
}

#[tokio::test]
async fn what_came_with_schema_21_reads_as_it_was_written() {
    let home = tempfile::tempdir().expect("a temporary folder");
    fs::copy(folder().join("0021.db"), home.path().join("understudy.db")).expect("copies");
    let db = Db::open(home.path()).expect("opens");
    read(&db, |tx| {
        let organization = organizations::by_name(tx, "contoso")?.expect("it is there");
        let stored = email_configurations::load(tx, organization)?.expect("it is there");
        assert_eq!(stored.form, modern_form());
        assert_eq!(
            (stored.app_credential, stored.app_credential_version),
            (app_credential(), 3)
        );
        assert_eq!(sign_ins::load(tx, organization)?, Some(sign_in()));
        let sealed = sealed_secrets::load(tx, organization, SealedKind::Tokens)?;
        assert_eq!(sealed.as_deref(), Some(&b"sealed"[..]));
        Ok(())
    })
    .await;
}

fn modern_form() -> EmailConfigurationForm {
    EmailConfigurationForm {
        access_type: AccessType::EwsImp,
        find_when_checking: true,
        modern: ModernAuthentication {
            authority: AuthorityKind::AdFs,
            authority_url: "https://adfs.contoso.com".to_owned(),
            client_id: "d3590ed6-52b3-4102-aeff-aad2292ab01c".to_owned(),
            keep_signed_in: true,
            ..ModernAuthentication::default()
        },
        ..new_form()
    }
}

fn app_credential() -> AppCredentialState {
    AppCredentialState {
        has_secret: true,
        certificate: None,
        set_at: Some(NOW.to_owned()),
    }
}

fn sign_in() -> StoredSignIn {
    StoredSignIn {
        account: Some("svc@contoso.com".to_owned()),
        tenant: None,
        audience: Some("https://mail.contoso.com/".to_owned()),
        scopes: vec!["EWS.AccessAsUser.All".to_owned()],
        roles: Vec::new(),
        expires_at: Some(NOW.to_owned()),
        signed_in_at: NOW.to_owned(),
        renewable: false,
        expired: true,
        asked_with: "one".to_owned(),
        accepted: Some("contoso\\svc".to_owned()),
    }
}

#[tokio::test]
async fn what_came_with_schema_13_reads_as_it_was_written() {
    let home = tempfile::tempdir().expect("a temporary folder");
    fs::copy(folder().join("0013.db"), home.path().join("understudy.db")).expect("copies");
    let db = Db::open(home.path()).expect("opens");
    read(&db, |tx| {
        let organization = organizations::by_name(tx, "contoso")?.expect("it is there");
        let stored = email_configurations::load(tx, organization)?.expect("it is there");
        assert!(stored.has_proxy_password);
        assert_eq!(stored.form, new_form());
        let run = runs::show(tx, &RunId("fixture".to_owned()))?.expect("it is there");
        assert_eq!(run.authentication.accepted.as_deref(), Some("NTLM"));
        let refused = refused_passwords::refused_at(tx, &[13; 32])?;
        assert_eq!(refused.as_deref(), Some(NOW));
        Ok(())
    })
    .await;
}

/// With a proxy, and a pinned certificate that is known.
fn new_form() -> EmailConfigurationForm {
    let certificate = CertificateInfo {
        subject: "CN=mail.contoso.com".to_owned(),
        sha256: "AB".repeat(32),
        ..CertificateInfo::default()
    };
    EmailConfigurationForm {
        tls_trust: TlsTrust::Pin {
            sha256: certificate.sha256.clone(),
            certificate: Some(Box::new(certificate)),
        },
        proxy: ProxySetting::Custom {
            address: "proxy.contoso.com:8080".to_owned(),
            user: Some("CONTOSO\\proxy".to_owned()),
        },
        ..EmailConfigurationForm::default()
    }
}

/// Writes the fixture of the newest schema: `cargo test -p store -- --ignored make_fixture`. Run it
/// once before a release that brings a migration, and commit the file under the new number.
#[tokio::test]
#[ignore = "writes a file into the repository"]
async fn make_fixture() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let db = Db::open(home.path()).expect("opens");
    write(&db, |tx| organizations::ensure_default(tx, NOW)).await;
    let (organization, _) = contoso(
        &db,
        &["anna@contoso.com", "ben@contoso.com", "canary@contoso.com"],
    )
    .await;
    write(&db, move |tx| {
        email_configurations::save(tx, organization, &new_form(), "one", NOW)?;
        email_configurations::set_proxy_password(tx, organization, true)?;
        refused_passwords::note(tx, &[13; 32], NOW)?;
        email_configurations::save(tx, organization, &modern_form(), "two", NOW)?;
        email_configurations::set_app_credential(tx, organization, &app_credential(), 3)?;
        sealed_secrets::store(tx, organization, SealedKind::Tokens, b"sealed", NOW)?;
        sign_ins::save(tx, organization, &sign_in())?;
        confirmed_hosts::confirm(tx, organization, &confirmed())?;
        exchange_names::save(tx, organization, &names())?;
        guide_steps::mark(tx, organization, &done(), NOW)?;
        let run = runs::create(tx, &new_run("fixture", Some(organization)))?;
        let by = contract::IdentifyBy::Smtp;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, by)?;
        run_results::record(
            tx,
            run,
            &[outcome(0, Verdict::Granted), outcome(1, Verdict::Refused)],
        )?;
        let finish = RunFinish {
            state: RunState::Complete,
            cause: None,
            message: None,
            finished_at: NOW.to_owned(),
            summary: Summary::default(),
            steps: Vec::new(),
            warnings: Vec::new(),
        };
        runs::finish(tx, run, &finish)?;
        let header = RunHeader {
            authentication: Some(RunAuthentication {
                accepted: Some("NTLM".to_owned()),
                ..RunAuthentication::default()
            }),
            ..RunHeader::default()
        };
        runs::update_header(tx, run, &header)?;
        let entry = NewActivity {
            at: NOW.to_owned(),
            changed_by: "anna".to_owned(),
            kind: "check_started".to_owned(),
            details: format!("{:?}", CheckScope::All),
            organization: Some(organization),
            organization_name: Some("Contoso".to_owned()),
            undo: None,
        };
        activity::append(tx, &entry, toy_hash)?;
        settings::save(tx, "theme", &"dark")?;
        let anna = users::page(
            tx,
            &UsersQuery {
                organization: Some(organization),
                filter: UsersFilter::default(),
                sort: contract::UsersSort::default(),
                direction: contract::SortDirection::default(),
                offset: 0,
                limit: 1,
            },
        )?;
        let cloud = MailboxLocation::ExchangeOnline;
        users::set_location(tx, anna.rows[0].id, cloud, None)
    })
    .await;
    drop(db);
    let source = home.path().join("understudy.db");
    let target = folder().join(format!("{:04}.db", version(&source)));
    assert!(
        !target.exists(),
        "a released fixture is never written again: {}",
        target.display()
    );
    let connection = Connection::open(&source).expect("opens");
    connection
        .execute("VACUUM INTO ?1", [target.to_str().expect("a plain path")])
        .expect("writes");
}
