//! How a simulated server throttles, as data: budgets as token buckets, requests at a time,
//! connections at a time. `crate::budgets` and `crate::doors` keep the books.

use std::collections::HashMap;

/// Budgets in the manner of a throttling policy; all times are milliseconds.
///
/// An impersonated request is charged to a copy of the mailbox's budget, which all service accounts
/// share; any other to the account that asks.
/// <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/ews-throttling-in-exchange>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttling {
    /// The copy of a mailbox's budget.
    pub mailbox: Budget,
    /// The budget of an account.
    pub account: Budget,
    /// Impersonated requests are charged to the account's budget too. By documentation they are not,
    /// and yet service accounts of many mailboxes have met limits.
    pub charges_account: bool,
    /// What a request takes, and costs.
    pub cost: u32,
    /// How much longer a request takes whose payer is overdrawn (a "micro delay").
    pub micro_delay: u32,
    /// What other service accounts had spent of a mailbox's copy when the first request for it comes,
    /// by primary address in lower case.
    pub spent_by_others: HashMap<String, u32>,
}

impl Default for Throttling {
    /// Budgets with the values of `Get-ThrottlingPolicy` on a fresh server; a request costs 10 ms.
    fn default() -> Self {
        Self {
            mailbox: Budget::default(),
            account: Budget::default(),
            charges_account: false,
            cost: 10,
            micro_delay: 0,
            spent_by_others: HashMap::new(),
        }
    }
}

/// One payer's budget: a bucket that holds `burst`, fills by `recharge` an hour, may be overdrawn by
/// `cutoff`, and, once that is spent, is locked until it is out of the red.
/// <https://learn.microsoft.com/powershell/module/exchange/set-throttlingpolicy>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// `EwsMaxConcurrency`: requests under way at a time; one more gets `ErrorExceededConnectionCount`.
    pub max_concurrency: Option<u32>,
    /// `EwsMaxBurst`: most milliseconds in the bucket, and how many it starts with.
    pub burst: u32,
    /// `EwsRechargeRate`: milliseconds an hour.
    pub recharge: u32,
    /// `EwsCutoffBalance`: how many milliseconds it may be overdrawn. Beyond, every request gets
    /// `ErrorServerBusy` with the time to go in `BackOffMilliseconds`.
    pub cutoff: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            max_concurrency: Some(27),
            burst: 300_000,
            recharge: 900_000,
            cutoff: 3_000_000,
        }
    }
}

/// How many connections are served at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimit {
    /// Most at a time.
    pub most: u32,
    /// What becomes of one more.
    pub beyond: Beyond,
}

/// What becomes of a connection beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Refused by TCP: nobody listens while the server is full.
    Refused,
    /// Accepted, and closed without a word.
    Closed,
    /// Accepted; its request gets 503 and `Connection: close`.
    Unavailable,
}

/// What throttling came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Throttled {
    /// Requests that a budget paid for.
    pub paid: u64,
    /// Requests that got `ErrorServerBusy` because a budget was locked.
    pub busy: u64,
    /// Requests that got `ErrorExceededConnectionCount`.
    pub too_many: u64,
    /// Requests for a mailbox (or of an account in its own name) that came before the back-off was
    /// over which the last request for it had been given.
    pub early: u64,
}
