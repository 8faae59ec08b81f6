//! The three ways to look users up: a group with the groups inside of it, the rooms of the room lists,
//! a name. Each tells how far it is, and stops when it is told to.

use std::collections::{HashSet, VecDeque};

use contract::{DirectoryLookup, DirectorySource};
use ews::{ResponseMessage, expand_dl, get_room_lists, get_rooms, resolve_names};
use tokio::sync::watch;

use super::asking::{Asking, NoAnswer};
use super::found::{Entry, Found};
use crate::activity::{count, grouped};

/// Most groups or room lists of one look-up.
const MOST_GROUPS: usize = 1_000;
/// What a room is called by Exchange.
const ROOM: &str = "RoomMailbox";

/// A look-up under way.
pub(super) struct Walk<'a> {
    pub(super) asking: Asking,
    pub(super) found: Found,
    pub(super) tell: &'a watch::Sender<DirectoryLookup>,
    read: u64,
}

/// How it ended: a plain sentence where there is something to say beside who was found.
pub(super) type End = Result<Option<String>, NoAnswer>;

impl<'a> Walk<'a> {
    pub(super) fn new(asking: Asking, tell: &'a watch::Sender<DirectoryLookup>) -> Self {
        Self {
            asking,
            found: Found::default(),
            tell,
            read: 0,
        }
    }

    pub(super) async fn look(&mut self, source: &DirectorySource) -> End {
        match source {
            DirectorySource::Group { address } => self.group(address).await,
            DirectorySource::Rooms => self.rooms().await,
            DirectorySource::Name { name } => self.name(name).await,
        }
    }

    async fn group(&mut self, address: &str) -> End {
        let mut visited = HashSet::from([address.to_lowercase()]);
        let mut waiting = VecDeque::from([address.to_owned()]);
        while let Some(group) = waiting.pop_front() {
            if self.asking.cancelled() {
                return Ok(None);
            }
            let asked = self
                .asking
                .ask(|version, user| expand_dl::request(version, user, &group));
            match asked.await {
                Ok(message) => self.members(&group, &message, &mut visited, &mut waiting),
                Err(why) if self.read == 0 => return Err(why),
                Err(why) => self.found.note(unread("group", &group, why)),
            }
            self.read += 1;
            self.told(waiting.len());
        }
        self.found.note(
            "Exchange doesn't name members that are hidden from address lists, nor those of hidden groups.",
        );
        Ok((self.found.count() == 0)
            .then(|| format!("No mailbox was found in {address} or in the groups inside of it.")))
    }

    fn members(
        &mut self,
        group: &str,
        message: &ResponseMessage,
        visited: &mut HashSet<String>,
        waiting: &mut VecDeque<String>,
    ) {
        for member in &message.members {
            let Entry::Group(inner) = self.found.take(member, None) else {
                continue;
            };
            if visited.len() >= MOST_GROUPS {
                self.found
                    .note("More than 1,000 groups are inside of this one: the rest was left out.");
            } else if visited.insert(inner.to_lowercase()) {
                waiting.push_back(inner);
            }
        }
        if let Some(page) = &message.page {
            let named = message.members.len() as u64;
            let missing = u64::from(page.total_items_in_view.unwrap_or(0)).saturating_sub(named);
            if missing > 0 || page.cut_off() {
                let how_many = if missing > 0 {
                    grouped(missing)
                } else {
                    "some".to_owned()
                };
                self.found.note(format!(
                    "Exchange left {how_many} of the members of {group} out of its answer."
                ));
            }
        }
    }

    async fn rooms(&mut self) -> End {
        let lists = self.asking.ask(get_room_lists::request).await?.room_lists;
        if lists.is_empty() {
            return Ok(Some(
                "No room lists are defined. The guide Rooms and resources shows how to make one."
                    .to_owned(),
            ));
        }
        let number = lists.len();
        for (at, list) in lists.into_iter().enumerate() {
            if self.asking.cancelled() {
                return Ok(None);
            }
            if at >= MOST_GROUPS {
                self.found
                    .note("There are more than 1,000 room lists: the rest was left out.");
                break;
            }
            let name = list.name.clone().unwrap_or_default();
            let Some(address) = list.smtp_address() else {
                self.found
                    .note(format!("The room list \"{name}\" has no address."));
                continue;
            };
            let asked = self
                .asking
                .ask(|version, user| get_rooms::request(version, user, address));
            match asked.await {
                Ok(message) => {
                    for room in &message.rooms {
                        self.found.take(room, Some(ROOM));
                    }
                }
                Err(why) => self.found.note(unread("room list", address, why)),
            }
            self.read += 1;
            self.told(number - at - 1);
        }
        self.found
            .note("Exchange leaves out rooms that are hidden from address lists.");
        Ok((self.found.count() == 0).then(|| {
            format!(
                "{} {} defined, without a room in it.",
                count(number as u64, "room list"),
                if number == 1 { "is" } else { "are" }
            )
        }))
    }

    async fn name(&mut self, name: &str) -> End {
        let asked = self
            .asking
            .ask(|version, user| resolve_names::request(version, user, name));
        let message = match asked.await {
            Err(NoAnswer::Nobody) => {
                return Ok(Some(format!("Nobody in the directory is called {name}.")));
            }
            message => message?,
        };
        for hit in &message.resolutions {
            if let Entry::Group(group) = self.found.take(hit, None) {
                self.found.leave_group();
                self.found
                    .note(format!("{group} is a group: look its members up instead."));
            }
        }
        if message.page.as_ref().is_some_and(ews::Page::cut_off) {
            self.found.note(format!(
                "Exchange shows 100 at most, and there are more. Write more of the name than \"{name}\"."
            ));
        }
        self.told(0);
        Ok((self.found.count() == 0)
            .then(|| format!("No mailbox was found that is called {name}.")))
    }

    fn told(&self, waiting: usize) {
        self.tell.send_modify(|lookup| {
            lookup.groups = self.read;
            lookup.waiting = waiting as u64;
            lookup.found = self.found.count();
            lookup.notes = self.found.notes();
        });
    }
}

fn unread(what: &str, address: &str, why: NoAnswer) -> String {
    match why {
        NoAnswer::Nobody => format!("The {what} {address} is not there any more."),
        NoAnswer::Failed(why) => format!("The {what} {address} couldn't be read. {why}"),
    }
}
