//! Tokens are renewed in good time, once, whoever asks; and what is to be done when that fails.

use std::sync::Arc;
use std::time::Duration;

use contract::{AppCredentialChange, SignInState};

use super::world::World;
use crate::ports::{AccessToken, NoToken, TokenSource, Vault as _};

async fn got(source: &Arc<dyn TokenSource>) -> AccessToken {
    let token = source.token().await;
    token.map_err(|none| none.to_string()).expect("a token")
}

#[tokio::test]
async fn ten_lanes_renew_once_and_the_rotated_token_is_kept() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let source = world.source(&world.engine).await;
    let first = got(&source).await;
    assert_eq!(world.authority.renewals(), 0, "it is good for an hour");
    world.clock.forward(56);
    world
        .authority
        .rule(|rules| rules.takes = Duration::from_millis(50));
    let lanes: Vec<_> = (0..10)
        .map(|_| {
            let source = Arc::clone(&source);
            tokio::spawn(async move { got(&source).await.generation })
        })
        .collect();
    for lane in lanes {
        assert_ne!(lane.await.expect("it ends"), first.generation);
    }
    assert_eq!(world.authority.renewals(), 1);
    let second = got(&source).await;
    assert_ne!(second.secret.expose(), first.secret.expose());
    // Another process goes on with what was rotated: the first refresh token is worth nothing.
    world.clock.forward(56);
    let other = world.source(&world.another().await).await;
    got(&other).await;
    assert_eq!(world.authority.renewals(), 2);
    let fresh = got(&source).await;
    assert_eq!(
        world.authority.renewals(),
        2,
        "the renewed one was found in the database"
    );
    assert_eq!(fresh.secret.expose(), got(&other).await.secret.expose());
}

#[tokio::test]
async fn two_processes_take_turns() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let other = world.another().await;
    let (one, two) = (
        world.source(&world.engine).await,
        world.source(&other).await,
    );
    got(&two).await;
    world.clock.forward(56);
    world
        .authority
        .rule(|rules| rules.takes = Duration::from_millis(100));
    let (one, two) = tokio::join!(got(&one), got(&two));
    assert_eq!(
        one.secret.expose(),
        two.secret.expose(),
        "both have the newest"
    );
    assert_eq!(
        world.authority.renewals(),
        1,
        "a refresh token used twice ends the sign-in"
    );
}

#[tokio::test]
async fn a_token_that_was_refused_is_renewed_once() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let source = world.source(&world.engine).await;
    let first = got(&source).await.generation;
    let second = source.renewed(first).await.map_err(|none| none.to_string());
    let second = second.expect("renewed").generation;
    assert_ne!(second, first);
    let late = source.renewed(first).await.map_err(|none| none.to_string());
    assert_eq!(
        late.expect("there").generation,
        second,
        "renewed by another lane already"
    );
    assert_eq!(world.authority.renewals(), 1);
}

#[tokio::test]
async fn without_a_refresh_token_there_is_no_newer_one() {
    let world = World::new().await;
    world.authority.rule(|rules| rules.offline = false);
    let mut form = world.form();
    form.modern.keep_signed_in = false;
    world.sign_in(form).await;
    let source = world.source(&world.engine).await;
    let first = got(&source).await.generation;
    let same = source.renewed(first).await.map_err(|none| none.to_string());
    assert_eq!(same.expect("the same").generation, first);
    world.clock.forward(61);
    assert!(matches!(
        source.token().await.err(),
        Some(NoToken::SignInNeeded { .. })
    ));
}

#[tokio::test]
async fn a_sign_in_that_was_revoked_is_forgotten_and_mailboxes_need_renewal() {
    let world = World::new().await;
    world.save(world.form(), AppCredentialChange::Keep).await;
    world.sign_in(world.form()).await;
    let source = world.source(&world.engine).await;
    world.clock.forward(56);
    let revoked = "AADSTS50173: The provided grant has expired due to it being revoked.";
    world
        .authority
        .rule(|rules| rules.refuses = Some(revoked.to_owned()));
    let none = source.token().await.err().expect("none");
    let NoToken::SignInNeeded { code, .. } = &none else {
        panic!("a person is needed: {none}");
    };
    assert_eq!(code.as_deref(), Some("AADSTS50173"));
    let shown = world.show(&world.engine, world.form()).await;
    assert_eq!(
        (shown.state, shown.renewable),
        (SignInState::Expired, false)
    );
    let other = world.show(&world.another().await, world.form()).await;
    assert_eq!(other.state, SignInState::Expired, "other processes know");
    assert!(source.token().await.is_err());
    assert_eq!(
        world.authority.renewals(),
        1,
        "it is not tried again and again"
    );
    assert_eq!(world.kinds().await[0], "oauth_signed_out");
}

#[tokio::test]
async fn an_authority_that_cannot_be_asked_says_nothing_about_rights() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let source = world.source(&world.engine).await;
    let first = got(&source).await;
    world.authority.rule(|rules| rules.broken = Some(503));
    world.clock.forward(56);
    assert_eq!(
        got(&source).await.generation,
        first.generation,
        "still good for four minutes"
    );
    world.clock.forward(5);
    assert!(matches!(
        source.token().await.err(),
        Some(NoToken::Unreachable { .. })
    ));
    world.authority.rule(|rules| rules.broken = None);
    assert_ne!(
        got(&source).await.generation,
        first.generation,
        "nothing was forgotten"
    );
}

#[tokio::test]
async fn refresh_renews_now() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    world.clock.forward(10);
    let shown = world
        .engine
        .sign_in_refresh(world.by_id())
        .await
        .expect("renewed");
    assert_eq!(shown.expires_at.as_deref(), Some("2026-11-22T13:10:00Z"));
    assert_eq!(
        shown.signed_in_at.as_deref(),
        Some("2026-11-22T12:00:00.000Z")
    );
}

#[tokio::test]
async fn whoever_disconnects_is_not_signed_in_again_by_a_slow_renewal_elsewhere() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let other = world.another().await;
    let source = world.source(&other).await;
    got(&source).await;
    world.clock.forward(61);
    // Longer than anybody waits for another process.
    world
        .authority
        .rule(|rules| rules.takes = Duration::from_secs(4));
    // The provider was asked for its endpoints before; this is the renewal itself.
    let came = world.authority.came();
    let renewing = tokio::spawn(async move { source.token().await });
    world.authority.another(came).await;
    world.authority.rule(|rules| rules.takes = Duration::ZERO);
    let shown = world.engine.sign_in_disconnect(world.by_id()).await;
    assert_eq!(
        shown.expect("signed out").state,
        SignInState::NotSignedIn,
        "not held up for ever"
    );
    let late = renewing.await.expect("it ends");
    assert!(
        matches!(late, Err(NoToken::SignInNeeded { .. })),
        "what came too late is not used"
    );
    for engine in [&world.engine, &other, &world.another().await] {
        let shown = world.show(engine, world.form()).await;
        assert_eq!(shown.state, SignInState::NotSignedIn);
        assert!(world.source(engine).await.token().await.is_err());
    }
    let revoked = world.authority.posted("/revoke");
    assert_eq!(revoked.len(), 2, "the one that was there, and the late one");
    let key = crate::sign_in::sealing_key(world.organization);
    let kept = world.vault.load(&key).expect("it opens");
    assert!(kept.is_none(), "nothing is sealed any more");
}

#[tokio::test]
async fn a_renewal_that_is_refused_late_brings_no_sign_in_back() {
    let world = World::new().await;
    world.sign_in(world.form()).await;
    let other = world.another().await;
    let source = world.source(&other).await;
    got(&source).await;
    world.clock.forward(61);
    world
        .authority
        .rule(|rules| rules.takes = Duration::from_secs(4));
    let revoked = "AADSTS50173: The provided grant has expired due to it being revoked.";
    // The provider was asked for its endpoints before; this is the renewal itself.
    let came = world.authority.came();
    let renewing = tokio::spawn(async move { source.token().await });
    world.authority.another(came).await;
    world.authority.rule(|rules| {
        rules.takes = Duration::ZERO;
        rules.refuses = Some(revoked.to_owned());
    });
    let shown = world.engine.sign_in_disconnect(world.by_id()).await;
    assert_eq!(shown.expect("signed out").state, SignInState::NotSignedIn);
    assert!(renewing.await.expect("it ends").is_err());
    for engine in [&world.engine, &other] {
        let shown = world.show(engine, world.form()).await;
        assert_eq!(shown.state, SignInState::NotSignedIn);
    }
}

#[tokio::test]
async fn a_clock_that_jumps_by_hours_ends_no_sign_in_and_begins_no_loop() {
    for minutes in [-6 * 60, 6 * 60] {
        let world = World::new().await;
        world.sign_in(world.form()).await;
        let source = world.source(&world.engine).await;
        got(&source).await;
        world.clock.forward(minutes);
        for _ in 0..5 {
            got(&source).await;
        }
        let renewals = usize::from(minutes > 0);
        assert_eq!(world.authority.renewals(), renewals, "{minutes} minutes");
        // A server whose clock is right refuses it: renewed once, and good again.
        let held = got(&source).await;
        let next = source.renewed(held.generation).await;
        let next = next.map_err(|none| none.to_string()).expect("renewed");
        assert_ne!(next.generation, held.generation);
        for _ in 0..5 {
            assert_eq!(got(&source).await.generation, next.generation);
        }
        assert_eq!(world.authority.renewals(), renewals + 1);
        let shown = world.show(&world.engine, world.form()).await;
        assert_eq!(shown.state, SignInState::Authorized, "{minutes} minutes");
    }
}

/// Its tokens are dated by its own clock, which nobody here goes by.
#[tokio::test]
async fn an_authority_whose_clock_is_hours_off_signs_in_all_the_same() {
    for seconds in [-6 * 3_600, 6 * 3_600] {
        let world = World::new().await;
        world.authority.rule(|rules| rules.ahead = seconds);
        let shown = world.sign_in(world.form()).await;
        assert_eq!(shown.state, SignInState::Authorized, "{:?}", shown.failure);
        assert_eq!(shown.expires_at.as_deref(), Some("2026-11-22T13:00:00Z"));
        let source = world.source(&world.engine).await;
        for _ in 0..5 {
            got(&source).await;
        }
        assert_eq!(world.authority.renewals(), 0, "{seconds} seconds");
    }
}
