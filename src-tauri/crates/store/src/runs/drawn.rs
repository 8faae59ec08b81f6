//! Runs over a random sample: what it was drawn from, and how the drawn stand. Who is drawn, and what
//! they say about the rest, is decided elsewhere.

use contract::Verdict;
use rusqlite::named_params;

use super::RunNumber;
use crate::values::{count, id_opt};
use crate::{StoreError, Tx};

/// Keys that are sorted before they are written: neighbors share pages.
const CHUNK: usize = 50_000;

/// How the mailboxes of a sample stand, canaries and system mailboxes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// Mailboxes it was drawn from.
    pub population: u64,
    /// Mailboxes that were drawn.
    pub drawn: u64,
    /// Of these, with a verdict of Exchange or of the list.
    pub decided: u64,
    /// Of these, how many did not open.
    pub failed: u64,
    /// Asked, and not found out.
    pub undetermined: u64,
}

/// Keeps how many mailboxes a sample was drawn from.
///
/// # Errors
/// [`StoreError::NotFound`] when the run was removed.
pub fn set_population(tx: &Tx<'_>, run: RunNumber, population: u64) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_population.sql"),
        named_params! { ":run": run.0, ":population": population.cast_signed() },
    )
}

/// How the sample of a run stands; `None` where it is over no sample.
///
/// # Errors
/// As [`StoreError`].
pub fn drawn(tx: &Tx<'_>, run: RunNumber) -> Result<Option<Drawn>, StoreError> {
    let population: Option<Option<i64>> = tx.first(
        include_str!("population.sql"),
        named_params! { ":run": run.0 },
        |row| row.get("population"),
    )?;
    let Some(population) = population.flatten() else {
        return Ok(None);
    };
    let groups = tx.all(
        include_str!("drawn.sql"),
        named_params! { ":run": run.0 },
        |row| Ok((id_opt::<Verdict>(row, "verdict")?, count(row, "rows")?)),
    )?;
    let mut drawn = Drawn {
        population: population.cast_unsigned(),
        ..Drawn::default()
    };
    for (verdict, rows) in groups {
        drawn.drawn += rows;
        match verdict {
            Some(Verdict::Granted) => drawn.decided += rows,
            Some(Verdict::Refused | Verdict::NoMailbox | Verdict::Unusable) => {
                drawn.decided += rows;
                drawn.failed += rows;
            }
            Some(Verdict::Undetermined) => drawn.undetermined += rows,
            Some(Verdict::NotChecked) | None => {}
        }
    }
    Ok(Some(drawn))
}

/// Counts keys of a list that is too long for memory, each once. The keys are on disk, in a table of
/// this connection that is emptied in the end.
pub struct Distinct<'t, 'c> {
    tx: &'t Tx<'c>,
    waiting: Vec<i64>,
    counted: u64,
}

impl<'t, 'c> Distinct<'t, 'c> {
    /// Begins; one at a time in a transaction.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn begin(tx: &'t Tx<'c>) -> Result<Self, StoreError> {
        tx.execute(include_str!("distinct_table.sql"), ())?;
        tx.execute(include_str!("distinct_empty.sql"), ())?;
        Ok(Self {
            tx,
            waiting: Vec::new(),
            counted: 0,
        })
    }

    /// Adds a key.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn add(&mut self, key: i64) -> Result<(), StoreError> {
        self.waiting.push(key);
        if self.waiting.len() < CHUNK {
            return Ok(());
        }
        self.write()
    }

    /// How many different keys there were.
    ///
    /// # Errors
    /// As [`StoreError`].
    pub fn end(mut self) -> Result<u64, StoreError> {
        self.write()?;
        self.tx.execute(include_str!("distinct_empty.sql"), ())?;
        Ok(self.counted)
    }

    fn write(&mut self) -> Result<(), StoreError> {
        self.waiting.sort_unstable();
        for key in self.waiting.drain(..) {
            let params = named_params! { ":key": key };
            self.counted += self.tx.execute(include_str!("distinct_add.sql"), params)?;
        }
        Ok(())
    }
}
