//! Where a report goes: through what is no regular file, behind a link, and nowhere, which is said.

use std::fs::File;
use std::os::unix::fs::{FileTypeExt as _, symlink};
use std::path::Path;
use std::process::Command;

use exchange_sim::Bind;
use exchange_sim::practice::{Practice, Scenario, setup};
use serde_json::Value;

use crate::world::{Ran, World};

fn healthy() -> World {
    let mut practice: Practice = setup(Scenario::Demo, 2);
    practice.options.bind = Bind::Http;
    World::with(practice)
}

fn to(world: &World, name: &str) -> Ran {
    let place = world.path(name).display().to_string();
    world.check(&["--json", "--output", &place])
}

#[test]
fn a_pipe_is_written_through_and_stays() {
    let world = healthy();
    let fifo = world.path("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("coreutils").success());
    symlink("fifo", world.path("link")).expect("a link");
    for name in ["fifo", "link"] {
        let pipe = fifo.clone();
        let reader = std::thread::spawn(move || std::fs::read_to_string(pipe));
        let ran = to(&world, name);
        let kind = |place: &Path| place.symlink_metadata().expect("there").file_type();
        assert!(kind(&fifo).is_fifo(), "{name}: replaced\n{}", ran.all());
        assert!(kind(&world.path("link")).is_symlink(), "{}", ran.all());
        assert!(ran.stderr.contains("Written to "), "{}", ran.all());
        let text = reader.join().expect("no panic").expect("readable");
        let document: Value = serde_json::from_str(&text).expect("the whole report");
        assert_eq!(document["run"]["state"], "complete", "{}", ran.all());
    }
}

#[test]
fn a_link_stays_and_leads_to_the_report() {
    let world = healthy();
    world.file("real.json", b"old");
    symlink("real.json", world.path("link.json")).expect("a link");
    let ran = to(&world, "link.json");
    assert!(world.path("link.json").is_symlink(), "{}", ran.all());
    let text = std::fs::read(world.path("real.json")).expect("there");
    let document: Value = serde_json::from_slice(&text).expect("the report");
    assert_eq!(document["run"]["state"], "complete", "{}", ran.all());
}

#[test]
fn stdout_by_name_is_stdout() {
    let world = healthy();
    let ran = world.check(&["--json", "--output", "/dev/stdout"]);
    assert_eq!(ran.json()["run"]["state"], "complete", "{}", ran.all());
}

#[test]
fn a_report_that_cannot_be_written_is_said_whatever_its_format() {
    let world = healthy();
    for format in ["json", "jsonl", "csv", "table", "html", "junit"] {
        let mut command = world.command(&world.audit(&["--format", format]));
        let full = File::options().write(true).open("/dev/full");
        command.stdout(full.expect("Linux has it"));
        let ran = Ran::of(command, format!("{}\n", world.practice.password).as_bytes());
        assert_eq!(ran.exit, Some(2), "{format}: {}", ran.all());
        for word in ["The output cannot be written", "hint: Make room"] {
            assert!(ran.stderr.contains(word), "{format}: {}", ran.all());
        }
    }
}

#[test]
fn a_problem_that_stdout_takes_is_said_there_alone() {
    let world = healthy();
    let ran = world.run(&["check", "--json"]);
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert_eq!(ran.json()["schema"], "understudy.problem/1");
    assert_eq!(ran.stderr, "", "{}", ran.all());
}
