//! Exchange Online as it is in November 2026: nobody impersonates with a person's token, applications do
//! where EWS is still on.

use contract::Cause;
use engine::checks::{Approach, Tokens};
use exchange_sim::{Application, BearerRules, Build, Online, Role, TokenClaims};
use support::{Check, Outcome};

use super::{APP, OWN_HOST, carrying, check, mint, person, taking};

async fn as_app(people: usize, rules: impl FnOnce(BearerRules) -> BearerRules) -> Outcome {
    let mint = mint();
    let server = taking(people, rules(BearerRules::online(mint.keys()))).await;
    let token = mint.sign(&TokenClaims::app_only(APP, OWN_HOST));
    let engine = carrying(Tokens::fixed(token.into())).await;
    Check::on(&server)
        .account(APP)
        .password("")
        .by_token(Approach::App)
        .with(&engine)
        .users(people)
        // The first request names the scheme and nobody, which the server counts as credentials.
        .loose_wire()
        .run(&server)
        .await
}

#[tokio::test]
async fn a_person_is_told_that_the_role_is_gone() {
    let mint = mint();
    let server = taking(3, BearerRules::online(mint.keys())).await;
    server.update(|options| {
        options.build = Build {
            major: 15,
            minor: 20,
            build: 9_253,
            revision: 13,
        };
    });
    let engine = carrying(Tokens::fixed(mint.sign(&person()).into())).await;
    let run = check(&server, &engine).users(3).run(&server).await;
    assert_eq!(
        run.end(),
        "stopped policy.exchange_online_retired",
        "{:?}",
        run.lines()
    );
    assert_eq!(run.summary().refused, 0, "no mailbox is called refused");
    insta::assert_snapshot!(run.message());
}

#[tokio::test]
async fn an_application_impersonates_whomever_it_may() {
    let run = as_app(4, |rules| rules).await;
    assert_eq!(run.end(), "complete", "{}", run.message());
    assert_eq!(run.summary().granted, 4);
}

#[tokio::test]
async fn a_scope_of_an_application_refuses_the_others() {
    let scoped = Application::held_to(APP, Role::Only(["user1@contoso.com".to_owned()].into()));
    let run = as_app(3, |rules| BearerRules {
        applications: vec![scoped],
        ..rules
    })
    .await;
    assert_eq!(run.user(1), "granted");
    assert_eq!(run.user(2), "refused impersonation.out_of_scope");
    assert_eq!(run.user(3), "refused impersonation.out_of_scope");
}

#[tokio::test]
async fn a_tenant_without_ews_names_its_own_reason() {
    let blocked = [
        (
            Online {
                ews_disabled: true,
                allowed_apps: None,
            },
            "EWS is disabled for this user or tenant",
        ),
        (
            Online {
                ews_disabled: false,
                allowed_apps: Some(vec!["another".to_owned()]),
            },
            "EWS is blocked by policy for this user or tenant",
        ),
    ];
    for (online, reason) in blocked {
        let run = as_app(3, |rules| BearerRules {
            online: Some(online),
            ..rules
        })
        .await;
        assert_eq!(run.end(), "stopped policy.exchange_online_retired");
        assert_eq!(run.count(Cause::PolicyExchangeOnlineRetired), 3);
        assert!(run.message().contains(reason), "{}", run.message());
    }
}
