//! `understudy check`: a stored organization, a list, or a run that was cut off.

use std::path::PathBuf;

use contract::{Authentication, CheckScope, Code, Problem, RunId};
use engine::checks::{Plan, ProxyChoice, StartedCheck};
use engine::{Engine, Options};

use super::audit::{self, Prepared};
use super::one_off;
use crate::args::Global;
use crate::failure::{self, Exit, Failure};
use crate::follow::{Interrupts, follow};
use crate::modern::{ModernArgs, is_app};
use crate::output::Output;
use crate::password::PasswordArgs;
use crate::print::jsonl::Stream;
use crate::print::steps::Detail;
use crate::print::{self, Format, FormatArgs};
use crate::rows::Report;
use crate::style::Pen;
use crate::trust::TrustArgs;
use crate::values::{Auth, Concurrency, Folder, Identify, Resolve};

/// What `ORGANIZATION` has stored, and `--resume` takes from the run.
const STORED: [&str; 7] = [
    "ews_url",
    "account",
    "users",
    "identify_by",
    "ca_file",
    "pin_sha256",
    "save",
];

/// Check mailboxes: of a stored organization, or of a list
///
/// Opens one folder of each mailbox through the service account, and writes nothing. A one-off audit
/// (--ews-url, --account, --users) keeps nothing unless --save is given.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A stored organization, by its name or External Id
    #[arg(value_name = "ORGANIZATION", conflicts_with_all = STORED)]
    pub(super) organization: Option<String>,
    /// EWS URL: https, the path is mostly /EWS/Exchange.asmx; http for this machine alone
    #[arg(long, value_name = "URL", help_heading = "Server and account")]
    pub(super) ews_url: Option<String>,
    /// Service account: DOMAIN\user, UPN or e-mail address
    #[arg(
        long,
        value_name = "NAME",
        requires = "ews_url",
        help_heading = "Server and account"
    )]
    pub(super) account: Option<String>,
    /// User list: CSV, or one address a line; - is stdin
    #[arg(long, value_name = "FILE", help_heading = "Mailboxes")]
    pub(super) users: Option<PathBuf>,
    /// Canaries, mailboxes that must be refused: a list, or one address; repeatable
    #[arg(long, value_name = "FILE|ADDRESS", help_heading = "Mailboxes")]
    pub(super) must_refuse: Vec<String>,
    /// Check so many of them, drawn at random, and all canaries; says what they mean for the rest
    #[arg(long, value_name = "N", value_parser = sample, help_heading = "Mailboxes")]
    pub(super) sample: Option<u64>,
    #[command(flatten)]
    pub(super) password: PasswordArgs,
    /// Send the password although this server refused it within the last 30 minutes, which may lock
    /// the account; without it a person is asked, and a script's check is stopped
    #[arg(long, help_heading = "Server and account")]
    pub(super) send_again: bool,
    /// With --auth bearer: read the access token from the first line of stdin
    #[arg(
        long,
        conflicts_with = "password_stdin",
        help_heading = "Server and account"
    )]
    pub(super) token_stdin: bool,
    /// How to log on [default: auto]
    #[arg(long, value_name = "SCHEME", help_heading = "Server and account")]
    pub(super) auth: Option<Auth>,
    /// What names the mailbox to Exchange [default: smtp]
    #[arg(long, value_name = "IDENTITY", help_heading = "Mailboxes")]
    pub(super) identify_by: Option<Identify>,
    #[command(flatten)]
    pub(super) modern: ModernArgs,
    #[command(flatten)]
    pub(super) trust: TrustArgs,
    /// Folders to open, comma separated, all in one request [default: inbox]
    #[arg(
        long,
        value_name = "FOLDERS",
        value_delimiter = ',',
        help_heading = "Mailboxes"
    )]
    pub(super) folders: Vec<Folder>,
    /// Most connections at once, 1 to 27; auto starts at 4 and goes up to 10 [default: auto]
    #[arg(long, value_name = "auto|N", value_parser = Concurrency::parse, help_heading = "Network")]
    pub(super) concurrency: Option<Concurrency>,
    /// Seconds a request may take, 1 to 600 [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = crate::values::timeout, help_heading = "Network")]
    pub(super) timeout: Option<u64>,
    /// HTTP proxy, http://USER@HOST:PORT where it wants a sign-in; system is what the environment
    /// or this computer's settings say; loopback needs none [default: system]
    #[arg(long, value_name = "system|none|URL", help_heading = "Network")]
    pub(super) proxy: Option<String>,
    /// Ask this server of a load-balanced name, as curl's --resolve; repeatable
    #[arg(long, value_name = "HOST:PORT:ADDRESS[:PORT]", value_parser = Resolve::parse, help_heading = "Network")]
    pub(super) resolve: Vec<Resolve>,
    /// Keep organization, users and run under this new name, the password in the key store
    #[arg(long, value_name = "NAME", help_heading = "Keep and resume")]
    pub(super) save: Option<String>,
    /// Go on with a run that was cut off, under the same id; decided mailboxes are not asked again
    #[arg(long, value_name = "RUN|last", conflicts_with_all = STORED, help_heading = "Keep and resume")]
    #[arg(conflicts_with_all = ["organization", "must_refuse", "sample", "folders", "concurrency", "timeout", "proxy", "resolve"])]
    pub(super) resume: Option<String>,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}

const EXAMPLES: &str = "\
Examples:
  A one-off audit; the password is asked for:
    understudy check --ews-url https://mail.contoso.com/EWS/Exchange.asmx
      --account 'CONTOSO\\svc-ews' --users users.csv
  The same from a script:
    ... --password-stdin --json < password.txt
  A stored organization, and a run that was cut off:
    understudy check Contoso
    understudy check --resume last
  200 of its mailboxes, drawn at random:
    understudy check Contoso --sample 200
  Exchange Online, as an application over Microsoft Graph:
    understudy check --access-type graph-app --tenant contoso.com --client-id GUID
      --certificate app.pfx --users users.csv

Exit codes: 1 if there is any finding; else 2 if the run is not complete or the input was bad; else 0.";

/// Which of the three forms it is.
enum Form<'a> {
    Organization(&'a str),
    Resume(&'a str),
    OneOff,
}

impl Args {
    fn form(&self) -> Result<Form<'_>, Problem> {
        if self.resume.is_some() || self.organization.is_some() {
            self.refuse_beside_stored()?;
        }
        if let Some(run) = &self.resume {
            return Ok(Form::Resume(run));
        }
        if let Some(name) = &self.organization {
            return Ok(Form::Organization(name));
        }
        self.refuse_half_an_account()?;
        if self.ews_url.is_none() && !self.as_app() {
            return Err(Problem::new(Code::Invalid, "What is to be checked is missing.")
                .hint("Name a stored organization, or give --ews-url, --account and --users. `understudy practice --check` needs none of it."));
        }
        if self.users.is_none() && self.must_refuse.is_empty() {
            return Err(
                Problem::new(Code::Invalid, "The mailboxes to check are missing.").hint(
                    "Give a list with --users FILE (- is stdin), or canaries with --must-refuse.",
                ),
            );
        }
        if self.users.is_none() && self.sample.is_some() {
            return Err(
                Problem::new(Code::Invalid, "There is no list to draw a sample from.")
                    .hint("Give one with --users FILE; canaries are always checked all."),
            );
        }
        Ok(Form::OneOff)
    }

    /// What is stored says how to log on; a token may be handed in beside it.
    fn refuse_beside_stored(&self) -> Result<(), Problem> {
        let other = self.auth.is_some_and(|auth| auth != Auth::Bearer);
        if other || self.modern.given() {
            return Err(Problem::new(
                Code::Invalid,
                "How to log on is stored with the organization, and of a run with the run.",
            )
            .hint("Change it with `understudy organization edit`; --auth bearer alone may stand beside it."));
        }
        if self.token_stdin && self.organization.is_some() && !self.bearer() {
            return Err(no_scheme_for_the_token());
        }
        Ok(())
    }

    /// URL and account belong together, but for applications, which have no account.
    fn refuse_half_an_account(&self) -> Result<(), Problem> {
        if self.token_stdin && !self.bearer() {
            return Err(no_scheme_for_the_token());
        }
        if self.modern.given() && !self.as_app() {
            return Err(Problem::new(
                Code::Invalid,
                "These flags of a sign-in are for applications.",
            )
            .hint("Add --access-type ews-app or graph-app. Whoever signs in in a browser does so for a stored organization: understudy sign-in."));
        }
        if self.as_app() {
            return match (&self.account, self.auth, self.token_stdin) {
                (None, None | Some(Auth::Bearer), false) => Ok(()),
                _ => Err(Problem::new(
                    Code::Invalid,
                    "An application signs in with its certificate or client secret alone.",
                )
                .hint("Leave --account, --token-stdin and other schemes out.")),
            };
        }
        let missing = match (&self.ews_url, &self.account) {
            (Some(_), None) => "--account NAME",
            (None, Some(_)) => "--ews-url URL",
            _ => return Ok(()),
        };
        Err(Problem::new(
            Code::Invalid,
            format!("The following argument is missing: {missing}."),
        )
        .hint("A check without a stored organization takes --ews-url, --account and --users."))
    }

    /// `--auth bearer`.
    pub(super) fn bearer(&self) -> bool {
        self.auth == Some(Auth::Bearer)
    }

    /// The check is an application's.
    pub(super) fn as_app(&self) -> bool {
        let kind = self.modern.access_type;
        kind.is_some_and(|kind| is_app(kind.into()))
    }

    /// The first line of standard input is a secret, of whatever kind.
    pub(super) fn stdin_is_taken(&self) -> bool {
        self.password.password_stdin || self.token_stdin || self.modern.reads_stdin()
    }

    /// Which users of a stored organization.
    pub(super) fn scope(&self) -> CheckScope {
        match self.sample {
            Some(size) => CheckScope::Sample { size },
            None => CheckScope::All,
        }
    }

    /// What may differ from the stored settings.
    pub(super) fn adjust(&self, proxy: Option<&ProxyChoice>, plan: &mut Plan) {
        if self.bearer() {
            plan.authentication = Authentication::Bearer;
        }
        if !self.folders.is_empty() {
            plan.folders = self
                .folders
                .iter()
                .map(|folder| folder.word().to_owned())
                .collect();
        }
        if let Some(concurrency) = self.concurrency {
            plan.concurrency = concurrency.ceiling();
        }
        if let Some(timeout) = self.timeout {
            plan.timeout_seconds = timeout;
        }
        if let Some(proxy) = proxy {
            plan.proxy = proxy.clone();
        }
        plan.resolve = self
            .resolve
            .iter()
            .map(|r| (r.host.clone(), r.port, r.to))
            .collect();
    }

    /// `--proxy`, read.
    pub(super) fn proxy(&self) -> Result<Option<ProxyChoice>, Problem> {
        self.proxy.as_deref().map(crate::values::proxy).transpose()
    }

    pub(super) fn streams(&self) -> bool {
        self.format.format() == Format::Jsonl
    }
}

fn no_scheme_for_the_token() -> Problem {
    Problem::new(Code::Invalid, "--token-stdin is for --auth bearer.")
        .hint("Add --auth bearer, or leave --token-stdin out.")
}

/// `--sample`; what is too many is said by the engine, for every way to ask.
fn sample(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(size @ 1..) => Ok(size),
        _ => Err("Give 1 or more mailboxes.".to_owned()),
    }
}

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    let (engine, prepared) = match args.form()? {
        Form::Organization(name) => {
            let engine = Engine::open(global.options()).await?;
            let prepared = audit::of_organization(&engine, name, &args).await?;
            (engine, prepared)
        }
        Form::Resume(run) => {
            let engine = Engine::open(global.options()).await?;
            let run = if run == "last" {
                None
            } else {
                Some(super::run::find(&engine, run).await?)
            };
            let prepared = audit::of_run(&engine, run, &args).await?;
            (engine, prepared)
        }
        Form::OneOff => {
            let engine = match &args.save {
                Some(_) => Engine::open(global.options()).await?,
                None => Engine::temporary(one_off(global)).await?,
            };
            let prepared = one_off::one_off(&engine, &args).await?;
            (engine, prepared)
        }
    };
    play(&engine, prepared, &args, global).await
}

/// Nothing is kept but refused passwords, and of those a keyed hash for half an hour.
pub(super) fn one_off(global: &Global) -> Options {
    let person = || engine::data_folder_of_person().ok();
    Options {
        guard_dir: global.data_dir.clone().or_else(person),
        sparing: true,
        ..Options::default()
    }
}

/// From a run that is ready to its last line.
async fn play(
    engine: &Engine,
    prepared: Prepared,
    args: &Args,
    global: &Global,
) -> Result<Exit, Failure> {
    let mut output = Output::open(args.format.output.as_deref())?;
    let mut interrupts = Interrupts::listen()?;
    // Three ways to start, each as large as its request: on the heap.
    let start = Box::pin(prepared.start(engine, args));
    let started = crate::follow::or_interrupted(&mut interrupts, start).await??;
    let told = tell(engine, started, &mut interrupts, args, global, &mut output).await;
    let (exit, told) = match told {
        Ok((exit, told)) => (exit, told),
        Err(failure) => return Err(failure),
    };
    match told {
        // Nobody reads the report any more: the exit code still tells.
        Err(Failure::NobodyReads) => return Ok(exit),
        Err(failure) => return Err(failure),
        Ok(()) => {}
    }
    if let Some(place) = output.finish()? {
        eprintln!(
            "Written to {}.",
            crate::style::one_line(&place.display().to_string())
        );
    }
    Ok(exit)
}

/// Follows the run and writes the report; what the report's reader did is told apart.
async fn tell(
    engine: &Engine,
    mut started: StartedCheck,
    interrupts: &mut Interrupts,
    args: &Args,
    global: &Global,
    output: &mut Output,
) -> Result<(Exit, Result<(), Failure>), Failure> {
    let run: RunId = started.run.clone();
    let format = args.format.format();
    // Where not even reading goes, the first cause tells more than its consequence.
    let unread = |started: &StartedCheck, problem| started.cut_off().unwrap_or(problem);
    let (report, written) = if format == Format::Jsonl {
        let row = Report::of(engine, run.clone()).await?.page.row;
        let mut stream = Stream::new(engine, row, args.folders.len() > 1, output);
        let followed = follow(&mut started, interrupts, Some(&mut stream)).await;
        if let Err(Failure::Killed) = followed {
            return Err(Failure::Killed);
        }
        let report = Report::of(engine, run).await;
        let report = report.map_err(|problem| unread(&started, problem))?;
        let written = match followed {
            Ok(()) => stream.end(&report).await,
            Err(failure) => Err(failure),
        };
        (report, written)
    } else {
        follow(&mut started, interrupts, None).await?;
        let report = Report::of(engine, run).await;
        let mut report = report.map_err(|problem| unread(&started, problem))?;
        report.steps = (global.verbose > 0).then_some(Detail::Everything);
        let pen = Pen::new(global.color.paints_stdout() && args.format.output.is_none());
        let written = print::report(&report, format, output, pen).await;
        (report, written)
    };
    let row = &report.page.row;
    if args.format.output.is_some() || format == Format::Csv {
        eprintln!(
            "{} {}",
            print::totals(&row.summary),
            print::standing(&row.summary, row.state)
        );
        report
            .remarks(global.verbose > 0)
            .for_each(|remark| eprintln!("{remark}"));
    }
    if let Some(problem) = started.cut_off() {
        failure::tell_beside(&problem);
    }
    Ok((Exit::of_run(&row.summary, row.state), written))
}
