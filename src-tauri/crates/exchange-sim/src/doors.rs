//! How many connections are inside, and whether one more may enter. Knows nothing of what they say.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::throttling::{Beyond, ConnectionLimit};

/// The connections that are served, counted.
#[derive(Debug)]
pub(crate) struct Doors {
    inside: watch::Sender<u32>,
    peak: AtomicU64,
    turned_away: AtomicU64,
}

/// A place inside, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Doors>);

impl Doors {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inside: watch::Sender::new(0),
            peak: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
        })
    }

    /// A place, or none where the limit is reached.
    pub(crate) fn enter(self: &Arc<Self>, limit: Option<ConnectionLimit>) -> Option<Place> {
        let mut entered = None;
        self.inside.send_if_modified(|inside| {
            let room = limit.is_none_or(|limit| *inside < limit.most);
            if room {
                *inside += 1;
                entered = Some(*inside);
            }
            room
        });
        if let Some(now) = entered {
            self.peak.fetch_max(u64::from(now), Ordering::Relaxed);
        } else {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        entered.map(|_| Place(Arc::clone(self)))
    }

    /// Whether nobody may listen now.
    pub(crate) fn shut(&self, limit: Option<ConnectionLimit>) -> bool {
        limit.is_some_and(|limit| {
            limit.beyond == Beyond::Refused && *self.inside.borrow() >= limit.most
        })
    }

    /// Tells whenever somebody comes or goes.
    pub(crate) fn watch(&self) -> watch::Receiver<u32> {
        self.inside.subscribe()
    }

    /// Most that were inside at a time.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.load(Ordering::Relaxed)
    }

    /// Connections that came about and were not served. Those that TCP refused never came about.
    pub(crate) fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.inside.send_modify(|inside| *inside -= 1);
    }
}
