//! What mailboxes that must be refused prove, and how each format says it: opened, it stands above all
//! else; not there, it leaves the run incomplete; none named, that is said once.

use exchange_sim::practice::{Scenario, setup};
use exchange_sim::{Bind, MailboxState};

use crate::world::{CANARY, Ran, World};

const FORMATS: [&str; 6] = ["table", "json", "jsonl", "csv", "junit", "html"];

/// Six of nine mailboxes meet something else, and the canary opens.
fn exposed() -> World {
    let mut practice = setup(Scenario::UnscopedRole, 9);
    practice.options.bind = Bind::Http;
    for mailbox in practice.options.mailboxes.iter_mut().take(4) {
        mailbox.state = MailboxState::AccessDenied;
    }
    for mailbox in practice.options.mailboxes.iter_mut().skip(4).take(2) {
        mailbox.state = MailboxState::Disabled;
    }
    World::with(practice)
}

fn before(ran: &Ran, first: &str, second: &str) {
    let at = |text: &str| {
        let found = ran.stdout.find(text);
        found.unwrap_or_else(|| panic!("{text:?} is missing: {}", ran.all()))
    };
    assert!(
        at(first) < at(second),
        "{first:?} comes before {second:?}: {}",
        ran.all()
    );
}

#[test]
fn an_opened_canary_is_above_all_else_in_every_format() {
    let world = exposed();
    for format in FORMATS {
        let ran = world.check(&["--format", format]);
        assert_eq!(ran.exit, Some(1), "{format}: {}", ran.all());
        assert!(
            ran.stdout.contains("impersonation.exposed"),
            "{format}: {}",
            ran.all()
        );
    }
    let table = world.check(&[]);
    before(&table, CANARY, "mailbox.access_denied");
    before(
        &table,
        "impersonation.exposed (1)",
        "mailbox.access_denied (4)",
    );
    let html = world.check(&["--format", "html"]);
    before(
        &html,
        "A mailbox that must be refused was opened",
        "7 findings.",
    );
    before(
        &html,
        "impersonation.exposed (1)",
        "mailbox.access_denied (4)",
    );
    let junit = world.check(&["--format", "junit"]);
    before(
        &junit,
        "<failure type=\"impersonation.exposed\"",
        "<failure type=\"mailbox.access_denied\"",
    );
    let json = world.check(&["--json"]).json();
    let causes: Vec<&str> = json["summary"]["causes"]
        .as_array()
        .expect("causes")
        .iter()
        .filter_map(|cause| cause["cause"].as_str())
        .collect();
    assert_eq!(
        causes,
        [
            "impersonation.exposed",
            "mailbox.access_denied",
            "mailbox.disabled"
        ],
        "the gravest first, then the most frequent"
    );
    let last = json["results"].as_array().and_then(|rows| rows.last());
    assert_eq!(
        last.map(|row| &row["mailbox"]),
        Some(&serde_json::json!(CANARY)),
        "results keep the order of the list"
    );
}

#[test]
fn without_a_canary_every_report_says_once_that_the_scope_is_not_proven() {
    let world = World::new(Scenario::Healthy, 3);
    let list = world.path("users.csv").display().to_string();
    let people: Vec<&str> = world.practice.users[..3]
        .iter()
        .map(|user| user.primary.as_str())
        .collect();
    world.file("users.csv", people.join("\n").as_bytes());
    for more in [&["--format", "table"][..], &["-v"], &["--format", "html"]] {
        let mut words = world.endpoint();
        words.extend(["--users", &list].map(str::to_owned));
        words.extend(more.iter().map(|word| (*word).to_owned()));
        let ran = world.with_password(&words);
        assert_eq!(ran.exit, Some(0), "{more:?}: {}", ran.all());
        let said = ran.flat().matches("Scope not proven.").count();
        assert_eq!(said, 1, "{}", ran.all());
    }
    let mut words = world.endpoint();
    words.extend(["--users", &list, "--json"].map(str::to_owned));
    let json = world.with_password(&words).json();
    let warnings = json["run"]["warnings"].as_array().expect("warnings");
    let said = |text: &&serde_json::Value| {
        text.as_str()
            .is_some_and(|text| text.starts_with("Scope not proven."))
    };
    assert_eq!(warnings.iter().filter(said).count(), 1, "{warnings:?}");
    let proven = world.check(&["--json"]).json();
    assert_eq!(proven["run"]["warnings"], serde_json::json!([]));
}

#[test]
fn canaries_come_from_files_and_as_addresses_and_are_enough_alone() {
    let world = World::new(Scenario::OutsideTheScope, 10);
    let outside = &world.practice.users[0].primary;
    let file = world.file(
        "canaries.csv",
        format!("DisplayName,PrimarySmtpAddress\nOutside,{outside}\n").as_bytes(),
    );
    let mut words = world.endpoint();
    words.extend(["--must-refuse", &file, "--must-refuse", CANARY, "--json"].map(str::to_owned));
    let ran = world.with_password(&words);
    let json = ran.json();
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let rows = json["results"].as_array().expect("rows");
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!(row["expectation"], "must_refuse");
        assert_eq!(row["cause"], "impersonation.refused", "nothing was granted");
        assert_eq!(row["finding"], false);
    }
    let ran = world.check(&["--must-refuse", &file, "--json"]);
    let json = ran.json();
    assert_eq!(json["summary"]["total"], 11, "on both lists: counted once");
    let row = json["results"].as_array().expect("rows").iter();
    let mut row = row.filter(|row| row["mailbox"] == outside.as_str());
    assert_eq!(
        row.next().map(|row| (&row["expectation"], &row["finding"])),
        Some((&serde_json::json!("must_refuse"), &serde_json::json!(false)))
    );
}

#[test]
fn a_canary_that_is_not_there_leaves_the_run_incomplete() {
    let world = World::new(Scenario::Healthy, 3);
    let ran = world.check(&["--must-refuse", "gone@contoso.com", "--json"]);
    let json = ran.json();
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert_eq!(json["run"]["state"], "incomplete");
    assert_eq!(json["summary"]["findings"], 0);
}

#[test]
fn users_of_an_organization_that_must_be_refused_are_its_canaries() {
    let world = World::new(Scenario::UnscopedRole, 4);
    let saved = world.check(&["--save", "Contoso"]);
    assert_eq!(saved.exit, Some(1), "{}", saved.all());
    let again = world.with_password(&["check", "Contoso", "--password-stdin", "--json"]);
    let json = again.json();
    assert_eq!(again.exit, Some(1), "{}", again.all());
    assert_eq!(
        json["summary"]["causes"][0]["cause"],
        "impersonation.exposed"
    );
    let shown = world.run(&["run", "show", "last"]);
    assert_eq!(shown.exit, Some(1));
    before(&shown, CANARY, "As expected");
}

#[test]
fn each_folder_has_its_verdict_in_the_formats_that_have_room_for_it() {
    let mut practice = setup(Scenario::Healthy, 3);
    practice.options.bind = Bind::Http;
    let missing = vec!["contacts".to_owned(), "tasks".to_owned()];
    practice.options.mailboxes[1].state = MailboxState::WithoutFolders(missing);
    let world = World::with(practice);
    let folders = ["--folders", "inbox,calendar,contacts,tasks"];
    let before_all = world.counters().requests;
    let ran = world.check(&[&folders[..], &["--json"]].concat());
    assert_eq!(ran.exit, Some(1), "{}", ran.all());
    let asked = world.counters().requests - before_all;
    assert!(
        asked <= 4 + 4,
        "one request a mailbox, and the log-on: {asked}"
    );
    let json = ran.json();
    let row = &json["results"][1];
    assert_eq!(
        (&row["verdict"], &row["cause"], &row["ews_code"]),
        (
            &serde_json::json!("unusable"),
            &serde_json::json!("mailbox.folder_missing"),
            &serde_json::json!("ErrorFolderNotFound")
        )
    );
    assert_eq!(
        row["folders"],
        serde_json::json!([
            {"folder": "inbox", "ews_code": "NoError", "opened": true},
            {"folder": "calendar", "ews_code": "NoError", "opened": true},
            {"folder": "contacts", "ews_code": "ErrorFolderNotFound", "opened": false},
            {"folder": "tasks", "ews_code": "ErrorFolderNotFound", "opened": false}
        ])
    );
    let streamed = world.check(&[&folders[..], &["--format", "jsonl"]].concat());
    let line = r#"{"folder":"contacts","ews_code":"ErrorFolderNotFound","opened":false}"#;
    assert!(streamed.stdout.contains(line), "{}", streamed.all());
    let csv = world.check(&[&folders[..], &["--format", "csv"]].concat());
    assert!(csv.stdout.contains("contacts"), "{}", csv.all());
    for format in ["table", "html", "junit"] {
        let ran = world.check(&[&folders[..], &["--format", format]].concat());
        assert_eq!(ran.exit, Some(1), "{format}");
        assert!(
            ran.stdout.contains("mailbox.folder_missing"),
            "{format}: {}",
            ran.all()
        );
    }
}
