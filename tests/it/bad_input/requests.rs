//! Requests that are wrong in one thing.

use connex::kernel::Lifetime;
use reqwest::Method;
use serde_json::json;

use crate::support::{
    app::TestApp,
    client::{arrive, claims},
    http::{Landing, Visitor, read},
    jwt::hs256,
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    an_unknown_client_ends_at_our_page
    a_missing_redirect_uri_ends_at_our_page_where_there_are_several
    a_parameter_that_is_given_twice_is_refused_everywhere
    a_hint_that_is_forged_is_refused_and_an_expired_one_is_not
    basic_headers_that_are_malformed_are_refused
    bearer_headers_that_are_malformed_are_refused
    a_nul_is_refused_everywhere
    what_is_not_utf8_is_refused_everywhere
    a_form_of_another_type_is_refused
    a_method_that_is_not_offered_is_refused
    an_unknown_path_is_a_page_with_a_reference
    an_unknown_grant_is_refused
    parameters_without_sense_go_back_to_the_client
}

async fn an_unknown_client_ends_at_our_page(app: TestApp) {
    let client = app.web_client("c1").await;
    for id in ["nobody", "C1", "c1 ", "c1%00", "*", "", "'; drop table clients; --", "\u{1F600}"] {
        let page = Visitor::new().open(&client.asks("openid").with("client_id", id).url()).await.page();
        assert_eq!(page.status, 400, "{id:?}");
        assert!(page.has("#error") && !page.words("#reference").is_empty());
    }
    assert_eq!(app.count("select count(*) from clients").await, 1);
}

async fn a_missing_redirect_uri_ends_at_our_page_where_there_are_several(app: TestApp) {
    let metadata = json!({ "client_id": "two", "client_secret": "s", "redirect_uris": ["https://a.example/1", "https://a.example/2"] });
    let (one, two) = (app.web_client("c1").await, app.client(metadata).await);
    let page = Visitor::new().open(&two.asks("openid").without("redirect_uri").url()).await.page();
    assert!(page.status == 400 && page.has("#error"));
    let page = Visitor::new().open(&one.asks("openid").without("redirect_uri").url()).await.page();
    assert!(page.has("input[name=password]"), "with one address there is no doubt");
}

async fn a_parameter_that_is_given_twice_is_refused_everywhere(app: TestApp) {
    let client = app.web_client("c1").await;
    let asked = client.asks("openid");
    for (name, value) in &asked.params {
        for twin in [value.as_str(), "other", ""] {
            let twin: String = url::form_urlencoded::byte_serialize(twin.as_bytes()).collect();
            let page = Visitor::new().get(&format!("{}&{name}={twin}", asked.url())).await;
            assert!(page.status == 400 && page.has("#error"), "{name}");
        }
    }
    for path in ["/token", "/introspect", "/revoke", "/par"] {
        let twice = [("grant_type", "client_credentials"), ("token", "a"), ("token", "b")];
        let answer = read(client.post(path, &twice)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_request")), "{path}");
    }
    let answer =
        read(app.machine.post(app.at("/userinfo")).form(&[("access_token", "a"), ("access_token", "b")])).await;
    assert_eq!(answer.status, 400);
    let answer = Visitor::new().get(&app.at("/end-session?state=a&state=b")).await;
    assert!(answer.status == 400 && answer.has("#error"));
}

async fn a_hint_that_is_forged_is_refused_and_an_expired_one_is_not(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let genuine = client.sign_in(&visitor, &dana, "openid").await.get("id_token").to_owned();
    app.advance(Lifetime::hours(1));
    let asks = |hint: &str| client.asks("openid").with("prompt", "none").with("id_token_hint", hint);
    let expired = asks(&genuine);
    assert!(!expired.code(&visitor.open(&expired.url()).await.outside()).is_empty());
    let key = app.get("/jwks.json").await.json()["keys"][0].clone();
    let forged = hs256(&json!({ "alg": "HS256", "kid": key["kid"] }), &claims(&genuine), key.to_string().as_bytes());
    let unsigned = genuine.rsplit_once('.').unwrap().0.to_owned() + ".";
    let of_nobody =
        app.web_client("c2").await.sign_in(&Visitor::new(), &dana, "openid").await.get("id_token").to_owned();
    for hint in [forged.as_str(), &unsigned, &of_nobody, "x", "...", "e30.e30.e30", &"A".repeat(5000)] {
        let asked = asks(hint);
        let callback = visitor.open(&asked.url()).await.outside();
        assert_eq!(asked.error(&callback), "invalid_request", "{hint}");
    }
}

async fn basic_headers_that_are_malformed_are_refused(app: TestApp) {
    app.web_client("c1").await;
    for header in [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic Yzp",
        "Basic YzE=",
        "Basic OnNlY3JldA==",
        "Basic YzE6",
        "Basic Og==",
        "Basic //79",
        "Basic AAAA",
        "Basic YzElMDA6eA==",
        "Basic YzElZmY6eA==",
        "Basic YzElOng=",
        "Basic YzE6c2VjcmV0 YzE6c2VjcmV0",
        "Digest username=\"c1\"",
        "Bearer YzE6c2VjcmV0",
        "YzE6c2VjcmV0",
        "\u{ff}",
    ] {
        let form = [("grant_type", "client_credentials")];
        let request = app.machine.post(app.at("/token")).header("authorization", header.as_bytes());
        let answer = read(request.form(&form)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"].as_str()),
            (401, Some("invalid_client")),
            "{header}"
        );
        assert!(answer.header("www-authenticate").starts_with("Basic "), "{header}");
    }
    let twice = app.machine.post(app.at("/token")).header("authorization", "Basic eDp5").basic_auth("c1", Some("x"));
    assert_eq!(read(twice.form(&[("grant_type", "client_credentials")])).await.status, 401);
}

async fn bearer_headers_that_are_malformed_are_refused(app: TestApp) {
    for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer \u{ff}", "bearer", "Basic eDp5", "DPoP x", "Bearer ,", ""]
    {
        let answer = read(app.machine.get(app.at("/userinfo")).header("authorization", header.as_bytes())).await;
        assert!(answer.status == 400 || answer.status == 401, "{header:?} {}", answer.status);
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{header:?}");
    }
    let without = app.get("/userinfo").await;
    assert_eq!(without.status, 401);
    assert!(!without.header("www-authenticate").contains("error"), "who sent nothing learns no reason");
    let in_query = app.get("/userinfo?access_token=x").await;
    assert!(in_query.status == 401 && !in_query.header("www-authenticate").contains("error"));
    let twice = app.machine.post(app.at("/userinfo")).bearer_auth("x").form(&[("access_token", "x")]);
    assert_eq!(read(twice).await.status, 400);
}

/// Every address that takes parameters, with the method for it.
const TAKES: [(&str, &str); 14] = [
    ("GET", "/authorize"),
    ("POST", "/authorize"),
    ("GET", "/end-session"),
    ("POST", "/end-session"),
    ("POST", "/token"),
    ("POST", "/introspect"),
    ("POST", "/revoke"),
    ("POST", "/par"),
    ("POST", "/userinfo"),
    ("POST", "/login"),
    ("POST", "/logout"),
    ("POST", "/consent"),
    ("POST", "/select"),
    ("GET", "/login"),
];

async fn sends_everywhere(app: &TestApp, encoded: &str) {
    for (method, path) in TAKES {
        let answer = match method {
            "GET" => app.get(&format!("{path}?{encoded}")).await,
            _ => {
                let request = app.machine.post(app.at(path)).body(encoded.to_owned());
                read(request.header("content-type", "application/x-www-form-urlencoded")).await
            }
        };
        let is_refused = answer.status.is_client_error() && answer.header("location").is_empty();
        assert!(is_refused, "{method} {path} {encoded}: {} {}", answer.status, answer.body);
    }
}

async fn a_nul_is_refused_everywhere(app: TestApp) {
    app.web_client("c1").await;
    for name in ["client_id", "token", "errand", "username"] {
        sends_everywhere(&app, &format!("errand=x&{name}%00=1&client_id2=a%00b")).await;
    }
    let request = app.machine.post(app.at("/token")).basic_auth("c1\0", Some("x\0"));
    assert_eq!(read(request.form(&[("grant_type", "client_credentials")])).await.status, 401);
}

async fn what_is_not_utf8_is_refused_everywhere(app: TestApp) {
    app.web_client("c1").await;
    for bytes in ["%ff", "%c3%28", "%ed%a0%80", "%f4%90%80%80", "%c0%af", "%e2%82"] {
        sends_everywhere(&app, &format!("errand={bytes}&{bytes}=1")).await;
    }
}

async fn a_form_of_another_type_is_refused(app: TestApp) {
    let client = app.web_client("c1").await;
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml", ""] {
        for path in ["/token", "/introspect", "/revoke", "/par"] {
            let request = app.machine.post(app.at(path)).basic_auth("c1", client.secret.as_deref());
            let request = request.header("content-type", kind).body("grant_type=client_credentials&token=x");
            let answer = read(request).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()["error"].as_str()),
                (400, Some("invalid_request")),
                "{path} {kind}"
            );
        }
    }
}

async fn a_method_that_is_not_offered_is_refused(app: TestApp) {
    let routes = [
        ("/token", "POST"),
        ("/introspect", "POST"),
        ("/revoke", "POST"),
        ("/par", "POST"),
        ("/jwks.json", "GET"),
        ("/.well-known/openid-configuration", "GET"),
        ("/authorize/resume", "GET"),
        ("/authorize/cancel", "GET"),
        ("/userinfo", "GET POST"),
        ("/authorize", "GET POST"),
        ("/end-session", "GET POST"),
        ("/login", "GET POST"),
        ("/logout", "GET POST"),
        ("/consent", "GET POST"),
        ("/select", "GET POST"),
        ("/", "GET"),
    ];
    for (path, offered) in routes {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "EVE"] {
            if offered.split(' ').any(|one| one == method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = read(app.machine.request(method.clone(), app.at(path))).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(answer.header("allow").contains(offered.split(' ').next().unwrap()), "{method} {path}");
        }
    }
}

async fn an_unknown_path_is_a_page_with_a_reference(app: TestApp) {
    for path in [
        "/nowhere",
        "/login/",
        "/LOGIN",
        "/token/x",
        "/.git/config",
        "/.env",
        "/admin",
        "/%2e%2e/etc/passwd",
        "//login",
        "/assets/nothing.css",
        "/metrics",
        "/%00",
        "/%ff",
        "/.well-known/nothing",
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        if !path.starts_with("/assets") {
            assert!(page.has("#error"), "{path}");
            assert_eq!(page.words("#reference"), page.header("x-request-id"), "{path}");
        }
    }
    assert_ne!(app.get("/nowhere").await.header("x-request-id"), app.get("/nowhere").await.header("x-request-id"));
}

async fn an_unknown_grant_is_refused(app: TestApp) {
    let client = app.web_client("c1").await;
    for grant in
        ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "", "AUTHORIZATION_CODE", "x y"]
    {
        let answer =
            read(client.post("/token", &[("grant_type", grant), ("username", "dana"), ("password", "x")])).await;
        let expected = if grant.is_empty() { "invalid_request" } else { "unsupported_grant_type" };
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some(expected)), "{grant}");
    }
    let metadata = json!({ "client_id": "few", "client_secret": "s", "redirect_uris": ["https://few.example/cb"] });
    let few = app.client(metadata).await;
    let answer = read(few.post("/token", &[("grant_type", "client_credentials")])).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("unauthorized_client")));
}

async fn parameters_without_sense_go_back_to_the_client(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_type", "nonsense", "unsupported_response_type"),
        ("response_mode", "web_message", "invalid_request"),
        ("scope", "nonsense", "invalid_scope"),
        ("scope", "openid \"", "invalid_scope"),
        ("prompt", "none login", "invalid_request"),
        ("prompt", "nonsense", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "99999999999999999999", "invalid_request"),
        ("claims", "{", "invalid_request"),
        ("claims", "[]", "invalid_request"),
        ("resource", "https://elsewhere.example", "invalid_target"),
        ("request", "x", "invalid_request_object"),
        ("request_uri", "https://c1.example/r", "request_uri_not_supported"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
    ] {
        let asked = client.asks("openid").with(name, value);
        let callback = Visitor::new().open(&asked.url()).await.outside();
        assert_eq!(asked.error(&callback), error, "{name}={value}");
        let description = callback.query_pairs().find(|(name, _)| name == "error_description").unwrap().1.into_owned();
        assert!(description.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\'));
    }
    // Unknown ones are no obstacle, nor is a nonsensical wish.
    let asked = client.asks("openid").with("foo", "bar").with("ui_locales", "xx").with("display", "hologram");
    let visitor = Visitor::new();
    let landing = visitor.open(&asked.with("acr_values", "nonsense").url()).await;
    assert!(matches!(landing, Landing::Page(_)));
    assert!(arrive(&visitor, &dana, landing).await.as_str().contains("code="));
}
