//! Random samples: who is drawn, and what the drawn say about the rest. Everybody has the same chance,
//! nobody is drawn twice, and memory grows with the sample, never with what it is drawn from. The dice
//! are ours, so that tests can fix who is drawn.

mod bound;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use contract::{Problem, SampleStatement};
use sha2::{Digest as _, Sha256};
use store::runs::Drawn;

use crate::activity::grouped;

/// Most mailboxes of a sample: they are held in memory while it is drawn.
pub(super) const LARGEST: u64 = 100_000;

/// A draw that goes on: the candidates with the lowest digests so far. With a secret key the digests are
/// as good as dice, and a name that comes twice has the same one twice: it counts once.
pub(super) struct Draw<T> {
    key: [u8; 16],
    size: usize,
    met: u64,
    lowest: BTreeMap<[u8; 16], (u64, T)>,
}

impl<T> Draw<T> {
    /// Draws `size`.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for none, or more than [`LARGEST`].
    pub(super) fn new(size: u64, key: [u8; 16]) -> Result<Self, Problem> {
        if size == 0 {
            return Err(
                Problem::invalid("size", "A sample has at least one mailbox.").hint(
                    "200 say whether anything is wrong at large; 2,000 say it ten times finer.",
                ),
            );
        }
        if size > LARGEST {
            let most = grouped(LARGEST);
            return Err(Problem::invalid(
                "size",
                format!("A sample has at most {most} mailboxes."),
            )
            .hint("Draw fewer, or check all of them."));
        }
        Ok(Self {
            key,
            size: usize::try_from(size).expect("at most a hundred thousand"),
            met: 0,
            lowest: BTreeMap::new(),
        })
    }

    /// One more candidate. `name` tells candidates apart; answers the number to count it by.
    pub(super) fn offer(&mut self, name: &[u8], candidate: T) -> i64 {
        let digest = self.digest(name);
        let place = self.met;
        self.met += 1;
        let full = self.lowest.len() == self.size;
        let highest = self.lowest.last_key_value().map(|(highest, _)| *highest);
        if !full || highest.is_some_and(|highest| digest < highest) {
            // The first one of a name stays, as everywhere.
            if let Entry::Vacant(free) = self.lowest.entry(digest) {
                free.insert((place, candidate));
                if full {
                    self.lowest.pop_last();
                }
            }
        }
        let mut number = [0; 8];
        number.copy_from_slice(&digest[8..]);
        i64::from_le_bytes(number)
    }

    /// Who was drawn, in the order in which they came.
    pub(super) fn drawn(self) -> Vec<T> {
        let mut drawn: Vec<(u64, T)> = self.lowest.into_values().collect();
        drawn.sort_unstable_by_key(|(place, _)| *place);
        drawn.into_iter().map(|(_, candidate)| candidate).collect()
    }

    fn digest(&self, name: &[u8]) -> [u8; 16] {
        let whole: [u8; 32] = Sha256::new()
            .chain_update(self.key)
            .chain_update(name)
            .finalize()
            .into();
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        half
    }
}

/// What a sample says about all.
pub(super) fn statement(stands: &Drawn) -> SampleStatement {
    let Drawn {
        population,
        drawn,
        decided,
        failed,
        undetermined,
    } = *stands;
    let unreached = drawn.saturating_sub(decided + undetermined);
    let open = drawn.saturating_sub(decided);
    let all = drawn >= population;
    let at_most = if all {
        failed + open
    } else if unreached > 0 || decided == 0 {
        // Who was asked first is no random choice among the drawn.
        population
    } else {
        bound::at_most(population, decided, failed)
    };
    let sentence = if all {
        of_all(stands, unreached)
    } else if unreached > 0 {
        format!(
            "The check did not get to {} of the {} drawn at random: nothing is said about all {}.",
            grouped(unreached),
            mailboxes(drawn),
            grouped(population)
        )
    } else {
        of_some(stands, at_most)
    };
    SampleStatement {
        size: drawn,
        decided,
        failed,
        population,
        at_most,
        sentence,
    }
}

/// As many as there are: nothing is left to chance.
fn of_all(stands: &Drawn, unreached: u64) -> String {
    let all = mailboxes(stands.population);
    let mut text = format!("The sample is all there are ({all}): ");
    match stands.failed {
        0 if stands.decided == stands.population => text.push_str("every one opened."),
        failed => text.extend([grouped(failed).as_str(), " did not open."]),
    }
    if stands.undetermined > 0 {
        let open = grouped(stands.undetermined);
        text.extend([" ", &open, " could not be found out."]);
    }
    if unreached > 0 {
        text.extend([" ", &were(unreached), " not reached."]);
    }
    text
}

fn of_some(stands: &Drawn, at_most: u64) -> String {
    let all = grouped(stands.population);
    if stands.decided == 0 {
        return format!(
            "Of {} drawn at random nothing could be found out: nothing is said about all {all}.",
            mailboxes(stands.drawn)
        );
    }
    let seen = match (stands.decided, stands.failed) {
        (1, 0) => "The one mailbox drawn at random opened".to_owned(),
        (1, _) => "The one mailbox drawn at random did not open".to_owned(),
        (decided, 0) => format!("All {} drawn at random opened", mailboxes(decided)),
        (decided, failed) => format!(
            "{} of {} drawn at random did not open",
            grouped(failed),
            mailboxes(decided)
        ),
    };
    let share = share(at_most, stands.population);
    let bound = grouped(at_most);
    let rest = not_found_out(stands.undetermined);
    format!("{seen}: with 95 % confidence at most {bound} of all {all} ({share}) do not.{rest}")
}

fn not_found_out(undetermined: u64) -> String {
    match undetermined {
        0 => String::new(),
        1 => " 1 could not be found out and is not counted.".to_owned(),
        n => format!(
            " {} could not be found out and are not counted.",
            grouped(n)
        ),
    }
}

fn were(n: u64) -> String {
    match n {
        1 => "1 was".to_owned(),
        n => format!("{} were", grouped(n)),
    }
}

fn mailboxes(n: u64) -> String {
    match n {
        1 => "1 mailbox".to_owned(),
        n => format!("{} mailboxes", grouped(n)),
    }
}

/// `1.5 %`, rounded up: a bound that is rounded down is none.
fn share(part: u64, of: u64) -> String {
    let tenths = (u128::from(part) * 1_000).div_ceil(u128::from(of.max(1)));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use store::runs::Drawn;

    use super::{Draw, LARGEST, statement};

    fn drawn(size: u64, key: u8, of: u32) -> Vec<u32> {
        let mut draw = Draw::new(size, [key; 16]).expect("a size");
        for n in 0..of {
            draw.offer(&n.to_le_bytes(), n);
        }
        draw.drawn()
    }

    #[test]
    fn a_draw_is_without_putting_back_in_order_and_repeatable() {
        let first = drawn(50, 1, 1_000);
        assert_eq!(first.len(), 50);
        assert!(first.is_sorted_by(|a, b| a < b), "{first:?}");
        assert_eq!(first, drawn(50, 1, 1_000), "the same dice, the same people");
        assert_ne!(first, drawn(50, 2, 1_000), "other dice, other people");
        assert_eq!(drawn(50, 1, 7), [0, 1, 2, 3, 4, 5, 6], "all there are");
    }

    #[test]
    fn who_comes_twice_has_no_second_chance() {
        let mut draw = Draw::new(3, [7; 16]).expect("a size");
        let mut numbers = Vec::new();
        for n in [1_u8, 2, 1, 3, 2, 1, 3, 4, 4, 5, 1] {
            numbers.push(draw.offer(&[n], n));
        }
        let three = draw.drawn();
        assert_eq!(three.len(), 3);
        assert!(three[0] != three[1] && three[1] != three[2] && three[0] != three[2]);
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 5, "one number a name");
    }

    /// Chi-squared with 99 degrees of freedom is above 149 in one case of a thousand.
    #[test]
    fn everybody_has_the_same_chance() {
        let mut hits = [0_u32; 100];
        for key in 0..200 {
            for n in drawn(10, key, 100) {
                hits[n as usize] += 1;
            }
        }
        let of_each = |n: u32| (f64::from(n) - 20.0).powi(2) / 20.0;
        let chi: f64 = hits.iter().map(|n| of_each(*n)).sum();
        assert!(chi < 149.0, "{chi}: {hits:?}");
    }

    #[test]
    fn none_and_too_many_are_bad_input() {
        assert!(Draw::<()>::new(0, [0; 16]).is_err());
        assert!(Draw::<()>::new(LARGEST, [0; 16]).is_ok());
        assert!(Draw::<()>::new(LARGEST + 1, [0; 16]).is_err());
    }

    #[test]
    fn a_statement_says_what_is_known_and_no_more() {
        let said = |population, drawn, decided, failed, undetermined| {
            statement(&Drawn {
                population,
                drawn,
                decided,
                failed,
                undetermined,
            })
            .sentence
        };
        let text = [
            said(20_000, 200, 200, 0, 0),
            said(20_000, 200, 200, 3, 0),
            said(20_000, 200, 198, 0, 2),
            said(20_000, 200, 0, 0, 200),
            said(20_000, 200, 80, 0, 0),
            said(20_000, 1, 1, 0, 0),
            said(200, 200, 200, 0, 0),
            said(200, 200, 197, 3, 2),
        ]
        .join("\n");
        insta::assert_snapshot!(text, @r"
        All 200 mailboxes drawn at random opened: with 95 % confidence at most 295 of all 20,000 (1.5 %) do not.
        3 of 200 mailboxes drawn at random did not open: with 95 % confidence at most 763 of all 20,000 (3.9 %) do not.
        All 198 mailboxes drawn at random opened: with 95 % confidence at most 298 of all 20,000 (1.5 %) do not. 2 could not be found out and are not counted.
        Of 200 mailboxes drawn at random nothing could be found out: nothing is said about all 20,000.
        The check did not get to 120 of the 200 mailboxes drawn at random: nothing is said about all 20,000.
        The one mailbox drawn at random opened: with 95 % confidence at most 19,000 of all 20,000 (95.0 %) do not.
        The sample is all there are (200 mailboxes): every one opened.
        The sample is all there are (200 mailboxes): 3 did not open. 2 could not be found out. 1 was not reached.
        ");
    }

    #[test]
    fn what_was_not_reached_may_be_bad() {
        let stands = Drawn {
            population: 20_000,
            drawn: 200,
            decided: 80,
            failed: 0,
            undetermined: 0,
        };
        assert_eq!(statement(&stands).at_most, 20_000);
        let all = Drawn {
            population: 200,
            decided: 190,
            failed: 4,
            undetermined: 10,
            ..stands
        };
        assert_eq!(statement(&all).at_most, 14);
    }
}
