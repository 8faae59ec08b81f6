//! Takes requests from the page it serves, and from no other.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::{Code, Problem, RunId};
use engine::Engine;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::answers::{Answer, events, json, problem, refusal};
use crate::files;

/// A list of 64 MiB in base64, and its wrapping.
const LARGEST_BODY: usize = 90 * 1024 * 1024;

/// What every connection needs.
struct Host {
    engine: Engine,
    ui: PathBuf,
    port: u16,
}

/// Serves until it is dropped.
pub(crate) async fn run(listener: TcpListener, engine: Engine, ui: PathBuf) {
    let port = listener.local_addr().expect("it is bound").port();
    let host = Arc::new(Host { engine, ui, port });
    loop {
        // A connection that was gone before it was accepted is not worth a word.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let host = Arc::clone(&host);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&host, request));
            // Browsers drop connections as they please.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(host: &Host, request: Request<Incoming>) -> Result<Answer, Infallible> {
    if !is_ours(host.port, &request) {
        return Ok(refusal(StatusCode::FORBIDDEN, "this page may not ask here"));
    }
    let path = request.uri().path().to_owned();
    Ok(
        match (
            request.method(),
            path.strip_prefix("/call/"),
            path.strip_prefix("/watch/"),
        ) {
            (&Method::POST, Some(name), _) => call(&host.engine, name, request).await,
            (&Method::GET, None, Some(run)) => watch(&host.engine, run).await,
            (&Method::GET, None, None) => files::serve(Path::new(&host.ui), &path).await,
            _ => refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "POST /call/NAME, GET /watch/RUN or a file",
            ),
        },
    )
}

/// Any page in the browser can send requests to this port, under any name it has given to
/// 127.0.0.1. `Host` unmasks the name, `Origin` the page.
fn is_ours(port: u16, request: &Request<Incoming>) -> bool {
    let header = |name: HeaderName| {
        request
            .headers()
            .get_all(name)
            .into_iter()
            .map(|value| value.to_str().ok())
    };
    let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let hosts: Vec<_> = header(HOST).collect();
    let known_host = matches!(hosts[..], [Some(host)] if names.iter().any(|name| name == host));
    let known_origin = header(ORIGIN).all(|origin| {
        origin
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|origin| names.iter().any(|name| name == origin))
    });
    known_host && known_origin
}

async fn call(engine: &Engine, name: &str, request: Request<Incoming>) -> Answer {
    // A form on another page cannot send this type without asking first.
    if request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        != Some("application/json")
    {
        return refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "application/json is what commands take",
        );
    }
    let Ok(body) = Limited::new(request.into_body(), LARGEST_BODY)
        .collect()
        .await
    else {
        return refusal(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the request is cut off or too large",
        );
    };
    // The text of the error may repeat what was sent, and that may be a password: it is dropped.
    let Ok(payload) = serde_json::from_slice(&body.to_bytes()) else {
        return problem(&Problem::new(Code::Invalid, "The request is not JSON."));
    };
    match engine.dispatch(name, payload).await {
        Ok(value) => json(StatusCode::OK, &value),
        Err(refused) => problem(&refused),
    }
}

async fn watch(engine: &Engine, run: &str) -> Answer {
    match engine.watch_run(&RunId(run.to_owned())).await {
        Ok(progress) => events(progress),
        Err(refused) => problem(&refused),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    struct Rig {
        port: u16,
        folder: tempfile::TempDir,
    }

    impl Rig {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let ui = folder.path().join("ui");
            std::fs::create_dir_all(ui.join("assets")).unwrap();
            std::fs::write(ui.join("index.html"), "<title>Understudy</title>").unwrap();
            std::fs::write(ui.join("assets/index.js"), "1").unwrap();
            std::fs::write(folder.path().join("secret.txt"), "not yours").unwrap();
            let engine = Engine::open(engine::Options {
                data_dir: Some(folder.path().join("data")),
                vault: engine::VaultChoice::Memory,
                practice: Some(Arc::new(crate::practice::Loopback::default())),
                ..engine::Options::default()
            })
            .await
            .unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(run(listener, engine, ui));
            Self { port, folder }
        }

        /// The whole answer as text.
        async fn ask(&self, start: &str, headers: &[&str], body: &str) -> String {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
            let headers = headers.join("\r\n").replace("PORT", &self.port.to_string());
            let length = body.len();
            let text = format!(
                "{start} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n\r\n{body}"
            );
            stream.write_all(text.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            String::from_utf8(answer).unwrap()
        }

        async fn call(&self, name: &str, headers: &[&str], body: &str) -> String {
            self.ask(&format!("POST /call/{name}"), headers, body).await
        }
    }

    const OURS: &[&str] = &[
        "host: 127.0.0.1:PORT",
        "origin: http://127.0.0.1:PORT",
        "content-type: application/json",
    ];

    #[tokio::test]
    async fn a_command_reaches_the_engine() {
        let rig = Rig::new().await;
        let made = rig
            .call("organization_add", OURS, r#"{"name":"Contoso"}"#)
            .await;
        assert!(
            made.starts_with("HTTP/1.1 200") && made.contains(r#""name":"Contoso""#),
            "{made}"
        );
        let taken = rig
            .call("organization_add", OURS, r#"{"name":"contoso"}"#)
            .await;
        assert!(
            taken.starts_with("HTTP/1.1 409") && taken.contains(r#""code":"taken""#),
            "{taken}"
        );
    }

    #[tokio::test]
    async fn a_run_is_watched_to_its_end() {
        let rig = Rig::new().await;
        let value = |answer: String| -> serde_json::Value {
            serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
        };
        let state = value(
            rig.call(
                "practice_start",
                OURS,
                r#"{"scenario":"healthy","users":20}"#,
            )
            .await,
        );
        let organization = &state["practice"]["organization"];
        let check = serde_json::json!({
            "organization": organization, "password": { "kind": "stored" }, "scope": { "kind": "all" },
        });
        let started = value(rig.call("check_start", OURS, &check.to_string()).await);
        let run = started["run"]
            .as_str()
            .unwrap_or_else(|| panic!("the check starts: {started}"));
        let events = rig.ask(&format!("GET /watch/{run}"), OURS, "").await;
        let last = events
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .next_back()
            .unwrap();
        let last: serde_json::Value = serde_json::from_str(last).unwrap();
        assert_eq!(
            (&last["state"], &last["done"]),
            (&"complete".into(), &21.into()),
            "{events}"
        );
        assert_eq!(last["findings"], 0, "{events}");
    }

    #[tokio::test]
    async fn unknown_commands_and_runs_are_problems() {
        let rig = Rig::new().await;
        let command = rig.call("format_disk", OURS, "{}").await;
        assert!(command.contains(r#""code":"not_found""#), "{command}");
        let run = rig
            .ask("GET /watch/0190a000-0000-7000-8000-000000000000", OURS, "")
            .await;
        assert!(run.contains(r#""code":"not_found""#), "{run}");
    }

    #[tokio::test]
    async fn foreign_pages_and_names_are_refused() {
        let rig = Rig::new().await;
        for headers in [
            &[
                "host: 127.0.0.1:PORT",
                "origin: https://example.com",
                "content-type: application/json",
            ][..],
            &[
                "host: 127.0.0.1:PORT",
                "origin: null",
                "content-type: application/json",
            ],
            &[
                "host: 127.0.0.1:PORT",
                "origin: http://127.0.0.1:1",
                "content-type: application/json",
            ],
            &[
                "host: rebound.example.com:PORT",
                "content-type: application/json",
            ],
            &[
                "host: 127.0.0.1:PORT",
                "host: example.com",
                "content-type: application/json",
            ],
            &["content-type: application/json"],
        ] {
            let answer = rig.call("app_state", headers, "{}").await;
            assert!(
                answer.starts_with("HTTP/1.1 403") || answer.starts_with("HTTP/1.1 400"),
                "{headers:?}: {answer}"
            );
            assert!(!answer.contains("dataDir"), "{headers:?}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_form_cannot_call() {
        let answer = Rig::new()
            .await
            .call(
                "app_state",
                &["host: 127.0.0.1:PORT", "content-type: text/plain"],
                "{}",
            )
            .await;
        assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    }

    #[tokio::test]
    async fn what_was_sent_is_not_repeated() {
        let answer = Rig::new()
            .await
            .call("check_start", OURS, "{\"password\": hunter2")
            .await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && !answer.contains("hunter2"),
            "{answer}"
        );
    }

    #[tokio::test]
    async fn the_interface_is_served_and_nothing_beside_it() {
        let rig = Rig::new().await;
        let page = rig
            .ask(
                "GET /organizations/1?tab=users",
                &["host: localhost:PORT"],
                "",
            )
            .await;
        assert!(
            page.contains("<title>Understudy") && page.contains("default-src 'self'"),
            "{page}"
        );
        let script = rig
            .ask("GET /assets/index.js", &["host: localhost:PORT"], "")
            .await;
        assert!(script.contains("text/javascript"), "{script}");
        assert!(
            rig.folder.path().join("secret.txt").exists(),
            "there is something to reach for"
        );
        for path in [
            "/../secret.txt",
            "/assets/../../secret.txt",
            "/%2e%2e/secret.txt",
            "//etc/passwd",
            "/..\\secret.txt",
        ] {
            let answer = rig
                .ask(&format!("GET {path}"), &["host: localhost:PORT"], "")
                .await;
            assert!(
                !answer.starts_with("HTTP/1.1 200") || answer.contains("<title>Understudy"),
                "{path}: {answer}"
            );
            assert!(
                !answer.contains("not yours") && !answer.contains("root:"),
                "{path}: {answer}"
            );
        }
    }
}
