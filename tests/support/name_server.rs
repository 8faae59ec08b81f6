//! A small authoritative name server on loopback: A and SRV records, and "no such name" for all else, so
//! that no test depends on the names of this machine's network. Remembers what it was asked.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;

/// A record.
#[derive(Debug, Clone)]
pub enum Record {
    /// Name and address.
    A(&'static str, Ipv4Addr),
    /// Name, priority, weight, port, target.
    Srv(&'static str, u16, u16, u16, &'static str),
}

/// A running name server; ends when dropped.
#[derive(Debug)]
pub struct NameServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl NameServer {
    /// Starts one with these records.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start(records: Vec<Record>) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let socket = socket.expect("a free port");
        let address = socket.local_addr().expect("bound");
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            let mut packet = [0; 1_500];
            while let Ok((length, from)) = socket.recv_from(&mut packet).await {
                let Some((question, answer)) = answer(&packet[..length], &records) else {
                    continue;
                };
                heard.lock().expect("nobody panics here").push(question);
                // A client that is gone needs no answer.
                let _ = socket.send_to(&answer, from).await;
            }
        });
        Self {
            address,
            asked,
            task,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked: `SRV _autodiscover._tcp.contoso.com`.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics here").clone()
    }
}

const A: u16 = 1;
const SRV: u16 = 33;

/// RFC 1035 §4.1; `None` for what is no question.
fn answer(packet: &[u8], records: &[Record]) -> Option<(String, Vec<u8>)> {
    let mut labels = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*packet.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(packet.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]);
    let question = packet.get(12..at + 4)?;
    let name = labels.join(".");
    let (mut found, mut known) = (Vec::new(), false);
    for record in records {
        let (of, data) = data(record, kind);
        if of.eq_ignore_ascii_case(&name) {
            known = true;
            found.extend(data.map(|data| resource(kind, &data)));
        }
    }
    let count = u8::try_from(found.len()).ok()?;
    // An answer with authority; 3 is "no such name".
    let flags = [0x85, if known { 0x80 } else { 0x83 }];
    let counts = [0, 1, 0, count, 0, 0, 0, 0];
    let answer = [&packet[..2], &flags, &counts, question, &found.concat()].concat();
    let kind = match kind {
        A => "A".to_owned(),
        SRV => "SRV".to_owned(),
        28 => "AAAA".to_owned(),
        other => other.to_string(),
    };
    Some((format!("{kind} {name}"), answer))
}

/// The record's name, and its data where it is of this kind.
fn data(record: &Record, kind: u16) -> (&'static str, Option<Vec<u8>>) {
    match record {
        Record::A(name, address) => (*name, (kind == A).then(|| address.octets().to_vec())),
        Record::Srv(name, priority, weight, port, target) => {
            let numbers = [priority, weight, port].map(|n| n.to_be_bytes()).concat();
            let data = [numbers, encoded(target)].concat();
            (*name, (kind == SRV).then_some(data))
        }
    }
}

fn resource(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short record");
    let head = [0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 60];
    let mut resource = head.to_vec();
    resource[2..4].copy_from_slice(&kind.to_be_bytes());
    resource.extend(length.to_be_bytes());
    resource.extend(data);
    resource
}

fn encoded(name: &str) -> Vec<u8> {
    let labels = name.split('.').filter(|label| !label.is_empty());
    let labels = labels.flat_map(|label| {
        let length = u8::try_from(label.len()).expect("a short label");
        std::iter::once(length).chain(label.bytes())
    });
    labels.chain([0]).collect()
}
