//! `understudy sign-in`: Microsoft OAuth in the system's browser, or with a code on another device. Shows
//! who is signed in, never a token.

use std::sync::Arc;
use std::time::Duration;

use contract::{
    Code, EmailConfiguration, NoArgs, OrganizationId, OrganizationRef, Problem, SignIn, SignInRef,
    SignInState, SignInWaiting, StartSignIn,
};
use engine::Engine;
use engine::ports::{Browser, WebPage};
use serde::Serialize;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::follow::{Interrupts, say};
use crate::modern::wants_token;
use crate::output::Output;
use crate::style::one_line;

/// How often the sign-in that waits is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Sign in with Microsoft OAuth, in the system's browser
///
/// The organization's access type must be one that signs in with OAuth. What came of it is kept,
/// encrypted, for later checks; nothing is proven until a check passes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags of the command line, each on its own"
)]
pub(crate) struct Args {
    /// A stored organization, by its name or External Id
    #[arg(value_name = "ORGANIZATION")]
    organization: String,
    /// Show a code to type on another device, and open no browser
    #[arg(long)]
    device_code: bool,
    /// Show the link, and open no browser
    #[arg(long, conflicts_with = "device_code")]
    no_browser: bool,
    /// Say who is signed in, and ask nobody
    #[arg(long, conflicts_with_all = ["device_code", "no_browser", "use_account", "sign_out"])]
    show: bool,
    /// Use the account that signed in although it is not Account Logon
    #[arg(long)]
    use_account: bool,
    /// Forget the sign-in, and revoke it where that can be done
    #[arg(long, conflicts_with_all = ["device_code", "no_browser", "use_account"])]
    sign_out: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  understudy organization edit Contoso --access-type ews-imp --tenant contoso.com
    --client-id 00000000-0000-0000-0000-000000000000 --keep-signed-in
  understudy sign-in Contoso
  understudy sign-in Contoso --device-code

Exit codes: 0 if somebody is signed in (or signed out, as asked for); else 2.";

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    let mut options = global.options();
    if args.no_browser {
        options.browser = Some(Arc::new(NoBrowser));
    }
    let engine = Engine::open(options).await?;
    let row = engine.find_organization(&args.organization).await?;
    let organization = row.id;
    if args.show {
        let found = engine.sign_in_show(of(organization)).await?;
        return told(&found, &args);
    }
    if args.sign_out {
        let found = engine
            .sign_in_disconnect(OrganizationRef { organization })
            .await?;
        print(&found, &args)?;
        return Ok(Exit::Fine);
    }
    let configuration = engine
        .email_configuration_show(OrganizationRef { organization })
        .await?;
    refuse(&row.name, &configuration)?;
    refuse_without_key_store(&engine).await?;
    let mut found = sign_in(&engine, organization, &args).await?;
    if found.state == SignInState::OtherAccount && args.use_account {
        found = engine.sign_in_use(OrganizationRef { organization }).await?;
    }
    told(&found, &args)
}

/// Whoever asked for the link opens it.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _page: &WebPage) -> Result<(), Problem> {
        Ok(())
    }
}

fn of(organization: OrganizationId) -> SignInRef {
    SignInRef {
        organization,
        form: None,
    }
}

/// What would sign nobody in is said before a browser opens.
fn refuse(name: &str, configuration: &EmailConfiguration) -> Result<(), Problem> {
    let form = &configuration.form;
    let edit = format!("understudy organization edit {name:?}");
    if !configuration.saved || !wants_token(form.access_type) {
        return Err(Problem::new(
            Code::NotAllowed,
            format!("{name} doesn't sign in with OAuth."),
        )
        .hint(format!(
            "Choose how: {edit} --access-type ews-imp --tenant DOMAIN --client-id GUID --keep-signed-in"
        )));
    }
    if crate::modern::is_app(form.access_type) {
        return Err(Problem::new(
            Code::NotAllowed,
            format!("{name} is reached by an app, for which nobody signs in."),
        )
        .hint(format!("Check it: understudy check {name:?}")));
    }
    if !form.modern.keep_signed_in {
        return Err(Problem::new(
            Code::NotAllowed,
            "A sign-in that isn't kept ends with this command, and no check could use it.",
        )
        .hint(format!(
            "Let it be kept, encrypted: {edit} --keep-signed-in"
        )));
    }
    Ok(())
}

/// What is kept is sealed with a key of the key store.
async fn refuse_without_key_store(engine: &Engine) -> Result<(), Problem> {
    let store = engine.app_state(NoArgs {}).await?.key_store;
    if store.available {
        return Ok(());
    }
    Err(store.problem.unwrap_or_else(|| {
        Problem::new(Code::KeyStore, format!("{} cannot be used.", store.name))
            .hint("A sign-in is kept only with a key store.")
    }))
}

/// From the first page to whatever came of it. Ctrl-C stops waiting.
async fn sign_in(
    engine: &Engine,
    organization: OrganizationId,
    args: &Args,
) -> Result<SignIn, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let start = engine.sign_in_start(StartSignIn {
        organization,
        form: None,
        device_code: args.device_code,
    });
    let mut found = crate::follow::or_interrupted(&mut interrupts, start).await??;
    if let Some(waiting) = &found.waiting {
        say(&how(waiting, args));
    }
    let mut discarded = 0;
    while found.state == SignInState::Waiting {
        if let Some(waiting) = found.waiting.as_ref().filter(|w| w.discarded > discarded) {
            discarded = waiting.discarded;
            say("The answer didn't belong to this sign-in and was discarded.");
        }
        tokio::select! {
            biased;
            () = interrupts.next() => {
                found = engine.sign_in_cancel(OrganizationRef { organization }).await?;
            }
            () = tokio::time::sleep(LOOK) => {
                found = engine.sign_in_show(of(organization)).await?;
            }
        }
    }
    Ok(found)
}

fn how(waiting: &SignInWaiting, args: &Args) -> String {
    let minutes = waiting.seconds_left.div_ceil(60);
    let link = one_line(&waiting.link);
    match &waiting.user_code {
        Some(code) => format!(
            "Open {link} on any device and enter the code {}. It is awaited for {minutes} minutes; Ctrl-C stops.",
            one_line(code)
        ),
        None if args.no_browser => format!(
            "Open this page on this computer to sign in. The answer is awaited for {minutes} minutes; Ctrl-C stops.\n{link}"
        ),
        None => format!(
            "Finish signing in in your browser. The answer is awaited for {minutes} minutes; Ctrl-C stops.\nNo page opened? Open this one on this computer:\n{link}"
        ),
    }
}

fn told(found: &SignIn, args: &Args) -> Result<Exit, Failure> {
    print(found, args)?;
    Ok(if found.state == SignInState::Authorized {
        Exit::Fine
    } else {
        Exit::Incomplete
    })
}

/// A sign-in in JSON.
#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    state: SignInState,
    account: Option<&'a str>,
    expected: Option<&'a str>,
    tenant: Option<&'a str>,
    audience: Option<&'a str>,
    scopes: &'a [String],
    roles: &'a [String],
    signed_in_at: Option<&'a str>,
    expires_at: Option<&'a str>,
    renewable: bool,
    kept: bool,
    code: Option<&'a str>,
    message: Option<&'a str>,
    next_step: Option<&'a str>,
    warnings: &'a [String],
}

fn print(found: &SignIn, args: &Args) -> Result<(), Failure> {
    let failure = found.failure.as_ref();
    let mut output = Output::stdout();
    if args.json {
        output.pretty(&Shown {
            schema: "understudy.sign-in/1",
            state: found.state,
            account: found.account.as_deref(),
            expected: found.expected.as_deref(),
            tenant: found.tenant.as_deref(),
            audience: found.audience.as_deref(),
            scopes: &found.scopes,
            roles: &found.roles,
            signed_in_at: found.signed_in_at.as_deref(),
            expires_at: found.expires_at.as_deref(),
            renewable: found.renewable,
            kept: found.kept,
            code: failure.and_then(|failure| failure.code.as_deref()),
            message: failure.map(|failure| failure.sentence.as_str()),
            next_step: failure
                .map(|failure| failure.next_step.as_str())
                .filter(|step| !step.is_empty()),
            warnings: &found.warnings,
        })?;
    } else {
        output.text(&described(found))?;
    }
    output.finish()?;
    Ok(())
}

fn described(found: &SignIn) -> String {
    let mut lines = vec![found.status.clone()];
    let mut line = |title: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            lines.push(format!("{title:<10}  {}", one_line(value)));
        }
    };
    line("Account", found.account.as_deref());
    line("Tenant", found.tenant.as_deref());
    line("For", found.audience.as_deref());
    line("Scopes", Some(&found.scopes.join(", ")));
    line("Roles", Some(&found.roles.join(", ")));
    line("Expires", found.expires_at.as_deref());
    if found.state == SignInState::OtherAccount {
        lines.push(format!(
            "Signed in as {}, expected {}. Sign in again, or accept it with --use-account.",
            one_line(found.account.as_deref().unwrap_or("somebody else")),
            one_line(found.expected.as_deref().unwrap_or("Account Logon")),
        ));
    }
    if found.other_values {
        lines.push("It was made for other values than are saved now: sign in again.".to_owned());
    }
    if let Some(failure) = &found.failure {
        let code = failure
            .code
            .as_deref()
            .map(|code| format!(" ({})", one_line(code)));
        lines.push(format!(
            "{}{}",
            one_line(&failure.sentence),
            code.unwrap_or_default()
        ));
        if !failure.next_step.is_empty() {
            lines.push(format!("Next: {}", one_line(&failure.next_step)));
        }
        if let Some(link) = &failure.consent_link {
            lines.push(format!(
                "For the administrator of the tenant: {}",
                one_line(link)
            ));
        }
    }
    lines.extend(
        found
            .warnings
            .iter()
            .map(|w| format!("Note: {}", one_line(w))),
    );
    if found.state == SignInState::Authorized {
        lines.push("Impersonation isn't proven until a check passes.".to_owned());
    }
    lines.join("\n") + "\n"
}
