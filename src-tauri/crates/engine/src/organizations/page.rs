//! The list of organizations and the page of one, with the next step to take.

use contract::{
    OrganizationPage, OrganizationRef, OrganizationRow, OrganizationsQuery, Problem, RunState,
};
use jiff::civil::Date;
use store::email_configurations::StoredConfiguration;
use store::runs::StoredRun;
use store::{StoreError, email_configurations, organizations, runs};

use super::known;
use crate::Engine;
use crate::checks::learned_page;
use crate::email_configuration::why_not_served;

impl Engine {
    /// Organizations by name, the default one first.
    ///
    /// # Errors
    /// As [`Problem`].
    pub async fn organizations_list(
        &self,
        request: OrganizationsQuery,
    ) -> Result<Vec<OrganizationRow>, Problem> {
        self.stage()
            .read(move |tx| Ok(organizations::list(tx, &request)?))
            .await
    }

    /// The page of one organization.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`].
    pub async fn organization_show(
        &self,
        request: OrganizationRef,
    ) -> Result<OrganizationPage, Problem> {
        let id = request.organization;
        let stage = self.stage();
        let today = stage.today();
        let offline =
            !stage.practice && crate::settings::load(&self.inner.real).await?.work_offline;
        let running = stage.running.running(id);
        stage
            .read(move |tx| {
                let row = known(tx, id)?;
                let settings = organizations::settings(tx, id)?.ok_or(StoreError::NotFound)?;
                let stored = email_configurations::load(tx, id)?;
                let latest = match runs::latest(tx, Some(id))? {
                    Some(run) => runs::show(tx, &run)?,
                    None => None,
                };
                let url = stored.as_ref().map(|stored| stored.form.ews_url.as_str());
                let learned = learned_page(tx, id, url)?;
                let next_step = next_step(&row, stored.as_ref(), latest.as_ref());
                let blocked = blocked(next_step, &row, offline, today);
                Ok(OrganizationPage {
                    learned,
                    next_step: next_step.to_owned(),
                    blocked,
                    running,
                    settings,
                    configured: stored.is_some(),
                    row,
                })
            })
            .await
    }
}

/// Users, then the form, then a check with it, then its results applied, then watching.
fn next_step(
    row: &OrganizationRow,
    stored: Option<&StoredConfiguration>,
    latest: Option<&StoredRun>,
) -> &'static str {
    if row.counts.users == 0 {
        return "add_users";
    }
    let draft_waits =
        |run: &StoredRun| run.row.draft && run.row.summary.granted > 0 && !is_running(run);
    if latest.is_some_and(|run| run.applied_at.is_none() && draft_waits(run)) {
        return "save";
    }
    let Some(stored) = stored else {
        return "fill_configuration";
    };
    let Some(run) = latest.filter(|run| run.fingerprint == stored.fingerprint) else {
        return "check";
    };
    match run.applied_at {
        _ if is_running(run) => "check",
        None if run.row.summary.granted > 0 => "save",
        _ if row.counts.active > 0 => "watch",
        _ => "check",
    }
}

fn is_running(run: &StoredRun) -> bool {
    run.row.state == RunState::Running
}

fn blocked(next_step: &str, row: &OrganizationRow, offline: bool, today: Date) -> Option<String> {
    if next_step != "check" {
        return None;
    }
    why_not_served(row.access_type, today)
        .or_else(|| offline.then(|| "Needs the network. Work offline is on.".to_owned()))
}
