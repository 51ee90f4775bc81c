//! The page contract: the paths, names and ids by which scripts sign in. They are a public interface.

use serde_json::json;

use super::basic::{
    flow::assert_error_page,
    people::assert_sign_in_page,
    run::{Mode, Run},
};
use crate::support::{app::TestApp, client::TestClient, on_every_engine_and_scheme};

on_every_engine_and_scheme! {
    authorize_sends_to_the_sign_in_page
    the_sign_in_page_has_one_form
    cancel_goes_back_with_access_denied
    a_wrong_password_stays_on_the_page
    another_language_after_a_wrong_password_is_about_the_same_request
    the_consent_page_names_the_site_and_its_papers
    deny_goes_back_with_access_denied
    agreeing_is_asked_for_once
    an_error_without_redirect_is_at_the_endpoint_itself
    signing_out_is_asked_for
    a_user_name_can_be_changed_at_a_forced_sign_in
    forms_may_end_at_the_site
    no_page_needs_a_script
}

/// A client that has everything that the consent page shows.
async fn with_papers(app: &TestApp) -> TestClient {
    app.client(json!({
        "client_name": "Papers", "redirect_uris": ["https://papers.example/cb"], "require_pkce": false,
        "logo_uri": "https://papers.example/logo.png", "policy_uri": "https://papers.example/policy",
        "tos_uri": "https://papers.example/terms",
    }))
    .await
}

/// No page is ever drawn at the authorize URL: 302 or 303, and then `/login`, `/consent`, `/select`.
async fn authorize_sends_to_the_sign_in_page(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let answer = run.browser.get(&run.asks("openid").url()).await;
    assert!(matches!(answer.status.as_u16(), 302 | 303), "{}", answer.status);
    assert!(answer.location().unwrap().as_str().starts_with(&run.app.at("/login?")), "{:?}", answer.location());
    assert_eq!(answer.header("cache-control"), "no-store");
    run.complete(&run.asks("openid")).await;
    for (name, value, path) in
        [("prompt", "consent", "/consent"), ("prompt", "select_account", "/select"), ("prompt", "login", "/login")]
    {
        let page = run.page(&run.asks("openid").with(name, value)).await;
        assert_eq!((page.status.as_u16(), page.url.path()), (200, path), "{name}={value}");
    }
}

async fn the_sign_in_page_has_one_form(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let page = run.page(&run.asks("openid")).await;
    assert_sign_in_page(&page);
    for (selector, count) in [
        ("form", 1),
        ("input[name=username]", 1),
        ("input[name=password][type=password]", 1),
        ("button[type=submit]", 1),
        ("form input:not([type=hidden])", 2),
        ("#cancel", 1),
    ] {
        assert_eq!(count_of(&page.body, selector), count, "{selector}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-frame-options"), "DENY");
}

fn count_of(body: &str, selector: &str) -> usize {
    scraper::Html::parse_document(body).select(&scraper::Selector::parse(selector).unwrap()).count()
}

async fn cancel_goes_back_with_access_denied(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for run in [run.in_mode(Mode::FormPost), run] {
        let asked = run.asks("openid");
        let page = run.page(&asked).await;
        let cancel = page.url.join(&page.attribute("#cancel", "href")).unwrap();
        let landing = run.browser.open(cancel.as_str()).await;
        assert_eq!(run.read(&asked, landing).error(), "access_denied");
    }
}

async fn a_wrong_password_stays_on_the_page(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let asked = run.asks("openid");
    let page = run.page(&asked).await;
    let wrong = [("username", "dana"), ("password", "wrong")];
    let again = run.browser.press(&page, "button[type=submit]", &wrong).await.page();
    assert_eq!((again.status.as_u16(), again.url.path()), (422, "/login"));
    assert_eq!(again.attribute("input[name=username]", "value"), "dana");
    assert_eq!(again.attribute("input[name=password]", "value"), "");
    assert!(again.has("[role=alert]") && again.has("#cancel"));
    let landing = run.browser.press(&again, "button[type=submit]", &run.typed()).await;
    run.arrive(&asked, landing).await;
}

async fn another_language_after_a_wrong_password_is_about_the_same_request(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let asked = run.asks("openid");
    let wrong = [("username", "dana"), ("password", "wrong")];
    let again = run.browser.press(&run.page(&asked).await, "button[type=submit]", &wrong).await.page();
    let address = run.app.at(&again.attribute("a[hreflang=es]", "href"));
    let spanish = run.browser.open(&address).await.page();
    assert_eq!(spanish.attribute("html", "lang"), "es");
    let landing = run.browser.press(&spanish, "button[type=submit]", &run.typed()).await;
    run.arrive(&asked, landing).await;
}

async fn the_consent_page_names_the_site_and_its_papers(app: TestApp) {
    let client = with_papers(&app).await;
    let run = Run::start(app, Mode::Query).await.with_client(client);
    let page = run.page(&run.asks("openid profile email phone")).await;
    let consent = run.browser.press(&page, "button[type=submit]", &run.typed()).await.page();
    assert_eq!((consent.status.as_u16(), consent.url.path()), (200, "/consent"));
    assert!(consent.has("button#allow") && consent.has("button#deny"));
    assert_eq!(consent.attribute("main img", "src"), "https://papers.example/logo.png");
    assert_eq!(consent.attribute("#policy", "href"), "https://papers.example/policy");
    assert_eq!(consent.attribute("#terms", "href"), "https://papers.example/terms");
    let images = directive(consent.header("content-security-policy"), "img-src");
    assert!(images.contains(&"https://papers.example".to_owned()), "the browser may load the logo: {images:?}");
    let words = consent.words("main");
    for word in ["Papers", "Dana Whitfield", "https://papers.example", "name", "email address", "phone number"] {
        assert!(words.contains(word), "{word}: {words}");
    }
}

fn directive(policy: &str, name: &str) -> Vec<String> {
    let found = policy.split(';').map(str::trim).find_map(|one| one.strip_prefix(name));
    found.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

async fn deny_goes_back_with_access_denied(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for run in [run.in_mode(Mode::FormPost), run] {
        let asked = run.asks("openid").with("prompt", "consent");
        let mut page = run.page(&asked).await;
        if page.has("input[name=password]") {
            page = run.browser.press(&page, "button[type=submit]", &run.typed()).await.page();
        }
        let landing = run.browser.press(&page, "#deny", &[]).await;
        assert_eq!(run.read(&asked, landing).error(), "access_denied");
    }
}

/// What was agreed to is remembered; more than that, and claims by name, are asked for again.
async fn agreeing_is_asked_for_once(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    run.complete(&run.asks("openid email")).await;
    run.silent(&run.asks("openid email")).await;
    run.silent(&run.asks("openid")).await;
    for asked in [
        run.asks("openid email phone"),
        run.asks("openid").with("claims", r#"{"userinfo":{"phone_number":null}}"#),
        run.asks("openid").with("claims", r#"{"id_token":{"address":null}}"#),
    ] {
        assert!(run.page(&asked).await.has("#allow"), "{:?}", asked.params);
        let silent = run.silent(&asked.with("prompt", "none")).await;
        assert_eq!(silent.error(), "consent_required");
    }
    let in_scope = run.asks("openid").with("claims", r#"{"id_token":{"email":{"essential":true}}}"#);
    assert_eq!(run.complete(&in_scope).await.id["email"], run.dana.email);
}

async fn an_error_without_redirect_is_at_the_endpoint_itself(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    for asked in [
        run.asks("openid").with("client_id", "nobody"),
        run.asks("openid").without("client_id"),
        run.asks("openid").with("redirect_uri", "https://one.example/cb/"),
    ] {
        assert_error_page(&run.browser.get(&asked.url()).await);
    }
    let several = json!({ "redirect_uris": ["https://x.example/a", "https://x.example/b"], "require_pkce": false });
    let several = run.app.client(several).await.asks("openid").without("redirect_uri");
    assert_error_page(&run.browser.get(&several.url()).await);
    let twice = format!("{}&client_id=one", run.asks("openid").url());
    assert_error_page(&run.browser.get(&twice).await);
    let page = run.browser.get(&run.app.at("/end-session?state=1&state=2")).await;
    assert_eq!((page.status.as_u16(), page.url.path()), (400, "/end-session"));
    assert!(page.has("#error"));
}

async fn signing_out_is_asked_for(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    run.complete(&run.asks("openid")).await;
    let question = run.browser.get(&run.app.at("/end-session")).await;
    assert_eq!((question.status.as_u16(), question.url.path()), (200, "/end-session"));
    assert!(question.has("button#logout") && !question.has("#logged-out"));
    let page = run.browser.press(&question, "#logout", &[]).await.page();
    assert!(page.has("#logged-out") && page.url.as_str().starts_with(&run.app.issuer), "{}", page.url);
    assert_eq!(run.silent(&run.asks("openid").with("prompt", "none")).await.error(), "login_required");
    let nobody = run.browser.get(&run.app.at("/end-session")).await;
    assert!(nobody.has("#logged-out"), "nobody is signed in, so nothing is asked");
}

/// Somebody else may sign in instead: then it is their subject that the client gets.
async fn a_user_name_can_be_changed_at_a_forced_sign_in(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let first = run.complete(&run.asks("openid")).await;
    let lee = run.app.person("lee").await;
    let asked = run.asks("openid").with("prompt", "login");
    let page = run.page(&asked).await;
    assert_sign_in_page(&page);
    let typed = [("username", lee.username.as_str()), ("password", lee.password.as_str())];
    let landing = run.browser.press(&page, "button[type=submit]", &typed).await;
    let answer = run.arrive(&asked, landing).await;
    let second = run.redeem(&asked, &answer).await;
    assert_ne!(second.id["sub"], first.id["sub"]);
    assert_ne!(second.id["sid"], first.id["sid"]);
}

/// Chromium holds `form-action` against the redirects after a post: each page on the way names the site's origin.
async fn forms_may_end_at_the_site(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let sign_in = run.page(&run.asks("openid")).await;
    let consent = run.browser.press(&sign_in, "button[type=submit]", &run.typed()).await.page();
    let select = run.page(&run.asks("openid").with("prompt", "select_account")).await;
    for page in [sign_in, consent, select] {
        let policy = page.header("content-security-policy");
        assert_eq!(directive(policy, "form-action"), ["'self'", "https://one.example"], "{}", page.url);
        assert_eq!(directive(policy, "frame-ancestors"), ["'none'"], "{}", page.url);
    }
}

async fn no_page_needs_a_script(app: TestApp) {
    let run = Run::start(app, Mode::Query).await;
    let sign_in = run.page(&run.asks("openid")).await;
    let consent = run.browser.press(&sign_in, "button[type=submit]", &run.typed()).await.page();
    run.browser.press(&consent, "#allow", &[]).await.outside();
    let select = run.page(&run.asks("openid").with("prompt", "select_account")).await;
    let question = run.browser.get(&run.app.at("/logout")).await;
    let signed_out = run.browser.press(&question, "#logout", &[]).await.page();
    for page in [sign_in, consent, select, question, signed_out] {
        assert!(!page.has("script") && !page.body.contains(" onclick="), "{}", page.url);
    }
}
