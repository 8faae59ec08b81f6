//! Rooms, room lists and distribution groups of the practice organization.

use super::PracticeUser;
use super::world::DOMAIN;
use crate::options::{Group, Mailbox};

/// A mail alias and a name.
type Entry = (&'static str, &'static str);

/// Room lists, each with its rooms.
const BUILDINGS: [(Entry, &[Entry]); 2] = [
    (
        ("rooms.harbor", "Harbor Building rooms"),
        &[
            ("room.lighthouse", "Lighthouse (12)"),
            ("room.anchor", "Anchor (6)"),
            ("room.pier", "Pier (4)"),
        ],
    ),
    (
        ("rooms.garden", "Garden Building rooms"),
        &[
            ("room.orchard", "Orchard (20)"),
            ("room.meadow", "Meadow (8)"),
        ],
    ),
];

/// How many people the groups hold; an organization of 50,000 has no group of everybody.
const MEMBERS: usize = 60;

/// The mailboxes of all rooms.
pub(super) fn rooms() -> Vec<Mailbox> {
    let rooms = BUILDINGS.iter().flat_map(|(_, rooms)| rooms.iter());
    rooms
        .map(|(alias, name)| Mailbox::new(&address(alias), name))
        .collect()
}

/// A room list a building, and `All Staff` with `Sales` and `Sales North` nested in it, the last of
/// which holds `Sales` again.
pub(super) fn groups(users: &[PracticeUser]) -> Vec<Group> {
    let lists = BUILDINGS.iter().map(|((alias, name), rooms)| Group {
        is_room_list: true,
        ..group(alias, name, rooms.iter().map(|(room, _)| address(room)))
    });
    let people: Vec<String> = users
        .iter()
        .filter(|user| !user.must_refuse)
        .take(MEMBERS)
        .map(|user| user.primary.clone())
        .collect();
    let third = |offset: usize| people.iter().skip(offset).step_by(3).cloned();
    let nested = |alias: &str| std::iter::once(address(alias));
    let staff = [
        group("all-staff", "All Staff", third(0).chain(nested("sales"))),
        group("sales", "Sales", third(1).chain(nested("sales-north"))),
        group(
            "sales-north",
            "Sales North",
            third(2).chain(nested("sales")),
        ),
    ];
    lists.chain(staff).collect()
}

fn group(alias: &str, name: &str, members: impl Iterator<Item = String>) -> Group {
    Group {
        members: members.collect(),
        ..Group::new(&address(alias), name, &[])
    }
}

fn address(alias: &str) -> String {
    format!("{alias}@{DOMAIN}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::practice::{Scenario, setup};

    #[test]
    fn everybody_is_reached_through_the_nested_groups_and_every_room_is_a_mailbox() {
        let practice = setup(Scenario::Healthy, 20);
        let groups = &practice.options.groups;
        let (mut seen, mut next) = (HashSet::new(), vec![address("all-staff")]);
        while let Some(address) = next.pop() {
            let group = groups.iter().find(|group| group.address == address);
            if let Some(group) = group.filter(|group| seen.insert(group.address.clone())) {
                next.extend(group.members.clone());
            }
            seen.insert(address);
        }
        let people = practice.users.iter().filter(|user| !user.must_refuse);
        assert!(people.clone().all(|user| seen.contains(&user.primary)));
        assert_eq!(seen.len(), people.count() + 3, "and three groups");
        let known: HashSet<&String> = practice
            .options
            .mailboxes
            .iter()
            .map(|m| &m.primary)
            .collect();
        let lists = groups.iter().filter(|group| group.is_room_list);
        assert!(
            lists
                .flat_map(|list| &list.members)
                .all(|room| known.contains(room))
        );
    }
}
