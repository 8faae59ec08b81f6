//! Every format of a report, and the JSON field by field.

use exchange_sim::practice::{Scenario, setup};
use exchange_sim::{Bind, MailboxState};
use serde_json::{Value, json};

use crate::world::{CANARY, World, held};

/// Granted, refused, unusable, unknown, no address, a system mailbox; the canary last.
fn mixed() -> World {
    let mut practice = setup(Scenario::OutsideTheScope, 5);
    practice.options.bind = Bind::Http;
    practice.options.mailboxes[2].state = MailboxState::Disabled;
    let world = World::with(practice);
    let people: Vec<&str> = world.practice.users[..5]
        .iter()
        .map(|user| user.primary.as_str())
        .collect();
    let list = format!(
        "PrimarySmtpAddress\n{}\n\"<b>&'@nowhere\"\nDiscoverySearchMailbox{{D919BA05}}@contoso.com\nghost@contoso.com\n{}\n",
        people.join("\n"),
        people[0].to_uppercase()
    );
    world.file("users.csv", list.as_bytes());
    world
}

#[test]
fn people_read_findings_first() {
    let world = mixed();
    held!("table", world.check(&[]).all());
}

#[test]
fn json_is_one_document() {
    let world = mixed();
    held!("json", world.check(&["--json"]).all());
}

#[test]
fn json_lines_come_as_they_are_decided() {
    let world = mixed();
    let ran = world.check(&["--format", "jsonl"]);
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    let (last, rows) = lines.split_last().expect("lines");
    assert_eq!(last["type"], "run");
    assert_eq!(last["summary"]["findings"], 4);
    assert!(
        rows.iter().all(|row| row["type"] == "result"),
        "{}",
        ran.stdout
    );
    let mut latest = std::collections::BTreeMap::new();
    for row in rows {
        let before = latest.insert(
            row["mailbox"].as_str().expect("text").to_owned(),
            row.clone(),
        );
        assert_eq!(
            row.get("supersedes").is_some(),
            before.is_some(),
            "only a second line supersedes: {row}"
        );
    }
    let one = world.check(&["--json"]).json();
    assert_eq!(
        latest.len(),
        one["results"].as_array().expect("rows").len(),
        "each mailbox once at least"
    );
    for result in one["results"].as_array().expect("rows") {
        let line = &latest[result["mailbox"].as_str().expect("text")];
        for field in [
            "expectation",
            "verdict",
            "cause",
            "finding",
            "ews_code",
            "message",
            "remedy",
        ] {
            assert_eq!(
                line[field], result[field],
                "{field} of {}",
                result["mailbox"]
            );
        }
    }
}

#[test]
fn csv_has_the_fields_as_columns() {
    let world = mixed();
    held!("csv", world.check(&["--format", "csv"]).all());
}

#[test]
fn junit_is_for_build_servers() {
    let world = mixed();
    held!("junit", world.check(&["--format", "junit"]).all());
}

#[test]
fn junit_has_every_field_of_the_run_and_no_other() {
    let worlds = [mixed(), World::new(Scenario::WrongPassword, 2)];
    for world in worlds {
        let document = world.check(&["--json"]).json();
        let run = document["run"].as_object().expect("an object");
        let xml = world.check(&["--format", "junit"]).stdout;
        let start = "<property name=\"";
        let properties: std::collections::BTreeMap<&str, &str> = xml
            .lines()
            .filter_map(|line| line.trim().strip_prefix(start)?.split_once("\" value=\""))
            .map(|(name, rest)| (name, rest.trim_end_matches("\"/>")))
            .collect();
        let names: Vec<&str> = properties.keys().copied().collect();
        let mut fields: Vec<&str> = run.keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(names, fields, "under their JSON names, each once");
        assert_eq!(properties["organization"], "", "a one-off audit has none");
        for field in ["ews_url", "account", "auth", "state"] {
            assert_eq!(Some(properties[field]), run[field].as_str(), "{field}");
        }
        assert_eq!(
            properties["cause"],
            run["cause"].as_str().unwrap_or_default()
        );
        assert_eq!(
            properties["remedy"].contains("Get-ADUser"),
            run["remedy"].is_array(),
            "commands as they are typed"
        );
    }
}

#[test]
fn an_opened_canary_stands_first() {
    let mut practice = setup(Scenario::UnscopedRole, 3);
    practice.options.bind = Bind::Http;
    practice.options.mailboxes[0].state = MailboxState::Disabled;
    let world = World::with(practice);
    let ran = world.check(&[]);
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim).collect();
    assert_eq!(
        &lines[..2],
        ["Findings (2)", "A mailbox that must be refused was opened"],
        "{}",
        ran.all()
    );
    assert!(lines[2].starts_with(CANARY), "{}", ran.all());
    held!("exposed", ran.all());
    let html = world.check(&["--format", "html"]).stdout;
    let at = |text: &str| html.rfind(text).expect("it is a row");
    let first = &world.practice.users[0].primary;
    assert!(at(&format!("<td>{CANARY}")) < at(&format!("<td>{first}")));
}

#[test]
fn csv_is_data_and_not_a_spreadsheet() {
    let world = World::new(Scenario::Healthy, 2);
    world.file("users.csv", b"PrimarySmtpAddress\n=1+2@contoso.com\n");
    let csv = world.check(&["--format", "csv"]).stdout;
    assert!(
        csv.lines()
            .any(|line| line.starts_with("=1+2@contoso.com,")),
        "the fields of results as they are: {csv}"
    );
}

#[test]
fn html_is_one_file_that_loads_nothing() {
    let world = mixed();
    let place = world.path("report.html").display().to_string();
    let ran = world.check(&["--format", "html", "--output", &place]);
    assert_eq!(ran.stdout, "", "the report is in the file");
    let html = std::fs::read_to_string(&place).expect("written");
    for loads in ["<script", "src=", "href=", "url(", "@import"] {
        assert!(!html.contains(loads), "{loads} loads something");
    }
    assert!(
        html.contains("&lt;b&gt;&amp;&#39;@nowhere"),
        "the list cannot write HTML"
    );
    assert!(html.contains("prefers-color-scheme: dark"));
    let body = &html[html.find("<body>").expect("a body")..];
    held!("html", format!("{}----- file -----\n{body}", ran.all()));
    let left = std::fs::read_dir(world.folder.path()).expect("there");
    let left: Vec<_> = left
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    assert!(
        !left.iter().any(|name| name.contains("unfinished")),
        "{left:?}"
    );
}

#[test]
fn json_has_every_field_of_the_contract() {
    let world = mixed();
    let ran = world.check(&["--json"]);
    let document = ran.json();
    assert_eq!(ran.exit, Some(1), "findings");
    assert_eq!(ran.stderr, "", "not a word beside the data");
    assert_eq!(document["schema"], "understudy.check/1");
    let run = &document["run"];
    for text in ["id", "started_at", "finished_at"] {
        assert!(run[text].is_string(), "{text}");
    }
    assert_eq!(run["state"], "complete");
    assert_eq!(run["organization"], Value::Null);
    assert_eq!(run["ews_url"], world.simulator().ews_url());
    assert_eq!(run["account"], "CONTOSO\\svc-ews");
    assert_eq!(run["auth"], "basic");
    assert_eq!(run["server_version"], "15.2.2562.17");
    assert_eq!(run["cause"], Value::Null);
    let mut authentication = run["authentication"].clone();
    assert!(authentication["clock_skew_seconds"].is_i64(), "{run}");
    authentication["clock_skew_seconds"] = Value::Null;
    assert_eq!(
        authentication,
        json!({
            "offered": ["Basic"],
            "tried": [{"scheme": "Basic", "mechanism": "basic", "outcome": "accepted", "detail": null}],
            "accepted": "Basic", "channel_binding": null, "server_version": "15.2.2562.17",
            "clock_skew_seconds": null, "domain": null
        })
    );
    assert_eq!(run["certificates"], json!([]), "http shows none");
    let summary = &document["summary"];
    let counts = [
        "total",
        "granted",
        "refused",
        "no_mailbox",
        "unusable",
        "undetermined",
        "not_checked",
        "findings",
        "left_out",
    ];
    let counted: Vec<u64> = counts
        .iter()
        .map(|name| summary[name].as_u64().expect("a number"))
        .collect();
    assert_eq!(counted, [8, 3, 2, 2, 1, 0, 0, 4, 1], "{counts:?}");
    for wire in ["requests", "connections", "log_ons", "retries"] {
        assert!(summary[wire].is_u64(), "{wire}");
    }
    let results = document["results"].as_array().expect("rows");
    let order: Vec<&str> = results
        .iter()
        .map(|row| row["mailbox"].as_str().expect("text"))
        .collect();
    let mut listed: Vec<&str> = world.practice.users[..5]
        .iter()
        .map(|user| user.primary.as_str())
        .collect();
    listed.extend([
        "<b>&'@nowhere",
        "DiscoverySearchMailbox{D919BA05}@contoso.com",
        "ghost@contoso.com",
        CANARY,
    ]);
    assert_eq!(
        order, listed,
        "the order of the list, canaries last, duplicates once"
    );
    let mut opened = results[1].clone();
    for field in ["latency_ms", "request_id"] {
        assert!(!opened[field].is_null(), "{field}");
        opened[field] = Value::Null;
    }
    assert_eq!(
        opened,
        json!({
            "mailbox": listed[1], "expectation": "must_open", "verdict": "granted", "cause": null, "finding": false,
            "ews_code": "NoError", "http_status": 200, "attempts": 1, "latency_ms": null, "request_id": null,
            "message": null, "remedy": null
        })
    );
    let refused = &results[0];
    assert_eq!(refused["cause"], "impersonation.out_of_scope");
    assert_eq!(refused["remedy"][0]["purpose"], "look");
    assert!(refused["remedy"][0]["powershell"].is_string());
    let canary = &results[8];
    assert_eq!(
        (&canary["expectation"], &canary["finding"]),
        (&json!("must_refuse"), &json!(false))
    );
}

#[test]
fn a_stopped_run_is_no_finding() {
    let world = World::new(Scenario::WrongPassword, 3);
    held!("stopped", world.check(&[]).all());
    let ran = world.check(&["--json"]);
    assert_eq!(ran.exit, Some(2));
    let document = ran.json();
    assert_eq!(document["run"]["state"], "stopped");
    assert_eq!(document["run"]["cause"], "auth.rejected");
    assert_eq!(document["summary"]["not_checked"], 4);
    assert_eq!(
        world.counters().log_ons_refused,
        1,
        "the second run does not send it again"
    );
}

#[test]
fn healthy_is_exit_0_and_canaries_alone_are_enough() {
    let world = World::new(Scenario::Healthy, 3);
    assert_eq!(world.check(&[]).exit, Some(0));
    let mut words = world.endpoint();
    words.extend(["--must-refuse", CANARY, "--json"].map(str::to_owned));
    let ran = world.with_password(&words);
    assert_eq!(
        (ran.exit, ran.json()["summary"]["total"].as_u64()),
        (Some(0), Some(1)),
        "{}",
        ran.all()
    );
}

#[test]
fn several_folders_are_one_request_and_shown() {
    let world = World::new(Scenario::Healthy, 2);
    for format in ["json", "jsonl"] {
        let ran = world.check(&["--folders", "inbox,calendar", "--format", format]);
        assert_eq!(ran.exit, Some(0), "{}", ran.all());
        let opened = ran
            .stdout
            .matches(r#"{"folder":"calendar","ews_code":"NoError","opened":true}"#)
            .count();
        assert_eq!(opened, 2, "{format}: {}", ran.stdout);
    }
}

#[test]
fn trust_and_route_are_as_told() {
    let world = World::new(Scenario::PrivateCa, 2);
    let pin = world
        .simulator()
        .certificate_sha256()
        .expect("https")
        .to_owned();
    let port = world
        .simulator()
        .ews_url()
        .rsplit(':')
        .next()
        .and_then(|rest| rest.split('/').next().map(str::to_owned));
    let port = port.expect("a port");
    let url = format!("https://mail.contoso.com:{port}/EWS/Exchange.asmx");
    let resolve = format!("mail.contoso.com:{port}:127.0.0.1");
    let words = |trust: &[&str]| -> Vec<String> {
        let list = world.path("users.csv").display().to_string();
        let mut words: Vec<String> = [
            "check",
            "--ews-url",
            &url,
            "--resolve",
            &resolve,
            "--account",
            "CONTOSO\\svc-ews",
            "--auth",
            "basic",
            "--password-stdin",
            "--users",
            &list,
            "--must-refuse",
            CANARY,
            "--proxy",
            "none",
            "--json",
        ]
        .map(str::to_owned)
        .into();
        words.extend(trust.iter().map(|&word| word.to_owned()));
        words
    };
    let ca = world.path("ca.pem").display().to_string();
    let cause = |trust: &[&str]| world.with_password(&words(trust)).json()["run"]["cause"].clone();
    assert_eq!(cause(&[]), "tls.untrusted");
    assert_eq!(cause(&["--ca-file", &ca]), "tls.name_mismatch");
    assert_eq!(
        cause(&["--pin-sha256", &pin]),
        Value::Null,
        "with a pin only the pin counts"
    );
    let wrong = "00".repeat(32);
    assert_eq!(cause(&["--pin-sha256", &wrong]), "tls.pin_mismatch");
    assert_eq!(
        cause(&["--ca-file", &ca, "--pin-sha256", &pin]),
        Value::Null,
        "beside a CA file too: its name does not match"
    );
    assert_eq!(
        cause(&["--ca-file", &ca, "--pin-sha256", &wrong]),
        "tls.pin_mismatch"
    );
    let bad = world.file("bad.pem", b"no certificate");
    let ran = world.with_password(&words(&["--ca-file", &bad, "--pin-sha256", &pin]));
    assert_eq!(
        (ran.exit, ran.json()["problem"]["code"].as_str()),
        (Some(2), Some("bad_certificate")),
        "{}",
        ran.all()
    );
}
