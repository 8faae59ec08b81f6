//! The interface and the real engine behind a loopback address, so that a browser can drive them
//! in tests. It is never shipped: whoever reaches its port is the administrator.

mod answers;
mod files;
mod practice;
mod server;
mod tokens;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use engine::{Engine, VaultChoice};
use tokio::net::TcpListener;

use crate::tokens::Tokens;

const USAGE: &str =
    "usage: test-host --data-dir DIR [--port PORT] [--memory-vault] [--ui DIR] [--tokens JSON]";

struct Arguments {
    data_dir: PathBuf,
    port: u16,
    vault: VaultChoice,
    ui: PathBuf,
    /// Whose tokens the Exchange of practice mode takes.
    tokens: Option<Tokens>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("test-host: {message}");
            ExitCode::from(2)
        }
    }
}

async fn serve() -> Result<(), String> {
    let arguments = arguments(std::env::args().skip(1))?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port))
        .await
        .map_err(|error| error.to_string())?;
    let engine = Engine::open(engine::Options {
        data_dir: Some(arguments.data_dir),
        exclusive: true,
        vault: arguments.vault,
        practice: Some(Arc::new(practice::Loopback::taking(arguments.tokens))),
        ..engine::Options::default()
    })
    .await
    .map_err(|problem| format!("{} {}", problem.message, problem.hint.unwrap_or_default()))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!(
        "{}",
        serde_json::json!({ "url": format!("http://{address}/") })
    );
    tokio::select! {
        () = server::run(listener, engine.clone(), arguments.ui) => {}
        () = told_to_stop() => {}
    }
    engine.shut_down().await;
    Ok(())
}

fn arguments(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut data_dir, mut port, mut vault, mut tokens) = (None, 0, VaultChoice::Platform, None);
    let mut ui = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/dist"));
    let mut words = words;
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or_else(|| format!("{word} needs a value\n{USAGE}"))
        };
        match word.as_str() {
            "--data-dir" => data_dir = Some(PathBuf::from(value()?)),
            "--port" => {
                port = value()?
                    .parse()
                    .map_err(|_| format!("that is no port\n{USAGE}"))?;
            }
            "--ui" => ui = PathBuf::from(value()?),
            "--tokens" => tokens = Some(Tokens::parse(&value()?)?),
            "--memory-vault" => vault = VaultChoice::Memory,
            _ => return Err(format!("{word} means nothing here\n{USAGE}")),
        }
    }
    let data_dir =
        data_dir.ok_or_else(|| format!("--data-dir is needed, never the real one\n{USAGE}"))?;
    Ok(Arguments {
        data_dir,
        port,
        vault,
        ui,
        tokens,
    })
}

/// Ctrl-C, and where there is such a thing the signal that asks to end.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut end = signal(SignalKind::terminate()).expect("the handler is installed once");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = end.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
