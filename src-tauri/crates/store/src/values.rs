//! How the vocabulary of the contract stands in columns: enums by their public id, lists as JSON.

use contract::{
    AccessType, Authentication, Cause, Expectation, IdentifyBy, ImportGroup, MailboxLocation,
    Platform, RunState, SyncAccess, UrlOrigin, Verdict,
};
use rusqlite::types::{FromSql, Type, Value, ValueRef};
use rusqlite::{Row, RowIndex, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An enum that is stored by its id.
pub(crate) trait Id: Sized {
    fn id(&self) -> &'static str;
    fn of(id: &str) -> Option<Self>;
}

macro_rules! ids {
    ($($name:ident),*) => {$(
        impl Id for $name {
            fn id(&self) -> &'static str {
                self.as_str()
            }
            fn of(id: &str) -> Option<Self> {
                Self::parse(id)
            }
        }
    )*};
    ($name:ident { $($variant:ident = $id:literal),* $(,)? }) => {
        impl Id for $name {
            fn id(&self) -> &'static str {
                match self { $(Self::$variant => $id),* }
            }
            fn of(id: &str) -> Option<Self> {
                match id { $($id => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

ids!(
    Verdict,
    Cause,
    Expectation,
    RunState,
    Authentication,
    IdentifyBy
);
ids!(SyncAccess {
    NotActivated = "not_activated",
    Active = "active",
    NeedsRenewal = "needs_renewal",
    Failed = "failed",
});
ids!(AccessType {
    ExUser = "ex_user",
    ExImp = "ex_imp",
    EwsUser = "ews_user",
    GraphUser = "graph_user",
    EwsImp = "ews_imp",
    GraphApp = "graph_app",
    GDirect = "g_direct",
    GSa = "g_sa",
    EwsApp = "ews_app",
});
ids!(MailboxLocation {
    Unknown = "unknown",
    OnPremises = "on_premises",
    ExchangeOnline = "exchange_online",
});
ids!(ImportGroup {
    New = "new",
    Remote = "remote",
    AlreadyHere = "already_here",
    Elsewhere = "elsewhere",
    Duplicate = "duplicate",
    Alias = "alias",
    System = "system",
    Bad = "bad",
});
ids!(Platform { OnPremises = "on_premises", ExchangeOnline = "exchange_online", Hybrid = "hybrid" });
ids!(UrlOrigin { Typed = "typed", Generated = "generated", Discovered = "discovered", Imported = "imported" });

/// Reads an enum.
pub(crate) fn id<T: Id>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    enum_of(row, row.get_ref(column)?, column)
}

fn enum_of<T: Id>(row: &Row<'_>, value: ValueRef<'_>, column: &str) -> rusqlite::Result<T> {
    let text = value.as_str()?;
    T::of(text).ok_or_else(|| {
        unreadable(
            row,
            column,
            format!("{text:?} is not a known value of {column}").into(),
        )
    })
}

/// Reads an enum that may be absent.
pub(crate) fn id_opt<T: Id>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => id(row, column).map(Some),
    }
}

/// Reads JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?)
        .map_err(|error| unreadable(row, column, error.into()))
}

/// Reads JSON that may be absent.
pub(crate) fn optional_json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(|error| unreadable(row, column, error.into()))
    })
    .transpose()
}

/// Reads the columns of a row from the first one on, for queries that give many rows: a column that is
/// asked for by its name is looked for by its name, again for every row.
///
/// The names stay where they are read; tests hold them against the query.
pub(crate) struct InOrder<'a, 'r> {
    row: &'a Row<'r>,
    at: usize,
}

impl<'a, 'r> InOrder<'a, 'r> {
    pub(crate) fn of(row: &'a Row<'r>) -> Self {
        Self { row, at: 0 }
    }

    /// The next column, which the query calls `name`.
    pub(crate) fn next<T: FromSql>(&mut self, name: &str) -> rusqlite::Result<T> {
        let at = self.place(name);
        self.row.get(at)
    }

    /// The next column, an enum.
    pub(crate) fn next_id<T: Id>(&mut self, name: &str) -> rusqlite::Result<T> {
        let at = self.place(name);
        enum_of(self.row, self.row.get_ref(at)?, name)
    }

    /// The next column, an enum that may be absent.
    pub(crate) fn next_id_opt<T: Id>(&mut self, name: &str) -> rusqlite::Result<Option<T>> {
        let at = self.place(name);
        match self.row.get_ref(at)? {
            ValueRef::Null => Ok(None),
            value => enum_of(self.row, value, name).map(Some),
        }
    }

    /// The next column, JSON.
    pub(crate) fn next_json<T: DeserializeOwned>(&mut self, name: &str) -> rusqlite::Result<T> {
        let at = self.place(name);
        let text = self.row.get_ref(at)?.as_str()?;
        serde_json::from_str(text).map_err(|error| unreadable(self.row, name, error.into()))
    }

    fn place(&mut self, name: &str) -> usize {
        let at = self.at;
        debug_assert_eq!(
            self.row.as_ref().column_name(at).ok(),
            Some(name),
            "column {at}"
        );
        self.at += 1;
        at
    }
}

/// Writes JSON.
pub(crate) fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String, serde_json::Error> {
    serde_json::to_string(value)
}

/// Reads a count, which `SQLite` keeps signed.
pub(crate) fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

/// What two spellings of one text share.
pub(crate) fn key(text: &str) -> String {
    text.to_lowercase()
}

/// The search text, lower case, where there is any.
pub(crate) fn search_key(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(key)
}

/// Named parameters that are put together at run time.
pub(crate) fn bind<'p>(params: &'p [(&'p str, Value)]) -> Vec<(&'p str, &'p dyn ToSql)> {
    params
        .iter()
        .map(|(name, value)| (*name, value as &dyn ToSql))
        .collect()
}

/// A column that holds what it must not.
pub(crate) fn unreadable(
    row: &Row<'_>,
    column: &str,
    error: Box<dyn std::error::Error + Send + Sync>,
) -> rusqlite::Error {
    let index = column.idx(row.as_ref()).unwrap_or(usize::MAX);
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, error)
}

#[cfg(test)]
mod tests {
    use contract::{AccessType, Platform, SyncAccess, UrlOrigin};
    use serde::Serialize;

    use super::Id;

    fn same_as_in_json<T: Id + Serialize + std::fmt::Debug>(values: &[T]) {
        for value in values {
            assert_eq!(
                serde_json::to_value(value).expect("a string"),
                serde_json::Value::from(value.id()),
                "column and contract must use one id"
            );
            assert_eq!(
                T::of(value.id()).map(|read| read.id()),
                Some(value.id()),
                "{value:?} must read back"
            );
        }
    }

    #[test]
    fn columns_use_the_ids_of_the_contract() {
        use AccessType::{
            EwsApp, EwsImp, EwsUser, ExImp, ExUser, GDirect, GSa, GraphApp, GraphUser,
        };
        same_as_in_json(&[
            ExUser, ExImp, EwsUser, GraphUser, EwsImp, GraphApp, GDirect, GSa, EwsApp,
        ]);
        same_as_in_json(&[
            Platform::OnPremises,
            Platform::ExchangeOnline,
            Platform::Hybrid,
        ]);
        same_as_in_json(&[
            SyncAccess::NotActivated,
            SyncAccess::Active,
            SyncAccess::NeedsRenewal,
            SyncAccess::Failed,
        ]);
        same_as_in_json(&[
            UrlOrigin::Typed,
            UrlOrigin::Generated,
            UrlOrigin::Discovered,
            UrlOrigin::Imported,
        ]);
    }
}
