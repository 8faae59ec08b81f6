//! `cargo xtask fuzz [--short] [TARGET…]`: arbitrary bytes for whatever reads what servers send.
//!
//! The targets and their seeds are in `tests/fuzz`, which builds them once and runs them one by one.

use crate::process::{program, root, run};
use crate::setup::{self, For};
use crate::{Outcome, USAGE};

/// Executions of every target in a short run.
const SHORT: &str = "-runs=1000000";
/// Seconds for every target otherwise.
const LONG: &str = "-max_total_time=600";

/// The command: all targets, or those that are named.
///
/// # Errors
/// Names what is missing, the option that means nothing, or the script that failed: a target
/// crashed, hung, or broke one of its rules.
pub(crate) fn command(rest: &[String]) -> Outcome {
    let words = words(rest)?;
    if !cfg!(target_os = "linux") {
        return Err("the targets are linked with libFuzzer as Linux has it: fuzz there".into());
    }
    let script = root().join("tests/fuzz/run");
    if !script.is_file() {
        return Err("there is nothing to fuzz: tests/fuzz/run is missing".into());
    }
    setup::ensure(For::Testing)?;
    run(program(&script.to_string_lossy()).args(words))
}

/// The words for the script.
fn words(rest: &[String]) -> Result<Vec<&str>, String> {
    let (options, targets): (Vec<&str>, Vec<&str>) = rest
        .iter()
        .map(String::as_str)
        .partition(|word| word.starts_with('-'));
    if let Some(other) = options.iter().find(|option| **option != "--short") {
        return Err(format!("{other} means nothing here\n\n{USAGE}"));
    }
    let limit = if options.is_empty() { LONG } else { SHORT };
    Ok(std::iter::once(limit).chain(targets).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_run_counts_and_a_long_one_takes_its_time() {
        let ask = |rest: &[&str]| {
            let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
            words(&rest).map(|words| words.join(" "))
        };
        assert_eq!(
            ask(&["challenge", "--short"]).unwrap(),
            "-runs=1000000 challenge"
        );
        assert_eq!(ask(&[]).unwrap(), "-max_total_time=600");
        assert!(ask(&["--quick"]).unwrap_err().contains("--quick"));
    }
}
