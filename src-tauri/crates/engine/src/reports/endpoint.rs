//! What a report needs to know about the endpoint of a run beside its results: how it was reached,
//! and how long the certificates it showed are valid. Reads only; trusts nothing.

use contract::{CertificateInfo, Problem, RunId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Engine;
use crate::checks::Plan;
use crate::problems::{internal, of_store};

/// Seconds of a day.
const DAY: i64 = 86_400;

impl Engine {
    /// How a run reached Exchange when it started: trust, proxy and the rest that is no secret;
    /// `None`: there is no such run.
    ///
    /// # Errors
    /// [`contract::Code::Internal`] where the database cannot be read.
    pub async fn run_plan(&self, run: &RunId) -> Result<Option<Plan>, Problem> {
        let wanted = run.clone();
        let stored = self
            .stage()
            .db
            .read(move |tx| store::runs::show(tx, &wanted))
            .await
            .map_err(of_store)?;
        stored
            .map(|stored| serde_json::from_value(stored.options))
            .transpose()
            .map_err(|e| internal("reading the settings of the run", &e))
    }

    /// Validity of a certificate as it is now: `2025-10-23 to 2026-10-23, expired 30 days ago`.
    #[must_use]
    pub fn validity(&self, certificate: &CertificateInfo) -> String {
        validity(certificate, self.stage().clock.now())
    }
}

/// Dates in UTC, and how far off the end that matters is.
fn validity(certificate: &CertificateInfo, now: Timestamp) -> String {
    let (from, to) = (&certificate.not_before, &certificate.not_after);
    let (Ok(begins), Ok(ends)) = (from.parse::<Timestamp>(), to.parse::<Timestamp>()) else {
        return format!("{from} to {to}");
    };
    let standing = if now > ends {
        format!("expired {} ago", days(now, ends))
    } else if now < begins {
        format!("not valid yet, begins in {}", days(begins, now))
    } else {
        format!("ends in {}", days(ends, now))
    };
    format!("{} to {}, {standing}", day(begins), day(ends))
}

fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).date().to_string()
}

/// `3 days`, `1 day`, `less than a day`.
fn days(later: Timestamp, earlier: Timestamp) -> String {
    match (later.as_second() - earlier.as_second()) / DAY {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use contract::CertificateInfo;

    use super::validity;

    #[test]
    fn validity_is_told_in_days() {
        let certificate = CertificateInfo {
            not_before: "2025-01-01T00:00:00Z".to_owned(),
            not_after: "2026-01-01T00:00:00Z".to_owned(),
            ..CertificateInfo::default()
        };
        let at = |now: &str| validity(&certificate, now.parse().expect("a time"));
        let dates = "2025-01-01 to 2026-01-01";
        for (now, standing) in [
            ("2026-01-04T12:00:00Z", "expired 3 days ago"),
            ("2026-01-01T00:00:01Z", "expired less than a day ago"),
            ("2024-12-30T23:00:00Z", "not valid yet, begins in 1 day"),
            ("2025-12-02T00:00:00Z", "ends in 30 days"),
        ] {
            assert_eq!(at(now), format!("{dates}, {standing}"), "{now}");
        }
    }
}
