//! Which guides come first: those that an organization's way of signing in needs. None is ever left out.

use contract::{AccessType, AuthorityKind, Platform};

/// How an organization signs in, and where its mailboxes live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Way {
    pub(super) access_type: AccessType,
    pub(super) authority: AuthorityKind,
    pub(super) platform: Platform,
}

impl Way {
    /// All guides (with their ids), those that are needed first; the others keep their order.
    pub(super) fn ordered<'a, T>(
        self,
        guides: &'a [(&'static str, T)],
    ) -> Vec<&'a (&'static str, T)> {
        let first = self.first();
        let mut ordered: Vec<_> = guides.iter().collect();
        ordered.sort_by_key(|(id, _)| {
            let place = first.iter().position(|wanted| wanted == id);
            place.unwrap_or(first.len())
        });
        ordered
    }

    /// Ids in the order they are worked through.
    const fn first(self) -> &'static [&'static str] {
        match (self.access_type, self.authority) {
            (AccessType::EwsImp, AuthorityKind::AdFs) => &["hybrid", "exchange-server"],
            (AccessType::EwsImp, _) => &["sign-in", "hybrid", "exchange-server"],
            (AccessType::EwsApp, _) => &["ews-app", "exchange-online"],
            (AccessType::GraphApp, _) => &["exchange-online"],
            _ => match self.platform {
                Platform::ExchangeOnline => &["exchange-online"],
                _ => &[],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::{AccessType, AuthorityKind, Platform};

    use super::Way;
    use crate::guide::texts;

    fn ids(way: Way) -> Vec<&'static str> {
        let ordered = way.ordered(texts::guides());
        ordered.into_iter().map(|(id, _)| *id).collect()
    }

    #[test]
    fn what_the_way_of_signing_in_needs_comes_first() {
        let of = |access_type, authority| {
            ids(Way {
                access_type,
                authority,
                platform: Platform::OnPremises,
            })
        };
        let usual = ids(Way::default());
        assert_eq!(usual[..2], ["exchange-server", "exchange-online"]);
        let entra = of(AccessType::EwsImp, AuthorityKind::Entra);
        assert_eq!(entra[..3], ["sign-in", "hybrid", "exchange-server"]);
        let adfs = of(AccessType::EwsImp, AuthorityKind::AdFs);
        assert_eq!(adfs[..2], ["hybrid", "exchange-server"]);
        let app = of(AccessType::EwsApp, AuthorityKind::Entra);
        assert_eq!(app[..2], ["ews-app", "exchange-online"]);
        let graph = of(AccessType::GraphApp, AuthorityKind::Entra);
        assert_eq!(graph[0], "exchange-online");
        assert_eq!(of(AccessType::ExImp, AuthorityKind::Entra), usual);
    }

    #[test]
    fn no_guide_is_left_out_or_unknown() {
        let mut usual = ids(Way::default());
        usual.sort_unstable();
        for access_type in [AccessType::EwsImp, AccessType::EwsApp, AccessType::GraphApp] {
            let way = Way {
                access_type,
                platform: Platform::ExchangeOnline,
                ..Way::default()
            };
            let mut all = ids(way);
            all.sort_unstable();
            assert_eq!(all, usual, "{access_type:?}");
            let known = |id: &&&str| usual.contains(*id);
            assert_eq!(way.first().iter().filter(known).count(), way.first().len());
        }
    }
}
