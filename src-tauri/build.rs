//! The webview may call the commands of the contract, one by one, and no more.
//!
//! Every command becomes a permission `allow-<command>`; `capabilities/main.json` grants them.

use std::path::Path;

/// The one command beside the table: it streams, and so has no place in a table of answers.
const STREAMS: &[&str] = &["watch_run"];

/// Stands in for the interface until it has been built, so that `cargo check` works from a clean
/// clone. It lies in an ignored folder.
const PLACEHOLDER: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Understudy</title>\n\
    <p>The interface has not been built. Run <code>cargo xtask ui</code> and build again.</p>\n";

fn main() {
    place_holder(Path::new("../ui/dist/index.html"));
    println!("cargo:rerun-if-changed=../ui/dist");
    let commands: Vec<&'static str> = contract::COMMANDS.iter().chain(STREAMS).copied().collect();
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .app_manifest(tauri_build::AppManifest::new().commands(commands.leak())),
    )
    .expect("tauri.conf.json and the capabilities are valid");
}

fn place_holder(index: &Path) {
    if index.exists() {
        return;
    }
    let folder = index.parent().expect("the path names a folder");
    std::fs::create_dir_all(folder).expect("ui/dist can be created");
    std::fs::write(index, PLACEHOLDER).expect("ui/dist can be written to");
    println!("cargo:warning=ui/dist holds a placeholder: run `cargo xtask ui` for the interface");
}
