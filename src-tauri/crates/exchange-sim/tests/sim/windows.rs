//! NTLM and Negotiate: who is let in, who is not, and what is counted.

use exchange_sim::{
    Account, Bind, Binding, Certificate, ExtendedProtection, Leg, Options, RefusedFor, Scheme,
    Simulator,
};
use sha2::{Digest as _, Sha256};

use crate::client::{http, inbox_of, own_inbox, service, simulator, tls};
use crate::windows_client::{
    LogOn, Mic, SERVICE, authenticate, binding, log_on, negotiate, token, value,
};

/// A stock server over plain HTTP.
pub(crate) fn stock() -> Options {
    Options {
        offered: vec!["Negotiate".to_owned(), "NTLM".to_owned()],
        ..Options::default()
    }
}

async fn refused(server: &Simulator, who: &LogOn<'_>) -> RefusedFor {
    let before = server.counters().log_ons.refused_for;
    let reply = log_on(&mut http(server).await, "NTLM", who, &own_inbox()).await;
    assert_eq!(reply.status(), 401, "{reply:?}");
    assert_eq!(reply.headers("www-authenticate"), ["Negotiate", "NTLM"]);
    let after = server.counters().log_ons.refused_for;
    let mut grown = after
        .into_iter()
        .filter(|(reason, count)| before.get(reason).copied().unwrap_or(0) + 1 == *count);
    let (reason, _) = grown.next().expect("a refusal was counted");
    assert_eq!(grown.next(), None, "and no more than one");
    reason
}

#[tokio::test]
async fn three_legs_log_a_connection_on() {
    for (scheme, counted) in [("NTLM", Scheme::Ntlm), ("Negotiate", Scheme::Negotiate)] {
        let server = simulator(stock()).await;
        let mut client = http(&server).await;
        let anonymous = client.post(None, &own_inbox()).await;
        assert_eq!(anonymous.headers("www-authenticate"), ["Negotiate", "NTLM"]);
        assert_eq!(anonymous.header("x-owa-version"), Some("15.2.2562.17"));
        let challenge = client.post(Some(&negotiate(scheme)), "").await;
        challenge.has(401, "Not Authorized");
        assert_eq!(challenge.headers("www-authenticate").len(), 1);
        assert!(
            challenge.body.len() > 300,
            "a page to be read to its end: {challenge:?}"
        );
        let last = authenticate(&SERVICE, &token(&challenge, scheme));
        let reply = client
            .post(Some(&value(scheme, &last)), &inbox_of("user1@contoso.com"))
            .await;
        reply.has(200, "NoError");
        assert_eq!(reply.header("persistent-auth"), Some("true"));
        for _ in 0..3 {
            let reply = client.post(None, &inbox_of("user2@contoso.com")).await;
            reply.has(200, "NoError");
        }
        let counters = server.counters();
        assert_eq!((counters.log_ons_ok, counters.log_ons_refused), (1, 0));
        assert_eq!((counters.connections, counters.anonymous), (1, 1));
        assert_eq!(counters.log_ons.accepted[&counted], 1);
        assert_eq!(counters.log_ons.negotiates, 1);
        assert_eq!(counters.log_ons.last_binding, Some(Binding::Absent));
        assert_eq!(counters.log_ons.per_connection[&1], 1);
        let legs: Vec<Leg> = counters.requests_log.iter().map(|r| r.leg).collect();
        assert_eq!(
            legs[..4],
            [
                Leg::Anonymous,
                Leg::Negotiate,
                Leg::Authenticate,
                Leg::LoggedOn
            ]
        );
    }
}

#[tokio::test]
async fn a_log_on_belongs_to_one_connection() {
    let server = simulator(stock()).await;
    let (mut one, mut other) = (http(&server).await, http(&server).await);
    let challenge = one.post(Some(&negotiate("NTLM")), "").await;
    let last = value("NTLM", &authenticate(&SERVICE, &token(&challenge, "NTLM")));
    other.post(Some(&last), &own_inbox()).await.has(401, "");
    one.post(Some(&last), &own_inbox())
        .await
        .has(200, "NoError");
    other.post(None, &own_inbox()).await.has(401, "");
    one.post(Some(&last), &own_inbox()).await.has(401, "");
    one.post(None, &own_inbox()).await.has(401, "");
    let counters = server.counters();
    assert_eq!(
        counters.log_ons.refused_for[&RefusedFor::Token],
        2,
        "on the other connection, and once more on its own"
    );
    log_on(&mut one, "NTLM", &SERVICE, &own_inbox())
        .await
        .has(200, "NoError");
    assert_eq!(server.counters().log_ons.per_connection[&1], 2);
}

#[tokio::test]
async fn a_challenge_is_lost_by_whatever_is_not_its_answer() {
    let server = simulator(stock()).await;
    let mut client = http(&server).await;
    let challenge = client.post(Some(&negotiate("NTLM")), "").await;
    let last = authenticate(&SERVICE, &token(&challenge, "NTLM"));
    let other = client
        .post(Some(&value("Negotiate", &last)), &own_inbox())
        .await;
    other.has(401, "");
    let wrong = LogOn {
        password: "wrong",
        ..SERVICE
    };
    let challenge = client.post(Some(&negotiate("NTLM")), "").await;
    let message = token(&challenge, "NTLM");
    for who in [&wrong, &SERVICE] {
        let last = value("NTLM", &authenticate(who, &message));
        let reply = client.post(Some(&last), &own_inbox()).await;
        assert_eq!(reply.status(), 401, "a challenge is good for one answer");
    }
    let challenge = client.post(Some(&negotiate("NTLM")), "").await;
    let last = authenticate(&SERVICE, &token(&challenge, "NTLM"));
    client.post(None, &own_inbox()).await.has(401, "");
    client
        .post(Some(&value("NTLM", &last)), &own_inbox())
        .await
        .has(401, "");
}

#[tokio::test]
async fn names_come_in_two_forms_and_any_case() {
    let server = simulator(stock()).await;
    for (domain, user, accepted) in [
        ("CONTOSO", "svc-ews", true),
        ("contoso", "SVC-Ews", true),
        ("Contoso.com", "svc-ews", true),
        ("", "svc-ews@contoso.com", true),
        ("", "SVC-EWS@Contoso.COM", true),
        ("CONTOSO", "svc-ews@contoso.com", false),
        ("", "svc-ews", false),
        ("", "CONTOSO\\svc-ews", false),
        ("FABRIKAM", "svc-ews", false),
        ("CONTOSO", "nobody", false),
    ] {
        let who = LogOn {
            domain,
            user,
            ..SERVICE
        };
        if accepted {
            let reply = log_on(&mut http(&server).await, "NTLM", &who, &own_inbox()).await;
            assert_eq!(reply.status(), 200, "{domain:?} {user:?}");
        } else {
            let reason = refused(&server, &who).await;
            assert_eq!(reason, RefusedFor::Password, "{domain:?} {user:?}");
        }
    }
}

#[tokio::test]
async fn names_and_passwords_need_not_be_ascii() {
    let server = simulator(Options {
        accounts: vec![Account {
            logons: vec!["CONTOSO\\jörg-é".to_owned()],
            password: "Pässwörd €42 \u{1f511}".to_owned(),
            ..Account::default()
        }],
        ..stock()
    })
    .await;
    let who = LogOn {
        user: "JÖRG-É",
        password: "Pässwörd €42 \u{1f511}",
        ..SERVICE
    };
    log_on(&mut http(&server).await, "NTLM", &who, &own_inbox())
        .await
        .has(200, "NoError");
    let who = LogOn {
        password: "Passwörd €42 \u{1f511}",
        ..who
    };
    assert_eq!(refused(&server, &who).await, RefusedFor::Password);
}

#[tokio::test]
async fn each_refusal_has_its_reason() {
    let server = simulator(stock()).await;
    let wrong = LogOn {
        password: "practice-Pa55!",
        ..SERVICE
    };
    assert_eq!(refused(&server, &wrong).await, RefusedFor::Password);
    let old = LogOn {
        version_1: true,
        mic: Mic::None,
        ..SERVICE
    };
    assert_eq!(refused(&server, &old).await, RefusedFor::NtlmV1);
    let altered = LogOn {
        mic: Mic::Wrong,
        ..SERVICE
    };
    assert_eq!(refused(&server, &altered).await, RefusedFor::Mic);
    let without = LogOn {
        mic: Mic::None,
        ..SERVICE
    };
    log_on(&mut http(&server).await, "NTLM", &without, &own_inbox())
        .await
        .has(200, "NoError");
    let mut client = http(&server).await;
    client
        .post(Some(&service()), &own_inbox())
        .await
        .has(401, "");
    for nonsense in ["NTLM", "NTLM !!", "NTLM TlRMTVNTUAAC", "Negotiate YQ=="] {
        client.post(Some(nonsense), &own_inbox()).await.has(401, "");
    }
    let log_ons = server.counters().log_ons;
    assert_eq!(
        log_ons.refused_for[&RefusedFor::Scheme],
        1,
        "Basic is not offered"
    );
    assert_eq!(log_ons.refused_for[&RefusedFor::Token], 4);
    assert_eq!(log_ons.refused[&Scheme::Ntlm], 6);
    assert_eq!(server.counters().log_ons_refused, 8);
}

#[tokio::test]
async fn refused_passwords_and_bindings_lock_the_account() {
    for (scheme, wrong) in [
        (
            "NTLM",
            LogOn {
                password: "wrong",
                ..SERVICE
            },
        ),
        (
            "Negotiate",
            LogOn {
                binding: Some([9; 16]),
                ..SERVICE
            },
        ),
    ] {
        let server = simulator(Options {
            lock_out_after: Some(2),
            ..stock()
        })
        .await;
        let mut client = http(&server).await;
        for _ in 0..2 {
            log_on(&mut client, scheme, &wrong, &own_inbox())
                .await
                .has(401, "");
        }
        log_on(&mut client, scheme, &SERVICE, &own_inbox())
            .await
            .has(401, "locked out");
        assert_eq!(
            server.counters().log_ons.refused_for[&RefusedFor::LockedOut],
            1
        );
        server.unlock_accounts();
        log_on(&mut client, scheme, &SERVICE, &own_inbox())
            .await
            .has(200, "NoError");
    }
}

#[tokio::test]
async fn a_changed_password_counts_for_new_log_ons() {
    let server = simulator(stock()).await;
    let mut old = http(&server).await;
    log_on(&mut old, "NTLM", &SERVICE, &own_inbox())
        .await
        .has(200, "NoError");
    let mut half_way = http(&server).await;
    let challenge = half_way.post(Some(&negotiate("NTLM")), "").await;
    server.update(|options| "Another-Pa55!".clone_into(&mut options.accounts[0].password));
    let last = authenticate(&SERVICE, &token(&challenge, "NTLM"));
    half_way
        .post(Some(&value("NTLM", &last)), &own_inbox())
        .await
        .has(401, "");
    old.post(None, &own_inbox()).await.has(200, "NoError");
}

async fn bound(server: &Simulator, binding: Option<[u8; 16]>) -> (u16, Option<Binding>) {
    let mut client = tls(server, server.ca_pem())
        .await
        .expect("the CA is trusted");
    let who = LogOn { binding, ..SERVICE };
    let reply = log_on(&mut client, "Negotiate", &who, &own_inbox()).await;
    (reply.status(), server.counters().log_ons.last_binding)
}

#[tokio::test]
async fn extended_protection_judges_the_binding_at_each_level() {
    for (level, expected) in [
        (ExtendedProtection::None, [200, 200, 200, 200]),
        (ExtendedProtection::Allow, [200, 200, 401, 401]),
        (ExtendedProtection::Require, [401, 200, 401, 401]),
    ] {
        let server = simulator(Options {
            bind: Bind::Https(Certificate::Ca),
            extended_protection: level,
            ..stock()
        })
        .await;
        let right = binding(&Sha256::digest(server.certificate_der().unwrap()));
        let wrong = binding(&Sha256::digest(b"another certificate"));
        let sent = [None, Some(right), Some(wrong), Some([0; 16])];
        let kinds = [
            Binding::Absent,
            Binding::Right,
            Binding::Wrong,
            Binding::Zero,
        ];
        for ((sent, kind), status) in sent.into_iter().zip(kinds).zip(expected) {
            assert_eq!(
                bound(&server, sent).await,
                (status, Some(kind)),
                "{level:?} {kind:?}"
            );
        }
        let refused = server.counters().log_ons.refused_for;
        let expected = expected.iter().filter(|&&status| status == 401).count();
        assert_eq!(
            refused.get(&RefusedFor::Binding).copied().unwrap_or(0),
            expected as u64
        );
    }
}

#[tokio::test]
async fn behind_a_proxy_that_inspects_tls_the_right_binding_is_another() {
    let proxy = simulator(Options {
        bind: Bind::Https(Certificate::Ca),
        ..stock()
    })
    .await;
    let server = simulator(Options {
        bind: Bind::Https(Certificate::Ca),
        channel_certificate: proxy.certificate_der().map(<[u8]>::to_vec),
        ..stock()
    })
    .await;
    let seen = binding(&Sha256::digest(server.certificate_der().unwrap()));
    let behind = binding(&Sha256::digest(proxy.certificate_der().unwrap()));
    assert_eq!(
        bound(&server, Some(seen)).await,
        (401, Some(Binding::Wrong))
    );
    assert_eq!(
        bound(&server, Some(behind)).await,
        (200, Some(Binding::Right))
    );
}

#[tokio::test]
async fn over_plain_http_nothing_can_be_bound() {
    let server = simulator(Options {
        extended_protection: ExtendedProtection::Require,
        ..stock()
    })
    .await;
    log_on(&mut http(&server).await, "NTLM", &SERVICE, &own_inbox())
        .await
        .has(200, "NoError");
    let bound = LogOn {
        binding: Some([9; 16]),
        ..SERVICE
    };
    assert_eq!(refused(&server, &bound).await, RefusedFor::Binding);
}
