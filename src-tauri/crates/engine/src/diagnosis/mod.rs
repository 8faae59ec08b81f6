//! From what came over the wire to a cause, in three steps that never mix: what was observed
//! ([`observe`]), what it is called ([`wording`]), what to type ([`remedy`]).

mod codes;
pub mod explanation;
mod hand_off;
mod http;
mod log_on;
mod observe;
pub(crate) mod refusal;
pub mod remedy;
pub mod wording;

pub(crate) use observe::{Asked, Observed, Seen, observe};
