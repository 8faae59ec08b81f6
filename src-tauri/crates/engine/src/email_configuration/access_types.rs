//! The picklist `Mailbox Access Type`: nine entries in their order, each with a badge that says what
//! the method is worth today (panel §7.2).
//!
//! Dates come from a calendar that ships with the program and from this computer's clock; nothing is
//! asked on the network.

use contract::{AccessType, AccessTypeInfo, Badge, Platform};
use jiff::civil::{Date, date};

/// The day the calendar below was true. A clock before it is wrong.
pub(crate) const CALENDAR: Date = date(2026, 11, 1);
/// The day EWS ends in Exchange Online (Microsoft 365 Message Center, MC1227454).
pub(crate) const EWS_ONLINE_ENDS: Date = date(2027, 4, 1);
/// From this day on, tenant by tenant, EWS in Exchange Online is off unless it was switched on by name:
/// <https://techcommunity.microsoft.com/blog/exchange/retirement-of-exchange-web-services-in-exchange-online/3924440>.
pub(crate) const EWS_ONLINE_FADES: Date = date(2026, 10, 1);
/// End of support of Exchange Server 2016 and 2019:
/// <https://learn.microsoft.com/lifecycle/products/exchange-server-2019>.
const SUPPORT_ENDED: Date = date(2025, 10, 14);
/// From here on a badge counts days.
const COUNTDOWN: i32 = 90;
/// The first build of Exchange Server SE is 15.2.2562.17:
/// <https://learn.microsoft.com/exchange/new-features/build-numbers-and-release-dates>.
const FIRST_SE_BUILD: u32 = 2_562;

const SWITCHED_OFF: &str = "Microsoft switched EWS in Exchange Online off for good on 1 Apr 2027.";
const OWN_SIGN_IN: &str =
    "Every user signs in for themselves, so one service account cannot stand in for them.";
const GOOGLE: &str = "The mailboxes are Google's; Understudy checks Exchange.";
const IMPERSONATION: &str = "Microsoft Exchange Impersonation";
const APP_ONLY: &str = "Microsoft 365 OAuth (Graph API) - App-only access logon";

/// What a badge depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation<'a> {
    pub(crate) today: Date,
    pub(crate) platform: Platform,
    /// The EWS URL is one of Exchange Online.
    pub(crate) cloud_host: bool,
    /// Build the server named last, `15.2.2562.17`.
    pub(crate) server_version: Option<&'a str>,
}

impl Situation<'_> {
    fn is_cloud(self) -> bool {
        self.cloud_host || self.platform == Platform::ExchangeOnline
    }
}

struct Entry {
    access_type: AccessType,
    key: &'static str,
    label: &'static str,
    subtitle: &'static str,
    keywords: &'static [&'static str],
    needs: &'static str,
    why_not: &'static str,
    instead: &'static str,
    controls: &'static [&'static str],
}

impl Entry {
    /// Why it cannot be checked on this day; empty: it can.
    fn why_not(&self, today: Date) -> &'static str {
        if self.access_type == AccessType::EwsApp && today >= EWS_ONLINE_ENDS {
            SWITCHED_OFF
        } else {
            self.why_not
        }
    }
}

/// The entries, in their order.
pub(super) fn access_types(situation: Situation<'_>) -> Vec<AccessTypeInfo> {
    let text = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    ENTRIES
        .iter()
        .map(|entry| AccessTypeInfo {
            key: entry.access_type,
            label: entry.label.to_owned(),
            subtitle: entry.subtitle.to_owned(),
            keywords: text(entry.keywords),
            served: entry.why_not(situation.today).is_empty(),
            badge: badge(entry.access_type, situation),
            needs: entry.needs.to_owned(),
            why_not: entry.why_not(situation.today).to_owned(),
            instead: entry.instead.to_owned(),
            controls: text(entry.controls),
        })
        .collect()
}

/// Why Understudy cannot check this type today, if it cannot.
pub(crate) fn why_not_served(access_type: AccessType, today: Date) -> Option<String> {
    let why_not = entry(access_type).why_not(today);
    (!why_not.is_empty()).then(|| format!("Shown for the record: {why_not}"))
}

/// The stable key of a type.
pub(super) fn key(access_type: AccessType) -> &'static str {
    entry(access_type).key
}

/// The label of a type.
pub(super) fn label(access_type: AccessType) -> &'static str {
    entry(access_type).label
}

/// `14 Oct 2025`.
pub(crate) fn show_date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

fn entry(access_type: AccessType) -> &'static Entry {
    ENTRIES
        .iter()
        .find(|entry| entry.access_type == access_type)
        .expect("every access type has an entry, which a test asserts")
}

/// What a type is worth today.
pub(crate) fn badge(access_type: AccessType, situation: Situation<'_>) -> Badge {
    use AccessType as T;
    if situation.today < CALENDAR {
        return new("not_rated", "Check the clock of this computer.");
    }
    match access_type {
        T::ExImp | T::EwsImp if situation.is_cloud() => retired(),
        T::ExImp => match situation.server_version {
            Some(build) if situation.today > SUPPORT_ENDED && is_out_of_support(build) => new(
                "unsupported",
                format!("Out of support since {}", show_date(SUPPORT_ENDED)),
            ),
            _ => works(),
        },
        T::ExUser | T::EwsImp | T::GraphUser | T::GraphApp => works(),
        T::EwsUser | T::EwsApp => until(EWS_ONLINE_ENDS, situation.today),
        T::GDirect | T::GSa => new("not_rated", "Not rated"),
    }
}

/// Exchange 2013 to 2019: builds 15.0, 15.1, and 15.2 below Exchange Server SE.
fn is_out_of_support(build: &str) -> bool {
    let mut parts = build.split('.').map_while(|part| part.parse::<u32>().ok());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(15), Some(0 | 1), _) => true,
        (Some(15), Some(2), Some(build)) => build < FIRST_SE_BUILD,
        (Some(major), ..) => major < 15,
        _ => false,
    }
}

fn until(end: Date, today: Date) -> Badge {
    let days = today.until(end).map_or(0, |span| span.get_days());
    let shown = show_date(end);
    match days {
        ..=0 => retired(),
        1 => new("dated", format!("Works until {shown} (1 day)")),
        2..=COUNTDOWN => new("dated", format!("Works until {shown} ({days} days)")),
        _ => new("dated", format!("Works until {shown}")),
    }
}

fn works() -> Badge {
    new("works", "Works")
}

fn retired() -> Badge {
    new("retired", "Retired")
}

fn new(kind: &str, text: impl Into<String>) -> Badge {
    Badge {
        kind: kind.to_owned(),
        text: text.into(),
    }
}

static ENTRIES: [Entry; 9] = [
    Entry {
        access_type: AccessType::ExUser,
        key: "ex_user",
        label: "Microsoft Exchange basic authorization (EWS API) - End User logon",
        subtitle: "",
        keywords: &["exchange direct", "user password", "basic"],
        needs: "The password of every user.",
        why_not: "It needs every user's own password, and Understudy never asks for one.",
        instead: IMPERSONATION,
        controls: &[
            "User's email",
            "Password",
            "Exchange Web Services (EWS) URL",
        ],
    },
    Entry {
        access_type: AccessType::ExImp,
        key: "ex_imp",
        label: IMPERSONATION,
        subtitle: "Microsoft Exchange basic authorization (EWS API) - Impersonated logon",
        keywords: &[
            "impersonated",
            "service account",
            "on-premises",
            "basic",
            "ntlm",
            "kerberos",
        ],
        needs: "",
        why_not: "",
        instead: "",
        controls: &[],
    },
    Entry {
        access_type: AccessType::EwsUser,
        key: "ews_user",
        label: "Microsoft 365 OAuth (EWS API) - End User logon",
        subtitle: "",
        keywords: &["office 365", "exchange online"],
        needs: "Every user signs in with Microsoft 365 in the browser.",
        why_not: OWN_SIGN_IN,
        instead: APP_ONLY,
        controls: &["Microsoft 365 OAuth (EWS API)"],
    },
    Entry {
        access_type: AccessType::GraphUser,
        key: "graph_user",
        label: "Microsoft 365 OAuth (Graph API) - End User logon",
        subtitle: "",
        keywords: &["office 365", "exchange online"],
        needs: "Every user signs in with Microsoft 365 in the browser.",
        why_not: OWN_SIGN_IN,
        instead: APP_ONLY,
        controls: &["Microsoft 365 OAuth (Graph API)"],
    },
    Entry {
        access_type: AccessType::EwsImp,
        key: "ews_imp",
        label: "Microsoft 365 OAuth Logon (EWS API) - Impersonated logon",
        subtitle: "Microsoft 365 OAuth (EWS API) - Impersonated logon",
        keywords: &[
            "office 365 oauth",
            "impersonated",
            "hybrid",
            "ad fs",
            "modern authentication",
        ],
        needs: "",
        why_not: "",
        instead: "",
        controls: &[],
    },
    Entry {
        access_type: AccessType::GraphApp,
        key: "graph_app",
        label: APP_ONLY,
        subtitle: "",
        keywords: &[
            "office 365",
            "application access",
            "rbac for applications",
            "certificate",
        ],
        needs: "",
        why_not: "",
        instead: "",
        controls: &[],
    },
    Entry {
        access_type: AccessType::GDirect,
        key: "g_direct",
        label: "Google Direct Logon",
        subtitle: "",
        keywords: &["gmail", "g suite", "workspace"],
        needs: "Every user signs in with Google.",
        why_not: GOOGLE,
        instead: "Nothing here.",
        controls: &["Sign in with Google"],
    },
    Entry {
        access_type: AccessType::GSa,
        key: "g_sa",
        label: "Google Service Account",
        subtitle: "",
        keywords: &["gmail", "g suite", "workspace", "domain-wide delegation"],
        needs: "A Google service account with domain-wide delegation.",
        why_not: GOOGLE,
        instead: "Nothing here.",
        controls: &[
            "Upload JSON file",
            "Check Users' Google Impersonated Access",
        ],
    },
    Entry {
        access_type: AccessType::EwsApp,
        key: "ews_app",
        label: "Microsoft 365 OAuth (EWS API) - App-only access logon",
        subtitle: "",
        keywords: &["office 365", "full_access_as_app", "application access"],
        needs: "An app registration; EwsEnabled must be true in the tenant, and the app listed in EwsAllowedAppIDs.",
        why_not: "",
        instead: APP_ONLY,
        controls: &["Microsoft 365 OAuth (EWS API)", "Impersonation status"],
    },
];

#[cfg(test)]
mod tests {
    use contract::{AccessType, Platform};
    use jiff::civil::{Date, date};

    use super::{Situation, access_types, badge, key, why_not_served};

    const fn on(today: Date) -> Situation<'static> {
        Situation {
            today,
            platform: Platform::OnPremises,
            cloud_host: false,
            server_version: None,
        }
    }

    fn text(access_type: AccessType, situation: Situation<'_>) -> String {
        badge(access_type, situation).text
    }

    #[test]
    fn type_nine_counts_down_to_its_end() {
        for (today, expected) in [
            (date(2026, 12, 31), "Works until 1 Apr 2027"),
            (date(2027, 1, 1), "Works until 1 Apr 2027 (90 days)"),
            (date(2027, 3, 31), "Works until 1 Apr 2027 (1 day)"),
            (date(2027, 4, 1), "Retired"),
            (date(2030, 1, 1), "Retired"),
        ] {
            assert_eq!(text(AccessType::EwsApp, on(today)), expected, "{today}");
        }
    }

    #[test]
    fn a_clock_before_the_calendar_is_wrong() {
        let badge = badge(AccessType::ExImp, on(date(2020, 1, 1)));
        assert_eq!(badge.text, "Check the clock of this computer.");
    }

    #[test]
    fn impersonation_depends_on_where_the_mailboxes_live() {
        let now = on(date(2026, 11, 22));
        assert_eq!(text(AccessType::ExImp, now), "Works");
        assert_eq!(
            text(
                AccessType::ExImp,
                Situation {
                    cloud_host: true,
                    ..now
                }
            ),
            "Retired"
        );
        let online = Situation {
            platform: Platform::ExchangeOnline,
            ..now
        };
        assert_eq!(text(AccessType::ExImp, online), "Retired");
        assert_eq!(text(AccessType::EwsImp, online), "Retired");
        assert_eq!(
            text(
                AccessType::EwsImp,
                Situation {
                    platform: Platform::Hybrid,
                    ..now
                }
            ),
            "Works"
        );
        for (build, expected) in [
            ("15.1.2507.6", "Out of support since 14 Oct 2025"),
            ("15.2.1748.10", "Out of support since 14 Oct 2025"),
            ("15.2.2562.17", "Works"),
            ("unknown", "Works"),
        ] {
            let with = Situation {
                server_version: Some(build),
                ..now
            };
            assert_eq!(text(AccessType::ExImp, with), expected, "{build}");
        }
    }

    #[test]
    fn nine_entries_stand_in_their_order_with_their_stored_keys() {
        let entries = access_types(on(date(2026, 11, 22)));
        let keys: Vec<&str> = entries.iter().map(|entry| key(entry.key)).collect();
        let order = [
            "ex_user",
            "ex_imp",
            "ews_user",
            "graph_user",
            "ews_imp",
            "graph_app",
            "g_direct",
            "g_sa",
            "ews_app",
        ];
        assert_eq!(keys, order);
        for entry in &entries {
            let stored = serde_json::to_value(entry.key).expect("a string");
            assert_eq!(stored, key(entry.key), "the key is the one of the contract");
            let served = matches!(
                entry.key,
                AccessType::ExImp | AccessType::EwsImp | AccessType::GraphApp | AccessType::EwsApp
            );
            assert_eq!(entry.served, served, "{}", entry.label);
            let explained = !entry.needs.is_empty() && !entry.instead.is_empty();
            assert!(
                entry.served || explained,
                "{} needs its explanation",
                entry.label
            );
        }
        let today = date(2026, 11, 22);
        assert!(why_not_served(AccessType::ExImp, today).is_none());
        assert!(why_not_served(AccessType::GDirect, today).is_some());
    }

    #[test]
    fn type_nine_is_served_until_its_end() {
        let served = |today| {
            let entries = access_types(on(today));
            let entry = entries.iter().find(|entry| entry.key == AccessType::EwsApp);
            let entry = entry.expect("it is in the list");
            let why_not = why_not_served(AccessType::EwsApp, today);
            assert_eq!(entry.served, why_not.is_none(), "{today}");
            assert!(!entry.needs.is_empty() && !entry.instead.is_empty());
            entry.served
        };
        assert!(served(date(2026, 12, 31)) && served(date(2027, 3, 31)));
        assert!(!served(date(2027, 4, 1)), "switched off");
    }
}
