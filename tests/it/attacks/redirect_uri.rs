//! Redirect URIs and redirectors (1.1).

use connex::{
    audit::Actor,
    oidc::clients::{NewClient, register},
};
use serde_json::json;

use super::brought_a_code;
use crate::support::{
    app::TestApp,
    client::Asked,
    http::{Landing, Page, Visitor},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    u1_a_pattern_cannot_be_registered
    u2_what_differs_from_the_registered_address_is_refused
    u4_addresses_that_parsers_read_differently_are_refused
    u8_only_a_native_client_on_a_loopback_address_may_change_its_port
    u9_a_dot_is_a_dot
    u11_no_error_goes_to_an_address_that_was_not_proven
    u14_nobody_chooses_where_the_sign_in_ends
    u15_the_way_out_is_no_redirector
    u17_a_post_is_never_repeated_at_the_client
}

/// The browser stays here, at an error page.
async fn stays_here(visitor: &Visitor, url: &str) -> Page {
    let page = visitor.get(url).await;
    assert_eq!((page.status.as_u16(), page.header("location")), (400, ""), "{url}");
    assert!(page.has("#error") && !page.has("form"), "{url}: {}", page.text());
    page
}

async fn stays_here_with(asked: Asked, redirect_uri: &str) -> Page {
    stays_here(&Visitor::new(), &asked.with("redirect_uri", redirect_uri).url()).await
}

async fn u1_a_pattern_cannot_be_registered(app: TestApp) {
    for uri in ["https://x.example/*", "https://*.x.example/cb", "https://x.example/cb?*", "https://*/", "*"] {
        for member in ["redirect_uris", "post_logout_redirect_uris"] {
            let mut metadata = json!({ "redirect_uris": ["https://x.example/cb"] });
            metadata[member] = json!([uri]);
            let new = NewClient { metadata: serde_json::from_value(metadata).unwrap(), site: None };
            let mut unit = app.app.db.write().await.unwrap();
            assert!(register(&mut unit, &Actor::Operator, new).await.is_err(), "{member} {uri}");
        }
    }
    let client = app.web_client("c1").await;
    stays_here_with(client.asks("openid"), "https://c1.example/*").await;
}

async fn u2_what_differs_from_the_registered_address_is_refused(app: TestApp) {
    let client = app.web_client("c1").await;
    let mutants = [
        "https://c1.example/cb?a=1",
        "https://c1.example/cb?",
        "https://c1.example/cb;a=1",
        "https://u:p@c1.example/cb",
        "https://c1.example/cb#x",
        "https://c1.example/cb#",
        "https://c1.example/%2e/cb",
        "https://c1.example/./cb",
        "https://c1.example/x/../cb",
        "https://c1.example:443/cb",
        "https://c1.example/cb/",
        "https://c1.example./cb",
        "https://C1.example/cb",
        "https://c1.example/CB",
        "https://c1.example/c%62",
        "https://c1.example//cb",
        "HTTPS://c1.example/cb",
        "http://c1.example/cb",
        " https://c1.example/cb",
        "https://c1.example/cb ",
        "https://c1.example/cb\u{0}",
        "https://c1.example",
    ];
    for mutant in mutants {
        stays_here_with(client.asks("openid"), mutant).await;
    }
}

/// What one parser takes for the good host, and another for the evil one.
const CONFUSING: [&str; 20] = [
    "https://c1.example@evil.example/cb",
    "https://c1.example:443@evil.example/cb",
    "https://evil.example#@c1.example/cb",
    "https://evil.example\\@c1.example/cb",
    "https://evil.example%5c@c1.example/cb",
    "https://evil.example?@c1.example/cb",
    "https://c1.example%2eevil.example/cb",
    "https://c1.example.evil.example/cb",
    "https://c1.example\u{ff0e}evil.example/cb",
    "https://c1\u{3002}example/cb",
    "https://\u{441}1.example/cb",
    "https://c1.example\t.evil.example/cb",
    "https:/\t/c1.example/cb",
    "https:c1.example/cb",
    "https:/c1.example/cb",
    "//c1.example/cb",
    "/\\c1.example/cb",
    "https://[::ffff:1.2.3.4]/cb",
    "https://0x7f.1/cb",
    "javascript://c1.example/cb%0aalert(1)",
];

async fn u4_addresses_that_parsers_read_differently_are_refused(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let visitor = Visitor::new();
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    for uri in CONFUSING {
        stays_here_with(client.asks("openid"), uri).await;
        let hint = tokens.get("id_token");
        let query = [("id_token_hint", hint), ("post_logout_redirect_uri", &uri.replace("/cb", "/bye"))];
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let page = visitor.get(&app.at(&format!("/end-session?{query}"))).await;
        assert!(page.has("button#logout") && page.header("location").is_empty(), "{uri}: {}", page.text());
    }
}

async fn u8_only_a_native_client_on_a_loopback_address_may_change_its_port(app: TestApp) {
    let metadata = |kind: &str| {
        json!({
            "client_id": kind, "application_type": kind, "token_endpoint_auth_method": "none",
            "redirect_uris": ["http://127.0.0.1/cb", "http://[::1]:8/cb", "http://localhost/cb", "https://a.example/cb"],
        })
    };
    let (native, web) = (app.client(metadata("native")).await, app.client(metadata("web")).await);
    for fine in ["http://127.0.0.1:50123/cb", "http://[::1]:50123/cb", "http://127.0.0.1/cb", "http://localhost/cb"] {
        let landing = Visitor::new().open(&native.asks("openid").with("redirect_uri", fine).url()).await;
        assert!(landing.page().has("input[name=password]"), "{fine}");
    }
    for wrong in [
        "http://localhost:50123/cb",
        "http://127.0.0.1:50123/cb?x=1",
        "http://127.0.0.1:50123/other",
        "http://127.0.0.2:50123/cb",
        "http://127.0.0.1:50123@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.1:50123/cb",
        "https://127.0.0.1:50123/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:5a/cb",
        "https://a.example:50123/cb",
    ] {
        stays_here_with(native.asks("openid"), wrong).await;
    }
    stays_here_with(web.asks("openid"), "http://127.0.0.1:50123/cb").await;
}

async fn u9_a_dot_is_a_dot(app: TestApp) {
    let client = app.web_client("a.b").await;
    assert_eq!(client.redirect_uri, "https://a.b.example/cb");
    for uri in ["https://aXb.example/cb", "https://a.bXexample/cb", "https://a-b.example/cb"] {
        stays_here_with(client.asks("openid"), uri).await;
    }
}

async fn u11_no_error_goes_to_an_address_that_was_not_proven(app: TestApp) {
    let client = app.web_client("c1").await;
    let wrongs = [("prompt", "none"), ("response_type", "token"), ("scope", "nonsense"), ("max_age", "x")];
    for (name, value) in wrongs {
        stays_here_with(client.asks("openid").with(name, value), "https://evil.example/cb").await;
        stays_here(&Visitor::new(), &client.asks("openid").with("client_id", "nobody").with(name, value).url()).await;
        stays_here(&Visitor::new(), &client.asks("openid").without("client_id").with(name, value).url()).await;
        // The same request from the client itself is an error that it is told of.
        let told = Visitor::new().open(&client.asks("openid").with(name, value).url()).await.outside();
        assert!(told.as_str().starts_with("https://c1.example/cb?error="), "{told}");
    }
}

async fn u14_nobody_chooses_where_the_sign_in_ends(app: TestApp) {
    let dana = app.person("dana").await;
    let payloads = [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "/%2f/evil.example",
        "///evil.example",
        "https:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/login",
        "/../../evil",
        "http:\\\\evil.example",
        ".evil.example",
        "@evil.example",
        "?x",
        "#x",
        "\u{ff0f}\u{ff0f}evil.example",
        "/\u{2028}/evil.example",
        "e30",
        "..",
        "A",
    ];
    for payload in payloads {
        let value: String = url::form_urlencoded::byte_serialize(payload.as_bytes()).collect();
        for path in ["/login", "/authorize/resume", "/authorize/cancel", "/consent", "/select"] {
            stays_here(&Visitor::new(), &app.at(&format!("{path}?errand={value}"))).await;
        }
        let visitor = Visitor::new();
        let page = visitor.get(&app.at(&format!("/login?return_to={value}&next={value}&redirect={value}"))).await;
        let fields = [("username", dana.username.as_str()), ("password", dana.password.as_str())];
        let answer = visitor.press_once(&page, "button[type=submit]", &fields).await;
        assert_eq!(answer.header("location"), "/", "{payload}");
    }
}

async fn u15_the_way_out_is_no_redirector(app: TestApp) {
    app.web_client("c1").await;
    let attempts = [
        "post_logout_redirect_uri=https%3A%2F%2Fc1.example%2Fbye",
        "post_logout_redirect_uri=https%3A%2F%2Fevil.example",
        "client_id=c1&post_logout_redirect_uri=https%3A%2F%2Fevil.example",
        "client_id=nobody&post_logout_redirect_uri=https%3A%2F%2Fc1.example%2Fbye",
        "id_token_hint=x.y.z&client_id=c1&post_logout_redirect_uri=https%3A%2F%2Fc1.example%2Fbye",
        "post_logout_redirect_uri=javascript:alert(1)",
    ];
    for attempt in attempts {
        let landing = Visitor::new().open(&app.at(&format!("/end-session?{attempt}"))).await;
        assert!(matches!(&landing, Landing::Page(page) if page.has("#logged-out")), "{attempt}: {landing:?}");
    }
}

async fn u17_a_post_is_never_repeated_at_the_client(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let mut answers = Vec::new();
    let asked = client.asks("openid").with("prompt", "select_account consent");
    let fields: Vec<(&str, &str)> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut answer = visitor.post(&app.at("/authorize"), &fields).await;
    for button in ["button[type=submit]", "#allow"] {
        answers.push(answer.clone());
        let page = visitor.follow(answer).await.page();
        let typed = [("username", dana.username.as_str()), ("password", dana.password.as_str())];
        answer = visitor.press_once(&page, button, &typed).await;
    }
    assert!(brought_a_code(&Landing::Outside(answer.location().unwrap())));
    answers.push(answer);
    let page = visitor.open(&client.asks("openid").with("prompt", "select_account").url()).await.page();
    answers.push(visitor.press_once(&page, "#continue", &[]).await);
    answers.push(visitor.post(&app.at("/authorize"), &fields).await);
    assert_eq!(answers.len(), 5);
    for answer in answers {
        assert_eq!(answer.status, 303, "{} {}", answer.url, answer.text());
    }
}
