//! Where mailboxes live: what a check tells, and what Autodiscover tells without credentials.

use std::time::Duration;

use contract::{
    Authentication, Code, EmailConfigurationForm, HybridMap, OrganizationId, OrganizationRef,
    OrganizationsQuery, PasswordChange, SaveEmailConfiguration, TlsTrust,
};
use engine::{Engine, Options, VaultChoice};
use exchange_sim::{
    Autodiscover, Bind, Certificate, EwsUrl, Found, Hosts, Mailbox, MailboxState, hosts,
};
use support::{ACCOUNT, server};

struct Contoso {
    engine: Engine,
    organization: OrganizationRef,
    hosts: Hosts,
}

/// A server `mail.contoso.com` over HTTPS with these users, of whom some live elsewhere.
async fn contoso(users: &[&str], change: impl FnOnce(&mut exchange_sim::Options)) -> Contoso {
    let mut options = exchange_sim::Options {
        bind: Bind::Https(Certificate::Ca),
        names: vec!["mail.contoso.com".to_owned()],
        autodiscover: Autodiscover {
            external: Some(EwsUrl::At(
                "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
            )),
            ..Autodiscover::default()
        },
        ..server(3)
    };
    let mut remote = Mailbox::new("remote@contoso.com", "Remote");
    remote.state = MailboxState::Remote;
    options.mailboxes.push(remote);
    change(&mut options);
    let hosts = hosts(vec![options]).await.expect("they start");
    let options = Options {
        vault: VaultChoice::Memory,
        resolve: hosts.resolve(),
        ..Options::default()
    };
    let engine = Engine::temporary(options).await.expect("temporary space");
    let listed = engine.organizations_list(OrganizationsQuery::default());
    let organization = listed.await.expect("a list")[0].id;
    let form = EmailConfigurationForm {
        account_logon: ACCOUNT.to_owned(),
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        authentication: Authentication::Ntlm,
        tls_trust: TlsTrust::Ca {
            pem: hosts.ca_pem().to_owned(),
            name: "ca.pem".to_owned(),
        },
        ..EmailConfigurationForm::default()
    };
    let save = SaveEmailConfiguration {
        organization,
        form,
        password: PasswordChange::Ask { password: None },
        proxy_password: None,
        app_credential: contract::AppCredentialChange::Keep,
    };
    engine.email_configuration_save(save).await.expect("saved");
    for user in users {
        add(&engine, organization, user).await;
    }
    Contoso {
        engine,
        organization: OrganizationRef { organization },
        hosts,
    }
}

async fn add(engine: &Engine, organization: OrganizationId, address: &str) {
    let add = contract::AddUser {
        organization,
        address: address.to_owned(),
        name: String::new(),
        upn: None,
        sid: None,
        must_refuse: false,
        tags: String::new(),
    };
    engine.user_add(add).await.expect("added");
}

impl Contoso {
    async fn map(&self) -> HybridMap {
        let map = self.engine.hybrid_map(self.organization).await;
        map.expect("a map")
    }

    /// Asks Autodiscover, and waits until it has ended.
    async fn asked(&self) -> HybridMap {
        let started = self.engine.hybrid_map_start(self.organization);
        started.await.expect("it starts");
        for _ in 0..200 {
            let map = self.map().await;
            if map.asked.is_none() {
                return map;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never ends");
    }
}

#[tokio::test]
async fn autodiscover_tells_who_lives_where_without_credentials() {
    let users = [
        "user1@contoso.com",
        "user2@contoso.com",
        "remote@contoso.com",
    ];
    let contoso = contoso(&users, |_| ()).await;
    let before = contoso.map().await;
    assert_eq!((before.unknown, before.consequence), (3, None));
    let after = contoso.asked().await;
    assert_eq!(
        (after.on_premises, after.exchange_online, after.unknown),
        (2, 1, 0),
        "{after:?}"
    );
    let consequence = after.consequence.expect("somebody lives there");
    assert!(
        consequence.starts_with("1 user lives in Exchange Online"),
        "{consequence}"
    );
    assert!(consequence.contains("1 Apr 2027"), "{consequence}");
    assert_eq!(
        contoso.hosts.that_received_credentials(),
        Vec::<String>::new()
    );
    let again = contoso.asked().await;
    assert_eq!(again.unknown, 0);
    let asked = contoso.hosts.recorded().len();
    assert_eq!(asked, 3, "who is known is not asked about again");
}

#[tokio::test]
async fn a_server_that_does_not_know_the_question_is_asked_once_and_said_so() {
    let users = [
        "user1@contoso.com",
        "user2@contoso.com",
        "user3@contoso.com",
    ];
    let contoso = contoso(&users, |options| {
        options.autodiscover = Autodiscover::absent();
    })
    .await;
    let after = contoso.asked().await;
    assert_eq!(after.unknown, 3);
    let message = after.message.expect("it says why");
    assert!(
        message.starts_with("Autodiscover told nothing: "),
        "{message}"
    );
    assert_eq!(contoso.hosts.recorded().len(), 1, "not once a user");
}

#[tokio::test]
async fn who_is_not_known_stays_unknown_and_the_rest_is_told() {
    let users = [
        "user1@contoso.com",
        "stranger@contoso.com",
        "loop@contoso.com",
    ];
    let contoso = contoso(&users, |options| {
        let to = "https://mail.contoso.com/autodiscover/autodiscover.json/v1.0/loop@contoso.com?Protocol=EWS";
        options.autodiscover = options
            .autodiscover
            .clone()
            .user("loop@contoso.com", Found::RedirectUrl(to.to_owned()));
    })
    .await;
    let after = contoso.asked().await;
    assert_eq!((after.on_premises, after.unknown), (1, 2), "{after:?}");
}

#[tokio::test]
async fn it_can_be_cancelled_and_goes_on_where_it_was() {
    let users: Vec<String> = (1..=30).map(|n| format!("user{n}@contoso.com")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let contoso = contoso(&users, |options| {
        options.mailboxes = support::people(30);
    })
    .await;
    let started = contoso.engine.hybrid_map_start(contoso.organization);
    assert_eq!(started.await.expect("it starts").asked, Some(0));
    let twice = contoso.engine.hybrid_map_start(contoso.organization);
    let problem = twice.await.expect_err("one at a time");
    assert_eq!(problem.code, Code::AlreadyRunning);
    let cancelled = contoso.engine.hybrid_map_cancel(contoso.organization);
    cancelled.await.expect("fine");
    for _ in 0..100 {
        if contoso.map().await.asked.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ended = contoso.map().await;
    assert_eq!(ended.asked, None);
    assert_eq!(
        ended.message.as_deref(),
        Some("Canceled. What was told so far stays.")
    );
    let rest = contoso.asked().await;
    assert_eq!((rest.on_premises, rest.unknown), (30, 0));
}
