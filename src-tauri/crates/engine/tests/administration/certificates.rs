//! CA files: what is trusted and what is refused before it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    CertificateInfo, Code, EmailConfigurationForm, FieldLevel, PasswordChange, ReadCertificate,
    TlsTrust,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

use crate::support::{World, form, refused, save};

fn ca(until: (i32, u8, u8)) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["ca.contoso.com".to_owned()]).expect("a name");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until.0, until.1, until.2);
    (
        params.self_signed(&key).expect("signed").pem(),
        key.serialize_pem(),
    )
}

fn file(bytes: &[u8]) -> ReadCertificate {
    ReadCertificate {
        name: "ca.pem".to_owned(),
        base64: STANDARD.encode(bytes),
    }
}

#[tokio::test]
async fn a_ca_is_shown_before_it_is_trusted() {
    let world = World::new().await;
    let (pem, _) = ca((2036, 1, 1));
    let found = world
        .engine
        .certificate_read(file(pem.as_bytes()))
        .await
        .expect("read");
    assert_eq!(found.len(), 1);
    assert!(found[0].is_ca && found[0].names == ["ca.contoso.com"]);
    assert_eq!(found[0].not_after, "2036-01-01T00:00:00Z");
    let again = found[0].pem.clone().expect("PEM");
    let same = world
        .engine
        .certificate_read(file(again.as_bytes()))
        .await
        .expect("read again");
    assert_eq!(
        same[0].sha256, found[0].sha256,
        "the PEM handed out is the certificate"
    );
}

#[tokio::test]
async fn what_cannot_be_trusted_is_refused_and_not_saved() {
    let world = World::new().await;
    let id = world.default_organization().await;
    let (expired, _) = ca((2026, 11, 3));
    let (good, key) = ca((2036, 1, 1));
    let with_key = format!("{good}{key}");
    for (pem, said) in [
        (expired.as_str(), "This CA expired on 3 Nov 2026."),
        (
            "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
            "No certificate found in this file.",
        ),
        ("not a certificate", "No certificate found in this file."),
        (
            with_key.as_str(),
            "This file contains a private key. Give the certificate alone.",
        ),
    ] {
        let answer = refused(world.engine.certificate_read(file(pem.as_bytes())).await);
        assert_eq!((answer.0, answer.1.as_str()), (Code::BadCertificate, said));
        let mut form = form();
        form.tls_trust = TlsTrust::Ca {
            pem: pem.to_owned(),
            name: "ca.pem".to_owned(),
        };
        let ask = PasswordChange::Ask { password: None };
        let answer = refused(
            world
                .engine
                .email_configuration_save(save(id, form, ask))
                .await,
        );
        assert_eq!(
            answer,
            (Code::Invalid, said.to_owned(), Some("tlsTrust".to_owned()))
        );
    }
    let shown = world
        .engine
        .email_configuration_show(contract::OrganizationRef { organization: id })
        .await;
    assert!(!shown.expect("shown").saved);
    assert!(world.kinds().await.is_empty());
}

#[tokio::test]
async fn a_certificate_that_is_no_ca_is_a_warning() {
    let world = World::new().await;
    let organization = world.default_organization().await;
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["mail.contoso.com".to_owned()]).expect("a name");
    let pem = leaf.self_signed(&key).expect("signed").pem();
    let mut form = form();
    form.tls_trust = TlsTrust::Ca {
        pem,
        name: "leaf.pem".to_owned(),
    };
    let request = contract::ValidateEmailConfiguration {
        organization,
        form,
        password_typed: true,
        password_outer_spaces: false,
        ask_each_time: false,
        app_credential_given: false,
    };
    let told = world
        .engine
        .email_configuration_validate(request)
        .await
        .expect("validated");
    let about: Vec<FieldLevel> = told
        .iter()
        .filter(|m| m.field == "tlsTrust")
        .map(|m| m.level)
        .collect();
    assert_eq!(about, [FieldLevel::Warning]);
}

fn pin(sha256: &str, said_of: Option<&str>) -> EmailConfigurationForm {
    let certificate = said_of.map(|sha256| {
        Box::new(CertificateInfo {
            subject: "CN=mail.contoso.com".to_owned(),
            issuer: "CN=Contoso CA".to_owned(),
            sha256: sha256.to_owned(),
            ..CertificateInfo::default()
        })
    });
    EmailConfigurationForm {
        tls_trust: TlsTrust::Pin {
            sha256: sha256.to_owned(),
            certificate,
        },
        ..form()
    }
}

#[tokio::test]
async fn a_pin_keeps_what_was_known_of_its_certificate() {
    let world = World::new().await;
    let id = world.default_organization().await;
    let (one, other) = ("ab".repeat(32), "cd".repeat(32));
    let saved = async |form| {
        let ask = PasswordChange::Ask { password: None };
        let answer = world.engine.email_configuration_save(save(id, form, ask));
        match answer.await.expect("saved").configuration.form.tls_trust {
            TlsTrust::Pin {
                sha256,
                certificate,
            } => (sha256, certificate.map(|known| known.subject)),
            trust => panic!("{trust:?}"),
        }
    };
    let subject = Some("CN=mail.contoso.com".to_owned());
    let upper = one.to_uppercase();
    let known = saved(pin(&one, Some(&upper))).await;
    assert_eq!(known, (upper.clone(), subject.clone()));
    let again = saved(pin(&one, None)).await;
    assert_eq!(again, (upper, subject), "the same pin, typed");
    let changed = saved(pin(&other, Some(&one))).await;
    assert_eq!(
        changed,
        (other.to_uppercase(), None),
        "what is said of another certificate goes"
    );

    let page = world
        .engine
        .activity_page(contract::ActivityQuery::default())
        .await
        .expect("a page");
    let pinned: Vec<&str> = page
        .rows
        .iter()
        .filter(|row| row.kind == "certificate_pinned")
        .map(|row| row.details.as_str())
        .collect();
    assert_eq!(
        pinned,
        [
            format!(
                "Pinned the certificate with SHA-256 {}.",
                other.to_uppercase()
            ),
            format!(
                "Pinned the certificate of CN=mail.contoso.com, issued by CN=Contoso CA, SHA-256 {}.",
                one.to_uppercase()
            ),
        ]
    );
}
