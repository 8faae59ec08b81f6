//! The kill test: the program is killed at random moments of a run over a faulty server and goes on,
//! again and again. Nothing decided is lost or asked twice, and the verdicts are those of a run that
//! nobody disturbed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::process::Child;
use std::time::{Duration, Instant};

use contract::Verdict;
use exchange_sim::{EwsError, Fault, Mailbox, Options, Role, What, When};

use crate::dice::Dice;
use crate::ledger::{Found, Ledger};
use crate::world::{CANARY, Ended, ORGANIZATION, World, alone, copy};

/// Mailboxes of a run.
const MAILBOXES: usize = 5_000;
/// How many of them are second addresses of others.
const SECOND: usize = 97;
/// Kills where nobody says otherwise.
const KILLS: u32 = 40;

#[test]
fn whatever_is_decided_survives_the_death_of_the_program() {
    let _alone = alone();
    let kills = std::env::var("UNDERSTUDY_KILLS").map_or(KILLS, |text| {
        text.parse().expect("UNDERSTUDY_KILLS is a number")
    });
    let mut trial = Trial::prepare();
    let begun = Instant::now();
    let mut rounds = 0;
    while trial.kills < kills {
        rounds += 1;
        trial.round(kills);
    }
    eprintln!(
        "{} kills over {rounds} runs in {:.1} s: {:?}",
        trial.kills,
        begun.elapsed().as_secs_f32(),
        trial.spread
    );
    // Where exactly a kill strikes is luck; that each part of a run meets some is not.
    let parts: [&[&str]; 3] = [
        &["loading", "log-on"],
        &["asking"],
        &["the last mailboxes", "asking again", "the report"],
    ];
    for part in parts.iter().filter(|_| kills >= KILLS) {
        let met = part.iter().any(|stage| trial.spread.contains_key(stage));
        assert!(met, "no kill met {part:?}: {:?}", trial.spread);
    }
}

/// A server with its faults, the organization on it, and what an undisturbed run found.
struct Trial {
    world: World,
    dice: Dice,
    undisturbed: BTreeMap<String, Found>,
    /// How long that took.
    took: Duration,
    kills: u32,
    /// Kills by what they met.
    spread: BTreeMap<&'static str, u32>,
}

/// What was known when the program was started.
struct Before {
    decided: BTreeMap<String, Found>,
    asked: HashMap<String, u64>,
}

impl Trial {
    fn prepare() -> Self {
        let world = World::new(server());
        plan_faults(&world);
        let list: Vec<String> = (1..=MAILBOXES - SECOND).flat_map(addresses).collect();
        let begun = Instant::now();
        let ended = world.save(&list);
        let took = begun.elapsed();
        assert_eq!(ended.status.code(), Some(1), "{}", world.said());
        let ledger = ledger(&world, &world.data()).expect("a run");
        assert!(ledger.is_complete(), "{:?}", ledger.run);
        let undisturbed = ledger.decided();
        assert_eq!(undisturbed.len(), MAILBOXES + 1, "everything is decided");
        assert_eq!(
            undisturbed
                .values()
                .filter(|f| f.alias_of.is_some())
                .count(),
            SECOND,
            "second addresses are known as such"
        );
        // What rounds begin from.
        std::fs::rename(world.data(), world.path("pristine")).expect("it is closed");
        Self {
            world,
            dice: Dice::of_environment(),
            undisturbed,
            took,
            kills: 0,
            spread: BTreeMap::new(),
        }
    }

    /// One run to its end, however often it is killed.
    fn round(&mut self, kills: u32) {
        let data = self.world.data();
        let _ = std::fs::remove_dir_all(&data);
        copy(&self.world.path("pristine"), &data);
        let stale = ledger(&self.world, &data).expect("the first run").run.id;
        self.world.exchange.forget_faults();
        plan_faults(&self.world);
        let untouched = self.world.asked();
        let mut current: Option<Ledger> = None;
        loop {
            let before = Before {
                decided: current.as_ref().map(Ledger::decided).unwrap_or_default(),
                asked: self.world.asked(),
            };
            let open = MAILBOXES.saturating_sub(before.decided.len());
            let mut child = match &current {
                Some(_) => self
                    .world
                    .start(&["check", "--resume", "last", "--password-stdin"]),
                None => self
                    .world
                    .start(&["check", ORGANIZATION, "--password-stdin"]),
            };
            let killed = self.kills < kills && self.kill(&mut child, open, &untouched);
            if !killed {
                let status = Ended::of(child).status;
                assert_eq!(status.code(), Some(1), "{}", self.world.said());
            }
            self.world.settle();
            let after = ledger(&self.world, &data).filter(|ledger| ledger.run.id != stale);
            if let Some(after) = &after {
                self.compare(&before, after);
            } else {
                assert!(current.is_none(), "the run is lost");
            }
            if killed {
                self.kills += 1;
                let met = self.met(after.as_ref(), &before);
                *self.spread.entry(met).or_default() += 1;
                current = after;
                if current.as_ref().is_some_and(Ledger::is_complete) {
                    break;
                }
            } else {
                let after = after.expect("it ended");
                assert!(after.is_complete(), "{:?}", after.run);
                break;
            }
            self.end_of_leg(current.as_ref());
        }
        let last = ledger(&self.world, &data).expect("the run");
        self.equal(&last);
    }

    /// Kills the program at a random moment; `false`: it had ended before.
    fn kill(&mut self, child: &mut Child, open: usize, untouched: &HashMap<String, u64>) -> bool {
        // A run is loaded by its first start only, so that is killed early more often.
        let early = if open == MAILBOXES { 6 } else { 3 };
        match self.dice.below(10) {
            // Starting up: opening the folder, loading the list, logging on.
            roll if roll < early => std::thread::sleep(self.dice.within(self.took / 6)),
            // The end: everybody was asked once.
            6 | 7 => {
                self.wait_while(child, |trial| !trial.all_asked(untouched));
                std::thread::sleep(self.dice.within(self.took / 4));
            }
            _ => {
                let requests = |trial: &Self| trial.world.exchange.counters().requests;
                let enough = requests(self) + self.dice.below(open as u64 + 1);
                self.wait_while(child, |trial| requests(trial) < enough);
                std::thread::sleep(self.dice.within(Duration::from_millis(50)));
            }
        }
        if child.try_wait().expect("it is ours").is_some() {
            return false;
        }
        child.kill().expect("it runs");
        child.wait().expect("it ran");
        true
    }

    /// Waits while something is so and the program runs.
    fn wait_while(&self, child: &mut Child, so: impl Fn(&Self) -> bool) {
        while so(self) && child.try_wait().expect("it is ours").is_none() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn all_asked(&self, untouched: &HashMap<String, u64>) -> bool {
        let asked = self.world.asked();
        let more = asked
            .iter()
            .filter(|(mailbox, times)| untouched.get(*mailbox) < Some(times))
            .count();
        more >= MAILBOXES
    }

    /// What a kill met, told by what it left.
    fn met(&self, after: Option<&Ledger>, before: &Before) -> &'static str {
        let Some(after) = after else { return "loading" };
        let asked: u64 = self.world.asked().values().sum();
        let sent = asked - before.asked.values().sum::<u64>();
        let open = after.rows.len() - after.decided().len();
        match (sent, open) {
            _ if after.is_complete() => "the report",
            (0, _) => "log-on",
            (_, 0) => "asking again",
            (_, 1..100) => "the last mailboxes",
            _ => "asking",
        }
    }

    /// Nothing that was decided before is gone, another, or was asked again.
    fn compare(&self, before: &Before, after: &Ledger) {
        assert_eq!(after.rows.len(), MAILBOXES + 1, "a row is missing");
        let (decided, asked) = (after.decided(), self.world.asked());
        for (mailbox, was) in &before.decided {
            let now = decided.get(mailbox);
            let now = now.unwrap_or_else(|| panic!("{mailbox} was {was:?} and is open again"));
            let refused = was.verdict == Verdict::Refused;
            // Refusals are asked once more at the end (ruling 4), second addresses proven (ruling 7).
            assert!(
                refused || now.verdict == was.verdict,
                "{mailbox} was {was:?} and is {now:?}"
            );
            let times = |counts: &HashMap<String, u64>| counts.get(mailbox).copied().unwrap_or(0);
            let again = times(&asked) - times(&before.asked);
            // Either may meet a connection that is closed, and is then sent again.
            let allowed = 2 * u64::from(refused || has_two_addresses(mailbox));
            assert!(
                again <= allowed,
                "{mailbox} was {was:?} and was asked {again} times again"
            );
        }
    }

    /// The verdicts are those of a run that nobody disturbed.
    fn equal(&self, last: &Ledger) {
        let decided = last.decided();
        let all: HashSet<&String> = decided.keys().chain(self.undisturbed.keys()).collect();
        let other: Vec<_> = all
            .into_iter()
            .filter(|mailbox| decided.get(*mailbox) != self.undisturbed.get(*mailbox))
            .map(|mailbox| (mailbox, decided.get(mailbox), self.undisturbed.get(mailbox)))
            .collect();
        assert!(other.is_empty(), "now, and undisturbed: {other:#?}");
    }

    fn end_of_leg(&self, current: Option<&Ledger>) {
        let decided = current.map_or(0, |ledger| ledger.decided().len());
        eprintln!("kill {}: {decided} decided", self.kills);
    }
}

fn ledger(world: &World, data: &std::path::Path) -> Option<Ledger> {
    world.runtime.block_on(Ledger::read(data))
}

fn address(n: usize) -> String {
    format!("user{n}@contoso.com")
}

/// Every 50th has a second address, which stands behind the first in the list.
fn addresses(n: usize) -> Vec<String> {
    let second = has_second(n).then(|| second_address(n));
    [address(n)].into_iter().chain(second).collect()
}

fn has_second(n: usize) -> bool {
    n.is_multiple_of(50) && n / 50 <= SECOND
}

fn second_address(n: usize) -> String {
    format!("second{n}@contoso.com")
}

fn has_two_addresses(mailbox: &str) -> bool {
    let number = mailbox.trim_start_matches(char::is_alphabetic);
    let number = number.split('@').next().and_then(|text| text.parse().ok());
    number.is_some_and(has_second)
}

/// 3 % are outside of the scope, 1 % are not there at all, some have two addresses in the list.
fn server() -> Options {
    let here = (1..=MAILBOXES - SECOND).filter(|n| n % 100 != 51);
    let mut mailboxes: Vec<Mailbox> = here
        .map(|n| {
            let mailbox = Mailbox::new(&address(n), &format!("User {n}"));
            if has_second(n) {
                mailbox.alias(&second_address(n))
            } else {
                mailbox
            }
        })
        .collect();
    mailboxes.push(Mailbox::new(CANARY, "Board"));
    mailboxes.push(Mailbox::new("svc-ews@contoso.com", "EWS Service"));
    let mut options = Options {
        mailboxes,
        log_limit: 0,
        ..Options::default()
    };
    let outside = (1..MAILBOXES).filter(|n| n % 33 == 5 && !has_second(*n));
    let outside = outside.map(address);
    options.accounts[0].role = Role::AllBut(outside.chain([CANARY.to_owned()]).collect());
    options
}

/// What goes wrong, once a run: refusals at random, busy mailboxes, mailboxes that fail twice and
/// then open, connections that are closed.
fn plan_faults(world: &World) {
    let at = |n: usize| When::Mailbox(address(n));
    let mut faults = Vec::new();
    for n in 1..=40 {
        faults.push(Fault::once(at(n * 111), What::denied()));
        faults.push(Fault::times(2, at(n * 113), What::Ews(EwsError::busy(15))));
    }
    for n in 1..=10 {
        let moving = EwsError::new("ErrorMailboxMoveInProgress");
        faults.push(Fault::times(2, at(n * 307), What::Ews(moving)));
    }
    faults.push(Fault::always(When::EveryNthImpersonated(211), What::Close));
    for fault in faults {
        world.exchange.plan(fault);
    }
}
