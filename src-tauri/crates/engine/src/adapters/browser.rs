//! The browser of the system. It is handed an address of the allow-list and nothing else.

use contract::{Code, Problem};

use crate::ports::{Browser, WebPage};

/// The browser this person has chosen.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, page: &WebPage) -> Result<(), Problem> {
        open::that_detached(page.as_str()).map_err(|error| {
            tracing::warn!(%error, "no browser");
            Problem::new(
                Code::NotAllowed,
                format!("No browser could be opened: {error}."),
            )
            .hint(format!("Open this address yourself: {}", page.as_str()))
        })
    }
}
