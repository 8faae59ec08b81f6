//! A laptop that sleeps: the program stands still for longer than its time-outs, all its connections
//! die, and it goes on as if nothing had been.
#![cfg(target_os = "linux")]

use std::time::Duration;

use exchange_sim::{Fault, What, When};

use crate::ledger::Ledger;
use crate::world::{Ended, ORGANIZATION, World, addresses, alone, eventually, people, signal};

const MAILBOXES: usize = 1_000;

#[test]
fn a_sleep_in_mid_run_makes_no_verdict_false() {
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
        .update(|options| options.latency = Duration::from_millis(50));
    let before = world.exchange.counters().requests;
    let words = ["check", ORGANIZATION, "--password-stdin", "--timeout", "2"];
    let child = world.start(&words);
    eventually("mailboxes are asked", || {
        world.exchange.counters().requests > before + 100
    });
    signal(&child, "STOP");
    // Longer than a request may take; whatever was on its way is lost, and nobody listens.
    world
        .exchange
        .plan(Fault::times(20, When::Impersonated, What::Close));
    std::thread::sleep(Duration::from_secs(4));
    signal(&child, "CONT");
    let ended = Ended::of(child);
    assert_eq!(ended.status.code(), Some(0), "{}", world.said());
    let ledger = world.runtime.block_on(Ledger::read(&world.data()));
    let ledger = ledger.expect("a run");
    assert!(ledger.is_complete());
    assert_eq!(ledger.decided().len(), MAILBOXES + 1);
}
