//! The books of throttling: a token bucket for each payer, the requests under way, and who came back
//! before their time. Takes the time from tokio's clock; never waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::ews_error::EwsError;
use crate::throttling::{Budget, Throttled, Throttling};

/// Longest lock, for budgets that hardly fill at all.
const DAY: Duration = Duration::from_hours(24);

/// In whose name a request is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Payer {
    /// The copy of the budget of the mailbox with this primary address (lower case).
    Mailbox(String),
    /// The account at this place of the options.
    Account(usize),
}

/// The books.
#[derive(Debug, Default)]
pub(crate) struct Budgets {
    books: Arc<Mutex<Books>>,
}

#[derive(Debug, Default)]
struct Books {
    buckets: HashMap<Payer, Bucket>,
    /// When each may come back, as it was told last.
    told: HashMap<Payer, Instant>,
    counts: Throttled,
}

/// A request that is worked on. It counts as under way until this is dropped.
#[derive(Debug)]
pub(crate) struct Work {
    books: Arc<Mutex<Books>>,
    payers: Vec<Payer>,
    /// How long it takes.
    pub(crate) time: Duration,
}

impl Budgets {
    /// Charges a request of this account, in the name of `asker`.
    ///
    /// # Errors
    /// What Exchange says instead of an answer.
    pub(crate) fn admit(
        &self,
        asker: Payer,
        account: usize,
        rules: &Throttling,
    ) -> Result<Work, EwsError> {
        let now = Instant::now();
        let mut books = lock(&self.books);
        let early = books.told.remove(&asker).is_some_and(|until| now < until);
        books.counts.early += u64::from(early);
        let mut payers = vec![asker];
        if rules.charges_account && matches!(payers[0], Payer::Mailbox(_)) {
            payers.push(Payer::Account(account));
        }
        for payer in &payers {
            if let Some(until) = books.bucket(payer, rules, now).locked_until {
                books.counts.busy += 1;
                books.told.insert(payers[0].clone(), until);
                return Err(EwsError::busy(whole_milliseconds(until - now)));
            }
        }
        for payer in &payers {
            let most = budget(payer, rules).max_concurrency;
            let running = books.bucket(payer, rules, now).running;
            if most.is_some_and(|most| running >= most) {
                books.counts.too_many += 1;
                return Err(EwsError::fault("ErrorExceededConnectionCount"));
            }
        }
        let mut overdrawn = false;
        for payer in &payers {
            overdrawn |=
                books
                    .bucket(payer, rules, now)
                    .charge(rules.cost, budget(payer, rules), now);
        }
        books.counts.paid += 1;
        let slower = if overdrawn { rules.micro_delay } else { 0 };
        let time = Duration::from_millis(u64::from(rules.cost) + u64::from(slower));
        drop(books);
        Ok(Work {
            books: Arc::clone(&self.books),
            payers,
            time,
        })
    }

    /// What it came to so far.
    pub(crate) fn counts(&self) -> Throttled {
        lock(&self.books).counts
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let mut books = lock(&self.books);
        for payer in &self.payers {
            if let Some(bucket) = books.buckets.get_mut(payer) {
                bucket.running = bucket.running.saturating_sub(1);
            }
        }
    }
}

impl Books {
    /// The bucket of a payer, filled up to now.
    fn bucket(&mut self, payer: &Payer, rules: &Throttling, now: Instant) -> &mut Bucket {
        let budget = budget(payer, rules);
        let bucket = self.buckets.entry(payer.clone()).or_insert_with(|| {
            let spent = match payer {
                Payer::Mailbox(primary) => rules.spent_by_others.get(primary).copied(),
                Payer::Account(_) => None,
            };
            let mut bucket = Bucket {
                balance: f64::from(budget.burst) - f64::from(spent.unwrap_or_default()),
                at: now,
                locked_until: None,
                running: 0,
            };
            bucket.lock_if_spent(budget, now);
            bucket
        });
        bucket.fill(budget, now);
        bucket
    }
}

/// A payer's bucket.
#[derive(Debug)]
struct Bucket {
    /// Milliseconds; below zero it is overdrawn.
    balance: f64,
    /// When that was.
    at: Instant,
    locked_until: Option<Instant>,
    running: u32,
}

impl Bucket {
    fn fill(&mut self, budget: &Budget, now: Instant) {
        let earned = now.duration_since(self.at).as_secs_f64() * 1_000.0 * rate(budget);
        self.balance = (self.balance + earned).min(f64::from(budget.burst));
        self.at = now;
        if self.locked_until.is_some_and(|until| until <= now) {
            self.locked_until = None;
        }
    }

    /// Takes the cost out; says whether it is overdrawn now.
    fn charge(&mut self, cost: u32, budget: &Budget, now: Instant) -> bool {
        self.running += 1;
        self.balance -= f64::from(cost);
        self.lock_if_spent(budget, now);
        self.balance < 0.0
    }

    /// Overdrawn by more than is allowed: locked until it is out of the red.
    fn lock_if_spent(&mut self, budget: &Budget, now: Instant) {
        if self.balance < -f64::from(budget.cutoff) {
            let seconds = -self.balance / rate(budget) / 1_000.0;
            let lock = Duration::try_from_secs_f64(seconds).map_or(DAY, |lock| lock.min(DAY));
            self.locked_until = Some(now + lock);
        }
    }
}

/// Milliseconds that a bucket earns in a millisecond.
fn rate(budget: &Budget) -> f64 {
    f64::from(budget.recharge) / 3_600_000.0
}

fn budget<'a>(payer: &Payer, rules: &'a Throttling) -> &'a Budget {
    match payer {
        Payer::Mailbox(_) => &rules.mailbox,
        Payer::Account(_) => &rules.account,
    }
}

/// Rounded up, so that nobody is told to come back too early.
fn whole_milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

fn lock(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    // Counts and times: whoever panicked left nothing half done.
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::{Budgets, Payer};
    use crate::ews_error::EwsError;
    use crate::throttling::{Budget, Throttling};

    /// 100 ms to spend, 50 more on credit, half a millisecond earned in one; 10 ms a request.
    fn rules() -> Throttling {
        let budget = Budget {
            max_concurrency: Some(2),
            burst: 100,
            recharge: 1_800_000,
            cutoff: 50,
        };
        Throttling {
            mailbox: budget,
            account: budget,
            micro_delay: 7,
            ..Throttling::default()
        }
    }

    fn anna() -> Payer {
        Payer::Mailbox("anna@contoso.com".to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_pays_its_burst_and_its_credit_and_is_locked_until_it_is_out_of_the_red() {
        let (budgets, rules) = (Budgets::default(), rules());
        for n in 1..=16 {
            let work = budgets.admit(anna(), 0, &rules).expect("it can pay");
            let expected = if n <= 10 { 10 } else { 17 };
            assert_eq!(work.time, Duration::from_millis(expected), "request {n}");
        }
        // 160 of 100 spent: 60 in the red, and half a millisecond comes in each.
        assert_eq!(
            budgets.admit(anna(), 0, &rules).map(|_| ()),
            Err(EwsError::busy(120))
        );
        advance(Duration::from_millis(119)).await;
        assert_eq!(
            budgets.admit(anna(), 0, &rules).map(|_| ()),
            Err(EwsError::busy(1))
        );
        assert_eq!(budgets.counts().early, 1, "a millisecond too early");
        advance(Duration::from_millis(1)).await;
        budgets.admit(anna(), 0, &rules).expect("out of the red");
        let counts = budgets.counts();
        assert_eq!((counts.paid, counts.busy, counts.early), (17, 2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_under_way_are_limited_for_each_payer() {
        let (budgets, rules) = (Budgets::default(), rules());
        let first = budgets.admit(anna(), 0, &rules);
        let _second = budgets.admit(anna(), 0, &rules);
        let third = budgets.admit(anna(), 0, &rules).map(|_| ());
        assert_eq!(third, Err(EwsError::fault("ErrorExceededConnectionCount")));
        let other = Payer::Mailbox("ben@contoso.com".to_owned());
        assert!(
            budgets.admit(other, 0, &rules).is_ok(),
            "a budget of his own"
        );
        drop(first);
        assert!(budgets.admit(anna(), 0, &rules).is_ok(), "one has ended");
        assert_eq!(budgets.counts().too_many, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_account_pays_too_where_it_is_told_to() {
        let mut rules = rules();
        let ben = || Payer::Mailbox("ben@contoso.com".to_owned());
        let budgets = Budgets::default();
        for _ in 0..2 {
            let _one_at_a_time = budgets.admit(anna(), 0, &rules);
        }
        let hold = (
            budgets.admit(anna(), 0, &rules),
            budgets.admit(ben(), 0, &rules),
        );
        assert!(budgets.admit(ben(), 0, &rules).is_ok(), "apart");
        drop(hold);
        rules.charges_account = true;
        let _hold = (
            budgets.admit(anna(), 0, &rules),
            budgets.admit(ben(), 0, &rules),
        );
        assert!(budgets.admit(ben(), 0, &rules).is_err(), "one purse");
        assert!(budgets.admit(ben(), 1, &rules).is_ok(), "another account");
    }

    #[tokio::test(start_paused = true)]
    async fn others_may_have_spent_a_mailboxs_budget_before() {
        let mut rules = rules();
        let spent = ("anna@contoso.com".to_owned(), 400);
        rules.spent_by_others = [spent].into();
        let budgets = Budgets::default();
        assert_eq!(
            budgets.admit(anna(), 0, &rules).map(|_| ()),
            Err(EwsError::busy(600))
        );
        assert_eq!(budgets.counts().early, 0, "nobody had told it");
        advance(Duration::from_millis(600)).await;
        assert!(budgets.admit(anna(), 0, &rules).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_that_never_fills_is_locked_for_a_day() {
        let mut rules = rules();
        (
            rules.mailbox.recharge,
            rules.mailbox.burst,
            rules.mailbox.cutoff,
        ) = (0, 0, 0);
        let budgets = Budgets::default();
        assert!(budgets.admit(anna(), 0, &rules).is_ok());
        assert_eq!(
            budgets.admit(anna(), 0, &rules).map(|_| ()),
            Err(EwsError::busy(86_400_000))
        );
    }
}
