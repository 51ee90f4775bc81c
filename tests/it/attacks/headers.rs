//! Headers of requests that lie, and headers of answers that protect (1.5).

use reqwest::{Method, RequestBuilder};

use crate::support::{
    app::TestApp,
    http::{Page, Visitor, read},
    on_every_engine_and_scheme,
};

on_every_engine_and_scheme! {
    x13_no_other_origin_reads_what_is_a_persons
    x14_an_unknown_host_is_not_served
    x15_the_metadata_follow_no_header
    x14_no_page_follows_a_header
    x21_nobody_frames_a_page_and_forms_end_where_they_should
    x22_nothing_of_a_person_is_kept_in_a_cache
    r69_every_answer_has_the_headers_that_protect
}

const PUBLIC: [&str; 3] =
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks.json"];
const PAGES: [&str; 8] =
    ["/", "/login", "/authorize", "/logout", "/end-session", "/consent?errand=x", "/select?errand=x", "/nowhere"];
const ENDPOINTS: [&str; 5] = ["/token", "/userinfo", "/introspect", "/revoke", "/par"];

fn cors(page: &Page) -> Vec<String> {
    let names = page.headers.keys().map(|name| name.as_str().to_owned());
    names.filter(|name| name.starts_with("access-control-")).collect()
}

async fn x13_no_other_origin_reads_what_is_a_persons(app: TestApp) {
    let own = app.issuer.clone();
    for origin in ["https://evil.example", "null", "https://c1.example", own.as_str()] {
        let from = |method: Method, path: &str| {
            let request = app.machine.request(method, app.at(path)).header("origin", origin);
            request.header("access-control-request-method", "POST")
        };
        for path in PUBLIC {
            let page = read(from(Method::GET, path)).await;
            assert_eq!(cors(&page), ["access-control-allow-origin"], "{path}");
            assert_eq!(page.header("access-control-allow-origin"), "*");
        }
        for path in PAGES.iter().chain(&ENDPOINTS) {
            for method in [Method::GET, Method::POST, Method::OPTIONS] {
                let page = read(from(method.clone(), path)).await;
                assert_eq!(cors(&page), Vec::<String>::new(), "{method} {path} for {origin}");
            }
        }
    }
}

async fn x14_an_unknown_host_is_not_served(app: TestApp) {
    if app.setting.https {
        // Over HTTP/2 the host stands in the address; the client of these tests cannot lie there.
        return;
    }
    let port = app.issuer.rsplit(':').next().unwrap().to_owned();
    for host in
        ["evil.example", "127.0.0.1", "127.0.0.1:1", &format!("localhost:{port}"), "127.0.0.1.evil.example", "x y"]
    {
        for path in PUBLIC.iter().chain(&PAGES) {
            let page = read(app.machine.get(app.at(path)).header("host", host)).await;
            assert_eq!(page.status, 421, "{host} {path}");
            assert!(!page.body.contains(host) && page.header("location").is_empty());
        }
    }
    assert_eq!(read(app.machine.get(app.at("/livez")).header("host", "10.0.0.1")).await.status, 200);
}

/// Everything by which a proxy, or somebody who plays one, names another host or scheme.
fn with_lies(request: RequestBuilder) -> RequestBuilder {
    let lies = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-server", "evil.example"),
        ("x-forwarded-prefix", "/evil"),
        ("x-forwarded-scheme", "gopher"),
        ("x-original-host", "evil.example"),
        ("x-original-url", "/evil"),
        ("x-rewrite-url", "/evil"),
        ("x-host", "evil.example"),
        ("x-http-method-override", "DELETE"),
        ("forwarded", "for=evil;host=evil.example;proto=gopher"),
        ("referer", "https://evil.example/"),
        ("origin", "https://evil.example"),
    ];
    lies.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

async fn x15_the_metadata_follow_no_header(app: TestApp) {
    for path in PUBLIC {
        let plain = read(app.machine.get(app.at(path))).await;
        let lied = read(with_lies(app.machine.get(app.at(path)))).await;
        assert_eq!((plain.status, &plain.body), (lied.status, &lied.body), "{path}");
        assert_eq!(plain.header("etag"), lied.header("etag"));
        assert_eq!(plain.header("cache-control"), "public, max-age=300");
    }
    let metadata = app.get(PUBLIC[0]).await.json();
    assert_eq!(metadata["issuer"], app.issuer);
    let own = format!("{}/", app.issuer);
    for (name, value) in metadata.as_object().unwrap() {
        let is_address = name.ends_with("_endpoint") || name.ends_with("_uri");
        assert!(!is_address || value.as_str().unwrap().starts_with(&own), "{name}: {value}");
    }
}

async fn x14_no_page_follows_a_header(app: TestApp) {
    let client = app.web_client("c1").await;
    let urls = PAGES.iter().map(|path| app.at(path)).chain([client.asks("openid").url()]);
    for url in urls {
        let page = read(with_lies(app.machine.get(&url))).await;
        assert!(!page.body.contains("evil") && !page.body.contains("gopher"), "{url}");
        let headers = format!("{:?}", page.headers);
        assert!(!headers.contains("evil") && !headers.contains("gopher"), "{url} {headers}");
    }
}

/// The words of a directive of the page's policy.
fn directive(page: &Page, name: &str) -> Vec<String> {
    let policy = page.header("content-security-policy").to_owned();
    let found: Vec<_> = policy.split("; ").filter(|one| one.split(' ').next() == Some(name)).collect();
    assert_eq!(found.len(), 1, "{name} in {policy:?} at {}", page.url);
    found[0].split(' ').skip(1).map(str::to_owned).collect()
}

async fn x21_nobody_frames_a_page_and_forms_end_where_they_should(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    for path in PAGES {
        let page = visitor.open(&app.at(path)).await.page();
        assert_eq!(directive(&page, "frame-ancestors"), ["'none'"], "{path}");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(directive(&page, "form-action"), ["'self'"], "{path}");
    }
    let sign_in = visitor.open(&client.asks("openid").url()).await.page();
    let typed = [("username", dana.username.as_str()), ("password", dana.password.as_str())];
    let consent = visitor.press(&sign_in, "button[type=submit]", &typed).await.page();
    assert!(consent.has("#allow"));
    let select = visitor.open(&client.asks("openid").with("prompt", "select_account").url()).await.page();
    visitor.press(&consent, "#allow", &[]).await.outside();
    let posting = client.asks("openid").with("response_mode", "form_post").with("prompt", "none");
    let posting = visitor.open(&posting.url()).await.page();
    for page in [sign_in, consent, select, posting] {
        assert_eq!(directive(&page, "form-action"), ["'self'", "https://c1.example"], "{}", page.url);
        assert_eq!(directive(&page, "frame-ancestors"), ["'none'"]);
        assert_eq!(directive(&page, "base-uri"), ["'none'"]);
        assert_eq!(directive(&page, "script-src"), ["'self'"]);
    }
}

async fn x22_nothing_of_a_person_is_kept_in_a_cache(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let tokens = client.sign_in(&visitor, &dana, "openid offline_access").await;
    for path in PAGES {
        let page = visitor.get(&app.at(path)).await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    let redirect = visitor.get(&client.asks("openid").with("prompt", "none").url()).await;
    assert_eq!((redirect.status.as_u16(), redirect.header("cache-control")), (303, "no-store"));
    let refreshed = client.refresh(tokens.get("refresh_token")).await;
    assert_eq!((refreshed.header("cache-control"), refreshed.header("pragma")), ("no-store", "no-cache"));
    let access = tokens.get("access_token");
    assert_eq!(client.userinfo(access).await.header("cache-control"), "no-store");
    let others = [("/introspect", "token", access), ("/revoke", "token", "x"), ("/token", "grant_type", "x")];
    for (path, name, value) in others {
        assert_eq!(read(client.post(path, &[(name, value)])).await.header("cache-control"), "no-store", "{path}");
    }
    let question = visitor.get(&app.at("/logout")).await;
    let answer = visitor.press_once(&question, "#logout", &[]).await;
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.has("#person") && !visitor.get(&app.at("/")).await.has("#person"), "Back shows nothing");
}

async fn r69_every_answer_has_the_headers_that_protect(app: TestApp) {
    for path in PUBLIC.iter().chain(&PAGES).chain(&ENDPOINTS).chain(&["/livez"]) {
        let page = app.get(path).await;
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(page.header("strict-transport-security").is_empty(), !app.setting.https, "{path}");
        assert!(page.header("server").is_empty() && page.header("x-powered-by").is_empty(), "{path}");
    }
}
