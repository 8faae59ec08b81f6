//! Dice that can be rolled again: the same seed gives the same moments.

use std::time::Duration;

/// A pseudo-random sequence (xorshift64*, Vigna 2014). No secret is made of it.
pub(crate) struct Dice(u64);

impl Dice {
    /// From `UNDERSTUDY_SEED`, else from the id of this process. Told on stderr, to be rolled again.
    pub(crate) fn of_environment() -> Self {
        let told = std::env::var("UNDERSTUDY_SEED").ok();
        let seed = told.map_or_else(
            || u64::from(std::process::id()),
            |text| text.parse().expect("UNDERSTUDY_SEED is a number"),
        );
        eprintln!("UNDERSTUDY_SEED={seed}");
        // The state must not be zero.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % end
    }

    /// A time shorter than this.
    pub(crate) fn within(&mut self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_micros()).expect("no test waits for centuries");
        Duration::from_micros(self.below(most.max(1)))
    }
}
