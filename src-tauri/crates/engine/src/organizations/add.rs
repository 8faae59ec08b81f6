//! A new organization, and what its form starts with.

use contract::{AddOrganization, NoArgs, OrganizationDraft, OrganizationRow, Problem};
use store::organizations::{self, NewOrganization};

use super::{external_id, known, name_owner, name_taken, parse_name, taken};
use crate::Engine;
use crate::activity::Kind;

impl Engine {
    /// Name and External Id to start a new organization with.
    ///
    /// # Errors
    /// As [`Problem`].
    pub async fn organization_draft(&self, _request: NoArgs) -> Result<OrganizationDraft, Problem> {
        self.stage()
            .read(|tx| {
                let external_id = external_id::suggest(tx, "")?;
                Ok(OrganizationDraft {
                    name: String::new(),
                    external_id,
                })
            })
            .await
    }

    /// Creates an organization.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`], [`contract::Code::Taken`], each with its field.
    pub async fn organization_add(
        &self,
        request: AddOrganization,
    ) -> Result<OrganizationRow, Problem> {
        let name = parse_name(&request.name)?;
        let chosen = match request.external_id.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(external_id::parse(text)?),
        };
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                // The External Id is made from the name: a taken name is the news.
                if let Some(other) = name_owner(tx, &name)? {
                    return Err(name_taken(&other).into());
                }
                let external_id = match chosen {
                    Some(id) => id,
                    None => external_id::suggest(tx, &name)?,
                };
                let new = NewOrganization {
                    name,
                    external_id,
                    access_type: request.access_type,
                    platform: request.platform,
                };
                let id = organizations::add(tx, &new, &author.at)
                    .map_err(|error| taken(tx, error, &new.name, &new.external_id))?;
                let details = format!("Created \"{}\", External Id {}.", new.name, new.external_id);
                author.note(
                    tx,
                    Kind::OrganizationCreated,
                    Some((id, &new.name)),
                    details,
                    None,
                )?;
                known(tx, id)
            })
            .await
    }
}
