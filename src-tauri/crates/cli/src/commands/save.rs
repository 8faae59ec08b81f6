//! `--save`: a one-off audit that stays, as an organization with its users, configuration and run.
//! Either all of it is kept, the password apart, or nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    AddOrganization, AddUser, AppCredential, AppCredentialChange, Code, EmailConfigurationForm,
    ImportApply, ImportGroup, ImportSource, NoArgs, OrganizationId, OrganizationRef,
    OrganizationRow, PasswordChange, Platform, Problem, SaveEmailConfiguration,
    SaveOrganizationSettings, Secret, SetUsers, UserChange, UserIds,
};
use engine::Engine;
use engine::checks::{Canary, Mailboxes, Plan, StartedCheck};
use engine::users::list::{ListReader, Want};

use super::audit::{OneOff, Source};
use super::check::Args;
use crate::lists;
use crate::modern::is_app;

/// An organization of this name exists already.
///
/// # Errors
/// [`Code::Taken`].
pub(super) async fn refuse_taken(engine: &Engine, name: &str) -> Result<(), Problem> {
    match engine.find_organization(name).await {
        Ok(row) => Err(Problem::new(
            Code::Taken,
            format!("An organization named \"{}\" already exists.", row.name),
        )
        .hint(format!(
            "Choose another name, or check it: understudy check {:?}",
            row.name
        ))),
        Err(problem) if problem.code == Code::NotFound => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Keeps everything, and starts the run.
///
/// # Errors
/// As the engine's; then the organization is gone again.
pub(super) async fn start(
    engine: &Engine,
    name: &str,
    audit: OneOff,
    args: &Args,
) -> Result<StartedCheck, Problem> {
    let new = AddOrganization {
        name: name.to_owned(),
        external_id: None,
        access_type: audit.form.access_type,
        platform: if is_app(audit.form.access_type) {
            Platform::ExchangeOnline
        } else {
            Platform::OnPremises
        },
    };
    let row = engine.organization_add(new).await?;
    match fill(engine, &row, audit, args).await {
        Ok(started) => Ok(started),
        Err(problem) => {
            if let Err(second) = engine
                .organization_remove(OrganizationRef {
                    organization: row.id,
                })
                .await
            {
                tracing::warn!(%second, "the organization stays behind");
            }
            Err(problem)
        }
    }
}

async fn fill(
    engine: &Engine,
    row: &OrganizationRow,
    audit: OneOff,
    args: &Args,
) -> Result<StartedCheck, Problem> {
    let OneOff {
        form,
        password,
        proxy_password,
        credential,
        list,
        ..
    } = audit;
    let all_kept = match &list {
        Source::Whole { name, bytes } => {
            let base64 = STANDARD.encode(bytes);
            import(
                engine,
                ImportSource {
                    organization: row.id,
                    name: name.clone(),
                    base64,
                },
            )
            .await?
        }
        Source::None | Source::Open(_) => true,
    };
    keep_canaries(engine, row, args).await?;
    keep_settings(engine, row.id, args).await?;
    let proxy_password = proxy_password.as_ref();
    match credential {
        Some(credential) => keep_app(engine, row.id, form, credential, proxy_password).await?,
        None => keep_configuration(engine, row.id, form, &password, proxy_password).await?,
    }
    // A list whose every row became a user is checked as the organization it is now; else the rows
    // that could not be kept are part of this run all the same. Either way it is the organization's
    // run, with the settings just saved.
    let (mailboxes, canaries) = if all_kept {
        (Mailboxes::Scope(args.scope()), Vec::new())
    } else {
        let canaries = args.must_refuse.iter().map(|text| lists::canary(text));
        (
            list.mailboxes(args.sample),
            canaries.collect::<Result<_, _>>()?,
        )
    };
    let proxy = args.proxy()?;
    let adjust = |plan: &mut Plan| args.adjust(proxy.as_ref(), plan);
    engine
        .audit_organization(
            row,
            Some(password),
            mailboxes,
            canaries,
            adjust,
            args.streams(),
        )
        .await
}

/// Adds the users; answers whether every row of the list became one.
async fn import(engine: &Engine, source: ImportSource) -> Result<bool, Problem> {
    let preview = engine.users_import_preview(source).await?;
    let kept = [
        ImportGroup::New,
        ImportGroup::Remote,
        ImportGroup::Duplicate,
    ];
    let all_kept = preview
        .groups
        .iter()
        .all(|group| group.count == 0 || kept.contains(&group.group));
    engine
        .users_import_apply(ImportApply {
            token: preview.token,
        })
        .await?;
    Ok(all_kept)
}

/// Canaries are users with a flag; those that are no users yet are added.
async fn keep_canaries(engine: &Engine, row: &OrganizationRow, args: &Args) -> Result<(), Problem> {
    let mut known = Vec::new();
    for (name, address) in canaries(args)? {
        if let Some(user) = super::user::find(engine, row.id, &address).await? {
            known.push(user.id);
            continue;
        }
        let new = AddUser {
            organization: row.id,
            address,
            name,
            upn: None,
            sid: None,
            must_refuse: true,
            tags: String::new(),
        };
        engine.user_add(new).await?;
    }
    if !known.is_empty() {
        let users = UserIds::Listed { ids: known };
        engine
            .users_set(SetUsers {
                users,
                change: UserChange::MustRefuse(true),
            })
            .await?;
    }
    Ok(())
}

/// Name and address of each.
fn canaries(args: &Args) -> Result<Vec<(String, String)>, Problem> {
    let mut found = Vec::new();
    for text in &args.must_refuse {
        match lists::canary(text)? {
            Canary::Address(address) => found.push((String::new(), address)),
            Canary::List(list) => {
                let bad = |error: engine::users::list::ListError| {
                    Problem::new(Code::BadList, format!("{error}.")).hint(error.hint())
                };
                for row in ListReader::open(list.source, &list.name, Want::Address).map_err(bad)? {
                    let row = row.map_err(bad)?;
                    if let Ok(address) = &row.address {
                        found.push((
                            row.display_name.clone().unwrap_or_default(),
                            address.as_str().to_owned(),
                        ));
                    }
                }
            }
        }
    }
    Ok(found)
}

async fn keep_settings(
    engine: &Engine,
    organization: OrganizationId,
    args: &Args,
) -> Result<(), Problem> {
    let mut settings = engine
        .organization_show(OrganizationRef { organization })
        .await?
        .settings;
    if !args.folders.is_empty() {
        settings.folders = args
            .folders
            .iter()
            .map(|folder| folder.word().to_owned())
            .collect();
    }
    if let Some(concurrency) = args.concurrency {
        settings.concurrency = concurrency.ceiling().unwrap_or(0);
    }
    if let Some(timeout) = args.timeout {
        settings.timeout_seconds = u32::try_from(timeout).expect("the flag goes to 600");
    }
    engine
        .organization_settings_save(SaveOrganizationSettings {
            organization,
            settings,
        })
        .await?;
    Ok(())
}

/// The app's credential is kept encrypted, its key in the key store.
async fn keep_app(
    engine: &Engine,
    organization: OrganizationId,
    form: EmailConfigurationForm,
    credential: AppCredential,
    proxy_password: Option<&Secret>,
) -> Result<(), Problem> {
    let save = SaveEmailConfiguration {
        organization,
        form,
        password: PasswordChange::Keep,
        proxy_password: proxy_password.cloned(),
        app_credential: AppCredentialChange::Store { credential },
    };
    engine.email_configuration_save(save).await.map(|_| ())
}

/// The password goes into the key store; without one all the rest is kept, and that is said.
async fn keep_configuration(
    engine: &Engine,
    organization: OrganizationId,
    form: EmailConfigurationForm,
    password: &Secret,
    proxy_password: Option<&Secret>,
) -> Result<(), Problem> {
    let store = SaveEmailConfiguration {
        organization,
        form: form.clone(),
        password: PasswordChange::Store {
            password: password.clone(),
        },
        proxy_password: proxy_password.cloned(),
        app_credential: AppCredentialChange::Keep,
    };
    let refused = match engine.email_configuration_save(store).await {
        Ok(_) => return Ok(()),
        Err(problem) if problem.code == Code::KeyStore => problem,
        Err(problem) => return Err(problem),
    };
    let ask = PasswordChange::Ask {
        password: Some(password.clone()),
    };
    engine
        .email_configuration_save(SaveEmailConfiguration {
            organization,
            form,
            password: ask,
            proxy_password: None,
            app_credential: AppCredentialChange::Keep,
        })
        .await?;
    let store = engine
        .app_state(NoArgs {})
        .await?
        .key_store
        .problem
        .unwrap_or(refused);
    eprintln!(
        "warning: everything but the password is kept. {}",
        store.message
    );
    eprintln!("hint: Later checks take the password from --password-stdin or ask for it.");
    Ok(())
}
