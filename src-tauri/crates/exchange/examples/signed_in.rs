//! Logs one connection on as whoever is signed in to this computer, and says what came of it; for trying
//! out a server by hand, and for the tests against servers of others. Sends no password.
//!
//! `cargo run -p exchange --features gssapi --example signed_in -- URL CA.pem`

use std::process::ExitCode;
use std::sync::Arc;

use exchange::{Call, Endpoint, Lane, SignedIn, Trust, read_certificates};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match log_on().await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn log_on() -> Result<String, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(ca)) = (arguments.next(), arguments.next()) else {
        return Err("name a URL and the file of a CA".into());
    };
    let roots = read_certificates(&std::fs::read(ca)?)?;
    let trust = Trust::system(roots.into_iter().map(|root| root.der).collect());
    let mut lane = Lane::new(
        Arc::new(Endpoint::new(&url)?),
        Arc::new(trust),
        Arc::default(),
    );
    lane.log_on_with(Arc::new(SignedIn), Arc::default());
    let reply = lane
        .post(&Call {
            body: "<m:GetFolder/>".into(),
            anchor: None,
            idempotent: true,
            target: exchange::Target::default(),
            request_id: String::new(),
        })
        .await?;
    let report = reply.log_on.ok_or("nobody asked for a log-on")?;
    let bound = report.binding.map_or("unbound", |hash| hash.as_str());
    Ok(format!("{} {} {bound}", reply.status, report.mechanism))
}
