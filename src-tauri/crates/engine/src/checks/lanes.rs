//! The wire of one run: real lanes behind the Mailroom port.

use std::sync::Arc;

use exchange::{Authenticator, Call, Endpoint, Fault, Lane, Reply, Stats, StatsSnapshot, Trust};

use super::redact::Redactor;
use crate::ports::{BoxFuture, MailLane, Mailroom};

/// Lanes to one endpoint, with one trust and one way to log on.
pub(crate) struct Wire {
    endpoint: Arc<Endpoint>,
    trust: Arc<Trust>,
    authenticator: Arc<dyn Authenticator>,
    stats: Arc<Stats>,
    /// Takes the secret out of what the server sends back.
    pub(crate) redactor: Arc<Redactor>,
}

impl Wire {
    pub(crate) fn new(
        endpoint: Endpoint,
        trust: Trust,
        authenticator: Arc<dyn Authenticator>,
        redactor: Redactor,
    ) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            trust: Arc::new(trust),
            authenticator,
            stats: Arc::default(),
            redactor: Arc::new(redactor),
        }
    }
}

impl Mailroom for Wire {
    fn lane(&self) -> Box<dyn MailLane> {
        Box::new(WireLane {
            lane: Lane::new(
                Arc::clone(&self.endpoint),
                Arc::clone(&self.trust),
                Arc::clone(&self.stats),
            ),
            authenticator: Arc::clone(&self.authenticator),
        })
    }

    fn snapshot(&self) -> StatsSnapshot {
        self.stats.snapshot()
    }
}

struct WireLane {
    lane: Lane,
    authenticator: Arc<dyn Authenticator>,
}

impl MailLane for WireLane {
    fn log_on(&mut self) {
        self.lane.log_on_with(Arc::clone(&self.authenticator));
    }

    fn close(&mut self) {
        self.lane.close();
    }

    fn post<'a>(&'a mut self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Fault>> {
        Box::pin(self.lane.post(call))
    }
}
