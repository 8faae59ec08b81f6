//! Another name or platform for an organization. Its External Id stays.

use contract::{EditOrganization, OrganizationRow, Platform, Problem};
use store::organizations;

use super::{known, parse_name, taken};
use crate::Engine;
use crate::activity::Kind;

impl Engine {
    /// Changes an organization. What is left out stays.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`], [`contract::Code::Invalid`], [`contract::Code::Taken`].
    pub async fn organization_edit(
        &self,
        request: EditOrganization,
    ) -> Result<OrganizationRow, Problem> {
        let name = request.name.as_deref().map(parse_name).transpose()?;
        let (id, platform) = (request.organization, request.platform);
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let before = known(tx, id)?;
                organizations::edit(tx, id, name.as_deref(), platform, &author.at)
                    .map_err(|error| taken(tx, error, name.as_deref().unwrap_or_default(), ""))?;
                let after = known(tx, id)?;
                let changes = changes(&before, &after);
                if !changes.is_empty() {
                    author.note(
                        tx,
                        Kind::OrganizationEdited,
                        Some((id, &after.name)),
                        changes,
                        None,
                    )?;
                }
                Ok(after)
            })
            .await
    }
}

/// Before and after, in one line.
fn changes(before: &OrganizationRow, after: &OrganizationRow) -> String {
    let mut changes = Vec::new();
    if before.name != after.name {
        changes.push(format!("Name: \"{}\" to \"{}\".", before.name, after.name));
    }
    if before.platform != after.platform {
        changes.push(format!(
            "Platform: {} to {}.",
            label(before.platform),
            label(after.platform)
        ));
    }
    changes.join(" ")
}

const fn label(platform: Platform) -> &'static str {
    match platform {
        Platform::OnPremises => "On-premises",
        Platform::ExchangeOnline => "Exchange Online",
        Platform::Hybrid => "Hybrid",
    }
}
