//! `cargo xtask package`: an installer for the system it runs on, unsigned.

use crate::process::{program, root, run};
use crate::setup::{self, For};
use crate::{Outcome, no_arguments, ui};

/// The packager, prebuilt. Its major and minor version are those of the `tauri` crate.
const PACKAGER: &str = "@tauri-apps/cli@2.12.5";

/// The command.
///
/// # Errors
/// Names what is missing, or the command that failed.
pub(crate) fn command(rest: &[String]) -> Outcome {
    no_arguments(rest)?;
    setup::ensure(For::Building)?;
    ui::build()?;
    let bundles = match std::env::consts::OS {
        "windows" => "nsis",
        "macos" => "dmg",
        _ => "deb",
    };
    // Run in the folder of its configuration: it looks for one, and finds the nearest.
    run(program("npx")
        .args(["--yes", PACKAGER, "build", "--bundles", bundles])
        .current_dir(root().join("src-tauri")))?;
    eprintln!(
        "xtask: the installer lies in {}",
        root().join("target/release/bundle").join(bundles).display()
    );
    Ok(())
}
