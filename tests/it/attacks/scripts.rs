//! What strangers send is text on our pages, whatever it looks like.

use connex::kernel::EmailAddress;
use scraper::{Html, Selector};

use crate::support::{
    app::TestApp,
    client::TestClient,
    http::{Landing, Page, Visitor},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    x1_parameters_are_text_on_every_page
    x1_an_error_of_another_server_is_not_repeated
    x2_the_page_that_posts_to_the_client_holds_text_only
    x7_an_address_is_one_address
}

const PAYLOADS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</form><form action=https://evil.example><input name=password>",
    "</title><svg onload=alert(1)>",
    "\" autofocus onfocus=alert(1) x=\"",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!--><script>alert(1)</script>-->",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "</textarea></style></script><script>alert(1)</script>",
    "{{7919*7919}}${7919*7919}<%= 7919*7919 %>",
    "\u{2028}\u{2029}</script><base href=https://evil.example>",
    "%3Cscript%3Ealert(1)%3C/script%3E&lt;script&gt;",
];

/// Nothing on the page came alive.
fn is_inert(page: &Page, payload: &str) {
    let document = Html::parse_document(&page.body);
    for element in document.select(&Selector::parse("*").unwrap()) {
        let element = element.value();
        let what = format!("{payload}: <{}> at {}", element.name(), page.url);
        assert!(!["svg", "iframe", "base", "object", "embed", "img", "textarea"].contains(&element.name()), "{what}");
        let is_ours = element.attr("src").is_some_and(|src| src.starts_with('/'));
        assert!(element.name() != "script" || is_ours, "{what}");
        for (name, value) in element.attrs() {
            let is_called = ["href", "src", "action", "formaction", "srcdoc", "style"].contains(&name);
            assert!(!(name.starts_with("on") || is_called && value.contains("alert")), "{what} {name}={value}");
        }
    }
    assert!(!page.body.contains("62710561"), "a template was evaluated: {payload}");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
}

async fn pages_with(app: &TestApp, client: &TestClient, payload: &str) -> Vec<Page> {
    let asked = || client.asks("openid");
    let value: String = url::form_urlencoded::byte_serialize(payload.as_bytes()).collect();
    let urls = [
        asked().with("client_id", payload).url(),
        asked().with("redirect_uri", payload).url(),
        asked().with("login_hint", payload).url(),
        asked().with("ui_locales", payload).with("acr_values", payload).with("display", payload).url(),
        asked().with("state", payload).with("nonce", payload).url(),
        asked().with(payload, payload).url(),
        asked().with("request_uri", &format!("urn:ietf:params:oauth:request_uri:{payload}")).url(),
        format!("{}&{value}=1&{value}=2", asked().url()),
        app.at(&format!("/login?errand={value}")),
        app.at(&format!("/end-session?state={value}&post_logout_redirect_uri={value}&id_token_hint={value}")),
        app.at(&format!("/end-session?{value}=1&{value}=2")),
        app.at(&format!("/{value}")),
    ];
    let mut pages = Vec::new();
    for url in urls {
        // An error may also go to the client, which is no page of ours.
        if let Landing::Page(page) = Visitor::new().open(&url).await {
            pages.push(page);
        }
    }
    pages
}

async fn x1_parameters_are_text_on_every_page(app: TestApp) {
    let client = app.web_client("c1").await;
    app.person("dana").await;
    for payload in PAYLOADS {
        let pages = pages_with(&app, &client, payload).await;
        assert!(pages.len() >= 10, "{}", pages.len());
        for page in &pages {
            is_inert(page, payload);
        }
        let visitor = Visitor::new();
        let page = visitor.open(&app.at("/login")).await.page();
        let typed = [("username", payload), ("password", payload)];
        let answer = visitor.press_once(&page, "button[type=submit]", &typed).await;
        is_inert(&answer, payload);
        assert_eq!(answer.attribute("#username", "value"), payload, "what was typed is kept, as text");
        assert!(!answer.has("#password[value]"));
    }
}

async fn x1_an_error_of_another_server_is_not_repeated(app: TestApp) {
    for path in ["/login", "/", "/logout", "/authorize", "/end-session"] {
        let query = "error=canary-error&error_description=canary-text&error_hint=canary-hint&message=canary-message";
        let page = Visitor::new().open(&app.at(&format!("{path}?{query}"))).await.page();
        assert!(!page.body.contains("canary"), "{path}: {}", page.text());
    }
}

async fn x2_the_page_that_posts_to_the_client_holds_text_only(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    client.sign_in(&visitor, &dana, "openid").await;
    for payload in PAYLOADS {
        for prompt in ["none", "none login"] {
            let asked = client.asks("openid").with("response_mode", "form_post").with("state", payload);
            let page = visitor.open(&asked.with("prompt", prompt).url()).await.page();
            is_inert(&page, payload);
            assert_eq!(page.attribute("input[name=state]", "value"), payload);
            assert_eq!(page.attribute("form", "action"), "https://c1.example/cb");
            assert!(page.has("input[name=code]") != page.has("input[name=error]"));
            assert_eq!(page.header("cache-control"), "no-store");
        }
    }
}

async fn x7_an_address_is_one_address(app: TestApp) {
    let dana = app.person("dana").await;
    for text in [
        "a@x.gov\r\nRCPT TO:<eve@evil.example>",
        "a@x.gov\nBcc: eve@evil.example",
        "a@x.gov,b@y.gov",
        "a@x.gov;b@y.gov",
        "a@x.gov b@y.gov",
        "a@x.gov\0",
        "Dana <a@x.gov>",
        "<a@x.gov>",
        "\"a b\"@x.gov",
        "=?utf-8?q?a?=@x.gov\r\n",
        "a@[127.0.0.1]",
        "a@x.gov(comment)",
        "a@\u{0445}.gov",
        "a@x",
        "@x.gov",
        "a@@x.gov",
        "a@x.gov\u{2028}b@y.gov",
    ] {
        assert!(text.parse::<EmailAddress>().is_err(), "{text:?}");
        let visitor = Visitor::new();
        let page = visitor.open(&app.at("/login")).await.page();
        let typed = [("username", text), ("password", dana.password.as_str())];
        let answer = visitor.press_once(&page, "button[type=submit]", &typed).await;
        assert!(answer.status.is_client_error(), "{text:?}");
    }
}
