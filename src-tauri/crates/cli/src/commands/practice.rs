//! `understudy practice`: a simulated Exchange on this machine, to practice on without a server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use contract::{
    Authentication, Code, EmailConfigurationForm, IdentifyBy, Problem, Secret, TlsTrust,
};
use engine::checks::{Audit, Canary, List, Mailboxes, Plan, ProxyChoice};
use engine::{Engine, Options};
use exchange_sim::practice::{Practice, Scenario, setup};
use exchange_sim::{Bind, Simulator};
use serde::Serialize;

use crate::args::Global;
use crate::failure::{Exit, Failure, internal};
use crate::follow::{Interrupts, follow};
use crate::output::Output;
use crate::print::{self, Format};
use crate::rows::Report;
use crate::style::Pen;

/// Start a simulated Exchange on this machine to practice on
///
/// It listens on the loopback address alone and knows made-up people. Nothing is stored, apart from
/// the files it writes for you; it runs until Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags that know nothing of each other"
)]
pub(crate) struct Args {
    /// What happens on the server; --list shows them all
    #[arg(long, value_name = "SCENARIO", default_value = "healthy", hide_possible_values = true, value_parser = scenarios())]
    scenario: Scenario,
    /// Mailboxes, 1 to 50,000
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = people)]
    users: u32,
    /// Port to listen on [default: a free one]
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = port,
        help_heading = "Server"
    )]
    port: u16,
    /// Plain HTTP instead of HTTPS with a CA of its own
    #[arg(long, help_heading = "Server")]
    http: bool,
    /// Pause before every answer, in milliseconds [default: as the scenario has it]
    #[arg(long, value_name = "MS", value_parser = latency, help_heading = "Server")]
    latency: Option<u64>,
    /// Folder for ca.pem and users.csv [default: a temporary one, gone at the end]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// List the scenarios
    #[arg(long, conflicts_with_all = ["check", "dir", "port"])]
    list: bool,
    /// Check it at once, print the result, and end with the check's exit code
    #[arg(long)]
    check: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  See a check from start to end:
    understudy practice --check
  See what a missing right looks like:
    understudy practice --check --scenario outside-the-scope
  Keep a server running, and get the command to check it:
    understudy practice --users 500 --latency 50";

/// `--users`.
fn people(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number @ 1..=50_000) => Ok(number),
        _ => Err("Give 1 to 50000.".to_owned()),
    }
}

/// `--port`.
fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| "Give 1 to 65535, or 0 for a free port.".to_owned())
}

/// `--latency`, in milliseconds.
fn latency(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(pause @ 0..=600_000) => Ok(pause),
        _ => Err("Give milliseconds, 0 to 600000.".to_owned()),
    }
}

fn scenarios() -> impl clap::builder::TypedValueParser<Value = Scenario> {
    PossibleValuesParser::new(Scenario::ALL.map(Scenario::id)).try_map(|id| id.parse::<Scenario>())
}

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    if args.list {
        return list(args.json);
    }
    let mut practice = setup(args.scenario, args.users as usize);
    if args.http {
        practice.options.bind = Bind::Http;
    }
    practice.options.port = args.port;
    if let Some(pause) = args.latency {
        practice.options.latency = Duration::from_millis(pause);
    }
    let simulator = exchange_sim::start(practice.options.clone())
        .await
        .map_err(|error| {
            Problem::new(
                Code::Invalid,
                format!("The simulated Exchange did not start: {error}."),
            )
            .hint("Choose another --port.")
        })?;
    let exit = if args.check {
        check(&practice, &simulator, &args, global).await
    } else {
        serve(&practice, &simulator, &args).await
    };
    simulator.stop().await;
    exit
}

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    scenarios: Vec<Described>,
}

#[derive(Serialize)]
struct Described {
    id: &'static str,
    title: &'static str,
    shows: &'static str,
    expected: &'static str,
}

fn list(json: bool) -> Result<Exit, Failure> {
    let mut output = Output::stdout();
    if json {
        let describe = |s: Scenario| Described {
            id: s.id(),
            title: s.title(),
            shows: s.shows(),
            expected: s.expected(),
        };
        let scenarios = Scenario::ALL.map(describe).into();
        output.pretty(&Listed {
            schema: "understudy.scenarios/1",
            scenarios,
        })?;
    } else {
        for scenario in Scenario::ALL {
            output.text(&format!(
                "{:<24}{}\n{:24}Expect: {}\n",
                scenario.id(),
                scenario.shows(),
                "",
                scenario.expected()
            ))?;
        }
    }
    output.finish()?;
    Ok(Exit::Fine)
}

/// Where the practice Exchange is, and how to ask it.
#[derive(Serialize)]
struct Place {
    schema: &'static str,
    ews_url: String,
    account: String,
    password: String,
    ca_file: Option<String>,
    users_file: String,
    must_refuse: Vec<String>,
    scenario: &'static str,
    auth: &'static str,
    command: String,
}

async fn serve(practice: &Practice, simulator: &Simulator, args: &Args) -> Result<Exit, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let temporary = match &args.dir {
        Some(_) => None,
        None => Some(
            tempfile::tempdir().map_err(|error| internal("making a temporary folder", &error))?,
        ),
    };
    let folder = args
        .dir
        .clone()
        .or_else(|| temporary.as_ref().map(|dir| dir.path().to_owned()));
    let folder = folder.expect("one of the two is there");
    let place = furnish(practice, simulator, &folder)?;
    let mut output = Output::stdout();
    if args.json {
        output.json(&place)?;
        output.text("\n")?;
    } else {
        output.text(&told(practice.scenario, &place))?;
    }
    output.finish()?;
    interrupts.next().await;
    Ok(Exit::Fine)
}

/// Writes the files.
fn furnish(practice: &Practice, simulator: &Simulator, folder: &Path) -> Result<Place, Problem> {
    let refused = |path: &Path, error: &std::io::Error| {
        Problem::new(
            Code::Invalid,
            format!("{} cannot be written: {error}.", path.display()),
        )
        .hint("Choose another folder: --dir DIR.")
    };
    let folder = &std::path::absolute(folder).map_err(|error| refused(folder, &error))?;
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
    let users = folder.join("users.csv");
    std::fs::write(&users, practice.users_csv()).map_err(|error| refused(&users, &error))?;
    let ca = match simulator.ca_pem() {
        Some(pem) => {
            let file = folder.join("ca.pem");
            std::fs::write(&file, pem).map_err(|error| refused(&file, &error))?;
            Some(file.display().to_string())
        }
        None => None,
    };
    let mut place = Place {
        schema: "understudy.practice/1",
        ews_url: simulator.ews_url(),
        account: practice.account.clone(),
        password: practice.password.clone(),
        ca_file: ca,
        users_file: users.display().to_string(),
        must_refuse: canaries(practice),
        scenario: practice.scenario.id(),
        auth: scheme(practice).as_str(),
        command: String::new(),
    };
    place.command = command(&place, trusts(practice.scenario));
    Ok(place)
}

fn canaries(practice: &Practice) -> Vec<String> {
    practice
        .users
        .iter()
        .filter(|user| user.must_refuse)
        .map(|user| user.primary.clone())
        .collect()
}

/// Basic is never a machine's choice, so it is named where nothing else is offered.
fn scheme(practice: &Practice) -> Authentication {
    let basic = practice
        .options
        .offered
        .iter()
        .all(|scheme| scheme.eq_ignore_ascii_case("basic"));
    if basic {
        Authentication::Basic
    } else {
        Authentication::Automatic
    }
}

/// In one scenario the point is to find out that the CA is not known.
fn trusts(scenario: Scenario) -> bool {
    scenario != Scenario::PrivateCa
}

fn told(scenario: Scenario, place: &Place) -> String {
    let mut text = format!(
        "Practice: {}. {}\nExpect:   {}\n\n  EWS URL   {}\n  Account   {}\n  Password  {}\n",
        scenario.title(),
        scenario.shows(),
        scenario.expected(),
        place.ews_url,
        place.account,
        place.password
    );
    if let Some(ca) = &place.ca_file {
        text.extend([format!("  CA file   {ca}\n")]);
    }
    text.extend([format!("  Users     {}\n", place.users_file)]);
    for canary in &place.must_refuse {
        text.extend([format!("  Canary    {canary}\n")]);
    }
    text.extend([format!(
        "\nIn another terminal:\n\n  {}\n\nCtrl-C ends it.\n",
        place.command
    )]);
    text
}

/// Ready to paste; the password is worth nothing outside practice.
fn command(place: &Place, trusts: bool) -> String {
    let mut words = vec!["understudy".to_owned(), "check".to_owned()];
    let mut flag = |name: &str, value: &str| words.extend([name.to_owned(), quoted(value)]);
    flag("--ews-url", &place.ews_url);
    flag("--account", &place.account);
    flag("--auth", place.auth);
    if let Some(ca) = place.ca_file.as_deref().filter(|_| trusts) {
        flag("--ca-file", ca);
    }
    flag("--users", &place.users_file);
    for canary in &place.must_refuse {
        flag("--must-refuse", canary);
    }
    words.push("--password-stdin".to_owned());
    let echo = if cfg!(windows) {
        String::new()
    } else {
        "echo ".to_owned()
    };
    format!(
        "{echo}{} | {}",
        quoted_always(&place.password),
        words.join(" ")
    )
}

fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@,".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        quoted_always(text)
    }
}

/// For a POSIX shell, or PowerShell on Windows.
fn quoted_always(text: &str) -> String {
    let inner = if cfg!(windows) { "''" } else { "'\\''" };
    format!("'{}'", text.replace('\'', inner))
}

/// Checks the practice Exchange in this process.
async fn check(
    practice: &Practice,
    simulator: &Simulator,
    args: &Args,
    global: &Global,
) -> Result<Exit, Failure> {
    let engine = Engine::temporary(Options::default()).await?;
    let ca = simulator.ca_pem().filter(|_| trusts(practice.scenario));
    let form = EmailConfigurationForm {
        tls_trust: match ca {
            Some(pem) => TlsTrust::Ca {
                pem: pem.to_owned(),
                name: "practice CA".to_owned(),
            },
            None => TlsTrust::System,
        },
        ..EmailConfigurationForm::default()
    };
    let audit = Audit {
        plan: Plan {
            ews_url: simulator.ews_url(),
            account: practice.account.clone(),
            authentication: scheme(practice),
            tls_trust: form.tls_trust,
            identify_by: IdentifyBy::Smtp,
            folders: vec!["inbox".to_owned()],
            concurrency: None,
            timeout_seconds: 30,
            resolve: Vec::new(),
            proxy: ProxyChoice::None,
            approach: engine::checks::Approach::default(),
        },
        password: Secret::new(practice.password.clone()),
        mailboxes: Mailboxes::List(List {
            name: "the practice list".to_owned(),
            source: Box::new(std::io::Cursor::new(practice.users_csv().into_bytes())),
        }),
        canaries: canaries(practice)
            .into_iter()
            .map(Canary::Address)
            .collect(),
        organization: None,
        fingerprint: String::new(),
        draft: false,
        stream: false,
    };
    let mut interrupts = Interrupts::listen()?;
    let mut started = engine.start_audit(audit).await?;
    follow(&mut started, &mut interrupts, None).await?;
    let report = Report::of(&engine, started.run.clone()).await?;
    let mut output = Output::stdout();
    let format = if args.json {
        Format::Json
    } else {
        Format::Table
    };
    print::report(
        &report,
        format,
        &mut output,
        Pen::new(global.color.paints_stdout()),
    )
    .await?;
    output.finish()?;
    let row = &report.page.row;
    Ok(Exit::of_run(&row.summary, row.state))
}
