//! A proxy that reads from a script, and writes down what it hears. It understands nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What to do about one request.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    /// Says this and waits for the next request.
    Says(String),
    /// Says this and closes.
    Closes(String),
    /// Says this, hears nothing more and closes a moment later.
    Lingers(String),
    /// Neither answers nor closes.
    Hangs,
}

/// What was heard.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) connections: usize,
    /// The head of every request, with the number of its connection.
    pub(crate) requests: Vec<(usize, String)>,
}

/// A listening proxy; ends when dropped.
pub(crate) struct Scripted {
    pub(crate) port: u16,
    heard: Arc<Mutex<Heard>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scripted {
    /// Answers request after request, whatever the connection; the last line is for all that follow.
    pub(crate) async fn playing(lines: impl IntoIterator<Item = Line>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::<Mutex<Heard>>::default();
        let script = Arc::new(Mutex::new(lines.into_iter().collect::<VecDeque<_>>()));
        let shared = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection = {
                    let mut heard = shared.lock().unwrap();
                    heard.connections += 1;
                    heard.connections
                };
                tokio::spawn(serve(
                    stream,
                    connection,
                    Arc::clone(&shared),
                    Arc::clone(&script),
                ));
            }
        });
        Self { port, heard, task }
    }

    pub(crate) fn connections(&self) -> usize {
        self.heard.lock().unwrap().connections
    }

    /// The number of its connection and the value of `Proxy-Authorization` (or nothing), request by request.
    pub(crate) fn sign_ins(&self) -> Vec<(usize, String)> {
        let heard = self.heard.lock().unwrap();
        let value = |head: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix("Proxy-Authorization: "))
                .unwrap_or_default()
                .to_owned()
        };
        heard
            .requests
            .iter()
            .map(|(connection, head)| (*connection, value(head)))
            .collect()
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard
            .requests
            .iter()
            .map(|(_, head)| head.clone())
            .collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    heard: Arc<Mutex<Heard>>,
    script: Arc<Mutex<VecDeque<Line>>>,
) {
    loop {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => bytes.push(byte),
                Err(_) => return,
            }
        }
        let request = String::from_utf8(bytes).unwrap();
        let line = {
            heard.lock().unwrap().requests.push((connection, request));
            let mut script = script.lock().unwrap();
            match script.len() {
                1 => script[0].clone(),
                _ => script.pop_front().unwrap(),
            }
        };
        match line {
            Line::Hangs => std::future::pending().await,
            // Whether it arrives is seen by what the client does next.
            Line::Closes(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                return;
            }
            Line::Lingers(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                tokio::time::sleep(Duration::from_millis(200)).await;
                return;
            }
            Line::Says(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                if text.starts_with("HTTP/1.1 200") {
                    return beyond(stream).await;
                }
            }
        }
    }
}

/// The far end of a tunnel: no TLS server, so that a client that came here says so.
async fn beyond(mut stream: TcpStream) {
    let mut hello = [0; 4096];
    let _ = stream.read(&mut hello).await;
    let _ = stream.write_all(b"SSH-2.0-far-end\r\n").await;
}

/// A 407 with these lines and a page of its length.
pub(crate) fn asks(lines: &[&str]) -> String {
    let page = "<html><body>Sign in.</body></html>";
    let length = page.len();
    format!("{}Content-Length: {length}\r\n\r\n{page}", head(lines))
}

/// The same, its page in chunks.
pub(crate) fn asks_in_chunks(lines: &[&str]) -> String {
    // What looks like an answer inside of a page is none.
    let chunks = "6\r\n<html>\r\n10;ext=1\r\nHTTP/1.1 200 OK.\r\n0\r\n\r\n";
    format!("{}Transfer-Encoding: chunked\r\n\r\n{chunks}", head(lines))
}

fn head(lines: &[&str]) -> String {
    let mut head = "HTTP/1.1 407 Proxy Authentication Required\r\n".to_owned();
    for line in lines {
        head.push_str(line);
        head.push_str("\r\n");
    }
    head
}
