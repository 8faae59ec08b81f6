//! The crate from outside: real sockets, a small authorization server, and one that nobody here wrote.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod app_only;
mod attacks;
mod device;
// Under Wine there is no Node to run the identity provider and the browser with.
#[cfg(not(windows))]
mod provider;
mod refresh;
mod sign_in;
#[cfg(not(windows))]
#[path = "../../../../../tests/identity/started.rs"]
mod started;
mod support;
mod way;
