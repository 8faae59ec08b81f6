//! The files of the interface: only those that lie in its folder.

use std::path::{Component, Path};

use hyper::StatusCode;

use crate::answers::{Answer, content, refusal};

/// The file of this path. A path without an ending is a page of the interface, and those are all
/// `index.html`.
pub(crate) async fn serve(folder: &Path, path: &str) -> Answer {
    let relative = Path::new(path.trim_start_matches('/'));
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
        || path.contains(['%', '\\'])
    {
        return refusal(StatusCode::FORBIDDEN, "not a file of the interface");
    }
    let relative = if relative.extension().is_some() {
        relative
    } else {
        Path::new("index.html")
    };
    match tokio::fs::read(folder.join(relative)).await {
        Ok(bytes) => content(StatusCode::OK, kind(relative), bytes),
        Err(_) => refusal(
            StatusCode::NOT_FOUND,
            "no such file; has the interface been built?",
        ),
    }
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "map") => "application/json",
        _ => "application/octet-stream",
    }
}
