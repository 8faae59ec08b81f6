//! The simulator from outside: raw requests over TCP and TLS, answers compared as text.

mod client;
mod faults;
mod operations;
mod practice;
mod proxy;
mod semantics;
mod spnego;
mod transport;
mod windows;
mod windows_client;
mod windows_faults;
