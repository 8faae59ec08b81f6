//! `cargo xtask ui`: the interface, from `ui/` into `ui/dist`, which the window embeds.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::process::{program, root, run};
use crate::setup::{self, For};
use crate::{Outcome, no_arguments};

/// Kept beside what npm installed: the lockfile it was installed from.
const STAMP: &str = "node_modules/.installed-from.json";

/// What the bundle is made of, in `ui/`.
const SOURCES: &[&str] = &[
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];

/// The command.
///
/// # Errors
/// Names what is missing, or the command that failed.
pub(crate) fn command(rest: &[String]) -> Outcome {
    no_arguments(rest)?;
    setup::ensure(For::Building)?;
    build()
}

/// Installs what the lockfile says and builds, each only where something has changed.
///
/// # Errors
/// Names the command that failed.
pub(crate) fn build() -> Outcome {
    install("ui")?;
    let folder = root().join("ui");
    if is_built(&folder) {
        return Ok(());
    }
    run(program("npm").args(["run", "build"]).current_dir(folder))
}

/// Installs in a folder what its lockfile says, unless that is the one of the last time.
///
/// Not `npm ci`: that refuses a lockfile in which an optional package for another system is
/// missing, and a registry that serves one system may not have had it when the file was written.
/// Like this the lockfile is held to as well, and stays as it is.
///
/// # Errors
/// Names the command that failed.
pub(crate) fn install(folder: &str) -> Outcome {
    let folder = root().join(folder);
    if is_installed(&folder) {
        return Ok(());
    }
    run(program("npm")
        .args(["install", "--no-save", "--no-audit", "--no-fund"])
        .current_dir(&folder))?;
    fs::copy(folder.join("package-lock.json"), folder.join(STAMP))
        .map(|_| ())
        .map_err(|error| {
            format!(
                "{} cannot be written: {error}",
                folder.join(STAMP).display()
            )
        })
}

fn is_installed(folder: &Path) -> bool {
    let (Ok(lock), Ok(stamp)) = (
        fs::read(folder.join("package-lock.json")),
        fs::read(folder.join(STAMP)),
    ) else {
        return false;
    };
    lock == stamp
}

/// Whether the bundle is younger than everything it is made of, and not the placeholder.
fn is_built(folder: &Path) -> bool {
    let index = folder.join("dist/index.html");
    let Ok(page) = fs::read_to_string(&index) else {
        return false;
    };
    let Some(built) = changed(&index) else {
        return false;
    };
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest(&folder.join(source)))
        .max();
    !page.contains("cargo xtask ui") && newest.is_some_and(|newest| newest < built)
}

/// When the newest file of a folder, or a file, was changed. Folders count too: a file may have left.
fn newest(path: &Path) -> Option<SystemTime> {
    let inside = fs::read_dir(path).into_iter().flatten().flatten();
    inside
        .filter_map(|entry| newest(&entry.path()))
        .chain(changed(path))
        .max()
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_changed_lockfile_installs_again() {
        let folder = folder("install");
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("package-lock.json"), "1").unwrap();
        assert!(!is_installed(&folder), "never installed");
        fs::write(folder.join(STAMP), "1").unwrap();
        assert!(is_installed(&folder));
        fs::write(folder.join("package-lock.json"), "2").unwrap();
        assert!(!is_installed(&folder), "the lockfile changed");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_changed_source_builds_again() {
        let folder = folder("build");
        let source = folder.join("src/app/main.tsx");
        fs::create_dir_all(source.parent().unwrap()).unwrap();
        fs::create_dir_all(folder.join("dist")).unwrap();
        fs::write(&source, "1").unwrap();
        let index = folder.join("dist/index.html");
        let write = |text: &str, ahead: u64| {
            fs::write(&index, text).unwrap();
            let then = changed(&source).unwrap() + Duration::from_secs(ahead);
            fs::File::options()
                .write(true)
                .open(&index)
                .unwrap()
                .set_modified(then)
                .unwrap();
        };
        write("<!doctype html>", 5);
        assert!(is_built(&folder));
        write("<!doctype html>", 0);
        assert!(!is_built(&folder), "as old as its source is not younger");
        write("run <code>cargo xtask ui</code>", 5);
        assert!(!is_built(&folder), "the placeholder is no interface");
        fs::remove_dir_all(folder).unwrap();
    }
}
