//! `understudy guide`, and users from Exchange: what can be set up, and who is found, from the terminal.

use exchange_sim::practice::Scenario;
use serde_json::{Value, json};

use crate::world::{Ran, World, bare};

fn saved(scenario: Scenario) -> World {
    let world = World::new(scenario, 6);
    let ran = world.check(&["--save", "Contoso"]);
    assert!(ran.exit != Some(2), "{}", ran.all());
    world
}

/// A command that needs no server.
fn guide(words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = bare(folder.path());
    command.arg("guide").args(words);
    let ran = Ran::of(command, b"");
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("it is there")
        .collect();
    assert!(left.is_empty(), "a guide leaves nothing behind: {left:?}");
    ran
}

#[test]
fn the_guides_are_listed_with_their_standing() {
    let ran = guide(&["--list", "--json"]);
    let listed = ran.json();
    assert_eq!(listed["schema"], "understudy.guides/1");
    let ids: Vec<&str> = listed["guides"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|guide| guide["id"].as_str())
        .collect();
    let expected = [
        "exchange-server",
        "exchange-online",
        "ews-app",
        "old-route",
        "hybrid",
        "sign-in",
        "rooms",
        "microsoft-test",
        "results",
    ];
    assert_eq!(ids, expected);
    assert_eq!(listed["guides"][3]["badge"], "Retired");
    let text = guide(&["--list"]);
    assert_eq!((text.exit, text.stdout.lines().count()), (Some(0), 9));
}

#[test]
fn without_an_organization_names_stand_in_angle_brackets() {
    let ran = guide(&[]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    assert!(ran.stdout.contains("-CustomRecipientWriteScope '<scope>'"));
    assert!(
        ran.stdout
            .contains("Careful: It covers every mailbox of the organization.")
    );
    assert!(
        ran.stderr
            .contains("Fill in what stands in angle brackets: account, ")
    );
    let undone = ran.stdout.matches("   Undo").count();
    assert!(undone >= 5, "every change can be taken back: {undone}");
}

#[test]
fn a_stored_organization_fills_the_names_in() {
    let world = saved(Scenario::Healthy);
    let page = world.run(&["guide", "contoso", "--json"]).json();
    assert_eq!(page["schema"], "understudy.guide/1");
    assert_eq!(page["organization"], "Contoso");
    let fields: Vec<&String> = page.as_object().expect("an object").keys().collect();
    let expected = [
        "calendar",
        "guide",
        "names",
        "organization",
        "schema",
        "sources",
        "steps",
    ];
    assert_eq!(fields, expected, "the contract's fields (sorted here)");
    let step = page["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find(|step| step["id"] == "assignment")
        .expect("the step");
    let change = step["commands"]
        .as_array()
        .expect("commands")
        .iter()
        .find(|command| command["purpose"] == "change" && command["flagged"] == Value::Null)
        .expect("the scoped change");
    assert_eq!(
        change["powershell"],
        "New-ManagementRoleAssignment -Name 'EWS-Imp-App' -Role ApplicationImpersonation -User 'CONTOSO\\svc-ews' -CustomRecipientWriteScope 'EWS-Imp-Scope'"
    );
    assert_eq!(change["missing"], json!([]));
}

#[test]
fn dead_commands_do_nothing_when_pasted() {
    let ran = guide(&["--guide", "old-route"]);
    let alive = ran
        .stdout
        .lines()
        .find(|line| line.starts_with("     ") && line.contains("-ManagementRoleAssignment "))
        .filter(|line| !line.trim_start().starts_with("# "));
    assert_eq!(alive, None);
    assert!(ran.stdout.contains("# New-ManagementRoleAssignment"));
    assert!(ran.stdout.contains("For reading only: this works no more."));
}

#[test]
fn a_guide_that_is_not_there_is_bad_input() {
    let ran = guide(&["--guide", "exchange", "--json"]);
    assert_eq!(ran.exit, Some(2));
    let problem = &ran.json()["problem"];
    assert_eq!(problem["code"], "invalid");
    let hint = problem["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("exchange-server"), "{hint}");
    let both = guide(&["--list", "--guide", "rooms"]);
    assert_eq!(both.exit, Some(2), "one or the other");
}

#[test]
fn rooms_come_from_exchange_after_a_look_at_them() {
    let world = saved(Scenario::Healthy);
    let import = [
        "user",
        "import",
        "Contoso",
        "--rooms",
        "--password-stdin",
        "--json",
    ];
    let looked = world
        .with_password(&[&import[..], &["--dry-run"]].concat())
        .json();
    assert_eq!(
        (&looked["dry_run"], &looked["added"]),
        (&json!(true), &json!(0))
    );
    let number = looked["to_add"].as_u64().expect("a number");
    assert!(number > 0, "{looked}");
    assert_eq!(looked.get("encoding"), None, "it is no list");
    let unasked = world.with_password(&import);
    assert_eq!(unasked.exit, Some(2), "nobody is there to be asked");
    assert!(unasked.json()["problem"]["hint"] == "Add --yes to do it.");
    let added = world
        .with_password(&[&import[..], &["--yes"]].concat())
        .json();
    assert_eq!(added["added"], number);
    let users = world.run(&["user", "list", "Contoso", "--json"]).json();
    let rooms = users["users"].as_array().expect("users").iter();
    let rooms = rooms.filter(|user| user["kind"] == "RoomMailbox").count() as u64;
    assert_eq!(rooms, number);
}

#[test]
fn who_is_not_found_and_who_may_not_ask_are_told_apart() {
    let world = saved(Scenario::Healthy);
    let name = |text: &str, password: &str| {
        let words = [
            "user",
            "import",
            "Contoso",
            "--name",
            text,
            "--password-stdin",
            "--dry-run",
        ];
        world.typing(&words, &[password])
    };
    let nobody = name("Zzzz", &world.practice.password);
    assert_eq!(nobody.exit, Some(0), "{}", nobody.all());
    assert!(
        nobody
            .stdout
            .contains("Nobody in the directory is called Zzzz.")
    );
    let refused = name("Zzzz", "not the password");
    assert_eq!(refused.exit, Some(2), "{}", refused.all());
    assert!(refused.stderr.contains("refused"), "{}", refused.all());
    let again = name("Zzzz", "not the password");
    assert_eq!(again.exit, Some(2));
    assert_eq!(
        world.counters().log_ons_refused,
        1,
        "one failed log-on, and no more"
    );
    let both = world.run(&["user", "import", "Contoso", "users.csv", "--rooms"]);
    assert_eq!(both.exit, Some(2), "a list or Exchange");
    let neither = world.run(&["user", "import", "Contoso"]);
    assert_eq!(neither.exit, Some(2));
}
