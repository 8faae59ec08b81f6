//! HTTP proxies: their own user and password, apart from the service account's, and a 407 that is
//! never taken for Exchange's 401.

use exchange_sim::practice::Scenario;
use exchange_sim::proxy::{Proxy, ProxyAuthentication};

use crate::world::{CANARY, Ran, World};

const USER: &str = "CONTOSO\\proxy-user";
const PASSWORD: &str = "Pr0xy-Pa55!";

fn ntlm() -> ProxyAuthentication {
    ProxyAuthentication::Ntlm {
        user: USER.to_owned(),
        password: PASSWORD.to_owned(),
    }
}

fn basic() -> ProxyAuthentication {
    ProxyAuthentication::Basic {
        user: "proxy-user".to_owned(),
        password: PASSWORD.to_owned(),
    }
}

/// An audit of a host that only the proxy knows.
fn audit(world: &World, proxy: &str, more: &[&str]) -> Vec<String> {
    let (users, ca) = (world.path("users.csv"), world.path("ca.pem"));
    let (users, ca) = (users.display().to_string(), ca.display().to_string());
    let words = [
        "check",
        "--ews-url",
        "https://mail.contoso.test/EWS/Exchange.asmx",
        "--account",
        &world.practice.account,
        "--password-stdin",
        "--users",
        &users,
        "--ca-file",
        &ca,
        "--must-refuse",
        CANARY,
        "--proxy",
        proxy,
    ];
    words
        .iter()
        .chain(more)
        .map(|&word| word.to_owned())
        .collect()
}

fn with_user(proxy: &Proxy, user: &str) -> String {
    proxy
        .url()
        .replacen("http://", &format!("http://{user}@"), 1)
}

fn failed(ran: &Ran) -> String {
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    let document = ran.json();
    assert_eq!(document["run"]["cause"], "proxy.failed", "{}", ran.all());
    document["run"]["message"]
        .as_str()
        .expect("text")
        .to_owned()
}

#[test]
fn a_proxy_gets_its_own_password_and_exchange_its_own() {
    for (authentication, user) in [(ntlm(), "CONTOSO%5Cproxy-user"), (basic(), "proxy-user")] {
        let world = World::new(Scenario::ExtendedProtection, 3);
        let proxy = world.proxy(authentication, false);
        let words = audit(&world, &with_user(&proxy, user), &["--json"]);
        let ran = world.typing(&words, &[&world.practice.password, PASSWORD]);
        assert_eq!(ran.exit, Some(0), "{}", ran.all());
        let counters = proxy.counters();
        assert!(
            counters.tunnels >= 1 && counters.refusals == 0,
            "{counters:?}"
        );
        assert_eq!(
            counters.authorizations, 0,
            "the service account's never go there"
        );
        for (what, secret) in [("proxy", PASSWORD), ("account", &*world.practice.password)] {
            assert!(
                !ran.all().contains(secret),
                "the password of the {what} shows"
            );
        }
    }
}

#[test]
fn a_407_is_the_proxys_and_says_how_to_sign_in() {
    let world = World::new(Scenario::NtlmOnly, 2);
    let proxy = world.proxy(ntlm(), false);
    let ran = world.with_password(&audit(&world, &proxy.url(), &["--json"]));
    let said = failed(&ran);
    assert!(said.contains("407"), "{said}");
    let table = world
        .with_password(&audit(&world, &proxy.url(), &[]))
        .stdout;
    assert!(
        table.contains("\n    --proxy http://USER@PROXY:PORT\n"),
        "{table}"
    );
    assert!(!table.contains("auth.rejected"), "{table}");
    assert_eq!(world.counters().requests, 0);
}

#[test]
fn a_wrong_proxy_password_is_sent_once() {
    let world = World::new(Scenario::NtlmOnly, 30);
    let proxy = world.proxy(ntlm(), false);
    let words = audit(
        &world,
        &with_user(&proxy, USER),
        &["--json", "--concurrency", "16"],
    );
    let ran = world.typing(&words, &[&world.practice.password, "wrong"]);
    let said = failed(&ran);
    assert!(said.contains("proxy") && said.contains(USER), "{said}");
    assert_eq!(proxy.counters().refusals, 1);
    assert_eq!(world.counters().requests, 0);
}

#[test]
fn an_organization_keeps_its_proxy() {
    let world = World::new(Scenario::NtlmOnly, 2);
    let proxy = world.proxy(ntlm(), false);
    let saved = audit(&world, &with_user(&proxy, USER), &["--save", "Contoso"]);
    let ran = world.typing(&saved, &[&world.practice.password, PASSWORD]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let address = proxy.url().replacen("http://", "", 1);
    let shown = world.run(&["organization", "show", "Contoso"]).stdout;
    let line = format!("Proxy           {address} as {USER}, ");
    assert!(shown.contains(&line), "{shown}");
    let json = world
        .run(&["organization", "show", "Contoso", "--json"])
        .json();
    assert_eq!(json["configuration"]["proxy"], address.as_str());
    assert_eq!(json["configuration"]["proxy_user"], USER);
    let check = ["check", "Contoso", "--password-stdin"];
    let ran = world.typing(&check, &[&world.practice.password, PASSWORD]);
    assert_eq!(
        ran.exit,
        Some(0),
        "there is no key store here: {}",
        ran.all()
    );
    let ran = world.with_password(&check);
    assert!(ran.stderr.contains("second line"), "{}", ran.all());
    let edit = world.run(&["organization", "edit", "Contoso", "--proxy", "none"]);
    assert!(
        edit.stdout.contains("Proxy           none\n"),
        "{}",
        edit.all()
    );
}
