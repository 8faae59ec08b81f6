//! Replies on their way out: headers as a front end sets them, and deliveries that go wrong.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use hyper::ext::ReasonPhrase;
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName,
    HeaderValue, SERVER, WWW_AUTHENTICATE,
};
use hyper::{Response, StatusCode};
use tokio::time::sleep;

use crate::answer::Answer;
use crate::autodiscover;
use crate::budgets::Work;
use crate::calendar;
use crate::directory::Directory;
use crate::fault::{HttpAnswer, What};
use crate::script::{Script, Step};

/// What is sent, and how.
#[derive(Debug)]
pub(crate) struct Reply {
    content: Content,
    how: Option<Box<What>>,
    admitted: Option<Admitted>,
    /// Names the doors of Autodiscover.
    names_doors: bool,
    /// What a budget paid for.
    work: Option<Box<Work>>,
    /// Carries none of the headers of an Exchange server.
    of_another_host: bool,
}

/// The last word of a log-on.
#[derive(Debug)]
struct Admitted {
    persists: bool,
    token: Option<Box<str>>,
}

#[derive(Debug)]
enum Content {
    Ews(Answer),
    Http(Box<HttpAnswer>),
    /// 401 with these values of `WWW-Authenticate`, or with all schemes on offer.
    Unauthorized {
        page: &'static str,
        tokens: Option<Vec<String>>,
    },
    Nothing,
}

impl Reply {
    pub(crate) fn ews(answer: Answer) -> Self {
        Self::new(Content::Ews(answer))
    }

    pub(crate) fn http(answer: HttpAnswer) -> Self {
        Self::new(Content::Http(Box::new(answer)))
    }

    /// 401 with every offered scheme.
    pub(crate) fn ask() -> Self {
        Self::new(Content::Unauthorized {
            page: DENIED,
            tokens: None,
        })
    }

    /// 401 in the middle of a log-on.
    pub(crate) fn challenge(tokens: Vec<String>) -> Self {
        Self::new(Content::Unauthorized {
            page: NOT_AUTHORIZED,
            tokens: Some(tokens),
        })
    }

    /// 401 with the text of a locked account.
    pub(crate) fn locked_out() -> Self {
        Self::new(Content::Unauthorized {
            page: LOCKED_OUT,
            tokens: None,
        })
    }

    /// No answer but this.
    pub(crate) fn struck(what: What) -> Self {
        Self {
            how: Some(Box::new(what)),
            ..Self::new(Content::Nothing)
        }
    }

    const fn new(content: Content) -> Self {
        Self {
            content,
            how: None,
            admitted: None,
            names_doors: false,
            work: None,
            of_another_host: false,
        }
    }

    /// The same after this work.
    pub(crate) fn after(mut self, work: Option<Work>) -> Self {
        self.work = work.map(Box::new);
        self
    }

    /// The same without the headers of an Exchange server.
    pub(crate) const fn of_another_host(mut self) -> Self {
        self.of_another_host = true;
        self
    }

    /// The same with the headers that name the doors of Autodiscover.
    pub(crate) fn naming_doors(mut self) -> Self {
        self.names_doors = true;
        self
    }

    /// The same, for a request that was let in; `persists`: its log-on just bound the connection.
    pub(crate) fn admitted(mut self, persists: bool, token: Option<String>) -> Self {
        let token = token.map(String::into_boxed_str);
        self.admitted = Some(Admitted { persists, token });
        self
    }

    /// Whether the request was let in.
    pub(crate) const fn is_admitted(&self) -> bool {
        self.admitted.is_some()
    }

    /// Whether the connection ends behind it, unannounced.
    pub(crate) fn ends_connection(&self) -> bool {
        matches!(
            self.how.as_deref(),
            Some(What::CloseAfter { announced: false })
        )
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
    let Reply {
        content,
        how,
        admitted,
        names_doors,
        work,
        of_another_host,
    } = reply;
    if let Some(work) = work {
        sleep(work.time).await;
    }
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
    if !of_another_host {
        common_headers(response.headers_mut(), asked, back_end, directory);
    }
    for &(name, value) in autodiscover::DOORS.iter().filter(|_| names_doors) {
        let value = HeaderValue::from_static(value);
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    if let Some(admitted) = admitted {
        admitted.tell(response.headers_mut(), directory);
    }
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
        Some(What::Chunked) => Script::steps(halves(&body).map(Step::Data)),
        Some(What::CloseAfter { announced: true }) => {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
            Script::whole(body)
        }
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
        Content::Unauthorized { page, tokens } => {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HTML);
            headers.insert(
                HeaderName::from_static("x-failurecontext"),
                HeaderValue::from_static("FrontEnd;401;VW5hdXRob3JpemVk;;;;"),
            );
            for token in tokens.iter().flatten() {
                let token = HeaderValue::try_from(token).map_err(io::Error::other)?;
                headers.append(WWW_AUTHENTICATE, token);
            }
            if tokens.is_none() {
                for challenge in &directory.challenges {
                    headers.append(WWW_AUTHENTICATE, challenge.clone());
                }
            }
            Bytes::from_static(page.as_bytes())
        }
    };
    Ok((response, body))
}

const DENIED: &str = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \
    \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\"><html><head><title>401 - Unauthorized: \
    Access is denied due to invalid credentials.</title></head><body><h2>401 - Unauthorized: Access \
    is denied due to invalid credentials.</h2><h3>You do not have permission to view this directory \
    or page using the credentials that you supplied.</h3></body></html>";
const NOT_AUTHORIZED: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\
    \"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML><HEAD><TITLE>Not Authorized</TITLE>\r\n\
    <META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n<BODY>\
    <h2>Not Authorized</h2>\r\n<hr><p>HTTP Error 401. The requested resource requires user \
    authentication.</p>\r\n</BODY></HTML>\r\n";
const LOCKED_OUT: &str = "<!DOCTYPE html><html><head><title>401 - Unauthorized</title></head><body>\
    <h2>401 - Unauthorized</h2><h3>The referenced account is currently locked out and may not be \
    logged on to.</h3></body></html>";

impl Admitted {
    /// The headers with which IIS ends a log-on of the connection.
    fn tell(self, headers: &mut HeaderMap, directory: &Directory) {
        if self.persists {
            let persists = !directory.options.single_request_log_on;
            headers.insert(
                HeaderName::from_static("persistent-auth"),
                HeaderValue::from_static(if persists { "true" } else { "false" }),
            );
        }
        let token = self
            .token
            .and_then(|token| HeaderValue::from_str(&token).ok());
        if let Some(token) = token {
            headers.insert(WWW_AUTHENTICATE, token);
        }
    }
}

/// A body in two pieces.
fn halves(body: &Bytes) -> [Bytes; 2] {
    let middle = body.len() / 2;
    [body.slice(..middle), body.slice(middle..)]
}

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
    if directory.options.version_header {
        headers.insert(
            HeaderName::from_static("x-owa-version"),
            directory.version.clone(),
        );
    }
    if directory.options.clock_skew != 0 {
        let now = calendar::now() + directory.options.clock_skew;
        let date = HeaderValue::try_from(calendar::http_date(now)).expect("a date is plain text");
        headers.insert(DATE, date);
    }
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
