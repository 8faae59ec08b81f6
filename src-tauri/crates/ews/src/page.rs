//! How much of a list an answer holds. It reads; it asks for no further page.

use crate::tree::Element;

/// `t:FindResponsePagingAttributes` of a `DLExpansion` or `ResolutionSet`.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/dlexpansion>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Page {
    /// `@TotalItemsInView`; absent or no number: `None`.
    pub total_items_in_view: Option<u32>,
    /// `@IncludesLastItemInRange`; absent or neither true nor false: `None`.
    pub includes_last_item_in_range: Option<bool>,
}

impl Page {
    /// The list goes on, as the server said. `ResolveNames` has no further page: the name is to be
    /// refined.
    #[must_use]
    pub fn cut_off(&self) -> bool {
        self.includes_last_item_in_range == Some(false)
    }

    pub(crate) fn of_message(message: &Element) -> Option<Self> {
        let list = message
            .child("DLExpansion")
            .or_else(|| message.child("ResolutionSet"))?;
        let attribute = |name| list.attribute(name).map(str::trim);
        Some(Self {
            total_items_in_view: attribute("TotalItemsInView").and_then(|total| total.parse().ok()),
            includes_last_item_in_range: match attribute("IncludesLastItemInRange") {
                Some("true" | "1") => Some(true),
                Some("false" | "0") => Some(false),
                _ => None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree;

    #[test]
    fn only_a_plain_no_cuts_off() {
        let page = |attributes: &str| {
            let xml = format!("<M><DLExpansion {attributes}/></M>");
            Page::of_message(&tree::parse(&xml).unwrap()).unwrap()
        };
        let cut = page("TotalItemsInView='100' IncludesLastItemInRange='false'");
        assert_eq!((cut.total_items_in_view, cut.cut_off()), (Some(100), true));
        assert!(page("IncludesLastItemInRange='0'").cut_off());
        assert!(!page("IncludesLastItemInRange='true'").cut_off());
        assert!(!page("IncludesLastItemInRange='maybe' TotalItemsInView='-1'").cut_off());
        assert_eq!(page(""), Page::default());
        assert_eq!(Page::of_message(&tree::parse("<M/>").unwrap()), None);
    }
}
