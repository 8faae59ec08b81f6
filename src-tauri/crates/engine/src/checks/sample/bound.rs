//! The exact bound behind a sample's statement. Pure arithmetic; it knows nothing of mailboxes.
//!
//! Of `population` things an unknown number is bad. `drawn` of them are drawn at random without putting
//! back, and `bad` of these turn out bad: the number of bad ones among the drawn is hypergeometric. The
//! bound is the largest number of bad things in the population with which so few would still be drawn
//! in at least one case of twenty: the exact one-sided bound with 95 % confidence.

/// What may remain: one case of twenty.
const DOUBT: f64 = 0.05;
/// Rounding may cost no bound: what is as good as one case of twenty counts as one.
const ROUNDING: f64 = 1e-8;

/// At most so many of the population are bad, with 95 % confidence. `bad <= drawn <= population`.
pub(super) fn at_most(population: u64, drawn: u64, bad: u64) -> u64 {
    debug_assert!(bad <= drawn && drawn <= population, "drawn from nowhere");
    // With so many bad ones so few were drawn for certain.
    let mut possible = bad;
    // The good ones that were drawn are not bad.
    let mut last = population.saturating_sub(drawn.saturating_sub(bad));
    while possible < last {
        let middle = possible + (last - possible).div_ceil(2);
        if so_few(population, middle, drawn, bad) >= DOUBT * (1.0 - ROUNDING) {
            possible = middle;
        } else {
            last = middle - 1;
        }
    }
    possible
}

/// The probability that at most `seen` of `drawn` are bad where `bad` of `population` are.
fn so_few(population: u64, bad: u64, drawn: u64, seen: u64) -> f64 {
    let mean = float(drawn) * float(bad) / float(population);
    // The median of a hypergeometric distribution lies between the whole numbers around its mean
    // (it is a sum of independent ones, Vatutin and Mikhailov 1982): half of all cases and more.
    if float(seen) >= mean.ceil() {
        return 1.0;
    }
    let least = (drawn + bad).saturating_sub(population);
    if seen < least {
        return 0.0;
    }
    let mut term = (choose(bad, seen) + choose(population - bad, drawn - seen)
        - choose(population, drawn))
    .exp();
    let mut sum = term;
    // Below the mean every term is smaller than the one above it.
    for x in ((least + 1)..=seen).rev() {
        let upper = float(x) * float((population + x) - bad - drawn);
        term *= upper / (float(bad - x + 1) * float(drawn - x + 1));
        sum += term;
        if term <= sum * f64::EPSILON {
            break;
        }
    }
    sum
}

/// The logarithm of the number of ways to choose `few` of `all`.
fn choose(all: u64, few: u64) -> f64 {
    ln_factorial(all) - ln_factorial(few) - ln_factorial(all - few)
}

fn ln_factorial(n: u64) -> f64 {
    // 170! is the last one that fits.
    if n <= 170 {
        return (2..=n).map(float).product::<f64>().ln();
    }
    // Stirling's series; what is left out is less than 1e-14 from here on.
    let x = float(n);
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1260.0 * x.powi(5));
    x.mul_add(x.ln(), -x) + 0.5 * (2.0 * std::f64::consts::PI * x).ln() + series
}

#[expect(
    clippy::cast_precision_loss,
    reason = "mailboxes of one organization number far below 2^53"
)]
fn float(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{at_most, so_few};

    /// Ways to choose, exactly.
    fn ways(all: u64, few: u64) -> u128 {
        if few > all {
            return 0;
        }
        (0..u128::from(few)).fold(1, |ways, n| ways * (u128::from(all) - n) / (n + 1))
    }

    /// Counted out in whole numbers: is it one case of twenty?
    fn by_counting(population: u64, drawn: u64, bad: u64) -> u64 {
        let all = ways(population, drawn);
        (bad..=population - (drawn - bad))
            .filter(|among| {
                let so_few: u128 = (0..=bad)
                    .map(|x| ways(*among, x) * ways(population - among, drawn - x))
                    .sum();
                so_few * 20 >= all
            })
            .max()
            .expect("as many as were drawn are possible")
    }

    #[test]
    fn every_small_case_is_what_counting_says() {
        for population in 1..=24 {
            for drawn in 0..=population {
                for bad in 0..=drawn {
                    assert_eq!(
                        at_most(population, drawn, bad),
                        by_counting(population, drawn, bad),
                        "{bad} of {drawn} of {population}"
                    );
                }
            }
        }
    }

    #[test]
    fn known_values() {
        assert_eq!(at_most(20_000, 200, 0), 295);
        assert_eq!(at_most(20_000, 200, 3), 763);
        assert_eq!(
            at_most(1_000_000, 300, 0),
            9_934,
            "the rule of three, nearly"
        );
        assert_eq!(
            at_most(7, 7, 2),
            2,
            "all were drawn: nothing is left to chance"
        );
        assert_eq!(
            at_most(9, 0, 0),
            9,
            "nobody was drawn: everything is possible"
        );
        assert_eq!(at_most(9, 4, 4), 9);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn middling_cases_are_what_counting_says(
            (population, drawn, bad) in (25_u64..70)
                .prop_flat_map(|population| (Just(population), 0..=population))
                .prop_flat_map(|(population, drawn)| (Just(population), Just(drawn), 0..=drawn))
        ) {
            prop_assert_eq!(at_most(population, drawn, bad), by_counting(population, drawn, bad));
        }

        #[test]
        fn large_cases_keep_their_word(
            (population, drawn, bad) in (200_u64..3_000_000)
                .prop_flat_map(|population| (Just(population), 1..=population.min(100_000)))
                .prop_flat_map(|(population, drawn)| (Just(population), Just(drawn), 0..=drawn))
        ) {
            let bound = at_most(population, drawn, bad);
            prop_assert!((bad..=population - (drawn - bad)).contains(&bound));
            prop_assert!(so_few(population, bound, drawn, bad) >= 0.05 * (1.0 - 1e-6));
            if bound < population - (drawn - bad) {
                prop_assert!(so_few(population, bound + 1, drawn, bad) < 0.05 * (1.0 + 1e-6));
            }
            if bad < drawn {
                prop_assert!(at_most(population, drawn, bad + 1) >= bound, "more bad, more at most");
            }
        }
    }
}
