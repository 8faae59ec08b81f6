//! The administration half of the engine on real databases in temporary folders, with a key store in
//! memory: what administrators do without a network, and what they are told when they err.

mod activity;
mod certificates;
mod data_folder;
mod doorman;
mod email_configuration;
mod guard;
mod import;
mod organizations;
mod practice;
mod proxies;
mod renewal;
mod secrets;
// Under Wine there is no Node to run the identity provider and the browser with.
#[cfg(not(windows))]
mod sign_in;
#[cfg(not(windows))]
#[path = "../../../../../tests/identity/started.rs"]
mod started;
mod support;
mod users;
