//! Names of authorization servers: the operating system answers for them, except where an address was given
//! by hand. A name that is not found is an error of its own type, so that it is taken for nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A name does not resolve.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotFound(String);

/// Who is asked for addresses.
pub(super) struct Names {
    /// Host and address instead of what it resolves to.
    pub(super) by_hand: Vec<(String, SocketAddr)>,
    /// Time for an answer: less than there is for the connection as a whole.
    pub(super) limit: Duration,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let by_hand: Vec<SocketAddr> = self
            .by_hand
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(&host))
            .map(|(_, to)| *to)
            .collect();
        let limit = self.limit;
        Box::pin(async move {
            if !by_hand.is_empty() {
                return Ok(Box::new(by_hand.into_iter()) as Addrs);
            }
            let asked = tokio::time::timeout(limit, tokio::net::lookup_host((host, 0))).await;
            let found: Vec<SocketAddr> = asked
                .map_err(|_| {
                    let waited = limit.as_secs_f32();
                    NotFound(format!("the name server did not answer for {waited} s"))
                })?
                .map_err(|error| NotFound(error.to_string()))?
                .collect();
            if found.is_empty() {
                return Err(NotFound("no address".to_owned()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
