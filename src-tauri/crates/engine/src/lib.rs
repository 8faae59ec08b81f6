//! Every use case of Understudy. Knows no window, no terminal and no Tauri.
//!
//! [`Engine`] serves the command table of `contract` and runs checks. Secrets travel inwards only:
//! nothing here returns, logs or stores a password outside the key store.

mod activity;
pub mod adapters;
pub mod checks;
mod crash;
pub mod diagnosis;
mod directory;
pub mod discovery;
mod dispatch;
pub mod email_configuration;
mod exports;
mod guide;
mod jobs;
mod locks;
mod organizations;
pub mod ports;
mod practice;
mod problems;
pub mod reports;
mod rooms;
mod service_account;
mod settings;
mod sign_in;
mod stage;
mod start;
pub mod users;

pub use crash::quiet_panics;
pub use service_account::{ServiceAccountAudit, StartedTest};
pub use start::{Engine, Options, VaultChoice, data_folder_of_person};

/// Version of the product, as `--version` and the window show it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
