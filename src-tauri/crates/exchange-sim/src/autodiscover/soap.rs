//! `GetUserSettings` of Autodiscover's SOAP service.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getusersettings-operation-soap>

use std::fmt::Write as _;

use super::lookup::{Settings, Told, Whereabouts};
use crate::answer::Answer;
use crate::directory::Directory;
use crate::xml::{Element, Namespace, escape, parse};

const AUTODISCOVER: &str = "http://schemas.microsoft.com/exchange/2010/Autodiscover";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";

/// The answer to a request body.
pub(crate) fn answer(body: &[u8], place: Whereabouts<'_>) -> Answer {
    let root = match parse(body) {
        Ok(root) => root,
        Err(violation) => return fault("DeserializationFailed", &violation.text),
    };
    let soap = |name| root.child(Namespace::Soap, name);
    let message = soap("Body")
        .and_then(|body| body.child(Namespace::Autodiscover, "GetUserSettingsRequestMessage"));
    let Some(message) = message.filter(|_| root.is(Namespace::Soap, "Envelope")) else {
        return fault("ActionNotSupported", "The operation is not known here.");
    };
    let action = soap("Header").and_then(|h| h.child(Namespace::Addressing, "Action"));
    if !action.is_some_and(|action| action.text.trim().ends_with("/GetUserSettings")) {
        let text = "The message cannot be processed, for its Action names no operation.";
        return fault("ActionNotSupported", text);
    }
    let version =
        soap("Header").and_then(|h| h.child(Namespace::Autodiscover, "RequestedServerVersion"));
    let content = match (version, wanted(message)) {
        (Some(_), Some((users, settings))) => {
            match &place.directory.options.autodiscover.soap_refusal {
                Some((code, text)) => response(code, text, ""),
                None => responses(&users, &settings, place),
            }
        }
        _ => response("InvalidRequest", "The request is invalid.", ""),
    };
    envelope(&content, place.directory)
}

/// Addresses and names of settings.
fn wanted(message: &Element) -> Option<(Vec<String>, Vec<String>)> {
    let request = message.child(Namespace::Autodiscover, "Request")?;
    let texts = |elements: &[Element]| -> Vec<String> {
        let texts = elements.iter().map(|element| element.text.trim());
        texts
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let users = request.child(Namespace::Autodiscover, "Users")?;
    let users: Vec<String> = users
        .children
        .iter()
        .filter_map(|user| user.child(Namespace::Autodiscover, "Mailbox"))
        .map(|mailbox| mailbox.text.trim().to_owned())
        .collect();
    let settings = request.child(Namespace::Autodiscover, "RequestedSettings")?;
    let settings = texts(&settings.children);
    (!users.is_empty() && !settings.is_empty()).then_some((users, settings))
}

fn responses(users: &[String], wanted: &[String], place: Whereabouts<'_>) -> String {
    let users: String = users
        .iter()
        .map(|user| user_response(place.tell(user), wanted, place.directory))
        .collect();
    response(
        "NoError",
        "",
        &format!("<UserResponses>{users}</UserResponses>"),
    )
}

fn response(code: &str, text: &str, content: &str) -> String {
    format!(
        "<GetUserSettingsResponseMessage xmlns=\"{AUTODISCOVER}\"><Response xmlns:i=\"{INSTANCE}\">\
         <ErrorCode>{}</ErrorCode><ErrorMessage>{}</ErrorMessage>{content}</Response>\
         </GetUserSettingsResponseMessage>",
        escape(code),
        escape(text)
    )
}

fn user_response(told: Told, wanted: &[String], directory: &Directory) -> String {
    let (code, text, target, settings) = match told {
        Told::Settings(settings) => {
            let content = user_settings(&settings, wanted, directory);
            ("NoError".to_owned(), "No error.".to_owned(), None, content)
        }
        Told::RedirectAddress(target) => {
            let text = format!("Redirect to {target}.");
            (
                "RedirectAddress".to_owned(),
                text,
                Some(target),
                EMPTY.to_owned(),
            )
        }
        Told::RedirectUrl(target) => {
            let text = format!("Redirect to {target}.");
            (
                "RedirectUrl".to_owned(),
                text,
                Some(target),
                EMPTY.to_owned(),
            )
        }
        Told::InvalidUser => {
            let text = "The user isn't valid.".to_owned();
            ("InvalidUser".to_owned(), text, None, EMPTY.to_owned())
        }
        Told::Busy => {
            let text = "The server is too busy to process the request.".to_owned();
            ("ServerBusy".to_owned(), text, None, EMPTY.to_owned())
        }
        Told::Error { code, text } => (code, text, None, EMPTY.to_owned()),
    };
    let target = match target {
        Some(target) => format!("<RedirectTarget>{}</RedirectTarget>", escape(&target)),
        None => "<RedirectTarget i:nil=\"true\"/>".to_owned(),
    };
    format!(
        "<UserResponse><ErrorCode>{}</ErrorCode><ErrorMessage>{}</ErrorMessage>{target}{settings}\
         </UserResponse>",
        escape(&code),
        escape(&text)
    )
}

const EMPTY: &str = "<UserSettingErrors/><UserSettings/>";

/// The settings that there are, and an error for each that there is not.
fn user_settings(settings: &Settings, wanted: &[String], directory: &Directory) -> String {
    let (mut values, mut errors) = (String::new(), String::new());
    for name in wanted {
        let escaped = escape(name);
        match value(name, settings, directory) {
            Ok(value) => {
                let _ = write!(
                    values,
                    "<UserSetting i:type=\"StringSetting\"><Name>{escaped}</Name><Value>{}</Value>\
                     </UserSetting>",
                    escape(&value)
                );
            }
            Err(code) => {
                let _ = write!(
                    errors,
                    "<UserSettingError><ErrorCode>{code}</ErrorCode><ErrorMessage>The setting \
                     '{escaped}' isn't available.</ErrorMessage><SettingName>{escaped}\
                     </SettingName></UserSettingError>"
                );
            }
        }
    }
    format!("<UserSettingErrors>{errors}</UserSettingErrors><UserSettings>{values}</UserSettings>")
}

/// Settings that exist, and have no value here.
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/setting-soap>
const NOT_HERE: &str = "UserDN UserDeploymentId InternalMailboxServer InternalRpcClientServer \
    InternalMailboxServerDN InternalEcpUrl InternalEcpVoicemailUrl \
    InternalEcpEmailSubscriptionsUrl InternalEcpTextMessagingUrl \
    InternalEcpDeliveryReportUrl InternalEcpRetentionPolicyTagsUrl \
    InternalEcpPublishingUrl InternalOABUrl InternalUMUrl InternalWebClientUrls \
    MailboxDN PublicFolderServer ActiveDirectoryServer ExternalMailboxServer \
    ExternalMailboxServerRequiresSSL ExternalMailboxServerAuthenticationMethods \
    EcpVoicemailUrlFragment EcpEmailSubscriptionsUrlFragment EcpTextMessagingUrlFragment \
    EcpDeliveryReportUrlFragment EcpRetentionPolicyTagsUrlFragment \
    EcpPublishingUrlFragment ExternalEcpUrl ExternalEcpVoicemailUrl \
    ExternalEcpEmailSubscriptionsUrl ExternalEcpTextMessagingUrl \
    ExternalEcpDeliveryReportUrl ExternalEcpRetentionPolicyTagsUrl \
    ExternalEcpPublishingUrl ExternalOABUrl ExternalUMUrl ExternalWebClientUrls \
    CrossOrganizationSharingEnabled AlternateMailboxes InternalPop3Connections \
    ExternalPop3Connections InternalImap4Connections ExternalImap4Connections \
    InternalSmtpConnections ExternalSmtpConnections InternalServerExclusiveConnect \
    ExternalServerExclusiveConnect ExchangeRpcUrl ShowGalAsDefaultView \
    InteropExternalEwsUrl ExternalEwsVersion InteropExternalEwsVersion \
    MobileMailboxPolicyInterop UserMSOnline MapiHttpEnabled";

fn value(name: &str, settings: &Settings, directory: &Directory) -> Result<String, &'static str> {
    let url = |url: &Option<String>| url.clone().ok_or("SettingIsNotAvailable");
    Ok(match name {
        "InternalEwsUrl" => url(&settings.internal)?,
        "ExternalEwsUrl" => url(&settings.external)?,
        "EwsSupportedSchemas" => named_schemas(directory),
        "CasVersion" => padded(directory),
        "AutoDiscoverSMTPAddress" => settings.address.clone(),
        "UserDisplayName" => settings.display_name.clone(),
        "GroupingInformation" => "Default-First-Site-Name".to_owned(),
        _ if NOT_HERE.split(' ').any(|known| known == name) => return Err("SettingIsNotAvailable"),
        _ => return Err("InvalidSetting"),
    })
}

/// The schema versions that have names: `Exchange2007, …, Exchange2016`.
fn named_schemas(directory: &Directory) -> String {
    let versions = directory.options.schema_versions.iter();
    let named: Vec<&str> = versions
        .map(String::as_str)
        .filter(|version| version.starts_with("Exchange"))
        .collect();
    named.join(", ")
}

/// `15.02.2562.017`.
fn padded(directory: &Directory) -> String {
    let build = directory.options.build;
    format!(
        "{:02}.{:02}.{:04}.{:03}",
        build.major, build.minor, build.build, build.revision
    )
}

fn envelope(content: &str, directory: &Directory) -> Answer {
    let build = directory.options.build;
    Answer {
        status: 200,
        body: format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{SOAP}\" \
             xmlns:a=\"{ADDRESSING}\"><s:Header><a:Action s:mustUnderstand=\"1\">{AUTODISCOVER}\
             /Autodiscover/GetUserSettingsResponse</a:Action><h:ServerVersionInfo \
             xmlns:h=\"{AUTODISCOVER}\" xmlns:i=\"{INSTANCE}\"><h:MajorVersion>{}</h:MajorVersion>\
             <h:MinorVersion>{}</h:MinorVersion><h:MajorBuildNumber>{}</h:MajorBuildNumber>\
             <h:MinorBuildNumber>{}</h:MinorBuildNumber><h:Version>Exchange2015</h:Version>\
             </h:ServerVersionInfo></s:Header><s:Body>{content}</s:Body></s:Envelope>",
            build.major, build.minor, build.build, build.revision
        )
        .into(),
    }
}

fn fault(code: &str, text: &str) -> Answer {
    Answer {
        status: 500,
        body: format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{SOAP}\"><s:Body>\
             <s:Fault><faultcode xmlns:a=\"{ADDRESSING}\">a:{code}</faultcode><faultstring \
             xml:lang=\"en-US\">{}</faultstring></s:Fault></s:Body></s:Envelope>",
            escape(text)
        )
        .into(),
    }
}
