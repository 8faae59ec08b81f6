//! The page that says why the app cannot start. It is static: no script, no command, no asset of
//! the interface, because the interface may be what is broken.

use contract::Problem;
use tauri::http::{Response, header};
use tauri::webview::NewWindowResponse;
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// Scheme the page is served under, and label of its window: no capability names it.
const PROBLEM: &str = "problem";

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;padding:48px;font:16px/1.5 system-ui,sans-serif;max-width:38em}\
h1{font-size:1.4em;margin:0 0 16px}\
code{font-size:.9em;opacity:.75}";

/// Shows the problem until its window is closed.
///
/// # Errors
/// Whatever the toolkit says when there is no window to be had.
pub(crate) fn show(problem: &Problem, context: tauri::Context<tauri::Wry>) -> tauri::Result<()> {
    let text = page(problem);
    let app = tauri::Builder::default()
        .register_uri_scheme_protocol(PROBLEM, move |_, _| answer(&text))
        .setup(|app| {
            let url = format!("{PROBLEM}://localhost/")
                .parse()
                .expect("it is a URL");
            WebviewWindowBuilder::new(app, PROBLEM, WebviewUrl::CustomProtocol(url))
                .title("Understudy")
                .inner_size(640.0, 360.0)
                .center()
                .on_navigation(|url| {
                    url.scheme() == PROBLEM || url.host_str() == Some("problem.localhost")
                })
                .on_new_window(|_, _| NewWindowResponse::Deny)
                .build()?;
            Ok(())
        })
        .build(context)?;
    app.run_return(|_, _| {});
    Ok(())
}

fn answer(text: &str) -> Response<Vec<u8>> {
    Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .body(text.as_bytes().to_vec())
        .expect("the headers are constants")
}

fn page(problem: &Problem) -> String {
    let hint = problem
        .hint
        .as_deref()
        .map(|hint| format!("<p>{}</p>", escaped(hint)))
        .unwrap_or_default();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Understudy</title>\
         <style>{STYLE}</style><main role=\"alert\"><h1>Understudy cannot start</h1>\
         <p>{}</p>{hint}<p><code>{}</code></p></main></html>",
        escaped(&problem.message),
        problem.code.as_str(),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use contract::Code;

    use super::*;

    #[test]
    fn the_page_says_what_is_wrong_and_what_to_do() {
        let problem =
            Problem::new(Code::DataFolder, "The folder is in use.").hint("Close the other window.");
        let page = page(&problem);
        for part in [
            "The folder is in use.",
            "Close the other window.",
            "data_folder",
        ] {
            assert!(page.contains(part), "{part} is missing from {page}");
        }
    }

    #[test]
    fn a_path_cannot_become_markup() {
        let page = page(&Problem::new(
            Code::DataFolder,
            "<script>alert(1)</script> & \"x\"",
        ));
        assert!(!page.contains("<script"), "{page}");
        assert!(
            page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;"),
            "{page}"
        );
    }

    #[test]
    fn the_page_may_run_nothing() {
        let answer = answer("x");
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("script-src"), "{policy}");
    }
}
