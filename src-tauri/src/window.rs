//! The one window: opens it, keeps it on the app, remembers its size. It never shows another
//! page and never opens another window.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tauri::utils::config::WindowConfig;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindowBuilder};

/// Label of the one window, as in `tauri.conf.json` and `capabilities/main.json`.
pub(crate) const MAIN: &str = "main";

/// Where the size of the window is kept: `window.json` in the data folder.
#[derive(Debug)]
pub(crate) struct Memory(PathBuf);

impl Memory {
    /// Keeps the size in this data folder.
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self(data_dir.join("window.json"))
    }

    /// The size it had. A missing or spoiled file means the size of the configuration: it is a
    /// convenience, and the next close writes it anew.
    fn load(&self) -> Option<Size> {
        let size: Size = serde_json::from_slice(&std::fs::read(&self.0).ok()?).ok()?;
        size.sane()
    }

    fn save(&self, size: &Size) -> std::io::Result<()> {
        let fresh = self.0.with_extension("json.new");
        std::fs::write(&fresh, serde_json::to_vec(size)?)?;
        std::fs::rename(fresh, &self.0)
    }
}

/// Size of the window in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Size {
    width: f64,
    height: f64,
    maximized: bool,
}

impl Size {
    /// Nothing smaller than the interface can be used at, nothing larger than a wall of screens.
    fn sane(self) -> Option<Self> {
        let fits =
            (1024.0..=16_384.0).contains(&self.width) && (720.0..=16_384.0).contains(&self.height);
        fits.then_some(self)
    }
}

/// Opens the window as configured, on this page of the interface (empty: the first), at the size
/// it had last time.
///
/// # Errors
/// Whatever the toolkit says.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, page: String) -> tauri::Result<()> {
    let windows = &app.config().app.windows;
    let config = windows
        .iter()
        .find(|window| window.label == MAIN)
        .expect("the configuration names it");
    let config = &WindowConfig {
        url: WebviewUrl::App(page.into()),
        ..config.clone()
    };
    let mut builder = WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(is_the_app)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if let Some(size) = app.state::<Memory>().load() {
        builder = builder
            .inner_size(size.width, size.height)
            .maximized(size.maximized);
    }
    builder.build()?;
    Ok(())
}

/// Remembers the size of the window. A failure is told on stderr and costs nothing else.
pub(crate) fn remember<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let size = || -> tauri::Result<Size> {
        let inner = window.inner_size()?.to_logical(window.scale_factor()?);
        Ok(Size {
            width: inner.width,
            height: inner.height,
            maximized: window.is_maximized()?,
        })
    };
    let saved = size()
        .map_err(|error| error.to_string())
        .and_then(|size| match size.sane() {
            Some(size) => app
                .state::<Memory>()
                .save(&size)
                .map_err(|error| error.to_string()),
            None => Ok(()),
        });
    if let Err(error) = saved {
        eprintln!("understudy-desktop: the size of the window is not kept: {error}");
    }
}

/// Whether this is a page of the app: `tauri://localhost`, on Windows `http://tauri.localhost`.
fn is_the_app(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_app_is_shown() {
        let allowed = |url: &str| is_the_app(&url.parse().unwrap());
        assert!(allowed("tauri://localhost/organizations/1?tab=users"));
        for foreign in [
            "https://example.com/",
            "http://localhost/",
            "http://127.0.0.1:8080/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "tauri://elsewhere/",
            "ipc://localhost/app_state",
        ] {
            assert!(
                !allowed(foreign),
                "{foreign} must not be shown in the window"
            );
        }
    }

    #[test]
    fn a_size_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::new(folder.path());
        assert_eq!(memory.load(), None, "nothing was kept yet");
        let size = Size {
            width: 1400.0,
            height: 900.0,
            maximized: true,
        };
        memory.save(&size).unwrap();
        assert_eq!(memory.load(), Some(size));
    }

    #[test]
    fn a_spoiled_or_absurd_size_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::new(folder.path());
        for text in [
            "",
            "{",
            r#"{"width":3,"height":800,"maximized":false}"#,
            r#"{"width":1e9,"height":800,"maximized":false}"#,
        ] {
            std::fs::write(folder.path().join("window.json"), text).unwrap();
            assert_eq!(memory.load(), None, "{text}");
        }
    }
}
