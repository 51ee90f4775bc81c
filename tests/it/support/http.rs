//! A browser without JavaScript: cookies, forms, redirects that are followed by hand.

use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{HeaderMap, LOCATION},
    redirect::Policy,
};
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::tls;

/// A browser of its own: what it knows of cookies it shares with nobody.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
}

/// An answer that was read.
#[derive(Debug, Clone)]
pub struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Where a chain of redirects ended.
#[derive(Debug, Clone)]
pub enum Landing {
    /// At a page.
    Page(Page),
    /// At an address outside ConneX, which was not called.
    Outside(Url),
}

impl Landing {
    /// The page; fails when the browser was sent away.
    pub fn page(self) -> Page {
        match self {
            Self::Page(page) => page,
            Self::Outside(url) => panic!("the browser was sent to {url}"),
        }
    }

    /// The address outside; fails when there was a page.
    pub fn outside(self) -> Url {
        match self {
            Self::Outside(url) => url,
            Self::Page(page) => panic!("the browser stayed at {} {}: {}", page.status, page.url, page.text()),
        }
    }
}

/// A client for machines: no cookies, no redirects, trusts the test certificate.
pub fn machine() -> Client {
    builder().build().unwrap()
}

/// The same, with a connection of its own for each call.
pub fn machine_without_keep_alive() -> Client {
    builder().pool_max_idle_per_host(0).build().unwrap()
}

fn builder() -> reqwest::ClientBuilder {
    let authority = reqwest::Certificate::from_pem(&tls::certificate().0).unwrap();
    Client::builder().redirect(Policy::none()).no_proxy().add_root_certificate(authority)
}

impl Visitor {
    pub fn new() -> Self {
        Self { client: builder().cookie_store(true).build().unwrap() }
    }

    /// A browser that opens a connection for each page.
    pub fn without_keep_alive() -> Self {
        Self { client: builder().cookie_store(true).pool_max_idle_per_host(0).build().unwrap() }
    }

    /// A request that the test finishes itself.
    pub fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// One GET, no redirect followed.
    pub async fn get(&self, url: &str) -> Page {
        read(self.client.get(url)).await
    }

    /// One POST of a form, no redirect followed.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Page {
        read(self.client.post(url).form(fields)).await
    }

    /// A GET, and redirects as long as they stay at the same origin.
    pub async fn open(&self, url: &str) -> Landing {
        let page = self.get(url).await;
        self.follow(page).await
    }

    /// Follows the redirects of an answer as long as they stay at its origin.
    pub async fn follow(&self, mut page: Page) -> Landing {
        for _ in 0..10 {
            let Some(next) = page.location() else { return Landing::Page(page) };
            if next.origin() != page.url.origin() {
                return Landing::Outside(next);
            }
            page = self.get(next.as_str()).await;
        }
        panic!("ten redirects, and no end: {}", page.url)
    }

    /// Fills the form that holds `button` (a CSS selector), presses it, and follows.
    pub async fn press(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Landing {
        let answer = self.press_once(page, button, fields).await;
        self.follow(answer).await
    }

    /// The same, without following.
    pub async fn press_once(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let (method, action, filled) = page.form(button, fields);
        match method {
            Method::POST => read(self.client.post(action).form(&filled)).await,
            _ => {
                let mut address = action;
                address.query_pairs_mut().extend_pairs(&filled);
                read(self.client.get(address)).await
            }
        }
    }
}

/// Sends a request and reads its answer.
pub async fn read(request: RequestBuilder) -> Page {
    let answer = request.send().await.unwrap();
    let (url, status, headers) = (answer.url().clone(), answer.status(), answer.headers().clone());
    Page { url, status, headers, body: answer.text().await.unwrap() }
}

impl Page {
    /// Where it redirects to.
    pub fn location(&self) -> Option<Url> {
        let to = self.headers.get(LOCATION)?.to_str().unwrap();
        self.status.is_redirection().then(|| self.url.join(to).unwrap())
    }

    /// One header, as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// Whether something on the page matches a CSS selector.
    pub fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.body).select(&Selector::parse(selector).unwrap()).next().is_some()
    }

    /// The words of what matches a CSS selector.
    pub fn words(&self, selector: &str) -> String {
        let document = Html::parse_document(&self.body);
        let found = document.select(&Selector::parse(selector).unwrap()).next();
        let found = found.unwrap_or_else(|| panic!("no {selector} on {}: {}", self.url, self.text()));
        found.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// How much matches a CSS selector.
    pub fn count(&self, selector: &str) -> usize {
        Html::parse_document(&self.body).select(&Selector::parse(selector).unwrap()).count()
    }

    /// The text of what matches a CSS selector, with its lines and spaces.
    pub fn text_of(&self, selector: &str) -> String {
        let document = Html::parse_document(&self.body);
        let found = document.select(&Selector::parse(selector).unwrap()).next();
        found.unwrap_or_else(|| panic!("no {selector} on {}: {}", self.url, self.text())).text().collect()
    }

    /// An attribute of what matches a CSS selector.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let document = Html::parse_document(&self.body);
        let found = document.select(&Selector::parse(selector).unwrap()).next();
        found.and_then(|element| element.attr(name)).unwrap_or_default().to_owned()
    }

    /// All words of the page.
    pub fn text(&self) -> String {
        let document = Html::parse_document(&self.body);
        document.root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn form(&self, button: &str, fields: &[(&str, &str)]) -> (Method, Url, Vec<(String, String)>) {
        let document = Html::parse_document(&self.body);
        let pressed = document.select(&Selector::parse(button).unwrap()).next();
        let pressed = pressed.unwrap_or_else(|| panic!("no {button} on {}: {}", self.url, self.text()));
        let form = pressed.ancestors().filter_map(ElementRef::wrap).find(|element| element.value().name() == "form");
        let form = form.expect("the button is in a form");
        let action = self.url.join(form.attr("action").unwrap_or_default()).unwrap();
        let typed = |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
        let mut filled: Vec<(String, String)> = form
            .select(&Selector::parse("input[name]").unwrap())
            .filter(|input| is_sent(*input, typed(input.attr("name").unwrap())))
            .map(|input| {
                let name = input.attr("name").unwrap();
                (name.to_owned(), typed(name).or(input.attr("value")).unwrap_or_default().to_owned())
            })
            .collect();
        filled.extend(form.select(&Selector::parse("textarea[name], select[name]").unwrap()).map(|field| {
            let name = field.attr("name").unwrap();
            (name.to_owned(), typed(name).map_or_else(|| shown(field), str::to_owned))
        }));
        filled.extend(
            pressed.attr("name").map(|name| (name.to_owned(), pressed.attr("value").unwrap_or_default().to_owned())),
        );
        let is_post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        (if is_post { Method::POST } else { Method::GET }, action, filled)
    }
}

/// Whether a browser sends an input: of radio buttons only the chosen one.
fn is_sent(input: ElementRef<'_>, chosen: Option<&str>) -> bool {
    match (input.attr("type"), chosen) {
        (Some("radio"), Some(chosen)) => input.attr("value") == Some(chosen),
        (Some("radio" | "checkbox"), None) => input.attr("checked").is_some(),
        _ => true,
    }
}

/// What a text area or a list of choices holds before anybody touches it.
fn shown(field: ElementRef<'_>) -> String {
    let option = field.select(&Selector::parse("option").unwrap()).next();
    let chosen = option.map(|option| option.attr("value").unwrap_or_default().to_owned());
    chosen.unwrap_or_else(|| field.text().collect())
}
