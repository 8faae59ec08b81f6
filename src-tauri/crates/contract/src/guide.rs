//! Set-up guides, filled in with this organization's names (panel §14); hand-off cards.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Badge, Blame, Cause, OrganizationId, Remedy, RemedyPurpose, RunId};

/// Names that commands are filled in with. Empty: the default in angle brackets or of the guide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct ExchangeNames {
    /// The group whose direct members may be impersonated.
    pub group: String,
    /// It is a security group, not a distribution group.
    pub security_group: bool,
    /// The management scope.
    pub scope: String,
    /// The management role assignment.
    pub assignment: String,
    /// A server of the organization, for commands that need one.
    pub server: String,
    /// A room list.
    pub room_list: String,
}

/// Saves the names.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SaveExchangeNames {
    /// Which organization.
    pub organization: OrganizationId,
    /// The names as they should be.
    pub names: ExchangeNames,
}

/// Which guides.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct GuidesQuery {
    /// Left out: placeholders instead of names.
    pub organization: Option<OrganizationId>,
}

/// A guide in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GuideSummary {
    /// `exchange-server`, `exchange-online`, `ews-app`, `old-route`, `hybrid`, `sign-in`, `rooms`, …
    pub id: String,
    /// `Exchange Server`, …
    pub title: String,
    /// One plain sentence.
    pub subtitle: String,
    /// Its standing today.
    pub badge: Option<Badge>,
    /// Steps that are marked done.
    pub done: u32,
    /// Steps in all.
    pub steps: u32,
}

/// Names one guide.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GuideRef {
    /// Left out: placeholders instead of names.
    #[ts(optional)]
    pub organization: Option<OrganizationId>,
    /// Which guide.
    pub guide: String,
}

/// Commands of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GuideBlock {
    /// What for.
    pub purpose: RemedyPurpose,
    /// The commands, `\n` between lines.
    pub powershell: String,
    /// Names that are not known yet and stand as placeholders.
    pub missing: Vec<String>,
    /// Dead commands are for reading only.
    pub copyable: bool,
    /// Must be picked: it covers every mailbox, or changes something for everyone.
    pub flagged: Option<String>,
    /// Where to type it, if not in the Exchange Management Shell.
    pub shell: Option<String>,
}

/// A step of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GuideStep {
    /// Stable within the guide.
    pub id: String,
    /// `Give the account its role`, …
    pub title: String,
    /// Why, in plain sentences.
    pub why: String,
    /// Its standing today.
    pub badge: Option<Badge>,
    /// Commands: look, change, verify, undo.
    pub blocks: Vec<GuideBlock>,
    /// Corrections and traps, a plain sentence each.
    pub notes: Vec<String>,
    /// A table (field and value), as on Microsoft's test page.
    pub facts: Vec<GuideFact>,
    /// A page that can be opened from here.
    pub page: Option<GuidePage>,
    /// Marked done.
    pub done: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GuideFact {
    /// Field.
    pub name: String,
    /// Value or explanation.
    pub value: String,
}

/// A guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Guide {
    /// As in the list.
    pub summary: GuideSummary,
    /// Names it is filled in with.
    pub names: ExchangeNames,
    /// Steps, numbered from 1 in this order.
    pub steps: Vec<GuideStep>,
    /// Date of the shipped calendar, `2026-11-22`.
    pub calendar: String,
    /// Pages of Microsoft it rests on.
    pub sources: Vec<String>,
}

/// `Mark done`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MarkGuideStep {
    /// Which organization.
    pub organization: OrganizationId,
    /// Which guide.
    pub guide: String,
    /// Which step.
    pub step: String,
    /// Done or not.
    pub done: bool,
}

/// A page of the web that may be opened in the system's browser: no other can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum GuidePage {
    /// The organization's own `https://{server}/ecp`.
    AdminCenter,
    /// Microsoft's connectivity test.
    MicrosoftTest,
    /// The Microsoft Entra admin center.
    EntraAdminCenter,
}

/// Opens a page in the system's browser.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OpenPage {
    /// Whose admin center.
    #[ts(optional)]
    pub organization: Option<OrganizationId>,
    /// Which page.
    pub page: GuidePage,
}

/// Names the rows of a run that carry one cause; or the cause of the run itself.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClusterRef {
    /// Which run.
    pub run: RunId,
    /// Which cause.
    pub cause: Cause,
}

/// What to hand to whoever has to change something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HandOffCard {
    /// A few words.
    pub title: String,
    /// Whose job it is.
    pub blame: Blame,
    /// What was seen, with count, account, server and time, in plain sentences.
    pub what: String,
    /// Why it matters and the likely reasons, in plain sentences.
    pub why: Vec<String>,
    /// Addresses it touches, 20 at most.
    pub mailboxes: Vec<String>,
    /// How many it touches.
    pub count: u64,
    /// The exact commands: look, change, undo, verify.
    pub remedy: Vec<Remedy>,
    /// How it will be verified, in plain sentences.
    pub verification: String,
    /// All of it as Markdown, for a ticket.
    pub markdown: String,
}
