//! `understudy practice`: what it prints is what a check needs.

#[cfg(unix)]
use std::io::{BufRead as _, BufReader};

use exchange_sim::practice::Scenario;
#[cfg(unix)]
use serde_json::Value;

#[cfg(unix)]
use crate::world::start;
use crate::world::{Ran, bare, held};

fn run(words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = bare(folder.path());
    command.arg("practice").args(words);
    Ran::of(command, b"")
}

#[test]
fn every_scenario_ends_as_it_says() {
    let ends = [
        (Scenario::Healthy, 0, None),
        (Scenario::WrongPassword, 2, Some("auth.rejected")),
        (Scenario::NtlmOnly, 0, None),
        (Scenario::ExtendedProtection, 0, None),
        (Scenario::OutsideTheScope, 1, None),
        (Scenario::NoRole, 1, None),
        (Scenario::UnscopedRole, 1, None),
        (Scenario::HeaderIgnored, 2, Some("impersonation.ignored")),
        (Scenario::AccountWithoutMailbox, 0, None),
        (Scenario::Throttled, 0, None),
        (Scenario::AliasesAndRemoteMailboxes, 1, None),
        (Scenario::Blocked403, 2, Some("policy.ews_blocked")),
        (Scenario::HtmlSignInPage, 2, Some("http.not_ews")),
        (Scenario::RedirectToAnotherHost, 2, Some("http.redirected")),
        (Scenario::ExpiredCertificate, 2, Some("tls.expired")),
        (Scenario::PrivateCa, 2, Some("tls.untrusted")),
        (Scenario::SlowServer, 0, None),
    ];
    for (scenario, exit, cause) in ends {
        let ran = run(&[
            "--check",
            "--scenario",
            scenario.id(),
            "--users",
            "12",
            "--json",
        ]);
        assert_eq!(ran.exit, Some(exit), "{scenario}: {}", ran.all());
        assert_eq!(ran.json()["run"]["cause"].as_str(), cause, "{scenario}");
    }
}

/// Verdict and cause of everybody, canary last, and what the run came to.
fn played(scenario: Scenario, users: usize) -> (String, Vec<String>) {
    let users = users.to_string();
    let words = ["--check", "--scenario", scenario.id(), "--users", &users];
    let ran = run(&[&words[..], &["--json"]].concat());
    let document = ran.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = document["results"].as_array().expect("rows").iter();
    let rows = rows.map(|row| format!("{} {}", text(&row["verdict"]), text(&row["cause"])));
    let end = format!("{} exit {:?}", text(&document["run"]["state"]), ran.exit);
    (end, rows.map(|row| row.trim().to_owned()).collect())
}

#[test]
fn what_throttles_moves_or_is_out_of_scope_reads_as_its_scenario_says() {
    const CANARY: &str = "refused impersonation.out_of_scope";
    let of = |step: usize, what: &str| -> Vec<String> {
        let people = (0..20).map(|n| if n % step == 0 { what } else { "granted" });
        people.chain([CANARY]).map(str::to_owned).collect()
    };
    let all_open = of(100, "granted");
    let mut opened = all_open.clone();
    opened[20] = "granted impersonation.exposed".to_owned();
    let outside = "refused impersonation.out_of_scope";
    let cases = [
        (
            Scenario::Throttled,
            "complete exit Some(0)",
            all_open.clone(),
        ),
        (Scenario::NoRoomLists, "complete exit Some(0)", all_open),
        (Scenario::UnscopedRole, "complete exit Some(1)", opened),
        (
            Scenario::OutsideTheScope,
            "complete exit Some(1)",
            of(5, outside),
        ),
        (
            Scenario::MailboxMoving,
            "incomplete exit Some(2)",
            of(10, "undetermined mailbox.moving"),
        ),
    ];
    for (scenario, end, rows) in cases {
        assert_eq!(played(scenario, 20), (end.to_owned(), rows), "{scenario}");
    }
}

#[test]
fn an_ignored_header_is_undetermined_or_not_checked_and_never_green() {
    let (end, rows) = played(Scenario::HeaderIgnored, 20);
    assert_eq!(end, "stopped exit Some(2)");
    let either = [
        "undetermined impersonation.ignored",
        "not_checked impersonation.ignored",
    ];
    assert!(
        rows.iter().all(|row| either.contains(&row.as_str())),
        "{rows:?}"
    );
    assert!(rows.iter().any(|row| row == either[0]), "{rows:?}");
}

#[test]
fn the_scenarios_are_listed() {
    held!("scenarios", run(&["--list"]).all());
    let listed = run(&["--list", "--json"]).json();
    assert_eq!(
        listed["scenarios"].as_array().map(Vec::len),
        Some(Scenario::ALL.len())
    );
}

#[test]
fn bad_arguments_are_bad_input() {
    for words in [
        &["--scenario", "paradise"][..],
        &["--users", "0"],
        &["--users", "50001"],
        &["--port", "70000"],
    ] {
        let ran = run(&[words, &["--json"]].concat());
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        assert_eq!(ran.json()["problem"]["code"], "invalid");
    }
}

/// What is printed is pasted into a shell, as a person does.
#[cfg(unix)]
#[test]
fn the_printed_command_works() {
    for (http, scenario, exit) in [(false, "healthy", 0), (true, "outside-the-scope", 1)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = bare(folder.path());
        command.args([
            "practice",
            "--json",
            "--users",
            "6",
            "--scenario",
            scenario,
            "--dir",
            "it's here",
        ]);
        if http {
            command.arg("--http");
        }
        let mut child = start(command);
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a line");
        let place: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(place["schema"], "understudy.practice/1");
        assert_eq!(place["scenario"], scenario);
        assert_eq!(place["account"], "CONTOSO\\svc-ews");
        assert_eq!(place["ca_file"].is_null(), http);
        assert_eq!(place["must_refuse"][0], crate::world::CANARY);
        let typed = place["command"].as_str().expect("text").replacen(
            "understudy",
            &crate::world::binary().display().to_string(),
            1,
        );
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &typed]).env_remove("HTTPS_PROXY");
        shell
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let ran = Ran::of(shell, b"");
        assert_eq!(ran.exit, Some(exit), "{typed}\n{}", ran.all());
        assert!(ran.stdout.contains("7 mailboxes"), "{}", ran.all());
        let sent = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(sent.expect("kill is there").success());
        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(0),
            "Ctrl-C is how it ends"
        );
    }
}
