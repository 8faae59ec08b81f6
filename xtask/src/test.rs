//! `cargo xtask test`: everything that can fail, stage by stage. A stage that fails does not keep
//! the others from running; the table at the end says which did.

use std::time::{Duration, Instant};

use crate::process::{cargo, program, root, run};
use crate::setup::{self, For};
use crate::{Outcome, USAGE, cross, desktop, ui};

/// A part of the tests that can be run on its own.
struct Stage {
    name: &'static str,
    about: &'static str,
    run: fn() -> Outcome,
}

/// In the order that finds a slip soonest.
const STAGES: &[Stage] = &[
    Stage {
        name: "format",
        about: "cargo fmt --check",
        run: format,
    },
    Stage {
        name: "clippy",
        about: "lints, in every target, as errors",
        run: clippy,
    },
    Stage {
        name: "types",
        about: "the committed TypeScript is what the contract says",
        run: types,
    },
    Stage {
        name: "rust",
        about: "cargo test --workspace",
        run: rust,
    },
    Stage {
        name: "interface",
        about: "npm run check in ui/",
        run: interface,
    },
    Stage {
        name: "journeys",
        about: "a browser on the real engine",
        run: journeys,
    },
    Stage {
        name: "identity",
        about: "the identity providers nobody here wrote, and a browser that signs in there",
        run: identity,
    },
    Stage {
        name: "window",
        about: "the real window and the real key store, on a desktop of their own",
        run: window,
    },
    Stage {
        name: "interop",
        about: "clients nobody here wrote",
        run: interop,
    },
    Stage {
        name: "cross",
        about: "types for Windows and macOS, and the Windows tests under Wine",
        run: cross::everything,
    },
];

/// How a stage ended.
struct Ended {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// The command.
///
/// # Errors
/// Names the stages that failed, or the option that means nothing.
pub(crate) fn command(rest: &[String]) -> Outcome {
    let Some(stages) = chosen(rest)? else {
        for stage in STAGES {
            println!("{:<10} {}", stage.name, stage.about);
        }
        return Ok(());
    };
    let mut results = vec![timed("setup", set_up)];
    if results[0].outcome.is_ok() {
        for stage in stages {
            eprintln!("\n== {}: {}", stage.name, stage.about);
            results.push(timed(stage.name, stage.run));
        }
    }
    summary(&results)
}

/// The stages to run; `None` when they are only to be listed.
fn chosen(rest: &[String]) -> Result<Option<Vec<&'static Stage>>, String> {
    let mut only = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--list" => return Ok(None),
            "--only" => {
                let name = words.next().ok_or("--only needs the name of a stage")?;
                let stage = STAGES.iter().find(|stage| stage.name == name);
                only.push(
                    stage.ok_or_else(|| {
                        format!("no stage called {name}: cargo xtask test --list")
                    })?,
                );
            }
            other => return Err(format!("{other} means nothing here\n\n{USAGE}")),
        }
    }
    Ok(Some(if only.is_empty() {
        STAGES.iter().collect()
    } else {
        only
    }))
}

fn timed(name: &'static str, run: fn() -> Outcome) -> Ended {
    let start = Instant::now();
    let outcome = run();
    if let Err(message) = &outcome {
        eprintln!("xtask: {name}: {message}");
    }
    Ended {
        name,
        outcome,
        took: start.elapsed(),
    }
}

fn summary(results: &[Ended]) -> Outcome {
    eprintln!("\n{:<10} {:>8}  outcome", "stage", "time");
    for Ended {
        name,
        outcome,
        took,
    } in results
    {
        let outcome = outcome.as_ref().err().map_or("passed", String::as_str);
        eprintln!("{name:<10} {:>6} s  {outcome}", took.as_secs());
    }
    let failed: Vec<_> = results
        .iter()
        .filter(|result| result.outcome.is_err())
        .map(|result| result.name)
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

fn set_up() -> Outcome {
    setup::ensure(For::Testing)?;
    // The window embeds it, so that every stage that compiles the window sees the same files.
    ui::build()
}

fn format() -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Outcome {
    run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn types() -> Outcome {
    run(cargo().args(["test", "--quiet", "-p", "contract"]))?;
    let generated = "ui/src/ipc/generated";
    // A file that is new is no difference to git until it is told that it will be one.
    run(program("git").args(["add", "--intent-to-add", generated]))?;
    run(program("git").args(["diff", "--exit-code", "--stat", "--", generated])).map_err(|_| {
        format!(
            "{generated} is not what the contract says: commit what `cargo test -p contract` wrote"
        )
    })
}

fn rust() -> Outcome {
    // Tests start the identity providers.
    ui::install("tests/identity")?;
    // One run tells everything that is broken.
    run(cargo().args(["test", "--workspace", "--no-fail-fast"]))
}

fn interface() -> Outcome {
    run(program("npm")
        .args(["run", "check"])
        .current_dir(root().join("ui")))
}

fn journeys() -> Outcome {
    programs()?;
    ui::install("tests/ui")?;
    // Journeys that sign in start the identity provider.
    ui::install("tests/identity")?;
    run(program("npm")
        .arg("test")
        .current_dir(root().join("tests/ui")))
}

fn identity() -> Outcome {
    ui::install("tests/identity")?;
    run(program("npm")
        .arg("test")
        .current_dir(root().join("tests/identity")))
}

fn window() -> Outcome {
    if !cfg!(target_os = "linux") {
        eprintln!("xtask: the window is driven by WebKitWebDriver, on Linux only");
        return Ok(());
    }
    programs()?;
    // Tests that need a desktop are ignored elsewhere.
    let only = ["--", "--ignored", "--test-threads=1"];
    desktop::run(
        cargo()
            .args(["test", "--workspace", "--test", "window"])
            .args(only),
    )?;
    let store = ["test", "--workspace", "--lib", "a_real_key_store"];
    desktop::run(cargo().args(store).args(only))?;
    ui::install("tests/identity")?;
    let signed_in = ["test", "--workspace", "--test", "cli", "whoever_signs_in"];
    desktop::run(cargo().args(signed_in).args(only))
}

fn interop() -> Outcome {
    let script = root().join("tests/interop/run");
    if !script.is_file() {
        return Err("tests/interop/run is missing".into());
    }
    programs()?;
    run(&mut program(&script.to_string_lossy()))
}

/// Every program, with the features that the tests are built with: another selection of packages
/// would build the dependencies again.
fn programs() -> Outcome {
    run(cargo().args(["build", "--workspace", "--all-targets"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Result<Option<Vec<&'static str>>, String> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Ok(chosen(&words)?.map(|stages| stages.iter().map(|stage| stage.name).collect()))
    }

    #[test]
    fn everything_runs_unless_stages_are_named() {
        assert_eq!(names(&[]).unwrap().unwrap().len(), STAGES.len());
        assert_eq!(
            names(&["--only", "rust", "--only", "format"])
                .unwrap()
                .unwrap(),
            ["rust", "format"]
        );
        assert_eq!(names(&["--list"]).unwrap(), None);
    }

    #[test]
    fn a_slip_is_named() {
        assert!(names(&["--only", "rusty"]).unwrap_err().contains("rusty"));
        assert!(names(&["--quick"]).unwrap_err().contains("--quick"));
    }

    #[test]
    fn one_failure_fails_the_whole() {
        let result = |name, outcome| Ended {
            name,
            outcome,
            took: Duration::ZERO,
        };
        assert!(summary(&[result("a", Ok(()))]).is_ok());
        let message = summary(&[result("a", Ok(())), result("b", Err("x".into()))]).unwrap_err();
        assert_eq!(message, "failed: b");
    }
}
