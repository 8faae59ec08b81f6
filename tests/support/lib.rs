//! Shared by the tests: a check against a simulated Exchange, read back as an outside reader would
//! read it, and held against the rules of the contract that hold for every run.
//!
//! Nothing here is shipped.

mod audit;
mod check;
pub mod loopback;
pub mod name_server;
mod outcome;

pub use check::{
    ACCOUNT, Check, Live, PASSWORD, engine, engine_asking, engine_in, https, people, server, start,
};
pub use name_server::{NameServer, Record};
pub use outcome::{Outcome, Told};
