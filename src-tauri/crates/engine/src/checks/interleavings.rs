//! Whole runs against a server that does whatever the property test thinks of, under tokio's paused
//! clock: any interleaving of answers, pauses, cancels and kills keeps the promises of a run.

mod play;
mod world;

use contract::{Cause, RunState, Verdict};
use proptest::prelude::*;

use self::play::{Ending, Outcome, Session, Verdicts, play};
use self::world::{Last, Mailbox, Step};

/// A transient answer.
fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u64..3_000).prop_map(Step::Busy),
        2 => (0u64..1_000).prop_map(Step::TooMany),
        1 => Just(Step::Unavailable),
        1 => Just(Step::Gateway),
        2 => Just(Step::Closed),
        1 => Just(Step::Refused),
        1 => Just(Step::NoTicket),
        1 => Just(Step::Silence),
    ]
}

fn last() -> impl Strategy<Value = Last> {
    prop_oneof![
        6 => Just(Last::Opens),
        3 => Just(Last::Denied),
        1 => Just(Last::Gone),
        1 => Just(Last::Busy),
    ]
}

prop_compose! {
    fn mailbox()(
        before in prop::collection::vec(step(), 0..=3),
        last in last(),
        canary in prop::bool::weighted(0.1),
        garbled in prop::bool::weighted(0.1),
    ) -> Mailbox {
        let mut before = before;
        // The same obstacle twice in a row is confirmed, and rightly ends the run; a second
        // silence spends the two minutes.
        let mut seen = Vec::new();
        before.retain(|step| {
            let once = matches!(step, Step::Refused | Step::Silence);
            let keep = !(once && seen.contains(step));
            seen.push(*step);
            keep
        });
        if garbled {
            before.truncate(2);
            before.insert(0, Step::Garbage);
        }
        Mailbox { before, last, canary, alias_of: None }
    }
}

prop_compose! {
    /// A list: its first mailbox opens at once, one of them may lose its log-on, and its last may be
    /// a second address of the first.
    fn list()(
        mut mailboxes in prop::collection::vec(mailbox(), 1..24),
        challenged in prop::option::of(any::<prop::sample::Index>()),
        alias in any::<bool>(),
    ) -> Vec<Mailbox> {
        if let Some(index) = challenged {
            let before = &mut index.get_mut(&mut mailboxes).before;
            before.truncate(2);
            before.push(Step::Challenge);
        }
        // Whoever looks into an obstacle waits for every lane, silent ones too; four silences in a
        // row are the two minutes that the others have.
        let mut silences = 2;
        for mailbox in &mut mailboxes {
            mailbox.before.retain(|step| {
                silences -= i32::from(*step == Step::Silence);
                *step != Step::Silence || silences >= 0
            });
        }
        mailboxes.insert(0, Mailbox::opens());
        if alias {
            mailboxes.push(Mailbox { alias_of: Some(0), ..Mailbox::opens() });
        }
        mailboxes
    }
}

fn session() -> impl Strategy<Value = Session> {
    let ending = prop_oneof![
        3 => (0u64..2_500).prop_map(Ending::Killed),
        2 => (0u64..2_500).prop_map(Ending::Canceled),
        1 => (0u64..60_000).prop_map(Ending::Killed),
    ];
    (
        prop::collection::vec((1u64..400, 1u64..2_000), 0..3),
        ending,
    )
        .prop_map(|(pauses, ending)| Session { pauses, ending })
}

/// What every run must come to, whatever happens on the way.
fn expected(list: &[Mailbox]) -> Vec<Verdict> {
    let verdict = |mailbox: &Mailbox| match mailbox.last {
        Last::Opens => Verdict::Granted,
        Last::Denied => Verdict::Refused,
        Last::Gone => Verdict::NoMailbox,
        Last::Busy => Verdict::Undetermined,
    };
    list.iter().map(verdict).collect()
}

fn verdicts(rows: &Verdicts) -> Vec<Verdict> {
    rows.iter().filter_map(|row| row.verdict).collect()
}

fn holds(list: &[Mailbox], lanes: u32, seed: u64, sessions: &[Session]) {
    let calm = play(list, lanes, seed, &[]);
    assert_eq!(
        verdicts(&calm.rows),
        expected(list),
        "undisturbed: {:?}",
        calm.end
    );
    let disturbed = play(list, lanes, seed, sessions);
    for Outcome {
        end, violations, ..
    } in [&calm, &disturbed]
    {
        assert!(violations.is_empty(), "{violations:#?}, {end:?}");
        let open = list.iter().any(|mailbox| mailbox.last == Last::Busy)
            || list
                .iter()
                .any(|mailbox| mailbox.canary && mailbox.last == Last::Gone);
        let wanted = if open {
            RunState::Incomplete
        } else {
            RunState::Complete
        };
        assert_eq!(*end, (wanted, None));
    }
    assert_eq!(disturbed.rows, calm.rows, "the same in the end");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_interleaving_keeps_the_promises(
        list in list(),
        lanes in 1u32..=27,
        seed in any::<u64>(),
        sessions in prop::collection::vec(session(), 0..4),
    ) {
        holds(&list, lanes, seed, &sessions);
    }
}

#[test]
fn an_obstacle_is_not_looked_into_while_the_run_is_paused() {
    let refused = Mailbox {
        before: vec![Step::Refused],
        ..Mailbox::opens()
    };
    let list = [Mailbox::opens(), Mailbox::opens(), refused];
    for after in (30..150).step_by(10) {
        let session = Session {
            pauses: vec![(after, 1_000)],
            ending: Ending::Killed(2_000),
        };
        holds(&list, 4, 7, &[session]);
    }
}

/// A KDC that vanishes while the run goes on is a matter of the network: neither ours nor the account's.
#[test]
fn a_kdc_that_vanishes_says_nothing_about_password_or_rights() {
    let without = |times: usize| Mailbox {
        before: vec![Step::NoTicket; times],
        ..Mailbox::opens()
    };
    let told = |list: &[Mailbox]| {
        let played = play(list, 2, 3, &[]);
        assert!(played.violations.is_empty(), "{:?}", played.violations);
        let rows: Vec<_> = played
            .rows
            .iter()
            .map(|row| (row.verdict, row.cause))
            .collect();
        (played.end, rows)
    };
    let granted = (Some(Verdict::Granted), None);
    let closed = Some(Cause::HttpClosed);
    let open = (Some(Verdict::Undetermined), closed);
    // It comes back.
    let (end, rows) = told(&[Mailbox::opens(), without(2)]);
    assert_eq!((end, rows), ((RunState::Complete, None), vec![granted; 2]));
    // It does not, and the others go on.
    let (end, rows) = told(&[Mailbox::opens(), without(5), Mailbox::opens()]);
    assert_eq!(
        (end, rows),
        ((RunState::Incomplete, None), vec![granted, open, granted])
    );
    // Nobody is asked any more.
    let (end, rows) = told(&[without(5), without(5)]);
    assert_eq!((end, rows), ((RunState::Stopped, closed), vec![open; 2]));
    assert_eq!(Cause::HttpClosed.blame(), contract::Blame::Network);
}

#[test]
fn who_waits_while_every_lane_is_busy_keeps_no_processor_busy() {
    // With the clock paused, a loop that looks again and again would never end.
    let waits = Mailbox {
        before: vec![Step::Busy(10)],
        ..Mailbox::opens()
    };
    let silent = Mailbox {
        before: vec![Step::Silence],
        ..Mailbox::opens()
    };
    let list = [Mailbox::opens(), silent, waits];
    let paused = Session {
        pauses: vec![(60, 5_000)],
        ending: Ending::Killed(20_000),
    };
    holds(&list, 2, 1, &[paused]);
}
