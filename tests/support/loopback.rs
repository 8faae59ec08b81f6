//! Servers that are no Exchange at all: they say what they are told, or nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server on 127.0.0.1; ends when dropped.
pub struct Loopback {
    address: SocketAddr,
    connections: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Loopback {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Connections so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    async fn start<F, D>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> D + Send + 'static,
        D: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let connections = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream));
            }
        });
        Self {
            address,
            connections,
            task,
        }
    }
}

/// A port that nobody listens on.
///
/// # Panics
/// When the machine has no free port.
pub async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    listener.local_addr().expect("it is bound")
}

/// Accepts and says nothing.
pub async fn silent() -> Loopback {
    Loopback::start(|mut stream| async move {
        let mut heard = [0; 1_024];
        while stream.read(&mut heard).await.is_ok_and(|read| read > 0) {}
    })
    .await
}

/// Answers whatever is said first with these bytes and closes.
pub async fn says(bytes: &'static [u8]) -> Loopback {
    Loopback::start(move |mut stream| async move {
        let mut heard = [0; 4_096];
        // Whatever was said, and whether the answer arrives: the client is what is tested.
        let _ = stream.read(&mut heard).await;
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
    })
    .await
}

/// The smallest EWS there is, and nobody's: no more than `limit` requests at a time, the others are
/// told to ask again at once; `abrupt` closes every connection after its answer without a word.
pub async fn tiny(limit: u64, abrupt: bool) -> Loopback {
    let busy = Arc::new(AtomicU64::new(0));
    Loopback::start(move |mut stream| {
        let busy = Arc::clone(&busy);
        async move {
            while let Some(request) = heard(&mut stream).await {
                let answer = if busy.fetch_add(1, Ordering::AcqRel) < limit {
                    tokio::time::sleep(Duration::from_millis(4)).await;
                    tiny_answer(&request)
                } else {
                    http("500 Error", "", TOO_MANY)
                };
                busy.fetch_sub(1, Ordering::AcqRel);
                if stream.write_all(answer.as_bytes()).await.is_err() || abrupt {
                    return;
                }
            }
        }
    })
    .await
}

const TOO_MANY: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
    <faultcode>a:ErrorExceededConnectionCount</faultcode><faultstring>Too many.</faultstring><detail>\
    <ResponseCode>ErrorExceededConnectionCount</ResponseCode><MessageXml><Value Name=\"BackOffMilliseconds\">0\
    </Value></MessageXml></detail></s:Fault></s:Body></s:Envelope>";

fn tiny_answer(request: &str) -> String {
    if !request.to_ascii_lowercase().contains("\r\nauthorization:") {
        return http("401 No", "WWW-Authenticate: Basic realm=\"tiny\"\r\n", "");
    }
    let mailbox = request.split("SmtpAddress>").nth(1).unwrap_or("own</");
    let id = mailbox.split("</").next().unwrap_or_default();
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><GetFolderResponse><ResponseMessages>\
         <GetFolderResponseMessage ResponseClass=\"Success\"><ResponseCode>NoError</ResponseCode><Folders><Folder>\
         <FolderId Id=\"{id}\"/></Folder></Folders></GetFolderResponseMessage></ResponseMessages></GetFolderResponse>\
         </s:Body></s:Envelope>"
    );
    http("200 OK", "Content-Type: text/xml\r\n", &body)
}

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

/// One request with its body; `None` when the client has gone.
async fn heard(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.split("content-length:").nth(1)?;
    let length: usize = length.split("\r\n").next()?.trim().parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    bytes.extend(body);
    String::from_utf8(bytes).ok()
}

/// An HTTP proxy that answers CONNECT with this status line; with `200` it tunnels to `to`.
pub async fn proxy(status: &'static str, to: SocketAddr) -> Loopback {
    Loopback::start(move |mut stream| async move {
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => heard.push(byte),
                Err(_) => return,
            }
        }
        let answer = format!("HTTP/1.1 {status}\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() || !status.starts_with("200") {
            return;
        }
        let Ok(mut beyond) = TcpStream::connect(to).await else {
            return;
        };
        // Ends when either side has gone.
        let _ = copy_bidirectional(&mut stream, &mut beyond).await;
    })
    .await
}
