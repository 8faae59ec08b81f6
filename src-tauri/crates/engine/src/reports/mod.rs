//! Files about a run, in the shapes of the public contract. Knows no secret: none is ever stored.

pub mod check;
mod endpoint;
pub mod steps;
