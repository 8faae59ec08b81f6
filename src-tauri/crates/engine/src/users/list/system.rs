//! Mailboxes that Exchange keeps for itself and that nobody is meant to open.
//!
//! Knows them by type and by name; asks no server.

/// Types without their ending `Mailbox`, as in `DiscoveryMailbox`:
/// <https://learn.microsoft.com/powershell/module/exchange/get-recipient> (`-RecipientTypeDetails`).
const TYPES: [&str; 7] = [
    "discovery",
    "arbitration",
    "auditlog",
    "auxauditlog",
    "monitoring",
    "supervisoryreviewpolicy",
    "system",
];

/// How their names and addresses begin.
const NAMES: [&str; 5] = [
    "discoverysearchmailbox{",
    "systemmailbox{",
    "federatedemail.",
    "migration.",
    "healthmailbox",
];

/// Whether a mailbox is one of Exchange's own, by its `RecipientTypeDetails` or by the beginning of
/// its name or address, ignoring case.
#[must_use]
pub fn is_system_mailbox(recipient_type: Option<&str>, name_or_address: &str) -> bool {
    recipient_type.is_some_and(is_system_type)
        || NAMES
            .iter()
            .any(|name| starts_with(name_or_address.trim(), name))
}

/// The types in lower case, with and without their ending, for a search in the database.
pub(crate) fn system_kinds() -> Vec<String> {
    TYPES
        .iter()
        .flat_map(|kind| [(*kind).to_owned(), format!("{kind}mailbox")])
        .collect()
}

/// How names and addresses of system mailboxes begin, in lower case.
pub(crate) const fn system_beginnings() -> &'static [&'static str] {
    &NAMES
}

fn is_system_type(recipient_type: &str) -> bool {
    let name = recipient_type.trim();
    let name = match name
        .len()
        .checked_sub("Mailbox".len())
        .and_then(|at| name.split_at_checked(at))
    {
        Some((head, tail)) if tail.eq_ignore_ascii_case("Mailbox") => head,
        _ => name,
    };
    TYPES.iter().any(|system| system.eq_ignore_ascii_case(name))
}

fn starts_with(text: &str, lower_case: &str) -> bool {
    text.get(..lower_case.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(lower_case))
}

#[cfg(test)]
mod tests {
    use super::is_system_mailbox;

    #[test]
    fn system_mailboxes_are_known_by_type() {
        for system in [
            "DiscoveryMailbox",
            "arbitrationmailbox",
            "AuditLogMailbox",
            "AuxAuditLogMailbox",
            "MonitoringMailbox",
            "SupervisoryReviewPolicyMailbox",
            "SystemMailbox",
            "System",
            " DiscoveryMailbox ",
        ] {
            assert!(
                is_system_mailbox(Some(system), "anna@contoso.com"),
                "{system}"
            );
        }
        for other in [
            "UserMailbox",
            "RoomMailbox",
            "SharedMailbox",
            "RemoteUserMailbox",
            "Mailbox",
            "",
            "é",
        ] {
            assert!(
                !is_system_mailbox(Some(other), "anna@contoso.com"),
                "{other}"
            );
        }
    }

    #[test]
    fn system_mailboxes_are_known_by_name() {
        for system in [
            "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.com",
            "systemmailbox{1f05a927-2da1-4ee4-9ac5-5a9ac4b8a43e}@contoso.com",
            "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042@contoso.com",
            "Migration.8f3e7716-2011-43e4-96b1-aba62d229136",
            "HealthMailbox-EX01-001",
        ] {
            assert!(is_system_mailbox(None, system), "{system}");
        }
        for other in [
            "migration@contoso.com",
            "system.mailbox@contoso.com",
            "Häalthmailbox",
            "",
        ] {
            assert!(!is_system_mailbox(None, other), "{other}");
        }
    }
}
