//! A server for every cause a check can end in: [`case`] brings one about, exactly as the catalog of
//! causes describes its evidence, and says by what, and what the client has to do for it.
//! [`BEYOND`] are the causes that no server has a hand in.

mod account;
mod endpoint;
mod rows;

use super::world::World;
use super::{ACCOUNT, PracticeUser};
use crate::options::{Bind, Options};
use crate::proxy::ProxyFault;

/// A server on which a check must end in certain causes.
#[derive(Debug, Clone)]
pub struct Case {
    /// The fault, option or scenario that brings it about.
    pub by: &'static str,
    /// What the client must do; the rest is as in any check.
    pub client: ClientSide,
    /// The server: plain HTTP and Basic unless the cause needs something else.
    pub options: Options,
    /// Account to log on with.
    pub account: String,
    /// Password to log on with.
    pub password: String,
    /// The list to check, canary last (none where a single row is the point).
    pub users: Vec<PracticeUser>,
    /// Addresses of the list that meet a cause of their own, and that cause. None: the whole run meets
    /// the cause.
    pub rows: Vec<(String, &'static str)>,
}

/// What a client must do for a cause to come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientSide {
    /// Ask at `Simulator::ews_url`, trust `Simulator::ca_pem`, log on by Basic.
    AsUsual,
    /// Ask `https` where the server speaks plain HTTP.
    AsksForTls,
    /// Ask at the address of a simulator that was stopped.
    NobodyListens,
    /// Ask for a host that does not exist: `no-such-host.invalid`.
    UnknownHost,
    /// Ask through a proxy that has this fault.
    ThroughProxy(ProxyFault),
    /// Trust no CA but those of the system.
    WithoutTrust,
    /// Pin another certificate.
    OtherPin,
    /// Wait for answers less than ten seconds.
    ShortTimeout,
    /// Log on with a token; its text does not matter.
    Bearer,
    /// Name mailboxes by principal name.
    ByPrincipalName,
    /// Create a draft in each mailbox, and delete it.
    Writes,
}

/// The causes that no server has a hand in, and why.
pub const BEYOND: [(&str, &str); 2] = [
    (
        "dns.not_found",
        "the name server says so; ask for no-such-host.invalid",
    ),
    (
        "oauth.sign_in_needed",
        "the client has no token, and asks nobody",
    ),
];

/// The causes that [`case`] brings about: all of the catalog but those of [`BEYOND`].
pub const CAUSES: [&str; 61] = [
    "tcp.refused",
    "tcp.timeout",
    "proxy.failed",
    "tls.untrusted",
    "tls.name_mismatch",
    "tls.expired",
    "tls.pin_mismatch",
    "tls.protocol",
    "http.not_ews",
    "http.redirected",
    "http.rejected",
    "http.gateway",
    "http.timeout",
    "http.closed",
    "protocol.unexpected",
    "protocol.rejected",
    "protocol.version",
    "auth.scheme_not_offered",
    "auth.rejected",
    "auth.lost",
    "account.locked",
    "account.password_expired",
    "account.disabled",
    "account.not_in_directory",
    "account.not_authorized",
    "account.no_mailbox",
    "oauth.token_rejected",
    "policy.ews_blocked",
    "policy.exchange_online_retired",
    "policy.organization_blocked",
    "impersonation.role_missing",
    "impersonation.out_of_scope",
    "impersonation.refused",
    "impersonation.server_cannot",
    "impersonation.header_rejected",
    "impersonation.ignored",
    "impersonation.exposed",
    "mailbox.not_found",
    "mailbox.remote",
    "mailbox.alias",
    "mailbox.address_invalid",
    "mailbox.identity_unknown",
    "mailbox.license",
    "mailbox.system",
    "mailbox.moving",
    "mailbox.store_unavailable",
    "mailbox.misconfigured",
    "mailbox.folder_missing",
    "mailbox.access_denied",
    "mailbox.disabled",
    "mailbox.over_quota",
    "server.busy",
    "server.transient",
    "server.directory_unavailable",
    "server.routing",
    "server.error",
    "server.unknown_code",
    "tls.untrusted#self-signed",
    "http.not_ews#404",
    "http.not_ews#440",
    "mailbox.not_found#404",
];

/// A server with this many people (at least 12) and one canary that brings this cause about. A `#`
/// and what follows it tell variants of one cause apart.
#[must_use]
pub fn case(cause: &str, users: usize) -> Option<Case> {
    let mut world = World::new(users.max(12));
    world.options.bind = Bind::Http;
    let (by, client, rows) = if let Some((by, client)) =
        endpoint::bring(cause, &mut world).or_else(|| account::bring(cause, &mut world))
    {
        (by, client, Vec::new())
    } else {
        const ROW: usize = 5;
        let (by, client) = rows::bring(cause, ROW, &mut world)?;
        let cause = CAUSES.into_iter().find(|known| *known == cause)?;
        let address = world.users[ROW].primary.clone();
        (by, client, vec![(address, without_variant(cause))])
    };
    Some(finish(world, by, client, rows))
}

/// Forty people of whom thirty-six meet one of twelve causes each, and four open.
#[must_use]
pub fn twelve() -> Case {
    const TWELVE: [&str; 12] = [
        "impersonation.out_of_scope",
        "mailbox.not_found",
        "mailbox.remote",
        "mailbox.alias",
        "mailbox.address_invalid",
        "mailbox.license",
        "mailbox.store_unavailable",
        "mailbox.misconfigured",
        "mailbox.folder_missing",
        "mailbox.access_denied",
        "mailbox.disabled",
        "server.unknown_code",
    ];
    let mut world = World::new(40);
    world.options.bind = Bind::Http;
    let mut rows = Vec::new();
    for (n, cause) in TWELVE.into_iter().cycle().take(36).enumerate() {
        if rows::bring(cause, n, &mut world).is_some() {
            rows.push((world.users[n].primary.clone(), cause));
        }
    }
    finish(world, "twelve causes together", ClientSide::AsUsual, rows)
}

fn finish(
    mut world: World,
    by: &'static str,
    client: ClientSide,
    rows: Vec<(String, &'static str)>,
) -> Case {
    world.settle();
    Case {
        by,
        client,
        options: world.options,
        account: ACCOUNT.to_owned(),
        password: world.password,
        users: world.users,
        rows,
    }
}

/// The cause itself.
fn without_variant(cause: &'static str) -> &'static str {
    cause.split_once('#').map_or(cause, |(cause, _)| cause)
}

/// What brought a cause about, and what the client must do.
type Brought = (&'static str, ClientSide);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_cause_has_a_case_and_none_has_two() {
        for cause in CAUSES {
            let case = case(cause, 12).unwrap_or_else(|| panic!("{cause} has no case"));
            for (address, _) in &case.rows {
                let listed = case.users.iter().any(|user| user.primary == *address);
                assert!(listed, "{cause}: {address} is on the list");
            }
        }
        let distinct: HashSet<&str> = CAUSES.into_iter().chain(BEYOND.map(|b| b.0)).collect();
        assert_eq!(distinct.len(), CAUSES.len() + BEYOND.len());
        assert!(case("weather.bad", 12).is_none());
        assert!(case("dns.not_found", 12).is_none());
    }

    #[test]
    fn the_twelve_strike_thirty_six_of_forty() {
        let case = twelve();
        assert_eq!(case.users.len(), 41, "and the canary");
        assert_eq!(case.rows.len(), 36);
        let struck: HashSet<&String> = case.rows.iter().map(|(address, _)| address).collect();
        assert_eq!(struck.len(), 36);
        let causes: HashSet<&str> = case.rows.iter().map(|(_, cause)| *cause).collect();
        assert_eq!(causes.len(), 12);
    }
}
