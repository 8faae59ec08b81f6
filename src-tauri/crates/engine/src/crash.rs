//! What the program says when it breaks: where it happened, never what was in memory there. The payload of
//! a panic may quote anything, a token or a password included.

use std::io::Write as _;

/// From now on a panic tells its place, and nothing else.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        // Nothing is left to do where stderr is gone too.
        let _ = writeln!(
            std::io::stderr(),
            "error: a fault in Understudy at {place}; please report it"
        );
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use contract::{AppCredential, Secret};

    use crate::checks::{Sending, Tokens};

    const CANARY: &str = "eyJhbGciOiJub25lIn0.eyJjNG5hcnkiOiI3ZjNlIn0.c4nary-7f3e";
    /// Set in the process that breaks.
    const BREAKS: &str = "UNDERSTUDY_TEST_BREAKS";

    fn sending() -> Sending {
        Sending {
            proxy_password: Some(Secret::new(CANARY.to_owned())),
            tokens: Some(Tokens::fixed(Secret::new(CANARY.to_owned()))),
            ..Sending::default()
        }
    }

    /// Not a test: what the tests below start as a process of its own.
    #[tokio::test]
    async fn the_process_that_breaks() {
        let Ok(how) = std::env::var(BREAKS) else {
            return;
        };
        super::quiet_panics();
        let held = sending();
        let on_a_task = tokio::spawn(async move {
            let _held = held;
            panic!("the token {CANARY} was refused");
        });
        assert!(on_a_task.await.is_err());
        let held = sending();
        if how == "abort" {
            std::process::abort();
        }
        panic!("{CANARY} was held by {held:?}");
    }

    #[test]
    fn a_process_that_breaks_shows_its_place_and_no_token() {
        for how in ["panic", "abort"] {
            let ran = Command::new(std::env::current_exe().expect("this program"))
                .args([
                    "--exact",
                    "crash::tests::the_process_that_breaks",
                    "--nocapture",
                ])
                .env(BREAKS, how)
                .env("RUST_BACKTRACE", "full")
                .output()
                .expect("it starts");
            assert!(!ran.status.success(), "{how}: it breaks");
            let said = [ran.stdout, ran.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(said.contains("a fault in Understudy at"), "{how}: {said}");
            assert!(said.contains("crash.rs"), "{how}: {said}");
            for part in CANARY.split('.').skip(1) {
                assert!(!said.contains(part), "{how}: {said}");
            }
        }
    }

    #[test]
    fn nothing_that_holds_a_token_shows_it() {
        let hidden = || oauth::Hidden::new(CANARY);
        let tokens = oauth::Tokens {
            access: hidden(),
            refresh: Some(hidden()),
            expires_at: jiff::Timestamp::UNIX_EPOCH,
            scopes: Vec::new(),
            identity: None,
        };
        let bearer = exchange::Bearer::new(CANARY).expect("it is a token");
        let via = oauth::Via::Proxy {
            url: "http://proxy:8080".parse().expect("a URL"),
            credentials: Some(("me".to_owned(), hidden())),
        };
        let shown = [
            format!("{:?}", sending()),
            format!("{tokens:?}"),
            format!("{:?}", oauth::Credential::Secret(hidden())),
            format!("{bearer:?}"),
            format!("{via:?}"),
            format!(
                "{:?}",
                AppCredential::Secret {
                    secret: Secret::new(CANARY.to_owned())
                }
            ),
        ];
        for text in shown {
            for part in CANARY.split('.').skip(1) {
                assert!(!text.contains(part), "{text}");
            }
        }
    }
}
