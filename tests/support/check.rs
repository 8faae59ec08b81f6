//! A check, told in a few words: server, list, account, settings.

use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use contract::{
    Authentication, CheckScope, IdentifyBy, OrganizationId, Problem, RunId, RunRef, Secret,
    TlsTrust,
};
use engine::checks::{
    Approach, Audit, Canary, List, Mailboxes, Plan, ProxyChoice, RunEvent, StartedCheck,
};
use engine::ports::Dice;
use engine::{Engine, Options, VaultChoice};
use exchange_sim::{Bind, Certificate, Mailbox, Simulator};

use crate::outcome::{Outcome, Told};

/// Account Logon of the simulated server's account.
pub const ACCOUNT: &str = "CONTOSO\\svc-ews";
/// Its password.
pub const PASSWORD: &str = "Practice-Pa55!";

/// `count` mailboxes `user1@contoso.com`, `user2@contoso.com`, …
#[must_use]
pub fn people(count: usize) -> Vec<Mailbox> {
    (1..=count)
        .map(|n| Mailbox::new(&format!("user{n}@contoso.com"), &format!("User {n}")))
        .collect()
}

/// Options of a healthy server over plain HTTP: `count` people and the service account's own mailbox.
#[must_use]
pub fn server(count: usize) -> exchange_sim::Options {
    let mut mailboxes = people(count);
    mailboxes.push(Mailbox::new("svc-ews@contoso.com", "EWS Service"));
    exchange_sim::Options {
        mailboxes,
        log_limit: 20_000,
        ..exchange_sim::Options::default()
    }
}

/// Starts a simulated Exchange.
///
/// # Panics
/// When it cannot be started.
pub async fn start(options: exchange_sim::Options) -> Simulator {
    exchange_sim::start(options)
        .await
        .expect("the simulated Exchange starts")
}

/// An engine that keeps nothing, with back-offs of no length where the server does not name one.
///
/// # Panics
/// When it cannot be opened.
pub async fn engine() -> Engine {
    Engine::temporary(engine_options())
        .await
        .expect("temporary space")
}

/// The same, asking this name server for the names of servers.
///
/// # Panics
/// When it cannot be opened.
pub async fn engine_asking(name_server: SocketAddr) -> Engine {
    let options = Options {
        name_server: Some(name_server),
        ..engine_options()
    };
    Engine::temporary(options).await.expect("temporary space")
}

/// The same on a data folder, as another process would open it.
///
/// # Panics
/// When it cannot be opened.
pub async fn engine_in(folder: &std::path::Path) -> Engine {
    // Whoever else has the folder open counts from somewhere else: rolls make the ids of runs.
    static PROCESSES: AtomicU64 = AtomicU64::new(1);
    let first = PROCESSES.fetch_add(1, Ordering::Relaxed) << 32;
    let options = Options {
        data_dir: Some(folder.to_owned()),
        dice: Some(Arc::new(NoJitter(AtomicU64::new(first)))),
        ..engine_options()
    };
    Engine::open(options).await.expect("the folder opens")
}

fn engine_options() -> Options {
    Options {
        vault: VaultChoice::Memory,
        dice: Some(Arc::new(NoJitter::default())),
        ..Options::default()
    }
}

/// Dice whose every roll is another, and each of which makes full jitter nothing.
#[derive(Default)]
struct NoJitter(AtomicU64);

impl Dice for NoJitter {
    fn roll(&self) -> [u8; 16] {
        // The least common multiple of 1,001, 2,001, 4,001 and 8,001, the sides of the four dice.
        const SIDES: u128 = 1_001 * 2_001 * 4_001 * 8_001;
        let rolls = u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1;
        // The low bits tell the rolls apart even where only the first bytes are looked at.
        (rolls * SIDES).to_le_bytes()
    }
}

/// A check to be run.
#[derive(Clone)]
pub struct Check {
    url: String,
    trust: TlsTrust,
    account: String,
    password: String,
    authentication: Authentication,
    approach: Approach,
    identify_by: IdentifyBy,
    folders: Vec<String>,
    concurrency: Option<u32>,
    timeout_seconds: u64,
    resolve: Vec<(String, u16, SocketAddr)>,
    proxy: ProxyChoice,
    list: Option<String>,
    canaries: Vec<String>,
    canary_files: Vec<String>,
    organization: Option<(OrganizationId, String)>,
    whole: bool,
    sample: Option<u64>,
    engine: Option<Engine>,
    pub(crate) strict_wire: bool,
}

/// A check that goes on.
pub struct Live {
    /// The engine that plays it.
    pub engine: Engine,
    /// The run.
    pub started: StartedCheck,
    told: tokio::task::JoinHandle<Vec<Told>>,
    strict_wire: bool,
}

impl Check {
    /// A check of `user1@contoso.com` on this server, trusting its CA.
    #[must_use]
    pub fn on(server: &Simulator) -> Self {
        let trust = match server.ca_pem() {
            Some(pem) => TlsTrust::Ca {
                pem: pem.to_owned(),
                name: "ca.pem".to_owned(),
            },
            None => TlsTrust::System,
        };
        Self {
            trust,
            ..Self::at(&server.ews_url())
        }
    }

    /// A check of `user1@contoso.com` at this URL.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            trust: TlsTrust::System,
            account: ACCOUNT.to_owned(),
            password: PASSWORD.to_owned(),
            authentication: Authentication::Basic,
            approach: Approach::Account,
            identify_by: IdentifyBy::Smtp,
            folders: Vec::new(),
            concurrency: None,
            timeout_seconds: 10,
            resolve: Vec::new(),
            proxy: ProxyChoice::None,
            list: Some("user1@contoso.com".to_owned()),
            canaries: Vec::new(),
            canary_files: Vec::new(),
            organization: None,
            whole: false,
            sample: None,
            engine: None,
            strict_wire: true,
        }
    }

    /// The users, one text a line; with a comma in the first line it is a CSV file.
    #[must_use]
    pub fn list<S: AsRef<str>>(mut self, lines: impl IntoIterator<Item = S>) -> Self {
        let lines: Vec<String> = lines
            .into_iter()
            .map(|line| line.as_ref().to_owned())
            .collect();
        self.list = Some(lines.join("\n"));
        self
    }

    /// The first `count` people of [`people`].
    #[must_use]
    pub fn users(self, count: usize) -> Self {
        self.list((1..=count).map(|n| format!("user{n}@contoso.com")))
    }

    /// Canaries alone, no users.
    #[must_use]
    pub fn no_users(mut self) -> Self {
        self.list = None;
        self
    }

    /// One more mailbox that must be refused.
    #[must_use]
    pub fn canary(mut self, address: &str) -> Self {
        self.canaries.push(address.to_owned());
        self
    }

    /// A file of mailboxes that must be refused.
    #[must_use]
    pub fn canary_file(mut self, text: &str) -> Self {
        self.canary_files.push(text.to_owned());
        self
    }

    /// The same server by another URL.
    #[must_use]
    pub fn url(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    /// Account Logon.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self
    }

    /// The password.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        self
    }

    /// How to log on.
    #[must_use]
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = authentication;
        self
    }

    /// With an access token, as a person or as an application.
    #[must_use]
    pub fn by_token(mut self, approach: Approach) -> Self {
        self.authentication = Authentication::Bearer;
        self.approach = approach;
        self
    }

    /// The `ConnectingSID` child.
    #[must_use]
    pub fn identify_by(mut self, by: IdentifyBy) -> Self {
        self.identify_by = by;
        self
    }

    /// The folders asked for.
    #[must_use]
    pub fn folders(mut self, folders: &[&str]) -> Self {
        self.folders = folders.iter().map(|&folder| folder.to_owned()).collect();
        self
    }

    /// Most lanes.
    #[must_use]
    pub fn lanes(mut self, lanes: u32) -> Self {
        self.concurrency = Some(lanes);
        self
    }

    /// Seconds a request may take.
    #[must_use]
    pub fn timeout(mut self, seconds: u64) -> Self {
        self.timeout_seconds = seconds;
        self
    }

    /// Trusts exactly this certificate.
    #[must_use]
    pub fn pin(mut self, sha256: &str) -> Self {
        self.trust = TlsTrust::Pin {
            sha256: sha256.to_owned(),
            certificate: None,
        };
        self
    }

    /// Trusts the system's CAs and this one.
    #[must_use]
    pub fn ca(mut self, pem: &str) -> Self {
        self.trust = TlsTrust::Ca {
            pem: pem.to_owned(),
            name: "ca.pem".to_owned(),
        };
        self
    }

    /// Trusts nothing but the system's CAs.
    #[must_use]
    pub fn system_trust(mut self) -> Self {
        self.trust = TlsTrust::System;
        self
    }

    /// Asks this address instead of what the name resolves to.
    #[must_use]
    pub fn resolve(mut self, host: &str, port: u16, to: SocketAddr) -> Self {
        self.resolve.push((host.to_owned(), port, to));
        self
    }

    /// Goes through this HTTP proxy.
    #[must_use]
    pub fn proxy(mut self, host: &str, port: u16) -> Self {
        self.proxy = ProxyChoice::Http {
            host: host.to_owned(),
            port,
            user: None,
        };
        self
    }

    /// Of this organization.
    #[must_use]
    pub fn of(mut self, organization: OrganizationId, name: &str) -> Self {
        self.organization = Some((organization, name.to_owned()));
        self
    }

    /// All users of its organization instead of a list.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Only so many users, drawn at random.
    #[must_use]
    pub fn sample(mut self, size: u64) -> Self {
        self.sample = Some(size);
        self
    }

    /// With this engine instead of one of its own.
    #[must_use]
    pub fn with(mut self, engine: &Engine) -> Self {
        self.engine = Some(engine.clone());
        self
    }

    /// What the server counts is not what the client sent: a proxy, a break at the wrong moment.
    #[must_use]
    pub fn loose_wire(mut self) -> Self {
        self.strict_wire = false;
        self
    }

    /// Runs it to its end and holds it against the rules that hold for every run.
    ///
    /// # Panics
    /// When it cannot be started, or breaks one of the rules.
    pub async fn run(self, server: &Simulator) -> Outcome {
        self.start()
            .await
            .expect("the check starts")
            .ended(Some(server))
            .await
    }

    /// Runs it where no simulator counts.
    ///
    /// # Panics
    /// When it cannot be started, or breaks one of the rules.
    pub async fn run_alone(self) -> Outcome {
        self.start()
            .await
            .expect("the check starts")
            .ended(None)
            .await
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn begin(self) -> Live {
        self.start().await.expect("the check starts")
    }

    /// Starts it, or not.
    ///
    /// # Errors
    /// Bad input.
    pub async fn start(self) -> Result<Live, Problem> {
        let engine = match &self.engine {
            Some(engine) => engine.clone(),
            None => engine().await,
        };
        let strict_wire = self.strict_wire;
        let started = engine.start_audit(self.audit()).await?;
        Ok(Live::new(engine, started, strict_wire))
    }

    fn audit(self) -> Audit {
        let list = self.list.map(|text| List {
            name: "users.csv".to_owned(),
            source: Box::new(Cursor::new(text.into_bytes())),
        });
        let mailboxes = match (list, self.sample) {
            (_, None) if self.whole => Mailboxes::Scope(CheckScope::All),
            (_, Some(size)) if self.whole => Mailboxes::Scope(CheckScope::Sample { size }),
            (Some(list), None) => Mailboxes::List(list),
            (Some(list), Some(size)) => Mailboxes::Sample(list, size),
            (None, _) => Mailboxes::None,
        };
        let files = self.canary_files.into_iter().map(|text| {
            Canary::List(List {
                name: "canaries.csv".to_owned(),
                source: Box::new(Cursor::new(text.into_bytes())),
            })
        });
        let named = self.canaries.into_iter().map(Canary::Address);
        Audit {
            plan: Plan {
                ews_url: self.url,
                account: self.account,
                authentication: self.authentication,
                approach: self.approach,
                tls_trust: self.trust,
                identify_by: self.identify_by,
                folders: self.folders,
                concurrency: self.concurrency,
                timeout_seconds: self.timeout_seconds,
                resolve: self.resolve,
                proxy: self.proxy,
            },
            password: Secret::new(self.password),
            mailboxes,
            canaries: files.chain(named).collect(),
            organization: self.organization,
            fingerprint: String::new(),
            draft: false,
            stream: true,
        }
    }
}

impl Live {
    /// Listens to a run that was started.
    ///
    /// # Panics
    /// When it does not stream.
    #[must_use]
    pub fn new(engine: Engine, mut started: StartedCheck, strict_wire: bool) -> Self {
        let mut events = started.events.take().expect("every check here streams");
        let told = tokio::spawn(async move {
            let mut told = Vec::new();
            while let Some(RunEvent::Result { row, supersedes }) = events.recv().await {
                told.push(Told {
                    row: *row,
                    supersedes,
                });
            }
            told
        });
        Self {
            engine,
            started,
            told,
            strict_wire,
        }
    }

    /// The id of the run.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.started.run.clone()
    }

    /// Waits until the run has decided this many rows.
    ///
    /// # Panics
    /// When it ends before.
    pub async fn decided(&mut self, rows: u64) {
        let mut progress = self.started.progress.clone();
        progress
            .wait_for(|progress| progress.done >= rows)
            .await
            .expect("the run goes on");
    }

    /// Waits for the end of a run that goes on with an earlier part: what that part decided is not
    /// told again, and its requests are not counted again.
    ///
    /// # Panics
    /// When it cannot be read, or breaks one of the rules.
    pub async fn resumed(mut self, server: &Simulator) -> Outcome {
        self.started.ended().await;
        let run = self.started.run.clone();
        let told = self.told.await.expect("the listener ends with the run");
        let outcome = Outcome::read(&self.engine, RunRef { run }, told).await;
        outcome.audit_stored();
        assert_eq!(
            server.counters().redirect_hits,
            0,
            "redirects are never followed"
        );
        outcome
    }

    /// Waits for the end and reads what is stored.
    ///
    /// # Panics
    /// When it cannot be read, or breaks one of the rules.
    pub async fn ended(mut self, server: Option<&Simulator>) -> Outcome {
        self.started.ended().await;
        let run = self.started.run.clone();
        let told = self.told.await.expect("the listener ends with the run");
        let outcome = Outcome::read(&self.engine, RunRef { run }, told).await;
        outcome.audit();
        if let Some(server) = server.filter(|_| self.strict_wire) {
            outcome.audit_wire(&server.counters());
        }
        outcome
    }
}

/// HTTPS with a certificate of the private CA.
#[must_use]
pub fn https() -> Bind {
    Bind::Https(Certificate::Ca)
}
