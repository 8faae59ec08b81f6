//! The Email Configuration subtab: show, validate, save, the Magic Wand, certificates.
//!
//! Passwords go into the key store and nowhere else. Whether a run proves the settings that are
//! saved is told by a fingerprint that no password is part of.

mod access_types;
mod account;
mod app;
mod certificates;
mod changes;
mod ews_url;
mod fingerprint;
mod generate;
pub(crate) mod modern;
pub(crate) mod proxy;
mod save;
mod show;
#[cfg(test)]
mod tests;
mod validate;
pub(crate) mod vault;

pub(crate) use access_types::{
    CALENDAR, EWS_ONLINE_ENDS, EWS_ONLINE_FADES, Situation, badge, show_date, why_not_served,
};
pub use ews_url::{EwsUrl, EwsUrlError, Reading};
pub(crate) use fingerprint::{
    Drafts, fingerprint, fingerprint_of, fingerprint_of_app, new_secret_version,
};
pub(crate) use generate::host_of_pattern;
