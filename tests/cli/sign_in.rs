//! Logging on: what is sent, how often, and what is said when it does not work.

use exchange_sim::practice::{Practice, Scenario, setup};
use exchange_sim::proxy::{GATEWAY_CA, ProxyAuthentication};
use exchange_sim::{Bind, Binding, Certificate, ExtendedProtection, RefusedFor, Scheme};
use serde_json::{Value, json};

use crate::world::{Ran, World, held};

/// A stock server.
fn stock(users: usize) -> Practice {
    setup(Scenario::NtlmOnly, users)
}

/// A stock server that knows another password.
fn refusing(users: usize) -> World {
    let mut practice = stock(users);
    "Yesterday-Pa55!".clone_into(&mut practice.password);
    World::with(practice)
}

fn message(ran: &Ran) -> String {
    let document = ran.json();
    let message = document["run"]["message"].as_str();
    message
        .unwrap_or_else(|| panic!("no message: {}", ran.all()))
        .to_owned()
}

#[test]
fn ntlm_opens_mailboxes_and_says_how_it_logged_on() {
    let world = World::with(stock(4));
    let ran = world.check(&["--json"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let run = &ran.json()["run"];
    assert_eq!(run["auth"], "ntlm");
    let found = &run["authentication"];
    assert_eq!(found["offered"], json!(["Negotiate", "NTLM"]));
    assert_eq!(found["accepted"], "NTLM");
    assert_eq!(
        found["tried"],
        json!([{"scheme": "NTLM", "mechanism": "ntlm", "outcome": "accepted", "detail": null}])
    );
    assert_eq!(
        found["channel_binding"],
        json!({"sent": true, "hash": "SHA-256", "looked_at": "by_default"})
    );
    assert_eq!(found["domain"]["netbios"], "CONTOSO");
    assert_eq!(found["domain"]["dns"], "contoso.com");
    let leaf = &run["certificates"][0];
    assert_eq!(leaf["subject"], "CN=localhost");
    assert!(leaf.get("pem").is_none(), "{leaf}");
    assert_eq!(
        leaf["sha256"].as_str().map(str::to_lowercase).as_deref(),
        world.simulator().certificate_sha256(),
    );
    let log_ons = world.counters().log_ons;
    assert_eq!(log_ons.last_binding, Some(Binding::Right));
    assert_eq!(log_ons.refused_for.len(), 0);
}

#[test]
fn json_lines_and_build_servers_hear_of_the_log_on_too() {
    let world = World::with(stock(2));
    let lines = world.check(&["--format", "jsonl"]).stdout;
    let last: Value = serde_json::from_str(lines.lines().last().expect("lines")).expect("JSON");
    assert_eq!(last["run"]["authentication"]["accepted"], "NTLM");
    assert_eq!(
        last["run"]["certificates"].as_array().map(Vec::len),
        Some(2)
    );
    let xml = world.check(&["--format", "junit"]).stdout;
    assert!(
        xml.contains("&quot;accepted&quot;:&quot;NTLM&quot;"),
        "{xml}"
    );
    let html = world.check(&["--format", "html"]).stdout;
    for part in [
        "<td>Negotiate</td><td>yes</td><td>no</td>",
        "<td>NTLM</td><td>yes</td><td>accepted</td>",
        "<dt>Channel binding</dt><dd>sent, with the SHA-256",
        "<dt>Server domain</dt><dd>CONTOSO (contoso.com)",
        "<h3>CN=localhost</h3>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let table = world.check(&[]).stdout;
    assert!(
        !table.contains("Channel binding"),
        "nobody needs it here: {table}"
    );
}

#[test]
fn a_server_with_negotiate_alone_gets_ntlm_under_that_word() {
    let mut practice = stock(2);
    practice.options.offered = vec!["Negotiate".to_owned()];
    for auth in ["auto", "negotiate"] {
        let world = World::with(practice.clone()).by(auth);
        let ran = world.check(&["--json"]);
        assert_eq!(ran.exit, Some(0), "{auth}: {}", ran.all());
        let found = &ran.json()["run"]["authentication"];
        assert_eq!(found["accepted"], "Negotiate");
        let last = found["tried"].as_array().and_then(|tried| tried.last());
        assert_eq!(last.map(|tried| &tried["mechanism"]), Some(&json!("ntlm")));
        assert!(world.counters().log_ons.accepted[&Scheme::Negotiate] >= 1);
    }
}

#[test]
fn extended_protection_is_met() {
    let world = World::new(Scenario::ExtendedProtection, 3);
    for auth in ["ntlm", "negotiate"] {
        let mut words = world.audit(&[]);
        let at = words
            .iter()
            .position(|word| word == "auto")
            .expect("--auth");
        auth.clone_into(&mut words[at]);
        let ran = world.with_password(&words);
        assert_eq!(ran.exit, Some(0), "{auth}: {}", ran.all());
    }
    assert_eq!(world.counters().log_ons_refused, 0);
}

#[test]
fn a_wrong_password_reaches_the_server_once_over_any_number_of_lanes() {
    for lanes in ["1", "16", "27"] {
        let world = refusing(40);
        let ran = world.check(&["--concurrency", lanes, "--json"]);
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        let document = ran.json();
        assert_eq!(document["run"]["cause"], "auth.rejected");
        assert_eq!(document["summary"]["not_checked"], 41);
        let tried = &document["run"]["authentication"]["tried"];
        assert_eq!(tried[0]["outcome"], "refused", "{tried}");
        let counters = world.counters();
        assert_eq!(counters.log_ons_refused, 1, "{lanes} lanes");
        assert_eq!(counters.log_ons.refused_for[&RefusedFor::Password], 1);
    }
}

#[test]
fn a_refusal_ranks_its_reasons_and_shows_what_was_tried() {
    let world = refusing(2);
    let ran = world.check(&[]);
    held!("refused_by_ntlm", ran.all());
}

#[test]
fn a_scheme_that_is_not_offered_sends_nothing_and_shows_both_lists() {
    let world = World::with(stock(2)).by("basic");
    let ran = world.check(&[]);
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    for part in [
        "Negotiate, NTLM",
        "chosen was basic",
        "--auth auto",
        "not a wrong password",
    ] {
        assert!(ran.flat().contains(part), "{part} in {}", ran.all());
    }
    held!("not_offered", ran.all());
    assert_eq!(world.counters().posts_with_credentials, 0);
    let negotiate = {
        let mut practice = stock(2);
        practice.options.offered = vec!["Negotiate".to_owned()];
        World::with(practice).by("ntlm")
    };
    let ran = negotiate.check(&["--json"]);
    assert_eq!(ran.json()["run"]["cause"], "auth.scheme_not_offered");
    let said = message(&ran);
    assert!(
        said.contains("offers Negotiate") && said.contains("ntlm"),
        "{said}"
    );
    assert_eq!(negotiate.counters().posts_with_credentials, 0);
}

#[test]
fn basic_is_never_a_machines_choice() {
    let world = World::new(Scenario::WrongPassword, 2).by("auto");
    let ran = world.check(&[]);
    assert!(
        ran.stdout.contains("auth.scheme_not_offered"),
        "{}",
        ran.all()
    );
    assert!(ran.stdout.contains("    --auth basic\n"), "{}", ran.all());
    assert!(
        ran.flat().contains("protected by TLS alone"),
        "{}",
        ran.all()
    );
    assert_eq!(world.counters().posts_with_credentials, 0);
}

/// What Exchange checks is not what the client sees: a load balancer with a certificate of its own.
#[test]
fn a_wrong_channel_binding_is_named_and_sent_once() {
    for level in [ExtendedProtection::Allow, ExtendedProtection::Require] {
        let mut practice = stock(30);
        practice.options.extended_protection = level;
        practice.options.channel_certificate = Some(b"another certificate".to_vec());
        let world = World::with(practice);
        let ran = world.check(&["--concurrency", "16", "--json"]);
        assert_eq!(ran.exit, Some(2), "{}", ran.all());
        assert_eq!(ran.json()["run"]["cause"], "auth.rejected");
        let said = message(&ran);
        let at = |word: &str| {
            said.find(word)
                .unwrap_or_else(|| panic!("{word} in {said}"))
        };
        assert!(
            at("wrong name or password") < at("channel binding"),
            "{said}"
        );
        assert!(at("channel binding") < at("NTLMv1"), "{said}");
        at("TLS-inspecting proxy");
        let counters = world.counters();
        assert_eq!(counters.log_ons.last_binding, Some(Binding::Wrong));
        assert_eq!(counters.log_ons_refused, 1);
        assert_eq!(counters.log_ons.refused_for[&RefusedFor::Binding], 1);
    }
}

#[test]
fn a_proxy_that_inspects_tls_is_named_first() {
    let world = World::new(Scenario::ExtendedProtection, 2);
    let gateway = world.proxy(ProxyAuthentication::None, true);
    let ca = gateway.ca_pem().expect("it inspects");
    let ca = world.file("gateway.pem", ca.as_bytes());
    let users = world.path("users.csv").display().to_string();
    let words = [
        "check",
        "--ews-url",
        "https://mail.contoso.test/EWS/Exchange.asmx",
        "--account",
        &world.practice.account,
        "--password-stdin",
        "--users",
        &users,
        "--ca-file",
        &ca,
        "--proxy",
        &gateway.url(),
    ];
    let ran = world.with_password(&words);
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    let said = ran.flat();
    let likely = said.find("Most likely").unwrap_or_else(|| panic!("{said}"));
    let reason = &said[likely..];
    assert!(reason.contains(GATEWAY_CA), "{said}");
    assert!(
        reason.find("inspecting") < reason.find("password"),
        "{said}"
    );
    assert!(
        said.contains("Certificate CN=mail.contoso.test, issued by"),
        "{said}"
    );
    assert_eq!(world.counters().log_ons_refused, 1);
    assert_eq!(gateway.counters().authorizations, 0);
}

#[test]
fn without_tls_no_binding_is_claimed() {
    let mut practice = stock(2);
    practice.options.bind = Bind::Http;
    let world = World::with(practice);
    let ran = world.check(&["--json"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let binding = &ran.json()["run"]["authentication"]["channel_binding"];
    assert_eq!(
        binding,
        &json!({"sent": false, "hash": null, "looked_at": "no"})
    );
    let html = world.check(&["--format", "html"]).stdout;
    assert!(html.contains("not sent: there is no TLS channel"), "{html}");
}

#[test]
fn a_stored_organization_logs_on_as_it_is_saved() {
    let mut practice = stock(2);
    practice.options.bind = Bind::Https(Certificate::Ca);
    let world = World::with(practice).by("negotiate");
    assert_eq!(world.check(&["--save", "Contoso"]).exit, Some(0));
    let shown = world
        .run(&["organization", "show", "Contoso", "--json"])
        .json();
    assert_eq!(shown["configuration"]["auth"], "negotiate");
    let ran = world.with_password(&["check", "Contoso", "--password-stdin", "--json"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
    let again = world.run(&["run", "show", "--json"]).json();
    assert_eq!(again["run"]["authentication"]["accepted"], "Negotiate");
}
