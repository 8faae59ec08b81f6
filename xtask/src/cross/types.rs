//! The types of the whole workspace, tests included, for a system that is not this one; and the
//! proof that an error in them is found.

use crate::Outcome;
use crate::process::{failure, run};

use super::toolchain::cargo;

/// What a type error is called.
const TYPE_ERROR: &str = "error[E0308]";

/// Checks everything, then once more with an error that only another system sees: that must fail.
///
/// # Errors
/// When something does not compile there, or when the planted error does.
pub(super) fn check(target: &str) -> Outcome {
    let everything = ["--workspace", "--all-targets"];
    run(cargo("check", target).args(everything))?;
    let planted = ["--features", "xtask/planted-type-error"];
    let said = failure(
        cargo("check", target)
            .args(["--quiet"])
            .args(everything)
            .args(planted),
    )?
    .ok_or("a planted type error was not found: the check finds nothing")?;
    if said.contains(TYPE_ERROR) && said.contains("fn planted()") {
        return Ok(());
    }
    Err(format!(
        "a planted type error was not found, but another:\n{said}"
    ))
}

/// The error to find. Where this workspace is built and tested it is not there.
#[cfg(all(feature = "planted-type-error", any(windows, target_os = "macos")))]
fn planted() -> u32 {
    "not a number"
}
