//! The verdict on one mailbox, and what was expected of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the check of one mailbox ended. The ids are a public contract (JSON, database, reports).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Verdict {
    /// The mailbox opened, and it is proven to be the one that was asked for.
    Granted,
    /// Exchange answered, and refused this account for this mailbox.
    Refused,
    /// There is nothing to open at this address here.
    NoMailbox,
    /// The mailbox is there and cannot be opened by anyone as it is.
    Unusable,
    /// It could not be found out, after the retries the cause deserves.
    Undetermined,
    /// Never asked: cancelled, stopped before its turn, or a system mailbox.
    NotChecked,
}

impl Verdict {
    /// Every verdict, in the order of the contract.
    pub const ALL: [Self; 6] = [
        Self::Granted,
        Self::Refused,
        Self::NoMailbox,
        Self::Unusable,
        Self::Undetermined,
        Self::NotChecked,
    ];

    /// The id of the public contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::NoMailbox => "no_mailbox",
            Self::Unusable => "unusable",
            Self::Undetermined => "undetermined",
            Self::NotChecked => "not_checked",
        }
    }

    /// Reads an id of the public contract.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == id)
    }

    /// Whether Exchange's answer decided it (the other two mean "we do not know").
    #[must_use]
    pub const fn is_decided(self) -> bool {
        !matches!(self, Self::Undetermined | Self::NotChecked)
    }

    /// Whether this verdict breaks the expectation.
    #[must_use]
    pub const fn is_finding(self, expectation: Expectation) -> bool {
        match expectation {
            Expectation::MustOpen => {
                matches!(self, Self::Refused | Self::NoMailbox | Self::Unusable)
            }
            Expectation::MustRefuse => matches!(self, Self::Granted),
        }
    }

    /// Whether this verdict leaves something open, so that the run is not complete. A canary
    /// without a usable mailbox proves nothing about the scope.
    #[must_use]
    pub const fn is_open(self, expectation: Expectation) -> bool {
        let blind = matches!(self, Self::NoMailbox | Self::Unusable)
            && matches!(expectation, Expectation::MustRefuse);
        !self.is_decided() || blind
    }
}

/// What is expected of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Expectation {
    /// The service account must be able to open it.
    #[default]
    MustOpen,
    /// A canary outside the scope: the service account must be refused.
    MustRefuse,
}

impl Expectation {
    /// The id of the public contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MustOpen => "must_open",
            Self::MustRefuse => "must_refuse",
        }
    }

    /// Reads an id of the public contract.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [Self::MustOpen, Self::MustRefuse]
            .into_iter()
            .find(|e| e.as_str() == id)
    }
}
