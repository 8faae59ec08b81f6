//! Checks: from a list of mailboxes to one verdict each, saved as they are decided.
//!
//! [`start`] settles what is to be done and loads the list; the conductor plays the run; [`finish`]
//! names, closes and counts. Nothing here ever writes to a mailbox.

mod addressees;
mod as_app;
mod ask;
mod authentication;
mod bearer;
mod cancelled;
mod commands;
mod conductor;
mod crew;
mod enter;
mod export;
mod facts;
mod feed;
mod finish;
mod governor;
mod graph;
mod guard;
mod hold;
#[cfg(test)]
mod interleavings;
mod lanes;
mod load;
mod mechanism;
mod memory;
mod overture;
mod pages;
mod plan;
mod probe;
mod proof;
mod record;
mod redact;
mod rewrite;
mod rooms;
mod running;
mod sample;
mod sending;
mod server_load;
mod session;
mod settings;
mod settle;
mod sign_in;
mod spec;
mod start;
mod steps;
mod tally;
mod ticket;
mod writer;

pub use bearer::Tokens;
pub use exchange::Override;
pub(crate) use facts::{Asking, Discovered, Facts};
pub(crate) use finish::info;
pub(crate) use guard::Guard;
pub use guard::SendAgain;
pub use load::{Canary, List};
pub(crate) use mechanism::Mechanism;
pub use plan::{Approach, Plan, ProxyChoice};
pub(crate) use running::{Running, RunningChecks};
pub use sending::Sending;
pub(crate) use sending::for_proxy;
pub(crate) use server_load::learned_page;
pub(crate) use session::{Finder, Opened, Prepared, Request, Session, prepare, prepare_adjusted};
pub(crate) use settings::{for_discovery, go_online};
pub(crate) use sign_in::{Caller, Means, SignedIn, shown};
pub(crate) use spec::{Access, folder};
pub use start::{Audit, Mailboxes, StartedCheck};
pub(crate) use start::{already_running, first_progress, id_bytes};
pub(crate) use steps::{Ground, Rung, own_inbox, rooms as room_rung, rung};
pub use writer::RunEvent;
