//! Logging on with OAuth tokens: what is taken, what is refused and in which words, and where a
//! server says that tokens come from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use exchange_sim::{
    Account, AccountState, BearerRules, Bind, Build, Certificate, Fault, HttpAnswer, ModernAuth,
    Options, Role, Scheme, SigningKeys, Simulator, TokenClaims, TokenMint, What, When,
};
use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};

use crate::client::{Reply, http, inbox_of, own_inbox, simulator};

const ISSUER: &str = "https://sts.example/0f0f0f0f/";
const USER: &str = "svc-ews@contoso.com";

pub(crate) fn mint() -> TokenMint {
    TokenMint::new(ISSUER).expect("the system has keys")
}

/// A server that takes the tokens of this mint.
pub(crate) async fn server(rules: BearerRules) -> Simulator {
    simulator(Options {
        offered: vec!["Negotiate".to_owned(), "NTLM".to_owned()],
        bearer: Some(rules.issuer(ISSUER)),
        ..Options::default()
    })
    .await
}

/// An hour for the service account at this host.
fn delegated() -> TokenClaims {
    TokenClaims::delegated(USER, "https://localhost/")
}

pub(crate) async fn with(simulator: &Simulator, token: &str, body: &str) -> Reply {
    let authorization = format!("Bearer {token}");
    http(simulator).await.post(Some(&authorization), body).await
}

/// The id in `x-ms-diagnostics`.
pub(crate) fn diagnosis(reply: &Reply) -> &str {
    let value = reply.header("x-ms-diagnostics").unwrap_or_default();
    value.split(';').next().unwrap_or_default()
}

#[tokio::test]
async fn a_delegated_token_opens_what_its_user_may_impersonate() {
    let mint = mint();
    let simulator = server(BearerRules::new(mint.keys())).await;
    let token = mint.sign(&delegated());
    with(&simulator, &token, &inbox_of("user1@contoso.com"))
        .await
        .has(200, "NoError");
    with(&simulator, &token, &own_inbox())
        .await
        .has(200, "NoError");
    let pss = mint.sign(&TokenClaims {
        pss: true,
        ..delegated()
    });
    with(&simulator, &pss, &inbox_of("user2@contoso.com"))
        .await
        .has(200, "NoError");
    simulator.update(|options| options.accounts[0].role = Role::None);
    with(&simulator, &token, &inbox_of("user1@contoso.com"))
        .await
        .has(500, "ErrorImpersonateUserDenied");
    let counters = simulator.counters();
    assert_eq!(counters.log_ons.accepted[&Scheme::Bearer], 4);
    assert_eq!(counters.log_ons_refused, 0);
}

#[tokio::test]
async fn each_fault_of_a_token_is_refused_in_its_own_words() {
    let mint = mint();
    let rules = BearerRules {
        tenant: Some("0f0f0f0f-1111-4222-8333-444444444444".to_owned()),
        modern_auth_blocked: ["Blocked@contoso.com".to_owned()].into(),
        ..BearerRules::new(mint.keys())
    };
    let simulator = server(rules).await;
    let ok = delegated();
    let other = |more: Value| TokenClaims {
        more: more.as_object().expect("an object").clone(),
        ..ok.clone()
    };
    let cases = [
        (
            401,
            "2000002",
            TokenClaims {
                ends_in: -301,
                ..ok.clone()
            },
        ),
        (
            401,
            "2000001",
            TokenClaims {
                begins_in: 400,
                ..ok.clone()
            },
        ),
        (
            401,
            "2000001",
            other(json!({"iss": "https://sts.example/other/"})),
        ),
        (401, "2000001", other(json!({"exp": null}))),
        (401, "2000001", other(json!({"exp": "soon"}))),
        (401, "2000004", other(json!({"tid": "9"}))),
        (
            401,
            "2000003",
            other(json!({"aud": "https://mail.fabrikam.com/"})),
        ),
        (
            401,
            "2000003",
            other(json!({"aud": "https://localhost.fabrikam.com/"})),
        ),
        (401, "2000003", other(json!({"aud": null}))),
        (401, "2000005", other(json!({"upn": "nobody@contoso.com"}))),
        (401, "4000000", other(json!({"upn": "blocked@contoso.com"}))),
        (403, "2000008", other(json!({"scp": "Mail.Read openid"}))),
        (
            403,
            "2000008",
            other(json!({"scp": "EWS.AccessAsUser.AllOfIt"})),
        ),
        (401, "2000008", other(json!({"scp": null}))),
    ];
    for (status, id, claims) in cases {
        let reply = with(&simulator, &mint.sign(&claims), &own_inbox()).await;
        assert_eq!(
            (reply.status(), diagnosis(&reply)),
            (status, id),
            "{claims:?}: {reply:?}"
        );
        let challenge = reply.headers("www-authenticate");
        if status == 401 {
            assert!(
                challenge[0].starts_with("Bearer client_id="),
                "{challenge:?}"
            );
            assert!(
                challenge[0].ends_with("error=\"invalid_token\""),
                "{challenge:?}"
            );
            assert_eq!(challenge[1..], ["Negotiate", "NTLM"]);
        } else {
            assert!(challenge.is_empty(), "there is nothing to log on for");
        }
    }
    let counters = simulator.counters();
    assert_eq!(counters.log_ons.refused[&Scheme::Bearer], 14);
    assert_eq!(counters.log_ons_ok, 0);
}

#[tokio::test]
async fn dates_are_missed_by_the_skew_and_no_more() {
    let mint = mint();
    let simulator = server(BearerRules::new(mint.keys())).await;
    let late = mint.sign(&TokenClaims {
        ends_in: -240,
        ..delegated()
    });
    with(&simulator, &late, &own_inbox())
        .await
        .has(200, "NoError");
    let token = mint.sign(&delegated());
    simulator.update(|options| options.clock_skew = 4_000);
    let reply = with(&simulator, &token, &own_inbox()).await;
    assert_eq!(diagnosis(&reply), "2000002", "the server's clock is ahead");
}

#[tokio::test]
async fn no_token_is_taken_that_another_key_signed_or_none() {
    let (own, stranger) = (mint(), mint());
    let simulator = server(BearerRules::new(own.keys())).await;
    let good = own.sign(&delegated());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("three parts");
    };
    let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = encoded(json!({"alg": "none", "typ": "JWT"}));
    let hmac = encoded(json!({"alg": "HS256", "typ": "JWT"}));
    let other = encoded(json!({"upn": "user1@contoso.com", "exp": 4_000_000_000_u32}));
    for forged in [
        stranger.sign(&delegated()),
        format!("{header}.{claims}."),
        format!("{header}.{other}.{signature}"),
        format!("{hmac}.{claims}.{signature}"),
        format!("{none}.{claims}."),
        format!("{none}.{claims}"),
        "not-a-token".to_owned(),
    ] {
        let reply = with(&simulator, &forged, &own_inbox()).await;
        assert_eq!(reply.status(), 401, "{forged}");
        let id = diagnosis(&reply);
        assert!(["2000000", "2000001"].contains(&id), "{forged}: {id}");
    }
    assert!(simulator.counters().tokens.is_empty(), "none was verified");
    with(&simulator, &good, &own_inbox())
        .await
        .has(200, "NoError");
}

/// Keys and token of a provider that shares nothing with the simulator: written and signed by hand.
#[tokio::test]
async fn takes_a_token_that_was_signed_elsewhere() {
    let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key");
    let (modulus, exponent) = components(pair.der_bytes());
    let jwks = json!({"keys": [
        {"kty": "EC", "crv": "P-256", "kid": "other", "x": "AA", "y": "AA"},
        {"kty": "RSA", "use": "sig", "kid": "mine", "x5t": "mine", "n": modulus, "e": exponent},
    ]});
    let simulator = server(BearerRules::new(SigningKeys::Given(jwks.to_string()))).await;
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "mine", "x5t": "mine"});
    let claims = json!({
        "iss": ISSUER, "aud": ["https://LOCALHOST"], "exp": 4_000_000_000_u32,
        "scp": "user_impersonation EWS.AccessAsUser.All", "unique_name": USER, "uti": "u-1",
    });
    let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = pair.sign(signed.as_bytes()).expect("a signature");
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    with(&simulator, &token, &inbox_of("user1@contoso.com"))
        .await
        .has(200, "NoError");
    assert_eq!(simulator.counters().tokens[0].id, "u-1");
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 appendix A.1.1) of 2,048 bits, in base64url.
fn components(der: &[u8]) -> (String, String) {
    let start = der
        .windows(5)
        .position(|window| window == [2, 0x82, 1, 1, 0])
        .expect("the modulus is an INTEGER of 257 bytes")
        + 5;
    let (modulus, rest) = der[start..].split_at(256);
    assert_eq!(rest[..2], [2, 3], "the exponent is an INTEGER of 3 bytes");
    (
        URL_SAFE_NO_PAD.encode(modulus),
        URL_SAFE_NO_PAD.encode(&rest[2..5]),
    )
}

#[tokio::test]
async fn keys_are_read_from_the_provider_and_again_when_it_has_a_new_one() {
    let (first, second) = (mint(), mint());
    let provider = simulator(Options {
        bind: Bind::Https(Certificate::Ca),
        ..Options::default()
    })
    .await;
    let says = |jwks: &str| {
        provider.forget_faults();
        let answer = HttpAnswer::status(200).body("application/json", jwks);
        provider.plan(Fault::always(
            When::Path("/discovery/keys".to_owned()),
            What::Http(answer),
        ));
    };
    says(first.jwks());
    let keys = SigningKeys::Url {
        url: provider
            .ews_url()
            .replace("/EWS/Exchange.asmx", "/discovery/keys"),
        ca_pem: provider.ca_pem().map(str::to_owned),
    };
    let simulator = server(BearerRules::new(keys)).await;
    let token = first.sign(&delegated());
    for _ in 0..3 {
        with(&simulator, &token, &own_inbox())
            .await
            .has(200, "NoError");
    }
    assert_eq!(provider.counters().requests, 1, "keys are remembered");
    let rolled = second.sign(&delegated());
    let reply = with(&simulator, &rolled, &own_inbox()).await;
    assert_eq!(diagnosis(&reply), "2000000", "asked, and not known there");
    says(second.jwks());
    with(&simulator, &rolled, &own_inbox())
        .await
        .has(200, "NoError");
    assert_eq!(provider.counters().requests, 3);
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_an_error_of_the_server() {
    let mint = mint();
    for (url, word) in [
        ("http://localhost:1/keys", "could not connect"),
        ("http://192.0.2.1/keys", "no address on loopback"),
        (
            "https://login.microsoftonline.com/keys",
            "no address on loopback",
        ),
    ] {
        let keys = SigningKeys::Url {
            url: url.to_owned(),
            ca_pem: None,
        };
        let simulator = server(BearerRules::new(keys)).await;
        let reply = with(&simulator, &mint.sign(&delegated()), &own_inbox()).await;
        let diagnostics = reply.header("x-ms-diagnostics").unwrap_or_default();
        assert!(diagnostics.starts_with("2000007;"), "{diagnostics}");
        assert!(diagnostics.contains(word), "{diagnostics}");
    }
}

#[tokio::test]
async fn an_empty_bearer_is_told_where_tokens_come_from() {
    let mint = mint();
    let simulator = server(BearerRules {
        modern_auth: ModernAuth::entra_at("https://login.example/t1/oauth2/authorize", "t1"),
        ..BearerRules::new(mint.keys())
    })
    .await;
    let mut client = http(&simulator).await;
    let anonymous = client.post(None, "").await;
    assert_eq!(
        anonymous.headers("www-authenticate"),
        ["Negotiate", "NTLM"],
        "an SE server says nothing of tokens to the anonymous"
    );
    for line in ["POST /EWS/Exchange.asmx", "GET /EWS/Exchange.asmx"] {
        let reply = client.send(line, "Authorization: Bearer\r\n", "").await;
        assert_eq!(reply.status(), 401);
        assert_eq!(
            reply.headers("www-authenticate"),
            [
                "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", \
                 trusted_issuers=\"00000001-0000-0000-c000-000000000000@t1\", \
                 token_types=\"app_asserted_user_v1 service_asserted_app_v1\", \
                 authorization_uri=\"https://login.example/t1/oauth2/authorize\", \
                 issuer_kind=\"AzureAD\"",
                "Negotiate",
                "NTLM"
            ]
        );
        assert_eq!(reply.header("x-ms-diagnostics"), None);
    }
    assert!(!simulator.received_credentials(), "there was none in it");
    simulator.update(|options| {
        let rules = options.bearer.as_mut().expect("tokens are taken");
        rules.modern_auth = ModernAuth::adfs("https://adfs.contoso.com/");
    });
    let line = challenge(&simulator).await;
    assert!(line.contains("authorization_uri=\"https://adfs.contoso.com/adfs/oauth2/authorize\""));
    assert!(line.contains("issuer_kind=\"ADFS\""), "{line}");
    simulator.update(|options| {
        let rules = options.bearer.as_mut().expect("tokens are taken");
        rules.modern_auth = ModernAuth::Off;
    });
    let line = challenge(&simulator).await;
    assert!(line.starts_with("Bearer client_id="), "{line}");
    assert!(!line.contains("authorization_uri"), "{line}");
    simulator.update(|options| options.bearer = None);
    assert_eq!(
        challenge(&simulator).await,
        "Negotiate",
        "no token is taken"
    );
}

/// The first challenge to an empty Bearer.
async fn challenge(simulator: &Simulator) -> String {
    let reply = http(simulator).await.post(Some("Bearer"), "").await;
    let first = reply.headers("www-authenticate");
    first.first().copied().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn older_servers_and_exchange_online_tell_everybody() {
    let mint = mint();
    for (build, online, told) in [
        (Build::EXCHANGE_2016, false, true),
        (Build::new(15, 2, 1_118, 7), false, true),
        (Build::EXCHANGE_2019, false, false),
        (Build::SE, true, true),
    ] {
        let rules = if online {
            BearerRules::online(mint.keys())
        } else {
            BearerRules::new(mint.keys())
        };
        let simulator = server(rules).await;
        simulator.update(|options| options.build = build);
        let reply = http(&simulator).await.post(None, "").await;
        let first = reply.headers("www-authenticate")[0];
        assert_eq!(first.starts_with("Bearer "), told, "{build}: {first}");
        assert!(!first.contains("issuer_kind"), "{build}: {first}");
    }
}

#[tokio::test]
async fn the_account_behind_a_token_may_be_out_of_order() {
    let mint = mint();
    let simulator = server(BearerRules::new(mint.keys())).await;
    let token = mint.sign(&delegated());
    simulator.update(|options| {
        options.accounts = vec![Account {
            state: AccountState::Disabled,
            ..Account::default()
        }];
    });
    with(&simulator, &token, &own_inbox())
        .await
        .has(500, "ErrorAccountDisabled");
}

#[tokio::test]
async fn every_token_is_counted_and_can_be_let_run_out() {
    let mint = mint();
    let simulator = server(BearerRules::new(mint.keys())).await;
    let named = |id: &str| TokenClaims {
        id: Some(id.to_owned()),
        ..delegated()
    };
    let first = mint.sign(&named("t-1"));
    let mut client = http(&simulator).await;
    let value = format!("Bearer {first}");
    for _ in 0..2 {
        client
            .post(Some(&value), &own_inbox())
            .await
            .has(200, "NoError");
    }
    simulator.expire_tokens();
    let reply = client.post(Some(&value), &own_inbox()).await;
    assert_eq!((reply.status(), diagnosis(&reply)), (401, "2000002"));
    let second = mint.sign(&named("t-2"));
    with(&simulator, &second, &own_inbox())
        .await
        .has(200, "NoError");
    let uses = simulator.counters().tokens;
    let seen: Vec<_> = uses
        .iter()
        .map(|token| {
            (
                token.id.as_str(),
                token.caller.as_str(),
                token.accepted,
                token.refused,
            )
        })
        .collect();
    assert_eq!(seen, [("t-1", USER, 2, 1), ("t-2", USER, 1, 0)]);
}
