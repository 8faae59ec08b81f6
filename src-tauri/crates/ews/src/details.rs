//! The details a server adds to an error: back-off, inner code, schema violation, right address.
//!
//! They come in two shapes, `<t:Value Name="…">` and plain tags; here they are one list of named
//! values. A value that does not parse is absent, never guessed.

use std::time::Duration;

use crate::response_code::ResponseCode;
use crate::tree::Element;

/// The named values of `MessageXml` (and, in a fault, of `detail` around it), in document order.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/messagexml>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    values: Vec<(String, String)>,
}

impl Details {
    /// How long the server asks to be left alone, from `BackOffMilliseconds`.
    ///
    /// As the server said it, unlimited: whoever waits decides how long is too long. What is too large
    /// for a number is a wait all the same: [`Duration::MAX`].
    #[must_use]
    pub fn back_off(&self) -> Option<Duration> {
        let text = self.value("BackOffMilliseconds")?;
        let counts = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        counts.then(|| text.parse().map_or(Duration::MAX, Duration::from_millis))
    }

    /// `InnerErrorResponseCode`: the real cause behind an `ErrorInternalServerError`.
    #[must_use]
    pub fn inner_code(&self) -> Option<ResponseCode> {
        self.value("InnerErrorResponseCode").map(ResponseCode::from)
    }

    /// `InnerErrorMessageText`, in the server's language.
    #[must_use]
    pub fn inner_text(&self) -> Option<&str> {
        self.value("InnerErrorMessageText")
    }

    /// Line of the request that failed validation, from 1.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.value("LineNumber")
            .or_else(|| self.value("Line"))?
            .parse()
            .ok()
    }

    /// Column of the request that failed validation, from 1.
    #[must_use]
    pub fn position(&self) -> Option<u32> {
        self.value("LinePosition")
            .or_else(|| self.value("Position"))?
            .parse()
            .ok()
    }

    /// What the schema validation of the server found wrong.
    #[must_use]
    pub fn violation(&self) -> Option<&str> {
        self.value("Violation")
    }

    /// The address that an `ErrorNonPrimarySmtpAddress` offers instead of the one asked for.
    ///
    /// The name of the value is not documented: one whose name says "primary" is preferred, else
    /// the first value that holds something that looks like an SMTP address. Ask for that code
    /// only; elsewhere an address in the details may be anyone's.
    #[must_use]
    pub fn primary_address(&self) -> Option<&str> {
        let says_primary = |name: &str| name.to_ascii_lowercase().contains("primary");
        let primary = self.iter().filter(|(name, _)| says_primary(name));
        primary
            .chain(self.iter())
            .find_map(|(_, value)| address_in(value))
    }

    /// The first value of this name, without regard to the case of the name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Every name and value, as they came. Values are never empty; names may repeat.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn from_message_xml(message_xml: &Element) -> Self {
        let mut values = Vec::new();
        collect(message_xml, &mut values);
        Self { values }
    }

    /// All that stands in a fault's detail, but for its code and text, which have fields of their own.
    pub(crate) fn from_fault_detail(detail: &Element) -> Self {
        let mut values = Vec::new();
        let rest = detail
            .children()
            .filter(|child| !matches!(child.name, "ResponseCode" | "Message"));
        rest.for_each(|child| collect(child, &mut values));
        Self { values }
    }

    /// `outer`, unless it is `ErrorInternalServerError` and there is a telling code inside.
    pub(crate) fn deciding(&self, outer: &ResponseCode) -> ResponseCode {
        match self.inner_code() {
            Some(inner)
                if *outer == ResponseCode::ErrorInternalServerError
                    && inner != ResponseCode::NoError =>
            {
                inner
            }
            _ => outer.clone(),
        }
    }
}

/// The first thing in `text` that looks like an SMTP address, without its wrapping.
pub(crate) fn address_in(text: &str) -> Option<&str> {
    text.split(|c: char| {
        c.is_whitespace() || "<>()[]{}\",;:=|\u{201c}\u{201d}\u{ab}\u{bb}".contains(c)
    })
    .map(|token| token.trim_matches(['\'', '`', '.', '\u{2018}', '\u{2019}']))
    .find(|token| looks_like_address(token))
}

/// `local@domain.tld`. A look, not a parse: the address was made by a server, for a human.
fn looks_like_address(token: &str) -> bool {
    let Some((local, domain)) = token.split_once('@') else {
        return false;
    };
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    token.len() <= 320 && !local.is_empty() && domain.contains('.') && domain.split('.').all(label)
}

fn collect(element: &Element, values: &mut Vec<(String, String)>) {
    if !element.text.is_empty() {
        let name = element
            .attribute("Name")
            .filter(|_| element.name == "Value")
            .unwrap_or(element.name);
        values.push((name.to_owned(), element.text.clone().into_owned()));
    }
    element.children().for_each(|child| collect(child, values));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree;

    // Shape: Microsoft Learn, "EWS throttling in Exchange", ErrorServerBusy.
    #[test]
    fn a_back_off_is_exact() {
        let busy = details(r#"<t:Value Name="BackOffMilliseconds">297749</t:Value>"#);
        assert_eq!(busy.back_off(), Some(Duration::from_millis(297_749)));
        assert_eq!(
            details(r#"<t:Value Name="BackOffMilliseconds">0</t:Value>"#).back_off(),
            Some(Duration::ZERO)
        );
        let told = |value: &str| {
            let xml = format!(r#"<t:Value Name="BackOffMilliseconds">{value}</t:Value>"#);
            details(&xml).back_off()
        };
        for bad in ["-1", "soon", "1.5", "", "99999999999999999999 ms"] {
            assert_eq!(told(bad), None, "{bad}");
        }
        assert_eq!(
            told("99999999999999999999999"),
            Some(Duration::MAX),
            "longer than a number holds is not no wait"
        );
    }

    // Shape: Microsoft's client, SoapFaultDetails.ParseMessageXml: plain tags for ErrorSchemaValidation.
    #[test]
    fn a_violation_has_its_place() {
        let wrong = details(
            "<t:LineNumber>2</t:LineNumber><t:LinePosition>630</t:LinePosition><t:Violation>The element is invalid.</t:Violation>",
        );
        assert_eq!((wrong.line(), wrong.position()), (Some(2), Some(630)));
        assert_eq!(wrong.violation(), Some("The element is invalid."));
    }

    #[test]
    fn names_are_found_in_any_case_and_in_document_order() {
        let details = details(
            r#"<t:Value Name="Policy">MaxConcurrency</t:Value><t:Outer><t:Deep>27</t:Deep></t:Outer><t:Value>bare</t:Value>"#,
        );
        assert_eq!(details.value("policy"), Some("MaxConcurrency"));
        let all: Vec<_> = details.iter().collect();
        assert_eq!(
            all,
            [
                ("Policy", "MaxConcurrency"),
                ("Deep", "27"),
                ("Value", "bare")
            ]
        );
    }

    #[test]
    fn the_primary_address_is_found_wherever_it_stands() {
        let cases = [
            (
                r#"<t:Value Name="Primary">new@contoso.com</t:Value>"#,
                Some("new@contoso.com"),
            ),
            (
                r#"<t:Value Name="Text">The address is 'o'neil@mail.contoso.com'.</t:Value>"#,
                Some("o'neil@mail.contoso.com"),
            ),
            (
                r#"<t:Value Name="X">SMTP:New.Name+1@contoso.com;</t:Value>"#,
                Some("New.Name+1@contoso.com"),
            ),
            (
                "<t:Address>&lt;new@contoso.com&gt;</t:Address>",
                Some("new@contoso.com"),
            ),
            (
                r#"<t:Value Name="Asked">old@contoso.com</t:Value><t:Value Name="PrimarySmtpAddress">new@contoso.com</t:Value>"#,
                Some("new@contoso.com"),
            ),
            (
                r#"<t:Value Name="Primary">none</t:Value><t:Value Name="Y">new@contoso.com</t:Value>"#,
                Some("new@contoso.com"),
            ),
            (
                r#"<t:Value Name="Text">user@localhost, @contoso.com, a@b..c, a@b@c.d</t:Value>"#,
                None,
            ),
        ];
        for (xml, address) in cases {
            assert_eq!(details(xml).primary_address(), address, "{xml}");
        }
    }

    fn details(inner: &str) -> Details {
        Details::from_message_xml(
            &tree::parse(&format!("<MessageXml>{inner}</MessageXml>")).expect("a readable sample"),
        )
    }
}
