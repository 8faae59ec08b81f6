//! Two of us on one data folder: one run an organization, and different ones side by side.

use std::time::Duration;

use crate::ledger::Ledger;
use crate::world::{Ended, ORGANIZATION, World, addresses, alone, eventually, people};

const MAILBOXES: usize = 400;

#[test]
fn a_second_check_of_an_organization_is_refused_and_asks_nobody() {
    let _alone = alone();
    let world = World::new(people(MAILBOXES));
    assert_eq!(
        world.save(&addresses(MAILBOXES)).status.code(),
        Some(0),
        "{}",
        world.said()
    );
    world
        .exchange
        .update(|options| options.latency = Duration::from_millis(100));
    let before = world.exchange.counters().requests;
    let first = world.start(&["check", ORGANIZATION, "--password-stdin"]);
    eventually("mailboxes are asked", || {
        world.exchange.counters().requests > before + 20
    });
    let logged_on = world.exchange.counters().anonymous;
    let words = ["check", ORGANIZATION, "--password-stdin", "--json"];
    let second = Ended::of(world.start(&words));
    let said = world.said();
    assert_eq!(second.status.code(), Some(2), "{said}");
    assert!(said.contains(r#""code":"already_running""#), "{said}");
    let words = ["check", "--resume", "last", "--password-stdin", "--json"];
    let resumed = Ended::of(world.start(&words));
    let said = world.said();
    assert_eq!(resumed.status.code(), Some(2), "{said}");
    assert!(said.contains(r#""code":"already_running""#), "{said}");
    assert_eq!(
        world.exchange.counters().anonymous,
        logged_on,
        "every check begins with an anonymous request, and the first had made its own"
    );
    world
        .exchange
        .update(|options| options.latency = Duration::ZERO);
    assert_eq!(Ended::of(first).status.code(), Some(0), "the first goes on");
    let ledger = world.runtime.block_on(Ledger::read(&world.data()));
    let ledger = ledger.expect("a run");
    assert!(ledger.is_complete());
    assert_eq!(ledger.decided().len(), MAILBOXES + 1);
}

#[test]
fn different_organizations_are_checked_side_by_side() {
    let _alone = alone();
    let world = World::new(people(MAILBOXES));
    // A mailbox belongs to one organization.
    let list = addresses(MAILBOXES);
    let (some, others) = list.split_at(MAILBOXES / 2);
    for (name, list) in [(ORGANIZATION, some), ("Fabrikam", others)] {
        assert_eq!(
            world.save_as(name, list).status.code(),
            Some(0),
            "{}",
            world.said()
        );
    }
    world
        .exchange
        .update(|options| options.latency = Duration::from_millis(20));
    let before = world.exchange.counters();
    let checks =
        [ORGANIZATION, "Fabrikam"].map(|name| world.start(&["check", name, "--password-stdin"]));
    for check in checks {
        assert_eq!(Ended::of(check).status.code(), Some(0), "{}", world.said());
    }
    let asked = world.exchange.counters();
    for address in &list {
        let times = asked.per_mailbox[address] - before.per_mailbox[address];
        assert_eq!(times, 1, "{address}");
    }
}
