//! Users from Exchange: the members of a group, the rooms of the room lists, whoever has a name; and where
//! mailboxes live. Everything here reads; whoever is found is added by the import only.

mod asking;
mod consequence;
mod found;
mod hybrid;
mod lookup;
mod walk;
mod whereabouts;

pub(crate) use hybrid::HybridJobs;
