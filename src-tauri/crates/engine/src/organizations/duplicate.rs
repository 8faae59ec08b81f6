//! A copy of an organization: settings and, if asked, users; never secrets, runs, activation.

use contract::{
    AppCredentialState, DuplicateOrganization, OrganizationRow, OrganizationsQuery, PasswordState,
    Problem,
};
use store::organizations::{self, NewOrganization};
use store::{StoreError, Tx, email_configurations, users};

use super::{LONGEST_NAME, external_id, known, parse_name, taken};
use crate::Engine;
use crate::activity::{Kind, count};
use crate::email_configuration::{fingerprint, new_secret_version};

impl Engine {
    /// Copies an organization.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`], [`contract::Code::Invalid`], [`contract::Code::Taken`].
    pub async fn organization_duplicate(
        &self,
        request: DuplicateOrganization,
    ) -> Result<OrganizationRow, Problem> {
        let chosen = request.name.as_deref().map(parse_name).transpose()?;
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let from = known(tx, request.organization)?;
                let name = match chosen {
                    Some(name) => name,
                    None => copy_name(tx, &from.name)?,
                };
                let new = NewOrganization {
                    external_id: external_id::suggest(tx, &name)?,
                    name,
                    access_type: from.access_type,
                    platform: from.platform,
                };
                let id = organizations::add(tx, &new, &author.at)
                    .map_err(|error| taken(tx, error, &new.name, &new.external_id))?;
                if let Some(settings) = organizations::settings(tx, from.id)? {
                    organizations::save_settings(tx, id, &settings, &author.at)?;
                }
                if let Some(stored) = email_configurations::load(tx, from.id)? {
                    let version = new_secret_version(tx)?;
                    let fingerprint = fingerprint(&stored.form, version);
                    email_configurations::save(tx, id, &stored.form, &fingerprint, &author.at)?;
                    let none = PasswordState::default();
                    email_configurations::set_password_state(tx, id, &none, version)?;
                    let none = AppCredentialState::default();
                    email_configurations::set_app_credential(tx, id, &none, version)?;
                }
                let copied = if request.with_users {
                    users::copy(tx, from.id, id, &author.at)?
                } else {
                    0
                };
                let details = format!(
                    "Copied \"{}\" to \"{}\" with {}, without password, sign-in, runs and activation.",
                    from.name,
                    new.name,
                    count(copied, "user")
                );
                author.note(
                    tx,
                    Kind::OrganizationDuplicated,
                    Some((id, &new.name)),
                    details,
                    None,
                )?;
                known(tx, id)
            })
            .await
    }
}

/// `{name} (copy)`, `{name} (copy 2)`, …, never longer than a name may be.
fn copy_name(tx: &Tx<'_>, name: &str) -> Result<String, StoreError> {
    let taken: Vec<String> = organizations::list(tx, &OrganizationsQuery::default())?
        .into_iter()
        .map(|row| row.name.to_lowercase())
        .collect();
    let candidates = (1_u64..).map(|number| {
        let mark = if number == 1 {
            " (copy)".to_owned()
        } else {
            format!(" (copy {number})")
        };
        let kept: String = name.chars().take(LONGEST_NAME - mark.len()).collect();
        format!("{kept}{mark}")
    });
    let mut free = candidates.filter(|name| !taken.contains(&name.to_lowercase()));
    Ok(free
        .next()
        .expect("there are more numbers than organizations"))
}
