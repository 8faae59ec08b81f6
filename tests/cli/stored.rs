//! What is kept: `--save`, organizations, users, runs. There is no key store here.

use exchange_sim::practice::Scenario;
use serde_json::{Value, json};

#[cfg(target_os = "linux")]
use crate::world::on_a_terminal;
use crate::world::{CANARY, Ran, World, held};

fn saved() -> World {
    let world = World::new(Scenario::OutsideTheScope, 6);
    let ran = world.check(&[
        "--save",
        "Contoso",
        "--folders",
        "inbox",
        "--concurrency",
        "3",
    ]);
    assert_eq!(ran.exit, Some(1), "{}", ran.all());
    world
}

#[test]
fn a_saved_audit_says_what_was_kept() {
    let world = World::new(Scenario::Healthy, 2);
    let ran = world.check(&["--save", "Contoso"]);
    assert_eq!(
        ran.stderr.lines().count(),
        2,
        "a warning and a hint, no log: {}",
        ran.stderr
    );
    held!("saved", ran.all());
}

#[test]
fn a_saved_audit_is_an_organization_with_users_and_run() {
    let world = saved();
    let runs = world.run(&["run", "list", "--json"]).json();
    assert_eq!(runs["schema"], "understudy.runs/1");
    let run = &runs["runs"][0];
    let fields: Vec<&String> = run.as_object().expect("an object").keys().collect();
    let expected = [
        "finished_at",
        "id",
        "organization",
        "started_at",
        "state",
        "summary",
    ];
    assert_eq!(fields, expected, "the contract's fields (sorted here)");
    assert_eq!(
        (&run["organization"], &run["state"]),
        (&json!("Contoso"), &json!("complete"))
    );
    let shown = world.run(&["run", "show", "--json"]);
    assert_eq!(shown.exit, Some(1), "the findings are still there");
    assert_eq!(
        shown.json()["run"]["organization"],
        "Contoso",
        "from the first run on"
    );
    let organization = world
        .run(&["organization", "show", "contoso", "--json"])
        .json();
    assert_eq!(organization["organization"]["users"], 7);
    assert_eq!(organization["organization"]["must_refuse"], 1);
    assert_eq!(organization["configuration"]["account"], "CONTOSO\\svc-ews");
    assert_eq!(organization["configuration"]["auth"], "basic");
    assert_eq!(
        organization["configuration"]["has_password"], false,
        "there is no key store here"
    );
}

#[test]
fn a_stored_organization_is_checked_by_name() {
    let world = saved();
    let first = world.run(&["run", "show", "--json"]).json();
    let ran = world.with_password(&["check", "contoso", "--password-stdin", "--json"]);
    let second = ran.json();
    assert_eq!(ran.exit, Some(1), "{}", ran.all());
    for field in ["total", "granted", "refused", "findings"] {
        assert_eq!(first["summary"][field], second["summary"][field], "{field}");
    }
    let order = |document: &Value| {
        let rows = document["results"].as_array().expect("rows");
        rows.iter()
            .map(|row| row["mailbox"].as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        order(&first),
        order(&second),
        "the order of the list, canary last"
    );
    let without = world.run(&["check", "Contoso", "--json"]);
    assert_eq!(
        without.json()["problem"]["code"],
        "password_needed",
        "{}",
        without.all()
    );
}

#[test]
fn a_taken_name_costs_no_request() {
    let world = saved();
    let before = world.counters().requests;
    let ran = world.check(&["--save", "CONTOSO", "--json"]);
    assert_eq!(
        (ran.exit, ran.json()["problem"]["code"].as_str()),
        (Some(2), Some("taken")),
        "{}",
        ran.all()
    );
    assert_eq!(world.counters().requests, before);
    let added = world.run(&["organization", "add", "contoso", "--json"]);
    assert_eq!(added.json()["problem"]["code"], "taken");
}

#[test]
fn a_list_with_bad_rows_is_reported_whole() {
    let world = World::new(Scenario::Healthy, 2);
    let good = world.practice.users[0].primary.clone();
    world.file(
        "users.csv",
        format!("PrimarySmtpAddress\n{good}\nnobody\n").as_bytes(),
    );
    let document = world.check(&["--save", "Contoso", "--json"]).json();
    assert_eq!(document["run"]["organization"], "Contoso");
    assert_eq!(
        document["results"][1]["cause"], "mailbox.address_invalid",
        "as without --save"
    );
    assert_eq!(
        world
            .run(&["organization", "show", "Contoso", "--json"])
            .json()["organization"]["users"],
        2
    );
}

/// The run is the organization's, with the settings it has, even where the list holds more than it.
#[test]
fn a_saved_audit_of_a_list_with_bad_rows_counts_for_the_organization() {
    for rows in ["", "nobody\n"] {
        let world = World::new(Scenario::Healthy, 2);
        let people = &world.practice.users;
        let list = format!(
            "PrimarySmtpAddress\n{}\n{}\n{rows}",
            people[0].primary, people[1].primary
        );
        world.file("users.csv", list.as_bytes());
        let ran = world.check(&["--save", "Contoso"]);
        assert_eq!(ran.exit, Some(i32::from(!rows.is_empty())), "{}", ran.all());
        let runs = world.stored_runs();
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0].organization_name.as_deref(), Some("Contoso"));
        assert!(
            !runs[0].old_settings && !runs[0].draft,
            "{rows:?}: the settings are the saved ones"
        );
    }
}

#[test]
fn run_alone_is_the_list() {
    let world = saved();
    let list = world.run(&["run", "list", "--json"]);
    let alone = world.run(&["run", "--json"]);
    assert_eq!(alone.json(), list.json());
    assert_eq!(
        world.run(&["run"]).stdout,
        world.run(&["run", "list"]).stdout
    );
    assert_eq!(world.run(&["run", "--json", "show"]).exit, Some(2));
}

#[test]
fn nothing_is_stored_without_save() {
    let world = World::new(Scenario::Healthy, 2);
    assert_eq!(world.check(&[]).exit, Some(0));
    assert!(
        !world.path("data").exists(),
        "a one-off audit leaves a report and nothing else"
    );
}

#[test]
fn organizations_are_kept_by_command() {
    let world = World::new(Scenario::Healthy, 2);
    let url = world.simulator().ews_url();
    let ca = world.path("ca.pem").display().to_string();
    let steps: [&[&str]; 15] = [
        &["organization", "list"],
        &[
            "organization",
            "add",
            "Fabrikam",
            "--ews-url",
            &url,
            "--account",
            "svc@contoso.com",
            "--auth",
            "basic",
            "--ca-file",
            &ca,
        ],
        &[
            "organization",
            "edit",
            "Fabrikam",
            "--account",
            "CONTOSO\\svc-ews",
            "--identify-by",
            "primary-smtp",
        ],
        &["organization", "edit", "Fabrikam", "--name", "Northwind"],
        &["organization", "edit", "Northwind"],
        &[
            "organization",
            "edit",
            "Northwind",
            "--ews-url",
            "http://mail.contoso.com/",
        ],
        &[
            "organization",
            "add",
            "Bad",
            "--ews-url",
            "https://mail.contoso.com",
            "--account",
            "no",
        ],
        &[
            "organization",
            "edit",
            "Northwind",
            "--proxy",
            "proxy.contoso.com:3128",
            "--auth",
            "negotiate",
        ],
        &[
            "organization",
            "edit",
            "Northwind",
            "--proxy-user",
            "CONTOSO\\proxy",
        ],
        &["organization", "duplicate", "Northwind"],
        &["organization", "show", "Northwind (copy)", "--json"],
        &["organization", "remove", "Northwind (copy)"],
        &["organization", "remove", "Northwind (copy)", "--yes"],
        &["organization", "remove", "Nobody"],
        &["organization", "list", "--json"],
    ];
    held!("organizations", story(&world, &steps));
}

#[test]
fn users_are_kept_by_command() {
    let world = World::new(Scenario::Healthy, 3);
    world.file("more.csv", b"PrimarySmtpAddress,DisplayName\nzoe@contoso.com,Zoe\nnobody,No One\nZOE@contoso.com,Again\n");
    assert_eq!(world.run(&["organization", "add", "Contoso"]).exit, Some(0));
    let steps: [&[&str]; 16] = [
        &["user", "list", "Contoso"],
        &["user", "import", "Contoso", "users.csv", "--dry-run"],
        &["user", "import", "Contoso", "users.csv"],
        &["user", "import", "Contoso", "users.csv"],
        &["user", "import", "Contoso", "more.csv", "--json"],
        &["user", "import", "Contoso", "missing.csv"],
        &[
            "user",
            "add",
            "Contoso",
            "Xaver <xaver@contoso.com>",
            "--name",
            "Xaver",
            "--must-refuse",
        ],
        &["user", "add", "Contoso", "xaver@contoso.com"],
        &["user", "add", "Contoso", "nobody", "--json"],
        &["user", "list", "Contoso"],
        &["user", "list", "Contoso", "--search", "zoe", "--json"],
        &[
            "user",
            "remove",
            "Contoso",
            "zoe@contoso.com",
            "Xaver@Contoso.com",
        ],
        &[
            "user",
            "remove",
            "Contoso",
            "zoe@contoso.com",
            "Xaver@Contoso.com",
            "--yes",
        ],
        &[
            "user",
            "remove",
            "Contoso",
            "anna.adler@contoso.com",
            "ANNA.ADLER@contoso.com",
        ],
        &["user", "remove", "Contoso", "zoe@contoso.com", "--json"],
        &["user", "export", "Contoso"],
    ];
    held!("users", story(&world, &steps));
}

#[test]
fn users_come_from_stdin_and_go_to_a_file() {
    let world = World::new(Scenario::Healthy, 3);
    assert_eq!(world.run(&["organization", "add", "Contoso"]).exit, Some(0));
    let list = world.practice.users_csv();
    let ran = Ran::of(
        world.command(&["user", "import", "Contoso", "-", "--json"]),
        list.as_bytes(),
    );
    assert_eq!(
        (ran.exit, ran.json()["added"].as_u64()),
        (Some(0), Some(4)),
        "{}",
        ran.all()
    );
    let ran = world.run(&["user", "export", "Contoso", "--output", "out.csv"]);
    assert_eq!(
        (ran.exit, ran.stdout.as_str()),
        (Some(0), ""),
        "{}",
        ran.all()
    );
    assert_eq!(world.run(&["organization", "add", "Copy"]).exit, Some(0));
    let ran = world.run(&["user", "import", "Copy", "out.csv", "--dry-run", "--json"]);
    let groups = &ran.json()["groups"];
    assert_eq!(
        groups,
        &json!([{"group": "elsewhere", "count": 4}]),
        "an export can be imported: {}",
        ran.all()
    );
}

/// A list on stdin leaves the terminal for the password: `script` gives one.
#[cfg(target_os = "linux")]
#[test]
fn the_list_on_stdin_and_the_password_on_a_terminal() {
    let world = World::new(Scenario::Healthy, 3);
    let words: Vec<String> = world
        .endpoint()
        .into_iter()
        .filter(|word| word != "--password-stdin")
        .map(|word| format!("'{word}'"))
        .collect();
    let binary = crate::world::binary().display().to_string();
    let typed = format!(
        "cat users.csv | '{binary}' {} --users - --must-refuse {CANARY} --format csv --output out.csv",
        words.join(" ")
    );
    let ran = on_a_terminal(&world, &typed, &world.practice.password);
    assert!(
        ran.stdout.contains("Password for CONTOSO\\svc-ews:"),
        "{}",
        ran.all()
    );
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let csv = std::fs::read_to_string(world.path("out.csv")).expect("written");
    assert_eq!(csv.matches(",granted,").count(), 3, "{csv}");
}

/// A person is asked before something is deleted, and may say no.
#[cfg(target_os = "linux")]
#[test]
fn deleting_asks_on_a_terminal() {
    let world = saved();
    let binary = crate::world::binary().display().to_string();
    let organizations = || world.run(&["organization", "list"]).stdout;
    let remove = format!("'{binary}' organization remove Contoso");
    let users = format!(
        "'{binary}' user remove Contoso {} {CANARY}",
        world.practice.users[0].primary
    );
    for (typed, answer, exit) in [(&users, "n", 2), (&users, "y", 0), (&remove, "", 2)] {
        let ran = on_a_terminal(&world, typed, answer);
        assert_eq!(ran.exit, Some(exit), "{}", ran.all());
    }
    assert!(organizations().contains("Contoso  contoso  5 users"));
    let ran = on_a_terminal(&world, &remove, "yes");
    let question = "Delete \"Contoso\" and its 5 users?";
    assert!(ran.stdout.contains(question), "{}", ran.all());
    assert!(ran.stdout.contains("30 days"), "{}", ran.all());
    assert!(!organizations().contains("Contoso"));
}

fn story(world: &World, steps: &[&[&str]]) -> String {
    let mut all = String::new();
    for words in steps {
        let ran = world.run(words);
        all.extend([format!("$ understudy {}\n{}\n", words.join(" "), ran.all())]);
    }
    all
}
