//! `understudy discover`: finds the EWS URL of an address, each step shown. Asks before the password
//! goes to a host; where nobody can be asked, only hosts named with `--send-to` get it.

use std::io::IsTerminal as _;
use std::net::{IpAddr, SocketAddr};

use contract::{
    AnswerConsent, Code, ConsentAnswer, ConsentQuestion, Discovery, DiscoveryRef, DiscoveryState,
    IdentifyBy, Problem, Secret, StepStatus,
};
use engine::checks::{Plan, ProxyChoice, SendAgain, Sending};
use engine::discovery::{Asking, Search, StartedDiscovery};
use engine::{Engine, Options};

use crate::args::Global;
use crate::confirm;
use crate::failure::{Exit, Failure, internal};
use crate::follow::Interrupts;
use crate::output::Output;
use crate::password::{PasswordArgs, ask};
use crate::print::discovery;
use crate::style::{Pen, one_line};
use crate::trust::TrustArgs;
use crate::values::{Auth, Resolve, served};

/// Port of DNS (RFC 1035 §4.2).
const DNS_PORT: u16 = 53;

/// Find the EWS URL of an address, each step shown
///
/// Steps that need no password go first. The password goes to a host only where the host asks for it,
/// its certificate is trusted, and you say yes; once a host, to two hosts at most, never over http.
/// Keeps nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Whose mailbox is looked for
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Account to sign in with; without it only the steps without a password run
    #[arg(long, value_name = "NAME", help_heading = "Server and account")]
    account: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    /// Send the password although a server refused it within the last 30 minutes, which may lock the
    /// account
    #[arg(long, help_heading = "Server and account")]
    send_again: bool,
    /// Send the password to this host without asking; repeatable
    #[arg(
        long,
        value_name = "HOST",
        requires = "account",
        help_heading = "Server and account"
    )]
    send_to: Vec<String>,
    /// How to log on [default: auto]
    #[arg(long, value_name = "SCHEME", help_heading = "Server and account")]
    auth: Option<Auth>,
    #[command(flatten)]
    trust: TrustArgs,
    /// Seconds a step may take, 1 to 600 [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = crate::values::timeout, help_heading = "Network")]
    timeout: Option<u64>,
    /// HTTP proxy, http://USER@HOST:PORT where it wants a sign-in [default: system]
    #[arg(long, value_name = "system|none|URL", help_heading = "Network")]
    proxy: Option<String>,
    /// Ask this server of a load-balanced name, as curl's --resolve; repeatable
    #[arg(long, value_name = "HOST:PORT:ADDRESS[:PORT]", value_parser = Resolve::parse, help_heading = "Network")]
    resolve: Vec<Resolve>,
    /// Ask this name server instead of the system's: what does the other side of a split DNS see?
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = name_server, help_heading = "Network")]
    name_server: Option<SocketAddr>,
    /// Write JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  Without a password:
    understudy discover anna@contoso.com
  With one; you are asked before it goes anywhere:
    understudy discover anna@contoso.com --account 'CONTOSO\\svc-ews'
  From a script:
    ... --account 'CONTOSO\\svc-ews' --password-stdin --send-to autodiscover.contoso.com --json < password.txt

Exit codes: 0 if a URL was found, else 2.";

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    let engine = Engine::temporary(options(global, args.name_server)).await?;
    let search = search(&engine, &args).await?;
    let mut interrupts = Interrupts::listen()?;
    let started = engine.discover(search).await?;
    let found = follow(&engine, started, &mut interrupts).await?;
    let mut output = Output::stdout();
    if args.json {
        discovery::json(&found, &mut output)?;
    } else {
        let pen = Pen::new(global.color.paints_stdout());
        discovery::table(&engine, &found, &mut output, pen)?;
    }
    output.finish()?;
    Ok(if found.candidates.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Fine
    })
}

/// Nothing is kept but refused passwords, and of those a keyed hash for half an hour.
fn options(global: &Global, name_server: Option<SocketAddr>) -> Options {
    let person = || engine::data_folder_of_person().ok();
    Options {
        guard_dir: global.data_dir.clone().or_else(person),
        name_server,
        ..Options::default()
    }
}

/// Everything that can be wrong with the input is found here, before anything is asked.
async fn search(engine: &Engine, args: &Args) -> Result<Search, Problem> {
    contract::SmtpAddress::parse(&args.address).map_err(|error| {
        Problem::new(
            Code::Invalid,
            format!("{:?} is no e-mail address: {error}.", args.address),
        )
        .hint("Give the address of a mailbox, like anna@contoso.com.")
    })?;
    if args.auth == Some(Auth::Bearer) {
        return Err(Problem::new(
            Code::NotAllowed,
            "Autodiscover is asked without credentials, or with a password; never with a token.",
        )
        .hint("Leave --auth bearer out."));
    }
    let authentication = args.auth.unwrap_or_default().into();
    served(authentication)?;
    let proxy = args
        .proxy
        .as_deref()
        .map(crate::values::proxy)
        .transpose()?;
    let proxy = proxy.unwrap_or(ProxyChoice::System);
    let tls_trust = args.trust.settle(engine).await?.unwrap_or_default();
    let password = password(args)?;
    let proxy_password = match &proxy {
        ProxyChoice::Http {
            user: Some(user), ..
        } => Some(args.password.read_for_proxy(user, false)?),
        _ => None,
    };
    let resolve = args.resolve.iter();
    Ok(Search {
        address: args.address.clone(),
        plan: Plan {
            ews_url: String::new(),
            account: args.account.clone().unwrap_or_default().trim().to_owned(),
            authentication,
            tls_trust,
            identify_by: IdentifyBy::Smtp,
            folders: Vec::new(),
            concurrency: None,
            timeout_seconds: args.timeout.unwrap_or(30),
            resolve: resolve.map(|r| (r.host.clone(), r.port, r.to)).collect(),
            proxy,
            approach: engine::checks::Approach::default(),
        },
        password,
        sending: Sending {
            again: if args.send_again {
                SendAgain::Yes
            } else {
                SendAgain::Never
            },
            proxy_password,
            tokens: None,
        },
        send_to: args.send_to.clone(),
        asking: if confirm::can_ask() {
            Asking::Person
        } else {
            Asking::Flag
        },
    })
}

/// `None`: no account, no password.
fn password(args: &Args) -> Result<Option<Secret>, Problem> {
    let Some(account) = &args.account else {
        if args.password.password_stdin {
            let missing = "--password-stdin needs to know whose password it is.";
            return Err(Problem::new(Code::Invalid, missing).hint("Add --account NAME."));
        }
        return Ok(None);
    };
    match args.password.read()? {
        Some(password) => Ok(Some(password)),
        None => ask(account, false).map(Some),
    }
}

/// To the end: rows as they are decided, questions as they come. The first Ctrl-C stops it; what was
/// found is kept.
async fn follow(
    engine: &Engine,
    mut started: StartedDiscovery,
    interrupts: &mut Interrupts,
) -> Result<Discovery, Failure> {
    let (mut shown, mut answered, mut stopped) = (0, 0, false);
    loop {
        let now = started.found.borrow_and_update().clone();
        shown = show(&now, shown);
        if matches!(now.state, DiscoveryState::Done | DiscoveryState::Cancelled) {
            return Ok(now);
        }
        if let Some(question) = now.question.filter(|question| question.question > answered) {
            answered = question.question;
            let answer = tokio::select! {
                biased;
                () = interrupts.next() => ConsentAnswer::Cancel,
                answer = consent(engine, question) => answer?,
            };
            let answer = AnswerConsent {
                discovery: started.discovery.clone(),
                question: answered,
                answer,
                remember: false,
            };
            engine.discovery_answer(answer).await?;
            continue;
        }
        tokio::select! {
            biased;
            () = interrupts.next() => {
                if stopped {
                    return Err(Failure::Killed);
                }
                stopped = true;
                eprintln!("Stopping. What was found is kept; Ctrl-C again leaves at once.");
                let discovery = started.discovery.clone();
                engine.discovery_cancel(DiscoveryRef { discovery }).await?;
            }
            changed = started.found.changed() => {
                changed.map_err(|error| internal("following the discovery", &error))?;
            }
        }
    }
}

/// Rows that have ended since, on a terminal. Answers how many are shown now.
fn show(now: &Discovery, shown: usize) -> usize {
    let fresh = now.steps.iter().skip(shown);
    let fresh = fresh.take_while(|step| step.status != StepStatus::Running);
    let mut count = shown;
    for step in fresh {
        count += 1;
        if std::io::stderr().is_terminal() {
            eprintln!(
                "{:>3}  {:<8}  {}: {}",
                step.number,
                step.protocol,
                one_line(&step.address),
                one_line(&step.result)
            );
        }
    }
    count
}

/// Asks on the terminal; the default is no. On a thread of its own, so that Ctrl-C is heard meanwhile.
async fn consent(engine: &Engine, question: ConsentQuestion) -> Result<ConsentAnswer, Failure> {
    let ConsentQuestion {
        host,
        account,
        found,
        certificate,
        ..
    } = question;
    eprintln!("\n{}", one_line(&found));
    if let Some(certificate) = &certificate {
        let lines = [
            ("Certificate", certificate.subject.clone()),
            ("Issuer", certificate.issuer.clone()),
            ("Valid", engine.validity(certificate)),
            ("SHA-256", certificate.sha256.clone()),
        ];
        for (term, text) in lines {
            eprintln!("  {term:<11}  {}", one_line(&text));
        }
    }
    let asked = format!("Send the password of {account} to {host}?");
    let answer = tokio::task::spawn_blocking(move || confirm::ask(&asked)).await;
    Ok(if answer.map_err(|error| internal("asking", &error))?? {
        ConsentAnswer::Send
    } else {
        ConsentAnswer::Skip
    })
}

/// `--name-server ADDRESS[:PORT]`.
fn name_server(text: &str) -> Result<SocketAddr, String> {
    let bare = text
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(text);
    text.parse::<SocketAddr>()
        .or_else(|_| {
            bare.parse::<IpAddr>()
                .map(|ip| SocketAddr::new(ip, DNS_PORT))
        })
        .map_err(|_| {
            "Write the address of a name server, with :PORT where it is not 53.".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::name_server;

    #[test]
    fn a_name_server_is_an_address() {
        let read = |text: &str| name_server(text).map(|server| server.to_string());
        assert_eq!(read("10.0.0.53").as_deref(), Ok("10.0.0.53:53"));
        assert_eq!(read("10.0.0.53:5353").as_deref(), Ok("10.0.0.53:5353"));
        assert_eq!(read("[2001:db8::1]").as_deref(), Ok("[2001:db8::1]:53"));
        assert_eq!(read("2001:db8::1").as_deref(), Ok("[2001:db8::1]:53"));
        assert!(read("dns.contoso.com").is_err());
    }
}
