//! Ready-made worlds to practise in: a scenario, its people, and what a check must find there.
//! Deterministic: the same scenario and number give the same names, addresses and answers.

pub mod causes;
mod names;
mod resources;
mod scenario;
mod world;

pub use scenario::{Scenario, UnknownScenario};
pub use world::{Practice, PracticeUser, setup};

/// The service account of every scenario.
pub const ACCOUNT: &str = "CONTOSO\\svc-ews";
/// Its password.
pub const PASSWORD: &str = "Practice-Pa55!";
