//! Makes sure that what the other commands need is there. Nothing that is there is touched.

use std::process::Command;

use crate::Outcome;
use crate::process::{exists, output, program, run};

/// What it takes to build, beside Rust and Node.
const BUILD: &[&str] = &[
    "build-essential",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
];

/// What it takes to test the window, the interface, and with clients nobody here wrote.
const TEST: &[&str] = &[
    "chromium",
    "curl",
    "dbus",
    "dbus-x11",
    "fonts-dejavu-core",
    "gnome-keyring",
    "gss-ntlmssp",
    "heaptrack",
    "imagemagick",
    "krb5-admin-server",
    "krb5-kdc",
    "krb5-user",
    "libclang-dev",
    "libkrb5-dev",
    "libsecret-tools",
    "libxml2-utils",
    "openssl",
    "pkg-config",
    "python3-dev",
    "python3-venv",
    "webkit2gtk-driver",
    "winbind",
    "wrk",
    "xauth",
    "xvfb",
];

/// What it takes to type-check for Windows and macOS, and to run Windows programs: a compiler that
/// comes with the source of its standard library, a C compiler for Windows, and Wine.
const CROSS: &[&str] = &[
    "cargo-web",
    "gcc-mingw-w64-x86-64-win32",
    "rust-web-src",
    "rustc-web",
    "wine",
    "wine64",
];

/// Oldest Node that builds the interface.
const NODE: u32 = 20;

/// What is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Building and running.
    Building,
    /// Testing too.
    Testing,
    /// Checking for other systems.
    CrossChecking,
}

/// Installs or names what is missing.
///
/// # Errors
/// When something is missing that cannot be installed from here; the message says how to.
pub(crate) fn ensure(purpose: For) -> Outcome {
    if cfg!(target_os = "linux") {
        system_packages(purpose)?;
    }
    match purpose {
        For::Building | For::Testing => node(),
        For::CrossChecking => Ok(()),
    }
}

fn system_packages(purpose: For) -> Outcome {
    let wanted: Vec<&str> = match purpose {
        For::Building => BUILD.to_vec(),
        For::Testing => BUILD.iter().chain(TEST).copied().collect(),
        For::CrossChecking => CROSS.to_vec(),
    };
    if !exists("apt-get") || !exists("dpkg-query") {
        eprintln!(
            "xtask: this is not Debian or Ubuntu: packages are not installed from here. Needed, under\n  \
             the names they have there: {}\n  see https://v2.tauri.app/start/prerequisites/",
            wanted.join(" ")
        );
        return Ok(());
    }
    let states = package_states(&wanted);
    let missing = missing(&wanted, &states);
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("xtask: installing {}", missing.join(" "));
    apt_get(&["update", "-qq"])?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    apt_get(&install).map_err(|message| {
        format!(
            "{message}\n  install by hand and try again: apt-get install {}",
            missing.join(" ")
        )
    })
}

/// One line a package that dpkg has heard of: its name, a blank and its state.
fn package_states(names: &[&str]) -> String {
    // dpkg-query fails as soon as one name is unknown to it, and still prints the others.
    let query = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\\n"])
        .args(names)
        .stderr(std::process::Stdio::null())
        .output();
    query
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}

fn missing<'a>(wanted: &[&'a str], states: &str) -> Vec<&'a str> {
    let installed = |name: &str| {
        states
            .lines()
            .any(|line| line == format!("{name} installed"))
    };
    wanted
        .iter()
        .copied()
        .filter(|name| !installed(name))
        .collect()
}

fn apt_get(arguments: &[&str]) -> Outcome {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else if exists("sudo") {
        let mut command = Command::new("sudo");
        command.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        command
    } else {
        return Err("packages are missing, and this is neither root nor is there sudo".into());
    };
    command
        .args(["-o", "DPkg::Lock::Timeout=400"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    run(&mut command)
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}

fn node() -> Outcome {
    let advice = format!("Node {NODE} or newer with npm is needed: https://nodejs.org/en/download");
    let version = output(program("node").arg("--version")).ok_or_else(|| advice.clone())?;
    if major(&version).is_none_or(|major| major < NODE) {
        return Err(format!("this is Node {version}. {advice}"));
    }
    output(program("npm").arg("--version"))
        .map(|_| ())
        .ok_or(advice)
}

/// `v20.20.2` is 20.
fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_installed_is_missing() {
        let states = "xvfb installed\ndbus not-installed\nxauth config-files\n";
        assert_eq!(
            missing(&["xvfb", "dbus", "xauth", "never-heard-of"], states),
            ["dbus", "xauth", "never-heard-of"]
        );
    }

    #[test]
    fn a_longer_name_is_another_package() {
        assert_eq!(missing(&["dbus"], "dbus-x11 installed\n"), ["dbus"]);
    }

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
