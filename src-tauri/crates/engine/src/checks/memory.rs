//! Which mailbox showed which identity, for as long as a table of fixed size remembers: a server that
//! answers with one mailbox for many is found out at once. What it forgets, the end of the run finds by
//! sorting.

use store::run_results::{Outcome, Repeat};

use contract::Verdict;

/// Places of the table: one megabyte, whatever the length of the list.
const PLACES: usize = 1 << 15;

/// Identities seen lately.
pub(super) struct Memory {
    places: Box<[Place]>,
}

/// An identity, and the row that showed it first.
type Place = Option<([u8; 16], i64)>;

impl Memory {
    pub(super) fn new() -> Self {
        Self {
            places: vec![None; PLACES].into_boxed_slice(),
        }
    }

    /// Takes in rows that were just saved, and answers which of them showed an identity again.
    pub(super) fn note(&mut self, outcomes: &[Outcome]) -> Vec<Repeat> {
        let opened = outcomes
            .iter()
            .filter(|outcome| outcome.verdict == Verdict::Granted);
        opened
            .filter_map(|outcome| {
                let key = outcome.folder_key?;
                let place = &mut self.places[place_of(&key)];
                match *place {
                    Some((known, other)) if known == key => {
                        (other != outcome.seq).then_some(Repeat {
                            seq: outcome.seq,
                            other,
                        })
                    }
                    _ => {
                        *place = Some((key, outcome.seq));
                        None
                    }
                }
            })
            .collect()
    }
}

/// Digests are spread evenly; of a GUID every byte may be the one that differs.
fn place_of(key: &[u8; 16]) -> usize {
    let spread = u128::from_le_bytes(*key).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    usize::try_from(spread >> 113).expect("15 bits of 128")
}

#[cfg(test)]
mod tests {
    use contract::Verdict;
    use store::run_results::{Outcome, Repeat};

    use super::{Memory, PLACES};

    fn opened(seq: i64, key: u128) -> Outcome {
        Outcome {
            seq,
            verdict: Verdict::Granted,
            cause: None,
            ews_code: None,
            http_status: Some(200),
            attempts: 1,
            latency_ms: None,
            request_id: None,
            message: None,
            alias_of: None,
            folder_key: Some(key.to_le_bytes()),
            by_guid: true,
            folders: Vec::new(),
            checked_at: None,
            evidence: None,
        }
    }

    #[test]
    fn an_identity_is_known_again_by_the_first_row_that_showed_it() {
        let mut memory = Memory::new();
        assert_eq!(memory.note(&[opened(0, 7), opened(1, 8)]), []);
        let again = memory.note(&[opened(2, 7), opened(3, 7), opened(1, 8)]);
        assert_eq!(again, [2, 3].map(|seq| Repeat { seq, other: 0 }));
    }

    #[test]
    fn only_what_opened_counts() {
        let mut memory = Memory::new();
        let withdrawn = Outcome {
            verdict: Verdict::Undetermined,
            ..opened(0, 7)
        };
        assert_eq!(memory.note(&[withdrawn, opened(1, 7)]), []);
    }

    #[test]
    fn a_full_table_forgets_and_invents_nothing() {
        let mut memory = Memory::new();
        let places = i64::try_from(PLACES).unwrap();
        let many: Vec<Outcome> = (0..4 * places)
            .map(|seq| opened(seq, 1 + u128::from(seq.unsigned_abs())))
            .collect();
        assert_eq!(memory.note(&many), [], "all of them differ");
    }
}
