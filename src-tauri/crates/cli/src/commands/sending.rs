//! How a check sends passwords: the proxy's along with the service account's, and one that was refused
//! lately only if a person wants it, or a flag says so. Sends none itself.

use contract::{Code, OrganizationRef, Problem, ProxySetting, Secret};
use engine::Engine;
use engine::checks::{Plan, ProxyChoice, SendAgain, Sending, Tokens};

use super::check::Args;
use crate::confirm;
use crate::failure::{Failure, internal};
use crate::lists;

/// As the flags say: `--send-again` sends it, a person is asked, else it is held back.
pub(super) fn sending(
    args: &Args,
    proxy_password: Option<Secret>,
    tokens: Option<Tokens>,
) -> Sending {
    let again = if args.send_again {
        SendAgain::Yes
    } else if confirm::can_ask() {
        SendAgain::Ask
    } else {
        SendAgain::Never
    };
    Sending {
        again,
        proxy_password,
        tokens,
    }
}

/// The proxy's password for a run that goes through this proxy; `None`: no user signs in to it.
///
/// # Errors
/// [`Code::PasswordNeeded`].
pub(super) fn for_proxy(args: &Args, proxy: &ProxyChoice) -> Result<Option<Secret>, Problem> {
    let ProxyChoice::Http {
        user: Some(user), ..
    } = proxy
    else {
        return Ok(None);
    };
    let stdin_is_list = args.users.as_deref().is_some_and(lists::is_stdin);
    args.password.read_for_proxy(user, stdin_is_list).map(Some)
}

/// The same for a stored organization: `--proxy` counts before what is stored, and a stored password
/// is not asked for.
///
/// # Errors
/// As [`for_proxy`].
pub(super) async fn for_proxy_of(
    engine: &Engine,
    organization: OrganizationRef,
    args: &Args,
) -> Result<Option<Secret>, Problem> {
    if let Some(proxy) = args.proxy()? {
        return for_proxy(args, &proxy);
    }
    let configuration = engine.email_configuration_show(organization).await?;
    match configuration.form.proxy {
        ProxySetting::Custom {
            user: Some(user), ..
        } if !configuration.has_proxy_password => {
            args.password.read_for_proxy(&user, false).map(Some)
        }
        _ => Ok(None),
    }
}

/// Asks before a password that was refused lately is sent again; answers the engine to start with.
///
/// # Errors
/// The problem itself where the answer is no.
pub(super) async fn allowed(
    engine: &Engine,
    plan: &Plan,
    password: &Secret,
    sending: &Sending,
) -> Result<Engine, Failure> {
    let refused = match sending.again {
        SendAgain::Ask => engine.password_refused_at(plan, password).await?,
        SendAgain::Never | SendAgain::Yes => None,
    };
    match refused {
        Some(problem) => confirmed(engine, problem, sending).await,
        None => Ok(engine.sending(sending.clone())),
    }
}

/// Starts, and asks where the engine wants someone to be asked.
///
/// # Errors
/// What the start says; the problem itself where the answer is no.
pub(super) async fn asking<T, F>(
    engine: &Engine,
    sending: &Sending,
    start: impl Fn(Engine) -> F,
) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Problem>>,
{
    match start(engine.sending(sending.clone())).await {
        Err(problem) if problem.code == Code::PasswordRefused => {
            let engine = confirmed(engine, problem, sending).await?;
            Ok(start(engine).await?)
        }
        started => Ok(started?),
    }
}

async fn confirmed(
    engine: &Engine,
    problem: Problem,
    sending: &Sending,
) -> Result<Engine, Failure> {
    let question = format!("{} Send it again?", problem.message);
    // On a thread of its own, so that Ctrl-C is heard meanwhile.
    let answer = tokio::task::spawn_blocking(move || confirm::ask(&question)).await;
    if !answer.map_err(|error| internal("asking", &error))?? {
        return Err(problem.into());
    }
    Ok(engine.sending(Sending {
        again: SendAgain::Yes,
        ..sending.clone()
    }))
}
