//! The names that commands are filled in with: as saved for the organization, else what the server told
//! of itself, else the defaults of the guide.

use std::sync::Arc;

use contract::{ExchangeNames, OrganizationId, Problem, RunAuthentication};
use store::exchange_names;

use crate::problems::of_store;
use crate::stage::Stage;

/// Stands for a server whose name is not known.
pub const SERVER: &str = "<server>";

/// The names of an organization; those of the guide where none are saved, or for a one-off audit.
///
/// # Errors
/// As the database.
pub(crate) async fn names_of(
    stage: &Arc<Stage>,
    organization: Option<OrganizationId>,
) -> Result<ExchangeNames, Problem> {
    let Some(organization) = organization else {
        return Ok(ExchangeNames::default());
    };
    let saved = stage
        .db
        .read(move |tx| exchange_names::load(tx, organization));
    Ok(saved.await.map_err(of_store)?.unwrap_or_default())
}

/// The same with nothing left empty. The server is the one that named itself in its NTLM challenge, if any
/// did.
#[must_use]
pub fn filled(names: &ExchangeNames, seen: Option<&RunAuthentication>) -> ExchangeNames {
    let or = |saved: &str, default: &str| {
        let saved = saved.trim();
        if saved.is_empty() { default } else { saved }.to_owned()
    };
    let computer = seen
        .and_then(|seen| seen.domain.as_ref()?.computer.as_deref())
        .and_then(|computer| computer.split('.').next())
        .filter(|label| !label.is_empty())
        .unwrap_or(SERVER);
    ExchangeNames {
        group: or(&names.group, "EWS-Imp-Users"),
        security_group: names.security_group,
        scope: or(&names.scope, "EWS-Imp-Scope"),
        assignment: or(&names.assignment, "EWS-Imp-App"),
        server: or(&names.server, computer),
        room_list: or(&names.room_list, "Rooms"),
    }
}
