//! As much of `WebDriver` (<https://www.w3.org/TR/webdriver2/>) as it takes to drive the window:
//! one driver process, one session, elements by `XPath`. It never touches the app but through it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

/// A busy machine takes this long to start the app or to show a page.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// Longest wait for one answer of the driver. The first one includes the start of the app.
const ANSWER: Duration = Duration::from_mins(1);
/// Key of an element reference, fixed by the specification.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Between two looks at the page.
const AGAIN: Duration = Duration::from_millis(100);
/// Where the middle of an element is, and what lies over it there.
const PLACE: &str = "const [element] = arguments; element.scrollIntoView({ block: 'nearest' }); \
     const { x, y, width, height } = element.getBoundingClientRect(); \
     const top = document.elementFromPoint(x + width / 2, y + height / 2); \
     const over = element.contains(top) ? null : String(top?.outerHTML).slice(0, 120); \
     return { x, y, width, height, over };";
/// Remembers what the next click comes to: this element, or another. It may be gone afterwards.
const LISTEN: &str = "const [element] = arguments; window.landed = null; \
     document.addEventListener('click', ({ target }) => { \
       window.landed = element.contains(target) ? 'here' : target.outerHTML.slice(0, 120); \
     }, { capture: true, once: true });";

/// The app in its window, with hands on it. The app ends with the session.
#[derive(Debug)]
pub struct Session {
    driver: Driver,
    id: String,
}

/// Something on the page.
#[derive(Debug, Clone)]
pub struct Element(String);

/// What the driver said, or that it said nothing.
pub type Outcome<T> = Result<T, String>;

impl Session {
    /// Starts the app with these arguments.
    ///
    /// # Errors
    /// When `WebKitWebDriver` is not there or does not get the app to start.
    pub async fn open(app: &Path, arguments: &[&str]) -> Outcome<Self> {
        let driver = Driver::start().await?;
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "wry",
            "webkitgtk:browserOptions": { "binary": app, "args": arguments },
        } } });
        let answer = driver.ask("POST", "/session", &wanted).await?;
        let id = answer["sessionId"]
            .as_str()
            .ok_or_else(|| format!("no session: {answer}"))?
            .to_owned();
        Ok(Self { driver, id })
    }

    /// Goes to a page of the app.
    ///
    /// # Errors
    /// Whatever the driver says.
    pub async fn go(&self, path: &str) -> Outcome<()> {
        self.ask(
            "POST",
            "url",
            &json!({ "url": format!("tauri://localhost{path}") }),
        )
        .await
        .map(drop)
    }

    /// The element of this `XPath`, as soon as it can be seen.
    ///
    /// # Errors
    /// When it is not there in time; says what the page shows instead.
    pub async fn find(&self, xpath: &str) -> Outcome<Element> {
        let end = Instant::now() + PATIENCE;
        let wanted = json!({ "using": "xpath", "value": xpath });
        loop {
            let found = self.ask("POST", "element", &wanted).await;
            if let Ok(element) = found.as_ref().map(|found| &found[ELEMENT])
                && let Some(id) = element.as_str()
            {
                return Ok(Element(id.to_owned()));
            }
            if Instant::now() > end {
                let shown = self.script("return document.body.innerText").await?;
                return Err(format!("{xpath} is not there; the page shows: {shown}"));
            }
            sleep(AGAIN).await;
        }
    }

    /// Clicks as a person does: what lies on top takes the click. Waits until the element has its place and
    /// lies on top there, and makes sure that the click came to it: the driver aims once, and what moves
    /// the page meanwhile would take the click away.
    ///
    /// # Errors
    /// When something else lies on top, or got the click, among others.
    pub async fn click(&self, element: &Element) -> Outcome<()> {
        self.at_rest(element).await?;
        self.of(LISTEN, element).await?;
        self.ask("POST", &format!("element/{}/click", element.0), &json!({}))
            .await?;
        let end = Instant::now() + PATIENCE;
        loop {
            match self.script("return window.landed").await?.as_str() {
                Some("here") => return Ok(()),
                None if Instant::now() < end => sleep(AGAIN).await,
                None => return Err("the click never came to the page".into()),
                Some(elsewhere) => return Err(format!("the click came to {elsewhere}")),
            }
        }
    }

    /// Waits until the element is at the same place twice, with nothing over it.
    async fn at_rest(&self, element: &Element) -> Outcome<()> {
        let end = Instant::now() + PATIENCE;
        let mut before = Value::Null;
        loop {
            let place = self.of(PLACE, element).await?;
            if place == before && place["over"].is_null() {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!("it does not come to rest: {place}"));
            }
            before = place;
            sleep(AGAIN).await;
        }
    }

    /// What a script returns whose argument is the element.
    async fn of(&self, script: &str, element: &Element) -> Outcome<Value> {
        let arguments = json!([{ ELEMENT: element.0 }]);
        self.ask(
            "POST",
            "execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
        .await
    }

    /// Types into a field.
    ///
    /// # Errors
    /// When it takes no text, among others.
    pub async fn type_into(&self, element: &Element, text: &str) -> Outcome<()> {
        self.ask(
            "POST",
            &format!("element/{}/value", element.0),
            &json!({ "text": text }),
        )
        .await
        .map(drop)
    }

    /// What a script returns.
    ///
    /// # Errors
    /// When it throws, or the page's policy forbids it.
    pub async fn script(&self, script: &str) -> Outcome<Value> {
        self.ask(
            "POST",
            "execute/sync",
            &json!({ "script": script, "args": [] }),
        )
        .await
    }

    /// A picture of the page, in PNG.
    ///
    /// # Errors
    /// Whatever the driver says.
    pub async fn picture(&self) -> Outcome<Vec<u8>> {
        let text = self.ask("GET", "screenshot", &Value::Null).await?;
        let text = text.as_str().ok_or("the picture is no text")?;
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|error| error.to_string())
    }

    /// Closes the window, and with it the app.
    ///
    /// # Errors
    /// Whatever the driver says.
    pub async fn close(self) -> Outcome<()> {
        self.ask("DELETE", "", &Value::Null).await.map(drop)
    }

    async fn ask(&self, method: &str, what: &str, body: &Value) -> Outcome<Value> {
        let path = format!("/session/{}/{what}", self.id);
        self.driver
            .ask(method, path.trim_end_matches('/'), body)
            .await
    }
}

/// `WebKitWebDriver`, ended with its owner.
#[derive(Debug)]
struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Driver {
    async fn start() -> Outcome<Self> {
        let free = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(|error| error.to_string())?;
        let port = free.local_addr().map_err(|error| error.to_string())?.port();
        drop(free);
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("WebKitWebDriver cannot be started: {error}"))?;
        let driver = Self { process, port };
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if Instant::now() > end {
                return Err("WebKitWebDriver does not listen".into());
            }
            sleep(Duration::from_millis(25)).await;
        }
        Ok(driver)
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        match timeout(ANSWER, self.exchange(method, path, body)).await {
            Ok(answer) => answer.map_err(|error| format!("{method} {path}: {error}")),
            Err(_) => Err(format!("{method} {path}: no answer")),
        }
    }

    /// One connection a question: the driver closes them as it likes.
    async fn exchange(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))
            .await
            .map_err(|error| error.to_string())?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, format!("127.0.0.1:{}", self.port))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| error.to_string())?;
        let answer = sender
            .send_request(request)
            .await
            .map_err(|error| error.to_string())?;
        let good = answer.status().is_success();
        let bytes = answer
            .into_body()
            .collect()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes();
        let mut answer: Value =
            serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        let value = answer["value"].take();
        if good {
            Ok(value)
        } else {
            Err(value.to_string())
        }
    }
}
