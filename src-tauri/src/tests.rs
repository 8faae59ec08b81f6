//! The shell without a screen: the real commands, the real capability file, the real policy.

use std::collections::BTreeSet;

use contract::COMMANDS;
use serde_json::{Value, json};
use tauri::Manager;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;

const CAPABILITY: &str = include_str!("../capabilities/main.json");
const CONFIGURATION: &str = include_str!("../tauri.conf.json");

/// An app on an engine of its own; the folder goes with it.
struct Rig {
    app: tauri::App<MockRuntime>,
    _folder: tempfile::TempDir,
}

impl Rig {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = tauri::async_runtime::block_on(engine::Engine::open(engine::Options {
            data_dir: Some(folder.path().to_owned()),
            exclusive: true,
            vault: engine::VaultChoice::Memory,
            ..engine::Options::default()
        }))
        .unwrap();
        let builder = crate::builder(mock_builder(), engine, folder.path(), String::new());
        Self {
            app: builder.build(crate::context()).unwrap(),
            _folder: folder,
        }
    }

    /// Calls as the webview of `label` does, from a page of `origin`.
    fn call_from(
        &self,
        label: &str,
        origin: &str,
        name: &str,
        body: Value,
    ) -> Result<Value, Value> {
        let webview = self.app.get_webview_window(label).unwrap_or_else(|| {
            tauri::WebviewWindowBuilder::new(&self.app, label, tauri::WebviewUrl::default())
                .build()
                .unwrap()
        });
        let request = InvokeRequest {
            cmd: name.into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: origin.parse().unwrap(),
            body: InvokeBody::Json(body),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_string(),
        };
        get_ipc_response(&webview, request).map(|body| body.deserialize::<Value>().unwrap())
    }

    fn call(&self, name: &str, body: Value) -> Result<Value, Value> {
        self.call_from(crate::window::MAIN, "tauri://localhost", name, body)
    }
}

#[test]
fn a_command_reaches_the_engine() {
    let rig = Rig::new();
    let made = rig
        .call("organization_add", json!({ "req": { "name": "Contoso" } }))
        .unwrap();
    assert_eq!(made["name"], "Contoso");
    let listed = rig
        .call("organizations_list", json!({ "req": {} }))
        .unwrap();
    let names: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert!(
        names.iter().any(|name| *name == "Contoso"),
        "what was added is listed: {names:?}"
    );
}

#[test]
fn a_problem_keeps_its_code() {
    let refusal = Rig::new()
        .call("organization_add", json!({ "req": { "name": " " } }))
        .unwrap_err();
    assert_eq!(
        (&refusal["code"], &refusal["field"]),
        (&json!("invalid"), &json!("name")),
        "{refusal}"
    );
}

#[test]
fn watching_an_unknown_run_is_a_problem() {
    let body =
        json!({ "run": "0190a000-0000-7000-8000-000000000000", "onProgress": "__CHANNEL__:1" });
    let refusal = Rig::new().call("watch_run", body).unwrap_err();
    assert_eq!(refusal["code"], "not_found", "{refusal}");
}

/// Refused by the capability, or let through to the command (which may dislike the body).
fn is_refused_by_capability(answer: &Result<Value, Value>) -> bool {
    matches!(answer, Err(Value::String(text)) if text.contains("not allowed"))
}

#[test]
fn the_capability_lets_the_main_window_call_every_command() {
    let rig = Rig::new();
    for name in COMMANDS.iter().copied().chain(["watch_run"]) {
        // A body that no command takes: the capability is asked before the body is read.
        let answer = rig.call(name, json!({ "req": 0, "run": 0 }));
        assert!(!is_refused_by_capability(&answer), "{name}: {answer:?}");
    }
}

#[test]
fn another_window_is_refused() {
    let rig = Rig::new();
    for name in COMMANDS.iter().copied().chain(["watch_run"]) {
        let answer = rig.call_from("other", "tauri://localhost", name, json!({ "req": {} }));
        assert!(is_refused_by_capability(&answer), "{name}: {answer:?}");
    }
}

#[test]
fn another_page_in_the_main_window_is_refused() {
    let answer = Rig::new().call_from(
        crate::window::MAIN,
        "https://example.com",
        "app_state",
        json!({ "req": {} }),
    );
    assert!(is_refused_by_capability(&answer), "{answer:?}");
}

#[test]
fn nothing_of_tauri_itself_may_be_called() {
    let rig = Rig::new();
    for name in [
        "plugin:event|listen",
        "plugin:window|create",
        "plugin:webview|create_webview_window",
        "plugin:path|resolve_directory",
    ] {
        let answer = rig.call(name, json!({}));
        assert!(is_refused_by_capability(&answer), "{name}: {answer:?}");
    }
}

#[test]
fn the_capability_lists_the_commands_of_the_table_and_no_more() {
    let capability: Value = serde_json::from_str(CAPABILITY).unwrap();
    let granted: BTreeSet<String> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|permission| {
            permission
                .as_str()
                .expect("plain names, no scopes")
                .to_owned()
        })
        .collect();
    let declared: BTreeSet<String> = COMMANDS
        .iter()
        .chain(&["watch_run"])
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .collect();
    assert_eq!(
        granted, declared,
        "capabilities/main.json and the command table have drifted apart"
    );
    assert_eq!(capability["windows"], json!(["main"]));
    assert_eq!(
        capability.get("remote"),
        None,
        "no page from the network may call"
    );
}

#[test]
fn the_policy_is_as_strict_as_stated() {
    let configuration: Value = serde_json::from_str(CONFIGURATION).unwrap();
    let security = &configuration["app"]["security"];
    let stated = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
        connect-src ipc: http://ipc.localhost; object-src 'none'; base-uri 'none'; \
        form-action 'none'; frame-ancestors 'none'";
    assert_eq!(security["csp"], stated);
    assert_eq!(
        security["dangerousDisableAssetCspModification"],
        json!(["style-src"]),
        "scripts keep their nonces"
    );
    assert_eq!(security["capabilities"], json!(["main"]));
    assert_eq!(
        configuration["build"],
        json!({ "frontendDist": "../ui/dist" }),
        "no page from a development server"
    );
    assert_eq!(
        configuration.get("plugins"),
        None,
        "no plugin reaches files, shell or network"
    );
}

#[test]
fn the_context_carries_that_policy() {
    let context = crate::context::<MockRuntime>();
    let csp = context
        .config()
        .app
        .security
        .csp
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(csp.contains("default-src 'self'"), "{csp}");
    assert!(!csp.contains("unsafe-eval"), "{csp}");
}
