//! Debian's Rust for the browser packages, `rustc-web`: it comes with the source of its standard
//! library (`rust-web-src`), which is built here for systems that it brings no library for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::process::{program, root, run};

/// Windows as mingw builds for it.
pub(super) const WINDOWS: &str = "x86_64-pc-windows-gnu";
/// macOS on Apple's processors.
pub(super) const MACOS: &str = "aarch64-apple-darwin";

/// The compiler, not that of the person: they may have any other, by the same name.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
/// Objects that a Windows program starts and ends with; mingw has no such thing for Rust.
const START_FILES: &[&str] = &["rsbegin", "rsend"];

/// What the toolchain that runs us has put into the environment, or the person for their own builds.
const FOREIGN: &[&str] = &[
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "LD_LIBRARY_PATH",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
];

/// Where everything lies that is made here.
pub(super) fn folder() -> PathBuf {
    root().join("target/cross")
}

/// Where the start files lie; a linker flag, and so a part of what cargo compares.
fn start_files() -> PathBuf {
    folder().join("start-files")
}

/// A folder that macOS crates take for Apple's headers. It is empty: nothing is compiled from C.
fn headers() -> PathBuf {
    folder().join("no-headers")
}

/// Makes what the compiler needs and Debian does not bring.
///
/// # Errors
/// Names what is missing.
pub(super) fn prepare() -> Outcome {
    for file in [CARGO, RUSTC] {
        if !Path::new(file).is_file() {
            return Err(format!(
                "{file} is missing: it comes with Debian's cargo-web and rustc-web, which are needed \
                 beside rust-web-src, gcc-mingw-w64-x86-64-win32, wine64 and wine"
            ));
        }
    }
    for folder in [start_files(), headers()] {
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let source = Path::new("/usr/lib/rustlib/src/rust/library/rtstartup");
    for name in START_FILES {
        run(program(RUSTC)
            .args(["--target", WINDOWS, "--emit=obj", "-o"])
            .arg(start_files().join(format!("{name}.o")))
            .arg(source.join(format!("{name}.rs")))
            // The files are parts of the standard library, which may use what is not stable.
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("LD_LIBRARY_PATH"))?;
    }
    Ok(())
}

/// Cargo with one of its commands, for another system. Arguments can be added.
pub(super) fn cargo(subcommand: &str, target: &str) -> Command {
    let mut command = program(CARGO);
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
        .env("RUSTC", RUSTC)
        // For `build-std`, which no stable cargo has.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("PATH", path())
        .env("CARGO_TARGET_DIR", folder())
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        // Tests that write the types of the interface write them elsewhere.
        .env("TS_RS_EXPORT_DIR", folder().join("bindings"))
        .args([subcommand, "--target", target])
        .arg("-Zbuild-std=std,panic_unwind,test");
    if target == MACOS {
        macos(&mut command);
    } else {
        windows(&mut command);
    }
    command
}

/// Debian's programs first, so that a `rustc` in between is theirs too.
fn path() -> std::ffi::OsString {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(PathBuf::from("/usr/bin")).chain(std::env::split_paths(&old));
    std::env::join_paths(folders).expect("folders of a PATH make a PATH")
}

fn windows(command: &mut Command) {
    command
        .env(
            "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER",
            "x86_64-w64-mingw32-gcc",
        )
        .env(
            "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS",
            format!("-Lnative={}", start_files().display()),
        );
}

/// Nothing is linked for macOS, so that empty objects do for what is written in C.
fn macos(command: &mut Command) {
    let stand_in = |name: &str| root().join("xtask/cross").join(name);
    command
        .env("SDKROOT", headers())
        .env("MACOSX_DEPLOYMENT_TARGET", "11.0")
        .env("CC_aarch64_apple_darwin", stand_in("stand-in-cc"))
        .env("CXX_aarch64_apple_darwin", stand_in("stand-in-cc"))
        .env("AR_aarch64_apple_darwin", stand_in("stand-in-ar"));
}
