//! The wire of one run: real lanes behind the Mailroom port.

use std::sync::{Arc, PoisonError, RwLock};

use contract::Secret;
use exchange::{
    Authenticator, Basic, Call, Dialing, Endpoint, Fault, Kerberos, Lane, LogOns, LogonName,
    NoRealm, Ntlm, NtlmWord, Realm, Reply, SignedIn, Stats, StatsSnapshot, Trust,
};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use super::bearer::{Purse, TokenLane, Tokens};
use super::mechanism::Mechanism;
use super::redact::Redactor;
use crate::ports::{BoxFuture, Clock, MailLane, Mailroom, TokenFacts};

/// Lanes to one endpoint, with one trust and one way to log on.
pub(crate) struct Wire {
    endpoint: Arc<Endpoint>,
    trust: Arc<Trust>,
    account: String,
    password: Zeroizing<String>,
    stats: Arc<Stats>,
    chosen: Arc<Chosen>,
    /// The Kerberos realm of the account, once it was looked for.
    realm: OnceCell<Result<Realm, NoRealm>>,
    /// The access token, where lanes carry one.
    purse: Option<Arc<Purse>>,
    /// Takes the secret out of what the server sends back.
    pub(crate) redactor: Arc<Redactor>,
}

/// The way to log on, once one is chosen.
type Chosen = RwLock<Option<Way>>;
/// All log-ons of one way go through one gate.
type Way = (Arc<dyn Authenticator>, Arc<LogOns>);

impl Wire {
    pub(crate) fn new(endpoint: Endpoint, trust: Trust, account: &str, password: &Secret) -> Self {
        let mut redactor = Redactor::new(account, password.expose());
        if let Some(proxy) = endpoint.proxy_credentials() {
            redactor.also(&proxy.user, &proxy.password);
        }
        Self {
            endpoint: Arc::new(endpoint),
            trust: Arc::new(trust),
            account: account.to_owned(),
            password: Zeroizing::new(password.expose().to_owned()),
            stats: Arc::default(),
            chosen: Arc::default(),
            realm: OnceCell::new(),
            purse: None,
            redactor: Arc::new(redactor),
        }
    }

    /// The same, carrying access tokens instead of a password.
    pub(super) fn with_tokens(self, tokens: Tokens, clock: Arc<dyn Clock>) -> Self {
        let purse = Purse::new(tokens, clock, Arc::clone(&self.redactor));
        Self {
            purse: Some(Arc::new(purse)),
            ..self
        }
    }

    /// A lane that carries no token, whatever the others do.
    pub(super) fn wire_lane(&self) -> WireLane {
        WireLane {
            lane: Lane::new(
                Arc::clone(&self.endpoint),
                Arc::clone(&self.trust),
                Arc::clone(&self.stats),
            ),
            chosen: Arc::clone(&self.chosen),
        }
    }

    /// None for tokens: their lanes take them by themselves.
    fn authenticator(&self, mechanism: Mechanism) -> Option<Arc<dyn Authenticator>> {
        let name = LogonName::parse(&self.account);
        let ntlm = |word| Ntlm::new(name.clone(), &self.password, word);
        Some(match mechanism {
            Mechanism::Bearer => return None,
            Mechanism::Basic => Arc::new(Basic::new(&self.account, &self.password)),
            Mechanism::Ntlm => Arc::new(ntlm(NtlmWord::Ntlm)),
            Mechanism::NtlmUnderNegotiate => Arc::new(ntlm(NtlmWord::Negotiate)),
            Mechanism::SignedIn => Arc::new(SignedIn),
            Mechanism::Kerberos => {
                let realm = self.realm.get().and_then(|found| found.as_ref().ok());
                let realm = realm.expect("Kerberos is a candidate only where a realm was found");
                Arc::new(Kerberos::new(name, &self.password, realm.clone()))
            }
        })
    }
}

impl Mailroom for Wire {
    fn ticket_possible(&self) -> BoxFuture<'_, Result<(), Option<String>>> {
        Box::pin(async move {
            let found = self.realm.get_or_init(async || {
                Realm::find(&LogonName::parse(&self.account), self.endpoint.host()).await
            });
            match found.await {
                Ok(_) => Ok(()),
                Err(NoRealm::Loopback) => Err(None),
                Err(why) => Err(Some(why.to_string())),
            }
        })
    }

    fn choose(&self, mechanism: Mechanism) {
        let authenticator = self.authenticator(mechanism);
        let way = authenticator.map(|authenticator| (authenticator, Arc::default()));
        *self.chosen.write().unwrap_or_else(PoisonError::into_inner) = way;
    }

    fn lane(&self) -> Box<dyn MailLane> {
        let WireLane { lane, chosen } = self.wire_lane();
        match &self.purse {
            Some(purse) => Box::new(TokenLane::new(lane, Arc::clone(purse))),
            None => Box::new(WireLane { lane, chosen }),
        }
    }

    fn snapshot(&self) -> StatsSnapshot {
        self.stats.snapshot()
    }

    fn dialing(&self) -> Dialing {
        self.stats.dialing()
    }

    fn asked_again(&self) -> u64 {
        self.purse.as_ref().map_or(0, |purse| purse.again())
    }

    fn token(&self) -> Option<TokenFacts> {
        self.purse.as_ref()?.facts()
    }
}

/// A lane that carries no token.
pub(super) struct WireLane {
    lane: Lane,
    chosen: Arc<Chosen>,
}

impl WireLane {
    /// From now on no credentials are sent; a connection that is logged on stays so.
    pub(super) fn log_on_no_more(&mut self) {
        self.lane.log_on_no_more();
    }
}

impl MailLane for WireLane {
    fn log_on(&mut self) {
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((authenticator, log_ons)) = chosen.as_ref() {
            self.lane
                .log_on_with(Arc::clone(authenticator), Arc::clone(log_ons));
        }
    }

    fn close(&mut self) {
        self.lane.close();
    }

    fn post<'a>(&'a mut self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Fault>> {
        Box::pin(self.lane.post(call))
    }
}
