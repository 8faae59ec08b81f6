//! KDCs in DNS (RFC 4120 §7.2.3.2), by the resolver that the system is configured with.
//!
//! Only targets within the realm's own DNS domain are believed, as those of Active Directory are. A KDC is
//! shown something made with the password, which can be guessed at leisure (RFC 4120 §10), and whoever
//! answers for DNS on a strange network could name any host; a name within the domain must at least
//! resolve there. The question is for a full name, so that no search list leads elsewhere.

use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{ResolverBuilder, TokioResolver};

use super::kdc::Kdc;

/// More are not tried.
const MOST: usize = 4;

/// Some KDCs of a realm, the best first; none where DNS names none.
pub(super) async fn kdcs(realm: &str) -> Vec<Kdc> {
    let resolver = TokioResolver::builder_tokio().and_then(ResolverBuilder::build);
    let found = match resolver {
        Ok(resolver) => of(&resolver, realm).await,
        Err(error) => Err(error),
    };
    found.unwrap_or_else(|error| {
        tracing::debug!(%error, realm, "no KDC in DNS");
        Vec::new()
    })
}

async fn of(resolver: &TokioResolver, realm: &str) -> Result<Vec<Kdc>, NetError> {
    let mut found = lookup(resolver, realm).await?;
    found.retain(|target| is_within(&target.host, realm));
    found.sort_by_key(|target| (target.priority, std::cmp::Reverse(target.weight)));
    let best = found.into_iter().take(MOST);
    Ok(best
        .map(|target| Kdc::new(&target.host, target.port))
        .collect())
}

struct Target {
    host: String,
    port: u16,
    priority: u16,
    weight: u16,
}

async fn lookup(resolver: &TokioResolver, realm: &str) -> Result<Vec<Target>, NetError> {
    let answer = resolver
        .srv_lookup(format!("_kerberos._tcp.{}.", realm.to_ascii_lowercase()))
        .await?;
    let targets = answer.answers().iter().filter_map(|record| {
        let RData::SRV(srv) = &record.data else {
            return None;
        };
        let host = srv.target.to_ascii();
        Some(Target {
            host: host.trim_end_matches('.').to_owned(),
            port: srv.port,
            priority: srv.priority,
            weight: srv.weight,
        })
    });
    Ok(targets.collect())
}

fn is_within(host: &str, realm: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), realm.to_ascii_lowercase());
    host.strip_suffix(&domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hickory_resolver::TokioResolver;
    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use tokio::net::UdpSocket;

    use super::{is_within, of};

    #[test]
    fn only_the_realm_s_own_hosts_are_believed() {
        assert!(is_within("DC1.contoso.com", "CONTOSO.COM"));
        assert!(is_within("contoso.com", "CONTOSO.COM"));
        assert!(is_within("dc1.site.contoso.com", "CONTOSO.COM"));
        for stranger in [
            "dc1.evil.com",
            "dc1.evilcontoso.com",
            "contoso.com.evil.com",
            "",
        ] {
            assert!(!is_within(stranger, "CONTOSO.COM"), "{stranger}");
        }
    }

    fn name(text: &str) -> Vec<u8> {
        let labels = text.split('.').flat_map(|label| {
            let length = u8::try_from(label.len()).expect("a short label");
            std::iter::once(length).chain(label.bytes())
        });
        labels.chain([0]).collect()
    }

    /// SRV record (RFC 2782) for the name of the question.
    fn record(priority: u8, weight: u8, port: u8, target: &str) -> Vec<u8> {
        let target = name(target);
        let length = u8::try_from(target.len() + 6).expect("a short name");
        let head = [0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, length];
        let data = [0, priority, 0, weight, 0, port];
        [&head[..], &data, &target].concat()
    }

    /// Answers one question about `question` with these records.
    async fn dns(question: &str, records: Vec<Vec<u8>>) -> u16 {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("loopback");
        let port = socket.local_addr().expect("bound").port();
        let expected = [name(question), vec![0, 33, 0, 1]].concat();
        tokio::spawn(async move {
            let mut asked = [0; 512];
            let (_, from) = socket.recv_from(&mut asked).await.expect("a question");
            assert_eq!(
                asked[12..12 + expected.len()].to_ascii_lowercase(),
                expected
            );
            let count = u8::try_from(records.len()).expect("few");
            let head = [asked[0], asked[1], 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
            let question = &asked[12..12 + expected.len()];
            let answer = [&head[..], question, &records.concat()].concat();
            socket.send_to(&answer, from).await.expect("an answer");
        });
        port
    }

    #[tokio::test]
    async fn the_best_of_the_realm_s_own_come_first() {
        let records = vec![
            record(10, 0, 88, "dc3.contoso.com"),
            record(0, 5, 88, "dc2.contoso.com"),
            record(0, 0, 88, "kdc.evil.com"),
            record(0, 50, 89, "DC1.site.contoso.com"),
        ];
        let port = dns("_kerberos._tcp.contoso.com", records).await;
        let mut udp = ConnectionConfig::udp();
        udp.port = port;
        let mut server = NameServerConfig::udp(Ipv4Addr::LOCALHOST.into());
        server.connections = vec![udp];
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .build()
            .expect("a resolver");
        let found = of(&resolver, "CONTOSO.COM").await.expect("an answer");
        let found: Vec<String> = found
            .iter()
            .map(|kdc| kdc.to_string().to_lowercase())
            .collect();
        assert_eq!(
            found,
            [
                "dc1.site.contoso.com:89",
                "dc2.contoso.com:88",
                "dc3.contoso.com:88"
            ]
        );
    }
}
