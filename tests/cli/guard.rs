//! The lock-out guard over processes: a refused password is not sent to the same server again within
//! half an hour unless someone asks for it.

use exchange_sim::practice::{Scenario, setup};

use crate::world::{CANARY, World};

/// A server that knows another password, by NTLM.
fn refusing() -> World {
    let mut practice = setup(Scenario::NtlmOnly, 3);
    "Yesterday-Pa55!".clone_into(&mut practice.password);
    World::with(practice)
}

#[test]
fn two_processes_send_it_once() {
    let world = refusing();
    let first = world.check(&["--json"]);
    let second = world.check(&["--json"]);
    for ran in [&first, &second] {
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        assert_eq!(ran.json()["run"]["cause"], "auth.rejected");
    }
    let document = second.json();
    let said = document["run"]["message"].as_str().expect("text");
    assert!(
        said.contains("was not sent") && said.contains("--send-again"),
        "{said}"
    );
    assert_eq!(document["summary"]["log_ons"], 0);
    assert_eq!(world.counters().log_ons_refused, 1);
    let forced = world.check(&["--json", "--send-again"]);
    assert_eq!(
        forced.json()["run"]["authentication"]["tried"][0]["outcome"],
        "refused"
    );
    assert_eq!(world.counters().log_ons_refused, 2);
}

#[test]
fn another_password_is_sent_and_a_good_one_is_forgotten() {
    let world = refusing();
    assert_eq!(world.check(&[]).exit, Some(2));
    let right = world.practice.options.accounts[0].password.clone();
    for _ in 0..2 {
        let ran = world.typing(&world.audit(&[]), &[&right]);
        assert_eq!(ran.exit, Some(0), "{}", ran.all());
    }
    world.simulator().update(|options| {
        "Yesterday-Pa55!".clone_into(&mut options.accounts[0].password);
    });
    let ran = world.check(&["--send-again"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    assert_eq!(
        world.check(&[]).exit,
        Some(0),
        "accepted, it counts no more"
    );
}

#[test]
fn stored_organizations_and_one_off_audits_share_the_guard() {
    let world = refusing();
    assert_eq!(world.check(&[]).exit, Some(2));
    let saved = world.check(&["--save", "Contoso", "--json"]);
    assert_eq!(saved.json()["run"]["cause"], "auth.rejected");
    let check = ["check", "Contoso", "--password-stdin", "--json"];
    assert_eq!(world.with_password(&check).exit, Some(2));
    let resumed = ["check", "--resume", "last", "--password-stdin", "--json"];
    assert_eq!(world.with_password(&resumed).exit, Some(2));
    assert_eq!(world.counters().log_ons_refused, 1);
}

#[test]
fn a_good_check_leaves_nothing() {
    let world = World::new(Scenario::NtlmOnly, 2);
    assert_eq!(world.check(&[]).exit, Some(0));
    assert!(!world.path("data").exists());
}

/// On a terminal a person is asked; `script` gives one.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_asks() {
    let world = refusing();
    let words: Vec<String> = world
        .audit(&[])
        .into_iter()
        .filter(|word| word != "--password-stdin")
        .map(|word| format!("'{word}'"))
        .collect();
    assert!(words.iter().any(|word| word.contains(CANARY)));
    let line = format!("'{}' {}", crate::world::binary().display(), words.join(" "));
    let password = world.practice.password.clone();
    let typing =
        |answer: &str| crate::world::on_a_terminal(&world, &line, &format!("{password}\n{answer}"));
    assert_eq!(typing("").exit, Some(2), "the first is sent");
    assert_eq!(world.counters().log_ons_refused, 1);
    for answer in ["n", ""] {
        let ran = typing(answer);
        assert!(ran.stdout.contains("Send it again? [y/N]"), "{}", ran.all());
        assert_eq!(
            (ran.exit, world.counters().log_ons_refused),
            (Some(2), 1),
            "{}",
            ran.all()
        );
    }
    let ran = typing("y");
    assert_eq!(
        (ran.exit, world.counters().log_ons_refused),
        (Some(2), 2),
        "{}",
        ran.all()
    );
    let saved = format!("{line} --save Contoso");
    let asked = crate::world::on_a_terminal(&world, &saved, &format!("{password}\nn"));
    assert!(asked.stdout.contains("Send it again?"), "{}", asked.all());
    let list = world.run(&["organization", "list"]).stdout;
    assert!(!list.contains("Contoso"), "a no keeps nothing: {list}");
}
