//! The simulated Exchange of practice mode, as in the window. It listens on the loopback
//! address only, and there is one at a time.

use contract::{Authentication, PracticeScenario};
use engine::ports::{BoxFuture, PracticeExchange, PracticeUser, PracticeWorld};
use exchange_sim::Simulator;
use exchange_sim::practice::{Practice, Scenario, setup};
use tokio::sync::Mutex;

use crate::tokens::Tokens;

/// A simulated Exchange that runs while someone practises.
#[derive(Debug, Default)]
pub(crate) struct Loopback {
    running: Mutex<Option<Simulator>>,
    /// Whose tokens it takes, beside what the scenario says.
    tokens: Option<Tokens>,
}

impl Loopback {
    /// One that takes tokens of this authority; without: none, as the window's.
    pub(crate) fn taking(tokens: Option<Tokens>) -> Self {
        Self {
            running: Mutex::default(),
            tokens,
        }
    }
}

impl PracticeExchange for Loopback {
    fn scenarios(&self) -> Vec<PracticeScenario> {
        let described = |scenario: Scenario| PracticeScenario {
            id: scenario.id().to_owned(),
            title: scenario.title().to_owned(),
            shows: scenario.shows().to_owned(),
            expected: scenario.expected().to_owned(),
        };
        Scenario::ALL.into_iter().map(described).collect()
    }

    fn start(&self, scenario: &str, users: usize) -> BoxFuture<'_, Result<PracticeWorld, String>> {
        let scenario = scenario.parse::<Scenario>();
        Box::pin(async move {
            let mut practice = setup(scenario.map_err(|error| error.to_string())?, users);
            if let Some(tokens) = &self.tokens {
                tokens.let_in(&mut practice.options);
            }
            let mut running = self.running.lock().await;
            if let Some(simulator) = running.take() {
                simulator.stop().await;
            }
            let simulator = exchange_sim::start(practice.options.clone())
                .await
                .map_err(|error| error.to_string())?;
            let world = world(practice, &simulator);
            *running = Some(simulator);
            Ok(world)
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Some(simulator) = self.running.lock().await.take() {
                simulator.stop().await;
            }
        })
    }
}

fn world(practice: Practice, simulator: &Simulator) -> PracticeWorld {
    // Basic is never a machine's choice (automatic would not take it), so it is set where the
    // simulated server offers nothing else. Where it offers NTLM, automatic logs on with that.
    let only_basic = practice
        .options
        .offered
        .iter()
        .all(|scheme| scheme.eq_ignore_ascii_case("basic"));
    // In this scenario the point is to find out that the CA is not known.
    let unknown_ca = practice.scenario == Scenario::PrivateCa;
    PracticeWorld {
        ews_url: simulator.ews_url(),
        ca_pem: simulator
            .ca_pem()
            .filter(|_| !unknown_ca)
            .map(str::to_owned),
        account: practice.account,
        password: practice.password,
        authentication: if only_basic {
            Authentication::Basic
        } else {
            Authentication::Automatic
        },
        users: practice
            .users
            .into_iter()
            .map(|user| PracticeUser {
                name: user.display_name,
                address: user.primary,
                upn: Some(user.upn),
                kind: Some(user.recipient_type),
                must_refuse: user.must_refuse,
            })
            .collect(),
    }
}
