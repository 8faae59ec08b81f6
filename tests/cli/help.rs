//! The help of every command: flags are a public contract.

use crate::world::{Ran, bare, held};

#[test]
fn every_command_explains_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let commands: [&[&str]; 21] = [
        &[],
        &["check"],
        &["discover"],
        &["service-account"],
        &["organization"],
        &["organization", "list"],
        &["organization", "add"],
        &["organization", "show"],
        &["organization", "edit"],
        &["organization", "duplicate"],
        &["organization", "remove"],
        &["user"],
        &["user", "list"],
        &["user", "add"],
        &["user", "import"],
        &["user", "export"],
        &["user", "remove"],
        &["run"],
        &["run", "list"],
        &["run", "show"],
        &["practice"],
    ];
    let mut all = String::new();
    for words in commands {
        let mut command = bare(folder.path());
        command.args(words).arg("--help");
        let ran = Ran::of(command, b"");
        assert_eq!((ran.exit, ran.stderr.as_str()), (Some(0), ""), "{words:?}");
        all.extend([format!(
            "$ understudy {} --help\n{}\n",
            words.join(" "),
            ran.stdout
        )]);
    }
    held!("help", all);
    assert!(
        !folder.path().join("data").exists(),
        "help touches no data folder"
    );
}

#[test]
fn what_this_version_lacks_is_unknown() {
    let folder = tempfile::tempdir().expect("a folder");
    for word in ["configuration", "report", "monitor"] {
        let mut command = bare(folder.path());
        command.arg(word);
        let ran = Ran::of(command, b"");
        assert_eq!(ran.exit, Some(2), "{word}");
        assert!(ran.stderr.contains("There is no command"), "{}", ran.all());
    }
}

#[test]
fn completions_name_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let mut command = bare(folder.path());
        command.args(["completions", shell]);
        let ran = Ran::of(command, b"");
        assert_eq!(ran.exit, Some(0), "{}", ran.all());
        for word in ["check", "organization", "practice", "password-stdin"] {
            assert!(ran.stdout.contains(word), "{shell} does not know {word}");
        }
    }
}
