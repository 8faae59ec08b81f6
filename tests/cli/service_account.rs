//! `understudy service-account`: its JSON is a public contract, its exit codes are those of a check.

use contract::StepStatus;
use exchange_sim::practice::Scenario;
use exchange_sim::{Fault, HttpAnswer, What, When};
use serde_json::Value;

use crate::world::{Ran, World, start};

const STEPS: [&str; 13] = [
    "form",
    "dns",
    "tcp",
    "tls",
    "discovery",
    "ews",
    "log_on",
    "own_mailbox",
    "rooms",
    "impersonate",
    "folder",
    "create_item",
    "delete_item",
];

/// Arguments against this world, for its first user.
fn words(world: &World, more: &[&str]) -> Vec<String> {
    let mut words = world.endpoint();
    "service-account".clone_into(&mut words[0]);
    words.extend(["--mailbox".to_owned(), target(world)]);
    words.extend(more.iter().map(|&word| word.to_owned()));
    words
}

fn target(world: &World) -> String {
    world.practice.users[0].primary.clone()
}

fn json(world: &World, more: &[&str]) -> (Value, Option<i32>) {
    let mut all = vec!["--json"];
    all.extend(more);
    let ran = world.with_password(&words(world, &all));
    let document = serde_json::from_str(&ran.stdout);
    (
        document.unwrap_or_else(|_| panic!("no JSON: {}", ran.all())),
        ran.exit,
    )
}

fn status<'a>(document: &'a Value, id: &str) -> &'a str {
    let steps = document["steps"].as_array().expect("steps");
    let step = steps
        .iter()
        .find(|step| step["id"] == id)
        .expect("the step");
    step["status"].as_str().expect("a status")
}

#[test]
fn the_json_of_the_contract() {
    let world = World::new(Scenario::Healthy, 3);
    let (document, exit) = json(&world, &[]);
    assert_eq!(exit, Some(0));
    assert_eq!(document["schema"], "understudy.service-account/1");
    let keys: Vec<&str> = document
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    for key in ["schema", "run", "steps", "verdict", "cause", "message"] {
        assert!(keys.contains(&key), "{key} is missing: {keys:?}");
    }
    let steps = document["steps"].as_array().expect("steps");
    let ids: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["id"].as_str())
        .collect();
    assert_eq!(ids, STEPS);
    for step in steps {
        for field in ["id", "status", "cause", "message", "elapsed_ms"] {
            assert!(step.get(field).is_some(), "{field} is missing: {step}");
        }
        let status = step["status"].as_str().unwrap_or_default();
        assert!(
            ["pass", "warning", "fail", "skipped"].contains(&status),
            "{step}"
        );
    }
    assert_eq!(document["verdict"], "granted");
    assert_eq!(document["cause"], Value::Null);
    assert_eq!(document["run"]["state"], "complete");
    assert_eq!(world.counters().items_created, 0);
}

#[test]
fn a_refusal_is_a_finding_and_a_stop_is_not() {
    let world = World::new(Scenario::NoRole, 3);
    let (document, exit) = json(&world, &[]);
    assert_eq!((exit, &document["verdict"]), (Some(1), &"refused".into()));
    assert_eq!(status(&document, "impersonate"), "fail");
    assert_eq!(status(&document, "folder"), "skipped");

    let world = World::new(Scenario::Healthy, 3);
    world.simulator().plan(Fault::always(
        When::Any,
        What::Http(HttpAnswer::sign_in_page()),
    ));
    let (document, exit) = json(&world, &[]);
    assert_eq!(
        (exit, &document["cause"]),
        (Some(2), &"http.not_ews".into())
    );
    assert_eq!(document["run"]["state"], "stopped");
    assert_eq!(status(&document, "ews"), "fail");
}

#[test]
fn it_writes_only_where_someone_said_so() {
    let world = World::new(Scenario::Healthy, 3);
    let ran = world.with_password(&words(&world, &["--write-test"]));
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert!(ran.stderr.contains("--yes"), "{}", ran.all());
    assert_eq!(world.counters().requests, 0, "bad input costs no request");

    let (document, exit) = json(&world, &["--write-test", "--yes"]);
    assert_eq!(exit, Some(0));
    assert_eq!(
        (
            status(&document, "create_item"),
            status(&document, "delete_item")
        ),
        ("pass", "pass")
    );
    let counters = world.counters();
    assert_eq!((counters.items_created, counters.items_left.len()), (1, 0));
}

#[test]
fn people_read_steps_and_sentences() {
    let world = World::new(Scenario::Healthy, 3);
    let ran = world.with_password(&words(&world, &["-v"]));
    let text = ran.flat();
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    assert!(text.contains("Service account signs in"), "{}", ran.all());
    assert!(text.contains("Left out: read only"), "{}", ran.all());
    assert!(
        text.contains("Schemes offered:"),
        "-v tells what was seen: {}",
        ran.all()
    );
    assert!(!ran.all().contains(&world.practice.password));
}

#[test]
fn values_for_microsofts_form_have_no_password_and_ask_nobody() {
    let world = World::new(Scenario::Healthy, 3);
    let ran = world.run(&words(&world, &["--values"]));
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    assert!(
        ran.stdout
            .contains(&format!("Target mailbox email address: {}", target(&world)))
    );
    assert!(
        ran.stdout
            .contains("Impersonated user identifier: SmtpAddress")
    );
    assert!(!ran.stdout.contains(&world.practice.password));
    assert_eq!(world.counters().requests, 0);
}

#[test]
fn bad_input_is_a_problem_in_json() {
    let world = World::new(Scenario::Healthy, 1);
    let mut all = words(&world, &["--json"]);
    let at = all
        .iter()
        .position(|word| word == "--mailbox")
        .expect("a flag")
        + 1;
    "nobody".clone_into(&mut all[at]);
    let ran = world.with_password(&all);
    assert_eq!(ran.exit, Some(2));
    let problem: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(problem["schema"], "understudy.problem/1");
    assert_eq!(world.counters().requests, 0);
}

/// Waits until something was asked of the server.
#[cfg(unix)]
fn until(world: &World, operation: &str) {
    for _ in 0..400 {
        let log = world.counters().requests_log;
        if log
            .iter()
            .any(|r| r.operation.as_deref() == Some(operation))
        {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    panic!("{operation} is never asked");
}

/// Whether whoever runs the tests wants them to outlive the terminal (`nohup`): so do the commands then.
#[cfg(unix)]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(unix)]
#[test]
fn a_closed_terminal_leaves_no_draft() {
    use std::io::Write as _;

    if hang_up_is_ignored() {
        eprintln!("skipped: hang-ups are ignored here, as under nohup");
        return;
    }

    let world = World::new(Scenario::Healthy, 3);
    let slow = What::Delay(std::time::Duration::from_millis(800));
    let creating = || When::Operation("CreateItem".to_owned());
    world.simulator().plan(Fault::once(creating(), slow));
    let words = words(&world, &["--json", "--write-test", "--yes"]);
    let mut child = start(world.command(&words));
    let mut stdin = child.stdin.take().expect("piped");
    writeln!(stdin, "{}", world.practice.password).expect("it reads");
    until(&world, "CreateItem");
    let hung_up = std::process::Command::new("kill")
        .args(["-HUP", &child.id().to_string()])
        .status();
    assert!(hung_up.expect("kill is there").success());
    let ran = Ran::ended(child);
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert_eq!(ran.json()["run"]["state"], "cancelled");
    let counters = world.counters();
    assert_eq!((counters.items_created, counters.items_left.len()), (1, 0));
}

/// The words of the contract.
#[test]
fn statuses_are_spelled_as_promised() {
    for (status, word) in [
        (StepStatus::Pass, "pass"),
        (StepStatus::Warning, "warning"),
        (StepStatus::Fail, "fail"),
        (StepStatus::Skipped, "skipped"),
    ] {
        assert_eq!(serde_json::to_value(status).expect("a word"), word);
    }
}
