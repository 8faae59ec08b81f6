//! The planned faults, and which of them a connection or request meets. Costs one atomic load when
//! nothing is planned, one map look-up for faults of single mailboxes.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fault::{Fault, Times, What, When};
use crate::windows::Leg;

/// The plan.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    early: AtomicUsize,
    late: AtomicUsize,
    connect: AtomicUsize,
    armed: Mutex<Armed>,
}

#[derive(Debug, Default)]
struct Armed {
    planned: u64,
    general: Vec<Entry>,
    by_mailbox: HashMap<String, Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    order: u64,
    when: When,
    left: Option<u64>,
    seen: u64,
    what: What,
}

impl Queue {
    /// Adds a fault behind those that are there.
    pub(crate) fn plan(&self, fault: Fault) {
        let left = match fault.times {
            Times::Once => Some(1),
            Times::N(n) => Some(n),
            Times::Always => None,
        };
        if left == Some(0) {
            return;
        }
        let mut armed = self.armed();
        armed.planned += 1;
        let order = armed.planned;
        self.class(&fault.when).fetch_add(1, Ordering::Release);
        let entry = Entry {
            order,
            when: fault.when,
            left,
            seen: 0,
            what: fault.what,
        };
        if let When::Mailbox(address) = &entry.when {
            armed
                .by_mailbox
                .entry(address.to_lowercase())
                .or_default()
                .push(entry);
        } else {
            armed.general.push(entry);
        }
    }

    /// Forgets every fault that is still planned.
    pub(crate) fn clear(&self) {
        let mut armed = self.armed();
        armed.general.clear();
        armed.by_mailbox.clear();
        for class in [&self.early, &self.late, &self.connect] {
            class.store(0, Ordering::Release);
        }
    }

    /// What a new connection meets.
    pub(crate) fn on_connect(&self) -> Option<What> {
        if self.connect.load(Ordering::Acquire) == 0 {
            return None;
        }
        self.strike(
            |when, _| matches!(when, When::Connect),
            |_| false,
            |what| {
                matches!(
                    what,
                    What::Close
                        | What::CloseInHandshake
                        | What::NoTls(_)
                        | What::Stall(_)
                        | What::Reset
                )
            },
        )
    }

    /// What a request meets before its log-on is looked at.
    pub(crate) fn on_arrival(&self, leg: Leg, path: &str) -> Option<What> {
        if self.early.load(Ordering::Acquire) == 0 {
            return None;
        }
        let fits = |when: &When, seen: u64| match when {
            When::Any => true,
            When::Path(prefix) => path
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
            When::Anonymous => leg == Leg::Anonymous,
            When::Credentials => leg != Leg::Anonymous,
            When::NtlmNegotiate => leg == Leg::Negotiate,
            When::NtlmAuthenticate => leg == Leg::Authenticate,
            When::LoggedOn => leg == Leg::LoggedOn,
            When::EveryNthLoggedOn(n) => leg == Leg::LoggedOn && seen.is_multiple_of((*n).max(1)),
            When::EveryNth(n) => seen.is_multiple_of((*n).max(1)),
            When::After(n) => seen > *n,
            _ => false,
        };
        let counts = |when: &When| match when {
            When::EveryNth(_) | When::After(_) => true,
            When::EveryNthLoggedOn(_) => leg == Leg::LoggedOn,
            _ => false,
        };
        self.strike(fits, counts, |_| true)
    }

    /// Whether any fault waits for accepted requests.
    pub(crate) fn expects_requests(&self) -> bool {
        self.late.load(Ordering::Acquire) > 0
    }

    /// What an accepted request meets: the identities are those in its impersonation header and the
    /// primary address they stand for.
    pub(crate) fn on_request(&self, operation: &str, identities: &[&str]) -> Option<What> {
        if self.late.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut armed = self.armed();
        let impersonates = !identities.is_empty();
        let mut general = None;
        for (index, entry) in armed.general.iter_mut().enumerate() {
            let fits = match &entry.when {
                When::LogOn => !impersonates,
                When::Impersonated => impersonates,
                When::Operation(name) => name == operation,
                When::EveryNthImpersonated(n) if impersonates => {
                    entry.seen += 1;
                    entry.seen.is_multiple_of((*n).max(1))
                }
                _ => false,
            };
            if fits && general.is_none() {
                general = Some(index);
            }
        }
        let keys: Vec<String> = identities
            .iter()
            .map(|identity| identity.to_lowercase())
            .collect();
        let key = keys
            .into_iter()
            .find(|key| armed.by_mailbox.contains_key(key));
        let own = key.as_ref().map(|key| armed.by_mailbox[key][0].order);
        let general_order = general.map(|index| armed.general[index].order);
        match (key, general) {
            (Some(key), _) if general_order.is_none_or(|order| own < Some(order)) => {
                let entries = armed
                    .by_mailbox
                    .get_mut(&key)
                    .expect("the key was just found");
                let what = self.spend(entries, 0);
                if entries.is_empty() {
                    armed.by_mailbox.remove(&key);
                }
                Some(what)
            }
            (_, Some(index)) => Some(self.spend(&mut armed.general, index)),
            _ => None,
        }
    }

    /// Shows the request to every general fault, and takes the first that fits.
    fn strike(
        &self,
        fits: impl Fn(&When, u64) -> bool,
        counts: impl Fn(&When) -> bool,
        able: impl Fn(&What) -> bool,
    ) -> Option<What> {
        let mut armed = self.armed();
        let mut first = None;
        for (index, entry) in armed.general.iter_mut().enumerate() {
            if counts(&entry.when) {
                entry.seen += 1;
            }
            if first.is_none() && able(&entry.what) && fits(&entry.when, entry.seen) {
                first = Some(index);
            }
        }
        first.map(|index| self.spend(&mut armed.general, index))
    }

    fn spend(&self, entries: &mut Vec<Entry>, index: usize) -> What {
        let entry = &mut entries[index];
        if let Some(left) = &mut entry.left {
            *left -= 1;
            if *left == 0 {
                let entry = entries.remove(index);
                self.class(&entry.when).fetch_sub(1, Ordering::Release);
                return entry.what;
            }
        }
        entry.what.clone()
    }

    fn class(&self, when: &When) -> &AtomicUsize {
        match when {
            When::Connect => &self.connect,
            When::LogOn
            | When::Impersonated
            | When::EveryNthImpersonated(_)
            | When::Operation(_)
            | When::Mailbox(_) => &self.late,
            _ => &self.early,
        }
    }

    fn armed(&self) -> std::sync::MutexGuard<'_, Armed> {
        self.armed
            .lock()
            .expect("nothing panics while it holds the plan")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_planned_fault_that_fits_is_used_as_often_as_told() {
        let queue = Queue::default();
        queue.plan(Fault::times(2, When::Anonymous, What::Close));
        queue.plan(Fault::always(When::Any, What::Reset));
        assert_eq!(
            queue.on_arrival(Leg::Credentials, "/ews"),
            Some(What::Reset),
            "not anonymous"
        );
        assert_eq!(queue.on_arrival(Leg::Anonymous, "/ews"), Some(What::Close));
        assert_eq!(queue.on_arrival(Leg::Anonymous, "/ews"), Some(What::Close));
        assert_eq!(
            queue.on_arrival(Leg::Anonymous, "/ews"),
            Some(What::Reset),
            "the first is spent"
        );
    }

    #[test]
    fn counting_starts_with_the_planning() {
        let queue = Queue::default();
        queue.plan(Fault::always(When::EveryNth(3), What::Close));
        let struck: Vec<bool> = (0..6)
            .map(|_| queue.on_arrival(Leg::Credentials, "/ews").is_some())
            .collect();
        assert_eq!(struck, [false, false, true, false, false, true]);
        queue.clear();
        queue.plan(Fault::once(When::After(1), What::Reset));
        assert_eq!(queue.on_arrival(Leg::Credentials, "/ews"), None);
        assert_eq!(
            queue.on_arrival(Leg::Credentials, "/ews"),
            Some(What::Reset)
        );
        assert_eq!(queue.on_arrival(Leg::Credentials, "/ews"), None, "spent");
    }

    #[test]
    fn a_mailbox_meets_its_own_faults_in_any_case() {
        let queue = Queue::default();
        queue.plan(Fault::once(When::Mailbox("A@b.c".to_owned()), What::Close));
        queue.plan(Fault::once(When::LogOn, What::Reset));
        assert_eq!(queue.on_request("GetFolder", &["x@b.c"]), None);
        assert_eq!(
            queue.on_request("GetFolder", &["alias@b.c", "a@B.C"]),
            Some(What::Close)
        );
        assert_eq!(queue.on_request("GetFolder", &["a@b.c"]), None, "spent");
        assert_eq!(
            queue.on_request("GetFolder", &[]),
            Some(What::Reset),
            "a log-on"
        );
        assert_eq!(
            queue.late.load(Ordering::Relaxed),
            0,
            "nothing left to look for"
        );
    }

    #[test]
    fn paths_and_operations_meet_their_own_faults() {
        let queue = Queue::default();
        queue.plan(Fault::once(When::Path("/Auto".to_owned()), What::Close));
        queue.plan(Fault::once(
            When::Operation("DeleteItem".to_owned()),
            What::Reset,
        ));
        assert_eq!(queue.on_arrival(Leg::Anonymous, "/ews"), None);
        assert_eq!(queue.on_arrival(Leg::Anonymous, "/a"), None);
        let path = "/autodiscover/autodiscover.xml";
        assert_eq!(queue.on_arrival(Leg::Anonymous, path), Some(What::Close));
        assert_eq!(queue.on_request("CreateItem", &["a@b.c"]), None);
        assert_eq!(
            queue.on_request("DeleteItem", &["a@b.c"]),
            Some(What::Reset)
        );
    }

    #[test]
    fn a_connection_meets_only_faults_of_connections() {
        let queue = Queue::default();
        queue.plan(Fault::once(When::Connect, What::denied()));
        queue.plan(Fault::once(When::Connect, What::Reset));
        assert_eq!(
            queue.on_connect(),
            Some(What::Reset),
            "an answer cannot strike here"
        );
        assert_eq!(queue.on_connect(), None);
    }
}
