//! Settings of the app, and its state at start.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{PracticeState, Problem, ProxySetting};

/// Appearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// Follow the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// High contrast.
    HighContrast,
}

/// Settings of the app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Settings {
    /// Appearance.
    pub theme: Theme,
    /// HTTP proxy of organizations that inherit it; `Inherit` is the operating system's.
    pub proxy: ProxySetting,
    /// `Work offline`: no network call at all.
    pub work_offline: bool,
    /// The first-run cards have been dealt with.
    pub first_run_done: bool,
    /// The notice before the first check was accepted.
    pub check_notice_seen: bool,
}

/// The key store of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeyStoreState {
    /// `Windows Credential Manager`, `Keychain`, `Secret Service`.
    pub name: String,
    /// Whether it can be used now.
    pub available: bool,
    /// Why not, and what to do.
    pub problem: Option<Problem>,
}

/// What the window needs to start.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AppState {
    /// Version of the app.
    pub version: String,
    /// Data folder.
    pub data_dir: String,
    /// `windows`, `macos`, `linux`.
    pub platform: String,
    /// Settings.
    pub settings: Settings,
    /// The key store.
    pub key_store: KeyStoreState,
    /// Practice mode, where it is on.
    pub practice: Option<PracticeState>,
}
