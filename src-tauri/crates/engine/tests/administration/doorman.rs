//! A server that asks for Basic, knows one password, and counts what it is sent. It has no mailbox
//! for anybody: enough to be logged on to.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const NO_MAILBOX: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:GetFolderResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Error"><m:MessageText>No mailbox.</m:MessageText><m:ResponseCode>ErrorNonExistentMailbox</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"#;

/// A password that is right, and how often it still is.
#[derive(Clone)]
struct Known {
    password: String,
    times: usize,
}

/// Name and password, as they came.
type Sent = Arc<Mutex<Vec<String>>>;

pub(crate) struct Doorman {
    pub(crate) port: u16,
    knows: Arc<Mutex<Known>>,
    sent: Sent,
}

impl Doorman {
    /// On a loopback port, until the test ends.
    pub(crate) async fn start(password: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let at_first = Known {
            password: password.to_owned(),
            times: usize::MAX,
        };
        let (knows, sent) = (Arc::new(Mutex::new(at_first)), Sent::default());
        let (right, noted) = (Arc::clone(&knows), Arc::clone(&sent));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&right), Arc::clone(&noted)));
            }
        });
        Self { port, knows, sent }
    }

    /// From now on this password is right.
    pub(crate) fn learn(&self, password: &str) {
        self.learn_for(usize::MAX, password);
    }

    /// From now on this password is right so many times.
    pub(crate) fn learn_for(&self, times: usize, password: &str) {
        *self.knows.lock().unwrap_or_else(PoisonError::into_inner) = Known {
            password: password.to_owned(),
            times,
        };
    }

    /// How often this password came, with any name.
    pub(crate) fn times(&self, password: &str) -> usize {
        let end = format!(":{password}");
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().filter(|pair| pair.ends_with(&end)).count()
    }
}

async fn serve(mut stream: TcpStream, knows: Arc<Mutex<Known>>, sent: Sent) {
    let mut bytes = Vec::new();
    loop {
        let Some(end) = whole(&bytes) else {
            let mut more = [0; 4096];
            match stream.read(&mut more).await {
                Ok(0) | Err(_) => return,
                Ok(count) => bytes.extend_from_slice(&more[..count]),
            }
            continue;
        };
        let request = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes.drain(..end);
        let pair = header(&request, "authorization")
            .and_then(|value| STANDARD.decode(value.strip_prefix("Basic ")?).ok())
            .and_then(|pair| String::from_utf8(pair).ok());
        let right = {
            let mut knows = knows.lock().unwrap_or_else(PoisonError::into_inner);
            let end = format!(":{}", knows.password);
            let right = knows.times > 0 && pair.as_deref().is_some_and(|pair| pair.ends_with(&end));
            knows.times -= usize::from(right);
            right
        };
        if let Some(pair) = pair {
            sent.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(pair);
        }
        let (line, more, body) = if right {
            (
                "200 OK",
                "Content-Type: text/xml; charset=utf-8",
                NO_MAILBOX,
            )
        } else {
            (
                "401 Unauthorized",
                "WWW-Authenticate: Basic realm=\"x\"",
                "",
            )
        };
        let answer = format!(
            "HTTP/1.1 {line}\r\n{more}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Where the first request ends, if it is all there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]);
    let length: usize = header(&text, "content-length")
        .and_then(|value| value.parse().ok())
        .unwrap_or(0);
    (bytes.len() >= head + length).then_some(head + length)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
