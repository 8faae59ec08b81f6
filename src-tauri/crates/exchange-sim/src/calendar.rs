//! Clocks and dates: what certificates, `Date` headers and NTLM challenges are dated with. The one
//! place that reads the real clock.

use std::time::UNIX_EPOCH;

const DAY: i64 = 86_400;

/// Seconds since 1970, by the real clock. Certificates, `Date` headers and NTLM's timestamps are
/// judged by peers with clocks of their own.
#[expect(
    clippy::disallowed_methods,
    reason = "peers judge the dates by the real clock, not by a port"
)]
pub(crate) fn now() -> i64 {
    let now = std::time::SystemTime::now();
    let seconds = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    i64::try_from(seconds).expect("seconds since 1970 fit")
}

/// The date this many days from today.
pub(crate) fn date(offset: i64) -> (i32, u8, u8) {
    civil(now().div_euclid(DAY) + offset)
}

/// A time as HTTP writes it (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let weekday = usize::try_from(days.rem_euclid(7)).expect("a remainder of seven");
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        DAYS[weekday],
        MONTHS[usize::from(month) - 1],
        of_day / 3_600,
        of_day / 60 % 60,
        of_day % 60
    )
}

/// A time as JSON carries it, in UTC: `1994-11-06T08:49:37`.
pub(crate) fn iso(seconds: i64) -> String {
    let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// A time as Windows counts it: 100 ns since 1601.
pub(crate) fn file_time(seconds: i64) -> u64 {
    const FROM_1601: i64 = 11_644_473_600;
    u64::try_from(seconds + FROM_1601).unwrap_or(0) * 10_000_000
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant, `civil_from_days`).
fn civil(days: i64) -> (i32, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let narrow = |n: i64| u8::try_from(n).expect("months and days fit a byte");
    (
        i32::try_from(year).expect("the year fits"),
        narrow(month),
        narrow(day),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days_like_the_calendar() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_544), (2026, 4, 1));
    }

    #[test]
    fn writes_times_as_http_and_windows_do() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(1_709_210_096), "Thu, 29 Feb 2024 12:34:56 GMT");
        assert_eq!(iso(784_111_777), "1994-11-06T08:49:37");
        assert_eq!(file_time(0), 116_444_736_000_000_000);
    }
}
