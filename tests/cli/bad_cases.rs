//! Bad input by name: arguments, and the code of the problem.

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

use crate::world::World;

/// Arguments of an audit with one thing changed: the value of `flag`.
pub(crate) fn changed(world: &World, flag: &str, value: &str) -> Vec<String> {
    let mut words = world.audit(&[]);
    let at = words
        .iter()
        .position(|word| word == flag)
        .expect("the flag is there");
    value.clone_into(&mut words[at + 1]);
    words
}

/// A CA certificate whose days are over.
fn expired_ca() -> String {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(2015, 1, 1);
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    params.self_signed(&key).expect("a certificate").pem()
}

fn key_pem() -> String {
    KeyPair::generate().expect("a key").serialize_pem()
}

/// Its name, its arguments, the code in JSON.
pub(crate) type Case = (&'static str, Vec<String>, &'static str);

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Every case, in the order of their names.
pub(crate) fn cases(world: &World) -> Vec<Case> {
    let mut cases = [
        lists(world),
        endpoints(world),
        certificates(world),
        flags(world),
        proxies(world),
        nothing(world),
        stored(world),
        secrets(world),
    ]
    .concat();
    cases.sort_by_key(|case| case.0);
    cases
}

fn lists(world: &World) -> Vec<Case> {
    let list = |name: &str, bytes: &[u8]| changed(world, "--users", &world.file(name, bytes));
    let at = |path: &str| changed(world, "--users", path);
    let folder = world.folder.path().display().to_string();
    let missing = world.path("missing").display().to_string();
    let canary = |text: &str| world.audit(&["--must-refuse", text]);
    let smtp = list("smtp.csv", b"PrimarySmtpAddress\nanna@contoso.com\n");
    vec![
        (
            "unknown header",
            list("header.csv", b"Vorname,Nachname\nAnna,Adler\n"),
            "bad_list",
        ),
        ("empty file", list("empty.csv", b""), "bad_list"),
        (
            "no address",
            list("none.csv", b"PrimarySmtpAddress\nanna\nben\n"),
            "bad_list",
        ),
        ("a folder as list", at(&folder), "bad_list"),
        ("no such list", at(&missing), "bad_list"),
        (
            "a binary list",
            list("list.xlsx", b"PK\x03\x04[Content_Types].xml"),
            "bad_list",
        ),
        (
            "no UPN column",
            [smtp, words(&["--identify-by", "upn"])].concat(),
            "bad_list",
        ),
        (
            "canary neither file nor address",
            canary("board"),
            "invalid",
        ),
        (
            "canary with a newline",
            canary("a@contoso.com\nb@contoso.com"),
            "invalid",
        ),
        ("list and password on stdin", at("-"), "invalid"),
    ]
}

fn endpoints(world: &World) -> Vec<Case> {
    let url = |url: &str| changed(world, "--ews-url", url);
    let auth = |scheme: &str| changed(world, "--auth", scheme);
    let account = changed(world, "--account", "CONTOSO\\svc@contoso.com");
    vec![
        (
            "http to another machine",
            url("http://mail.contoso.com/EWS/Exchange.asmx"),
            "invalid",
        ),
        (
            "credentials in the URL",
            url("https://svc:hunter2@mail.contoso.com/EWS/Exchange.asmx"),
            "invalid",
        ),
        (
            "a page for people",
            url("https://mail.contoso.com/owa"),
            "invalid",
        ),
        ("no URL at all", url("mail contoso"), "invalid"),
        ("an account of two forms", account, "invalid"),
        ("a token that is not there", auth("bearer"), "invalid"),
    ]
}

fn certificates(world: &World) -> Vec<Case> {
    let ca = |name: &str, bytes: &[u8]| changed(world, "--ca-file", &world.file(name, bytes));
    let at = |path: &str| changed(world, "--ca-file", path);
    let folder = world.folder.path().display().to_string();
    let missing = world.path("missing").display().to_string();
    let damaged = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    vec![
        (
            "expired CA",
            ca("expired.pem", expired_ca().as_bytes()),
            "bad_certificate",
        ),
        (
            "no certificate in the CA file",
            ca("text.pem", b"hello"),
            "bad_certificate",
        ),
        (
            "a damaged certificate",
            ca("damaged.pem", damaged),
            "bad_certificate",
        ),
        (
            "a key as CA file",
            ca("key.pem", key_pem().as_bytes()),
            "bad_certificate",
        ),
        ("a folder as CA file", at(&folder), "bad_certificate"),
        ("no such CA file", at(&missing), "bad_certificate"),
    ]
}

fn flags(world: &World) -> Vec<Case> {
    let more = |words: &[&str]| world.audit(words);
    let folder = world.folder.path().display().to_string();
    let endpoint = [
        "check",
        "--ews-url",
        "mail.contoso.com",
        "--account",
        "a@b",
        "--users",
        "x",
    ];
    vec![
        (
            "a folder as output",
            more(&["--output", &folder]),
            "invalid",
        ),
        (
            "output in no folder",
            more(&["--output", "/nonexistent/report.json"]),
            "invalid",
        ),
        (
            "unknown flag",
            more(&["--ignore-certificate-errors"]),
            "invalid",
        ),
        (
            "password as argument",
            more(&["--password=hunter2"]),
            "invalid",
        ),
        ("too many lanes", more(&["--concurrency", "28"]), "invalid"),
        ("no lane", more(&["--concurrency", "0"]), "invalid"),
        ("no time", more(&["--timeout", "0"]), "invalid"),
        (
            "unknown folder",
            more(&["--folders", "inbox,drafts"]),
            "invalid",
        ),
        (
            "a pin that is none",
            words(&[&endpoint[..], &["--pin-sha256", "abc"]].concat()),
            "invalid",
        ),
        (
            "resolve to nowhere",
            more(&["--resolve", "mail.contoso.com:443:elsewhere"]),
            "invalid",
        ),
        ("organization and URL", more(&["Contoso"]), "invalid"),
    ]
}

fn proxies(world: &World) -> Vec<Case> {
    let check = |proxy: &str| world.audit(&["--proxy", proxy]);
    let add = |more: &[&str]| words(&[&["organization", "add", "Contoso"], more].concat());
    let user = ["--proxy", "proxy:8080", "--proxy-user", "me:hunter2"];
    vec![
        (
            "a proxy with a password",
            check("http://me:hunter2@proxy:8080"),
            "invalid",
        ),
        ("a proxy by SOCKS", check("socks5://proxy:1080"), "invalid"),
        (
            "a proxy whose password is missing",
            check("http://me@proxy:8080"),
            "password_needed",
        ),
        (
            "a proxy of an organization with a password",
            add(&["--proxy", "me:hunter2@proxy:8080"]),
            "invalid",
        ),
        ("a proxy user with a password", add(&user), "invalid"),
        (
            "a proxy user without a proxy",
            add(&["--proxy-user", "me"]),
            "invalid",
        ),
    ]
}

fn nothing(world: &World) -> Vec<Case> {
    vec![
        ("nothing to check", words(&["check"]), "invalid"),
        ("no list", world.endpoint(), "invalid"),
        (
            "no such organization",
            words(&["check", "Fabrikam"]),
            "not_found",
        ),
        (
            "no run to resume",
            words(&["check", "--resume", "last"]),
            "not_found",
        ),
        ("no such run", words(&["run", "show", "0190"]), "not_found"),
    ]
}

/// What commands that store something refuse.
fn stored(world: &World) -> Vec<Case> {
    let add = |more: &[&str]| words(&[&["organization", "add"], more].concat());
    let url = world.simulator().ews_url();
    let endpoint = |account: &str| {
        add(&[
            "Contoso",
            "--ews-url",
            &url,
            "--account",
            account,
            "--auth",
            "basic",
        ])
    };
    vec![
        ("an empty name", add(&[" "]), "invalid"),
        ("a name of two lines", add(&["Con\ntoso"]), "invalid"),
        (
            "a name that is too long",
            add(&[&"n".repeat(121)]),
            "invalid",
        ),
        ("a taken name", add(&["Default Organization"]), "taken"),
        (
            "a taken External Id",
            add(&["Contoso", "--external-id", "default"]),
            "taken",
        ),
        (
            "a bad External Id",
            add(&["Contoso", "--external-id", "a b"]),
            "invalid",
        ),
        ("an empty account", endpoint(""), "invalid"),
        ("an account without domain", endpoint("svc"), "invalid"),
        (
            "no URL for the account",
            add(&["Contoso", "--account", "svc@contoso.com"]),
            "invalid",
        ),
        (
            "an organization with a token",
            [
                add(&["Contoso", "--auth", "bearer"]),
                words(&["--password-stdin"]),
            ]
            .concat(),
            "not_allowed",
        ),
        (
            "the default organization",
            words(&["organization", "remove", "default", "--yes"]),
            "not_allowed",
        ),
        (
            "nobody to confirm",
            words(&["organization", "remove", "default"]),
            "invalid",
        ),
        (
            "no such user",
            words(&["user", "remove", "default", "anna@contoso.com"]),
            "not_found",
        ),
        (
            "a user that is no address",
            words(&["user", "remove", "default", "anna"]),
            "invalid",
        ),
        (
            "a new user that is no address",
            words(&["user", "add", "default", "anna"]),
            "invalid",
        ),
        (
            "a system mailbox",
            words(&["user", "add", "default", "HealthMailbox1@contoso.com"]),
            "invalid",
        ),
        (
            "no list to import",
            words(&["user", "import", "default", "missing.csv"]),
            "bad_list",
        ),
        ("no runs at all", words(&["run", "--limit", "0"]), "invalid"),
    ]
}

/// Secrets where none belong, and words that may be one.
fn secrets(world: &World) -> Vec<Case> {
    let more = |words: &[&str]| world.audit(words);
    vec![
        (
            "a password in the flag",
            more(&["--password-stdin=hunter2"]),
            "invalid",
        ),
        ("a password after the flag", more(&["hunter2"]), "invalid"),
        (
            "a password after the flag of an organization",
            words(&["check", "Contoso", "--password-stdin", "hunter2"]),
            "invalid",
        ),
        (
            "a token in the flag",
            more(&["--token-stdin=hunter2"]),
            "invalid",
        ),
        (
            "a password grown to its flag",
            more(&["--passwordhunter2"]),
            "invalid",
        ),
        (
            "a flag for proxies",
            more(&["--proxy-user=me:hunter2"]),
            "invalid",
        ),
        (
            "a value where none goes",
            words(&["run", "list", "--json=hunter2"]),
            "invalid",
        ),
    ]
}
