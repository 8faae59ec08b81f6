//! The governor against simulated servers, under tokio's paused clock: nothing here depends on how
//! fast this machine is.

use std::time::Duration;

use tokio::time::Instant;

use super::Governor;
use super::model::{Server, Trace, play};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// What so many mailboxes take with so many lanes, in milliseconds, at 30 ms each.
fn ideal(mailboxes: i32, lanes: i32) -> f64 {
    f64::from(mailboxes) * 30.0 / f64::from(lanes)
}

#[tokio::test(start_paused = true)]
async fn one_lane_until_logged_on_then_four_then_doubling_to_the_ceiling() {
    let mut governor = Governor::new(10, None);
    assert_eq!(governor.target(), 1, "the first lane logs on alone");
    governor.logged_on();
    assert_eq!(governor.target(), 4);
    let trace = play(Governor::new(27, None), Server::default(), 1_000).await;
    let mut steps: Vec<(f64, u32)> = Vec::new();
    for (at, target) in &trace.targets {
        if steps.last().is_none_or(|(_, last)| last != target) {
            steps.push((ms(*at), *target));
        }
    }
    assert_eq!(
        steps,
        [(30.0, 4), (30.0, 8), (60.0, 16), (90.0, 27)],
        "one step a round trip"
    );
    assert_eq!(trace.peak, 27);
    let share = ideal(1_000, 27) / ms(trace.wall);
    assert!(share > 0.92, "{share}: the ramp costs three round trips");
}

#[tokio::test(start_paused = true)]
async fn the_ceiling_and_the_floor_hold_whatever_comes() {
    for ceiling in [0, 1, 3, 10, 27, 99] {
        let most = ceiling.clamp(1, 27);
        let server = Server {
            limit: 2,
            unevenness: 4.0,
            ..Server::default()
        };
        let trace = play(Governor::new(ceiling, None), server, 500).await;
        let in_bounds = |(_, target): &(Duration, u32)| (1..=most).contains(target);
        assert!(trace.targets.iter().all(in_bounds), "{ceiling}");
        assert!(trace.peak <= most, "{ceiling}: {}", trace.peak);
    }
}

#[tokio::test(start_paused = true)]
async fn uneven_answers_do_not_keep_it_from_growing() {
    let server = Server {
        unevenness: 3.0,
        ..Server::default()
    };
    let trace = play(Governor::new(27, None), server, 2_000).await;
    assert_eq!(trace.targets.last().unwrap().1, 27);
    let there = trace.targets.iter().find(|(_, target)| *target == 27);
    let (at, _) = there.unwrap();
    assert!(*at < SECOND, "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn lanes_that_bring_no_more_are_given_back() {
    // Six at a time; everything beyond only queues.
    let server = Server {
        capacity: 6,
        ..Server::default()
    };
    let trace = play(Governor::new(27, None), server, 5_000).await;
    let share = ideal(5_000, 6) / ms(trace.wall);
    assert!(share > 0.95, "the server is kept busy: {share}");
    let settled = trace.targets_after(2 * SECOND);
    let (least, most) = (settled.iter().min(), settled.iter().max());
    assert!(
        least >= Some(&6) && most <= Some(&10),
        "{least:?} to {most:?} lanes for six"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_slower_in_the_afternoon_keeps_its_lanes() {
    let server = Server {
        service: |since| {
            if since < 5 * SECOND {
                30 * MS
            } else {
                200 * MS
            }
        },
        unevenness: 1.5,
        ..Server::default()
    };
    let trace = play(Governor::new(10, None), server, 4_000).await;
    let settled = trace.targets_after(15 * SECOND);
    let with_all = settled.iter().filter(|target| **target == 10).count();
    assert!(
        with_all * 100 >= settled.len() * 95,
        "fewer lanes were tried and changed nothing: {with_all} of {}",
        settled.len()
    );
    assert!(
        trace
            .targets
            .iter()
            .any(|(at, target)| *at > 5 * SECOND && *target < 10),
        "it did try"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_overloaded_gets_relief_and_loses_nothing() {
    // Room for two from the start, and sixteen lanes from an earlier, better day.
    let mut governor = Governor::new(16, None);
    governor.logged_on();
    for _ in 0..200 {
        tokio::time::advance(30 * MS).await;
        governor.answered(30 * MS);
    }
    assert_eq!(governor.target(), 16);
    // With two seats, an answer takes fifteen milliseconds for every lane.
    for _ in 0..600 {
        let took = 15 * MS * governor.target();
        tokio::time::advance(took).await;
        governor.answered(took);
    }
    assert!(governor.target() <= 6, "{}", governor.target());
    assert!(governor.target() >= 2, "{}", governor.target());
    assert_eq!(governor.allowed(), None, "slow is no objection");
}

/// The sizes it had, from the first to the last objection-free stretch.
fn changes(targets: &[u32]) -> usize {
    targets.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_five_ends_at_five_and_stays_there() {
    for ceiling in [10, 27] {
        let server = Server {
            limit: 5,
            ..Server::default()
        };
        let trace = play(Governor::new(ceiling, None), server, 5_000).await;
        let share = ideal(5_000, 5) / ms(trace.wall);
        assert!(share > 0.95, "{share} of what five lanes give");
        let settled = trace.targets_after(4 * SECOND);
        assert!(settled.iter().all(|target| (5..=6).contains(target)));
        let at_six = settled.iter().filter(|target| **target == 6).count();
        assert!(
            at_six * 100 <= settled.len(),
            "{at_six} of {}",
            settled.len()
        );
        assert!(
            changes(&settled) <= 8,
            "fewer and fewer trials: {}",
            changes(&settled)
        );
        assert!(trace.objections <= 20, "{} objections", trace.objections);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_lifted_is_found_out() {
    let mut governor = Governor::new(10, None);
    governor.logged_on();
    let now = Instant::now();
    governor.busy(1, true, MS, now + MS, now + MS);
    assert_eq!(governor.target(), 2);
    let mut answers = 0;
    while governor.target() < 10 {
        tokio::time::advance(30 * MS).await;
        governor.answered(30 * MS);
        answers += 1;
        assert!(answers < 1_000, "at {}", governor.target());
    }
    assert_eq!(answers, 8 * 50, "one more after fifty clean answers each");
}

#[tokio::test(start_paused = true)]
async fn too_many_halves_once_for_a_burst() {
    let mut governor = Governor::new(16, None);
    governor.logged_on();
    for _ in 0..50 {
        tokio::time::advance(30 * MS).await;
        governor.answered(30 * MS);
    }
    let now = Instant::now();
    (0..5).for_each(|n| governor.busy(n, true, MS, now, now));
    assert_eq!(governor.target(), 8);
    governor.busy(9, true, MS, now + MS, now + MS);
    assert_eq!(governor.target(), 4, "asked after the halving: not enough");
    (2..9).for_each(|n| governor.busy(n.into(), true, MS, now + n * MS, now + n * MS));
    assert_eq!(governor.target(), 1, "and never below one");
}

#[tokio::test(start_paused = true)]
async fn what_the_server_allows_is_known_after_an_objection_and_a_clean_stretch() {
    let clean = async |governor: &mut Governor, answers: u32| {
        for _ in 0..answers {
            tokio::time::advance(30 * MS).await;
            governor.answered(30 * MS);
        }
    };
    let mut governor = Governor::new(16, None);
    governor.logged_on();
    clean(&mut governor, 100).await;
    assert_eq!((governor.target(), governor.allowed()), (16, None));
    let now = Instant::now();
    governor.busy(1, true, MS, now, now);
    clean(&mut governor, 24).await;
    assert_eq!((governor.target(), governor.allowed()), (8, None));
    clean(&mut governor, 1).await;
    assert_eq!(governor.allowed(), Some(8));
    clean(&mut governor, 26).await;
    assert_eq!(
        (governor.target(), governor.allowed()),
        (9, Some(8)),
        "on trial"
    );
    let now = Instant::now();
    governor.busy(1, true, MS, now, now);
    assert_eq!((governor.target(), governor.allowed()), (8, Some(8)));
    tokio::time::advance(MS).await;
    let now = Instant::now();
    governor.busy(1, true, MS, now, now);
    assert_eq!(
        (governor.target(), governor.allowed()),
        (4, None),
        "no more"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_learned_is_reached_quickly_and_passed_with_care() {
    let trace = play(Governor::new(27, Some(12)), Server::default(), 200).await;
    let at = |lanes| trace.targets.iter().find(|(_, n)| *n == lanes).unwrap().0;
    assert_eq!(at(12), 60 * MS, "two round trips");
    assert!(at(13) > 150 * MS, "fifty clean answers later: {:?}", at(13));
    assert!(trace.targets.iter().all(|(_, target)| *target <= 15));
    let mut modest = Governor::new(10, Some(2));
    modest.logged_on();
    assert_eq!(modest.target(), 2, "four were too many the last time");
}

#[tokio::test(start_paused = true)]
async fn lanes_that_cannot_be_opened_leave_what_works() {
    let mut governor = Governor::new(10, None);
    governor.logged_on();
    for _ in 0..50 {
        tokio::time::advance(30 * MS).await;
        governor.answered(30 * MS);
    }
    assert_eq!(governor.target(), 10);
    (5..10).rev().for_each(|open| governor.lane_refused(open));
    assert_eq!(governor.target(), 5);
    let mut trials = Vec::new();
    for answer in 0..3_000 {
        tokio::time::advance(30 * MS).await;
        governor.answered(30 * MS);
        if governor.target() == 6 {
            trials.push(answer);
            governor.lane_refused(5);
        }
        assert_eq!(governor.target(), 5);
    }
    assert_eq!(trials, [49, 199, 649, 1_999], "rarer and rarer");
    assert_eq!(governor.allowed(), Some(5));
    governor.lane_refused(0);
    assert_eq!(governor.target(), 1);
}

fn busy(mailboxes: impl IntoIterator<Item = i64>, times: u32, wait: Duration) -> Server {
    Server {
        busy: mailboxes.into_iter().map(|n| (n, (times, wait))).collect(),
        ..Server::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_busy_mailbox_waits_to_the_millisecond_while_the_others_go_on() {
    let trace = play(Governor::new(10, None), busy([17], 4, 1_234 * MS), 3_000).await;
    assert!(!trace.paused);
    let asked = trace.asked_at(17);
    assert_eq!(asked.len(), 5);
    for pair in asked.windows(2) {
        let waited = pair[1].abs_diff(pair[0]);
        // A free lane is at most one answer away.
        assert!(waited >= 1_234 * MS && waited <= 1_264 * MS, "{waited:?}");
    }
    let share = ideal(3_000, 10) / ms(trace.wall);
    assert!(share > 0.95, "{share}");
}

#[tokio::test(start_paused = true)]
async fn back_offs_are_exact_where_a_lane_is_free() {
    let trace = play(Governor::new(4, None), busy([0], 3, 777 * MS), 1).await;
    let asked: Vec<f64> = trace.asked_at(0).into_iter().map(ms).collect();
    assert_eq!(asked, [0.0, 777.0, 1_554.0, 2_331.0]);
}

#[tokio::test(start_paused = true)]
async fn ten_of_two_hundred_busy_once_cost_no_more_than_their_second() {
    // Neighbors in the list, at its beginning, in its middle, at its end, and scattered.
    let places: [Vec<i64>; 4] = [
        (0..10).collect(),
        (95..105).collect(),
        (190..200).collect(),
        (0..200).step_by(20).collect(),
    ];
    for places in places {
        let first = places[0];
        let last = *places.last().unwrap();
        let trace = play(Governor::new(10, None), busy(places, 1, SECOND), 200).await;
        assert!(!trace.paused, "{first}..{last}");
        // The last of them is asked when its turn comes, waits a second, and is asked again.
        let turn = trace.asked_at(last)[0];
        let best = ms(turn) + 1_000.0 + 30.0;
        let wall = ms(trace.wall);
        assert!(wall <= best * 1.1, "{first}..{last}: {wall} of {best}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_mailbox_that_is_busy_again_and_again_pauses_nobody() {
    let mut governor = Governor::new(4, None);
    governor.logged_on();
    for _ in 0..100 {
        tokio::time::advance(MS).await;
        let now = Instant::now();
        governor.busy(7, false, 9 * SECOND, now, now);
    }
    assert_eq!(governor.paused_until(Instant::now()), None);
}

/// How many different mailboxes answered busy before everything paused.
async fn busy_until_paused(governor: &mut Governor, from: i64) -> i64 {
    for mailbox in 0.. {
        tokio::time::advance(MS).await;
        let now = Instant::now();
        governor.busy(from + mailbox, false, 2 * SECOND, now, now);
        if governor.paused_until(now).is_some() {
            assert_eq!(governor.paused_until(now), Some(now + 2 * SECOND));
            return mailbox + 1;
        }
    }
    unreachable!("the list has no end")
}

#[tokio::test(start_paused = true)]
async fn busy_that_spreads_pauses_all_until_the_back_off_is_over() {
    let mut governor = Governor::new(10, None);
    governor.logged_on();
    assert_eq!(busy_until_paused(&mut governor, 0).await, 16);
    let before = Instant::now();
    governor.busy(99, false, 50 * SECOND, before - MS, before);
    tokio::time::advance(1_999 * MS).await;
    assert!(governor.paused_until(Instant::now()).is_some());
    tokio::time::advance(MS).await;
    assert_eq!(governor.paused_until(Instant::now()), None, "over");
    assert_eq!(
        busy_until_paused(&mut governor, 1_000).await,
        4,
        "still so: the next pause costs fewer attempts"
    );
    tokio::time::advance(3 * SECOND).await;
    for _ in 0..12 {
        tokio::time::advance(30 * MS).await;
        governor.answered(30 * MS);
    }
    assert!(
        busy_until_paused(&mut governor, 2_000).await > 8,
        "all was well"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_busy_altogether_is_left_alone() {
    let everybody = busy(0..400, 1, 5 * SECOND);
    let trace: Trace = play(Governor::new(10, None), everybody, 400).await;
    assert!(trace.paused);
    let early = trace
        .asked
        .iter()
        .filter(|(at, _)| *at < 5 * SECOND)
        .count();
    assert!(early <= 26, "{early} asked before the first pause was over");
}

#[tokio::test(start_paused = true)]
async fn too_many_connections_is_no_spread_of_busy_mailboxes() {
    let server = Server {
        limit: 3,
        ..Server::default()
    };
    let trace = play(Governor::new(27, None), server, 2_000).await;
    assert!(!trace.paused, "fewer lanes were the remedy");
    let share = ideal(2_000, 3) / ms(trace.wall);
    assert!(share > 0.93, "{share}");
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_objections_over_many_mailboxes_pauses_nobody() {
    let mut governor = Governor::new(27, None);
    governor.logged_on();
    for _ in 0..100 {
        tokio::time::advance(30 * MS).await;
        governor.answered(30 * MS);
    }
    let now = Instant::now();
    (0..22).for_each(|mailbox| governor.busy(mailbox, true, 9 * SECOND, now, now));
    assert_eq!((governor.target(), governor.paused_until(now)), (13, None));
}
