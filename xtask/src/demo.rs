//! `cargo xtask demo`: from a clean clone to the product at work, on a simulated Exchange.

use crate::process::{cargo, root, run};
use crate::setup::{self, For};
use crate::{Outcome, no_arguments, ui};

/// 200 mailboxes, of which some fail, each for a reason of its own.
const SCENARIO: &str = "demo";

/// The command. Development builds: they are ready sooner, and quick enough to show.
///
/// # Errors
/// Names what is missing, or the command that failed.
pub(crate) fn command(rest: &[String]) -> Outcome {
    no_arguments(rest)?;
    if has_display() { window() } else { terminal() }
}

fn window() -> Outcome {
    setup::ensure(For::Building)?;
    ui::build()?;
    run(cargo().args(["build", "-p", "understudy-desktop"]))?;
    let data = root().join("target/demo");
    run(cargo()
        .args([
            "run",
            "--quiet",
            "-p",
            "understudy-desktop",
            "--",
            "--practice",
            SCENARIO,
            "--data-dir",
        ])
        .arg(data))
}

/// The command line needs neither webview nor Node.
fn terminal() -> Outcome {
    eprintln!("xtask: no display, so the demo runs in the terminal");
    run(cargo().args(["build", "-p", "cli"]))?;
    let binary = format!("target/debug/understudy{}", std::env::consts::EXE_SUFFIX);
    let mut practice = crate::process::program(&root().join(binary).to_string_lossy());
    practice.args([
        "practice",
        "--scenario",
        SCENARIO,
        "--check",
        "--users",
        "200",
    ]);
    // 1 says that mailboxes were found that do not open: in this scenario that is the point.
    match practice.status() {
        Ok(status) if matches!(status.code(), Some(0 | 1)) => Ok(()),
        Ok(status) => Err(format!("the demo failed ({status})")),
        Err(error) => Err(format!("the demo cannot be started: {error}")),
    }
}

fn has_display() -> bool {
    let present = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || present("DISPLAY") || present("WAYLAND_DISPLAY")
}
