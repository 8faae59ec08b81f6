//! The password appears in no byte of any output, log, database or report.

use std::path::Path;

use exchange_sim::practice::{Practice, Scenario, setup};

use crate::world::{Ran, World};

/// Worth looking for, in every shape it might leak in.
const PASSWORD: &str = "C4nary-S3cret-hunter2!";

fn world(scenario: Scenario) -> World {
    let mut practice: Practice = setup(scenario, 4);
    if scenario != Scenario::WrongPassword {
        PASSWORD.clone_into(&mut practice.options.accounts[0].password);
    }
    PASSWORD.clone_into(&mut practice.password);
    World::with(practice)
}

/// Plain, as Basic sends it, as JSON and URLs would write it, in UTF-16.
fn shapes() -> Vec<Vec<u8>> {
    let basic = base64(format!("CONTOSO\\svc-ews:{PASSWORD}").as_bytes());
    let utf16 = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plain = PASSWORD.as_bytes().to_vec();
    vec![
        plain,
        basic.into_bytes(),
        base64(PASSWORD.as_bytes()).into_bytes(),
        utf16,
        b"S3cret".to_vec(),
    ]
}

/// RFC 4648 §4; written here so that the program is not asked what it would write.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0_u32, |word, &byte| word << 8 | u32::from(byte))
            << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            text.push(char::from(LETTERS[(word >> (18 - 6 * at)) as usize & 63]));
        }
    }
    text
}

fn assert_clean(what: &str, bytes: &[u8]) {
    for shape in shapes() {
        let found = bytes
            .windows(shape.len())
            .position(|window| window == shape);
        assert_eq!(
            found,
            None,
            "{what} holds the password as {:?}",
            String::from_utf8_lossy(&shape)
        );
    }
}

fn assert_folder_clean(folder: &Path) -> u64 {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files += assert_folder_clean(&path);
        } else {
            assert_clean(
                &path.display().to_string(),
                &std::fs::read(&path).expect("readable"),
            );
            files += 1;
        }
    }
    files
}

#[test]
fn the_test_would_find_it() {
    assert_eq!(base64(b"anna:pw"), "YW5uYTpwdw==".trim_end_matches('='));
    for shape in shapes() {
        let found = std::panic::catch_unwind(|| {
            assert_clean("a leak", &[b"xx", shape.as_slice()].concat());
        });
        assert!(found.is_err(), "{shape:?} would go unnoticed");
    }
}

#[test]
fn no_byte_of_it_comes_out() {
    let scenarios = [
        Scenario::Healthy,
        Scenario::WrongPassword,
        Scenario::NoRole,
        Scenario::Blocked403,
    ];
    for scenario in scenarios {
        let world = world(scenario);
        let mut ran = Vec::new();
        for format in ["table", "json", "jsonl", "csv", "junit", "html"] {
            let file = world
                .path(&format!("report.{format}"))
                .display()
                .to_string();
            ran.push(world.check(&["--format", format, "-vv"]));
            ran.push(world.check(&["--format", format, "--output", &file]));
        }
        ran.push(world.check(&["--save", "Contoso", "-vv"]));
        ran.push(world.with_password(&["check", "Contoso", "--password-stdin", "-vv"]));
        ran.push(world.with_password(&["check", "--resume", "last", "--password-stdin", "-vv"]));
        for words in [
            &["run", "show", "--json"][..],
            &["run", "list", "--json"],
            &["organization", "show", "Contoso", "--json"],
        ] {
            ran.push(world.run(words));
        }
        for Ran { stdout, stderr, .. } in &ran {
            assert_clean(&format!("stdout of {scenario}"), stdout.as_bytes());
            assert_clean(&format!("stderr of {scenario}"), stderr.as_bytes());
        }
        let stored = ran
            .iter()
            .filter(|ran| ran.stdout.contains("Contoso"))
            .count();
        assert!(stored > 0, "{scenario}: the organization was stored");
        assert!(
            assert_folder_clean(world.folder.path()) >= 9,
            "the data folder and the reports were looked at"
        );
    }
}

#[test]
fn logs_name_no_mailbox_above_debug() {
    let world = world(Scenario::NoRole);
    let ran = world.check(&["--format", "junit", "-v"]);
    for user in &world.practice.users {
        assert!(!ran.stderr.contains(&user.primary), "{}", ran.stderr);
    }
}
