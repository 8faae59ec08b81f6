//! Practice mode: a simulated Exchange, a database of its own that is wiped at each start, a key
//! store in memory. The real data is not touched, and real secrets cannot be reached.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use contract::{
    AppState, Code, EmailConfigurationForm, IdentifyBy, NoArgs, OrganizationId, PasswordState,
    PracticeScenario, PracticeStart, PracticeState, Problem, Secret, SmtpAddress, TlsTrust,
    UrlOrigin,
};
use store::users::NewUser;
use store::{Db, Tx, email_configurations, organizations, users};

use crate::Engine;
use crate::adapters::MemoryVault;
use crate::checks::Guard;
use crate::email_configuration::fingerprint;
use crate::locks;
use crate::ports::{PracticeExchange, PracticeWorld};
use crate::problems::{Refusal, of_io, of_open};
use crate::stage::{Parts, Stage, on_blocking_thread};

/// Name of the practice organization.
const ORGANIZATION: &str = "Contoso (practice)";
/// The scenario where none is named.
const SCENARIO: &str = "healthy";
/// Users where no number is named.
const USERS: u32 = 200;
/// Most users.
const MOST_USERS: u32 = 50_000;
/// Folder below the data folder.
const FOLDER: &str = "practice";
/// Held while a practice folder is in use.
const LOCK: &str = "in-use.lock";

/// Practice mode while it is on.
pub(crate) struct Rehearsal {
    pub(crate) stage: Arc<Stage>,
    state: PracticeState,
    /// Keeps another process from wiping the folder.
    _lock: Option<File>,
}

impl Engine {
    /// Scenarios to practice.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] where there is no practice mode.
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn practice_scenarios(
        &self,
        _request: NoArgs,
    ) -> Result<Vec<PracticeScenario>, Problem> {
        Ok(self.exchange()?.scenarios())
    }

    /// Enters practice mode, or starts it anew with another scenario.
    ///
    /// # Errors
    /// [`Code::Invalid`]: no such scenario, or too many users; [`Code::NotAllowed`] where there is
    /// no practice mode.
    pub async fn practice_start(&self, request: PracticeStart) -> Result<AppState, Problem> {
        let exchange = self.exchange()?;
        let id = request.scenario.as_deref().unwrap_or(SCENARIO);
        let Some(scenario) = exchange
            .scenarios()
            .into_iter()
            .find(|known| known.id == id)
        else {
            return Err(Problem::invalid(
                "scenario",
                format!("There is no scenario called \"{id}\"."),
            )
            .hint("`practice_scenarios` lists them."));
        };
        let count = request.users.unwrap_or(USERS);
        if !(1..=MOST_USERS).contains(&count) {
            return Err(Problem::invalid("users", "Choose 1 to 50,000 users."));
        }
        let _one_at_a_time = self.inner.changing.lock().await;
        self.leave_practice().await;
        let rehearsal = self.rehearse(exchange.as_ref(), scenario, count).await;
        match rehearsal {
            Ok(rehearsal) => self.set_practice(Some(rehearsal)),
            Err(problem) => {
                exchange.stop().await;
                return Err(problem);
            }
        };
        self.app_state(NoArgs {}).await
    }

    /// Leaves practice mode; the real data is as it was.
    ///
    /// # Errors
    /// As [`Problem`].
    pub async fn practice_stop(&self, _request: NoArgs) -> Result<AppState, Problem> {
        let one_at_a_time = self.inner.changing.lock().await;
        self.leave_practice().await;
        drop(one_at_a_time);
        self.app_state(NoArgs {}).await
    }

    /// Practice mode as it stands.
    pub(crate) fn practice_state(&self) -> Option<PracticeState> {
        let practice = self
            .inner
            .practice
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        practice.as_ref().map(|rehearsal| rehearsal.state.clone())
    }

    /// Ends practice mode if it is on: its checks first, then the simulated Exchange, then its data.
    pub(crate) async fn leave_practice(&self) {
        let Some(rehearsal) = self.set_practice(None) else {
            return;
        };
        rehearsal.stage.running.cancel_all().await;
        rehearsal.stage.sign_ins.cancel_all().await;
        if let Some(exchange) = &self.inner.exchange {
            exchange.stop().await;
        }
        let folder = rehearsal.stage.folder.clone();
        drop(rehearsal);
        if let Some(parent) = folder.as_deref().and_then(Path::parent).map(Path::to_owned) {
            wipe_on_blocking_thread(parent).await;
        }
    }

    async fn rehearse(
        &self,
        exchange: &dyn PracticeExchange,
        scenario: PracticeScenario,
        count: u32,
    ) -> Result<Rehearsal, Problem> {
        let world = exchange
            .start(&scenario.id, count as usize)
            .await
            .map_err(|why| {
                Problem::new(
                    Code::Internal,
                    format!("The simulated Exchange did not start: {why}."),
                )
                .hint("Close other programs that listen on this computer and try again.")
            })?;
        let (stage, lock) = self.practice_stage().await?;
        let (account, password) = (world.account.clone(), world.password.clone());
        let ews_url = world.ews_url.clone();
        let now = stage.now();
        let organization = stage
            .write(move |tx| set_the_scene(tx, &world, &now))
            .await?;
        stage.keep_typed(organization, Some(Secret::new(password.clone())));
        let shown = PracticeState {
            scenario,
            ews_url,
            account,
            password,
            organization,
        };
        Ok(Rehearsal {
            stage: Arc::new(stage),
            state: shown,
            _lock: lock,
        })
    }

    async fn practice_stage(&self) -> Result<(Stage, Option<File>), Problem> {
        let real = &self.inner.real;
        let name = uuid::Builder::from_random_bytes(real.dice.roll())
            .into_uuid()
            .to_string();
        let parent = real.folder.as_ref().map(|folder| folder.join(FOLDER));
        let (db, folder, lock) = on_blocking_thread(move || match parent {
            None => Ok((
                Db::temporary().map_err(|error| of_open(&error))?,
                None,
                None,
            )),
            Some(parent) => {
                wipe(&parent);
                let folder = parent.join(name);
                std::fs::create_dir_all(&folder).map_err(|error| of_io(&folder, &error))?;
                let lock =
                    locks::take_file(&folder.join(LOCK)).map_err(|error| of_io(&folder, &error))?;
                Ok((
                    Db::open(&folder).map_err(|error| of_open(&error))?,
                    Some(folder),
                    lock,
                ))
            }
        })
        .await?;
        let stage = Stage::new(Parts {
            db,
            vault: Arc::new(MemoryVault::default()),
            clock: Arc::clone(&real.clock),
            dice: Arc::clone(&real.dice),
            folder,
            downloads: real.downloads.clone(),
            guard: Guard::default(),
            names: None,
            practice: true,
        });
        Ok((stage, lock))
    }

    fn exchange(&self) -> Result<Arc<dyn PracticeExchange>, Problem> {
        self.inner.exchange.clone().ok_or_else(|| {
            Problem::new(Code::NotAllowed, "There is no practice mode here.")
                .hint("Open the window of Understudy, or run `understudy practice`.")
        })
    }

    fn set_practice(&self, rehearsal: Option<Rehearsal>) -> Option<Rehearsal> {
        let mut practice = self
            .inner
            .practice
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *practice, rehearsal)
    }
}

/// The organization with its users and a configuration that asks for the password.
fn set_the_scene(tx: &Tx<'_>, world: &PracticeWorld, now: &str) -> Result<OrganizationId, Refusal> {
    let organization = organizations::ensure_default(tx, now)?;
    organizations::edit(tx, organization, Some(ORGANIZATION), None, now)?;
    let form = EmailConfigurationForm {
        account_logon: world.account.clone(),
        ews_url: world.ews_url.clone(),
        url_origin: UrlOrigin::Generated,
        authentication: world.authentication,
        tls_trust: match &world.ca_pem {
            Some(pem) => TlsTrust::Ca {
                pem: pem.clone(),
                name: "practice CA".to_owned(),
            },
            None => TlsTrust::System,
        },
        identify_by: IdentifyBy::Smtp,
        ..EmailConfigurationForm::default()
    };
    email_configurations::save(tx, organization, &form, &fingerprint(&form, 0), now)?;
    let ask = PasswordState {
        ask_each_time: true,
        ..PasswordState::default()
    };
    email_configurations::set_password_state(tx, organization, &ask, 0)?;
    let people: Result<Vec<NewUser>, Problem> = world
        .users
        .iter()
        .map(|user| {
            let address = SmtpAddress::parse(&user.address)
                .map_err(|error| crate::problems::internal("reading the practice users", &error))?;
            Ok(NewUser {
                name: user.name.clone(),
                upn: user.upn.clone(),
                kind: user.kind.clone(),
                must_refuse: user.must_refuse,
                ..NewUser::new(address)
            })
        })
        .collect();
    users::import(tx, organization, &people?, now)?;
    Ok(organization)
}

async fn wipe_on_blocking_thread(parent: PathBuf) {
    let wiped = on_blocking_thread(move || {
        wipe(&parent);
        Ok(())
    });
    if let Err(problem) = wiped.await {
        tracing::warn!(%problem, "practice data stays until the next start");
    }
}

/// Removes the practice folders that no process uses.
fn wipe(parent: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return;
    };
    for folder in entries.flatten().map(|entry| entry.path()) {
        match locks::take_file(&folder.join(LOCK)) {
            Ok(None) => continue,
            Ok(Some(lock)) => drop(lock),
            Err(error) => tracing::debug!(%error, "a practice folder without a lock"),
        }
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(%error, "practice data stays until the next start");
        }
    }
}
