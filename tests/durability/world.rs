//! A simulated Exchange, a data folder with one organization, and the program itself to point at them.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use exchange_sim::{Mailbox, Options, Role, Simulator};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, MutexGuard};

/// Account Logon of the simulated server's account.
pub(crate) const ACCOUNT: &str = "CONTOSO\\svc-ews";
/// Its password.
pub(crate) const PASSWORD: &str = "Practice-Pa55!";
/// The mailbox that must be refused.
pub(crate) const CANARY: &str = "board@contoso.com";
/// The organization that is stored.
pub(crate) const ORGANIZATION: &str = "Contoso";

/// One of these tests at a time: they are about moments.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ALONE.blocking_lock()
}

/// The same, for a test that is a task.
pub(crate) async fn alone_as_a_task() -> MutexGuard<'static, ()> {
    ALONE.lock().await
}

static ALONE: Mutex<()> = Mutex::const_new(());

/// A simulated Exchange and a folder.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) exchange: Simulator,
    pub(crate) runtime: Runtime,
}

impl World {
    /// Starts this server, over plain HTTP and with Basic.
    pub(crate) fn new(options: Options) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let exchange = runtime
            .block_on(exchange_sim::start(options))
            .expect("a free port");
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            exchange,
            runtime,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder of commands.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A check of a list that becomes the organization: what is stored, and the first run of it.
    pub(crate) fn save(&self, list: &[String]) -> Ended {
        self.save_as(ORGANIZATION, list)
    }

    /// The same under another name.
    pub(crate) fn save_as(&self, name: &str, list: &[String]) -> Ended {
        let users = self.path("users.txt");
        fs::write(&users, list.join("\n")).expect("writable");
        let (users, url) = (users.display().to_string(), self.exchange.ews_url());
        let mut words = vec!["check", "--ews-url", &url, "--account", ACCOUNT];
        words.extend(["--auth", "basic", "--password-stdin", "--users", &users]);
        words.extend(["--save", name]);
        if name == ORGANIZATION {
            // It can be a user of one organization only.
            words.extend(["--must-refuse", CANARY]);
        }
        Ended::of(self.start(&words))
    }

    /// Starts a command and types the password.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        start(self.command(words))
    }

    /// A command that finds nothing of this machine: no key store, no proxy, no terminal. What it
    /// says goes into files, so that nobody has to read along.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        self.command_by(Command::new(binary()), words)
    }

    /// The same by way of another program.
    pub(crate) fn command_by(&self, mut command: Command, words: &[&str]) -> Command {
        for name in ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "XDG_RUNTIME_DIR"] {
            command.env_remove(name);
        }
        let file = |name| fs::File::create(self.path(name)).expect("writable");
        command
            .args(words)
            .env("UNDERSTUDY_DATA_DIR", self.data())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(file("stdout"))
            .stderr(file("stderr"));
        command
    }

    /// What the latest command said.
    pub(crate) fn said(&self) -> String {
        let read = |name| fs::read_to_string(self.path(name)).expect("it was made");
        format!("{}\n{}", read("stderr"), read("stdout"))
    }

    /// How often each mailbox was asked so far, by its address in lower case.
    pub(crate) fn asked(&self) -> HashMap<String, u64> {
        self.exchange.counters().per_mailbox
    }

    /// Waits until nobody is connected any more: what was on its way when a process died is counted.
    pub(crate) fn settle(&self) {
        eventually("connections are closed", || {
            self.exchange.counters().open_now == 0
        });
    }
}

/// A healthy server with this many people, `user1@contoso.com` and so on, and a canary.
pub(crate) fn people(count: usize) -> Options {
    let mut mailboxes: Vec<Mailbox> = addresses(count)
        .iter()
        .map(|address| Mailbox::new(address, ""))
        .collect();
    mailboxes.push(Mailbox::new(CANARY, "Board"));
    mailboxes.push(Mailbox::new("svc-ews@contoso.com", "EWS Service"));
    let mut options = Options {
        mailboxes,
        log_limit: 0,
        ..Options::default()
    };
    options.accounts[0].role = Role::AllBut([CANARY.to_owned()].into());
    options
}

/// Their addresses.
pub(crate) fn addresses(count: usize) -> Vec<String> {
    let address = |n| format!("user{n}@contoso.com");
    (1..=count).map(address).collect()
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
}

impl Ended {
    pub(crate) fn of(mut child: Child) -> Self {
        let status = child.wait().expect("it ran");
        Self { status }
    }
}

/// Starts a command and types the password.
pub(crate) fn start(mut command: Command) -> Child {
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A command that refuses its input early does not read it; that is no fault of the test.
    let _ = writeln!(stdin, "{PASSWORD}");
    child
}

/// Sends a signal, as `kill` does.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.expect("kill is there").success());
}

/// Waits until something is so, for a minute at most.
pub(crate) fn eventually(what: &str, so: impl Fn() -> bool) {
    for _ in 0..12_000 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came about that {what}");
}

/// Copies a folder with what is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("readable");
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("writable");
        }
    }
}

/// The binary as it is now: cargo builds it, once for all tests.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--package",
                "cli",
                "--bin",
                "understudy",
            ])
            .args(["--message-format", "json"])
            .args(cfg!(not(debug_assertions)).then_some("--release"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(built.status.success(), "the command line does not build");
        String::from_utf8_lossy(&built.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == "understudy")
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .expect("cargo names the binary it built")
    })
}
