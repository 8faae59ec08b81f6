//! Replies on their way out: headers as a front end sets them, and deliveries that go wrong.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use hyper::ext::ReasonPhrase;
use hyper::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SERVER,
    WWW_AUTHENTICATE,
};
use hyper::{Response, StatusCode};
use tokio::time::sleep;

use crate::answer::Answer;
use crate::directory::Directory;
use crate::fault::{HttpAnswer, What};
use crate::script::{Script, Step};

/// What is sent, and how.
#[derive(Debug)]
pub(crate) struct Reply {
    content: Content,
    how: Option<Box<What>>,
}

#[derive(Debug)]
enum Content {
    Ews(Answer),
    Http(HttpAnswer),
    Challenge { locked_out: bool },
    Nothing,
}

impl Reply {
    pub(crate) fn ews(answer: Answer) -> Self {
        Self {
            content: Content::Ews(answer),
            how: None,
        }
    }

    pub(crate) fn http(answer: HttpAnswer) -> Self {
        Self {
            content: Content::Http(answer),
            how: None,
        }
    }

    /// 401 with every offered scheme.
    pub(crate) fn challenge() -> Self {
        Self {
            content: Content::Challenge { locked_out: false },
            how: None,
        }
    }

    /// The same with the text of a locked account.
    pub(crate) fn locked_out() -> Self {
        Self {
            content: Content::Challenge { locked_out: true },
            how: None,
        }
    }

    /// No answer but this.
    pub(crate) fn struck(what: What) -> Self {
        Self {
            content: Content::Nothing,
            how: Some(Box::new(what)),
        }
    }

    /// Delivered in this way unless another was chosen already.
    pub(crate) fn unless_twisted(mut self, how: Option<What>) -> Self {
        self.how = self.how.or_else(|| how.map(Box::new));
        self
    }
}

/// Sends a reply; an error drops the connection.
pub(crate) async fn send(
    reply: Reply,
    asked: &HeaderMap,
    resets: &AtomicBool,
    directory: &Directory,
) -> io::Result<Response<Script>> {
    let Reply { content, how } = reply;
    let how = how.map(|how| *how);
    let cut = || Err(io::ErrorKind::ConnectionAborted.into());
    match &how {
        Some(What::Close | What::CloseInHandshake) => return cut(),
        Some(What::Reset) => {
            resets.store(true, Ordering::Release);
            return cut();
        }
        Some(What::Stall(duration) | What::NoTls(duration)) => {
            sleep(*duration).await;
            return cut();
        }
        Some(What::Delay(duration)) => sleep(*duration).await,
        _ => {}
    }
    let accepted = matches!(content, Content::Ews(_));
    let (mut response, body) = head_and_body(content, directory)?;
    let back_end = accepted.then_some(response.status().as_u16());
    common_headers(response.headers_mut(), asked, back_end, directory);
    let script = match how {
        Some(What::Huge(size)) => {
            response.headers_mut().insert(CONTENT_TYPE, XML);
            let start = "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope \
                xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>";
            let start = Bytes::from_static(start.as_bytes());
            let rest = size.saturating_sub(start.len() as u64);
            Script::steps([Step::Data(start), Step::Filler(rest)])
        }
        Some(What::CloseMidAnswer) => {
            response
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
            Script::truncated(&body)
        }
        Some(What::Drip { chunk, pause }) => Script::drip(&body, chunk, pause),
        _ => Script::whole(body),
    };
    Ok(response.map(|()| script))
}

const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html");

fn head_and_body(content: Content, directory: &Directory) -> io::Result<(Response<()>, Bytes)> {
    let mut response = Response::new(());
    let body = match content {
        Content::Nothing => Bytes::new(),
        Content::Ews(answer) => {
            *response.status_mut() = status(answer.status)?;
            response.headers_mut().insert(CONTENT_TYPE, XML);
            answer.body
        }
        Content::Http(answer) => {
            *response.status_mut() = status(answer.status)?;
            for (name, value) in &answer.headers {
                let name = HeaderName::try_from(name).map_err(io::Error::other)?;
                let value = HeaderValue::try_from(value).map_err(io::Error::other)?;
                response.headers_mut().append(name, value);
            }
            if let Some(reason) = answer.reason {
                let reason = ReasonPhrase::try_from(reason).map_err(io::Error::other)?;
                response.extensions_mut().insert(reason);
            }
            answer.body.into()
        }
        Content::Challenge { locked_out } => {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HTML);
            headers.insert(
                HeaderName::from_static("x-failurecontext"),
                HeaderValue::from_static("FrontEnd;401;VW5hdXRob3JpemVk;;;;"),
            );
            for challenge in &directory.challenges {
                headers.append(WWW_AUTHENTICATE, challenge.clone());
            }
            Bytes::from_static(if locked_out {
                LOCKED_OUT.as_bytes()
            } else {
                DENIED.as_bytes()
            })
        }
    };
    Ok((response, body))
}

const DENIED: &str = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \
    \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\"><html><head><title>401 - Unauthorized: \
    Access is denied due to invalid credentials.</title></head><body><h2>401 - Unauthorized: Access \
    is denied due to invalid credentials.</h2><h3>You do not have permission to view this directory \
    or page using the credentials that you supplied.</h3></body></html>";
const LOCKED_OUT: &str = "<!DOCTYPE html><html><head><title>401 - Unauthorized</title></head><body>\
    <h2>401 - Unauthorized</h2><h3>The referenced account is currently locked out and may not be \
    logged on to.</h3></body></html>";

fn status(code: u16) -> io::Result<StatusCode> {
    StatusCode::from_u16(code).map_err(io::Error::other)
}

/// The headers that every answer of a front end carries, the echo of the client's request id, and
/// those of the back end where one answered.
fn common_headers(
    headers: &mut HeaderMap,
    asked: &HeaderMap,
    back_end: Option<u16>,
    directory: &Directory,
) {
    let id = uuid::Uuid::new_v4();
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let id = id.hyphenated().encode_lower(&mut text);
    let id = HeaderValue::from_str(id).expect("a UUID is a header value");
    headers.insert(HeaderName::from_static("request-id"), id);
    headers.insert(SERVER, HeaderValue::from_static("Microsoft-IIS/10.0"));
    headers.insert(
        HeaderName::from_static("x-powered-by"),
        HeaderValue::from_static("ASP.NET"),
    );
    headers.insert(
        HeaderName::from_static("x-feserver"),
        directory.host_name.clone(),
    );
    headers.insert(
        HeaderName::from_static("x-owa-version"),
        directory.version.clone(),
    );
    if let Some(status) = back_end {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
        headers.insert(
            HeaderName::from_static("x-beserver"),
            directory.host_name.clone(),
        );
        headers.insert(
            HeaderName::from_static("x-diaginfo"),
            directory.host_name.clone(),
        );
        headers.insert(
            HeaderName::from_static("x-backendhttpstatus"),
            HeaderValue::from(status),
        );
    }
    let wanted = asked
        .get("return-client-request-id")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    if let Some(id) = asked.get("client-request-id").filter(|_| wanted) {
        headers.insert(HeaderName::from_static("client-request-id"), id.clone());
    }
}
