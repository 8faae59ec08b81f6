//! How the vocabulary of the contract stands in columns: enums by their public id, lists as JSON.

use contract::{
    AccessType, Authentication, Cause, Expectation, IdentifyBy, ImportGroup, MailboxLocation,
    Platform, RunState, SyncAccess, UrlOrigin, Verdict,
};
use rusqlite::types::{Type, Value, ValueRef};
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
    let text = row.get_ref(column)?.as_str()?;
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
