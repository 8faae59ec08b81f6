//! Which users: the fixed SQL fragments behind [`UsersFilter`] and [`UserIds`].

use contract::{OrganizationId, UserIds, UsersFilter, Verdict};
use rusqlite::types::Value;

use crate::StoreError;
use crate::values::{Id, search_key, to_json};

/// Conditions to append to `WHERE u.deleted_at IS NULL`, and their parameters.
pub(super) struct Conditions {
    pub(super) sql: String,
    pub(super) params: Vec<(&'static str, Value)>,
    /// Whether they leave anybody of the place out, and whether by text.
    pub(super) filters: bool,
    pub(super) searches: bool,
}

impl Conditions {
    /// All users of an organization, or of all of them.
    pub(super) fn of(organization: Option<OrganizationId>, filter: &UsersFilter) -> Self {
        let mut conditions = Self {
            sql: String::new(),
            params: Vec::new(),
            filters: false,
            searches: false,
        };
        // Users of a deleted organization are deleted with it: `None` needs no condition.
        if let Some(organization) = organization {
            conditions.and(
                "u.organization_id = :organization",
                ":organization",
                organization.0.into(),
            );
        }
        if let Some(search) = search_key(filter.search.as_deref()) {
            conditions.searches = true;
            conditions.and("instr(u.search_key, :search) > 0", ":search", search.into());
        }
        if let Some(sync_access) = filter.sync_access {
            conditions.and(
                "u.sync_access = :sync_access",
                ":sync_access",
                sync_access.id().to_owned().into(),
            );
        }
        if let Some(verdict) = filter.verdict {
            conditions.and(
                "u.last_verdict = :verdict",
                ":verdict",
                Verdict::as_str(verdict).to_owned().into(),
            );
        }
        if let Some(must_refuse) = filter.must_refuse {
            conditions.and(
                "u.must_refuse = :must_refuse",
                ":must_refuse",
                must_refuse.into(),
            );
        }
        if let Some(disabled) = filter.synchronization_disabled {
            conditions.and(
                "u.synchronization_disabled = :disabled",
                ":disabled",
                disabled.into(),
            );
        }
        if let Some(location) = filter.location {
            conditions.and(
                "u.location = :location",
                ":location",
                location.id().to_owned().into(),
            );
        }
        conditions.filters = conditions.params.len() > usize::from(organization.is_some());
        conditions
    }

    /// The users an action is for.
    pub(super) fn of_ids(users: &UserIds) -> Result<Self, StoreError> {
        match users {
            UserIds::Listed { ids } => Ok(Self {
                sql: " AND u.id IN (SELECT value FROM json_each(:ids))".to_owned(),
                params: vec![(":ids", to_json(ids)?.into())],
                filters: true,
                searches: false,
            }),
            UserIds::Matching {
                organization,
                filter,
            } => Ok(Self::of(Some(*organization), filter)),
        }
    }

    fn and(&mut self, sql: &str, name: &'static str, value: Value) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.params.push((name, value));
    }
}
