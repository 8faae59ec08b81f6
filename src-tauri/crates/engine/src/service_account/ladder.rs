//! The thirteen steps of the test and where they stand. Decides nothing.

use contract::{RunId, ServiceAccountTest, ServiceAccountTestState, Step, StepStatus};
use tokio::sync::watch;

use super::subject::Checked;
use crate::checks::{Rung as _, rung};

/// Every step with its title, in the order of the contract.
const STEPS: [(&str, &str); 13] = [
    ("form", "Form values"),
    ("dns", "Name resolves"),
    ("tcp", "Port, proxy"),
    ("tls", "Certificate"),
    ("discovery", "Autodiscover"),
    ("ews", "EWS answers"),
    ("log_on", "Service account signs in"),
    ("own_mailbox", "Service account's own Inbox"),
    ("rooms", "Room lists"),
    ("impersonate", "Impersonation"),
    ("folder", "Test predefined folder"),
    ("create_item", "Create a draft"),
    ("delete_item", "Delete the draft"),
];

/// Before the first step.
pub(super) fn nothing_yet(id: &str, checked: &Checked, run: RunId) -> ServiceAccountTest {
    let steps = STEPS
        .iter()
        .map(|(id, title)| match *id {
            "folder" => rung(id, format!("{title}: {}", checked.folder_name())),
            _ => rung(id, *title),
        })
        .map(|step| step.skipped("Not reached yet."))
        .collect();
    ServiceAccountTest {
        test: id.to_owned(),
        state: ServiceAccountTestState::Running,
        steps,
        verdict: None,
        cause: None,
        message: None,
        run: Some(run),
    }
}

/// A step under its title, not reached.
pub(super) fn step(found: &watch::Sender<ServiceAccountTest>, id: &str) -> Step {
    let title = found
        .borrow()
        .steps
        .iter()
        .find(|step| step.id == id)
        .map(|step| step.title.clone());
    rung(id, title.unwrap_or_default())
}

/// Shows a step as it is now; a broken one leaves the rest behind.
pub(super) fn show(found: &watch::Sender<ServiceAccountTest>, step: Step) {
    found.send_modify(|test| {
        if let Some(known) = test.steps.iter_mut().find(|known| known.id == step.id) {
            *known = step;
        }
    });
}

/// At the end nothing goes on, and what was not reached says so.
pub(super) fn close(steps: &mut [Step]) {
    for step in steps {
        let open = step.status == StepStatus::Running || step.message == "Not reached yet.";
        if open {
            step.status = StepStatus::Skipped;
            "Not reached.".clone_into(&mut step.message);
        }
    }
}
