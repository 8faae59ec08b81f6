//! The wire against peers that say exactly what a test tells them to.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod departures;
mod proxies;
mod scripted;
