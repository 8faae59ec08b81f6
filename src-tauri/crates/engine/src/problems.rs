//! From the store's and our own errors to the one [`Problem`] of the edge.

use contract::{Code, Problem};
use store::{OpenError, StoreError};

/// Something that should not happen. Logged here, once, because here it is handled.
pub(crate) fn internal(doing: &str, error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, doing, "internal error");
    Problem::new(Code::Internal, format!("Something went wrong while {doing}: {error}"))
        .hint("Try again; if it happens again, copy the details and report them.")
}

/// What the store answered, in words.
pub(crate) fn of_store(error: StoreError) -> Problem {
    crate::problems::store_problem(&error)
}

/// What opening the data folder answered, in words.
pub(crate) fn of_open(error: &OpenError) -> Problem {
    crate::problems::open_problem(error)
}
