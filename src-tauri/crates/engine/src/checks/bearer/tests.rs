use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::Secret;
use jiff::Timestamp;

use super::{Held, Purse, Tokens};
use crate::checks::redact::Redactor;
use crate::ports::{
    AccessToken, AuthorityFault, AuthorityFaultKind, BoxFuture, Clock, NoToken, TokenSource,
};

/// A clock that is set by hand.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(SeqCst)).expect("a time")
    }
}

/// Gives what it is told to, and counts the questions.
struct Source {
    gives: Mutex<Result<(u64, i64), NoToken>>,
    asked: AtomicU64,
    renewals: AtomicU64,
}

impl Source {
    fn give(&self, generation: u64, expires_at: i64) {
        *self.gives.lock().unwrap() = Ok((generation, expires_at));
    }

    fn refuse(&self, why: NoToken) {
        *self.gives.lock().unwrap() = Err(why);
    }

    fn now(&self) -> Result<AccessToken, NoToken> {
        let (generation, expires_at) = self.gives.lock().unwrap().clone()?;
        Ok(AccessToken {
            secret: Secret::new(format!("token-{generation}")),
            generation,
            expires_at: Timestamp::from_second(expires_at).ok(),
        })
    }
}

impl TokenSource for Source {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        self.asked.fetch_add(1, SeqCst);
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.now()
        })
    }

    fn renewed(&self, _generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        self.renewals.fetch_add(1, SeqCst);
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.now()
        })
    }
}

fn world() -> (Arc<Purse>, Arc<Source>, Arc<Hand>) {
    let source = Arc::new(Source {
        gives: Mutex::new(Ok((1, 3_600))),
        asked: AtomicU64::new(0),
        renewals: AtomicU64::new(0),
    });
    let clock = Arc::new(Hand(AtomicI64::new(0)));
    let purse = Purse::new(
        Tokens::of(Arc::clone(&source) as Arc<dyn TokenSource>),
        Arc::clone(&clock) as Arc<dyn Clock>,
        Arc::new(Redactor::new("svc", "")),
    );
    (Arc::new(purse), source, clock)
}

fn unreachable() -> NoToken {
    NoToken::Unreachable {
        sentence: "Nothing answers.".to_owned(),
        fault: AuthorityFault {
            host: "login.example".to_owned(),
            kind: AuthorityFaultKind::Silent,
            wait: None,
        },
    }
}

fn sign_in_needed() -> NoToken {
    NoToken::SignInNeeded {
        sentence: "Sign in again.".to_owned(),
        code: None,
    }
}

async fn all_at_once<T: Send + 'static>(what: impl Fn() -> BoxFuture<'static, T>) -> Vec<T> {
    let tasks: Vec<_> = (0..10).map(|_| tokio::spawn(what())).collect();
    let mut got = Vec::new();
    for task in tasks {
        got.push(task.await.unwrap());
    }
    got
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_before_it_expires_once_for_all_lanes() {
    let (purse, source, clock) = world();
    let ready = || -> BoxFuture<'static, u64> {
        let purse = Arc::clone(&purse);
        Box::pin(async move { purse.ready().await.unwrap().generation })
    };
    assert_eq!(all_at_once(ready).await, [1; 10]);
    assert_eq!(source.asked.load(SeqCst), 1);
    clock.0.store(3_600 - 121, SeqCst);
    assert_eq!(ready().await, 1, "good for two minutes more");
    assert_eq!(source.asked.load(SeqCst), 1, "nobody is asked while it is");
    source.give(2, 7_200);
    clock.0.store(3_600 - 119, SeqCst);
    assert_eq!(all_at_once(ready).await, [2; 10]);
    assert_eq!(source.asked.load(SeqCst), 2, "one renewal");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_can_not_be_renewed_is_sent_until_the_server_refuses_it() {
    for why in [unreachable(), sign_in_needed()] {
        let (purse, source, clock) = world();
        purse.ready().await.unwrap();
        source.refuse(why);
        clock.0.store(3_601, SeqCst);
        for _ in 0..20 {
            assert_eq!(purse.ready().await.unwrap().generation, 1);
        }
        assert_eq!(source.asked.load(SeqCst), 2, "not with every request");
        clock.0.store(3_640, SeqCst);
        purse.ready().await.unwrap();
        assert_eq!(source.asked.load(SeqCst), 3, "but again after a while");
    }
}

async fn instead(purse: &Purse, refused: &Held) -> Result<Option<u64>, NoToken> {
    let newer = purse.instead_of(refused).await?;
    Ok(newer.map(|held| held.generation))
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_once_and_a_new_one_that_is_refused_is_not() {
    let (purse, source, _) = world();
    let first = purse.ready().await.unwrap();
    source.give(2, 3_600);
    let renew = || -> BoxFuture<'static, Option<u64>> {
        let (purse, first) = (Arc::clone(&purse), Arc::clone(&first));
        Box::pin(async move { instead(&purse, &first).await.unwrap() })
    };
    assert_eq!(all_at_once(renew).await, [Some(2); 10]);
    assert_eq!(source.renewals.load(SeqCst), 1);
    let second = purse.ready().await.unwrap();
    source.give(3, 3_600);
    assert_eq!(instead(&purse, &second).await.unwrap(), None, "in vain");
    second.taken.store(true, SeqCst);
    assert_eq!(
        instead(&purse, &second).await.unwrap(),
        Some(3),
        "it worked until now: its time is over"
    );
    assert_eq!(source.renewals.load(SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn the_same_token_again_is_the_last_one() {
    let (purse, source, _) = world();
    let first = purse.ready().await.unwrap();
    for _ in 0..3 {
        assert_eq!(instead(&purse, &first).await.unwrap(), None);
    }
    assert_eq!(source.renewals.load(SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn an_authority_that_said_no_is_not_asked_again_and_a_silent_one_later() {
    let (purse, source, _) = world();
    let first = purse.ready().await.unwrap();
    source.refuse(sign_in_needed());
    for _ in 0..10 {
        assert_eq!(instead(&purse, &first).await, Err(sign_in_needed()));
    }
    assert_eq!(source.renewals.load(SeqCst), 1);

    let (purse, source, _) = world();
    let first = purse.ready().await.unwrap();
    source.refuse(unreachable());
    for _ in 0..10 {
        assert_eq!(instead(&purse, &first).await, Err(unreachable()));
    }
    assert_eq!(
        source.renewals.load(SeqCst),
        1,
        "no lane waits for it in turn"
    );
    tokio::time::sleep(Duration::from_secs(6)).await;
    source.give(2, 3_600);
    assert_eq!(instead(&purse, &first).await, Ok(Some(2)));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_token_is_never_sent() {
    let (purse, _, _) = world();
    let source = Tokens::fixed(Secret::new("two words".to_owned()));
    let purse = Purse {
        source,
        clock: Arc::clone(&purse.clock),
        redactor: Arc::clone(&purse.redactor),
        held: std::sync::RwLock::default(),
        going: tokio::sync::Mutex::default(),
        none: Mutex::default(),
        again: AtomicU64::new(0),
    };
    assert!(matches!(
        purse.ready().await.err(),
        Some(NoToken::SignInNeeded { .. })
    ));
    assert!(!format!("{:?}", purse.source).contains("words"));
}
