//! The identity provider of this folder, started for a test in Rust; the tests of `oauth`, of the engine and
//! of the command line include this file.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A script of this folder.
pub(crate) fn node(script: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join("tests/identity"))
        .find(|folder| folder.is_dir())
        .expect("every package is below the repository");
    assert!(
        folder.join("node_modules").is_dir(),
        "the identity provider of tests/identity is not installed: run `npm install --no-save` there"
    );
    let mut node = Command::new("node");
    node.arg(script).current_dir(folder);
    node
}

/// The provider, until it is dropped.
pub(crate) struct Provider {
    said: Value,
    process: Child,
}

impl Drop for Provider {
    /// It ends when its standard input does, and takes its files with it.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

impl Provider {
    /// Starts it with these flags of `provider.js`, and waits until it says where it is.
    pub(crate) fn start(words: &[&str]) -> Self {
        Self::of("provider.js", words)
    }

    /// The same for another script: `second.js` is the other provider.
    pub(crate) fn of(script: &str, words: &[&str]) -> Self {
        let mut process = node(script)
            .args(words)
            .arg("--until-stdin-ends")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        output.read_line(&mut line).expect("it says where it is");
        let said = serde_json::from_str(&line).expect("JSON");
        Self { said, process }
    }

    /// What it said at this place of its line.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        let value = self.said.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{pointer} is not told"))
    }

    /// The file that it named there.
    pub(crate) fn file(&self, pointer: &str) -> Vec<u8> {
        std::fs::read(self.text(pointer)).expect("it is there")
    }
}
