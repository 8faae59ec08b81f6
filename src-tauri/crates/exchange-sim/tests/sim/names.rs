//! The name server, asked as a resolver asks it.

use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use exchange_sim::{NameFault, NameServer, Names, Record, name_server};
use tokio::net::UdpSocket;
use tokio::time::timeout;

const A: u16 = 1;
const AAAA: u16 = 28;
const SRV: u16 = 33;

/// The answer's code, its number of records, and all of its bytes; nothing within a quarter second.
async fn ask(server: &NameServer, name: &str, kind: u16) -> Option<(u8, u16, Vec<u8>)> {
    let mut query = vec![3, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        query.push(u8::try_from(label.len()).expect("a short label"));
        query.extend(label.as_bytes());
    }
    query.push(0);
    query.extend(kind.to_be_bytes());
    query.extend([0, 1]);
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    socket.connect(server.address()).await.expect("loopback");
    socket.send(&query).await.expect("sent");
    let mut reply = vec![0; 512];
    let length = timeout(Duration::from_millis(250), socket.recv(&mut reply)).await;
    reply.truncate(length.ok()?.expect("an answer"));
    assert_eq!(reply[..2], [3, 4], "the answer is that of this query");
    let count = u16::from_be_bytes([reply[6], reply[7]]);
    Some((reply[3] & 0x0f, count, reply))
}

fn ends(bytes: &[u8], end: &[u8]) -> bool {
    bytes.ends_with(end)
}

#[tokio::test]
async fn addresses_services_and_aliases() {
    let names = Names::default()
        .host("Mail.contoso.com")
        .with(
            "mail.contoso.com",
            Record::Address(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        )
        .with(
            "autodiscover.contoso.com",
            Record::Alias("mail.contoso.com".into()),
        )
        .autodiscover("contoso.com", "mail.contoso.com");
    let server = name_server(names).await.expect("a free port");
    let (code, count, reply) = ask(&server, "mail.contoso.com", A)
        .await
        .expect("an answer");
    assert_eq!((code, count), (0, 1));
    assert!(ends(&reply, &[0, 4, 127, 0, 0, 1]));
    let (_, count, reply) = ask(&server, "mail.contoso.com", AAAA)
        .await
        .expect("an answer");
    assert_eq!(count, 1);
    assert!(ends(&reply, &Ipv6Addr::LOCALHOST.octets()));
    let (code, count, _) = ask(&server, "AUTODISCOVER.contoso.com", A)
        .await
        .expect("an answer");
    assert_eq!((code, count), (0, 2), "the alias and what it stands for");
    let service = "_autodiscover._tcp.contoso.com";
    let (_, count, reply) = ask(&server, service, SRV).await.expect("an answer");
    assert_eq!(count, 1);
    assert!(
        ends(&reply, b"\x01\xbb\x04mail\x07contoso\x03com\x00"),
        "{reply:?}"
    );
    let (code, count, _) = ask(&server, "mail.contoso.com", SRV)
        .await
        .expect("an answer");
    assert_eq!(
        (code, count),
        (0, 0),
        "the name is there, the service is not"
    );
    let (code, count, _) = ask(&server, "nowhere.contoso.com", A)
        .await
        .expect("an answer");
    assert_eq!((code, count), (3, 0));
    assert_eq!(server.asked()[3], (service.to_owned(), SRV));
}

#[tokio::test]
async fn failures_from_some_query_on() {
    let names = Names {
        fault: Some(NameFault::Silent),
        fault_after: 1,
        ..Names::default().host("mail.contoso.com")
    };
    let server = name_server(names).await.expect("a free port");
    assert!(ask(&server, "mail.contoso.com", A).await.is_some());
    assert!(ask(&server, "mail.contoso.com", A).await.is_none());
    for (fault, code) in [
        (NameFault::ServerFailure, 2),
        (NameFault::NotFound, 3),
        (NameFault::Refused, 5),
    ] {
        server.update(|names| names.fault = Some(fault));
        let (found, count, _) = ask(&server, "mail.contoso.com", A)
            .await
            .expect("an answer");
        assert_eq!((found, count), (code, 0));
    }
}

#[tokio::test]
async fn a_slow_name_server_answers_in_the_end() {
    let names = Names {
        latency: Duration::from_millis(120),
        ..Names::default().host("mail.contoso.com")
    };
    let server = name_server(names).await.expect("a free port");
    let started = Instant::now();
    let (code, ..) = ask(&server, "mail.contoso.com", A)
        .await
        .expect("an answer");
    assert_eq!(code, 0);
    assert!(started.elapsed() >= Duration::from_millis(120));
}
