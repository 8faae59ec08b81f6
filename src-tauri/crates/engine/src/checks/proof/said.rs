//! What a question by `PrimarySmtpAddress` was answered with, and what that says beside an identity.

use contract::Cause;

use super::super::ticket::Ticket;
use crate::diagnosis::{MailboxKey, Observed};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// It opened, and shows this.
    Opened(MailboxKey),
    /// It is a second address; of this one, where the server says so.
    SecondAddress(Option<String>),
    /// Not found out, or something else.
    Other(Cause),
    /// It has no address to be asked by.
    Unasked,
}

/// What that says of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is a primary address, and the identity is the same.
    Primary,
    /// It is a second address; of this one, where the server says so.
    SecondAddress(Option<String>),
    /// It opened with another identity.
    Different(MailboxKey),
    /// Not found out, or something else.
    Other(Cause),
}

impl Heard {
    /// For a row that showed this identity before, or has it by the list.
    pub(super) fn compared_with(&self, key: MailboxKey) -> Answer {
        match self {
            Self::Opened(now) if *now == key => Answer::Primary,
            Self::Opened(now) => Answer::Different(*now),
            Self::SecondAddress(primary) => Answer::SecondAddress(primary.clone()),
            Self::Other(cause) => Answer::Other(*cause),
            // Two of them with one identity are two primaries.
            Self::Unasked => Answer::Primary,
        }
    }
}

/// The evidence of an answer that decides its row.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) ews_code: Option<String>,
    pub(super) http_status: Option<u16>,
    pub(super) attempts: u32,
}

impl Said {
    pub(super) fn of(observed: &Observed, ticket: &Ticket) -> Self {
        Self {
            ews_code: observed.ews_code.clone(),
            http_status: observed.http_status,
            attempts: ticket.attempts,
        }
    }
}
