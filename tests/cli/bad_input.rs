//! Bad input: said with what to do, as exit code 2, without a single request.

use std::io::Write as _;

use exchange_sim::practice::Scenario;

use crate::bad_cases::{cases, changed};
use crate::world::{Ran, World, held};

#[test]
fn bad_input_costs_no_request_and_says_what_to_do() {
    let world = World::new(Scenario::Healthy, 2);
    let mut all = String::new();
    for (name, words, _) in cases(&world) {
        let ran = world.with_password(&words);
        assert_eq!(ran.exit, Some(2), "{name}: {}", ran.all());
        assert_eq!(ran.stdout, "", "{name}: data where there is none");
        assert!(
            !ran.stderr.contains("hunter2"),
            "{name} repeats a password: {}",
            ran.stderr
        );
        all.extend([format!("--- {name}\n{}\n", ran.stderr.trim_end())]);
    }
    held!("bad_input", all);
    assert_eq!(world.counters().requests, 0, "somebody asked");
}

#[test]
fn with_json_the_problem_is_json() {
    let world = World::new(Scenario::Healthy, 2);
    for (name, mut words, code) in cases(&world) {
        words.push("--json".to_owned());
        let ran = world.with_password(&words);
        assert_eq!(ran.exit, Some(2), "{name}: {}", ran.all());
        let document = ran.json();
        assert_eq!(document["schema"], "understudy.problem/1", "{name}");
        let problem = document["problem"].as_object().expect("an object");
        assert_eq!(problem["code"], code, "{name}: {problem:?}");
        let message = problem["message"].as_str().expect("text");
        assert!(
            !message.is_empty() && !message.contains("hunter2"),
            "{name}: {message}"
        );
        let hint = problem["hint"].as_str().unwrap_or_default();
        assert!(
            !hint.is_empty() && !hint.contains("hunter2"),
            "{name}: what is to be done? {hint}"
        );
        assert_eq!(problem.len(), 3, "{name}: code, message, hint");
    }
    assert_eq!(world.counters().requests, 0, "somebody asked");
}

/// Nothing is on stdin: whoever reads the password first says that it is missing.
#[test]
fn a_scheme_that_does_not_fit_is_said_before_a_password_is_read() {
    let world = World::new(Scenario::Healthy, 2);
    let added = [
        "organization",
        "add",
        "Contoso",
        "--password-stdin",
        "--auth",
        "bearer",
    ];
    for ran in [
        world.run(&added),
        world.run(&changed(&world, "--auth", "bearer")),
    ] {
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        assert!(!ran.stderr.contains("password"), "{}", ran.all());
        assert!(ran.stderr.contains("token"), "{}", ran.all());
    }
    let ran = world.run(&["organization", "list"]);
    assert!(!ran.stdout.contains("Contoso"), "{}", ran.all());
}

#[test]
fn a_hundred_megabytes_of_one_line_are_refused_at_once() {
    let world = World::new(Scenario::Healthy, 2);
    let path = world.path("line.csv");
    let mut file = std::fs::File::create(&path).expect("writable");
    let chunk = vec![b'a'; 1024 * 1024];
    for _ in 0..100 {
        file.write_all(&chunk).expect("space");
    }
    let words = changed(&world, "--users", &path.display().to_string());
    let started = std::time::Instant::now();
    for more in [&[][..], &["--save", "Contoso"]] {
        let words: Vec<String> = words
            .iter()
            .cloned()
            .chain(more.iter().map(|&w| w.to_owned()))
            .collect();
        let ran = world.with_password(&words);
        assert_eq!(ran.exit, Some(2));
        assert!(
            ran.stderr.contains("is longer than 64 KiB"),
            "{}",
            ran.all()
        );
    }
    assert!(started.elapsed().as_secs() < 20, "it was read to its end");
}

#[test]
fn an_address_with_a_newline_is_a_row_and_never_sent() {
    let world = World::new(Scenario::Healthy, 2);
    let good = &world.practice.users[0].primary;
    world.file(
        "users.csv",
        format!("PrimarySmtpAddress\n\"ev\nil@contoso.com\"\n{good}\n").as_bytes(),
    );
    let ran = world.check(&["--json"]);
    let rows = &ran.json()["results"];
    assert_eq!(rows[0]["cause"], "mailbox.address_invalid", "{}", ran.all());
    assert_eq!(rows[0]["attempts"], 0);
    assert_eq!(rows[1]["verdict"], "granted");
    let table = world.check(&[]).stdout;
    assert!(
        !table.contains("ev\nil"),
        "a list writes lines of its own: {table}"
    );
}

#[test]
fn without_a_password_and_a_terminal_it_says_what_to_do() {
    let world = World::new(Scenario::Healthy, 2);
    let words: Vec<String> = world
        .audit(&[])
        .into_iter()
        .filter(|word| word != "--password-stdin")
        .collect();
    let nobody = world.run(&words);
    let empty = Ran::of(world.command(&world.audit(&[])), b"\n");
    let json = Ran::of(world.command(&world.audit(&["--json"])), b"");
    held!(
        "no_password",
        format!("{}\n{}\n{}", nobody.all(), empty.all(), json.all())
    );
    assert_eq!(world.counters().requests, 0);
}

#[test]
fn a_data_folder_that_is_none_is_named() {
    let world = World::new(Scenario::Healthy, 2);
    let file = world.file("occupied", b"not a folder");
    let ran =
        world.with_password(&world.audit(&["--save", "Contoso", "--data-dir", &file, "--json"]));
    assert_eq!(
        (ran.exit, ran.json()["problem"]["code"].as_str()),
        (Some(2), Some("data_folder")),
        "{}",
        ran.all()
    );
    let ran = world.run(&["organization", "list", "--data-dir", &file]);
    assert_eq!(ran.exit, Some(2));
    assert!(ran.stderr.contains("occupied"), "{}", ran.stderr);
    assert_eq!(
        std::fs::read(&file).expect("there"),
        b"not a folder",
        "it is as it was"
    );
    assert_eq!(world.counters().requests, 0);
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let world = World::new(Scenario::Healthy, 2);
    assert_eq!(world.run(&["organization", "list"]).exit, Some(0));
    let path = world.path("data/understudy.db");
    let mut bytes = std::fs::read(&path).expect("a database");
    // The user version stands big-endian at byte 60: https://www.sqlite.org/fileformat.html
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    std::fs::write(&path, &bytes).expect("writable");
    let ran = world.with_password(&world.audit(&["--save", "Contoso", "--json"]));
    assert_eq!(
        (ran.exit, ran.json()["problem"]["code"].as_str()),
        (Some(2), Some("newer_database")),
        "{}",
        ran.all()
    );
    assert_eq!(
        std::fs::read(&path).expect("there"),
        bytes,
        "it is as it was"
    );
    assert_eq!(world.counters().requests, 0);
}
