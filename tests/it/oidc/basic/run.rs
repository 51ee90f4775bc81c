//! One run of a certification module: a client, a person, a browser, and the way in which answers travel.
//!
//! What the suite checks in every module is checked here, so that no module can forget it.

use std::{collections::BTreeSet, sync::Arc};

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

use crate::support::{
    app::{Person, TestApp},
    client::{Asked, TestClient, Tokens, random},
    http::{Landing, Page, Visitor},
    verify,
};

/// How the answers of the authorization endpoint travel in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Query,
    FormPost,
}

/// A module that is being run.
pub struct Run {
    pub app: Arc<TestApp>,
    pub client: TestClient,
    pub dana: Person,
    pub browser: Visitor,
    mode: Mode,
}

/// What the client was told at its redirect URI, besides the parameters that it registered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub address: Url,
    fields: Vec<(String, String)>,
}

/// A flow that is complete: tokens that were checked, and the claims of the ID token.
#[derive(Debug, Clone)]
pub struct Done {
    pub code: String,
    pub tokens: Tokens,
    pub id: Value,
}

impl Run {
    /// A run with a client of the Basic plan, and a person at a fresh browser.
    pub async fn start(app: impl Into<Arc<TestApp>>, mode: Mode) -> Self {
        let app = app.into();
        let (client, dana) = (app.web_client("one").await, app.person("dana").await);
        Self { app, client, dana, browser: Visitor::new(), mode }
    }

    /// The same client, person and browser, with another way of answering.
    pub fn in_mode(&self, mode: Mode) -> Self {
        let (client, dana, browser) = (self.client.clone(), self.dana.clone(), self.browser.clone());
        Self { app: self.app.clone(), client, dana, browser, mode }
    }

    /// The same run for another client.
    pub fn with_client(self, client: TestClient) -> Self {
        Self { client, ..self }
    }

    /// The same run for another person, at another browser.
    pub fn with_person(self, dana: Person) -> Self {
        Self { dana, browser: Visitor::new(), ..self }
    }

    /// A request as the Basic plan sends it: without PKCE, and with a `state` of 128 characters and more.
    pub fn asks(&self, scope: &str) -> Asked {
        let state = format!("{}-._~{}{}", random(), random(), random());
        let asked = self.client.asks(scope).without_pkce().with("state", &state);
        match self.mode {
            Mode::Query => asked,
            Mode::FormPost => asked.with("response_mode", "form_post"),
        }
    }

    /// Opens a request; the person signs in and agrees where that is asked for.
    pub async fn answer(&self, asked: &Asked) -> Answer {
        let landing = self.browser.open(&asked.url()).await;
        self.arrive(asked, landing).await
    }

    /// Opens a request that is to be answered without any page.
    pub async fn silent(&self, asked: &Asked) -> Answer {
        let landing = self.browser.open(&asked.url()).await;
        self.read(asked, landing)
    }

    /// Opens a request that is to be answered by a page of ours.
    pub async fn page(&self, asked: &Asked) -> Page {
        self.browser.open(&asked.url()).await.page()
    }

    /// Signs in and agrees, from whatever page the browser is at.
    pub async fn arrive(&self, asked: &Asked, mut landing: Landing) -> Answer {
        for _ in 0..4 {
            let Landing::Page(page) = &landing else { break };
            if page.has("input[name=password]") {
                landing = self.browser.press(page, "button[type=submit]", &self.typed()).await;
            } else if page.has("#allow") {
                landing = self.browser.press(page, "#allow", &[]).await;
            }
        }
        self.read(asked, landing)
    }

    /// What the person types at the sign-in page.
    pub fn typed(&self) -> [(&str, &str); 2] {
        [("username", &self.dana.username), ("password", &self.dana.password)]
    }

    /// The whole flow.
    pub async fn complete(&self, asked: &Asked) -> Done {
        let answer = self.answer(asked).await;
        self.redeem(asked, &answer).await
    }

    /// The tokens for an answer, after all checks.
    pub async fn redeem(&self, asked: &Asked, answer: &Answer) -> Done {
        let page = self.client.redeem(asked, answer.get("code").unwrap()).await;
        check_token_answer(&page);
        let tokens = Tokens { all: page.json() };
        let id = verify::id_token(&self.app, &self.client, asked, &tokens).await;
        Done { code: answer.get("code").unwrap().to_owned(), tokens, id }
    }

    /// Userinfo of a complete flow: its subject is that of the ID token.
    pub async fn userinfo(&self, done: &Done) -> Value {
        let page = self.client.userinfo(done.tokens.get("access_token")).await;
        check_userinfo(&page, done);
        page.json()
    }

    /// Reads an answer: at the right address, in the right place and nowhere else.
    pub fn read(&self, asked: &Asked, landing: Landing) -> Answer {
        let registered = Url::parse(&self.client.redirect_uri).unwrap();
        let answer = match self.mode {
            Mode::Query => in_query(&registered, landing.outside()),
            Mode::FormPost => in_form(&registered, &landing.page()),
        };
        assert_eq!(answer.get("state"), asked.get("state"), "{answer:?}");
        assert_eq!(answer.get("iss"), Some(self.app.issuer.as_str()), "{answer:?}");
        check_names(&answer);
        answer
    }
}

impl Answer {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The `error`; fails when there was a code.
    pub fn error(&self) -> &str {
        self.get("error").unwrap_or_else(|| panic!("no error: {self:?}"))
    }
}

fn in_query(registered: &Url, url: Url) -> Answer {
    assert_eq!(url.fragment(), None, "{url}");
    let mut fields: Vec<(String, String)> =
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let kept: Vec<(String, String)> =
        registered.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let own = fields.split_off(kept.len());
    assert_eq!(fields, kept, "the registered parameters are kept: {url}");
    let (mut here, mut there) = (url.clone(), registered.clone());
    here.set_query(None);
    there.set_query(None);
    assert_eq!(here, there);
    Answer { address: url, fields: own }
}

fn in_form(registered: &Url, page: &Page) -> Answer {
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    let origin = registered.origin().ascii_serialization();
    assert!(
        policy.contains("script-src 'self'") && policy.contains(&format!("form-action 'self' {origin}")),
        "{policy}"
    );
    assert!(page.has("form button[type=submit]"), "a button for browsers without scripts");
    assert!(page.attribute("script", "src").starts_with("/assets/"), "{}", page.body);
    assert_eq!(page.attribute("form", "method"), "post");
    assert_eq!(page.attribute("form", "enctype"), "", "form-encoded, which is the default");
    let address = Url::parse(&page.attribute("form", "action")).unwrap();
    assert_eq!(address, *registered, "nothing is added to the address");
    let document = Html::parse_document(&page.body);
    let hidden = Selector::parse("form input[type=hidden]").unwrap();
    let said = |name: &str, input: &ElementRef<'_>| input.attr(name).unwrap_or_default().to_owned();
    let fields = document.select(&hidden).map(|input| (said("name", &input), said("value", &input))).collect();
    Answer { address, fields }
}

/// A code comes with `state` and `iss`, an error with a description besides; nothing else ever comes.
fn check_names(answer: &Answer) {
    let names: Vec<&str> = answer.fields.iter().map(|(name, _)| name.as_str()).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), distinct.len(), "{answer:?}");
    let expected: &[&str] = if distinct.contains("error") {
        &["error", "error_description", "state", "iss"]
    } else {
        &["code", "state", "iss"]
    };
    assert!(distinct.is_subset(&expected.iter().copied().collect()), "{answer:?}");
    for text in [answer.get("error"), answer.get("error_description")].into_iter().flatten() {
        assert!(text.chars().all(|c| matches!(c, ' '..='~') && c != '"' && c != '\\'), "{text}");
    }
    if let Some(code) = answer.get("code") {
        check_secret(code, 128.0);
        assert_eq!(code.len(), 64);
    }
}

/// A text of the URL-safe alphabet that is long enough for `bits`, and measures more than 96 bits of entropy.
pub fn check_secret(text: &str, bits: f64) {
    let length = f64::from(u32::try_from(text.len()).unwrap());
    assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "{text}");
    assert!(length * 6.0 >= bits && measured_entropy(text) > 96.0, "{text}");
}

/// Shannon's entropy of the characters of a text, in bits: how the suite measures.
pub fn measured_entropy(text: &str) -> f64 {
    let length = f64::from(u32::try_from(text.len()).unwrap());
    let distinct: BTreeSet<char> = text.chars().collect();
    let share = |c: &char| f64::from(u32::try_from(text.matches(*c).count()).unwrap()) / length;
    distinct.iter().map(share).map(|share| -share * share.log2()).sum::<f64>() * length
}

/// The form of a token answer (RFC 6749 §5.1).
pub fn check_token_answer(page: &Page) {
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.header("content-type").starts_with("application/json"), "{:?}", page.headers);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("pragma"), "no-cache");
    let answer = page.json();
    assert_eq!(answer["token_type"], "Bearer", "{answer}");
    assert!(answer["expires_in"].as_i64().is_some_and(|seconds| seconds > 0), "{answer}");
    check_secret(answer["access_token"].as_str().unwrap(), 128.0);
    assert!(answer["scope"].is_string(), "{answer}");
}

/// A refusal of a back-channel endpoint (RFC 6749 §5.2).
pub fn check_refusal(page: &Page, error: &str) {
    assert_eq!(page.status, if error == "invalid_client" { 401 } else { 400 }, "{}", page.body);
    assert!(page.header("content-type").starts_with("application/json"), "{:?}", page.headers);
    assert_eq!(page.header("cache-control"), "no-store");
    let answer = page.json();
    assert_eq!(answer["error"], error, "{answer}");
    let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "error_description"], "nothing else is told");
}

/// The form of a userinfo answer: nothing blank, every claim of its type (OIDC Core §5.1, §5.3.2).
pub fn check_userinfo(page: &Page, done: &Done) {
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.header("content-type").starts_with("application/json"), "{:?}", page.headers);
    assert_eq!(page.header("cache-control"), "no-store");
    let claims = page.json();
    assert_eq!(claims["sub"], done.id["sub"]);
    for (name, value) in claims.as_object().unwrap() {
        match name.as_str() {
            "email_verified" | "phone_number_verified" => assert!(value.is_boolean(), "{name}: {value}"),
            "updated_at" => assert!(value.is_i64(), "{name}: {value}"),
            "address" | "organization" => assert!(value.is_object(), "{name}: {value}"),
            "sites" => assert!(value.is_array(), "{name}: {value}"),
            "birthdate" => assert!(is_birthdate(value.as_str().unwrap()), "{name}: {value}"),
            _ => {
                assert!(value.as_str().is_some_and(|text| !text.trim().is_empty() && text != "null"), "{name}: {value}")
            }
        }
    }
}

/// `YYYY`, `YYYY-MM-DD` or `0000-MM-DD`.
fn is_birthdate(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    shape == "9999" || shape == "9999-99-99"
}
