//! The listener to which the browser brings the answer of a sign-in (RFC 8252 §7.3): 127.0.0.1 and `[::1]`
//! of one port, for one answer.
//!
//! Everything that reaches it is hostile until it holds the right `state`: other programs, pages in the
//! browser (DNS rebinding, foreign origins), slow and oversized requests. It serves no file, runs no
//! script, reads no body, and says nothing of the sign-in to anybody.

mod connection;
mod listener;
mod page;
pub mod request;

pub(crate) use listener::{Hit, Listener};
pub(crate) use page::Page;
