//! From what came over the wire to a cause, in three steps that never mix: what was observed
//! ([`observe`]), what it is called ([`wording`]), what to type ([`remedy`]). For a run that is stored,
//! [`known`] puts together a card for each cause: why it is likely so, by what it was told apart, the commands.

mod authority;
mod codes;
pub(crate) mod edition;
mod evidence;
pub mod explanation;
mod facts;
#[cfg(test)]
mod golden;
mod graph;
mod hand_off;
mod http;
mod identity;
pub(crate) mod known;
pub(crate) mod log_on;
pub mod names;
mod observe;
pub(crate) mod powershell;
mod reasons;
pub(crate) mod refusal;
pub mod remedy;
mod script;
pub(crate) mod token;
pub mod wording;

pub(crate) use graph::observe_graph;
pub(crate) use identity::{Identity, MailboxKey};
pub(crate) use observe::{Asked, Observed, Seen, observe};
