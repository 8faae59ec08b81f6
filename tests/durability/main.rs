//! What a run survives: the real command line against a simulated Exchange, killed, starved of disk,
//! canceled, put to sleep, started twice. What was decided stays decided, whatever happens.
//!
//! `UNDERSTUDY_KILLS` is how often the kill test kills, `UNDERSTUDY_SEED` what it rolls its dice from.
#![cfg(unix)]

mod cancel;
mod dice;
mod disk;
mod kill;
mod ledger;
mod pair;
mod sleep;
mod world;
