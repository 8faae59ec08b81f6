//! `GetServerTimeZones`: a question that any account with a password can ask, mailbox or not.
//!
//! The answer proves that the log-on is accepted and that EWS works; it will never prove anything
//! about a mailbox.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getservertimezones-operation>

use crate::envelope::{self, RequestError, SchemaVersion};

/// A request for the names of the server's time zones, without their rules. Never impersonated:
/// that would be a question about a mailbox.
///
/// The answer has one response message; a success is all there is to it.
///
/// # Errors
/// None today; the type is that of every request.
pub fn request(version: SchemaVersion) -> Result<String, RequestError> {
    let operation = r#"<m:GetServerTimeZones ReturnFullTimeZoneData="false"/>"#;
    envelope::wrap(operation, version, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, read};

    #[test]
    fn a_request_impersonates_nobody() {
        let request = request(SchemaVersion::Exchange2013Sp1).unwrap();
        assert!(
            request.contains(
                r#"<soap:Body><m:GetServerTimeZones ReturnFullTimeZoneData="false"/></soap:Body>"#
            ),
            "{request}"
        );
        assert!(!request.contains("ExchangeImpersonation"), "{request}");
    }

    // Shape: Microsoft Learn, GetServerTimeZones operation, response without full data.
    #[test]
    fn a_list_of_names_is_a_success() {
        let answer = read(
            br#"<s:Envelope xmlns:s="s"><s:Body><m:GetServerTimeZonesResponse xmlns:m="m" xmlns:t="t"><m:ResponseMessages>
            <m:GetServerTimeZonesResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>
            <m:TimeZoneDefinitions><t:TimeZoneDefinition Id="UTC" Name="(UTC) Coordinated Universal Time"/></m:TimeZoneDefinitions>
            </m:GetServerTimeZonesResponseMessage></m:ResponseMessages></m:GetServerTimeZonesResponse></s:Body></s:Envelope>"#,
        )
        .unwrap();
        let Body::Messages(messages) = answer.body else {
            panic!("not messages")
        };
        assert!(messages[0].is_success());
    }
}
