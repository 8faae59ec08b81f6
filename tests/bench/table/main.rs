//! How long the engine takes over long lists: pages of users and of results in every order, with
//! every filter, at the start and deep inside.
//!
//! `long-lists` measures; `long-lists fill FOLDER USERS` leaves a data folder to measure a window
//! with. Nothing here talks to a server.

mod fill;
mod measure;
mod pages;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use contract::{OrganizationId, OrganizationRef, Problem, UsersQuery};
use engine::{Engine, Options, VaultChoice};

use crate::measure::Bar;

const USAGE: &str = "usage: long-lists [USERS] | long-lists fill FOLDER USERS";
/// Users in the list of the table bar, and in the longest list.
const LIST: u32 = 50_000;
const LONGEST: u32 = 1_000_000;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => measure_all(&[LIST, LONGEST]).await,
        ["fill", folder, users] => match users.parse() {
            Ok(users) => fill::fill(Path::new(folder), users).await.map(|_| true),
            Err(_) => return usage(),
        },
        [users] => match users.parse() {
            Ok(users) => measure_all(&[users]).await,
            Err(_) => return usage(),
        },
        _ => return usage(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("long-lists: {message}");
            ExitCode::from(2)
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// Whether every bar was reached.
async fn measure_all(lists: &[u32]) -> Result<bool, String> {
    println!(
        "{:<52} {:>9} {:>9} {:>9}",
        "measure", "median", "95th", "to reach"
    );
    let mut reached = true;
    for &users in lists {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let organization = fill::fill(folder.path(), users).await?;
        let engine = open(folder.path()).await?;
        reached &= first_rows(&engine, organization, users).await?;
        if users <= LIST {
            reached &= pages::users(&engine, organization, users).await?;
            reached &= pages::results(&engine).await?;
        }
        engine.shut_down().await;
    }
    Ok(reached)
}

/// The page of an organization: its header, and the first rows of its users.
async fn first_rows(
    engine: &Engine,
    organization: OrganizationId,
    users: u32,
) -> Result<bool, String> {
    let mut bar = Bar::new(format!("{users} users, organization page"), 100);
    for _ in 0..20 {
        bar.time(async {
            engine
                .organization_show(OrganizationRef { organization })
                .await?;
            engine
                .users_page(UsersQuery {
                    organization: Some(organization),
                    ..pages::first_page()
                })
                .await
        })
        .await?;
    }
    Ok(bar.tell())
}

async fn open(folder: &Path) -> Result<Engine, String> {
    Engine::open(Options {
        data_dir: Some(folder.to_owned()),
        vault: VaultChoice::Memory,
        ..Options::default()
    })
    .await
    .map_err(said)
}

fn said(problem: Problem) -> String {
    problem.message
}

fn milliseconds(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1_000.0)
}
