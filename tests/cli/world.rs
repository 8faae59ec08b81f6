//! A simulated Exchange, a folder of its own, and the binary to point at them. Whatever differs
//! from run to run is made alike before it is compared.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use contract::{RunRow, RunsQuery};
use engine::{Engine, Options};
use exchange_sim::practice::{Practice, Scenario, setup};
use exchange_sim::proxy::{Inspection, Proxy, ProxyAuthentication, ProxyOptions};
use exchange_sim::{Counters, Simulator};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The canary of every scenario.
pub(crate) const CANARY: &str = "board.secretary@contoso.com";

/// What of an output differs from run to run, and what it is made.
const REDACTED: [(&str, &str); 27] = [
    (
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[id]",
    ),
    (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", "[time]"),
    (r"localhost:\d+", "localhost:[port]"),
    (r#""elapsed_ms":\d+"#, r#""elapsed_ms":"[ms]""#),
    (r"elapsed_ms&quot;:\d+", "elapsed_ms&quot;:[ms]"),
    (r#"resolves to [^"&<\n]*"#, "resolves to [addresses]."),
    (r#"Addresses: [^"&<\n]*"#, "Addresses: [addresses]"),
    (
        r"Clock of the server: [+-]\d+ s",
        "Clock of the server: [s]",
    ),
    (r" +\d+ ms\b", " [ms]"),
    (r"\b\d+ ms\b", "[ms]"),
    (r"Port \d+|127\.0\.0\.1:\d+|\[::1\]:\d+", "[port]"),
    (r#""latency_ms":\d+"#, r#""latency_ms":"[ms]""#),
    (r#""connections":\d+"#, r#""connections":"[n]""#),
    (r#""log_ons":\d+"#, r#""log_ons":"[n]""#),
    (r"over \d+ connections?", "over [n] connections"),
    (
        r"Connections: \d+, sign-ins: \d+",
        "Connections: [n], sign-ins: [n]",
    ),
    (r#"time="\d+\.\d{3}""#, r#"time="[s]""#),
    (r"(?m)^((?:[^,\n]*,){8})\d+,\[id\]", "$1[ms],[id]"),
    (r"/(?:private/)?[^ '\n]*/\.tmp\w+", "[dir]"),
    (r"\d+\.\d+\.\d+ *$", "[version]"),
    (r"Understudy \d+\.\d+\.\d+", "Understudy [version]"),
    (r"Practice CA [0-9a-f]{8}", "Practice CA [n]"),
    (r#"(clock_skew_seconds(?:"|&quot;)):-?\d+"#, r#"$1:"[s]""#),
    (r"(Server clock(?:</dt><dd>| +))[^<\n]*", "$1[clock]"),
    (r"\b[0-9A-F]{64}\b", "[sha256]"),
    (
        r"Valid: \d{4}-\d{2}-\d{2} to \d{4}-\d{2}-\d{2}",
        "Valid: [validity]",
    ),
    (
        r"\d{4}-\d{2}-\d{2} to \d{4}-\d{2}-\d{2}, [^<\n]*",
        "[validity]",
    ),
];

/// A simulated Exchange with its files, and a folder for the data.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) practice: Practice,
    pub(crate) simulator: Option<Simulator>,
    /// `--auth` of its audits.
    pub(crate) auth: &'static str,
    runtime: Runtime,
}

impl World {
    /// Starts a scenario with this many people and the canary.
    pub(crate) fn new(scenario: Scenario, users: usize) -> Self {
        Self::with(setup(scenario, users))
    }

    /// Starts a world of one's own.
    pub(crate) fn with(practice: Practice) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let simulator = runtime
            .block_on(exchange_sim::start(practice.options.clone()))
            .expect("a free port");
        let folder = tempfile::tempdir().expect("a folder");
        let basic = practice.options.offered.iter().any(|word| word == "Basic");
        let world = Self {
            folder,
            practice,
            simulator: Some(simulator),
            auth: if basic { "basic" } else { "auto" },
            runtime,
        };
        world.file("users.csv", world.practice.users_csv().as_bytes());
        if let Some(pem) = world.simulator().ca_pem() {
            world.file("ca.pem", pem.as_bytes());
        }
        world
    }

    /// The same with another `--auth`.
    pub(crate) fn by(mut self, auth: &'static str) -> Self {
        self.auth = auth;
        self
    }

    /// Starts an HTTP proxy; `mail.contoso.test:443` leads to this server.
    pub(crate) fn proxy(&self, authentication: ProxyAuthentication, inspects: bool) -> Proxy {
        let server = self.simulator();
        let upstream_ca = server.ca_pem().unwrap_or_default().to_owned();
        let options = ProxyOptions {
            authentication,
            hosts: [("mail.contoso.test:443".to_owned(), server.address())].into(),
            inspection: inspects.then_some(Inspection { upstream_ca }),
            ..ProxyOptions::default()
        };
        self.runtime
            .block_on(exchange_sim::proxy::start(options))
            .expect("a free port")
    }

    pub(crate) fn simulator(&self) -> &Simulator {
        self.simulator.as_ref().expect("it runs until the end")
    }

    pub(crate) fn counters(&self) -> Counters {
        self.simulator().counters()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and answers its path as an argument.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("writable");
        path.display().to_string()
    }

    /// A command with a data folder of its own, no key store and nothing of this machine's settings.
    pub(crate) fn command<T: AsRef<std::ffi::OsStr>>(&self, arguments: &[T]) -> Command {
        let mut command = bare(self.folder.path());
        command.args(arguments);
        command
    }

    /// Runs a command.
    pub(crate) fn run<T: AsRef<std::ffi::OsStr>>(&self, arguments: &[T]) -> Ran {
        Ran::of(self.command(arguments), b"")
    }

    /// Arguments of a one-off audit of the whole list.
    pub(crate) fn audit(&self, more: &[&str]) -> Vec<String> {
        let mut words = self.endpoint();
        words.extend([
            "--users".to_owned(),
            self.path("users.csv").display().to_string(),
        ]);
        words.extend(["--must-refuse", CANARY].map(str::to_owned));
        words.extend(more.iter().map(|&word| word.to_owned()));
        words
    }

    /// The same without a list.
    pub(crate) fn endpoint(&self) -> Vec<String> {
        let url = self.simulator().ews_url();
        let mut words: Vec<String> = [
            "check",
            "--ews-url",
            &url,
            "--account",
            &self.practice.account,
            "--auth",
            self.auth,
            "--password-stdin",
        ]
        .map(str::to_owned)
        .into();
        if self.simulator().ca_pem().is_some() {
            words.extend([
                "--ca-file".to_owned(),
                self.path("ca.pem").display().to_string(),
            ]);
        }
        words
    }

    /// The runs as the window sees them.
    pub(crate) fn stored_runs(&self) -> Vec<RunRow> {
        let options = Options {
            data_dir: Some(self.path("data")),
            ..Options::default()
        };
        let query = RunsQuery {
            organization: None,
            limit: 100,
        };
        self.runtime.block_on(async {
            let engine = Engine::open(options).await.expect("the data folder");
            engine.runs_list(query).await.expect("runs")
        })
    }

    /// Runs a one-off audit with the right password.
    pub(crate) fn check(&self, more: &[&str]) -> Ran {
        self.with_password(&self.audit(more))
    }

    /// Runs a command with the right password on stdin.
    pub(crate) fn with_password<T: AsRef<std::ffi::OsStr>>(&self, arguments: &[T]) -> Ran {
        self.typing(arguments, &[&self.practice.password])
    }

    /// Runs a command with these lines on stdin.
    pub(crate) fn typing<T: AsRef<std::ffi::OsStr>>(&self, arguments: &[T], lines: &[&str]) -> Ran {
        let stdin = format!("{}\n", lines.join("\n"));
        Ran::of(self.command(arguments), stdin.as_bytes())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(simulator) = self.simulator.take() {
            self.runtime.block_on(simulator.stop());
        }
    }
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) exit: Option<i32>,
}

impl Ran {
    pub(crate) fn of(command: Command, stdin: &[u8]) -> Self {
        let mut child = start(command);
        // A command that refuses its input early does not read it; that is no fault of the test.
        let _ = child.stdin.take().expect("piped").write_all(stdin);
        Self::ended(child)
    }

    pub(crate) fn ended(child: Child) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().expect("it ran");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            stdout: text(stdout),
            stderr: text(stderr),
            exit: status.code(),
        }
    }

    /// All three in one text.
    pub(crate) fn all(&self) -> String {
        let exit = self
            .exit
            .map_or_else(|| "killed".to_owned(), |code| code.to_string());
        format!(
            "exit: {exit}\n----- stdout -----\n{}----- stderr -----\n{}",
            self.stdout, self.stderr
        )
    }

    /// Stdout as one line, so that it does not matter where lines break.
    pub(crate) fn flat(&self) -> String {
        self.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Stdout as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not JSON ({error}):\n{}", self.all()))
    }
}

/// Runs a line of shell on a terminal that `script` makes, and types.
#[cfg(target_os = "linux")]
pub(crate) fn on_a_terminal(world: &World, line: &str, typed: &str) -> Ran {
    let mut command = Command::new("script");
    command
        .args(["--quiet", "--return", "--command", line, "/dev/null"])
        .env("UNDERSTUDY_DATA_DIR", world.path("data"))
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env_remove("XDG_RUNTIME_DIR")
        .current_dir(world.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ran::of(command, format!("{typed}\n").as_bytes())
}

/// Compares with a snapshot, redacted.
macro_rules! held {
    ($name:expr, $ran:expr) => {
        insta::with_settings!({ filters => crate::world::redacted(), omit_expression => true }, {
            insta::assert_snapshot!($name, $ran);
        })
    };
}
pub(crate) use held;

pub(crate) fn redacted() -> Vec<(&'static str, &'static str)> {
    REDACTED.to_vec()
}

/// A command that finds nothing of this machine: no key store, no proxy, no terminal.
pub(crate) fn bare(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    for name in [
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "NO_COLOR",
        "COLUMNS",
        "XDG_RUNTIME_DIR",
    ] {
        command.env_remove(name);
    }
    command
        .env("UNDERSTUDY_DATA_DIR", folder.join("data"))
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn start(mut command: Command) -> Child {
    command.spawn().expect("the binary starts")
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
                "--message-format",
                "json",
            ])
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
