//! What it means today that some mailboxes live in Exchange Online: one dated sentence. It knows the
//! calendar and nothing else.

use jiff::civil::Date;

use crate::activity::count;
use crate::email_configuration::{EWS_ONLINE_ENDS, EWS_ONLINE_FADES, show_date};

/// The sentence; `None` where nobody lives there.
pub(super) fn consequence(online: u64, today: Date) -> Option<String> {
    if online == 0 {
        return None;
    }
    let lives = if online == 1 { "lives" } else { "live" };
    let who = format!(
        "{} {lives} in Exchange Online, where this service account opens nothing",
        count(online, "user")
    );
    let (fades, ends) = (show_date(EWS_ONLINE_FADES), show_date(EWS_ONLINE_ENDS));
    let then = if today < EWS_ONLINE_FADES {
        format!(
            "From {fades} on EWS is off there unless it was switched on by name, and on {ends} it ends for good: move them to an app over Microsoft Graph before."
        )
    } else if today < EWS_ONLINE_ENDS {
        let days = today
            .until(EWS_ONLINE_ENDS)
            .map_or(0, |span| span.get_days());
        let days = u64::try_from(days).unwrap_or(0);
        format!(
            "Since {fades} EWS is being switched off there, tenant by tenant, unless it was switched on by name, and in {} it ends for good ({ends}): move them to an app over Microsoft Graph.",
            count(days, "day")
        )
    } else {
        format!("EWS ended there on {ends}: only an app over Microsoft Graph reaches them.")
    };
    Some(format!("{who}. {then}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::consequence;

    #[test]
    fn the_sentence_follows_the_calendar() {
        let on = |year, month, day| consequence(12, date(year, month, day)).unwrap_or_default();
        assert!(on(2026, 9, 30).contains("From 1 Oct 2026 on EWS is off"));
        assert!(on(2026, 10, 1).contains("Since 1 Oct 2026"));
        assert!(on(2027, 3, 31).contains("in 1 day it ends for good (1 Apr 2027)"));
        assert!(on(2027, 4, 1).contains("EWS ended there on 1 Apr 2027"));
        assert!(on(2026, 11, 22).starts_with("12 users live in Exchange Online, "));
        let one = consequence(1, date(2026, 11, 22)).unwrap_or_default();
        assert!(one.starts_with("1 user lives in"), "{one}");
        assert_eq!(consequence(0, date(2026, 11, 22)), None);
    }
}
