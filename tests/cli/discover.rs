//! `understudy discover` from outside: which host is asked for what, and which one ever sees the
//! password.

use std::process::Command;

use exchange_sim::{Autodiscover, Bind, Certificate, Endpoint, Hosts, hosts};
use support::{ACCOUNT, NameServer, PASSWORD, Record, server};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::world::{Ran, bare};

const HOST: &str = "autodiscover.contoso.com";
const EWS: &str = "https://mail.contoso.com/EWS/Exchange.asmx";

/// Hosts and names, and a folder of its own.
struct Scene {
    folder: TempDir,
    hosts: Hosts,
    names: NameServer,
    _runtime: Runtime,
}

impl Scene {
    fn of(list: Vec<exchange_sim::Options>, records: Vec<Record>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (hosts, names) = runtime.block_on(async {
            let hosts = hosts(list).await.expect("they start");
            (hosts, NameServer::start(records).await)
        });
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), hosts.ca_pem()).expect("writable");
        Self {
            folder,
            hosts,
            names,
            _runtime: runtime,
        }
    }

    /// Arguments that reach these hosts and nothing else.
    fn words(&self, more: &[&str]) -> Vec<String> {
        let name_server = self.names.address().to_string();
        let mut words: Vec<String> = [
            "discover",
            "user1@contoso.com",
            "--name-server",
            &name_server,
            "--ca-file",
            "ca.pem",
            "--proxy",
            "none",
        ]
        .map(str::to_owned)
        .into();
        for (name, port, to) in self.hosts.resolve() {
            words.extend(["--resolve".to_owned(), format!("{name}:{port}:{to}")]);
        }
        words.extend(more.iter().map(|&word| word.to_owned()));
        words
    }

    fn run(&self, more: &[&str], stdin: &str) -> Ran {
        let mut command: Command = bare(self.folder.path());
        command.args(self.words(more));
        Ran::of(command, stdin.as_bytes())
    }

    fn sent(&self) -> Vec<String> {
        self.hosts.that_received_credentials()
    }
}

fn host(name: &str, json: Endpoint) -> exchange_sim::Options {
    exchange_sim::Options {
        bind: Bind::Https(Certificate::Ca),
        names: vec![name.to_owned()],
        offered: vec!["NTLM".to_owned()],
        autodiscover: Autodiscover {
            json,
            ..Autodiscover::at(EWS)
        },
        ..server(1)
    }
}

const SIGNED_IN: [&str; 5] = ["--account", ACCOUNT, "--auth", "ntlm", "--password-stdin"];

#[test]
fn without_a_password_json_finds_it() {
    let scene = Scene::of(vec![host(HOST, Endpoint::Works)], Vec::new());
    let ran = scene.run(&["--json"], "");
    assert_eq!(
        (ran.exit, ran.stderr.as_str()),
        (Some(0), ""),
        "{}",
        ran.all()
    );
    let told = ran.json();
    assert_eq!(told["schema"], "understudy.discover/1");
    assert_eq!(told["address"], "user1@contoso.com");
    assert_eq!(told["state"], "done");
    assert_eq!(told["candidates"][0]["url"], EWS);
    assert_eq!(told["candidates"][0]["method"], "json_v2");
    assert_eq!(told["candidates"][0]["advised"], true);
    let first = &told["steps"][0];
    assert_eq!(
        (&first["protocol"], &first["status"]),
        (&"JSON v2".into(), &"pass".into())
    );
    assert!(first["elapsed_ms"].is_u64() && first["password_sent_to"].is_null());
    assert!(first["certificates"][0]["sha256"].is_string());
    assert!(scene.sent().is_empty());
}

#[test]
fn a_script_names_the_hosts_that_may_get_the_password() {
    let scene = Scene::of(vec![host(HOST, Endpoint::Missing)], Vec::new());
    let stdin = format!("{PASSWORD}\n");
    let ran = scene.run(&SIGNED_IN, &stdin);
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert!(
        ran.flat().contains(&format!("add --send-to {HOST}")),
        "{}",
        ran.all()
    );
    assert!(ran.flat().contains("No candidate."), "{}", ran.all());
    assert!(scene.sent().is_empty(), "nobody consented");

    let more = [&SIGNED_IN[..], &["--send-to", HOST]].concat();
    let ran = scene.run(&more, &stdin);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    assert!(
        ran.flat()
            .contains(&format!("Password sent Yes, to {HOST}")),
        "{}",
        ran.all()
    );
    assert!(
        ran.flat().contains(&format!("Found {EWS}.")),
        "{}",
        ran.all()
    );
    assert_eq!(scene.sent(), [HOST]);
    assert!(!ran.all().contains(PASSWORD));
}

#[test]
fn the_name_server_is_the_one_that_was_named() {
    let srv = Record::Srv(
        "_autodiscover._tcp.contoso.com",
        0,
        0,
        443,
        "srv.contoso.com",
    );
    let scene = Scene::of(vec![host("srv.contoso.com", Endpoint::Missing)], vec![srv]);
    let ran = scene.run(&["--json"], "");
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    let told = ran.json();
    let steps = told["steps"].as_array().expect("rows");
    let dns = steps.iter().find(|step| step["protocol"] == "DNS");
    assert_eq!(dns.expect("a row")["answer"], "SRV 0 0 443 srv.contoso.com");
    let asked = scene.names.asked();
    assert!(asked.contains(&format!("A {HOST}")), "{asked:?}");
}

#[test]
fn bad_input_costs_no_look() {
    let scene = Scene::of(vec![host(HOST, Endpoint::Works)], Vec::new());
    for (more, said) in [
        (&["--password-stdin"][..], "needs to know whose password"),
        (&["--account", "CONTOSO\\svc"][..], "password"),
        (&["--auth", "bearer"][..], "token"),
    ] {
        let ran = scene.run(more, "");
        assert_eq!(ran.exit, Some(2), "{more:?}: {}", ran.all());
        assert!(ran.stderr.contains(said), "{more:?}: {}", ran.all());
    }
    for (words, said) in [
        (&["no address"][..], "no e-mail address"),
        (
            &["a@b.c", "--name-server", "dns.contoso.com"][..],
            "address of a name server",
        ),
        (&["a@b.c", "--send-to", "mail.contoso.com"][..], "--account"),
    ] {
        let mut command = bare(scene.folder.path());
        command.arg("discover").args(words);
        let ran = Ran::of(command, b"");
        assert_eq!(ran.exit, Some(2), "{words:?}: {}", ran.all());
        assert!(ran.stderr.contains(said), "{words:?}: {}", ran.all());
    }
    assert!(scene.hosts.recorded().is_empty() && scene.names.asked().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_is_asked_and_the_default_is_no() {
    use crate::world::{World, binary, on_a_terminal};
    use exchange_sim::practice::Scenario;

    let place = World::new(Scenario::Healthy, 1);
    for (typed, consented) in [("y", true), ("", false)] {
        let scene = Scene::of(vec![host(HOST, Endpoint::Missing)], Vec::new());
        std::fs::write(place.path("ca.pem"), scene.hosts.ca_pem()).expect("writable");
        let mut words = vec![binary().display().to_string()];
        words.extend(scene.words(&["--account", "svc-ews@contoso.com", "--auth", "ntlm"]));
        let ran = on_a_terminal(&place, &words.join(" "), &format!("{PASSWORD}\n{typed}"));
        let question = format!("Send the password of svc-ews@contoso.com to {HOST}? [y/N]");
        assert!(ran.stdout.contains(&question), "{}", ran.all());
        assert!(ran.stdout.contains("SHA-256"), "its certificate is shown");
        let exit = if consented { 0 } else { 2 };
        assert_eq!(ran.exit, Some(exit), "{}", ran.all());
        assert_eq!(scene.sent().is_empty(), !consented);
    }
}
