//! What Understudy keeps: one `SQLite` file in the data folder, or a private temporary one for a
//! one-off audit.
//!
//! The only crate that names rusqlite. [`Db`] runs closures on blocking threads; the functions of
//! the table modules take the [`Tx`] such a closure gets. SQL stands in `.sql` files beside them.
//! This crate reads no clock (times are handed in as RFC 3339 text, UTC), keeps no secret and
//! decides nothing about verdicts.

pub mod activity;
pub mod confirmed_hosts;
mod db;
pub mod email_configurations;
mod error;
pub mod exchange_names;
pub mod guide_steps;
pub mod learned_loads;
mod migrations;
pub mod organizations;
pub mod refused_passwords;
pub mod run_results;
pub mod runs;
pub mod sealed_secrets;
mod searched;
pub mod settings;
pub mod sign_ins;
mod thread;
mod tx;
pub mod users;
mod values;

pub use db::Db;
pub use error::{OpenError, StoreError};
pub use tx::Tx;
