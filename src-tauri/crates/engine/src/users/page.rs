//! One page of users.

use contract::{Problem, UsersPage, UsersQuery};
use store::users;

use crate::Engine;

/// Most rows of one page.
const MOST: u64 = 1_000;

impl Engine {
    /// One page of users.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for a page of none or too many rows.
    pub async fn users_page(&self, request: UsersQuery) -> Result<UsersPage, Problem> {
        page_size(request.limit)?;
        self.stage()
            .read(move |tx| Ok(users::page(tx, &request)?))
            .await
    }
}

/// 1 to 1,000 rows.
pub(super) fn page_size(limit: u64) -> Result<(), Problem> {
    if (1..=MOST).contains(&limit) {
        return Ok(());
    }
    Err(Problem::invalid("limit", "Ask for 1 to 1,000 rows.")
        .hint("Ask for the rest with the next page."))
}
