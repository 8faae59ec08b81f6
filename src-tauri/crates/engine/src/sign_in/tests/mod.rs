//! Sign-ins against a small authority of the tests' own, over plain http on this computer.

mod app;
mod authority;
mod delegated;
mod find;
mod keeping;
mod renewal;
mod way;
mod world;
