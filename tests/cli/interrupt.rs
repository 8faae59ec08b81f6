//! Ctrl-C: stop at once, keep what is decided, print the summary.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command};
use std::time::Duration;

use exchange_sim::practice::{Practice, Scenario, setup};

use crate::world::{Ran, World, start};

fn slow() -> World {
    let mut practice: Practice = setup(Scenario::Healthy, 300);
    practice.options.latency = Duration::from_millis(100);
    World::with(practice)
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.expect("kill is there").success());
}

/// Starts a check and waits until mailboxes were asked.
fn begun(world: &World, more: &[&str]) -> Child {
    let before = world.counters().per_mailbox.len();
    let mut child = start(world.command(&world.audit(more)));
    let mut stdin = child.stdin.take().expect("piped");
    writeln!(stdin, "{}", world.practice.password).expect("it reads");
    let asked = || world.counters().per_mailbox.len() >= before.max(10) + 10;
    let mut patience = 600;
    while !asked() && patience > 0 {
        patience -= 1;
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(asked(), "the check asks nobody");
    child
}

#[test]
fn what_is_decided_is_kept_and_told() {
    let world = slow();
    for name in ["INT", "TERM"] {
        let child = begun(&world, &["--json", "--concurrency", "4"]);
        signal(&child, name);
        let ran = Ran::ended(child);
        let document = ran.json();
        assert_eq!(ran.exit, Some(2), "{name}: not complete, no finding");
        assert_eq!(document["run"]["state"], "cancelled");
        assert_eq!(document["run"]["cause"], serde_json::Value::Null);
        let (granted, open) = (
            &document["summary"]["granted"],
            &document["summary"]["not_checked"],
        );
        assert!(
            granted.as_u64() >= Some(5),
            "{name}: {}",
            document["summary"]
        );
        assert!(
            open.as_u64() >= Some(100),
            "{name}: {}",
            document["summary"]
        );
        assert_eq!(
            document["results"].as_array().map(Vec::len),
            Some(301),
            "every row is there"
        );
    }
}

#[test]
fn people_get_the_summary() {
    let world = slow();
    let child = begun(&world, &["--concurrency", "4"]);
    signal(&child, "INT");
    let ran = Ran::ended(child);
    assert!(
        ran.stdout
            .contains("The run was canceled; what was decided is kept."),
        "{}",
        ran.all()
    );
    assert!(ran.stderr.contains("Ctrl-C again"), "{}", ran.stderr);
}

#[test]
fn a_canceled_run_goes_on_where_it_stopped() {
    let world = slow();
    let child = begun(&world, &["--save", "Contoso", "--concurrency", "4"]);
    signal(&child, "INT");
    assert_eq!(Ran::ended(child).exit, Some(2));
    resume(&world, "cancelled");
}

#[test]
fn a_killed_run_goes_on_too() {
    let world = slow();
    let child = begun(&world, &["--save", "Contoso", "--concurrency", "4"]);
    // What is decided is committed every 250 ms.
    std::thread::sleep(Duration::from_millis(600));
    signal(&child, "KILL");
    assert_eq!(Ran::ended(child).exit, None);
    resume(&world, "interrupted");
}

fn resume(world: &World, state: &str) {
    let listed = world.run(&["run", "list", "--json"]).json();
    let run = &listed["runs"][0];
    assert_eq!(run["state"], state);
    let decided = run["summary"]["granted"].as_u64().expect("a number");
    assert!(decided > 0, "{run}");
    world
        .simulator()
        .update(|options| options.latency = Duration::ZERO);
    let before = world.counters();
    let ran = world.with_password(&["check", "--resume", "last", "--password-stdin", "--json"]);
    let document = ran.json();
    assert_eq!(
        (ran.exit, &document["run"]["state"]),
        (Some(0), &serde_json::json!("complete")),
        "{}",
        ran.stderr
    );
    assert_eq!(document["run"]["id"], run["id"], "the same run");
    assert_eq!(document["run"]["organization"], "Contoso");
    assert_eq!(document["summary"]["total"], 301);
    let asked = world.counters().requests - before.requests;
    assert!(
        asked <= 301 - decided + 20,
        "decided rows were asked again: {asked} requests, {decided} were decided"
    );
    let again = world.with_password(&["check", "--resume", "last", "--password-stdin", "--json"]);
    assert_eq!(
        again.json()["problem"]["code"],
        "not_allowed",
        "a complete run has nothing to go on with"
    );
}

#[test]
fn the_second_one_leaves_at_once() {
    let mut practice: Practice = setup(Scenario::Healthy, 20);
    practice.options.latency = Duration::from_millis(200);
    let world = World::with(practice);
    let child = begun(&world, &["--concurrency", "1"]);
    signal(&child, "INT");
    signal(&child, "INT");
    // Whether the run had ended before the second one came is a matter of luck; that it ends is not.
    assert!(matches!(Ran::ended(child).exit, Some(2 | 130)));
}

#[test]
fn nobody_reads_the_rest() {
    let world = slow();
    let mut child = begun(&world, &["--format", "jsonl"]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped"))
        .read_line(&mut line)
        .expect("a line");
    assert!(line.contains(r#""type":"result""#), "{line}");
    let ran = Ran::ended(child);
    assert_eq!(
        (ran.exit, ran.stderr.contains("panic")),
        (Some(2), false),
        "{}",
        ran.all()
    );
    assert!(
        world.counters().per_mailbox.len() < 290,
        "it went on for nobody"
    );
}
