//! A name server on the loopback address: addresses and service records that it is told, slowness and
//! failures on demand. Speaks DNS over UDP (RFC 1035, RFC 2782); asks no other server, and keeps no
//! name but those it was told and those it was asked for.

mod message;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use message::{Code, Question, answer, read};

/// What a name server is told, at the start and again by [`NameServer::update`].
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Names, in any case and without the dot at the end, and what they stand for. One name may stand
    /// for several things.
    pub records: Vec<(String, Record)>,
    /// Pause before every answer.
    pub latency: Duration,
    /// What happens instead of an answer.
    pub fault: Option<NameFault>,
    /// The fault strikes only after this many queries.
    pub fault_after: u64,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// An address, `A` or `AAAA`.
    Address(IpAddr),
    /// Another name, `CNAME`; what that one stands for is in the same answer, where it is known.
    Alias(String),
    /// A service, `SRV`, as for `_autodiscover._tcp.contoso.com`.
    Service {
        /// Lowest first.
        priority: u16,
        /// Share among those of one priority.
        weight: u16,
        /// TCP port.
        port: u16,
        /// Host name.
        target: String,
    },
}

/// What a name server does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// Nothing.
    Silent,
    /// `SERVFAIL`.
    ServerFailure,
    /// `REFUSED`.
    Refused,
    /// `NXDOMAIN` for every name.
    NotFound,
}

impl Names {
    /// The same with one more record.
    #[must_use]
    pub fn with(mut self, name: &str, record: Record) -> Self {
        self.records.push((name.to_owned(), record));
        self
    }

    /// The same with a host on this machine.
    #[must_use]
    pub fn host(self, name: &str) -> Self {
        self.with(name, Record::Address(Ipv4Addr::LOCALHOST.into()))
    }

    /// The same with `_autodiscover._tcp` of a domain at port 443 of this host.
    #[must_use]
    pub fn autodiscover(self, domain: &str, target: &str) -> Self {
        let service = Record::Service {
            priority: 0,
            weight: 0,
            port: 443,
            target: target.to_owned(),
        };
        self.with(&format!("_autodiscover._tcp.{domain}"), service)
    }
}

/// A running name server. Stops when dropped.
#[derive(Debug)]
pub struct NameServer {
    address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
    listener: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Desk {
    names: Names,
    asked: Vec<(String, u16)>,
}

/// Starts a name server on a free port of 127.0.0.1.
///
/// # Errors
/// When no port can be had.
pub async fn name_server(names: Names) -> io::Result<NameServer> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = socket.local_addr()?;
    let asked = Vec::new();
    let desk = Arc::new(Mutex::new(Desk { names, asked }));
    let listener = tokio::spawn(serve(Arc::new(socket), Arc::clone(&desk)));
    Ok(NameServer {
        address,
        desk,
        listener,
    })
}

impl NameServer {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what it says from the next query on.
    pub fn update(&self, change: impl FnOnce(&mut Names)) {
        change(&mut lock(&self.desk).names);
    }

    /// The names that were asked for, in lower case and in order, each with the type of record: 1 for
    /// `A`, 28 for `AAAA`, 33 for `SRV`.
    #[must_use]
    pub fn asked(&self) -> Vec<(String, u16)> {
        lock(&self.desk).asked.clone()
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn serve(socket: Arc<UdpSocket>, desk: Arc<Mutex<Desk>>) {
    let mut query = [0; 512];
    loop {
        // An error is that of an earlier answer whose client is gone.
        let Ok((length, client)) = socket.recv_from(&mut query).await else {
            continue;
        };
        let Some(question) = read(&query[..length]) else {
            continue;
        };
        let (pause, reply) = lock(&desk).reply(&question);
        let Some(reply) = reply else { continue };
        let socket = Arc::clone(&socket);
        tokio::spawn(async move {
            sleep(pause).await;
            // Whoever asked may be gone.
            let _ = socket.send_to(&reply, client).await;
        });
    }
}

impl Desk {
    /// How long to wait, and what to say then.
    fn reply(&mut self, question: &Question) -> (Duration, Option<Vec<u8>>) {
        let before = u64::try_from(self.asked.len()).unwrap_or(u64::MAX);
        self.asked.push((question.name.clone(), question.kind));
        let fault = self
            .names
            .fault
            .filter(|_| before >= self.names.fault_after);
        let code = match fault {
            Some(NameFault::Silent) => return (Duration::ZERO, None),
            Some(NameFault::ServerFailure) => Code::ServerFailure,
            Some(NameFault::Refused) => Code::Refused,
            Some(NameFault::NotFound) => Code::NameError,
            None => {
                let (code, records) = self.names.find(question);
                return (self.names.latency, Some(answer(question, code, &records)));
            }
        };
        (self.names.latency, Some(answer(question, code, &[])))
    }
}

impl Names {
    /// The records of the type that is asked for, through aliases.
    fn find(&self, question: &Question) -> (Code, Vec<(String, Record)>) {
        /// Longest chain of aliases that is followed.
        const MOST_ALIASES: usize = 8;
        let (mut name, mut found) = (question.name.clone(), Vec::new());
        let mut known = false;
        for _ in 0..MOST_ALIASES {
            let of_name = |(n, _): &&(String, Record)| n.eq_ignore_ascii_case(&name);
            let records: Vec<_> = self.records.iter().filter(of_name).cloned().collect();
            known |= !records.is_empty();
            let wanted = records.iter().filter(|(_, r)| r.kind() == question.kind);
            let alias = records.iter().find_map(|(_, record)| match record {
                Record::Alias(target) => Some(target.clone()),
                _ => None,
            });
            found.extend(wanted.cloned());
            let Some(target) = alias.filter(|_| question.kind != message::CNAME) else {
                break;
            };
            found.push((name, Record::Alias(target.clone())));
            name = target;
        }
        (if known { Code::Fine } else { Code::NameError }, found)
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    // Every change is made by one call that does not panic half-way.
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
