//! Practice mode: a simulated Exchange on loopback, with a database of its own.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A scenario to practise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PracticeScenario {
    /// Stable id.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it shows.
    pub shows: String,
    /// The verdict to expect.
    pub expected: String,
}

/// Enters practice mode, or changes its scenario.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PracticeStart {
    /// Id of the scenario; left out: `healthy`.
    #[ts(optional)]
    pub scenario: Option<String>,
    /// Users, 1 to 50,000; left out: 200.
    #[ts(optional)]
    pub users: Option<u32>,
}

/// Practice mode as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PracticeState {
    /// The scenario.
    pub scenario: PracticeScenario,
    /// EWS URL of the simulated Exchange.
    pub ews_url: String,
    /// Account Logon of the practice service account.
    pub account: String,
    /// Its password: worth nothing outside practice mode, shown so that it can be typed.
    pub password: String,
    /// The organization that was set up.
    pub organization: crate::OrganizationId,
}
