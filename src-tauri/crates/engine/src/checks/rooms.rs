//! Room lists, looked for at the very end of a run: what comes of it stands in the step ladder and
//! changes nothing else, neither a verdict nor how the run ended. A password that is refused here is
//! noted by the lock-out guard like any other, and sent no more.

use std::time::Duration;

use bytes::Bytes;
use exchange::{Call, Fault, Reply};
use tokio::time::Instant;

use super::conductor::Conductor;
use super::session::{held_back, was_refused};
use super::spec::Access;
use crate::diagnosis::{Asked, observe};
use crate::ports::{BoxFuture, MailLane};
use crate::rooms::{self, Asker, RoomLists};

/// Longest time for all of it.
const BUDGET: Duration = Duration::from_secs(30);

/// One lane of a run, asking.
struct Probe<'a> {
    lane: Box<dyn MailLane>,
    access: &'a Access,
    /// The password was refused: it is sent no more.
    refused: bool,
}

impl Asker for Probe<'_> {
    fn ask<'a>(
        &'a mut self,
        body: String,
        anchor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Reply, Fault>> {
        let id = uuid::Builder::from_random_bytes(self.access.dice.roll());
        let call = Call {
            body: Bytes::from(body),
            anchor: anchor.map(str::to_owned),
            request_id: id.into_uuid().to_string(),
            idempotent: true,
            target: exchange::Target::default(),
        };
        Box::pin(async move {
            if self.refused {
                return Err(held_back());
            }
            let outcome = self.lane.post(&call).await;
            let asked = Asked::Directory;
            let observed = observe(&outcome, asked, &[], self.access.clock.now());
            if was_refused(&outcome, &observed) {
                self.refused = true;
                self.access.password.refused();
            }
            outcome
        })
    }
}

impl Conductor {
    /// Looks for room lists where this run is to, and where a mailbox opened. Cancelling ends it.
    pub(super) async fn look_for_rooms(&mut self) {
        if !self.spec.rooms || self.facts.opener.is_none() {
            return;
        }
        if self.governor.paused_until(Instant::now()).is_some() {
            let why = "the server is busy, so it was not asked".to_owned();
            self.facts.rooms = Some(RoomLists::Unknown { why });
            return;
        }
        let lane = self.take_lane();
        let access = &self.spec.access;
        let mut probe = Probe {
            lane,
            access,
            refused: false,
        };
        let (facts, mut cancel) = (&self.facts, self.cancel.clone());
        let found = rooms::find(
            &mut probe,
            self.schema,
            facts.own_mailbox,
            facts.opener.as_ref(),
        );
        let found = tokio::select! {
            biased;
            _ = cancel.wait_for(|cancelled| *cancelled) => None,
            found = tokio::time::timeout(BUDGET, found) => found.ok(),
        };
        let found = found.unwrap_or_else(|| RoomLists::Unknown {
            why: "it took too long, or the check was canceled".to_owned(),
        });
        let Probe { mut lane, .. } = probe;
        lane.close();
        self.facts.rooms = Some(found);
        self.put_lane(lane);
    }
}
