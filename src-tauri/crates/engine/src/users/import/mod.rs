//! Adding many users: read a list, show what adding it would do, then add all or nothing.
//!
//! Until it is applied nothing is stored; previews are held in memory, a few of them, and forgotten
//! with the process.

mod apply;
mod classify;
mod preview;

pub(crate) use preview::preview_rows;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use contract::{ImportGroup, ImportPreviewRow, OrganizationId};
use store::users::NewUser;

/// Most previews held at once; the oldest goes first.
const MOST: usize = 4;
/// Most bytes of lists behind them.
pub(crate) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The previews that wait to be applied or cancelled.
#[derive(Default)]
pub(crate) struct Previews {
    held: Mutex<VecDeque<Arc<Preview>>>,
}

/// What adding a list would do.
pub(crate) struct Preview {
    token: String,
    organization: OrganizationId,
    /// File name, for the activity log.
    name: String,
    /// Size of the list.
    bytes: usize,
    rows: Vec<Row>,
}

/// A row of the list, classified.
struct Row {
    shown: ImportPreviewRow,
    /// Who is added; `None` where the row is left out.
    user: Option<NewUser>,
}

impl Previews {
    fn hold(&self, preview: Preview) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push_back(Arc::new(preview));
        while held.len() > 1
            && (held.len() > MOST || held.iter().map(|held| held.bytes).sum::<usize>() > MOST_BYTES)
        {
            held.pop_front();
        }
    }

    fn find(&self, token: &str) -> Option<Arc<Preview>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|preview| preview.token == token).cloned()
    }

    fn forget(&self, token: &str) {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|preview| preview.token != token);
    }
}

impl Preview {
    fn to_add(&self) -> u64 {
        self.rows.iter().filter(|row| row.user.is_some()).count() as u64
    }
}

/// Groups in the order they are shown.
const GROUPS: [ImportGroup; 8] = [
    ImportGroup::New,
    ImportGroup::Remote,
    ImportGroup::AlreadyHere,
    ImportGroup::Elsewhere,
    ImportGroup::Duplicate,
    ImportGroup::Alias,
    ImportGroup::System,
    ImportGroup::Bad,
];

#[cfg(test)]
mod tests {
    use contract::OrganizationId;

    use super::{MOST_BYTES, Preview, Previews};

    fn preview(token: &str, bytes: usize) -> Preview {
        let organization = OrganizationId(1);
        Preview {
            token: token.to_owned(),
            organization,
            name: String::new(),
            bytes,
            rows: Vec::new(),
        }
    }

    #[test]
    fn the_oldest_previews_go_when_there_are_too_many() {
        let previews = Previews::default();
        for token in ["a", "b", "c", "d", "e"] {
            previews.hold(preview(token, 1));
        }
        assert!(
            previews.find("a").is_none()
                && previews.find("b").is_some()
                && previews.find("e").is_some()
        );
        previews.hold(preview("big", MOST_BYTES));
        assert!(previews.find("e").is_none() && previews.find("big").is_some());
        previews.forget("big");
        assert!(previews.find("big").is_none());
    }
}
