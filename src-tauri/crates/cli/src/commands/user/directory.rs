//! `understudy user import --from-group | --rooms | --name`: users from Exchange. What is found is shown
//! first, and added only when that is wanted.

use contract::{
    CheckPassword, Code, DirectoryLookup, DirectorySource, DirectoryState, OrganizationRef,
    OrganizationRow, Problem, ProxySetting, Secret, StartDirectoryLookup,
};
use engine::Engine;

use crate::confirm;
use crate::failure::{Failure, internal};
use crate::password::{self, PasswordArgs};
use crate::style::one_line;

/// Where in Exchange users come from.
#[derive(Debug, clap::Args)]
pub(super) struct FromExchange {
    /// The members of this distribution group and of the groups inside of it, asked of Exchange
    #[arg(long, value_name = "ADDRESS", help_heading = "Users from Exchange")]
    from_group: Option<String>,
    /// The rooms of every room list
    #[arg(long, help_heading = "Users from Exchange")]
    rooms: bool,
    /// Whoever a name or its beginning resolves to, 100 at most
    #[arg(long, value_name = "TEXT", help_heading = "Users from Exchange")]
    name: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    /// Send the password although this server refused it within the last 30 minutes
    #[arg(long, help_heading = "Server and account")]
    send_again: bool,
}

impl FromExchange {
    /// What is looked up, if anything.
    pub(super) fn source(&self) -> Option<DirectorySource> {
        if let Some(address) = &self.from_group {
            return Some(DirectorySource::Group {
                address: address.clone(),
            });
        }
        if let Some(name) = &self.name {
            return Some(DirectorySource::Name { name: name.clone() });
        }
        self.rooms.then_some(DirectorySource::Rooms)
    }

    /// Looks it up, and waits for the end. What was left out is told on stderr.
    ///
    /// # Errors
    /// As the engine's; [`Code::NotAllowed`] where it could not be found out.
    pub(super) async fn look(
        &self,
        engine: &Engine,
        organization: &OrganizationRow,
        source: DirectorySource,
    ) -> Result<DirectoryLookup, Failure> {
        let typed = self.password.read()?;
        let proxy_password = self.for_proxy(engine, organization).await?;
        let request = |typed: Option<Secret>, send_again: bool| StartDirectoryLookup {
            organization: organization.id,
            form: None,
            password: typed.map_or(CheckPassword::Stored, |password| CheckPassword::Typed {
                password,
            }),
            source: source.clone(),
            send_again,
            proxy_password: proxy_password.clone(),
        };
        let mut password = typed;
        let mut again = self.send_again;
        let lookup = loop {
            match engine
                .directory_start(request(password.clone(), again))
                .await
            {
                Ok(started) => break started.lookup,
                Err(problem) if problem.code == Code::PasswordNeeded && password.is_none() => {
                    password = Some(password::ask(&account(engine, organization).await?, false)?);
                }
                Err(problem)
                    if problem.code == Code::PasswordRefused && !again && confirm::can_ask() =>
                {
                    let question = format!("{} Send it again?", problem.message);
                    let answer = tokio::task::spawn_blocking(move || confirm::ask(&question)).await;
                    if !answer.map_err(|error| internal("asking", &error))?? {
                        return Err(problem.into());
                    }
                    again = true;
                }
                Err(problem) => return Err(problem.into()),
            }
        };
        let found = follow(engine, &lookup).await?;
        for note in &found.notes {
            eprintln!("note: {}", one_line(note));
        }
        let message = found.message.clone().unwrap_or_default();
        match found.state {
            DirectoryState::Done => Ok(found),
            _ => Err(Problem::new(Code::NotAllowed, message)
                .hint("Nothing was added. `understudy check` tells more about the connection and the sign-in.")
                .into()),
        }
    }

    async fn for_proxy(
        &self,
        engine: &Engine,
        organization: &OrganizationRow,
    ) -> Result<Option<Secret>, Problem> {
        let organization = OrganizationRef {
            organization: organization.id,
        };
        let configuration = engine.email_configuration_show(organization).await?;
        match configuration.form.proxy {
            ProxySetting::Custom {
                user: Some(user), ..
            } if !configuration.has_proxy_password => {
                self.password.read_for_proxy(&user, false).map(Some)
            }
            _ => Ok(None),
        }
    }
}

async fn account(engine: &Engine, organization: &OrganizationRow) -> Result<String, Problem> {
    let organization = OrganizationRef {
        organization: organization.id,
    };
    let configuration = engine.email_configuration_show(organization).await?;
    Ok(configuration.form.account_logon)
}

/// Ctrl-C stops it; nothing was added then.
async fn follow(engine: &Engine, lookup: &str) -> Result<DirectoryLookup, Failure> {
    loop {
        let news = tokio::select! {
            news = engine.directory_wait(lookup) => news?,
            _ = tokio::signal::ctrl_c() => {
                engine
                    .directory_cancel(contract::DirectoryLookupRef { lookup: lookup.to_owned() })
                    .await?;
                continue;
            }
        };
        if news.state != DirectoryState::Running {
            return Ok(news);
        }
    }
}
