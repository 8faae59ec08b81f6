//! SOAP faults, 1.1 and 1.2, with the code wherever the server put it.
//!
//! It looks for a code in the places servers use; it will never make one up from prose.

use crate::details::{Details, address_in};
use crate::response_code::ResponseCode;
use crate::tree::Element;

/// A refusal of the request as a whole.
///
/// SOAP 1.1: <https://www.w3.org/TR/2000/NOTE-SOAP-20000508/#_Toc478383507>;
/// SOAP 1.2: <https://www.w3.org/TR/soap12-part1/#soapfault>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From `detail/ResponseCode`, else from `faultcode` (or `Subcode`, `Code`) after its prefix, else a
    /// known code named in the text. A generic code such as `soap:Client` is
    /// [`ResponseCode::Unknown`] with that text; no code at all is `ErrorInternalServerError`, and so
    /// is `NoError`: a fault is never a success.
    pub code: ResponseCode,
    /// `faultcode` as it came, prefix included; SOAP 1.2: the innermost subcode, else the code.
    pub fault_code: Option<String>,
    /// `faultstring` or `Reason/Text`, else `detail/Message`; in the server's language.
    pub text: Option<String>,
    /// What else stands in the detail.
    pub details: Details,
}

impl Fault {
    /// The code that decides: the inner one where the outer is `ErrorInternalServerError`.
    #[must_use]
    pub fn deciding_code(&self) -> ResponseCode {
        self.details.deciding(&self.code)
    }

    /// The primary address of an `ErrorNonPrimarySmtpAddress`, from the details or else the text;
    /// `None` for every other code.
    #[must_use]
    pub fn primary_address(&self) -> Option<&str> {
        if self.deciding_code() != ResponseCode::ErrorNonPrimarySmtpAddress {
            return None;
        }
        self.details
            .primary_address()
            .or_else(|| self.text.as_deref().and_then(address_in))
    }

    pub(crate) fn from_element(fault: &Element) -> Self {
        let detail = fault.child("detail").or_else(|| fault.child("Detail"));
        let fault_code = fault.child_text("faultcode").or_else(|| soap12_code(fault));
        let text = fault
            .child_text("faultstring")
            .or_else(|| soap12_reason(fault))
            .or_else(|| detail?.child_text("Message"));
        Self {
            code: match code(detail, fault_code.as_deref(), text.as_deref()) {
                ResponseCode::NoError => ResponseCode::ErrorInternalServerError,
                code => code,
            },
            fault_code,
            text,
            details: detail.map_or_else(Details::default, Details::from_fault_detail),
        }
    }
}

fn code(detail: Option<&Element>, fault_code: Option<&str>, text: Option<&str>) -> ResponseCode {
    if let Some(code) = detail.and_then(|detail| detail.descendant_text("ResponseCode")) {
        return ResponseCode::from(code);
    }
    if let Some(code) = fault_code.and_then(error_word) {
        return ResponseCode::from(code);
    }
    // Some faults carry only ErrorCode, or name the code in their text. Prose is prose: only codes
    // of the table count there.
    let written = detail.and_then(|detail| detail.descendant_text("ErrorCode"));
    if let Some(code) = [written, text]
        .into_iter()
        .flatten()
        .find_map(ResponseCode::named_in)
    {
        return code;
    }
    fault_code.map_or(ResponseCode::ErrorInternalServerError, ResponseCode::from)
}

/// `ErrorX` of `a:ErrorX`, or of any text around such a word.
fn error_word(text: &str) -> Option<&str> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.find(|word| word.strip_prefix("Error").is_some_and(starts_upper))
}

fn starts_upper(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_uppercase())
}

/// `Code/Subcode/…/Value` as deep as it goes, else `Code/Value`.
fn soap12_code(fault: &Element) -> Option<String> {
    let mut level = fault.child("Code")?;
    let mut value = level.child_text("Value");
    while let Some(inner) = level.child("Subcode") {
        value = inner.child_text("Value").or(value);
        level = inner;
    }
    value
}

/// `Reason/Text`, the English one if there are several.
fn soap12_reason(fault: &Element) -> Option<String> {
    let reason = fault.child("Reason")?;
    let texts = || {
        reason
            .children_named("Text")
            .filter(|text| !text.text.is_empty())
    };
    let english = texts().find(|text| {
        text.attribute("lang")
            .is_some_and(|lang| lang.starts_with("en"))
    });
    english
        .or_else(|| texts().next())
        .map(|text| text.text.clone().into_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::tree;

    // Shape: Microsoft Learn, "EWS impersonation": the fault of a caller without the role.
    #[test]
    fn the_code_of_the_detail_decides() {
        let fault = fault(
            r#"<s:Fault><faultcode xmlns:a="x">a:ErrorImpersonateUserDenied</faultcode>
            <faultstring xml:lang="en-US">The account does not have permission to impersonate the requested user.</faultstring>
            <detail><e:ResponseCode xmlns:e="y">ErrorImpersonateUserDenied</e:ResponseCode>
            <e:Message xmlns:e="y">The account does not have permission to impersonate the requested user.</e:Message></detail></s:Fault>"#,
        );
        assert_eq!(fault.code, ResponseCode::ErrorImpersonateUserDenied);
        assert_eq!(
            fault.fault_code.as_deref(),
            Some("a:ErrorImpersonateUserDenied")
        );
        assert_eq!(
            fault.text.as_deref(),
            Some("The account does not have permission to impersonate the requested user.")
        );
        assert!(fault.details.is_empty(), "code and text are no details");
    }

    #[test]
    fn the_detail_outranks_the_fault_code() {
        let fault = fault(
            "<Fault><faultcode>a:ErrorAccessDenied</faultcode><detail><ResponseCode>ErrorServerBusy</ResponseCode></detail></Fault>",
        );
        assert_eq!(fault.code, ResponseCode::ErrorServerBusy);
    }

    // Shape: gromox, an independent EWS server: no detail, HTTP 200.
    #[test]
    fn the_code_may_stand_in_faultcode_only() {
        let fault = fault(
            "<SOAP:Fault><faultcode>ErrorImpersonateUserDenied</faultcode><faultstring>no</faultstring></SOAP:Fault>",
        );
        assert_eq!(fault.code, ResponseCode::ErrorImpersonateUserDenied);
    }

    #[test]
    fn a_code_of_the_future_is_kept_as_it_came() {
        let fault = fault("<Fault><faultcode>a:ErrorNotYetInvented</faultcode></Fault>");
        assert_eq!(
            fault.code,
            ResponseCode::Unknown("ErrorNotYetInvented".into())
        );
    }

    #[test]
    fn generic_codes_stay_unknown_unless_a_code_is_named() {
        let cases = [
            (
                "<faultcode>soap:Client</faultcode>",
                ResponseCode::Unknown("soap:Client".into()),
            ),
            (
                "<faultcode>s:Server</faultcode><faultstring>Error processing request</faultstring>",
                ResponseCode::Unknown("s:Server".into()),
            ),
            (
                "<faultcode>s:Server (ErrorServerBusy)</faultcode>",
                ResponseCode::ErrorServerBusy,
            ),
            (
                "<faultcode>s:Server</faultcode><faultstring>Failed: ErrorServerBusy.</faultstring>",
                ResponseCode::ErrorServerBusy,
            ),
            (
                "<faultcode>s:Server</faultcode><detail><ErrorCode>ErrorADUnavailable</ErrorCode></detail>",
                ResponseCode::ErrorADUnavailable,
            ),
            (
                "<faultcode>s:Server</faultcode><faultstring>ErrorOfSomeProxy</faultstring>",
                ResponseCode::Unknown("s:Server".into()),
            ),
            (
                "<faultcode>NoError</faultcode>",
                ResponseCode::ErrorInternalServerError,
            ),
            (
                "<detail><ResponseCode>NoError</ResponseCode></detail>",
                ResponseCode::ErrorInternalServerError,
            ),
            (
                "<faultstring>no code</faultstring>",
                ResponseCode::ErrorInternalServerError,
            ),
            (
                "<detail><ResponseCode> </ResponseCode></detail>",
                ResponseCode::ErrorInternalServerError,
            ),
        ];
        for (inner, code) in cases {
            assert_eq!(
                fault(&format!("<Fault>{inner}</Fault>")).code,
                code,
                "{inner}"
            );
        }
    }

    // Shape: W3C SOAP 1.2 part 1, section 5.4, with the code where Exchange puts it.
    #[test]
    fn soap_1_2_is_read_as_well() {
        let fault = fault(
            r#"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>a:ErrorServerBusy</s:Value></s:Subcode></s:Code>
            <s:Reason><s:Text xml:lang="de">Nein.</s:Text><s:Text xml:lang="en-US">Busy.</s:Text></s:Reason>
            <s:Detail><t:MessageXml><t:Value Name="BackOffMilliseconds">5000</t:Value></t:MessageXml></s:Detail></s:Fault>"#,
        );
        assert_eq!(fault.code, ResponseCode::ErrorServerBusy);
        assert_eq!(fault.fault_code.as_deref(), Some("a:ErrorServerBusy"));
        assert_eq!(fault.text.as_deref(), Some("Busy."));
        assert_eq!(fault.details.back_off(), Some(Duration::from_secs(5)));
    }

    #[test]
    fn a_soap_1_2_code_without_subcode_is_generic() {
        let fault = fault(
            "<Fault><Code><Value>s:Receiver</Value></Code><Reason><Text>No.</Text></Reason></Fault>",
        );
        assert_eq!(fault.code, ResponseCode::Unknown("s:Receiver".into()));
        assert_eq!(fault.text.as_deref(), Some("No."));
    }

    #[test]
    fn the_innermost_subcode_is_the_telling_one() {
        let fault = fault(
            "<Fault><Code><Value>s:Sender</Value><Subcode><Value>x:Failed</Value>\
             <Subcode><Value>a:ErrorServerBusy</Value></Subcode></Subcode></Code></Fault>",
        );
        assert_eq!(fault.code, ResponseCode::ErrorServerBusy);
    }

    // Shape: Microsoft Learn, ErrorNonPrimarySmtpAddress; the name of the value varies.
    #[test]
    fn an_alias_is_answered_with_the_primary_address() {
        let fault = fault(
            r#"<Fault><faultcode>a:ErrorNonPrimarySmtpAddress</faultcode><faultstring>The primary SMTP address must be specified when referencing a mailbox.</faultstring>
            <detail><e:ResponseCode>ErrorNonPrimarySmtpAddress</e:ResponseCode><t:MessageXml><t:Value Name="Primary">new@contoso.com</t:Value></t:MessageXml></detail></Fault>"#,
        );
        assert_eq!(fault.primary_address(), Some("new@contoso.com"));
    }

    // Shape: Microsoft's client, SoapFaultDetails.Parse: Line, Position directly in the detail.
    #[test]
    fn older_servers_put_line_and_position_in_the_detail() {
        let fault = fault(
            "<Fault><faultcode>a:ErrorSchemaValidation</faultcode><detail><e:Line>3</e:Line><e:Position>7</e:Position><e:Message>Bad.</e:Message></detail></Fault>",
        );
        assert_eq!(
            (fault.details.line(), fault.details.position()),
            (Some(3), Some(7))
        );
        assert_eq!(fault.text.as_deref(), Some("Bad."));
    }

    fn fault(xml: &str) -> Fault {
        Fault::from_element(&tree::parse(xml).expect("a readable sample"))
    }
}
