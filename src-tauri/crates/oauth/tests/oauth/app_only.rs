//! The application by itself: secret, certificate, and files that hold neither.

use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::{
    Authority, Certificate, CertificateError, Cloud, Credential, Failure, Hidden, RefusalKind,
    Tenant, Wanted, app_only,
};
use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData as _,
};
use serde_json::{Value, json};

use crate::support::{CLIENT, HOST, Server, http, noon};

/// A certificate that is good until the end of 2027, and its key.
fn made(
    algorithm: &'static rcgen::SignatureAlgorithm,
    until: i32,
) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate_for(algorithm).unwrap();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters
        .distinguished_name
        .push(rcgen::DnType::CommonName, "Understudy");
    parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(until, 12, 31);
    let certificate = parameters.self_signed(&key).unwrap();
    (certificate, key)
}

fn granting(server: &Server) {
    server.script(|path, _| {
        (path == "/token").then(|| {
            (
                200,
                json!({"access_token": "a", "token_type": "Bearer", "expires_in": 3599}),
            )
        })
    });
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_of_another_type_than_bearer_is_not_taken() {
    for (said, taken) in [("bEARER", true), ("mac", false), ("DPoP", false)] {
        let server = Server::start().await;
        server.script(move |path, _| {
            let answer = json!({"access_token": "a", "token_type": said, "expires_in": 3599});
            (path == "/token").then_some((200, answer))
        });
        let authority = server.authority().await;
        let secret = Credential::Secret(Hidden::new("s3cret"));
        let wanted = Wanted::app_only(&authority, HOST);
        let got = app_only(&http(), &authority, CLIENT, &secret, &wanted).await;
        let refused = Err(Failure::OtherTokenType(said.to_lowercase()));
        if taken {
            assert!(got.is_ok(), "{said}: {got:?}");
        } else {
            assert_eq!(got, refused, "{said}");
        }
    }
}

#[tokio::test]
async fn a_secret_buys_a_token() {
    let server = Server::start().await;
    granting(&server);
    let authority = server.authority().await;
    let secret = Credential::Secret(Hidden::new("s3cret+/&"));
    let wanted = Wanted::app_only(&authority, HOST);
    let tokens = app_only(&http(), &authority, CLIENT, &secret, &wanted)
        .await
        .unwrap();
    assert_eq!(tokens.refresh, None);
    let form = server.posted("/token").pop().unwrap();
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["client_secret"], "s3cret+/&");
    assert_eq!(form["client_id"], CLIENT);
    assert_eq!(form["scope"], "https://mail.contoso.example/.default");
}

#[tokio::test]
async fn a_certificate_signs_for_one_endpoint_and_ten_minutes() {
    let server = Server::start().await;
    granting(&server);
    let authority = server.authority().await;
    let (certificate, key) = made(&PKCS_RSA_SHA256, 2027);
    let public = key.der_bytes().to_vec();
    let pem = format!("{}{}", key.serialize_pem(), certificate.pem());
    let credential = Credential::Certificate(Certificate::from_pem(pem.as_bytes()).unwrap());
    let wanted = Wanted::app_only(&authority, HOST);
    app_only(&http(), &authority, CLIENT, &credential, &wanted)
        .await
        .unwrap();
    app_only(&http(), &authority, CLIENT, &credential, &wanted)
        .await
        .unwrap();
    let mut forms = server.posted("/token");
    let form = forms.pop().unwrap();
    assert_eq!(
        form["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert!(!form.contains_key("client_secret"));
    let assertion = &form["client_assertion"];
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public);
    public.verify(signed.as_bytes(), &signature).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let (header, claims) = (decoded(header), decoded(claims));
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("PS256"), &json!("JWT"))
    );
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate.der());
    assert_eq!(header["x5t#S256"], URL_SAFE_NO_PAD.encode(sha256));
    assert_eq!(claims["aud"], format!("{}/token", server.origin()));
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!(CLIENT), &json!(CLIENT))
    );
    let now = noon().as_second();
    let at = |name: &str| claims[name].as_i64().unwrap() - now;
    assert_eq!((at("iat"), at("nbf")), (0, -30));
    assert!((300..=600).contains(&at("exp")), "{}", at("exp"));
    let other = forms.pop().unwrap();
    let other = decoded(other["client_assertion"].split('.').nth(1).unwrap());
    assert_ne!(claims["jti"], other["jti"], "an assertion is used once");
}

#[tokio::test]
async fn a_refused_secret_is_explained() {
    let server = Server::start().await;
    server.script(|path, _| {
        let refusal = json!({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."});
        (path == "/token").then_some((401, refusal))
    });
    let authority = server.authority().await;
    let secret = Credential::Secret(Hidden::new("id instead of value"));
    let wanted = Wanted::app_only(&authority, HOST);
    let refused = app_only(&http(), &authority, CLIENT, &secret, &wanted)
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, Failure::Refused(why) if why.kind == RefusalKind::Credential),
        "{refused:?}"
    );
    assert_eq!(
        refused.to_string(),
        "The secret was refused (7000215). (AADSTS7000215)"
    );
}

#[tokio::test]
async fn any_tenant_is_no_tenant() {
    for name in ["common", "organizations"] {
        let authority = Authority::entra(Cloud::Global, Tenant::parse(name).unwrap());
        let secret = Credential::Secret(Hidden::new("s"));
        let wanted = Wanted::app_only(&authority, "graph.microsoft.com");
        let refused = app_only(&http(), &authority, CLIENT, &secret, &wanted).await;
        assert!(
            matches!(refused, Err(Failure::NotOffered(_))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn an_expired_certificate_asks_nobody() {
    let server = Server::start().await;
    let authority = server.authority().await;
    let (certificate, key) = made(&PKCS_RSA_SHA256, 2025);
    let pem = format!("{}{}", certificate.pem(), key.serialize_pem());
    let certificate = Certificate::from_pem(pem.as_bytes()).unwrap();
    let wanted = Wanted::app_only(&authority, HOST);
    let refused = app_only(
        &http(),
        &authority,
        CLIENT,
        &Credential::Certificate(certificate),
        &wanted,
    )
    .await
    .unwrap_err();
    assert_eq!(refused.to_string(), "it expired on 2025-12-31");
    assert!(server.posted("/token").is_empty());
}

#[test]
fn a_pem_file_says_what_is_wrong_with_it() {
    let (certificate, key) = made(&PKCS_RSA_SHA256, 2027);
    let (_, other) = made(&PKCS_RSA_SHA256, 2027);
    let (curve, curve_key) = made(&PKCS_ECDSA_P256_SHA256, 2027);
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let read = |text: String| Certificate::from_pem(text.as_bytes()).map(|_| ());
    assert_eq!(read(certificate.pem()), Err(CertificateError::NoPrivateKey));
    assert_eq!(
        read(key.serialize_pem()),
        Err(CertificateError::NoCertificate)
    );
    assert_eq!(read(String::new()), Err(CertificateError::NoCertificate));
    assert_eq!(
        read(certificate.pem() + &other.serialize_pem()),
        Err(CertificateError::OtherKey)
    );
    assert_eq!(
        read(curve.pem() + &curve_key.serialize_pem()),
        Err(CertificateError::NotRsa)
    );
    assert_eq!(
        read(certificate.pem() + encrypted),
        Err(CertificateError::EncryptedPem)
    );
    let chain = curve.pem() + &certificate.pem() + &key.serialize_pem();
    let found = Certificate::from_pem(chain.as_bytes()).unwrap();
    assert_eq!(found.subject(), "CN=Understudy");
    assert_eq!(found.thumbprint().len(), 40);
    assert_eq!(found.not_after().to_string(), "2027-12-31T00:00:00Z");
    assert!(!format!("{found:?}").contains("PRIVATE"));
}

#[test]
fn a_pfx_file_says_what_is_wrong_with_it() {
    let (certificate, key) = made(&PKCS_RSA_SHA256, 2027);
    let pfx = pfx(&certificate, &key, "correct horse");
    let found = Certificate::from_pfx(&pfx, "correct horse").unwrap();
    let pem = certificate.pem() + &key.serialize_pem();
    assert_eq!(
        found.thumbprint(),
        Certificate::from_pem(pem.as_bytes()).unwrap().thumbprint()
    );
    let read = |pfx: &[u8], password: &str| Certificate::from_pfx(pfx, password).map(|_| ());
    assert_eq!(read(&pfx, "wrong"), Err(CertificateError::WrongPassword));
    assert!(matches!(
        read(b"no pfx", ""),
        Err(CertificateError::Unreadable(_))
    ));
}

fn pfx(certificate: &rcgen::Certificate, key: &KeyPair, password: &str) -> Vec<u8> {
    use p12_keystore::{KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
    let leaf = p12_keystore::Certificate::from_der(certificate.der()).unwrap();
    let key = PrivateKey::from_der(&key.serialize_der()).unwrap();
    let mut store = KeyStore::new();
    store.add_entry(
        "understudy",
        KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("1", key, [leaf])),
    );
    store.writer(password).write().unwrap()
}

/// Grants a token for a signature that is good by this clock, and refuses any other as Entra does.
fn granting_at(server: &Server, date: &'static str) {
    server.clock(date);
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date);
    let now = parsed.unwrap().as_second();
    server.script(move |path, form| {
        let claims = decoded(form.get("client_assertion")?.split('.').nth(1)?);
        let at = |name: &str| claims[name].as_i64().unwrap();
        let good = (at("nbf")..at("exp")).contains(&now);
        let said = "AADSTS700024: Client assertion is not within its valid time range.";
        (path == "/token").then(|| {
            if good {
                return (
                    200,
                    json!({"access_token": "a", "token_type": "Bearer", "expires_in": 3599}),
                );
            }
            (
                401,
                json!({"error": "invalid_client", "error_description": said}),
            )
        })
    });
}

#[tokio::test]
async fn a_clock_that_is_hours_off_signs_by_that_of_the_authority() {
    let (certificate, key) = made(&PKCS_RSA_SHA256, 2027);
    let pem = format!("{}{}", key.serialize_pem(), certificate.pem());
    let credential = Credential::Certificate(Certificate::from_pem(pem.as_bytes()).unwrap());
    // It is noon here.
    for (date, asked) in [
        ("Fri, 20 Nov 2026 12:00:20 GMT", 1),
        ("Fri, 20 Nov 2026 05:00:00 GMT", 2),
        ("Fri, 20 Nov 2026 19:00:00 GMT", 2),
    ] {
        let server = Server::start().await;
        granting_at(&server, date);
        let authority = server.authority().await;
        let wanted = Wanted::app_only(&authority, HOST);
        let tokens = app_only(&http(), &authority, CLIENT, &credential, &wanted).await;
        let tokens = tokens.expect(date);
        assert_eq!(server.posted("/token").len(), asked, "{date}");
        let left = tokens.expires_at.duration_since(noon());
        assert_eq!(left.as_secs(), 3_599, "by the clock here, {date}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_of_the_clock_is_final() {
    let (certificate, key) = made(&PKCS_RSA_SHA256, 2027);
    let pem = format!("{}{}", key.serialize_pem(), certificate.pem());
    let credential = Credential::Certificate(Certificate::from_pem(pem.as_bytes()).unwrap());
    let server = Server::start().await;
    server.clock("Fri, 20 Nov 2026 12:00:20 GMT");
    server.script(|path, _| {
        (path == "/token").then(|| {
            let said =
                "AADSTS700027: The certificate with identifier used to sign is not registered.";
            (
                401,
                json!({"error": "invalid_client", "error_description": said}),
            )
        })
    });
    let authority = server.authority().await;
    let wanted = Wanted::app_only(&authority, HOST);
    let refused = app_only(&http(), &authority, CLIENT, &credential, &wanted).await;
    assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
    assert_eq!(server.posted("/token").len(), 1);
}
