//! One connection of a proxy's client: requests until a tunnel opens, then bytes both ways.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use super::gate::{Gate, Verdict};
use super::{Office, ProxyFault, ProxyOptions};

/// No request of a client under test comes near.
const MAX_HEAD: usize = 64 * 1024;

/// The head of a request.
#[derive(Debug)]
struct Head {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

/// Serves a client until it leaves, or its tunnel ends.
pub(super) async fn serve(mut client: TcpStream, office: &Office) -> io::Result<()> {
    let mut gate = Gate::default();
    let mut pending = Vec::new();
    while let Some(head) = read_head(&mut client, &mut pending).await? {
        let options = office.options();
        let tally = &office.tally;
        let seen = head.headers("authorization").count() as u64;
        tally.authorizations.fetch_add(seen, Ordering::Relaxed);
        if head.method != "CONNECT" {
            one(&tally.other_requests);
            return answer(&mut client, 501, "", true).await;
        }
        one(&tally.connects);
        if tally.tunnels.load(Ordering::Relaxed) < options.free_tunnels {
            tally.targets().push(head.target.clone());
            return tunnel(client, &pending, &head.target, &options, office).await;
        }
        match options.fault {
            Some(ProxyFault::Hangs) => return hang(&mut client).await,
            Some(ProxyFault::Closes) => return Ok(()),
            Some(ProxyFault::Refuses(status)) => {
                return answer(&mut client, status, "", true).await;
            }
            Some(ProxyFault::AsksForNothing) => {
                one(&tally.challenges);
                answer(&mut client, 407, "", false).await?;
                continue;
            }
            Some(ProxyFault::ClosesAfterChallenge) | None => {}
        }
        let credentials = head.headers("proxy-authorization").next();
        if let Verdict::Ask { challenge, refused } = gate.judge(credentials, &options) {
            one(&tally.challenges);
            if refused {
                one(&tally.refusals);
            }
            let closes = options.fault == Some(ProxyFault::ClosesAfterChallenge);
            let header = format!("Proxy-Authenticate: {challenge}\r\n");
            answer(&mut client, 407, &header, closes).await?;
            if closes {
                return Ok(());
            }
            continue;
        }
        tally.targets().push(head.target.clone());
        return tunnel(client, &pending, &head.target, &options, office).await;
    }
    Ok(())
}

/// Opens the tunnel and lives as long as it does. `early` is what the client sent already.
async fn tunnel(
    mut client: TcpStream,
    early: &[u8],
    target: &str,
    options: &ProxyOptions,
    office: &Office,
) -> io::Result<()> {
    let Some(address) = look_up(target, options) else {
        return answer(&mut client, 502, "", true).await;
    };
    let Ok(mut server) = TcpStream::connect(address).await else {
        return answer(&mut client, 502, "", true).await;
    };
    one(&office.tally.tunnels);
    client
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await?;
    if let Some(inspector) = &office.inspector {
        let host = target.rsplit_once(':').map_or(target, |(host, _)| host);
        return inspector.relay(client, server, host).await;
    }
    server.write_all(early).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// The loopback address of a target; nothing for the rest of the world.
fn look_up(target: &str, options: &ProxyOptions) -> Option<SocketAddr> {
    let named = options
        .hosts
        .iter()
        .find(|(host, _)| host.eq_ignore_ascii_case(target));
    let address = if let Some((_, address)) = named {
        *address
    } else {
        let (host, port) = target.rsplit_once(':')?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let ip = if host.eq_ignore_ascii_case("localhost") {
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        } else {
            host.parse().ok()?
        };
        SocketAddr::new(ip, port.parse().ok()?)
    };
    address.ip().is_loopback().then_some(address)
}

impl Head {
    fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The next head; nothing when the client left. What came behind it stays in `pending`.
async fn read_head(client: &mut TcpStream, pending: &mut Vec<u8>) -> io::Result<Option<Head>> {
    let end = loop {
        if let Some(at) = pending.windows(4).position(|part| part == b"\r\n\r\n") {
            break at;
        }
        if pending.len() > MAX_HEAD || client.read_buf(pending).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&pending[..end]).into_owned();
    pending.drain(..end + 4);
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    Ok(Some(Head {
        method,
        target,
        headers,
    }))
}

/// An answer of the proxy's own, with a page.
async fn answer(
    client: &mut TcpStream,
    status: u16,
    headers: &str,
    closes: bool,
) -> io::Result<()> {
    let reason = match status {
        403 => "Forbidden",
        407 => "Proxy Authentication Required",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        504 => "Gateway Timeout",
        _ => "Refused",
    };
    let page = format!(
        "<!DOCTYPE html><html><head><title>{status} {reason}</title></head><body><h1>Contoso Web \
         Gateway</h1><p>{reason}</p></body></html>"
    );
    let connection = if closes { "close" } else { "keep-alive" };
    let text = format!(
        "HTTP/1.1 {status} {reason}\r\nVia: 1.1 proxy.contoso.com\r\n{headers}Connection: \
         {connection}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}",
        page.len()
    );
    client.write_all(text.as_bytes()).await?;
    if closes {
        client.shutdown().await?;
    }
    Ok(())
}

/// Says nothing until the client leaves.
async fn hang(client: &mut TcpStream) -> io::Result<()> {
    let mut ignored = [0; 1_024];
    while client.read(&mut ignored).await? > 0 {}
    Ok(())
}

fn one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_to_be_found() {
        let mut options = ProxyOptions::default();
        let mut map = |host: &str, address: &str| {
            let address = address.parse().unwrap();
            options.hosts.insert(host.to_owned(), address);
        };
        map("mail.contoso.test:443", "127.0.0.1:8443");
        map("far.contoso.test:443", "192.0.2.7:443");
        for (target, found) in [
            ("Mail.Contoso.Test:443", Some("127.0.0.1:8443")),
            ("mail.contoso.test:80", None),
            ("far.contoso.test:443", None),
            ("localhost:443", Some("127.0.0.1:443")),
            ("[::1]:443", Some("[::1]:443")),
            ("127.0.0.9:1", Some("127.0.0.9:1")),
            ("192.0.2.7:443", None),
            ("10.0.0.1:443", None),
            ("localhost", None),
            ("", None),
        ] {
            let expected = found.map(|address| address.parse().unwrap());
            assert_eq!(look_up(target, &options), expected, "{target}");
        }
    }
}
