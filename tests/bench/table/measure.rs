//! Times of one kind, and whether 95 in 100 of them are short enough.

use std::time::{Duration, Instant};

use contract::Problem;

use crate::{milliseconds, said};

/// Times to stay under a bar.
pub(crate) struct Bar {
    name: String,
    to_reach: Duration,
    took: Vec<Duration>,
    slowest: Option<(Duration, String)>,
}

impl Bar {
    /// Milliseconds that 95 in 100 have to stay under.
    pub(crate) fn new(name: impl Into<String>, to_reach: u64) -> Self {
        Self {
            name: name.into(),
            to_reach: Duration::from_millis(to_reach),
            took: Vec::new(),
            slowest: None,
        }
    }

    /// Times one call.
    ///
    /// # Errors
    /// What the call answers.
    pub(crate) async fn time<T>(
        &mut self,
        call: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, String> {
        let start = Instant::now();
        let answer = call.await.map_err(said)?;
        self.took.push(start.elapsed());
        Ok(answer)
    }

    /// Names what was timed last, for the slowest.
    pub(crate) fn name_last(&mut self, what: impl FnOnce() -> String) {
        let Some(&last) = self.took.last() else {
            return;
        };
        if self
            .slowest
            .as_ref()
            .is_none_or(|(slowest, _)| last > *slowest)
        {
            self.slowest = Some((last, what()));
        }
    }

    /// Prints a line and answers whether the bar was reached.
    pub(crate) fn tell(mut self) -> bool {
        self.took.sort_unstable();
        let at =
            |percent: usize| self.took[(self.took.len() * percent / 100).min(self.took.len() - 1)];
        let reached = at(95) < self.to_reach;
        println!(
            "{:<52} {:>9} {:>9} {:>9}{}",
            self.name,
            milliseconds(at(50)),
            milliseconds(at(95)),
            format!("< {}", self.to_reach.as_millis()),
            if reached { "" } else { "  MISSED" }
        );
        if let Some((took, what)) = self.slowest {
            println!(
                "    slowest of {}: {}, {what}",
                self.took.len(),
                milliseconds(took)
            );
        }
        reached
    }
}
