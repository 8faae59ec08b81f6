//! The guides themselves, as they ship with the program.

use std::sync::LazyLock;

use super::reader::{GuideText, read};

macro_rules! texts {
    ($($id:literal),*) => {
        /// Id and text of every guide, in the order they are shown.
        const TEXTS: &[(&str, &str)] = &[
            $(($id, include_str!(concat!("texts/", $id, ".md")))),*
        ];
    };
}
texts!(
    "exchange-server",
    "exchange-online",
    "ews-app",
    "old-route",
    "hybrid",
    "sign-in",
    "rooms",
    "microsoft-test",
    "results"
);

/// Every guide with its id, in the order they are shown.
pub(super) fn guides() -> &'static [(&'static str, GuideText)] {
    static GUIDES: LazyLock<Vec<(&str, GuideText)>> = LazyLock::new(|| {
        TEXTS
            .iter()
            .map(|(id, text)| {
                (
                    *id,
                    read(text).expect("a test reads every guide that ships"),
                )
            })
            .collect()
    });
    &GUIDES
}

/// One guide.
pub(super) fn guide(id: &str) -> Option<(&'static str, &'static GuideText)> {
    guides()
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(id, text)| (*id, text))
}
