//! Certificates that stop a check: each with the chain that was seen and the next step, and never a
//! way to ignore it.

use exchange_sim::practice::{Practice, Scenario, setup};
use exchange_sim::{Bind, Certificate};

use crate::world::{Ran, World, held};

fn world(certificate: Certificate) -> World {
    let mut practice: Practice = setup(Scenario::PrivateCa, 2);
    practice.options.bind = Bind::Https(certificate);
    World::with(practice)
}

/// An audit without the CA.
fn untrusting(world: &World, more: &[&str]) -> Vec<String> {
    let mut words = world.audit(more);
    if let Some(at) = words.iter().position(|word| word == "--ca-file") {
        words.drain(at..at + 2);
    }
    words
}

fn pin_of(world: &World) -> String {
    let sha256 = world.simulator().certificate_sha256().expect("https");
    sha256.to_uppercase()
}

/// Stopped by this, nothing sent, the chain shown in every format, nothing to ignore.
fn stopped_by(world: &World, words: &[String], cause: &str) -> Ran {
    let ran = world.with_password(words);
    assert_eq!(ran.exit, Some(2), "{}", ran.all());
    assert!(
        ran.stdout.contains(&format!("Stopped by {cause}:")),
        "{}",
        ran.all()
    );
    let html = world.with_password(&[words, &["--format".to_owned(), "html".to_owned()]].concat());
    let json = world.with_password(&[words, &["--json".to_owned()]].concat());
    assert_eq!(json.json()["run"]["cause"], cause);
    assert_eq!(
        json.json()["run"]["certificates"][0]["sha256"],
        pin_of(world).as_str()
    );
    for said in [&ran.stdout, &html.stdout] {
        assert!(
            said.contains(&pin_of(world)),
            "the SHA-256 of what was seen: {said}"
        );
        assert!(said.contains("Certificates the server showed"), "{said}");
        for way in ["ignore", "insecure", "--no-verify", "skip the"] {
            assert!(!said.to_lowercase().contains(way), "{way}: {said}");
        }
    }
    assert_eq!(world.counters().requests, 0, "nothing is sent");
    ran
}

#[test]
fn an_unknown_issuer_is_shown_with_the_flags_that_help() {
    let world = world(Certificate::Ca);
    let words = untrusting(&world, &[]);
    let ran = stopped_by(&world, &words, "tls.untrusted");
    let pin = format!("--pin-sha256 {}", pin_of(&world));
    for flag in [&*pin, "--ca-file ca.pem"] {
        assert!(
            ran.stdout.contains(&format!("\n    {flag}\n")),
            "{flag}: {}",
            ran.all()
        );
    }
    held!("untrusted", ran.all());
    for flags in [["--pin-sha256", &pin_of(&world)], ["--ca-file", "ca.pem"]] {
        let ran = world.with_password(&untrusting(&world, &flags));
        assert_eq!(ran.exit, Some(0), "what it says works: {}", ran.all());
    }
}

#[test]
fn a_self_signed_certificate_is_pinned_after_a_look() {
    let world = world(Certificate::SelfSigned);
    let ran = stopped_by(&world, &untrusting(&world, &[]), "tls.untrusted");
    assert!(ran.stdout.contains("Issuer   itself"), "{}", ran.all());
    assert!(
        !ran.stdout.contains("--ca-file"),
        "there is no CA: {}",
        ran.all()
    );
    let pin = pin_of(&world);
    assert!(
        ran.stdout.contains(&format!("\n    --pin-sha256 {pin}\n")),
        "{}",
        ran.all()
    );
    let ran = world.with_password(&untrusting(&world, &["--pin-sha256", &pin]));
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
}

#[test]
fn another_name_is_offered_for_the_url() {
    let world = world(Certificate::WrongName);
    let ran = stopped_by(&world, &world.audit(&[]), "tls.name_mismatch");
    assert!(
        ran.stdout.contains("Names    mail.fabrikam.com"),
        "{}",
        ran.all()
    );
    let url = "--ews-url https://mail.fabrikam.com/EWS/Exchange.asmx";
    assert!(
        ran.stdout.contains(&format!("\n    {url}\n")),
        "{}",
        ran.all()
    );
}

#[test]
fn dates_are_told_in_days() {
    let expired = world(Certificate::Expired);
    let ran = stopped_by(&expired, &expired.audit(&[]), "tls.expired");
    assert!(
        ran.stdout.contains(", expired 30 days ago\n"),
        "{}",
        ran.all()
    );
    assert!(
        ran.flat().contains("the clock of this computer is wrong"),
        "{}",
        ran.all()
    );
    let early = world(Certificate::NotYetValid);
    let ran = stopped_by(&early, &early.audit(&[]), "tls.expired");
    let days = ["29", "30"].map(|days| format!(", not valid yet, begins in {days} days\n"));
    assert!(
        days.iter().any(|text| ran.stdout.contains(text)),
        "{}",
        ran.all()
    );
}

#[test]
fn a_pin_that_does_not_match_stands_beside_what_is_shown() {
    let world = world(Certificate::Ca);
    let wrong = "AB".repeat(32);
    let ran = stopped_by(
        &world,
        &world.audit(&["--pin-sha256", &wrong]),
        "tls.pin_mismatch",
    );
    let pair = format!("pinned  {wrong}\n           now     {}\n", pin_of(&world));
    assert!(ran.stdout.contains(&pair), "{}", ran.all());
    assert!(ran.stdout.contains("pinned  not known\n"), "{}", ran.all());
    assert!(
        ran.flat()
            .contains("Only if the certificate was renewed on purpose"),
        "{}",
        ran.all()
    );
}

/// A pin knows its certificate from the run that saw it; another one later stands beside it.
#[test]
fn a_stored_pin_keeps_its_certificate() {
    let old = world(Certificate::Ca);
    let edit = |more: &[&str]| old.run(&[&["organization", "edit", "Contoso"], more].concat());
    assert_eq!(old.check(&["--save", "Contoso"]).exit, Some(0));
    let pin = pin_of(&old);
    let shown = edit(&["--pin-sha256", &pin]);
    assert!(
        shown
            .stdout
            .contains(&format!("TLS trust       pinned {pin}\n")),
        "{}",
        shown.all()
    );
    assert!(
        shown
            .stdout
            .contains("issued by O=Contoso, CN=Contoso Practice CA"),
        "{}",
        shown.all()
    );
    let json = edit(&["--identify-by", "smtp", "--pin-sha256", &pin, "--json"]).json();
    assert_eq!(
        json["configuration"]["pin_certificate"]["subject"],
        "CN=localhost"
    );
    let new = world(Certificate::Ca);
    assert_eq!(
        edit(&["--ews-url", &new.simulator().ews_url()]).exit,
        Some(0)
    );
    let ran = old.with_password(&["check", "Contoso", "--password-stdin"]);
    assert!(
        ran.stdout.contains("Stopped by tls.pin_mismatch"),
        "{}",
        ran.all()
    );
    assert!(
        ran.stdout.contains("Subject  pinned  CN=localhost\n"),
        "{}",
        ran.all()
    );
    assert!(
        ran.flat().contains("The issuer changed from"),
        "{}",
        ran.all()
    );
    let command = format!(
        "understudy organization edit \"Contoso\" --pin-sha256 {}",
        pin_of(&new)
    );
    assert!(ran.stdout.contains(&command), "{}", ran.all());
    let html = old.run(&["run", "show", "--format", "html"]).stdout;
    assert!(html.contains("<th>Pinned</th><th>Shown now</th>"), "{html}");
    assert!(
        html.contains(&format!("<td>{pin}</td><td>{}</td>", pin_of(&new))),
        "{html}"
    );
    assert_eq!(new.counters().requests, 0);
}
