//! Autodiscover in plain XML, as Outlook asks it.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/pox-autodiscover-response-for-exchange>

use super::lookup::{Settings, Told, Whereabouts};
use crate::answer::Answer;
use crate::calendar;
use crate::fault::HttpAnswer;
use crate::xml::{Namespace, escape, parse};

const RESPONSE: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const OUTLOOK: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// The answer to a request body; over HTTP where there is no document for it.
pub(crate) fn answer(body: &[u8], place: Whereabouts<'_>) -> Result<Answer, HttpAnswer> {
    let Some((address, schema)) = read(body) else {
        return Ok(error("600", "Invalid Request"));
    };
    if schema != OUTLOOK {
        return Ok(error("601", "Provider is not available"));
    }
    Ok(match place.tell(&address) {
        Told::Settings(settings) => found(&settings),
        Told::RedirectAddress(target) => redirect("redirectAddr", "RedirectAddr", &target),
        Told::RedirectUrl(url) => redirect("redirectUrl", "RedirectUrl", &url),
        Told::InvalidUser => error("500", "The email address can't be found."),
        Told::Busy => return Err(HttpAnswer::throttled(503, Some(5))),
        Told::Error { code, text } => {
            let number = code.bytes().all(|digit| digit.is_ascii_digit());
            error(if number { &code } else { "600" }, &text)
        }
    })
}

/// Address and acceptable schema.
fn read(body: &[u8]) -> Option<(String, String)> {
    let root = parse(body).ok()?;
    let request = root.child(Namespace::Outlook, "Request")?;
    let text = |name| {
        let element = request.child(Namespace::Outlook, name)?;
        Some(element.text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    root.is(Namespace::Outlook, "Autodiscover")
        .then_some((text("EMailAddress")?, text("AcceptableResponseSchema")?))
}

fn found(settings: &Settings) -> Answer {
    let protocol = |kind: &str, url: Option<&str>| {
        let Some(url) = url else {
            return String::new();
        };
        let host = url.split('/').nth(2).unwrap_or_default();
        let (host, url) = (escape(host), escape(url));
        format!(
            "<Protocol><Type>{kind}</Type><Server>{host}</Server><ASUrl>{url}</ASUrl>\
             <EwsUrl>{url}</EwsUrl></Protocol>"
        )
    };
    let user = format!(
        "<User><DisplayName>{}</DisplayName><AutoDiscoverSMTPAddress>{}</AutoDiscoverSMTPAddress>\
         </User>",
        escape(&settings.display_name),
        escape(&settings.address)
    );
    let protocols = format!(
        "<AccountType>email</AccountType><Action>settings</Action>{}{}",
        protocol("EXCH", settings.internal.as_deref()),
        protocol("EXPR", settings.external.as_deref())
    );
    account(&user, &protocols)
}

fn redirect(action: &str, element: &str, target: &str) -> Answer {
    let target = escape(target);
    account(
        "",
        &format!("<Action>{action}</Action><{element}>{target}</{element}>"),
    )
}

fn account(user: &str, content: &str) -> Answer {
    document(&format!(
        "<Response xmlns=\"{OUTLOOK}\">{user}<Account>{content}</Account></Response>"
    ))
}

fn error(code: &str, text: &str) -> Answer {
    let seconds = calendar::now().rem_euclid(86_400);
    document(&format!(
        "<Response><Error Time=\"{:02}:{:02}:{:02}.0000000\" Id=\"2092393389\"><ErrorCode>{}\
         </ErrorCode><Message>{}</Message><DebugData/></Error></Response>",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        escape(code),
        escape(text)
    ))
}

fn document(content: &str) -> Answer {
    Answer {
        status: 200,
        body: format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"{RESPONSE}\">\
             {content}</Autodiscover>"
        )
        .into(),
    }
}
