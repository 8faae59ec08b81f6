//! Adding many users: read a list, show what adding it would do, then add all or nothing.
//!
//! A list is read as it comes, however long it is, and held in a temporary database. Until it is
//! applied nothing is stored; a few previews are held, and forgotten with the process.

mod apply;
mod classify;
mod preview;
mod read;

pub(crate) use preview::preview_rows;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use contract::{ImportGroup, OrganizationId};
use store::users::WaitingList;

/// Most previews held at once; the oldest goes first.
const MOST: usize = 4;
/// Most bytes of a list that comes in one piece.
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
    list: Arc<WaitingList>,
    /// How many rows are in which group.
    groups: Vec<(ImportGroup, u64)>,
}

impl Previews {
    fn hold(&self, preview: Preview) -> Arc<Preview> {
        let preview = Arc::new(preview);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push_back(Arc::clone(&preview));
        while held.len() > MOST {
            held.pop_front();
        }
        preview
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
    fn rows(&self) -> u64 {
        self.groups.iter().map(|(_, rows)| rows).sum()
    }

    fn to_add(&self) -> u64 {
        let added = |group| matches!(group, ImportGroup::New | ImportGroup::Remote);
        let groups = self.groups.iter().filter(|(group, _)| added(*group));
        groups.map(|(_, rows)| rows).sum()
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

    use super::{Arc, Preview, Previews, WaitingList};

    fn preview(token: &str) -> Preview {
        Preview {
            token: token.to_owned(),
            organization: OrganizationId(1),
            name: String::new(),
            list: Arc::new(WaitingList::new().expect("temporary space")),
            groups: Vec::new(),
        }
    }

    #[test]
    fn the_oldest_previews_go_when_there_are_too_many() {
        let previews = Previews::default();
        for token in ["a", "b", "c", "d", "e"] {
            previews.hold(preview(token));
        }
        assert!(
            previews.find("a").is_none()
                && previews.find("b").is_some()
                && previews.find("e").is_some()
        );
        previews.forget("e");
        assert!(previews.find("e").is_none());
    }
}
