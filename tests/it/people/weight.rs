//! The pages on the way in weigh little: two requests, 14 KB on the wire, headers included, 6 KB of HTML.

use connex::sites::Family;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{
    app::{SQLITE, TestApp},
    http::{Page, Visitor},
};

/// All bytes of an answer, as a browser gets them that understands gzip.
async fn bytes_of(app: &TestApp, path: &str) -> usize {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip, br, zstd\r\nConnection: close\r\n\r\n",
        app.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"), "{path}: {}", String::from_utf8_lossy(&answer));
    answer.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sign_in_page_is_two_requests_and_14_kilobytes() {
    let app = TestApp::start(SQLITE).await;
    let client = app.web_client("c1").await;
    let page = Visitor::new().open(&client.asks("openid").url()).await.page();
    let query = format!("/login?{}", page.url.query().unwrap());
    for more in ["script", "img", "iframe", "link:not([rel=stylesheet])", "style", "object", "link ~ link"] {
        assert!(!page.has(more), "one more request, or an inline style: {more}");
    }
    let stylesheet = page.attribute("link[rel=stylesheet]", "href");
    let total = bytes_of(&app, &query).await + bytes_of(&app, &stylesheet).await;
    assert!(total <= 14 * 1024, "{total} bytes");
}

#[tokio::test]
async fn the_sign_in_page_has_at_most_6_kilobytes_of_html() {
    let app = TestApp::start(SQLITE).await;
    for language in ["en", "es"] {
        let page = app.get(&format!("/login?lang={language}")).await;
        assert!(page.body.len() <= 6 * 1024, "{} bytes", page.body.len());
    }
}

/// The sign-in page for what the sites of agencies ask: state, nonce, PKCE, scopes, claims by name.
async fn for_a_site(app: &TestApp, visitor: &Visitor, language: &str) -> Page {
    let url = "http://127.0.0.1:7101/permits";
    let (_, client) = app.site(Family::OneOffice, "Marlow County Highway Department", url, false).await;
    let claims = r#"{"id_token":{"name":null,"preferred_username":null,"email":null,"email_verified":null,"auth_time":null,"acr":null}}"#;
    let scope = "openid profile email address phone offline_access organization sites";
    let asked = client.asks(scope).with("claims", claims).with("login_hint", "dana.whitfield@northline.example");
    visitor.open(&asked.with("ui_locales", language).url()).await.page()
}

#[tokio::test]
async fn the_pages_reached_from_a_site_have_at_most_6_kilobytes_of_html() {
    let app = TestApp::start(SQLITE).await;
    for language in ["en", "es"] {
        let visitor = Visitor::new();
        let page = for_a_site(&app, &visitor, language).await;
        assert!(page.has(&format!("html[lang={language}]")) && page.has("#cancel") && page.has("#agency"));
        let wrong = visitor.press(&page, "button[type=submit]", &[("password", "wrong")]).await.page();
        let mut pages = vec![("sign-in, wrong", wrong)];
        for link in ["#signup", "#forgot"] {
            let address = page.url.join(&page.attribute(link, "href")).unwrap();
            pages.push((link, visitor.open(address.as_str()).await.page()));
        }
        let sent = visitor.press(&pages[2].1, "#send", &[]).await.page();
        pages.extend([("recovery, sent", sent), ("sign-in", page)]);
        for (name, page) in pages {
            assert!(page.body.len() <= 6 * 1024, "{name} in {language}: {} bytes", page.body.len());
            assert!(page.body.contains("errand"), "{name} keeps what the site asked for");
        }
    }
}

#[tokio::test]
async fn the_stylesheet_is_kept_by_browsers_for_ever() {
    let app = TestApp::start(SQLITE).await;
    let page = app.get("/login").await;
    let stylesheet = app.get(&page.attribute("link[rel=stylesheet]", "href")).await;
    assert!(stylesheet.header("cache-control").contains("immutable"), "{}", stylesheet.header("cache-control"));
    assert!(stylesheet.body.len() <= 12 * 1024);
}
