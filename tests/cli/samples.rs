//! `--sample`: so many mailboxes drawn at random, and what they say about the rest.

use exchange_sim::practice::Scenario;

use crate::world::World;

#[test]
fn a_sample_says_what_it_means_in_text_and_in_json() {
    let world = World::new(Scenario::Healthy, 40);
    let ran = world.check(&["--sample", "10"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let said = "All 10 mailboxes drawn at random opened: with 95 % confidence at most 9 of all 40 (22.5 %) do not.";
    assert!(ran.flat().contains(said), "{}", ran.all());
    let document = world.check(&["--sample", "10", "--json"]).json();
    let sample = &document["run"]["sample"];
    let expected = serde_json::json!({
        "size": 10, "population": 40, "decided": 10, "failed": 0, "at_most": 9, "sentence": said
    });
    assert_eq!(*sample, expected);
    assert_eq!(
        document["results"].as_array().map(Vec::len),
        Some(11),
        "and the canary"
    );
    let whole = world.check(&["--json"]).json();
    assert!(whole["run"].get("sample").is_none(), "only where sampled");
}

#[test]
fn a_stored_organization_is_sampled_and_its_run_shows_it_later() {
    let world = World::new(Scenario::Healthy, 12);
    let ran = world.check(&["--save", "Contoso", "--sample", "5"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let ran = world.with_password(&["check", "Contoso", "--password-stdin", "--sample", "30"]);
    let said = "The sample is all there are (12 mailboxes): every one opened.";
    assert!(ran.flat().contains(said), "{}", ran.all());
    let shown = world.run(&["run", "show", "last"]);
    assert!(shown.flat().contains(said), "{}", shown.all());
}

#[test]
fn a_sample_of_nothing_is_bad_input_and_costs_no_request() {
    let world = World::new(Scenario::Healthy, 3);
    let bad = [
        world.check(&["--sample", "0", "--json"]),
        world.check(&["--sample", "100001", "--json"]),
    ];
    for ran in bad {
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        assert_eq!(ran.json()["problem"]["code"], "invalid", "{}", ran.all());
    }
    let mut canaries_alone = world.endpoint();
    canaries_alone.extend(
        [
            "--must-refuse",
            crate::world::CANARY,
            "--sample",
            "3",
            "--json",
        ]
        .map(str::to_owned),
    );
    let ran = world.with_password(&canaries_alone);
    assert_eq!(
        ran.json()["problem"]["message"],
        "There is no list to draw a sample from."
    );
    assert_eq!(world.counters().requests, 0);
}
