//! The simulator from outside: raw requests over TCP and TLS, answers compared as text.

mod autodiscover;
mod bearer;
mod causes;
mod client;
mod directory;
mod faults;
mod graph;
mod items;
mod names;
mod online;
mod operations;
mod practice;
mod proxy;
mod semantics;
mod spnego;
mod throttling;
mod transport;
mod windows;
mod windows_client;
mod windows_faults;
