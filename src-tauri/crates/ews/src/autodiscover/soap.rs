//! `GetUserSettings` over SOAP: the endpoints of one or several addresses.
//!
//! Offered at `/autodiscover/autodiscover.svc` from Exchange 2010 on, to whoever logs on. It asks
//! for addresses of services; it will never ask for another user's name or whereabouts.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getusersettings-operation-soap>

mod answer;

pub use answer::{Answer, Body, ErrorCode, SettingError, UserAnswer, read};

use crate::envelope;

/// Most addresses in one request: the default limit of Exchange (`MaxUsersPerGetUserSettingsRequest`).
pub const MAX_USERS: usize = 90;

/// What is asked for, by the names on the wire.
///
/// <https://learn.microsoft.com/dotnet/api/microsoft.exchange.webservices.autodiscover.usersettingname>
pub const SETTINGS: [&str; 6] = [
    "InternalEwsUrl",
    "ExternalEwsUrl",
    "EwsSupportedSchemas",
    "CasVersion",
    "AutoDiscoverSMTPAddress",
    "GroupingInformation",
];

/// Why a request was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// An address, or the URL, must not be sent.
    #[error(transparent)]
    Text(#[from] envelope::RequestError),
    /// Nobody is asked for.
    #[error("no address was asked for")]
    NoUsers,
    /// More than [`MAX_USERS`].
    #[error("{0} addresses were asked for, more than {MAX_USERS}")]
    TooManyUsers(usize),
}

/// A request to `url` for the [`SETTINGS`] of `addresses`; the answer has one user each, in the
/// same order.
///
/// # Errors
/// No address, too many, or one that must not be sent.
pub fn request(url: &str, addresses: &[&str]) -> Result<String, RequestError> {
    match addresses.len() {
        0 => return Err(RequestError::NoUsers),
        many if many > MAX_USERS => return Err(RequestError::TooManyUsers(many)),
        _ => {}
    }
    let url = envelope::content(url)?;
    let users = addresses
        .iter()
        .map(|address| {
            let address = envelope::content(address)?;
            Ok(format!("<a:User><a:Mailbox>{address}</a:Mailbox></a:User>"))
        })
        .collect::<Result<String, envelope::RequestError>>()?;
    let settings = SETTINGS
        .map(|setting| format!("<a:Setting>{setting}</a:Setting>"))
        .concat();
    Ok(format!(
        concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/""#,
            r#" xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover""#,
            r#" xmlns:wsa="http://www.w3.org/2005/08/addressing">"#,
            r#"<soap:Header><a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion>"#,
            r#"<wsa:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings</wsa:Action>"#,
            r#"<wsa:To>{url}</wsa:To></soap:Header>"#,
            r#"<soap:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users>{users}</a:Users>"#,
            r#"<a:RequestedSettings>{settings}</a:RequestedSettings></a:Request>"#,
            r#"</a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>"#,
        ),
        url = url,
        users = users,
        settings = settings,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://autodiscover.contoso.com/autodiscover/autodiscover.svc";

    #[test]
    fn a_request_is_the_documented_envelope() {
        let request = request(URL, &["user1@contoso.com", "o'neil&co@contoso.com"]).unwrap();
        insta::assert_snapshot!(request.replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover" xmlns:wsa="http://www.w3.org/2005/08/addressing">
        <soap:Header>
        <a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion>
        <wsa:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings</wsa:Action>
        <wsa:To>https://autodiscover.contoso.com/autodiscover/autodiscover.svc</wsa:To>
        </soap:Header>
        <soap:Body>
        <a:GetUserSettingsRequestMessage>
        <a:Request>
        <a:Users>
        <a:User>
        <a:Mailbox>user1@contoso.com</a:Mailbox>
        </a:User>
        <a:User>
        <a:Mailbox>o&apos;neil&amp;co@contoso.com</a:Mailbox>
        </a:User>
        </a:Users>
        <a:RequestedSettings>
        <a:Setting>InternalEwsUrl</a:Setting>
        <a:Setting>ExternalEwsUrl</a:Setting>
        <a:Setting>EwsSupportedSchemas</a:Setting>
        <a:Setting>CasVersion</a:Setting>
        <a:Setting>AutoDiscoverSMTPAddress</a:Setting>
        <a:Setting>GroupingInformation</a:Setting>
        </a:RequestedSettings>
        </a:Request>
        </a:GetUserSettingsRequestMessage>
        </soap:Body>
        </soap:Envelope>
        "#);
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        assert_eq!(request(URL, &[]), Err(RequestError::NoUsers));
        let many = vec!["a@b.c"; MAX_USERS + 1];
        assert_eq!(request(URL, &many), Err(RequestError::TooManyUsers(91)));
        assert!(request(URL, &many[1..]).is_ok());
        let empty = RequestError::Text(envelope::RequestError::Empty);
        assert_eq!(request(URL, &["a@b.c", ""]), Err(empty));
        assert_eq!(request("", &["a@b.c"]), Err(empty));
    }
}
