//! `GetServerTimeZones`: names only. Needs no mailbox, so it proves a log-on.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getservertimezones-operation>

use std::fmt::Write as _;

use crate::answer::Answer;
use crate::directory::Directory;

const ZONES: [(&str, &str); 5] = [
    ("UTC", "(UTC) Coordinated Universal Time"),
    (
        "GMT Standard Time",
        "(UTC+00:00) Dublin, Edinburgh, Lisbon, London",
    ),
    (
        "W. Europe Standard Time",
        "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
    ),
    (
        "Eastern Standard Time",
        "(UTC-05:00) Eastern Time (US & Canada)",
    ),
    (
        "Pacific Standard Time",
        "(UTC-08:00) Pacific Time (US & Canada)",
    ),
];

/// The zones of these ids; all of them when none is named.
pub(super) fn answer(ids: &[String], directory: &Directory) -> Answer {
    let mut zones = String::new();
    for (id, name) in ZONES
        .iter()
        .filter(|(id, _)| ids.is_empty() || ids.iter().any(|i| i == id))
    {
        let name = crate::xml::escape(name);
        let _ = write!(zones, "<t:TimeZoneDefinition Id=\"{id}\" Name=\"{name}\"/>");
    }
    let message = format!(
        "<m:GetServerTimeZonesResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
         </m:ResponseCode><m:TimeZoneDefinitions>{zones}</m:TimeZoneDefinitions>\
         </m:GetServerTimeZonesResponseMessage>"
    );
    directory.envelope.messages("GetServerTimeZones", &message)
}
