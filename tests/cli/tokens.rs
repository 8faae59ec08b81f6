//! Access tokens on the command line: handed in, of an application, and of whoever signed in. The server
//! judges them by the keys of whoever issued them; `tests/identity` starts an identity provider that
//! nobody here wrote.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use exchange_sim::practice::{Practice, Scenario, setup};
use exchange_sim::{BearerRules, SigningKeys, TokenClaims, TokenMint};
use serde_json::Value;

use crate::started::{Provider, node};
use crate::world::{CANARY, Ran, World};

const ISSUER: &str = "https://sts.example/0f0f0f0f/";
const GUID: &str = "00000000-0000-4000-8000-000000000001";
const OWN_HOST: &str = "https://localhost/";

/// A server with eight people that takes tokens by these rules.
fn taking(rules: BearerRules) -> World {
    let mut practice: Practice = setup(Scenario::Demo, 8);
    practice.options.offered = vec!["Negotiate".to_owned(), "NTLM".to_owned()];
    practice.options.bearer = Some(rules);
    // As the identity provider names it.
    for account in &mut practice.options.accounts {
        account.logons.push("svc-ews@contoso.example".to_owned());
    }
    World::with(practice)
}

fn mint() -> TokenMint {
    TokenMint::new(ISSUER).expect("the system has keys")
}

fn by(mint: &TokenMint) -> World {
    taking(BearerRules::new(mint.keys()).issuer(ISSUER))
}

/// Arguments of a one-off audit, but for how it logs on.
fn audit(world: &World, more: &[&str]) -> Vec<String> {
    let url = world.simulator().ews_url();
    let (users, ca) = (world.path("users.csv"), world.path("ca.pem"));
    let mut words = vec!["check".to_owned(), "--ews-url".to_owned(), url];
    words.extend(["--users".to_owned(), users.display().to_string()]);
    if !more.contains(&"--ca-file") {
        words.extend(["--ca-file".to_owned(), ca.display().to_string()]);
    }
    words.extend(["--must-refuse", CANARY, "--json"].map(str::to_owned));
    words.extend(more.iter().map(|&word| word.to_owned()));
    words
}

fn bearer(world: &World) -> Vec<String> {
    let account = &world.practice.account;
    audit(
        world,
        &["--account", account, "--auth", "bearer", "--token-stdin"],
    )
}

#[test]
fn a_token_that_is_handed_in_opens_mailboxes_and_shows_nowhere() {
    let mint = mint();
    let world = by(&mint);
    let account = world.practice.account.clone();
    let token = mint.sign(&TokenClaims::delegated(&upn(&account), OWN_HOST));
    let ran = world.typing(&bearer(&world), &[&token]);
    let document = ran.json();
    assert_eq!(document["run"]["auth"], "bearer", "{}", ran.all());
    assert_eq!(document["run"]["cause"], Value::Null, "{}", ran.all());
    assert!(
        document["summary"]["granted"].as_u64() > Some(0),
        "{}",
        ran.all()
    );
    let signature = token.rsplit('.').next().expect("a signature");
    assert!(!ran.all().contains(signature), "the token is in the output");
    leaves_nothing(&world, signature);
}

#[test]
fn what_is_no_token_is_bad_input_before_any_request() {
    let mint = mint();
    let world = by(&mint);
    let token = mint.sign(&TokenClaims::delegated(
        &upn(&world.practice.account),
        OWN_HOST,
    ));
    let signature = token.rsplit('.').next().expect("a signature");
    for (pasted, word) in [
        (
            format!("Bearer {token}"),
            "words of an Authorization header",
        ),
        (
            format!("Authorization: Bearer {token}"),
            "words of an Authorization header",
        ),
        (format!("{token}\u{e9}"), "characters that no token has"),
        (format!("\"{token}\""), "characters that no token has"),
    ] {
        let ran = world.typing(&bearer(&world), &[&pasted]);
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        let problem = &ran.json()["problem"];
        assert_eq!(problem["code"], "invalid", "{}", ran.all());
        let message = problem["message"].as_str().expect("a sentence");
        assert!(message.starts_with("--token-stdin: "), "{message}");
        assert!(message.contains(word), "{message}");
        let hint = problem["hint"].as_str().expect("a next step");
        assert!(hint.contains("the token alone"), "{hint}");
        assert!(!ran.all().contains(signature), "the token is in the output");
    }
    let counters = world.counters();
    assert_eq!((counters.connections, counters.requests), (0, 0));
}

/// The account of the practice as a token names it.
fn upn(account: &str) -> String {
    match account.rsplit_once('\\') {
        Some((_, user)) => format!("{user}@contoso.com"),
        None => account.to_owned(),
    }
}

/// No file of the world's folder holds these bytes.
fn leaves_nothing(world: &World, needle: &str) {
    let mut folders = vec![world.folder.path().to_path_buf()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap_or_default();
            let found = bytes
                .windows(needle.len())
                .any(|part| part == needle.as_bytes());
            assert!(!found, "{} holds it", path.display());
        }
    }
    assert!(files > 0, "there is nothing to look into");
}

#[test]
fn a_token_of_another_audience_is_rejected_and_says_nothing_of_rights() {
    let mint = mint();
    let world = by(&mint);
    let claims = TokenClaims::delegated(&upn(&world.practice.account), "https://other.example/");
    let ran = world.typing(&bearer(&world), &[&mint.sign(&claims)]);
    let document = ran.json();
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert_eq!(
        document["run"]["cause"],
        "oauth.token_rejected",
        "{}",
        ran.all()
    );
    let total = document["summary"]["total"].as_u64();
    assert_eq!(document["summary"]["not_checked"].as_u64(), total);
}

#[test]
fn a_stored_organization_without_a_token_is_told_to_sign_in() {
    let mint = mint();
    let world = by(&mint);
    let url = world.simulator().ews_url();
    let ca = world.path("ca.pem").display().to_string();
    let account = world.practice.account.clone();
    let add = world.typing(
        &[
            "organization",
            "add",
            "Contoso",
            "--ews-url",
            &url,
            "--account",
            &account,
            "--ca-file",
            &ca,
        ],
        &[],
    );
    assert_eq!(add.exit, Some(0), "{}", add.all());
    let users = world.path("users.csv").display().to_string();
    let import = world.run(&["user", "import", "Contoso", &users, "--yes"]);
    assert_eq!(import.exit, Some(0), "{}", import.all());

    let without = world.run(&["check", "Contoso", "--auth", "bearer", "--json"]);
    assert_eq!(without.exit, Some(2), "{}", without.all());
    assert_eq!(without.json()["run"]["cause"], "oauth.sign_in_needed");

    let token = mint.sign(&TokenClaims::delegated(&upn(&account), OWN_HOST));
    let words = [
        "check",
        "Contoso",
        "--auth",
        "bearer",
        "--token-stdin",
        "--json",
    ];
    let with = world.typing(&words, &[&token]);
    assert_eq!(with.json()["run"]["cause"], Value::Null, "{}", with.all());
    assert!(with.json()["summary"]["granted"].as_u64() > Some(0));
}

#[test]
fn who_cannot_sign_in_is_told_before_a_browser_opens() {
    let world = by(&mint());
    let add = |name: &str, more: &[&str]| {
        let words = [
            "organization",
            "add",
            name,
            "--ews-url",
            "https://mail.contoso.example/EWS/Exchange.asmx",
        ];
        let added = world.typing(&[&words, more].concat(), &["s3cret-of-the-app"]);
        assert_eq!(added.exit, Some(0), "{}", added.all());
        added
    };
    add("Password", &["--account", "svc@contoso.example"]);
    let shown = add(
        "Person",
        &[
            "--account",
            "svc@contoso.example",
            "--access-type",
            "ews-imp",
            "--tenant",
            "contoso.example",
            "--client-id",
            GUID,
        ],
    );
    assert!(
        shown.stdout.contains("contoso.example (global cloud)"),
        "{}",
        shown.all()
    );
    for (name, why) in [
        ("Password", "doesn't sign in with OAuth"),
        ("Person", "isn't kept"),
    ] {
        let ran = world.run(&["sign-in", name, "--no-browser"]);
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        assert!(ran.stderr.contains(why), "{}", ran.all());
        assert!(ran.stderr.contains("hint:"), "{}", ran.all());
    }
    let show = world.run(&["sign-in", "Person", "--show", "--json"]);
    assert_eq!(show.json()["state"], "not_signed_in", "{}", show.all());
    assert_eq!(show.exit, Some(2));
}

/// What these tests ask of the provider beside.
trait Judged {
    fn ca(&self) -> String;
    fn rules(&self, new: impl Fn(SigningKeys) -> BearerRules) -> BearerRules;
}

impl Judged for Provider {
    fn ca(&self) -> String {
        String::from_utf8(self.file("/caFile")).expect("PEM")
    }

    fn rules(&self, new: impl Fn(SigningKeys) -> BearerRules) -> BearerRules {
        let keys = SigningKeys::Url {
            url: self.text("/entra/jwksUri").to_owned(),
            ca_pem: Some(self.ca()),
        };
        new(keys).issuer(self.text("/entra/tokenIssuer"))
    }
}

/// A file with the CAs of the server and of the provider.
fn both(world: &World, provider: &Provider) -> String {
    let own = world.simulator().ca_pem().unwrap_or_default();
    world.file("both.pem", format!("{own}\n{}", provider.ca()).as_bytes())
}

#[test]
fn an_application_proves_itself_with_a_secret_or_a_certificate() {
    let provider = Provider::start(&[]);
    let world = taking(provider.rules(BearerRules::online));
    let (ca, issuer) = (both(&world, &provider), provider.text("/entra/issuer"));
    let words = |client: &str, more: &[&str]| {
        let same = ["--ca-file", &ca, "--issuer", issuer, "--client-id", client];
        audit(&world, &[&same, more].concat())
    };
    let secret = provider.text("/clients/secret/secret");
    let by_secret = words(
        provider.text("/clients/secret/id"),
        &["--access-type", "ews-app", "--client-secret-stdin"],
    );
    let key = pem(&world, &provider);
    let by_certificate = words(
        provider.text("/clients/certificate/id"),
        &["--access-type", "graph-app", "--certificate", &key],
    );
    let password = provider.text("/clients/certificate/pfxPassword");
    let pfx = provider.text("/clients/certificate/pfxFile");
    let by_pfx = words(
        provider.text("/clients/certificate/id"),
        &[
            "--access-type",
            "graph-app",
            "--certificate",
            pfx,
            "--certificate-password-stdin",
        ],
    );
    for (arguments, typed) in [
        (by_secret, secret),
        (by_certificate, ""),
        (by_pfx, password),
    ] {
        let ran = world.typing(&arguments, &[typed]);
        let document = ran.json();
        assert_eq!(document["run"]["auth"], "bearer", "{}", ran.all());
        assert_eq!(
            document["run"]["cause"],
            Value::Null,
            "{arguments:?}\n{}",
            ran.all()
        );
        assert!(
            document["summary"]["granted"].as_u64() > Some(0),
            "{}",
            ran.all()
        );
        assert!(!ran.all().contains(secret), "the secret is in the output");
    }
    let wrong = words(
        provider.text("/clients/secret/id"),
        &["--access-type", "ews-app", "--client-secret-stdin"],
    );
    let ran = world.typing(&wrong, &["not-the-secret-at-all"]);
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert_eq!(
        ran.json()["run"]["cause"],
        "oauth.sign_in_needed",
        "{}",
        ran.all()
    );
    assert!(!ran.all().contains("not-the-secret-at-all"));
}

/// Certificate and key in one file.
fn pem(world: &World, provider: &Provider) -> String {
    let mut both = provider.file("/clients/certificate/certificateFile");
    both.extend(provider.file("/clients/certificate/keyFile"));
    world.file("app.pem", &both)
}

/// Signs in with a headless browser that opens the link it is shown.
#[test]
#[ignore = "needs a key store: dbus-run-session with an unlocked gnome-keyring"]
fn whoever_signs_in_is_used_by_later_checks_until_signed_out() {
    let provider = Provider::start(&[]);
    let world = taking(provider.rules(BearerRules::new));
    let (ca, url) = (both(&world, &provider), world.simulator().ews_url());
    let run = |words: &[&str]| Ran::of(with_key_store(&world, words), b"");
    let added = run(&[
        "organization",
        "add",
        "Contoso",
        "--ews-url",
        &url,
        "--account",
        "svc-ews@contoso.example",
        "--ca-file",
        &ca,
        "--access-type",
        "ews-imp",
        "--issuer",
        provider.text("/entra/issuer"),
        "--client-id",
        provider.text("/clients/native/id"),
        "--keep-signed-in",
    ]);
    assert_eq!(added.exit, Some(0), "{}", added.all());
    let users = world.path("users.csv").display().to_string();
    let import = run(&["user", "import", "Contoso", &users, "--yes"]);
    assert_eq!(import.exit, Some(0), "{}", import.all());

    let mut command = with_key_store(&world, &["sign-in", "Contoso", "--no-browser", "--json"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut signing = command.spawn().expect("the binary");
    let mut said = BufReader::new(signing.stderr.take().expect("piped")).lines();
    let link = said.find_map(|line| line.ok().filter(|line| line.starts_with("https://")));
    let link = link.expect("it shows the link");
    let browser = node("browser.js").arg(&link).stdout(Stdio::null()).status();
    assert!(
        browser.expect("node is installed").success(),
        "the browser came back"
    );
    let ended = signing.wait_with_output().expect("it ran");
    let shown: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert_eq!(shown["state"], "authorized", "{shown}");
    assert_eq!(shown["account"], "svc-ews@contoso.example", "{shown}");

    let check = run(&["check", "Contoso", "--json"]);
    let document = check.json();
    assert_eq!(document["run"]["auth"], "bearer", "{}", check.all());
    assert_eq!(document["run"]["cause"], Value::Null, "{}", check.all());
    let out = run(&["sign-in", "Contoso", "--sign-out", "--json"]);
    assert_eq!(out.json()["state"], "not_signed_in", "{}", out.all());
    let after = run(&["check", "Contoso", "--json"]);
    assert_eq!(
        after.json()["run"]["cause"],
        "oauth.sign_in_needed",
        "{}",
        after.all()
    );
}

/// A command that finds the key store of this session.
fn with_key_store(world: &World, words: &[&str]) -> Command {
    let mut command = world.command(words);
    for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}
