//! Where a report goes: nowhere sometimes, which is said.

use std::fs::File;

use exchange_sim::Bind;
use exchange_sim::practice::{Practice, Scenario, setup};

use crate::world::{Ran, World};

fn healthy() -> World {
    let mut practice: Practice = setup(Scenario::Demo, 2);
    practice.options.bind = Bind::Http;
    World::with(practice)
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
