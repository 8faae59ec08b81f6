//! The store against real `SQLite` files in temporary folders.

mod activity;
mod applying;
mod clusters;
mod configuration;
mod confirmed_hosts;
mod fixtures;
mod guide;
mod listed;
mod long_lists;
mod opening;
mod organizations;
mod refused_passwords;
mod results;
mod runs;
mod samples;
mod sign_ins;
mod support;
mod users;
mod waiting;
