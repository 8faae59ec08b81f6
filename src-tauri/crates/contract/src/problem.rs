//! The one error type at the edge.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What kind of problem it is. A code exists only because someone branches on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[non_exhaustive]
pub enum Code {
    /// The request or a value in it is not acceptable; `field` may say which.
    Invalid,
    /// What was named is not there (any more).
    NotFound,
    /// A name or address is taken.
    Taken,
    /// The action is not possible as things stand (default organization, active users, …).
    NotAllowed,
    /// A check of this organization is already running.
    AlreadyRunning,
    /// A password is needed and neither typed nor stored.
    PasswordNeeded,
    /// The same password was refused within the last 30 minutes; it is sent again only on request.
    PasswordRefused,
    /// The key store is locked or missing, or refused.
    KeyStore,
    /// The data folder cannot be used: not writable, in use by another instance, full.
    DataFolder,
    /// The database was written by a newer version.
    NewerDatabase,
    /// The user list cannot be read; the message names file and line.
    BadList,
    /// A certificate file cannot be used.
    BadCertificate,
    /// `Work offline` is on.
    Offline,
    /// Our own fault.
    Internal,
}

impl Code {
    /// The code as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Taken => "taken",
            Self::NotAllowed => "not_allowed",
            Self::AlreadyRunning => "already_running",
            Self::PasswordNeeded => "password_needed",
            Self::PasswordRefused => "password_refused",
            Self::KeyStore => "key_store",
            Self::DataFolder => "data_folder",
            Self::NewerDatabase => "newer_database",
            Self::BadList => "bad_list",
            Self::BadCertificate => "bad_certificate",
            Self::Offline => "offline",
            Self::Internal => "internal",
        }
    }
}

/// Why something could not be done, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
#[error("{message}")]
pub struct Problem {
    /// What kind of problem it is.
    pub code: Code,
    /// One plain sentence.
    pub message: String,
    /// The next step, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub hint: Option<String>,
    /// The form field it belongs to, in the name of the request (`name`, `ewsUrl`, …).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub field: Option<String>,
}

impl Problem {
    /// A problem without hint or field.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            field: None,
        }
    }

    /// The same, with the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, tied to a form field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Bad input in one field.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message).field(field)
    }
}
