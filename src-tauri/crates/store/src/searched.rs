//! The texts of the list that was searched last, kept in memory beside a connection: the next letter of a
//! word is looked for there, and the list is not read once more from end to end.
//!
//! They hold for as long as nobody, in whatever process, has written anything, and are read for the second
//! search in a row only: while something is written all the time they would be of no use. A list that is
//! too long to be held is never kept. What a search means is decided by whoever searches.

use std::cell::RefCell;

use contract::OrganizationId;
use rusqlite::Params;

use crate::{StoreError, Tx};

/// Most rows that are kept: some ten megabytes.
const MOST: u64 = 100_000;

/// Whose texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// Users of an organization, or of all.
    Users(Option<OrganizationId>),
}

/// What a connection keeps.
#[derive(Default)]
pub(crate) struct Searched {
    /// The list that was searched last, and the version of the data then.
    last: Option<(List, u64)>,
    texts: Option<Texts>,
}

/// Texts of rows, one behind the other.
#[derive(Default)]
struct Texts {
    ids: Vec<i64>,
    /// Where the text of each row ends.
    ends: Vec<usize>,
    text: String,
}

/// Ids of the rows of a list whose text contains `search`, in the order in which `sql` reads them: an id and
/// a text each. `rows`: how long the list is at most. `None`: nothing is kept, SQL has to find them.
///
/// # Errors
/// As [`StoreError`].
pub(crate) fn find(
    tx: &Tx<'_>,
    (list, rows): (List, u64),
    search: &str,
    sql: &str,
    params: impl Params,
) -> Result<Option<Vec<i64>>, StoreError> {
    let Some(searched) = tx.searched().filter(|_| rows <= MOST) else {
        return Ok(None);
    };
    // Of what this connection sees: another number once anybody else has committed
    // (<https://sqlite.org/pragma.html#pragma_data_version>). It writes nothing itself.
    let version = tx.count("PRAGMA data_version", ())?;
    searched.borrow_mut().find((list, version), search, || {
        let mut texts = Texts::default();
        tx.each(sql, params, |row| {
            texts.push(row.get(0)?, row.get_ref(1)?.as_str()?);
            Ok(())
        })?;
        Ok(texts)
    })
}

impl Searched {
    fn find(
        &mut self,
        now: (List, u64),
        search: &str,
        read: impl FnOnce() -> Result<Texts, StoreError>,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        if self.last != Some(now) {
            *self = Self {
                last: Some(now),
                texts: None,
            };
            return Ok(None);
        }
        let texts = match self.texts.take() {
            Some(texts) => texts,
            None => read()?,
        };
        Ok(Some(self.texts.insert(texts).containing(search)))
    }
}

impl Texts {
    fn push(&mut self, id: i64, text: &str) {
        self.ids.push(id);
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn containing(&self, search: &str) -> Vec<i64> {
        let mut start = 0;
        let rows = self.ids.iter().zip(&self.ends);
        rows.filter_map(|(&id, &end)| {
            let text = &self.text[start..end];
            start = end;
            text.contains(search).then_some(id)
        })
        .collect()
    }
}

/// What a connection keeps, for its one user at a time.
pub(crate) type Kept = RefCell<Searched>;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: List = List::Users(None);

    fn three() -> Texts {
        let mut texts = Texts::default();
        for (id, text) in [(3, "anna berg"), (5, "ben"), (9, "berta")] {
            texts.push(id, text);
        }
        texts
    }

    fn never() -> Result<Texts, StoreError> {
        panic!("what is kept is not read again")
    }

    #[test]
    fn the_second_search_reads_and_the_third_does_not() {
        let mut searched = Searched::default();
        assert_eq!(searched.find((ALL, 1), "be", never).unwrap(), None);
        let found = |ids: &[i64]| Some(ids.to_vec());
        assert_eq!(
            searched.find((ALL, 1), "be", || Ok(three())).unwrap(),
            found(&[3, 5, 9])
        );
        assert_eq!(
            searched.find((ALL, 1), "ber", never).unwrap(),
            found(&[3, 9])
        );
        // Nothing is found across the end of a text.
        assert_eq!(searched.find((ALL, 1), "gb", never).unwrap(), found(&[]));
    }

    #[test]
    fn another_list_and_newer_data_are_asked_for_in_sql() {
        let mut searched = Searched::default();
        let one = List::Users(Some(OrganizationId(1)));
        for now in [(ALL, 1), (ALL, 2), (one, 2), (ALL, 2)] {
            assert_eq!(searched.find(now, "be", never).unwrap(), None, "{now:?}");
            assert!(searched.find(now, "be", || Ok(three())).unwrap().is_some());
        }
    }
}
