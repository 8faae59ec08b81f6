//! What the program says about itself, on stderr. Only our own crates are listened to: what others
//! log about connections is nobody's business, at any level.

use tracing_subscriber::EnvFilter;

/// Starts logging: warnings; `-v` what is done; `-vv` every detail.
pub(crate) fn start(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let ours = ["understudy", "engine", "exchange", "ews", "store"];
    let filter = ours.map(|name| format!("{name}={level}")).join(",");
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .init();
}
