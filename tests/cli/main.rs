//! The command line from outside: the real binary against a simulated Exchange, with stdout, stderr
//! and exit code held together. What cli.md promises is asserted here and nowhere else.

mod bad_cases;
mod bad_input;
mod certificates;
mod discover;
mod formats;
mod guard;
mod guide;
mod help;
mod interrupt;
#[cfg(target_os = "linux")]
mod outputs;
mod practice;
mod proxies;
mod samples;
mod scope;
mod secrets;
mod service_account;
mod sign_in;
#[path = "../identity/started.rs"]
mod started;
mod stored;
mod tokens;
mod world;
