//! A one-off audit made ready: the flags become a form, a list and a secret. What is wrong with any of
//! them is said before the first request, and before anybody is asked for a password.

use contract::{
    AccessType, Authentication, Code, EmailConfigurationForm, FieldLevel, FieldMessage, IdentifyBy,
    Problem, ProxySetting, Secret, TlsTrust, ValidateEmailConfiguration,
};
use engine::Engine;
use engine::checks::{Canary, Plan, ProxyChoice, Tokens};
use engine::email_configuration::{EwsUrl, Reading};

use super::audit::{OneOff, Prepared, Source};
use super::check::Args;
use super::save;
use super::sending::{for_proxy, sending};
use crate::lists;
use crate::password::{ask, first_line_of_stdin};
use crate::values::served;

/// The access token on standard input, where there is one.
pub(super) fn handed_in(args: &Args) -> Result<Option<Tokens>, Problem> {
    if !args.token_stdin {
        return Ok(None);
    }
    let token = first_line_of_stdin("the access token")?;
    let tokens = Tokens::handed_in(token).map_err(|mut problem| {
        problem.message = format!("--token-stdin: {}", problem.message);
        problem
    })?;
    Ok(Some(tokens))
}

/// A list.
pub(super) async fn one_off(engine: &Engine, args: &Args) -> Result<Prepared, Problem> {
    let form = form(engine, args).await?;
    refuse_form(engine, &form, args).await?;
    if let Some(name) = &args.save {
        save::refuse_taken(engine, name).await?;
        if args.bearer() && !args.as_app() {
            return Err(Problem::new(
                Code::NotAllowed,
                "An access token is not kept: it ends within the hour.",
            )
            .hint(
                "Leave --save out, or add the organization with --access-type ews-imp and sign in.",
            ));
        }
    }
    let list = source(args, form.identify_by)?;
    prove_canaries(args, form.identify_by)?;
    let mut audit = OneOff {
        plan: plan_of(&form),
        password: Secret::new(String::new()),
        proxy_password: None,
        tokens: None,
        credential: None,
        list,
        form: form.clone(),
    };
    if args.as_app() {
        audit.credential = Some(args.modern.credential()?.ok_or_else(no_credential)?);
    } else if args.bearer() {
        audit.tokens = Some(handed_in(args)?.ok_or_else(no_token)?);
    } else if let Some(password) = args.password.read()? {
        audit.password = password;
    } else {
        let stdin = args.users.as_deref().is_some_and(lists::is_stdin);
        audit.password = ask(&audit.plan.account, stdin)?;
    }
    let proxy = args.proxy()?;
    let through = proxy.as_ref().unwrap_or(&ProxyChoice::System);
    audit.proxy_password = for_proxy(args, through)?;
    if let Some(credential) = &audit.credential {
        // The authority is behind the same proxy.
        let engine = engine.sending(sending(args, audit.proxy_password.clone(), None));
        let adjust = |plan: &mut Plan| args.adjust(proxy.as_ref(), plan);
        let planned = engine.plan_of_app(form, credential.clone(), adjust).await?;
        (audit.plan, audit.tokens) = planned;
    } else {
        args.adjust(proxy.as_ref(), &mut audit.plan);
    }
    Ok(Prepared::OneOff(Box::new(audit)))
}

/// The flags as a form.
async fn form(engine: &Engine, args: &Args) -> Result<EmailConfigurationForm, Problem> {
    let authentication = if args.as_app() {
        Authentication::Automatic
    } else {
        args.auth.unwrap_or_default().into()
    };
    let ews_url = match &args.ews_url {
        Some(text) => url(text)?,
        None => String::new(),
    };
    let account = args.account.as_deref().unwrap_or_default().trim();
    let mut form = EmailConfigurationForm {
        account_logon: account.to_owned(),
        ews_url,
        authentication,
        tls_trust: args.trust.settle(engine).await?.unwrap_or_default(),
        identify_by: args.identify_by.unwrap_or_default().into(),
        proxy: kept(args.proxy()?.as_ref()),
        ..EmailConfigurationForm::default()
    };
    args.modern.fill(&mut form);
    Ok(form)
}

fn plan_of(form: &EmailConfigurationForm) -> Plan {
    Plan {
        ews_url: form.ews_url.clone(),
        account: form.account_logon.clone(),
        authentication: form.authentication,
        tls_trust: form.tls_trust.clone(),
        identify_by: form.identify_by,
        folders: vec!["inbox".to_owned()],
        concurrency: None,
        timeout_seconds: 30,
        resolve: Vec::new(),
        proxy: ProxyChoice::System,
        approach: engine::checks::Approach::default(),
    }
}

fn no_credential() -> Problem {
    Problem::new(
        Code::Invalid,
        "What the application proves itself with is missing.",
    )
    .hint("Give --certificate FILE (advised), or --client-secret-stdin.")
}

fn no_token() -> Problem {
    Problem::new(Code::Invalid, "The access token is missing.")
        .hint("Give it as the first line of stdin, with --token-stdin.")
}

/// The proxy as `--save` keeps it.
fn kept(proxy: Option<&ProxyChoice>) -> ProxySetting {
    match proxy {
        None | Some(ProxyChoice::System) => ProxySetting::Inherit,
        Some(ProxyChoice::None) => ProxySetting::None,
        Some(ProxyChoice::Http { host, port, user }) => ProxySetting::Custom {
            address: format!("{host}:{port}"),
            user: user.clone(),
        },
    }
}

/// Opens the list; where it is to be stored, reads it. Standard input has one use.
fn source(args: &Args, by: IdentifyBy) -> Result<Source, Problem> {
    let Some(file) = &args.users else {
        return Ok(Source::None);
    };
    if lists::is_stdin(file) && args.stdin_is_taken() {
        return Err(Problem::new(
            Code::Invalid,
            if args.password.password_stdin {
                "Standard input cannot be the list and the password at once."
            } else {
                "Standard input cannot be the list and the secret at once."
            },
        )
        .hint("Write the list to a file, or type the password on a terminal."));
    }
    if args.save.is_none() {
        let list = lists::open(file)?;
        // A list without a single address is bad input, canaries or not, and nobody types a
        // password for it. What can be read only once is left to the engine.
        if file.is_file() {
            lists::prove(&list.name, list.source, by)?;
        }
        return lists::open(file).map(Source::Open);
    }
    let (name, bytes) = lists::read(file)?;
    lists::prove(&name, bytes.as_slice(), by)?;
    Ok(Source::Whole { name, bytes })
}

/// Canaries that are neither a list nor an address are found before the password is asked for.
pub(super) fn prove_canaries(args: &Args, by: IdentifyBy) -> Result<(), Problem> {
    for text in &args.must_refuse {
        match lists::canary(text)? {
            Canary::Address(address) => {
                contract::SmtpAddress::parse(&address).map_err(|error| {
                    Problem::new(
                        Code::Invalid,
                        format!("{text:?} is neither a file nor an e-mail address: {error}."),
                    )
                    .hint("Give the path of a list that exists, or one address.")
                })?;
            }
            Canary::List(list) => {
                if std::path::Path::new(text).is_file() {
                    lists::prove(&list.name, list.source, by)?;
                }
            }
        }
    }
    Ok(())
}

/// Near misses (`mail.contoso.com`) are completed, and that is said.
fn url(text: &str) -> Result<String, Problem> {
    let refused = |message: String| {
        Problem::invalid("ewsUrl", message).hint("The EWS URL looks like https://mail.contoso.com/EWS/Exchange.asmx; http is accepted for 127.0.0.1 and localhost only.")
    };
    match EwsUrl::read(text) {
        Ok(Reading::Exact(url)) => Ok(url.to_string()),
        Ok(Reading::Completed(url)) => {
            eprintln!("note: the EWS URL is taken to be {url}");
            Ok(url.to_string())
        }
        Ok(Reading::WebPage(url)) => Err(refused(format!(
            "That's a web page for people. EWS would be at {url}."
        ))),
        Err(engine::email_configuration::EwsUrlError::Empty) => {
            Err(refused("The EWS URL is empty.".to_owned()))
        }
        Err(error) => Err(refused(error.text())),
    }
}

/// What the form's own validation finds.
async fn refuse_form(
    engine: &Engine,
    form: &EmailConfigurationForm,
    args: &Args,
) -> Result<(), Problem> {
    let organization = engine.default_organization().await?;
    let handed_in = args.bearer() && !args.as_app();
    let mut form = EmailConfigurationForm {
        tls_trust: TlsTrust::System,
        ..form.clone()
    };
    if handed_in {
        form.access_type = AccessType::EwsImp;
        form.authentication = Authentication::Automatic;
    } else if !args.as_app() {
        served(form.authentication)?;
    }
    let request = ValidateEmailConfiguration {
        organization,
        form,
        password_typed: true,
        password_outer_spaces: false,
        ask_each_time: false,
        app_credential_given: true,
    };
    let mut messages = engine.email_configuration_validate(request).await?;
    // Who issued a token that was handed in is nobody's business.
    let needed = |message: &FieldMessage| matches!(&*message.field, "accountLogon" | "ewsUrl");
    messages.retain(|message| !handed_in || needed(message));
    match messages
        .into_iter()
        .find(|message| message.level == FieldLevel::Error)
    {
        Some(message) => {
            let hint = advice(&message.field);
            Err(Problem::invalid(&message.field, message.text).hint(hint))
        }
        None => Ok(()),
    }
}

/// What to do about a flag of the form.
fn advice(field: &str) -> &'static str {
    match field {
        "accountLogon" => {
            r"Give --account 'CONTOSO\svc-ews' or --account svc-ews@contoso.com; not both at once."
        }
        "ewsUrl" => "Give --ews-url https://mail.contoso.com/EWS/Exchange.asmx, with your host.",
        "tenant" => "Give --tenant, the directory id or a domain of the tenant.",
        "clientId" => "Give --client-id, the application's id: a GUID.",
        _ => "`understudy check --help` shows what each flag takes.",
    }
}
