//! `cargo xtask bench`: the benchmarks of `tests/bench`, in release builds.

use crate::process::{cargo, program, root, run};
use crate::setup::{self, For};
use crate::{Outcome, no_arguments};

/// The command.
///
/// # Errors
/// Names what is missing, or the command that failed.
pub(crate) fn command(rest: &[String]) -> Outcome {
    no_arguments(rest)?;
    let script = root().join("tests/bench/run");
    if !script.is_file() {
        return Err("there are no benchmarks: tests/bench/run is missing".into());
    }
    setup::ensure(For::Testing)?;
    run(cargo().args(["build", "--release", "-p", "cli"]))?;
    run(&mut program(&script.to_string_lossy()))
}
