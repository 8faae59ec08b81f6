//! The password appears in no byte of any output, log, database or report.

use std::path::Path;

use exchange_sim::practice::{Practice, Scenario, setup};
use exchange_sim::proxy::ProxyAuthentication;

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

/// Plain, as Basic sends it, in UTF-16 as NTLM hashes it, both in base64, and a part of it.
fn shapes() -> Vec<Vec<u8>> {
    let basic = base64(format!("CONTOSO\\svc-ews:{PASSWORD}").as_bytes());
    let utf16: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plain = PASSWORD.as_bytes().to_vec();
    vec![
        plain,
        basic.into_bytes(),
        base64(PASSWORD.as_bytes()).into_bytes(),
        base64(&utf16).into_bytes(),
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
        (Scenario::Healthy, "basic"),
        (Scenario::WrongPassword, "basic"),
        (Scenario::NoRole, "basic"),
        (Scenario::Blocked403, "basic"),
        (Scenario::ExtendedProtection, "ntlm"),
        (Scenario::NtlmOnly, "negotiate"),
    ];
    for (scenario, auth) in scenarios {
        looked_through(scenario, &world(scenario).by(auth));
    }
}

/// The server knows another password: what is refused is kept as a keyed hash only.
#[test]
fn a_refused_one_is_in_no_file_either() {
    let mut practice: Practice = setup(Scenario::NtlmOnly, 4);
    PASSWORD.clone_into(&mut practice.password);
    let world = World::with(practice);
    looked_through(Scenario::NtlmOnly, &world);
    assert_eq!(world.counters().log_ons_refused, 1, "the guard held");
    for _ in 0..2 {
        let ran = world.check(&["--send-again", "-vv"]);
        assert_clean("stderr", ran.stderr.as_bytes());
    }
    assert_eq!(world.counters().log_ons_refused, 3);
    assert!(world.path("data").exists(), "the refusal is noted");
    assert_folder_clean(world.folder.path());
}

/// A proxy's password is as secret as the account's.
#[test]
fn a_proxys_password_comes_out_nowhere() {
    for right in [PASSWORD, "another"] {
        let world = World::new(Scenario::NtlmOnly, 2);
        let proxy = world.proxy(
            ProxyAuthentication::Ntlm {
                user: "CONTOSO\\svc-ews".to_owned(),
                password: right.to_owned(),
            },
            false,
        );
        let url = proxy.url().replacen("//", "//CONTOSO%5Csvc-ews@", 1);
        let mut words = world.audit(&["--proxy", &url, "-vv", "--save", "Contoso"]);
        let at = words.iter().position(|word| word == "--ews-url");
        words[at.expect("a URL") + 1] = "https://mail.contoso.test/EWS/Exchange.asmx".to_owned();
        let ran = world.typing(&words, &[&world.practice.password, PASSWORD]);
        let cause = if right == PASSWORD {
            ""
        } else {
            "proxy.failed"
        };
        assert!(ran.stdout.contains(cause), "{}", ran.all());
        assert_clean("stdout", ran.stdout.as_bytes());
        assert_clean("stderr", ran.stderr.as_bytes());
        assert!(assert_folder_clean(world.folder.path()) >= 3, "looked at");
    }
}

/// Every format and command, on the terminal and in files.
fn looked_through(scenario: Scenario, world: &World) {
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

#[test]
fn logs_name_no_mailbox_above_debug() {
    let world = world(Scenario::NoRole);
    let ran = world.check(&["--format", "junit", "-v"]);
    for user in &world.practice.users {
        assert!(!ran.stderr.contains(&user.primary), "{}", ran.stderr);
    }
}
