//! The documents that fuzzing starts from are what they claim to be, and whatever becomes of them,
//! every reader survives.

use std::fs;
use std::path::Path;

use ews::autodiscover::{json, pox, soap};
use ews::{Body, ResponseCode, read};
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[test]
fn every_seed_is_read_as_what_it_is() {
    for (name, seed) in seeds("autodiscover_json") {
        expect(&name, json::read(&seed).is_ok(), &["other-protocol.json"]);
    }
    for (name, seed) in seeds("autodiscover_pox") {
        expect(&name, pox::read(&seed).is_ok(), &[]);
    }
    for (name, seed) in seeds("autodiscover_soap") {
        expect(&name, soap::read(&seed).is_ok(), &[]);
    }
    for (name, seed) in seeds("soap_answer") {
        expect(&name, read(&seed).is_ok(), &[]);
    }
}

#[test]
fn the_seeds_say_what_their_names_say() {
    let gone = seed("soap_answer", "get-item-gone.xml");
    let Body::Messages(messages) = read(&gone).unwrap().body else {
        panic!("a fault")
    };
    assert_eq!(messages[0].code, ResponseCode::ErrorItemNotFound);
    let group = seed("soap_answer", "expand-dl.xml");
    let Body::Messages(messages) = read(&group).unwrap().body else {
        panic!("a fault")
    };
    assert_eq!(messages[0].members.len(), 2);
    let moved = seed("autodiscover_pox", "redirect-address.xml");
    let to = "user1@contoso.mail.onmicrosoft.com".to_owned();
    assert_eq!(pox::read(&moved), Ok(pox::Answer::RedirectAddress(to)));
    let several = seed("autodiscover_soap", "several-users.xml");
    let soap::Body::Response { users, .. } = soap::read(&several).unwrap().body else {
        panic!("a fault")
    };
    assert!(users[0].external_ews_url().is_some());
    assert_eq!(users[1].code, soap::ErrorCode::InvalidUser);
    assert!(users[2].redirect_address().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived_by_every_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        all(&bytes)?;
    }

    #[test]
    fn seeds_changed_anywhere_are_survived(
        (_, mut bytes) in select(every_seed()),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6),
        (from, to) in (any::<Index>(), any::<Index>()),
        cut in any::<bool>(),
    ) {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            bytes.drain(from.min(to)..from.max(to));
        }
        all(&bytes)?;
    }
}

/// Nothing panics, and what leads on to another host is one word.
fn all(bytes: &[u8]) -> Result<(), TestCaseError> {
    drop(read(bytes));
    let mut targets = Vec::new();
    if let Ok(json::Answer::Endpoint { url }) = json::read(bytes) {
        targets.push(url);
    }
    match pox::read(bytes) {
        Ok(pox::Answer::RedirectAddress(to) | pox::Answer::RedirectUrl(to)) => targets.push(to),
        Ok(pox::Answer::Settings(settings)) => {
            targets.extend(settings.endpoints.into_iter().map(|endpoint| endpoint.url));
        }
        Ok(pox::Answer::Refused(_)) | Err(_) => {}
    }
    if let Ok(soap::Answer {
        body: soap::Body::Response { users, .. },
        ..
    }) = soap::read(bytes)
    {
        for user in users {
            let urls = [user.internal_ews_url(), user.external_ews_url()];
            targets.extend(urls.into_iter().flatten().map(str::to_owned));
            targets.extend(user.redirect_target);
        }
    }
    for target in targets {
        let odd = |c: char| c.is_whitespace() || c.is_control();
        prop_assert!(!target.is_empty() && !target.contains(odd), "{target:?}");
    }
    Ok(())
}

/// Documents are read; pages of others, findings and the exceptions are not.
fn expect(name: &str, is_ok: bool, exceptions: &[&str]) {
    let document = Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "xml" || extension == "json");
    assert_eq!(is_ok, document && !exceptions.contains(&name), "{name}");
}

fn every_seed() -> Vec<(String, Vec<u8>)> {
    [
        "autodiscover_json",
        "autodiscover_pox",
        "autodiscover_soap",
        "soap_answer",
    ]
    .into_iter()
    .flat_map(seeds)
    .collect()
}

fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = corpus().join(target);
    let entries = fs::read_dir(&folder).expect("the seeds are part of the repository");
    let names = entries.map(|entry| entry.expect("a readable folder").file_name());
    let mut names: Vec<_> = names
        .map(|name| name.into_string().expect("plain names"))
        .collect();
    names.sort();
    assert!(names.len() > 4, "{}", folder.display());
    let read = |name: String| {
        let seed = seed(target, &name);
        (name, seed)
    };
    names.into_iter().map(read).collect()
}

fn seed(target: &str, name: &str) -> Vec<u8> {
    fs::read(corpus().join(target).join(name)).expect("a seed")
}

fn corpus() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fuzz/corpus")
}
