//! Which realm an account is in, and where its KDCs are: the configuration of Kerberos on this computer,
//! else DNS. Asks nobody for a name that cannot be had a ticket for: an address, a loopback name.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::kdc::{self, Kdc};
use super::krb5_conf::Krb5Conf;
use super::srv;
use crate::LogonName;

/// How long looking for a KDC may take, all in all.
const BUDGET: Duration = Duration::from_secs(2);

/// The realm of an account, with KDCs of which at least one is awake.
#[derive(Debug, Clone)]
pub struct Realm {
    pub(super) name: String,
    pub(super) kdcs: Vec<Kdc>,
}

/// Why no ticket can be had. Nothing was sent, but a question to DNS and a connection that was closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRealm {
    /// A loopback host that no realm is configured for; nothing to tell anybody.
    #[error("this computer has no Kerberos realm of its own")]
    Loopback,
    /// Tickets are for names.
    #[error("Kerberos needs a host name, and the URL has an address")]
    Address,
    /// `CONTOSO\svc`, or a bare name.
    #[error(
        "Kerberos needs the DNS name of the account's domain; write the account as a user principal name \
         (svc-ews@contoso.com)"
    )]
    NoDomain,
    /// No KDC is configured or in DNS.
    #[error("no Kerberos domain controller (KDC) of {0} is in DNS or in krb5.conf")]
    NoKdc(String),
    /// None of them takes a connection.
    #[error("no Kerberos domain controller (KDC) of {realm} answers: {kdcs}")]
    NoneAwake {
        /// Which realm.
        realm: String,
        /// Who was tried.
        kdcs: String,
    },
}

impl Realm {
    /// Finds the realm of an account that logs on to a host, in at most two seconds.
    ///
    /// # Errors
    /// [`NoRealm`]: Kerberos is not possible, for a reason that says nothing about the account.
    pub async fn find(name: &LogonName, host: &str) -> Result<Self, NoRealm> {
        let deadline = Instant::now() + BUDGET;
        if bare(host).parse::<IpAddr>().is_ok() {
            return Err(if is_loopback(host) {
                NoRealm::Loopback
            } else {
                NoRealm::Address
            });
        }
        let conf = tokio::task::spawn_blocking(Krb5Conf::of_this_computer)
            .await
            .unwrap_or_default();
        if is_loopback(host) && conf.realm_of(host).is_none() {
            return Err(NoRealm::Loopback);
        }
        let realm = realm_of_account(name, &conf).ok_or(NoRealm::NoDomain)?;
        let realm = Self::with_kdcs(&realm, &conf, deadline).await?;
        realm.awake(deadline).await
    }

    /// A realm that another one referred to.
    pub(super) async fn referred(name: &str) -> Result<Self, NoRealm> {
        let conf = tokio::task::spawn_blocking(Krb5Conf::of_this_computer)
            .await
            .unwrap_or_default();
        Self::with_kdcs(name, &conf, Instant::now() + BUDGET).await
    }

    async fn with_kdcs(name: &str, conf: &Krb5Conf, deadline: Instant) -> Result<Self, NoRealm> {
        if let Some((name, kdcs)) = conf.realm(name) {
            return Ok(Self {
                name: name.to_owned(),
                kdcs: kdcs.to_vec(),
            });
        }
        let kdcs = tokio::time::timeout_at(deadline, srv::kdcs(name)).await;
        match kdcs.unwrap_or_default() {
            kdcs if kdcs.is_empty() => Err(NoRealm::NoKdc(name.to_owned())),
            kdcs => Ok(Self {
                name: name.to_owned(),
                kdcs,
            }),
        }
    }

    /// With the first KDC that takes a connection in the first place.
    async fn awake(mut self, deadline: Instant) -> Result<Self, NoRealm> {
        let rest = deadline.saturating_duration_since(Instant::now());
        let Some(first) = kdc::first_awake(&self.kdcs, rest).await else {
            let kdcs: Vec<String> = self.kdcs.iter().map(ToString::to_string).collect();
            return Err(NoRealm::NoneAwake {
                realm: self.name,
                kdcs: kdcs.join(", "),
            });
        };
        self.kdcs.retain(|kdc| *kdc != first);
        self.kdcs.insert(0, first);
        Ok(self)
    }
}

/// By the suffix of a UPN or the DNS name before a backslash. A `NetBIOS` name counts where a realm is
/// configured by exactly that name; no domain is guessed, for its account of that name may be another's.
fn realm_of_account(name: &LogonName, conf: &Krb5Conf) -> Option<String> {
    let domain = name.suffix().unwrap_or(name.domain());
    if let Some((realm, _)) = conf.realm(domain) {
        return Some(realm.to_owned());
    }
    let dotted = domain.contains('.') && domain.is_ascii() && !domain.starts_with('.');
    dotted.then(|| {
        conf.realm_of(domain)
            .map_or_else(|| domain.to_ascii_uppercase(), str::to_owned)
    })
}

fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn is_loopback(host: &str) -> bool {
    let host = bare(host).to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{NoRealm, Realm, realm_of_account};
    use crate::LogonName;
    use crate::kerberos::krb5_conf::Krb5Conf;

    #[test]
    fn no_domain_is_guessed() {
        let conf = Krb5Conf::parsed(
            "[realms]\nLAB = {\nkdc = k\n}\n[domain_realm]\n.fabrikam.com = CORP.FABRIKAM.COM\n",
        );
        let realm = |account| realm_of_account(&LogonName::parse(account), &conf);
        assert_eq!(realm("svc@contoso.com").as_deref(), Some("CONTOSO.COM"));
        assert_eq!(
            realm("corp.contoso.com\\svc").as_deref(),
            Some("CORP.CONTOSO.COM")
        );
        assert_eq!(
            realm("svc@eu.fabrikam.com").as_deref(),
            Some("CORP.FABRIKAM.COM")
        );
        assert_eq!(
            realm("LAB\\svc").as_deref(),
            Some("LAB"),
            "configured by this name"
        );
        for account in [
            "CONTOSO\\svc",
            "svc",
            "",
            "svc@",
            "svc@.com",
            "svc@müller.de",
        ] {
            assert_eq!(realm(account), None, "{account}");
        }
    }

    #[tokio::test]
    async fn addresses_and_loopback_ask_nobody() {
        let account = LogonName::parse("svc@contoso.invalid");
        let found = |host: &'static str| {
            let account = account.clone();
            async move { Realm::find(&account, host).await.err() }
        };
        for host in ["127.0.0.1", "[::1]", "ex.localhost"] {
            assert_eq!(found(host).await, Some(NoRealm::Loopback), "{host}");
        }
        for host in ["192.0.2.7", "[2001:db8::7]"] {
            assert_eq!(found(host).await, Some(NoRealm::Address), "{host}");
        }
        let bare = Realm::find(&LogonName::parse("CONTOSO\\svc"), "mail.contoso.invalid").await;
        assert_eq!(bare.err(), Some(NoRealm::NoDomain));
    }
}
