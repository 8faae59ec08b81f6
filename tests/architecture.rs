//! The arrows of the design, asserted from `cargo metadata`: who may name whom, and which crate
//! alone may name a library of consequence. It looks at manifests, never at what code does with them.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Who may name whom among our own. What is absent is forbidden.
const ARROWS: &[(&str, &[&str])] = &[
    ("cli", &["contract", "engine", "exchange-sim"]),
    ("contract", &[]),
    ("engine", &["contract", "ews", "exchange", "oauth", "store"]),
    ("ews", &[]),
    ("exchange", &["ews"]),
    ("exchange-sim", &[]),
    ("oauth", &[]),
    ("store", &["contract"]),
    (
        "understudy-desktop",
        &["contract", "engine", "exchange-sim"],
    ),
    ("xtask", &[]),
];

/// Libraries that only these crates may name.
const RESERVED: &[(&str, &[&str])] = &[
    ("clap", &["cli"]),
    ("hyper", &["exchange", "exchange-sim", "oauth"]),
    ("hyper-util", &["exchange", "exchange-sim"]),
    ("keyring", &["engine"]),
    ("oauth2", &["oauth"]),
    ("rusqlite", &["store"]),
    ("rusqlite_migration", &["store"]),
    ("rustls", &["exchange", "exchange-sim", "oauth"]),
    ("tauri", &["understudy-desktop"]),
    ("tokio-rustls", &["exchange", "exchange-sim"]),
];

/// Crates that perform no I/O name nothing but these.
const PURE: &[(&str, &[&str])] = &[
    ("contract", &["serde", "thiserror", "ts-rs", "zeroize"]),
    ("ews", &["base64", "quick-xml", "serde_json", "thiserror"]),
    ("xtask", &[]),
];

/// Package -> what its `[dependencies]` and `[build-dependencies]` name.
type Names = BTreeMap<String, Vec<String>>;

#[test]
fn every_arrow_is_drawn_in_the_design() {
    let (shipped, tests) = packages();
    assert_eq!(violations(&shipped, &tests), Vec::<String>::new());
}

#[test]
fn only_one_folder_of_the_interface_knows_tauri() {
    let source = root().join("ui/src");
    let mut outside = Vec::new();
    let mut inside = 0;
    for file in files(&source) {
        if fs::read_to_string(&file).is_ok_and(|text| text.contains("@tauri-apps/")) {
            if file.starts_with(source.join("ipc")) {
                inside += 1;
            } else {
                outside.push(file);
            }
        }
    }
    assert_eq!(
        outside,
        Vec::<PathBuf>::new(),
        "@tauri-apps/* is imported in ui/src/ipc and nowhere else"
    );
    assert!(inside > 0, "the search finds the imports that are there");
}

#[test]
fn the_interface_has_no_plugin() {
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(root().join("ui/package.json")).unwrap()).unwrap();
    let named = ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|kind| manifest[kind].as_object());
    let tauri: Vec<_> = named
        .flat_map(|names| names.keys())
        .filter(|name| name.starts_with("@tauri-apps/"))
        .collect();
    let known = ["@tauri-apps/api", "@tauri-apps/cli"];
    assert!(
        tauri.iter().all(|name| known.contains(&name.as_str())),
        "a plugin would reach past the engine: {tauri:?}"
    );
}

fn violations(shipped: &Names, tests: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (package, names) in shipped {
        let Some(arrows) = of(ARROWS, package) else {
            found.push(format!("{package} is not in the design"));
            continue;
        };
        for name in names {
            let ours = shipped.contains_key(name) || tests.contains(name);
            if ours && !arrows.contains(&name.as_str()) {
                found.push(format!("{package} may not name {name}"));
            }
            if of(RESERVED, name).is_some_and(|owners| !owners.contains(&package.as_str())) {
                found.push(format!("{package} may not name {name}, which is reserved"));
            }
            if of(PURE, package).is_some_and(|known| !known.contains(&name.as_str())) {
                found.push(format!("{package} is pure and may not name {name}"));
            }
        }
    }
    found
}

fn of<'a>(table: &[(&str, &'a [&'a str])], key: &str) -> Option<&'a [&'a str]> {
    table
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, values)| *values)
}

/// What is shipped, and the names of what is only tested with (everything under `tests/`).
fn packages() -> (Names, Vec<String>) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (mut shipped, mut tests) = (Names::new(), Vec::new());
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap().to_owned();
        if Path::new(package["manifest_path"].as_str().unwrap()).starts_with(root().join("tests")) {
            tests.push(name);
        } else {
            shipped.insert(name, named_by(package));
        }
    }
    (shipped, tests)
}

/// What a package names outside its tests.
fn named_by(package: &Value) -> Vec<String> {
    let dependencies = package["dependencies"].as_array().unwrap();
    let outside_tests = dependencies
        .iter()
        .filter(|dependency| dependency["kind"] != "dev");
    outside_tests
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

mod the_checker {
    use super::{Names, packages, violations};

    /// The packages as they are, with one more edge.
    fn with(package: &str, name: &str) -> Vec<String> {
        let (mut shipped, tests) = packages();
        let names: &mut Names = &mut shipped;
        names.get_mut(package).unwrap().push(name.to_owned());
        violations(&shipped, &tests)
    }

    #[test]
    fn sees_a_forbidden_arrow() {
        assert_eq!(with("store", "engine"), ["store may not name engine"]);
        assert_eq!(with("cli", "store"), ["cli may not name store"]);
        assert_eq!(
            with("understudy-desktop", "exchange"),
            ["understudy-desktop may not name exchange"]
        );
        assert_eq!(
            with("engine", "exchange-sim"),
            ["engine may not name exchange-sim"]
        );
    }

    #[test]
    fn sees_that_product_names_test() {
        assert_eq!(with("cli", "scenarios"), ["cli may not name scenarios"]);
    }

    #[test]
    fn sees_a_reserved_library_in_the_wrong_hands() {
        assert_eq!(
            with("engine", "rusqlite"),
            ["engine may not name rusqlite, which is reserved"]
        );
        assert_eq!(
            with("cli", "hyper"),
            ["cli may not name hyper, which is reserved"]
        );
    }

    #[test]
    fn sees_io_in_a_pure_crate() {
        assert_eq!(with("ews", "tokio"), ["ews is pure and may not name tokio"]);
    }

    #[test]
    fn sees_a_crate_that_nobody_designed() {
        let shipped = Names::from([("helpers".to_owned(), Vec::new())]);
        assert_eq!(violations(&shipped, &[]), ["helpers is not in the design"]);
    }
}
