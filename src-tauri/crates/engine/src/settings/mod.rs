//! Settings of the app, and what the window needs to start. They are the real ones in practice mode
//! too.

use std::sync::Arc;

use contract::{AppState, KeyStoreState, NoArgs, Problem, Settings};
use store::settings;

use crate::Engine;
use crate::activity::Kind;
use crate::email_configuration::proxy;
use crate::ports::Vault;
use crate::stage::{Stage, on_blocking_thread};

/// Where the settings of the app stand.
const KEY: &str = "app";

impl Engine {
    /// What the window needs to start.
    ///
    /// # Errors
    /// As [`Problem`]; a key store that cannot be used is part of the answer.
    pub async fn app_state(&self, _request: NoArgs) -> Result<AppState, Problem> {
        let real = &self.inner.real;
        Ok(AppState {
            version: crate::VERSION.to_owned(),
            data_dir: real
                .folder
                .as_ref()
                .map(|folder| folder.display().to_string())
                .unwrap_or_default(),
            platform: std::env::consts::OS.to_owned(),
            settings: load(real).await?,
            key_store: key_store(Arc::clone(&self.stage().vault)).await?,
            practice: self.practice_state(),
        })
    }

    /// Saves the settings of the app.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] with its field; then nothing was changed.
    pub async fn settings_save(&self, request: Settings) -> Result<Settings, Problem> {
        let request = checked(request)?;
        let real = &self.inner.real;
        let author = real.author();
        real.write(move |tx| {
            let before: Settings = settings::load(tx, KEY)?.unwrap_or_default();
            settings::save(tx, KEY, &request)?;
            let changes = changes(&before, &request);
            if !changes.is_empty() {
                author.note(tx, Kind::SettingsChanged, None, changes.join(" "), None)?;
            }
            Ok(request)
        })
        .await
    }
}

/// The settings of the app.
///
/// # Errors
/// As [`Problem`].
pub(crate) async fn load(stage: &Stage) -> Result<Settings, Problem> {
    stage
        .read(|tx| Ok(settings::load(tx, KEY)?.unwrap_or_default()))
        .await
}

fn checked(mut settings: Settings) -> Result<Settings, Problem> {
    settings.proxy = proxy::tidy(settings.proxy);
    if !proxy::is_usable(&settings.proxy) {
        return Err(Problem::invalid("proxy", proxy::ENTER).hint(proxy::ADVICE));
    }
    // There is no place for its password here: those belong to organizations.
    if proxy::sign_in(&settings.proxy).is_some() {
        let said = "The proxy of the app has no user of its own.";
        return Err(Problem::invalid("proxy", said)
            .hint("Name proxy, user and password in the Connection options of the organization."));
    }
    Ok(settings)
}

async fn key_store(vault: Arc<dyn Vault>) -> Result<KeyStoreState, Problem> {
    let name = vault.name().to_owned();
    let problem = on_blocking_thread(move || Ok(vault.probe().err())).await?;
    Ok(KeyStoreState {
        name,
        available: problem.is_none(),
        problem,
    })
}

/// What an administrator would want to read later: not which cards were closed.
fn changes(before: &Settings, after: &Settings) -> Vec<String> {
    let mut changes = Vec::new();
    if before.theme != after.theme {
        changes.push(format!("Appearance: {:?}.", after.theme));
    }
    if before.work_offline != after.work_offline {
        changes.push(format!(
            "Work offline: {}.",
            if after.work_offline { "on" } else { "off" }
        ));
    }
    if before.proxy != after.proxy {
        let shown = |settings: &Settings| proxy::shown(&settings.proxy, "that of the system");
        changes.push(format!("Proxy: {} to {}.", shown(before), shown(after)));
    }
    changes
}
