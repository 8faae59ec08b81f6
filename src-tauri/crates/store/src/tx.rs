//! The connection as the table modules see it: statements from `.sql` files, prepared once.

use rusqlite::{Connection, Params, Row};

use crate::{StoreError, searched};

/// An open transaction. Only this crate can look inside; others hand it to the table modules.
pub struct Tx<'a> {
    connection: &'a Connection,
    searched: Option<&'a searched::Kept>,
}

impl<'a> Tx<'a> {
    pub(crate) const fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            searched: None,
        }
    }

    /// The same, with what its connection keeps of searches.
    pub(crate) const fn with<'b>(&self, searched: &'b searched::Kept) -> Tx<'b>
    where
        'a: 'b,
    {
        Tx {
            connection: self.connection,
            searched: Some(searched),
        }
    }

    pub(crate) const fn searched(&self) -> Option<&'a searched::Kept> {
        self.searched
    }

    pub(crate) const fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Runs a statement and answers how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<u64, StoreError> {
        let changed = self.connection.prepare_cached(sql)?.execute(params)?;
        Ok(changed as u64)
    }

    /// Runs a statement that must change exactly one row.
    pub(crate) fn execute_one(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        match self.execute(sql, params)? {
            0 => Err(StoreError::NotFound),
            _ => Ok(()),
        }
    }

    /// Inserts a row and answers its id.
    pub(crate) fn insert(&self, sql: &str, params: impl Params) -> Result<i64, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.insert(params)?)
    }

    /// The first row, if any.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query_map(params, read)?;
        Ok(rows.next().transpose()?)
    }

    /// Every row.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Shows every row to `read`, and keeps none.
    pub(crate) fn each(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            read(row)?;
        }
        Ok(())
    }

    /// One number; 0 where there is no row or NULL.
    pub(crate) fn count(&self, sql: &str, params: impl Params) -> Result<u64, StoreError> {
        let count: Option<Option<i64>> = self.first(sql, params, |row| row.get(0))?;
        Ok(count.flatten().map_or(0, i64::cast_unsigned))
    }
}
