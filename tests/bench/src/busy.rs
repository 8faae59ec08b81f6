//! The simulated Exchange over TLS, set up for a benchmark of log-ons: many healthy mailboxes, the
//! schemes that are asked for, and connections that end as often as wanted. It measures nothing.
//!
//! `busy-exchange FOLDER MAILBOXES SCHEMES [--close-after N] [--every-request]`: writes `ca.pem` and
//! `users.txt` into the folder, prints what a client needs as one line of JSON, serves until its
//! standard input ends, then prints what it counted as another.

use std::io::{Read as _, Write as _};
use std::path::Path;

use exchange_sim::practice::{Practice, Scenario, setup};
use exchange_sim::{Counters, Simulator};
use serde_json::json;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str =
    "usage: busy-exchange FOLDER MAILBOXES SCHEMES [--close-after N] [--every-request]";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, mailboxes, schemes, faults @ ..] = args.as_slice() else {
        return Err(USAGE.into());
    };
    let mut practice = setup(Scenario::ExtendedProtection, mailboxes.parse()?);
    practice.options.offered = schemes.split(',').map(str::to_owned).collect();
    practice.options.log_limit = 0;
    apply(faults, &mut practice)?;
    let simulator = exchange_sim::start(practice.options.clone()).await?;
    introduce(Path::new(folder), &practice, &simulator)?;
    // Whoever started it closes its standard input, or is gone: both end the wait.
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    say(&counted(&simulator.counters()))
}

/// Sets the faults that the arguments name.
fn apply(faults: &[String], practice: &mut Practice) -> Result<(), Failure> {
    let mut words = faults.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--close-after" => {
                practice.options.close_after = Some(words.next().ok_or(USAGE)?.parse()?);
            }
            "--every-request" => practice.options.single_request_log_on = true,
            _ => return Err(USAGE.into()),
        }
    }
    Ok(())
}

/// Writes the files of a client, and prints where it finds what.
fn introduce(folder: &Path, practice: &Practice, simulator: &Simulator) -> Result<(), Failure> {
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, simulator.ca_pem().ok_or("there is no CA")?)?;
    let users = folder.join("users.txt");
    let list: Vec<&str> = practice
        .users
        .iter()
        .filter(|user| !user.must_refuse)
        .map(|user| user.primary.as_str())
        .collect();
    std::fs::write(&users, list.join("\n") + "\n")?;
    say(&json!({
        "ews_url": simulator.ews_url(),
        "ca_file": authority,
        "users_file": users,
        "account": practice.account,
        "password": practice.password,
    }))
}

fn counted(counters: &Counters) -> serde_json::Value {
    json!({
        "requests": counters.requests,
        "connections": counters.connections,
        "peak_connections": counters.peak_connections,
        "log_ons": counters.log_ons.accepted.values().sum::<u64>(),
        "refused": counters.log_ons_refused,
    })
}

fn say(value: &serde_json::Value) -> Result<(), Failure> {
    println!("{value}");
    std::io::stdout().flush()?;
    Ok(())
}
