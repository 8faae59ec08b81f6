//! Service Account Access: Microsoft's connectivity test for one mailbox, run locally (panel §9).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Cause, CheckPassword, EmailConfigurationForm, IdentifyBy, OrganizationId, RunId, Secret, Step,
    Verdict,
};

/// What to test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ServiceAccountFields {
    /// `Target mailbox email address`.
    pub mailbox: String,
    /// `Use Autodiscover to detect server settings`; else the URL of the form.
    #[serde(default)]
    pub use_autodiscover: bool,
    /// `Test predefined folder`: `inbox`, `calendar`, `contacts`, `tasks`.
    pub folder: String,
    /// `Use Exchange Impersonation`.
    pub impersonate: bool,
    /// `Impersonated user`; left out: the target mailbox.
    #[ts(optional)]
    pub impersonated_user: Option<String>,
    /// `Impersonated user identifier`.
    pub identify_by: IdentifyBy,
    /// `Also create and delete a draft (writes to this mailbox)`; asked again before it runs.
    #[serde(default)]
    pub write_test: bool,
}

/// `Perform test`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StartServiceAccountTest {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; left out: as saved.
    #[ts(optional)]
    pub form: Option<EmailConfigurationForm>,
    /// Where the password comes from.
    pub password: CheckPassword,
    /// What to test.
    pub fields: ServiceAccountFields,
    /// Send the password although it was refused within the last 30 minutes.
    #[serde(default)]
    pub send_again: bool,
    /// A password for the proxy's user, typed and not saved; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub proxy_password: Option<Secret>,
}

/// Names one test.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ServiceAccountTestRef {
    /// Its id.
    pub test: String,
}

/// Where a test stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ServiceAccountTestState {
    /// Going on.
    Running,
    /// Waits for `Create and delete a draft in {mailbox}?`
    Asking,
    /// At its end.
    Done,
    /// Stopped by the person; what was created is deleted all the same.
    Cancelled,
}

/// Answers whether the draft may be written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AnswerWriteTest {
    /// Which test.
    pub test: String,
    /// Write it, and delete it again.
    pub write: bool,
}

/// A test, as far as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ServiceAccountTest {
    /// Its id.
    pub test: String,
    /// Where it stands.
    pub state: ServiceAccountTestState,
    /// `form`, `dns`, `tcp`, `tls`, `discovery`, `ews`, `log_on`, `own_mailbox`, `rooms`,
    /// `impersonate`, `folder`, `create_item`, `delete_item`, in this order.
    pub steps: Vec<Step>,
    /// The verdict for the mailbox, once there is one.
    pub verdict: Option<Verdict>,
    /// Why.
    pub cause: Option<Cause>,
    /// How it ended, in one plain sentence.
    pub message: Option<String>,
    /// The run of one that it left in the history.
    pub run: Option<RunId>,
}

/// Asks for the values to paste into Microsoft's form.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ServiceAccountValues {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; left out: as saved.
    #[ts(optional)]
    pub form: Option<EmailConfigurationForm>,
    /// What to test.
    pub fields: ServiceAccountFields,
}

/// Text to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CopyText {
    /// The text; never holds a password.
    pub text: String,
}
