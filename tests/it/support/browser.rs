//! A real browser: headless Chromium, driven through ChromeDriver.
//!
//! With JavaScript off (`Browser::start(false)`) the pages run none, and everything here still
//! works: ChromeDriver finds, fills, clicks and reads through the debugging protocol, in a world of
//! its own which the site's setting does not reach. `each_way_of_looking_and_acting_works` keeps
//! that true. Only what the page itself would run (`execute` of a function of the page) does not.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use axum::http::Method;
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, error::CmdError};
use serde_json::json;
use tempfile::TempDir;

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// What keeps Chromium to the test: no window, no requests of its own, no questions.
const FLAGS: &[&str] = &[
    "--headless=new",
    // Chromium refuses to run its sandbox as root, as which CI runs.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    // What moves is at once where it goes to.
    "--force-prefers-reduced-motion",
    "--window-size=1280,900",
];

/// A browser with a fresh profile. Ended, with its driver, when dropped.
pub struct Browser {
    client: Client,
    session: String,
    driver: Driver,
    /// Removed after the browser has ended: fields are dropped in their order.
    _profile: TempDir,
}

/// ChromeDriver, which listens on a port of its own choice.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// The port that it chooses is free for one family of addresses; when another program has it in the other one, it
    /// ends, and is started again.
    fn start() -> Self {
        (0..10).find_map(|_| Self::start_once()).expect("ChromeDriver says on which port it listens")
    }

    fn start_once() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("run tests/run.sh, which installs ChromeDriver");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port =
            lines.find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok());
        // What it says later is of no use, but a full pipe would stop it.
        thread::spawn(move || lines.for_each(drop));
        let mut driver = Self { child, port: 0 };
        driver.port = port?;
        Some(driver)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends a browser. ChromeDriver answers when it is gone; killing only the driver would leave it behind.
    fn end_session(&self, session: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        stream.read(&mut [0; 64]).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // An error says that it is gone already.
        let _ = self.driver.end_session(&self.session);
    }
}

impl Browser {
    /// Starts a browser whose pages may run `javascript`, or may not. 1280 pixels wide.
    ///
    /// Certificates are not judged, so that a test may serve https with one of its own.
    pub async fn start(javascript: bool) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let driver = Driver::start();
        let data = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<&str> = FLAGS.iter().copied().chain([data.as_str()]).collect();
        let content = if javascript { 1 } else { 2 };
        let capabilities = json!({
            "acceptInsecureCerts": true,
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": { "profile.managed_default_content_settings.javascript": content },
            },
        });
        let capabilities = capabilities.as_object().unwrap().clone();
        let client = ClientBuilder::native().capabilities(capabilities).connect(&driver.url()).await.unwrap();
        let session = client.session_id().await.unwrap().unwrap();
        Self { client, session, driver, _profile: profile }
    }

    /// Makes the window `width` pixels wide: 1280 is a desk, 320 the narrowest telephone.
    pub async fn resize(&self, width: u32) {
        self.view((width, 900), 1.0).await;
    }

    /// The same, and `height` pixels high; pictures of it are `scale` times as large.
    pub async fn view(&self, (width, height): (u32, u32), scale: f64) {
        // A window is never narrower than 500 pixels, headless or not; the page's view can be.
        let view = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.debug("Emulation.setDeviceMetricsOverride", view).await;
    }

    /// Makes the device prefer `light` or `dark`.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.debug("Emulation.setEmulatedMedia", features).await;
    }

    /// Shows no scrollbars, as telephones do.
    pub async fn hide_scrollbars(&self) {
        self.debug("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
    }

    /// Opens an address.
    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The address of the page that is shown.
    pub async fn url(&self) -> String {
        self.client.current_url().await.unwrap().into()
    }

    /// Clicks the element, and waits for the page that comes of it, if one does.
    pub async fn click(&self, selector: &str) {
        self.act(selector, async |element| element.click().await).await;
    }

    /// Types `text` into a field, in place of what is in it.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.act(selector, async |field| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Chooses what reads `label` from a list of choices.
    pub async fn select(&self, selector: &str, label: &str) {
        self.act(selector, async |list| list.select_by_label(label).await).await;
    }

    /// The text of an element, as a person sees it.
    pub async fn text(&self, selector: &str) -> String {
        self.act(selector, async |element| element.text().await).await
    }

    /// Whether the page has such an element now.
    pub async fn has(&self, selector: &str) -> bool {
        !self.client.find_all(Locator::Css(selector)).await.unwrap().is_empty()
    }

    /// Waits until the page has such an element. Fails with the page's address and text when it never does.
    pub async fn wait_for(&self, selector: &str) {
        self.find(selector).await;
    }

    /// Writes a picture of the page, as PNG.
    pub async fn screenshot(&self, path: impl AsRef<Path>) {
        fs::write(path, self.client.screenshot().await.unwrap()).unwrap();
    }

    /// The driver's own client, for what has no word here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Does something with the element. A new page, or one that loads itself anew, takes its elements away; then the
    /// one that stands there now is meant.
    async fn act<T>(&self, selector: &str, act: impl AsyncFn(Element) -> Result<T, CmdError>) -> T {
        for _ in 0..10 {
            match act(self.find(selector).await).await {
                Err(error) if error.is_stale_element_reference() => {}
                done => return done.unwrap_or_else(|error| panic!("{selector}: {error}")),
            }
        }
        panic!("{selector} is taken away again and again")
    }

    /// The element, which is waited for: on a busy machine a click can return before the page that comes of it is there.
    async fn find(&self, selector: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => self.give_up(selector, &error).await,
        }
    }

    async fn give_up(&self, selector: &str, error: &CmdError) -> ! {
        let source = self.client.source().await.unwrap_or_default();
        panic!("no {selector} at {}: {error}\n{source}", self.url().await)
    }

    /// A command of Chromium's debugging protocol.
    async fn debug(&self, command: &str, parameters: serde_json::Value) {
        let request = Debug { body: json!({ "cmd": command, "params": parameters }).to_string() };
        self.client.issue_cmd(request).await.unwrap();
    }
}

/// The request that carries a command of the debugging protocol; no part of the WebDriver standard.
#[derive(Debug)]
struct Debug {
    body: String,
}

impl fantoccini::wd::WebDriverCompatibleCommand for Debug {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        extract::RawForm,
        http::header,
        response::{Html, IntoResponse},
        routing::get,
    };

    use super::*;

    const FORM: &str = "<!DOCTYPE html><title>Form</title><script src=/page.js></script>
        <meta name=viewport content='width=device-width'>
        <style>#wide { display: none } @media (min-width: 600px) { #wide { display: block } }</style>
        <p id=script>off</p><p id=wide>wide</p>
        <form method=post><input id=name name=name value=nobody><button id=send>Send</button></form>";

    /// A page whose script says so when it runs, and which shows what was sent to it.
    async fn site() -> String {
        let sent =
            |RawForm(form): RawForm| async move { Html(format!("<p id=sent>{}</p>", String::from_utf8_lossy(&form))) };
        let script = "addEventListener('load', () => {
            document.getElementById('script').textContent = 'on';
            setTimeout(() => document.body.append(Object.assign(document.createElement('i'), { id: 'late' })), 200);
        })";
        let script = move || async move { ([(header::CONTENT_TYPE, "text/javascript")], script).into_response() };
        let router = Router::new().route("/", get(|| async { Html(FORM) }).post(sent)).route("/page.js", get(script));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/")
    }

    #[tokio::test]
    async fn each_way_of_looking_and_acting_works() {
        let site = site().await;
        for (javascript, expected) in [(true, "on"), (false, "off")] {
            let browser = Browser::start(javascript).await;
            browser.goto(&site).await;
            assert_eq!(browser.url().await, site);
            assert_eq!(browser.text("#script").await, expected);
            assert!(browser.has("#name").await && !browser.has("#sent").await);
            if javascript {
                browser.wait_for("#late").await;
            }

            assert_eq!(browser.text("#wide").await, "wide");
            browser.resize(320).await;
            assert_eq!(browser.text("#wide").await, "");
            let picture = tempfile::NamedTempFile::new().unwrap();
            browser.screenshot(picture.path()).await;
            let picture = fs::read(picture.path()).unwrap();
            let width = u32::from_be_bytes(picture[16..20].try_into().unwrap());
            assert_eq!((&picture[1..4], width), (b"PNG".as_slice(), 320));

            browser.fill("#name", "Dana & Lee").await;
            browser.click("#send").await;
            browser.wait_for("#sent").await;
            assert_eq!(browser.text("#sent").await, "name=Dana+%26+Lee");
            assert_eq!(browser.client().title().await.unwrap(), "");
        }
    }

    #[tokio::test]
    async fn a_browser_that_is_dropped_is_gone() {
        let browser = Browser::start(true).await;
        let profile = browser._profile.path().to_owned();
        let port = browser.driver.port;
        drop(browser);
        assert!(!profile.exists());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
