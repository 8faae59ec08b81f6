//! A check made ready: everything that can be wrong with the input is found here, before the first
//! request, and before anybody is asked for a password.

use std::io::Cursor;

use contract::{
    AppCredential, Code, EmailConfigurationForm, IdentifyBy, NoArgs, OrganizationId,
    OrganizationRef, OrganizationRow, Problem, RunId, RunState, Secret,
};
use engine::Engine;
use engine::checks::{Audit, Canary, List, Mailboxes, Plan, StartedCheck, Tokens};

use super::check::Args;
use super::one_off::{handed_in, prove_canaries};
use super::save;
use super::sending::{allowed, asking, for_proxy, for_proxy_of, sending};
use crate::failure::Failure;
use crate::lists;
use crate::modern::wants_token;
use crate::password::{ask, needed};
use crate::values::served;

/// A run that waits for its start.
pub(super) enum Prepared {
    /// A stored organization.
    Organization {
        row: Box<OrganizationRow>,
        password: Option<Secret>,
        proxy_password: Option<Secret>,
        tokens: Option<Tokens>,
    },
    /// A run that was cut off.
    Resume {
        run: RunId,
        password: Option<Secret>,
        proxy_password: Option<Secret>,
        tokens: Option<Tokens>,
    },
    /// A list.
    OneOff(Box<OneOff>),
}

/// A list, and how to reach Exchange.
pub(super) struct OneOff {
    pub(super) plan: Plan,
    pub(super) form: EmailConfigurationForm,
    pub(super) password: Secret,
    pub(super) proxy_password: Option<Secret>,
    /// Where access tokens come from, where they take the place of the password.
    pub(super) tokens: Option<Tokens>,
    /// Of an application.
    pub(super) credential: Option<AppCredential>,
    pub(super) list: Source,
}

/// The list of a one-off audit.
pub(super) enum Source {
    /// Canaries alone.
    None,
    /// Read as it comes.
    Open(List),
    /// Read already, to be stored.
    Whole { name: String, bytes: Vec<u8> },
}

impl Prepared {
    /// Starts it.
    ///
    /// # Errors
    /// What the engine finds wrong; nothing was asked then.
    pub(super) async fn start(self, engine: &Engine, args: &Args) -> Result<StartedCheck, Failure> {
        let stream = args.streams();
        match self {
            Self::Organization {
                row,
                password,
                proxy_password,
                tokens,
            } => {
                let sending = sending(args, proxy_password, tokens);
                let start =
                    async |engine: Engine| of_users(&engine, &row, password.clone(), args).await;
                asking(engine, &sending, start).await
            }
            Self::Resume {
                run,
                password,
                proxy_password,
                tokens,
            } => {
                let sending = sending(args, proxy_password, tokens);
                let start = async |engine: Engine| {
                    let run = Some(run.clone());
                    engine.resume_run(run, password.clone(), stream).await
                };
                asking(engine, &sending, start).await
            }
            Self::OneOff(audit) => {
                let tokens = audit.tokens.clone();
                let sending = sending(args, audit.proxy_password.clone(), tokens);
                let engine = allowed(engine, &audit.plan, &audit.password, &sending).await?;
                let started = match &args.save {
                    Some(name) => save::start(&engine, name, *audit, args).await?,
                    None => audit.start(&engine, canaries(args)?, args).await?,
                };
                Ok(started)
            }
        }
    }
}

/// All users of a stored organization, and canaries beside them.
async fn of_users(
    engine: &Engine,
    row: &OrganizationRow,
    password: Option<Secret>,
    args: &Args,
) -> Result<StartedCheck, Problem> {
    let proxy = args.proxy()?;
    engine
        .audit_organization(
            row,
            password,
            Mailboxes::Scope(args.scope()),
            canaries(args)?,
            |plan| args.adjust(proxy.as_ref(), plan),
            args.streams(),
        )
        .await
}

fn canaries(args: &Args) -> Result<Vec<Canary>, Problem> {
    let canaries = args.must_refuse.iter();
    canaries.map(|text| lists::canary(text)).collect()
}

impl OneOff {
    async fn start(
        self,
        engine: &Engine,
        canaries: Vec<Canary>,
        args: &Args,
    ) -> Result<StartedCheck, Problem> {
        let audit = Audit {
            plan: self.plan,
            password: self.password,
            mailboxes: self.list.mailboxes(args.sample),
            canaries,
            organization: None,
            fingerprint: String::new(),
            draft: false,
            stream: args.streams(),
        };
        engine.start_audit(audit).await
    }
}

impl Source {
    /// All of it, or so many drawn at random.
    pub(super) fn mailboxes(self, sample: Option<u64>) -> Mailboxes {
        let list = match self {
            Self::None => return Mailboxes::None,
            Self::Open(list) => list,
            Self::Whole { name, bytes } => List {
                name,
                source: Box::new(Cursor::new(bytes)),
            },
        };
        match sample {
            Some(size) => Mailboxes::Sample(list, size),
            None => Mailboxes::List(list),
        }
    }
}

/// A stored organization.
pub(super) async fn of_organization(
    engine: &Engine,
    name: &str,
    args: &Args,
) -> Result<Prepared, Problem> {
    args.proxy()?;
    let row = engine.find_organization(name).await?;
    prove_canaries(args, IdentifyBy::Smtp)?;
    let configuration = engine
        .email_configuration_show(OrganizationRef {
            organization: row.id,
        })
        .await?;
    if configuration.saved {
        served(configuration.form.authentication)?;
    }
    let token = args.bearer() || wants_token(configuration.form.access_type);
    let password = if token {
        None
    } else {
        stored_or_asked(engine, Some(row.id), &row.name, args).await?
    };
    let organization = OrganizationRef {
        organization: row.id,
    };
    let proxy_password = for_proxy_of(engine, organization, args).await?;
    Ok(Prepared::Organization {
        row: Box::new(row),
        password,
        proxy_password,
        tokens: handed_in(args)?,
    })
}

/// A run that was cut off.
pub(super) async fn of_run(
    engine: &Engine,
    run: Option<RunId>,
    args: &Args,
) -> Result<Prepared, Problem> {
    let row = super::run::row(engine, run.as_ref()).await?;
    if row.state == RunState::Complete {
        return Err(Problem::new(
            Code::NotAllowed,
            format!(
                "Run {} is complete; there is nothing to go on with.",
                row.number
            ),
        )
        .hint("Start a new check."));
    }
    let password = if row.auth == "bearer" {
        None
    } else {
        stored_or_asked(engine, row.organization, &row.account, args).await?
    };
    let proxy_password = match (row.organization, engine.run_plan(&row.id).await?) {
        (Some(organization), _) => {
            for_proxy_of(engine, OrganizationRef { organization }, args).await?
        }
        (None, Some(plan)) => for_proxy(args, &plan.proxy)?,
        (None, None) => None,
    };
    Ok(Prepared::Resume {
        run: row.id,
        password,
        proxy_password,
        tokens: handed_in(args)?,
    })
}

/// The password from stdin; `None` where the key store has it; else asked for.
async fn stored_or_asked(
    engine: &Engine,
    organization: Option<OrganizationId>,
    whose: &str,
    args: &Args,
) -> Result<Option<Secret>, Problem> {
    if let Some(password) = args.password.read()? {
        return Ok(Some(password));
    }
    let Some(organization) = organization else {
        return ask(whose, false).map(Some);
    };
    let configuration = engine
        .email_configuration_show(OrganizationRef { organization })
        .await?;
    if !configuration.saved {
        return Err(Problem::new(
            Code::Invalid,
            format!("{whose} has no Email Configuration yet."),
        )
        .hint(format!(
            "understudy organization edit {whose:?} --ews-url URL --account NAME"
        )));
    }
    if !configuration.password.has_password {
        return ask(whose, false).map(Some);
    }
    let store = engine.app_state(NoArgs {}).await?.key_store;
    if store.available {
        return Ok(None);
    }
    // The password is in there, and cannot be had: a person can still type it.
    ask(whose, false).map(Some).map_err(|_| {
        let why = store.problem.map_or_else(
            || format!("{} cannot be used.", store.name),
            |problem| problem.message,
        );
        let problem = needed(whose);
        Problem {
            message: format!("{} {why}", problem.message),
            ..problem
        }
    })
}
