//! `Synchronization Status` on and off, and sync access taken away from everybody.

use contract::{
    OrganizationRef, OrganizationRow, Problem, SetEnabled, SyncAccess, UserChange, UserIds,
    UsersFilter,
};
use store::{organizations, users};

use super::known;
use crate::Engine;
use crate::activity::{Kind, count};

impl Engine {
    /// Turns `Synchronization Status` on or off.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`].
    pub async fn organization_set_enabled(
        &self,
        request: SetEnabled,
    ) -> Result<OrganizationRow, Problem> {
        let (id, enabled) = (request.organization, request.enabled);
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let before = known(tx, id)?;
                if before.enabled != enabled {
                    organizations::set_enabled(tx, id, enabled, &author.at)?;
                    let (kind, details) = if enabled {
                        (
                            Kind::OrganizationEnabled,
                            "Synchronization Status: Enabled.",
                        )
                    } else {
                        (
                            Kind::OrganizationDisabled,
                            "Synchronization Status: Disabled.",
                        )
                    };
                    author.note(tx, kind, Some((id, &before.name)), details, None)?;
                }
                known(tx, id)
            })
            .await
    }

    /// Takes sync access away from every user that has it, a failed one included.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`].
    pub async fn organization_deactivate(
        &self,
        request: OrganizationRef,
    ) -> Result<OrganizationRow, Problem> {
        let id = request.organization;
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let row = known(tx, id)?;
                let mut changed = 0;
                for access in [
                    SyncAccess::Active,
                    SyncAccess::NeedsRenewal,
                    SyncAccess::Failed,
                ] {
                    let filter = UsersFilter {
                        sync_access: Some(access),
                        ..UsersFilter::default()
                    };
                    let these = UserIds::Matching {
                        organization: id,
                        filter,
                    };
                    changed += users::set(tx, &these, UserChange::Deactivate, &author.at)?;
                }
                if changed > 0 {
                    let details = format!("Deactivated {}.", count(changed, "user"));
                    author.note(tx, Kind::Deactivated, Some((id, &row.name)), details, None)?;
                }
                known(tx, id)
            })
            .await
    }
}
