//! The real window with a real key store: from typing a password to seeing it kept, and gone
//! after it was removed. Needs a desktop, and the app built: `cargo xtask test --only window`.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use desktop_smoke::{Outcome, PATIENCE, Session};
use tokio::time::{Instant, sleep};

/// Found nowhere else on this machine.
const CANARY: &str = "c4n4ry-Understudy-smoke";

fn app() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let app = target.join("debug/understudy-desktop");
    assert!(
        app.is_file(),
        "{} is missing: cargo build -p understudy-desktop",
        app.display()
    );
    app
}

/// Everything in the key store under our name, secrets included.
fn key_store() -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("secret-tool")
        .args(["search", "--all", "service", "Understudy"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&stdout).into_owned();
    assert!(
        status.success() || text.is_empty(),
        "secret-tool: {}",
        String::from_utf8_lossy(&stderr)
    );
    text
}

fn field(label: &str) -> String {
    format!(
        "//input[@id=//label[starts-with(normalize-space(.), '{label}')]/@for and not(@disabled)]"
    )
}

fn button(name: &str) -> String {
    format!("//button[normalize-space(.)='{name}']")
}

fn text(part: &str) -> String {
    format!("//*[contains(text(), '{part}')]")
}

async fn type_and_save(session: &Session) -> Outcome<()> {
    session.go("/organizations/1/configuration").await?;
    let account = session.find(&field("Account Logon")).await?;
    session.type_into(&account, "CONTOSO\\svc-ews").await?;
    let url = session
        .find(&field("Exchange Web Services (EWS) URL"))
        .await?;
    session
        .type_into(&url, "https://mail.contoso.com/EWS/Exchange.asmx")
        .await?;
    let password = session.find(&field("Password")).await?;
    session.type_into(&password, CANARY).await?;
    session.click(&session.find(&button("Save")).await?).await?;
    session
        .find(&text("Stored in Secret Service"))
        .await
        .map(drop)
}

async fn remove_and_save(session: &Session) -> Outcome<()> {
    session
        .click(&session.find(&button("Remove")).await?)
        .await?;
    session.find(&text("will be removed when you save")).await?;
    session.click(&session.find(&button("Save")).await?).await?;
    session.find(&field("Password")).await.map(drop)
}

/// Looks again and again until it is so.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "not in time: {what}");
        sleep(Duration::from_millis(100)).await;
    }
}

/// Nothing of the page holds the password once it was handed over.
async fn is_shown(session: &Session) -> Outcome<bool> {
    let script = format!(
        "return document.documentElement.outerHTML.includes('{CANARY}') || \
         [...document.querySelectorAll('input')].some(input => input.value.includes('{CANARY}')) || \
         location.href.includes('{CANARY}') || JSON.stringify({{...localStorage, ...sessionStorage}}).includes('{CANARY}')"
    );
    session.script(&script).await.map(|shown| shown == true)
}

fn is_in_a_file(folder: &Path) -> bool {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .any(|path| {
            if path.is_dir() {
                is_in_a_file(&path)
            } else {
                let bytes = std::fs::read(&path).unwrap_or_default();
                bytes
                    .windows(CANARY.len())
                    .any(|window| window == CANARY.as_bytes())
            }
        })
}

/// Fails with a picture of the page beside the app.
async fn or_picture<T>(session: &Session, step: &str, outcome: Outcome<T>) -> T {
    match outcome {
        Ok(value) => value,
        Err(message) => {
            let picture = app().with_file_name(format!("window-{step}.png"));
            std::fs::write(&picture, session.picture().await.unwrap()).unwrap();
            panic!("{step}: {message}\n  picture: {}", picture.display());
        }
    }
}

#[tokio::test]
#[ignore = "needs a desktop and the built app: cargo xtask test --only window"]
async fn a_password_is_kept_in_the_key_store_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_str().unwrap();
    assert!(!key_store().contains(CANARY), "the key store is fresh");

    let session = Session::open(&app(), &["--data-dir", data_dir])
        .await
        .unwrap();
    or_picture(&session, "save", type_and_save(&session).await).await;
    assert!(
        key_store().contains(CANARY),
        "the key store has what was typed"
    );
    assert!(
        !is_shown(&session).await.unwrap(),
        "the page forgets what it handed over"
    );
    assert!(
        !is_in_a_file(folder.path()),
        "no file of the data folder holds it"
    );

    or_picture(&session, "remove", remove_and_save(&session).await).await;
    // Saving goes on behind the page.
    until("the key store has forgotten it", || {
        !key_store().contains(CANARY)
    })
    .await;
    assert!(
        !is_in_a_file(folder.path()),
        "no file of the data folder holds it"
    );
    session.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs a desktop and the built app: cargo xtask test --only window"]
async fn the_window_stays_on_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let session = Session::open(&app(), &["--data-dir", folder.path().to_str().unwrap()])
        .await
        .unwrap();
    session.go("/settings").await.unwrap();
    session.find("//main//*[text()]").await.unwrap();
    session
        .script("location.href = 'https://example.com/'; window.open('https://example.com/')")
        .await
        .unwrap();
    sleep(Duration::from_secs(1)).await;
    let address = session.script("return location.href").await.unwrap();
    assert!(
        address.as_str().unwrap().starts_with("tauri://localhost/"),
        "{address}"
    );
    session.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs a desktop and the built app: cargo xtask test --only window"]
async fn a_second_window_on_the_same_folder_says_why_it_cannot_start() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_str().unwrap();
    let session = Session::open(&app(), &["--data-dir", data_dir])
        .await
        .unwrap();
    session.find("//main//*[text()]").await.unwrap();
    let mut second = Second::start(data_dir);
    let line = second.first_line();
    assert!(
        line.starts_with("understudy-desktop: "),
        "it says so on stderr: {line}"
    );
    // Its window is there, and it stays in that until it is closed.
    until("its page is shown, or it ended", || {
        second.has_a_page() || second.0.try_wait().unwrap().is_some()
    })
    .await;
    assert_eq!(second.0.try_wait().unwrap(), None, "it waits in its window");
    session.find("//main//*[text()]").await.unwrap();
    session.close().await.unwrap();
}

/// The app without a driver, ended with its owner.
struct Second(Child);

impl Second {
    fn start(data_dir: &str) -> Self {
        let started = Command::new(app())
            .args(["--data-dir", data_dir])
            .stderr(Stdio::piped())
            .spawn();
        Self(started.unwrap())
    }

    /// What it says first on stderr; that it says nothing is no answer.
    fn first_line(&mut self) -> String {
        let mut lines = BufReader::new(self.0.stderr.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            // Nobody may be listening any more.
            let _ = tell.send(lines.find_map(Result::ok));
            // It goes on talking: a closed pipe would end it.
            lines.for_each(drop);
        });
        let first = told.recv_timeout(PATIENCE);
        first.expect("it says something in time").unwrap()
    }

    /// `WebKit` draws a page in a process of its own, whose parent is the app.
    fn has_a_page(&self) -> bool {
        let parent = self.0.id().to_string();
        let statuses = std::fs::read_dir("/proc").unwrap().map(|entry| {
            // Processes come and go meanwhile.
            std::fs::read_to_string(entry.unwrap().path().join("stat")).unwrap_or_default()
        });
        // `PID (NAME) STATE PARENT …`, proc_pid_stat(5)
        statuses.into_iter().any(|status| {
            let told = status
                .split_once(" (")
                .and_then(|(_, rest)| rest.rsplit_once(") "));
            told.is_some_and(|(name, rest)| {
                name.starts_with("WebKitWeb") && rest.split(' ').nth(1) == Some(&parent)
            })
        })
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has seen by then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "needs a desktop and the built app: cargo xtask test --only window"]
async fn practice_opens_on_the_organization_to_practise_on() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "--practice",
        "demo",
        "--data-dir",
        folder.path().to_str().unwrap(),
    ];
    let session = Session::open(&app(), &arguments).await.unwrap();
    let found = session.find(&text("Practice: simulated Exchange")).await;
    or_picture(&session, "practice", found).await;
    let account = session.find(&field("Account Logon")).await;
    or_picture(&session, "configuration", account).await;
    session.close().await.unwrap();
}

/// The window may ask, and shows what a stock server says; the shell hands no more over than that.
#[tokio::test]
#[ignore = "needs a desktop and the built app: cargo xtask test --only window"]
async fn the_server_is_asked_before_any_password_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "--practice",
        "extended-protection",
        "--data-dir",
        folder.path().to_str().unwrap(),
    ];
    let session = Session::open(&app(), &arguments).await.unwrap();
    let asked = ask_the_server(&session).await;
    or_picture(&session, "ask", asked).await;
    session.close().await.unwrap();
}

async fn ask_the_server(session: &Session) -> Outcome<()> {
    let asks = button("Ask the server");
    // The options are unfolded where they differ from the defaults, as they do here: a CA is trusted.
    session.click(&session.find(&asks).await?).await?;
    session.find(&text("Negotiate, NTLM")).await?;
    session.find(&text("CONTOSO (contoso.com)")).await?;
    session.find(&text("No password was sent.")).await.map(drop)
}
