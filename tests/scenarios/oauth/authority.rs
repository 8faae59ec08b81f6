//! The authority that issues tokens fails, each time in another way: the run says which, and that it was
//! not Exchange; what is decided stays.

use std::sync::Arc;
use std::time::Duration;

use contract::{Blame, Cause};
use engine::checks::Tokens;
use engine::ports::{
    AccessToken, AuthorityFault, AuthorityFaultKind as Kind, BoxFuture, NoToken, TokenSource,
};
use exchange_sim::{BearerRules, Simulator};
use support::Outcome;

use super::{Renewal, Source, carrying, check, mint, person, taking, with};

const LOGIN: &str = "login.example";

/// Has no token from the beginning.
struct Silent(NoToken);

impl TokenSource for Silent {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(async { Err(self.0.clone()) })
    }

    fn renewed(&self, _generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        self.token()
    }
}

fn fails(kind: Kind, wait: Option<Duration>) -> NoToken {
    NoToken::Unreachable {
        sentence: format!("The sign-in service {LOGIN} can't be asked: a reason."),
        fault: AuthorityFault {
            host: LOGIN.to_owned(),
            kind,
            wait,
        },
    }
}

async fn server() -> (Simulator, Arc<exchange_sim::TokenMint>) {
    let mint = mint();
    let server = taking(8, BearerRules::new(mint.keys())).await;
    (server, mint)
}

/// What the run, its card and its ladder say of the authority, and not of Exchange.
fn blames_the_authority(run: &Outcome, cause: Cause) {
    let authority = run.page.authentication.authority.as_ref();
    assert_eq!(authority.and_then(|known| known.of(cause)), Some(LOGIN));
    let card = run.page.causes.iter().find(|card| card.cause == cause);
    let card = card.expect("it has a card");
    assert!(card.title.contains("ign-in service"), "{card:?}");
    assert!(card.explanation.contains(LOGIN), "{card:?}");
    assert_eq!(card.blame, cause.blame(), "the contract's");
    assert_ne!(card.blame, Blame::Identity);
    for command in &card.remedy {
        let text = &command.powershell;
        assert!(
            text.contains(LOGIN) || text.contains("winhttp"),
            "not a word about Exchange: {text}"
        );
    }
    let all = format!("{:?} {:?}", card.reasons, card.alternatives);
    for word in ["IIS", "EWS", "ExchangeCertificate"] {
        assert!(!all.contains(word), "{word}: {all}");
    }
}

#[tokio::test]
async fn the_way_to_the_authority_stops_a_run_by_its_own_cause() {
    use exchange_tls as tls;
    for (kind, cause) in [
        (Kind::NameNotFound, Cause::DnsNotFound),
        (Kind::Refused, Cause::TcpRefused),
        (Kind::Silent, Cause::TcpTimeout),
        (Kind::Proxy, Cause::ProxyFailed),
        (tls(0), Cause::TlsUntrusted),
        (tls(1), Cause::TlsNameMismatch),
        (tls(2), Cause::TlsExpired),
        (tls(3), Cause::TlsProtocol),
        (Kind::Redirects, Cause::HttpRedirected),
    ] {
        let (server, _) = server().await;
        let engine = carrying(Tokens::of(Arc::new(Silent(fails(kind, None))))).await;
        let run = check(&server, &engine)
            .users(8)
            .loose_wire()
            .run(&server)
            .await;
        assert_eq!(run.end(), format!("stopped {cause}"), "{}", run.message());
        assert_eq!(run.summary().not_checked, 8, "{cause}");
        assert_eq!(run.count(cause), 8, "{cause}");
        assert!(run.message().contains(LOGIN), "{}", run.message());
        assert!(!run.message().contains("Can't reach"), "{}", run.message());
        let broken = run.page.steps.iter().find(|step| step.cause.is_some());
        let broken = broken.expect("a rung is broken");
        assert_eq!(broken.id, "log_on", "{cause}: the way to Exchange was fine");
        let next = broken.next.as_deref().unwrap_or_default();
        assert!(next.contains("then go on"), "{next}");
        blames_the_authority(&run, cause);
    }
}

/// The kinds of TLS faults, which these tests name through the engine.
fn exchange_tls(at: usize) -> Kind {
    use engine::ports::TlsFaultKind as T;
    Kind::Tls([T::Untrusted, T::NameMismatch, T::Expired, T::Protocol][at])
}

/// A transient one in the middle: what is decided stays, the rest could not be found out.
#[tokio::test]
async fn an_authority_that_is_down_in_mid_run_takes_nothing_back() {
    for (kind, cause) in [
        (Kind::Gateway, Cause::HttpGateway),
        (Kind::NoAnswer, Cause::HttpTimeout),
        (Kind::Closed, Cause::HttpClosed),
        (Kind::Busy, Cause::ServerBusy),
        (Kind::Failed, Cause::ServerError),
    ] {
        let mint = mint();
        let server = taking(40, BearerRules::new(mint.keys())).await;
        server.update(|options| options.latency = Duration::from_millis(25));
        // Longer than a mailbox waits: it is given up at once (ruling 3).
        let down = fails(kind, Some(Duration::from_mins(5)));
        let source = Source::new(&mint, &person(), Renewal::Fails(down));
        let engine = with(Arc::clone(&source)).await;
        let mut live = check(&server, &engine)
            .users(40)
            .lanes(3)
            .loose_wire()
            .begin()
            .await;
        live.decided(10).await;
        server.expire_tokens();
        let run = live.ended(Some(&server)).await;
        assert_eq!(run.end(), "incomplete", "{cause}: {}", run.message());
        let summary = run.summary();
        assert!(summary.granted >= 10, "{cause}: {summary:?}");
        assert_eq!(summary.granted + summary.undetermined, 40, "{cause}");
        assert_eq!((summary.findings, summary.not_checked), (0, 0), "{cause}");
        assert_eq!(run.count(cause), summary.undetermined);
        let open = run.rows.iter().find(|(row, _)| row.cause == Some(cause));
        let message = open.and_then(|(row, _)| row.message.clone());
        let message = message.expect("it has a sentence");
        assert!(message.contains(LOGIN), "{message}");
        assert!(message.contains("no access token"), "{message}");
        assert!(
            source.asked() <= 3,
            "it is spared: asked {}",
            source.asked()
        );
        blames_the_authority(&run, cause);
    }
}

/// An endpoint cause in the middle is confirmed, and stops the run.
#[tokio::test]
async fn a_way_that_is_lost_in_mid_run_keeps_what_is_decided() {
    let mint = mint();
    let server = taking(40, BearerRules::new(mint.keys())).await;
    server.update(|options| options.latency = Duration::from_millis(25));
    let source = Source::new(
        &mint,
        &person(),
        Renewal::Fails(fails(Kind::NameNotFound, None)),
    );
    let engine = with(Arc::clone(&source)).await;
    let mut live = check(&server, &engine)
        .users(40)
        .lanes(3)
        .loose_wire()
        .begin()
        .await;
    live.decided(10).await;
    server.expire_tokens();
    let run = live.ended(Some(&server)).await;
    assert_eq!(run.end(), "stopped dns.not_found", "{}", run.message());
    let summary = run.summary();
    assert!(summary.granted >= 10, "{summary:?}");
    assert_eq!(summary.granted + summary.not_checked, 40);
    assert!(source.asked() >= 2, "confirmed by asking once more");
    blames_the_authority(&run, Cause::DnsNotFound);
}
