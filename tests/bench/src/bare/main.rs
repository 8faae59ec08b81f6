//! A bare server for benchmarks: it answers every authenticated POST with "the Inbox opened" and a
//! folder identity made from the address, and does nothing else. What a client loses against it is
//! the client's own.
//!
//! It binds 127.0.0.1, prints `ready PORT`, serves until its standard input ends, and then prints
//! what it counted as one line of JSON. It will never check a password or keep a request.

mod answer;
mod conduct;
mod connection;
mod delay;
mod request;
mod tls;

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;

use conduct::{Conduct, Flavor};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Parser)]
struct Args {
    /// Port to bind; 0 takes any
    port: u16,
    /// Serve https, and write the CA to ca.pem in this folder
    #[arg(long, value_name = "FOLDER")]
    tls: Option<PathBuf>,
    /// Milliseconds from a request to its answer
    #[arg(long, value_name = "MS", default_value_t = 0.0)]
    latency: f64,
    /// Serve so many connections at once, what is above meets the flavor
    #[arg(long, value_name = "CONNECTIONS")]
    limit: Option<usize>,
    /// What is above the limit meets
    #[arg(long, value_enum, default_value_t = Flavor::Closed)]
    flavor: Flavor,
    /// Of so many mailboxes one is busy when it is asked first
    #[arg(long, value_name = "MAILBOXES")]
    busy_every: Option<u64>,
    /// Milliseconds that a busy mailbox stays busy
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    back_off: u64,
    /// Answer so many authenticated requests, and then never again
    #[arg(long, value_name = "REQUESTS")]
    silent_after: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    delay::exact_timers();
    let tls = args.tls.as_deref().map(tls::acceptor).transpose()?;
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await?;
    let conduct = Arc::new(Conduct::of(&args));
    say(&format!("ready {}", listener.local_addr()?.port()))?;
    // Whoever started it closes its standard input, or is gone: both end the service.
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let service = async {
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(connection::open(stream, tls.clone(), Arc::clone(&conduct)));
        }
    };
    tokio::select! {
        failed = service => return failed,
        ended = ended => ended??,
    };
    say(&conduct.counted().to_string())
}

fn say(line: &str) -> Result<(), Failure> {
    println!("{line}");
    std::io::stdout().flush()?;
    Ok(())
}
