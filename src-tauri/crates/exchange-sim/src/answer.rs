//! Templates of EWS answers: the envelope, response messages and faults, as documented under
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference>. The constant parts
//! are built once per build number; everything that comes from outside is escaped.

use std::fmt::Write as _;

use bytes::Bytes;

use crate::ews_error::{EwsError, Extras, Form};
use crate::options::Build;
use crate::xml::escape;

const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
const ERRORS: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";
const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const SCHEMA_NAMESPACES: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
    xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"";

/// Status and body of an EWS answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

/// The parts around every answer of one build.
#[derive(Debug)]
pub(crate) struct Envelope {
    head: String,
}

impl Envelope {
    pub(crate) fn new(build: Build) -> Self {
        let Build {
            major,
            minor,
            build: number,
            revision,
        } = build;
        let schema = build.schema();
        let head = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{SOAP_11}\"><s:Header>\
             <h:ServerVersionInfo MajorVersion=\"{major}\" MinorVersion=\"{minor}\" \
             MajorBuildNumber=\"{number}\" MinorBuildNumber=\"{revision}\" Version=\"{schema}\" \
             xmlns:h=\"{TYPES}\" xmlns=\"{TYPES}\" {SCHEMA_NAMESPACES}/></s:Header>\
             <s:Body {SCHEMA_NAMESPACES}>"
        );
        Self { head }
    }

    /// An operation's response around its messages, HTTP 200.
    pub(crate) fn messages(&self, operation: &str, messages: &str) -> Answer {
        let content = format!("<m:ResponseMessages>{messages}</m:ResponseMessages>");
        self.element(operation, "", &content)
    }

    /// An error of an operation, in the form the error asks for.
    pub(crate) fn error(&self, operation: &str, error: &EwsError) -> Answer {
        match error.form {
            Form::Message if is_plain(operation) => {
                self.plain(operation, "Error", &explanation(error))
            }
            Form::Message => self.messages(operation, &message(operation, error)),
            _ => fault(error),
        }
    }

    /// The response of an operation that has no response messages but is one itself, HTTP 200.
    pub(crate) fn plain(&self, operation: &str, class: &str, content: &str) -> Answer {
        self.element(operation, &format!(" ResponseClass=\"{class}\""), content)
    }

    fn element(&self, operation: &str, attributes: &str, content: &str) -> Answer {
        let mut body = String::with_capacity(self.head.len() + content.len() + 320);
        body.push_str(&self.head);
        let _ = write!(
            body,
            "<m:{operation}Response{attributes} xmlns:m=\"{MESSAGES}\" xmlns:t=\"{TYPES}\">\
             {content}</m:{operation}Response></s:Body></s:Envelope>"
        );
        Answer {
            status: 200,
            body: body.into(),
        }
    }
}

/// Whether the schema gives the operation one message only, the response itself.
fn is_plain(operation: &str) -> bool {
    matches!(operation, "GetRoomLists" | "GetRooms")
}

/// A response message that says no (or, for a warning, says more), ending as the schema of the
/// operation demands.
pub(crate) fn message(operation: &str, error: &EwsError) -> String {
    let nothing = match operation {
        "GetFolder" => "<m:Folders/>",
        "CreateItem" | "GetItem" => "<m:Items/>",
        _ => "",
    };
    format!(
        "<m:{operation}ResponseMessage ResponseClass=\"Error\">{}{nothing}\
         </m:{operation}ResponseMessage>",
        explanation(error)
    )
}

/// Text, code, link key and values of a response message.
pub(crate) fn explanation(error: &EwsError) -> String {
    let extra = match values(error) {
        values if values.is_empty() => values,
        values => format!("<m:MessageXml>{values}</m:MessageXml>"),
    };
    format!(
        "<m:MessageText>{}</m:MessageText><m:ResponseCode>{}</m:ResponseCode>\
         <m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{extra}",
        escape(&error.text),
        escape(&error.code),
    )
}

/// An error as a SOAP fault. Real faults carry no `s:Header`.
pub(crate) fn fault(error: &EwsError) -> Answer {
    let code = escape(&error.code);
    let text = escape(&error.text);
    let (status, body) = match error.form {
        Form::Soap12Fault => (500, soap_12(&code, &text, &detail(error))),
        Form::FaultWithOk => (200, soap_11(&format!("a:{code}"), &text, "")),
        Form::FaultCodeOnly => (500, soap_11(&format!("a:{code}"), &text, "")),
        Form::Fault | Form::Message => (
            500,
            soap_11(
                &format!("a:{code}"),
                &text,
                &format!("<detail>{}</detail>", detail(error)),
            ),
        ),
    };
    Answer {
        status,
        body: body.into(),
    }
}

fn soap_11(code: &str, text: &str, detail: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{SOAP_11}\"><s:Body>\
         <s:Fault><faultcode xmlns:a=\"{TYPES}\">{code}</faultcode>\
         <faultstring xml:lang=\"en-US\">{text}</faultstring>{detail}</s:Fault></s:Body></s:Envelope>"
    )
}

fn soap_12(code: &str, text: &str, detail: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{SOAP_12}\"><s:Body>\
         <s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value xmlns:a=\"{TYPES}\">\
         a:{code}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">{text}</s:Text>\
         </s:Reason><s:Detail>{detail}</s:Detail></s:Fault></s:Body></s:Envelope>"
    )
}

fn detail(error: &EwsError) -> String {
    let extra = match values(error) {
        values if values.is_empty() => values,
        values => format!("<t:MessageXml xmlns:t=\"{TYPES}\">{values}</t:MessageXml>"),
    };
    format!(
        "<e:ResponseCode xmlns:e=\"{ERRORS}\">{}</e:ResponseCode>\
         <e:Message xmlns:e=\"{ERRORS}\">{}</e:Message>{extra}",
        escape(&error.code),
        escape(&error.text)
    )
}

fn values(error: &EwsError) -> String {
    let mut out = String::new();
    match &error.extras {
        Extras::Values(values) => {
            for (name, value) in values {
                let (name, value) = (escape(name), escape(value));
                let _ = write!(out, "<t:Value Name=\"{name}\">{value}</t:Value>");
            }
        }
        Extras::Tags(tags) => {
            for (name, value) in tags {
                let _ = write!(out, "<t:{name}>{}</t:{name}>", escape(value));
            }
        }
    }
    out
}
