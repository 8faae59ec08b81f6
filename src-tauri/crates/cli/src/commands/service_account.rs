//! `understudy service-account`: Microsoft's Service Account Access test, run here for one mailbox.

use std::io::IsTerminal as _;

use contract::{
    AnswerWriteTest, Authentication, CheckPassword, Code, EmailConfigurationForm, IdentifyBy,
    OrganizationId, OrganizationRef, OrganizationRow, OrganizationsQuery, Problem, RunRef,
    ServiceAccountFields, ServiceAccountTest, ServiceAccountTestRef,
    ServiceAccountTestState as State, ServiceAccountValues, StartServiceAccountTest, StepStatus,
};
use engine::{Engine, ServiceAccountAudit, StartedTest};

use super::audit::{self, OneOff, Prepared};
use super::check;
use super::one_off;
use super::sending::{allowed, asking, sending};
use crate::args::Global;
use crate::confirm;
use crate::failure::{Exit, Failure, internal};
use crate::follow::{Interrupts, or_interrupted, say};
use crate::output::Output;
use crate::password::PasswordArgs;
use crate::print::service_account as print;
use crate::print::steps::Detail;
use crate::style::{Pen, one_line};
use crate::trust::TrustArgs;
use crate::values::{Auth, Folder, Identify, Resolve};

/// Test the service account against one mailbox, step by step
///
/// The same questions as Microsoft's web page "Service Account Access", asked from here: no third party
/// sees the password. Reads only, unless --write-test is given.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Args {
    /// A stored organization, by its name or External Id
    #[arg(value_name = "ORGANIZATION", conflicts_with_all = ["ews_url", "account", "auth", "ca_file", "pin_sha256"])]
    organization: Option<String>,
    /// EWS URL: https, the path is mostly /EWS/Exchange.asmx; http for this machine alone
    #[arg(
        long,
        value_name = "URL",
        requires = "account",
        help_heading = "Server and account"
    )]
    ews_url: Option<String>,
    /// Service account: DOMAIN\user, UPN or e-mail address
    #[arg(
        long,
        value_name = "NAME",
        requires = "ews_url",
        help_heading = "Server and account"
    )]
    account: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    /// Send the password although this server refused it within the last 30 minutes, which may lock
    /// the account
    #[arg(long, help_heading = "Server and account")]
    send_again: bool,
    /// How to log on [default: auto]
    #[arg(long, value_name = "SCHEME", help_heading = "Server and account")]
    auth: Option<Auth>,
    /// Target mailbox; the account's own proves nothing
    #[arg(long, value_name = "ADDRESS", help_heading = "Test")]
    mailbox: String,
    /// Predefined folder to open [default: inbox]
    #[arg(long, value_name = "FOLDER", help_heading = "Test")]
    folder: Option<Folder>,
    /// Also create and delete a draft, which writes to the mailbox; asks, or --yes
    #[arg(long, help_heading = "Test")]
    write_test: bool,
    /// Write the draft without asking; needed where there is no terminal
    #[arg(long, short, requires = "write_test", help_heading = "Test")]
    yes: bool,
    /// Open the mailbox with the account's own rights
    #[arg(long, conflicts_with_all = ["impersonate", "identify_by"], help_heading = "Test")]
    no_impersonation: bool,
    /// Impersonated user [default: the target mailbox]
    #[arg(long, value_name = "IDENTITY", help_heading = "Test")]
    impersonate: Option<String>,
    /// What names the impersonated user to Exchange [default: smtp]
    #[arg(long, value_name = "IDENTITY", help_heading = "Test")]
    identify_by: Option<Identify>,
    /// Find the EWS URL with Autodiscover; confirmed hosts of the organization alone get the password
    #[arg(long, requires = "organization", help_heading = "Test")]
    autodiscover: bool,
    /// Write the values for Microsoft's form, without the password, and test nothing
    #[arg(long, conflicts_with_all = ["json", "write_test"], help_heading = "Output")]
    values: bool,
    #[command(flatten)]
    trust: TrustArgs,
    /// Seconds a request may take, 1 to 600 [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = crate::values::timeout, help_heading = "Network")]
    timeout: Option<u64>,
    /// HTTP proxy, http://USER@HOST:PORT where it wants a sign-in [default: system]
    #[arg(long, value_name = "system|none|URL", help_heading = "Network")]
    proxy: Option<String>,
    /// Ask this server of a load-balanced name, as curl's --resolve; repeatable
    #[arg(long, value_name = "HOST:PORT:ADDRESS[:PORT]", value_parser = Resolve::parse, help_heading = "Network")]
    resolve: Vec<Resolve>,
    /// Write JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  A stored organization:
    understudy service-account Contoso --mailbox anna@contoso.com
  Without one; the password is asked for:
    understudy service-account --ews-url https://mail.contoso.com/EWS/Exchange.asmx
      --account 'CONTOSO\\svc-ews' --mailbox anna@contoso.com

Exit codes: 1 if the mailbox does not open as it must; else 2 if it could not be found out or the input
was bad; else 0.";

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    let like_check = args.like_check();
    let engine = match (&args.organization, &args.ews_url) {
        (Some(_), _) => Engine::open(global.options()).await?,
        (None, Some(_)) => Engine::temporary(check::one_off(global)).await?,
        (None, None) => return Err(nothing_to_test().into()),
    };
    if args.values {
        return values(&engine, &args).await;
    }
    if args.write_test && !args.yes && !confirm::can_ask() {
        return Err(nobody_to_ask(&args.mailbox).into());
    }
    let prepared = match &args.organization {
        Some(name) => audit::of_organization(&engine, name, &like_check).await?,
        None => one_off::one_off(&engine, &like_check).await?,
    };
    let mut interrupts = Interrupts::listen()?;
    let start = Box::pin(start(&engine, prepared, &args, &like_check));
    let (engine, started) = or_interrupted(&mut interrupts, start).await??;
    let test = follow(&engine, started, &args, &mut interrupts).await?;
    report(&engine, &test, &args, global).await
}

async fn report(
    engine: &Engine,
    test: &ServiceAccountTest,
    args: &Args,
    global: &Global,
) -> Result<Exit, Failure> {
    let run = test.run.clone();
    let run = run.ok_or_else(|| Problem::new(Code::Internal, "The test left no run."))?;
    let page = engine.run_show(RunRef { run }).await?;
    let exit = Exit::of_run(&page.row.summary, page.row.state);
    let mut output = Output::stdout();
    let written = if args.json {
        print::json(test, &page, &mut output)
    } else {
        let pen = Pen::new(global.color.paints_stdout());
        let detail = if global.verbose > 0 {
            Detail::Everything
        } else {
            Detail::Told
        };
        print::table(test, &page, detail, &mut output, pen)
    };
    match written.and_then(|()| output.finish().map(|_| ())) {
        // Nobody reads the report any more: the exit code still tells.
        Err(Failure::NobodyReads) | Ok(()) => Ok(exit),
        Err(failure) => Err(failure),
    }
}

impl Args {
    /// What it has in common with a check, as that reads it.
    fn like_check(&self) -> check::Args {
        check::Args {
            organization: self.organization.clone(),
            ews_url: self.ews_url.clone(),
            account: self.account.clone(),
            password: self.password,
            send_again: self.send_again,
            auth: self.auth,
            trust: self.trust.clone(),
            timeout: self.timeout,
            proxy: self.proxy.clone(),
            resolve: self.resolve.clone(),
            ..check::Args::default()
        }
    }

    /// The fields of the test; `by`: how the organization names its mailboxes.
    fn fields(&self, by: IdentifyBy) -> ServiceAccountFields {
        ServiceAccountFields {
            mailbox: self.mailbox.clone(),
            use_autodiscover: self.autodiscover,
            folder: self.folder.unwrap_or(Folder::Inbox).word().to_owned(),
            impersonate: !self.no_impersonation,
            impersonated_user: self.impersonate.clone(),
            identify_by: self.identify_by.map_or(by, Into::into),
            write_test: self.write_test,
        }
    }
}

/// Starts it; answers the engine that plays it.
async fn start(
    engine: &Engine,
    prepared: Prepared,
    args: &Args,
    like_check: &check::Args,
) -> Result<(Engine, StartedTest), Failure> {
    match prepared {
        Prepared::Organization {
            row,
            password,
            proxy_password,
            tokens,
        } => {
            let sending = sending(like_check, proxy_password.clone(), tokens);
            let by = identified_by(engine, &row).await?;
            let start = async |engine: Engine| {
                let password = match &password {
                    Some(password) => CheckPassword::Typed {
                        password: password.clone(),
                    },
                    None => CheckPassword::Stored,
                };
                let request = StartServiceAccountTest {
                    organization: row.id,
                    form: None,
                    password,
                    fields: args.fields(by),
                    send_again: false,
                    proxy_password: proxy_password.clone(),
                };
                let proxy = like_check.proxy()?;
                let adjust = |plan: &mut _| like_check.adjust(proxy.as_ref(), plan);
                let started = engine.service_account_test(request, adjust).await?;
                Ok((engine.clone(), started))
            };
            asking(engine, &sending, start).await
        }
        Prepared::OneOff(one_off) => {
            let OneOff {
                plan,
                password,
                proxy_password,
                tokens,
                ..
            } = *one_off;
            let sending = sending(like_check, proxy_password, tokens);
            let engine = allowed(engine, &plan, &password, &sending).await?;
            let fields = args.fields(IdentifyBy::Smtp);
            let audit = ServiceAccountAudit {
                plan,
                password,
                fields,
            };
            let started = engine.service_account_audit(audit).await?;
            Ok((engine, started))
        }
        Prepared::Resume { .. } => Err(nothing_to_test().into()),
    }
}

async fn identified_by(engine: &Engine, row: &OrganizationRow) -> Result<IdentifyBy, Problem> {
    let organization = row.id;
    let saved = engine.email_configuration_show(OrganizationRef { organization });
    Ok(saved.await?.form.identify_by)
}

/// To the end. The first Ctrl-C stops it, and what it wrote is deleted all the same.
async fn follow(
    engine: &Engine,
    mut started: StartedTest,
    args: &Args,
    interrupts: &mut Interrupts,
) -> Result<ServiceAccountTest, Failure> {
    let (mut shown, mut stopped) = (0, false);
    loop {
        let now = started.found.borrow_and_update().clone();
        shown = show(&now, shown);
        match now.state {
            State::Done | State::Cancelled => return Ok(now),
            State::Asking if !stopped => {
                let test = started.test.clone();
                let write = tokio::select! {
                    biased;
                    () = interrupts.next() => None,
                    write = may_write(args) => Some(write),
                };
                match write {
                    Some(Ok(write)) => {
                        let answer = AnswerWriteTest { test, write };
                        engine.service_account_answer(answer).await?;
                        // The answer is on its way: what comes next is a change.
                        started.found.changed().await.map_err(gone)?;
                    }
                    Some(Err(failure)) => {
                        cancel(engine, test).await?;
                        let ended = |test: &ServiceAccountTest| !goes_on(test.state);
                        started.found.wait_for(ended).await.map_err(gone)?;
                        return Err(failure);
                    }
                    None => {
                        stopped = true;
                        say("\nStopping. Nothing is written.");
                        cancel(engine, test).await?;
                    }
                }
            }
            State::Asking | State::Running => tokio::select! {
                biased;
                () = interrupts.next() => {
                    if stopped {
                        return Err(Failure::Killed);
                    }
                    stopped = true;
                    say("Stopping. What was written is deleted first; Ctrl-C again leaves at once.");
                    cancel(engine, started.test.clone()).await?;
                }
                changed = started.found.changed() => changed.map_err(gone)?,
            },
        }
    }
}

async fn cancel(engine: &Engine, test: String) -> Result<(), Problem> {
    let test = ServiceAccountTestRef { test };
    engine.service_account_cancel(test).await.map(|_| ())
}

fn goes_on(state: State) -> bool {
    matches!(state, State::Running | State::Asking)
}

fn gone(error: impl std::error::Error) -> Problem {
    internal("following the test", &error)
}

/// Asks before the draft is written, on a thread of its own so that Ctrl-C is heard meanwhile.
async fn may_write(args: &Args) -> Result<bool, Failure> {
    if args.yes {
        return Ok(true);
    }
    let question = format!("Create and delete a draft in {}?", args.mailbox);
    let answer = tokio::task::spawn_blocking(move || confirm::ask(&question)).await;
    Ok(answer.map_err(|error| internal("asking", &error))??)
}

/// Steps that have ended since, on a terminal. Answers how many are shown now.
fn show(now: &ServiceAccountTest, shown: usize) -> usize {
    let waits = |step: &&contract::Step| {
        step.status == StepStatus::Running || step.message == "Not reached yet."
    };
    let fresh = now.steps.iter().skip(shown).take_while(|step| !waits(step));
    let mut count = shown;
    for step in fresh {
        count += 1;
        if std::io::stderr().is_terminal() {
            say(&format!("{}: {}", step.title, one_line(&step.message)));
        }
    }
    count
}

/// The one that is always there: values for a form belong to none.
async fn any_organization(engine: &Engine) -> Result<OrganizationId, Failure> {
    let all = engine.organizations_list(OrganizationsQuery::default());
    let any = all.await?.into_iter().next().map(|row| row.id);
    Ok(any.ok_or_else(nothing_to_test)?)
}

/// Writes the values for Microsoft's form. Asks nobody for a password.
async fn values(engine: &Engine, args: &Args) -> Result<Exit, Failure> {
    let (organization, form) = match &args.organization {
        Some(name) => (engine.find_organization(name).await?.id, None),
        None => (any_organization(engine).await?, Some(one_off_form(args))),
    };
    let fields = args.fields(IdentifyBy::Smtp);
    let text = engine
        .service_account_values(ServiceAccountValues {
            organization,
            form,
            fields,
        })
        .await?
        .text;
    let mut output = Output::stdout();
    output.text(&text)?;
    output.finish()?;
    Ok(Exit::Fine)
}

fn one_off_form(args: &Args) -> EmailConfigurationForm {
    let authentication: Authentication = args.auth.unwrap_or_default().into();
    EmailConfigurationForm {
        account_logon: args.account.clone().unwrap_or_default(),
        ews_url: args.ews_url.clone().unwrap_or_default(),
        authentication,
        ..EmailConfigurationForm::default()
    }
}

fn nothing_to_test() -> Problem {
    Problem::new(Code::Invalid, "The account to test is missing.").hint(
        "Name a stored organization, or give --ews-url and --account; --mailbox names the target.",
    )
}

fn nobody_to_ask(mailbox: &str) -> Problem {
    let message = format!(
        "--write-test creates and deletes a draft in {mailbox} and asks before it does. Nobody can be asked without a terminal. Nothing was sent."
    );
    Problem::new(Code::Invalid, message).hint("Add --yes to do it.")
}
