//! The answer to `GetUserSettings`: what the server says about each user, as it says it.
//!
//! It follows no redirect and prefers no endpoint; that is for whoever asked.

use std::collections::BTreeMap;
use std::fmt;

use super::super::target;
use crate::fault::Fault;
use crate::read::{self as xml, ReadError};
use crate::server_version::ServerVersion;
use crate::tree::Element;

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Build of the server; `None` where the header is missing.
    pub server_version: Option<ServerVersion>,
    /// What the server said.
    pub body: Body,
}

/// The two kinds of answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The request as a whole was refused.
    Fault(Fault),
    /// The request was taken.
    Response {
        /// `Response/ErrorCode`; anything but `NoError` is about the request, not about a user.
        code: ErrorCode,
        /// `Response/ErrorMessage`, in the server's language.
        message: Option<String>,
        /// One for each address, in the order asked. Empty when the request was refused.
        users: Vec<UserAnswer>,
    },
}

/// `UserResponse`: what was said about one address.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/userresponse-soap>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAnswer {
    /// `ErrorCode`. One that is missing is `InternalServerError`: success must be said.
    pub code: ErrorCode,
    /// `ErrorMessage`, in the server's language.
    pub message: Option<String>,
    /// `RedirectTarget`: an address or a URL, as `code` says.
    pub redirect_target: Option<String>,
    /// `UserSettings`: name to text; settings that are lists are left out.
    pub settings: BTreeMap<String, String>,
    /// `UserSettingErrors`: what was asked for and is not there.
    pub setting_errors: Vec<SettingError>,
}

/// `UserSettingError`: why a setting is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    /// `SettingName`, as it was asked for.
    pub setting: String,
    /// `ErrorCode`, mostly `SettingIsNotAvailable` or `InvalidSetting`.
    pub code: ErrorCode,
    /// `ErrorMessage`, in the server's language.
    pub message: Option<String>,
}

impl UserAnswer {
    /// Where to ask again, under another address, if that is the answer.
    #[must_use]
    pub fn redirect_address(&self) -> Option<&str> {
        self.redirected(&ErrorCode::RedirectAddress)
    }

    /// Where to ask again, at another URL, if that is the answer.
    #[must_use]
    pub fn redirect_url(&self) -> Option<&str> {
        self.redirected(&ErrorCode::RedirectUrl)
    }

    /// `InternalEwsUrl`: for clients inside the organization's network.
    #[must_use]
    pub fn internal_ews_url(&self) -> Option<&str> {
        self.url("InternalEwsUrl")
    }

    /// `ExternalEwsUrl`: for all others.
    #[must_use]
    pub fn external_ews_url(&self) -> Option<&str> {
        self.url("ExternalEwsUrl")
    }

    fn redirected(&self, code: &ErrorCode) -> Option<&str> {
        self.redirect_target
            .as_deref()
            .filter(|_| self.code == *code)
    }

    /// An error never comes with an endpoint.
    fn url(&self, setting: &str) -> Option<&str> {
        let url = self.settings.get(setting).map(String::as_str);
        url.filter(|url| self.code == ErrorCode::NoError && target(url).as_deref() == Some(url))
    }

    fn from_element(user: &Element) -> Self {
        let settings = user
            .children_named("UserSettings")
            .flat_map(|settings| settings.children_named("UserSetting"));
        let errors = user
            .children_named("UserSettingErrors")
            .flat_map(|errors| errors.children_named("UserSettingError"));
        let mut known = BTreeMap::new();
        for setting in settings {
            if let (Some(name), Some(value)) =
                (setting.child_text("Name"), setting.child_text("Value"))
            {
                known.entry(name).or_insert(value);
            }
        }
        Self {
            code: ErrorCode::of(user),
            message: user.child_text("ErrorMessage"),
            redirect_target: user.child_text("RedirectTarget").and_then(|t| target(&t)),
            settings: known,
            setting_errors: errors
                .map(|error| SettingError {
                    setting: error.child_text("SettingName").unwrap_or_default(),
                    code: ErrorCode::of(error),
                    message: error.child_text("ErrorMessage"),
                })
                .collect(),
        }
    }
}

/// Declares the codes, their names on the wire and the way back from one list.
macro_rules! error_codes {
    ($($(#[$doc:meta])+ $code:ident,)+) => {
        /// `ErrorCode` of a response, a user or a setting. Each variant is spelled as on the wire.
        ///
        /// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/errorcode-soap>
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])+ $code,)+
            /// Anything else, as it came.
            Unknown(String),
        }

        impl ErrorCode {
            /// The name on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$code => stringify!($code),)+
                    Self::Unknown(code) => code,
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(code: &str) -> Self {
                match code {
                    $(stringify!($code) => Self::$code,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }
    };
}

error_codes! {
    /// Done.
    NoError,
    /// Ask again under another address.
    RedirectAddress,
    /// Ask again at another URL.
    RedirectUrl,
    /// No such user here.
    InvalidUser,
    /// The request is wrong.
    InvalidRequest,
    /// No such setting.
    InvalidSetting,
    /// The setting exists, not for this user.
    SettingIsNotAvailable,
    /// Too many requests.
    ServerBusy,
    /// No such domain here.
    InvalidDomain,
    /// The organization is not federated.
    NotFederated,
    /// Anything.
    InternalServerError,
}

impl ErrorCode {
    fn of(element: &Element) -> Self {
        let code = element.child_text("ErrorCode");
        code.as_deref()
            .map_or(Self::InternalServerError, Self::from)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads the answer. Elements are matched by local name; namespaces are ignored.
///
/// Never panics; memory is bounded by the limits of [`crate::read()`].
///
/// # Errors
/// The bytes are no answer; [`ReadError`] says what they are instead.
pub fn read(body: &[u8]) -> Result<Answer, ReadError> {
    let envelope = xml::envelope(body)?;
    let soap_body = envelope.child("Body").ok_or(ReadError::NoAnswer)?;
    let body = match soap_body.child("Fault") {
        Some(fault) => Body::Fault(Fault::from_element(fault)),
        None => response(soap_body).ok_or(ReadError::NoAnswer)?,
    };
    let header = envelope.child("Header");
    Ok(Answer {
        server_version: header.and_then(ServerVersion::from_header),
        body,
    })
}

fn response(soap_body: &Element) -> Option<Body> {
    let response = soap_body
        .children_named("GetUserSettingsResponseMessage")
        .find_map(|message| message.child("Response"))?;
    let users = response
        .children_named("UserResponses")
        .flat_map(|users| users.children_named("UserResponse"));
    Some(Body::Response {
        code: ErrorCode::of(response),
        message: response.child_text("ErrorMessage"),
        users: users.map(UserAnswer::from_element).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResponseCode;
    use crate::autodiscover::MAX_URL;

    // Shape: Microsoft Learn, GetUserSettings operation (SOAP), "GetUserSettings response example",
    // with the settings asked for here and the header of an Exchange 2019 answer.
    const SETTINGS: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>
        <a:Action s:mustUnderstand="1">http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettingsResponse</a:Action>
        <h:ServerVersionInfo xmlns:h="http://schemas.microsoft.com/exchange/2010/Autodiscover" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
        <h:MajorVersion>15</h:MajorVersion><h:MinorVersion>2</h:MinorVersion><h:MajorBuildNumber>1748</h:MajorBuildNumber>
        <h:MinorBuildNumber>10</h:MinorBuildNumber><h:Version>Exchange2015</h:Version></h:ServerVersionInfo></s:Header>
        <s:Body><GetUserSettingsResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/Autodiscover"><Response xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
        <ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage>
        <RedirectTarget i:nil="true"/><UserSettingErrors><UserSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode>
        <ErrorMessage>Setting 'ExternalEwsUrl' is not available.</ErrorMessage><SettingName>ExternalEwsUrl</SettingName></UserSettingError></UserSettingErrors>
        <UserSettings><UserSetting i:type="StringSetting"><Name>InternalEwsUrl</Name><Value>https://mail.contoso.com/EWS/Exchange.asmx</Value></UserSetting>
        <UserSetting i:type="StringSetting"><Name>CasVersion</Name><Value>15.02.1748.010</Value></UserSetting>
        <UserSetting i:type="WebClientUrlCollectionSetting"><Name>InternalWebClientUrls</Name><WebClientUrls><WebClientUrl><Url>https://x</Url></WebClientUrl></WebClientUrls></UserSetting>
        <UserSetting i:type="StringSetting"><Name>InternalEwsUrl</Name><Value>https://second.contoso.com</Value></UserSetting>
        </UserSettings></UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>"#;

    #[test]
    fn settings_and_their_absence_are_read() {
        let answer = read(SETTINGS.as_bytes()).unwrap();
        let version = answer.server_version.unwrap();
        assert_eq!(version.to_string(), "15.2.1748.10");
        assert_eq!(version.schema.as_deref(), Some("Exchange2015"));
        let Body::Response { code, users, .. } = answer.body else {
            panic!("a fault")
        };
        assert_eq!((code, users.len()), (ErrorCode::NoError, 1));
        let user = &users[0];
        assert_eq!(
            user.internal_ews_url(),
            Some("https://mail.contoso.com/EWS/Exchange.asmx"),
            "the first of two of the same name"
        );
        assert_eq!(user.external_ews_url(), None);
        assert_eq!(user.settings["CasVersion"], "15.02.1748.010");
        assert_eq!(user.settings.len(), 2, "a list is no text");
        assert_eq!(user.setting_errors[0].setting, "ExternalEwsUrl");
        assert_eq!(
            user.setting_errors[0].code,
            ErrorCode::SettingIsNotAvailable
        );
        assert_eq!((user.redirect_address(), user.redirect_url()), (None, None));
    }

    // Shape: Microsoft Learn, "Handling Autodiscover error messages", redirects over SOAP.
    #[test]
    fn a_redirect_is_of_one_kind() {
        let address = user(
            "<ErrorCode>RedirectAddress</ErrorCode><RedirectTarget>user1@contoso.mail.onmicrosoft.com</RedirectTarget>",
        );
        assert_eq!(
            address.redirect_address(),
            Some("user1@contoso.mail.onmicrosoft.com")
        );
        assert_eq!(address.redirect_url(), None);
        let url = user(
            "<ErrorCode>RedirectUrl</ErrorCode><RedirectTarget>https://mail.contoso.com/autodiscover/autodiscover.svc</RedirectTarget>",
        );
        assert_eq!(
            url.redirect_url(),
            Some("https://mail.contoso.com/autodiscover/autodiscover.svc")
        );
        assert_eq!(url.redirect_address(), None);
    }

    #[test]
    fn an_error_comes_with_no_endpoint() {
        let setting = "<UserSettings><UserSetting><Name>ExternalEwsUrl</Name><Value>https://a.b/c</Value></UserSetting></UserSettings>";
        let fine = user(&format!("<ErrorCode>NoError</ErrorCode>{setting}"));
        assert_eq!(fine.external_ews_url(), Some("https://a.b/c"));
        let invalid = user(&format!(
            "<ErrorCode>InvalidUser</ErrorCode><ErrorMessage>Invalid user: 'a@b.c'</ErrorMessage>{setting}"
        ));
        assert_eq!(invalid.code, ErrorCode::InvalidUser);
        assert_eq!(invalid.message.as_deref(), Some("Invalid user: 'a@b.c'"));
        assert_eq!(invalid.external_ews_url(), None);
        let unsaid = user(setting);
        assert_eq!(unsaid.code, ErrorCode::InternalServerError);
        assert_eq!(unsaid.external_ews_url(), None);
    }

    #[test]
    fn a_url_that_was_cut_short_is_none() {
        let long = "x".repeat(MAX_URL);
        let user = user(&format!(
            "<ErrorCode>NoError</ErrorCode><UserSettings><UserSetting><Name>InternalEwsUrl</Name><Value>https://a.b/{long}</Value></UserSetting></UserSettings>"
        ));
        assert_eq!(user.internal_ews_url(), None);
    }

    // Shape: Microsoft Learn, ErrorCode (SOAP): the request is refused as a whole.
    #[test]
    fn a_refused_request_has_no_users() {
        let answer = read(
            br"<Envelope><Body><GetUserSettingsResponseMessage><Response><ErrorCode>ServerBusy</ErrorCode><ErrorMessage>Busy.</ErrorMessage><UserResponses/></Response></GetUserSettingsResponseMessage></Body></Envelope>",
        )
        .unwrap();
        let refused = Body::Response {
            code: ErrorCode::ServerBusy,
            message: Some("Busy.".into()),
            users: Vec::new(),
        };
        assert_eq!(answer.body, refused);
    }

    // Shape: a fault of the WCF service behind autodiscover.svc.
    #[test]
    fn a_fault_is_a_fault() {
        let answer = read(
            br#"<s:Envelope xmlns:s="s"><s:Body><s:Fault><faultcode xmlns:a="n">a:InternalServiceFault</faultcode><faultstring xml:lang="en-US">The server was unable to process the request.</faultstring></s:Fault></s:Body></s:Envelope>"#,
        )
        .unwrap();
        let Body::Fault(fault) = answer.body else {
            panic!("no fault")
        };
        assert_eq!(
            fault.code,
            ResponseCode::Unknown("a:InternalServiceFault".into())
        );
    }

    #[test]
    fn other_answers_are_none() {
        let none = |body: &str| read(format!("<Envelope>{body}</Envelope>").as_bytes());
        for body in [
            "",
            "<Body/>",
            "<Body><GetUserSettingsResponseMessage/></Body>",
            "<Body><GetFolderResponse/></Body>",
        ] {
            assert_eq!(none(body), Err(ReadError::NoAnswer), "{body}");
        }
        assert!(matches!(
            read(b"<Autodiscover/>"),
            Err(ReadError::NotSoap { .. })
        ));
    }

    #[test]
    fn every_code_survives_the_way_back_to_the_wire() {
        for code in [
            "NoError",
            "RedirectAddress",
            "RedirectUrl",
            "NotFederated",
            "SomethingNew",
        ] {
            assert_eq!(ErrorCode::from(code).to_string(), code);
        }
        assert_eq!(
            ErrorCode::from("noerror"),
            ErrorCode::Unknown("noerror".into())
        );
    }

    fn user(inner: &str) -> UserAnswer {
        let xml = format!(
            "<Envelope><Body><GetUserSettingsResponseMessage><Response><ErrorCode>NoError</ErrorCode><UserResponses><UserResponse>{inner}</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></Body></Envelope>"
        );
        match read(xml.as_bytes()).expect("a readable answer").body {
            Body::Response { mut users, .. } => users.remove(0),
            Body::Fault(fault) => panic!("a fault: {fault:?}"),
        }
    }
}
