//! KDCs in DNS (RFC 4120 §7.2.3.2), by the resolver that the system is configured with.
//!
//! Only targets within the realm's own DNS domain are believed, as those of Active Directory are. A KDC is
//! shown something made with the password, which can be guessed at leisure (RFC 4120 §10), and whoever
//! answers for DNS on a strange network could name any host; a name within the domain must at least
//! resolve there. The question is for a full name, so that no search list leads elsewhere.

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::RData;

use super::kdc::Kdc;

/// More are not tried.
const MOST: usize = 4;

/// Some KDCs of a realm, the best first; none where DNS names none.
pub(super) async fn kdcs(realm: &str) -> Vec<Kdc> {
    let mut found = match lookup(realm).await {
        Ok(found) => found,
        Err(error) => {
            tracing::debug!(%error, realm, "no KDC in DNS");
            return Vec::new();
        }
    };
    found.retain(|target| is_within(&target.host, realm));
    found.sort_by_key(|target| (target.priority, std::cmp::Reverse(target.weight)));
    found
        .into_iter()
        .take(MOST)
        .map(|target| Kdc::new(&target.host, target.port))
        .collect()
}

struct Target {
    host: String,
    port: u16,
    priority: u16,
    weight: u16,
}

async fn lookup(realm: &str) -> Result<Vec<Target>, hickory_resolver::net::NetError> {
    let resolver = TokioResolver::builder_tokio()?.build()?;
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
    use super::is_within;

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
}
