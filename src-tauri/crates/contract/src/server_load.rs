//! What a run did to the server, as a series over its time, and what the server seems to allow.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LoadSample {
    /// Milliseconds since this part of the run began; ascending.
    pub at_ms: u64,
    /// Mailboxes decided a second since the sample before.
    pub rate: f64,
    /// Mean time of the answers since the sample before, milliseconds; left out: none came.
    pub latency_ms: Option<f64>,
    /// Connections that may be in use.
    pub lanes: u32,
    /// Answers since the sample before that asked to come back later.
    pub back_offs: u32,
}

/// What a run did to the server. At most 240 samples: of a long run neighbors are merged.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct ServerLoad {
    /// Oldest first.
    pub samples: Vec<LoadSample>,
    /// Most connections that were allowed by the settings.
    pub ceiling: u32,
    /// Answers that asked to come back later, in all.
    pub back_offs: u64,
    /// Connections that the server seems to allow, once it has objected to more.
    pub allowed: Option<u32>,
    /// `Your server seems to allow about 20 connections.`, or why nothing can be said.
    pub sentence: String,
}

/// What was learned about the server of an organization, kept from run to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LearnedLoad {
    /// Connections that the server seems to allow.
    pub allowed: u32,
    /// When that was seen (RFC 3339, UTC).
    pub learned_at: String,
    /// `Your server seems to allow about 20 connections.`
    pub sentence: String,
}
