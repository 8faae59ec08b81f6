//! Microsoft OAuth: who is signed in for an organization, how that came about, and the tokens that checks
//! carry. The protocol is the crate `oauth`'s.
//!
//! Tokens are in memory; with `Keep signed in` also in the database, sealed with a key in the key store.
//! No token leaves the engine but to the server it is for, and none is ever logged.

mod account;
mod app;
pub(crate) mod credential;
mod disconnect;
mod failures;
mod find;
mod judge;
mod keeping;
pub(crate) mod sealing;
mod seats;
mod settled;
mod show;
mod start;
#[cfg(test)]
mod tests;
mod tokens;
mod tokens_of_app;

pub(crate) use keeping::{forget_useless_key, stored_credential};
pub(crate) use sealing::sealing_key;
pub(crate) use seats::SignIns;
pub(crate) use tokens::tokens_of;
