//! Whom a check asks, looked at before anybody is asked: a list that is none refuses a check before
//! Autodiscover is asked for its server. Asks nobody, and enters nothing.

use std::io::{Cursor, Read as _};

use contract::{CheckScope, IdentifyBy, Problem};

use super::enter::nobody;
use super::load::{self, Canary, List};
use super::sample::Draw;
use super::settings::Settings;
use super::start::Mailboxes;
use crate::problems::{Refusal, internal, of_store};
use crate::stage::on_blocking_thread;

/// Mailboxes that must open, and mailboxes that must be refused.
pub(super) struct Addressees {
    pub(super) mailboxes: Mailboxes,
    pub(super) canaries: Vec<Canary>,
}

impl Addressees {
    /// The same, looked at where the URL is still to be found; else whoever enters the run refuses them
    /// soon enough. The lists are held in memory then, to be read twice.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`], [`contract::Code::BadList`]: as entering the run would refuse it.
    pub(super) async fn before_asking(self, settings: &Settings) -> Result<Self, Problem> {
        if settings.to_find.is_none() {
            return Ok(self);
        }
        let (by, users) = (settings.plan.identify_by, settings.row.counts.users);
        on_blocking_thread(move || self.looked_at(by, users)).await
    }

    fn looked_at(self, by: IdentifyBy, users: u64) -> Result<Self, Problem> {
        let canaries = self.canaries.into_iter();
        let canaries: Vec<Canary> = canaries
            .map(|canary| match canary {
                Canary::List(list) => Ok(Canary::List(read(list, by)?)),
                Canary::Address(text) => {
                    usable(by, Canary::Address(text.clone()))?;
                    Ok(Canary::Address(text))
                }
            })
            .collect::<Result<_, Problem>>()?;
        let mailboxes = match self.mailboxes {
            Mailboxes::List(list) => Mailboxes::List(read(list, by)?),
            Mailboxes::Sample(list, size) => {
                Draw::<()>::new(size, [0; 16])?;
                Mailboxes::Sample(read(list, by)?, size)
            }
            Mailboxes::Scope(scope) => {
                match &scope {
                    CheckScope::Sample { size } => {
                        Draw::<()>::new(*size, [0; 16])?;
                    }
                    CheckScope::Address { address } => {
                        let bytes = address.clone().into_bytes();
                        usable(by, Canary::List(list("the address", bytes)))?;
                    }
                    CheckScope::All if users == 0 && canaries.is_empty() => {
                        return Err(nobody(false));
                    }
                    _ => {}
                }
                Mailboxes::Scope(scope)
            }
            Mailboxes::None => Mailboxes::None,
        };
        Ok(Self {
            mailboxes,
            canaries,
        })
    }
}

/// A list that can be read once more.
fn read(mut from: List, by: IdentifyBy) -> Result<List, Problem> {
    let mut bytes = Vec::new();
    let whole = from.source.read_to_end(&mut bytes);
    whole.map_err(|error| internal("reading the list", &error))?;
    usable(by, Canary::List(list(&from.name, bytes.clone())))?;
    Ok(list(&from.name, bytes))
}

fn list(name: &str, bytes: Vec<u8>) -> List {
    List {
        name: name.to_owned(),
        source: Box::new(Cursor::new(bytes)),
    }
}

/// Read as the run reads it.
fn usable(by: IdentifyBy, list: Canary) -> Result<(), Problem> {
    match load::canaries(by, vec![list]) {
        Ok(_) => Ok(()),
        Err(Refusal::Problem(problem)) => Err(problem),
        Err(Refusal::Store(error)) => Err(of_store(error)),
    }
}
