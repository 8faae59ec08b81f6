//! `cargo xtask bench [NAME…]`: the benchmarks of `tests/bench`, in release builds, as one table.

use crate::Outcome;
use crate::process::{cargo, program, root, run};
use crate::setup::{self, For};

/// The command: all of them, or those that are named; the rest is for the script.
///
/// # Errors
/// Names what is missing, or the command that failed.
pub(crate) fn command(rest: &[String]) -> Outcome {
    let script = root().join("tests/bench/run");
    if !script.is_file() {
        return Err("there are no benchmarks: tests/bench/run is missing".into());
    }
    setup::ensure(For::Testing)?;
    run(cargo().args(["build", "--release", "-p", "cli", "-p", "bench"]))?;
    run(program(&script.to_string_lossy()).args(rest))
}
