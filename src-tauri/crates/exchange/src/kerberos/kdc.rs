//! Talking to a KDC: one request, one answer, over TCP with the length before each (RFC 4120 §7.2.2).
//! Does not understand what it carries.

use std::fmt;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long one KDC may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer; tickets of accounts in hundreds of groups have some 50 KiB.
const MAX_ANSWER: u32 = 512 * 1024;

/// A KDC's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kdc {
    host: String,
    port: u16,
}

impl Kdc {
    /// By name and port.
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
        }
    }

    /// Reads `host`, `host:port`, `[address]:port`; not the KDC proxies that go over https.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("tcp/").unwrap_or(text).trim();
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']')?;
                (host, rest.strip_prefix(':'))
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = port.map_or(Some(88), |port| port.parse().ok())?;
        let sound = !host.is_empty() && !host.contains('/');
        sound.then(|| Self::new(host, port))
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect((self.host.as_str(), self.port)).await
    }
}

impl fmt::Display for Kdc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// The KDC that takes a connection first, before `patience` is over. Nothing is sent.
pub(super) async fn first_awake(kdcs: &[Kdc], patience: Duration) -> Option<Kdc> {
    let mut attempts = JoinSet::new();
    for kdc in kdcs.iter().cloned() {
        attempts.spawn(async move { kdc.connect().await.ok().map(|_| kdc) });
    }
    let first = async {
        while let Some(attempt) = attempts.join_next().await {
            if let Ok(Some(kdc)) = attempt {
                return Some(kdc);
            }
        }
        None
    };
    tokio::time::timeout(patience, first).await.ok().flatten()
}

/// Sends a request to the first KDC that takes it. One that proves a password (`once`) goes to one KDC
/// only: each of them could count it.
///
/// # Errors
/// A sentence, when none answers.
pub(super) async fn ask(kdcs: &[Kdc], request: &[u8], once: bool) -> Result<Vec<u8>, String> {
    let mut last = "none is known".to_owned();
    for kdc in kdcs {
        let mut sent = false;
        let asked = tokio::time::timeout(PATIENCE, ask_one(kdc, request, &mut sent)).await;
        last = match asked {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => format!("{kdc}: {error}"),
            Err(_) => format!("{kdc} doesn't answer"),
        };
        if sent && once {
            break;
        }
    }
    Err(last)
}

async fn ask_one(kdc: &Kdc, request: &[u8], sent: &mut bool) -> std::io::Result<Vec<u8>> {
    let mut stream = kdc.connect().await?;
    let length = u32::try_from(request.len()).map_err(std::io::Error::other)?;
    *sent = true;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(request).await?;
    let length = stream.read_u32().await?;
    if length > MAX_ANSWER {
        return Err(std::io::Error::other("this is no answer of a KDC"));
    }
    let mut answer = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::{Kdc, ask, first_awake};

    #[test]
    fn addresses_are_read() {
        let read = |text| Kdc::parse(text).map(|kdc| kdc.to_string());
        assert_eq!(
            read("dc1.contoso.com").as_deref(),
            Some("dc1.contoso.com:88")
        );
        assert_eq!(read("127.0.0.1:1088").as_deref(), Some("127.0.0.1:1088"));
        assert_eq!(read("[::1]").as_deref(), Some("[::1]:88"));
        for text in ["", "host:port", "https://host/KdcProxy", "[::1", "udp/host"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    /// A KDC that answers `answers` requests with what it got, and then hangs up at once.
    async fn echo(answers: usize) -> Kdc {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
        let port = listener.local_addr().expect("bound").port();
        tokio::spawn(async move {
            for asked in 0.. {
                let (mut stream, _) = listener.accept().await.expect("accept");
                let length = stream.read_u32().await.unwrap_or_default();
                let mut request = vec![0; length as usize];
                let whole = stream.read_exact(&mut request).await.is_ok();
                if whole && asked < answers {
                    stream.write_u32(length).await.expect("answer");
                    stream.write_all(&request).await.expect("answer");
                }
            }
        });
        Kdc::new("127.0.0.1", port)
    }

    async fn nobody() -> Kdc {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
        Kdc::new("127.0.0.1", listener.local_addr().expect("bound").port())
    }

    #[tokio::test]
    async fn the_next_kdc_is_asked_unless_a_password_would_count_twice() {
        let (down, deaf, sound) = (nobody().await, echo(0).await, echo(9).await);
        let all = [down.clone(), deaf.clone(), sound.clone()];
        assert_eq!(
            ask(&all, b"ticket, please", false).await.as_deref(),
            Ok(b"ticket, please".as_slice())
        );
        let once = ask(&[down.clone(), deaf, sound.clone()], b"proof", true).await;
        assert!(once.is_err(), "the deaf one may have counted it");
        assert_eq!(
            ask(&[down, sound], b"proof", true).await.as_deref(),
            Ok(b"proof".as_slice())
        );
    }

    #[tokio::test]
    async fn the_one_that_is_awake_is_found() {
        let (down, sound) = (nobody().await, echo(0).await);
        let patience = Duration::from_secs(2);
        assert_eq!(
            first_awake(&[down.clone(), sound.clone()], patience).await,
            Some(sound)
        );
        assert_eq!(first_awake(&[down], patience).await, None);
    }
}
