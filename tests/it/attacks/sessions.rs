//! Sessions: fixation, handing over, and what a cookie is worth (1.6).

use reqwest::Method;

use super::{brought_a_code, code_for};
use crate::support::{
    app::{Person, TestApp},
    client::arrive,
    http::{Landing, Page, Visitor, read},
    on_every_engine_and_scheme,
};

on_every_engine_and_scheme! {
    l14_a_flow_that_eve_began_gives_eve_nothing
    l14_a_consent_page_that_was_handed_over_speaks_for_whoever_presses
    l15_a_session_that_the_browser_brought_is_not_used
    l15_each_authentication_has_a_new_cookie
    two_session_cookies_are_none
    a_cookie_is_worth_nothing_after_the_sign_out
    a_guessed_cookie_opens_nothing
    a_session_ends_by_itself
    the_cookie_is_kept_from_scripts_and_other_sites
}

fn cookie_name(app: &TestApp) -> &'static str {
    if app.setting.https { "__Host-connex-session" } else { "connex-session" }
}

/// The `Set-Cookie` line of the session.
fn line(app: &TestApp, answer: &Page) -> Option<String> {
    let lines = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned());
    lines.into_iter().find(|line| line.starts_with(&format!("{}=", cookie_name(app))))
}

fn value(line: &str) -> String {
    line.split(';').next().unwrap().split_once('=').unwrap().1.to_owned()
}

/// Signs in at the page, and gives the value of the session's cookie.
async fn cookie_of(app: &TestApp, visitor: &Visitor, page: &Page, person: &Person) -> String {
    let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
    let answer = visitor.press_once(page, "button[type=submit]", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    value(&line(app, &answer).expect("a session"))
}

/// Who is at home for a request with this `Cookie` header.
async fn person_with(app: &TestApp, cookies: &str) -> Option<String> {
    let page = read(app.machine.get(app.at("/")).header("cookie", cookies)).await;
    assert_eq!(page.status, 200);
    page.has("#person").then(|| page.words("#person"))
}

async fn l14_a_flow_that_eve_began_gives_eve_nothing(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let (eve, victim) = (Visitor::new(), Visitor::new());
    let asked = client.asks("openid");
    let page = eve.open(&asked.url()).await.page();
    // The victim follows a link to the page that Eve was shown, and signs in there.
    let callback = arrive(&victim, &dana, victim.open(page.url.as_str()).await).await;
    assert!(brought_a_code(&Landing::Outside(callback)));
    let resume = page.url.as_str().replace("/login?", "/authorize/resume?");
    for url in [page.url.as_str(), &resume, &asked.url()] {
        let landing = eve.open(url).await;
        assert!(matches!(&landing, Landing::Page(page) if page.has("input[name=password]")), "{url} {landing:?}");
    }
    assert!(!eve.open(&app.at("/")).await.page().has("#person"));
}

async fn l14_a_consent_page_that_was_handed_over_speaks_for_whoever_presses(app: TestApp) {
    let (client, dana, erin) = (app.web_client("c1").await, app.person("dana").await, app.person("erin").await);
    let (hers, his) = (Visitor::new(), Visitor::new());
    app.sign_in(&hers, &dana).await;
    app.sign_in(&his, &erin).await;
    let asked = client.asks("openid");
    let page = hers.open(&asked.url()).await.page();
    let shown = his.open(page.url.as_str()).await.page();
    let callback = his.press(&shown, "#allow", &[]).await.outside();
    let tokens = client.redeem(&asked, &asked.code(&callback)).await.json();
    let userinfo = client.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    let own = client.sign_in(&his, &erin, "openid").await.id_token();
    assert_eq!(userinfo["sub"], own["sub"], "the consent of one person gave the data of another");
    let asks_still = hers.open(&client.asks("openid").url()).await.page();
    assert!(asks_still.has("#allow"), "Dana has agreed to nothing");
}

async fn l15_a_session_that_the_browser_brought_is_not_used(app: TestApp) {
    let (dana, mallory) = (app.person("dana").await, app.person("mallory").await);
    let eve = Visitor::new();
    let page = eve.open(&app.at("/login")).await.page();
    let of_eve = cookie_of(&app, &eve, &page, &mallory).await;
    let name = cookie_name(&app);
    for preset in [of_eve.as_str(), "AAAA", "", "0123456789abcdef0123456789abcdef0123456789ab"] {
        let victim = Visitor::new();
        let with_preset =
            |request: reqwest::RequestBuilder, more: &str| request.header("cookie", format!("{name}={preset}; {more}"));
        let page = read(with_preset(victim.request(Method::GET, &app.at("/login?")), "")).await;
        let page = if page.has("input[name=proof]") {
            page
        } else {
            read(victim.request(Method::GET, &app.at("/login"))).await
        };
        let browser = page.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let proof = page.attribute("input[name=proof]", "value");
        let form = [("username", "dana"), ("password", dana.password.as_str()), ("proof", proof.as_str())];
        let answer = read(with_preset(app.machine.post(app.at("/login")), &browser).form(&form)).await;
        let fresh = value(&line(&app, &answer).unwrap());
        assert_ne!(fresh, preset);
        assert_eq!(person_with(&app, &format!("{name}={fresh}")).await.as_deref(), Some("Dana Whitfield"));
        let left = person_with(&app, &format!("{name}={preset}")).await;
        assert_eq!(left, None, "the preset cookie is somebody now");
    }
}

async fn l15_each_authentication_has_a_new_cookie(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let page = visitor.open(&app.at("/login")).await.page();
    let first = cookie_of(&app, &visitor, &page, &dana).await;
    let page = visitor.open(&client.asks("openid").with("prompt", "login").url()).await.page();
    let second = cookie_of(&app, &visitor, &page, &dana).await;
    assert_ne!(first, second);
    let name = cookie_name(&app);
    assert_eq!(person_with(&app, &format!("{name}={first}")).await, None);
    assert!(person_with(&app, &format!("{name}={second}")).await.is_some());
}

async fn two_session_cookies_are_none(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    let page = visitor.open(&app.at("/login")).await.page();
    let (name, good) = (cookie_name(&app), cookie_of(&app, &visitor, &page, &dana).await);
    assert!(person_with(&app, &format!("other=1; {name}={good}")).await.is_some());
    for twins in [
        format!("{name}={good}; {name}=x"),
        format!("{name}=x; {name}={good}"),
        format!("{name}={good}; {name}={good}"),
    ] {
        assert_eq!(person_with(&app, &twins).await, None, "{twins}");
    }
    // Over https a name without its prefix is anybody's.
    let unprefixed = if app.setting.https { "connex-session" } else { "__Host-connex-session" };
    assert_eq!(person_with(&app, &format!("{unprefixed}={good}")).await, None);
}

async fn a_cookie_is_worth_nothing_after_the_sign_out(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    let page = visitor.open(&app.at("/login")).await.page();
    let cookie = format!("{}={}", cookie_name(&app), cookie_of(&app, &visitor, &page, &dana).await);
    assert!(person_with(&app, &cookie).await.is_some());
    let question = visitor.open(&app.at("/logout")).await.page();
    let answer = visitor.press_once(&question, "#logout", &[]).await;
    let cleared = line(&app, &answer).expect("the cookie is cleared");
    assert!(value(&cleared).is_empty() && cleared.contains("Max-Age=0"), "{cleared}");
    assert_eq!(person_with(&app, &cookie).await, None);
}

async fn a_guessed_cookie_opens_nothing(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    let page = visitor.open(&app.at("/login")).await.page();
    let (name, good) = (cookie_name(&app), cookie_of(&app, &visitor, &page, &dana).await);
    let half = good.len() / 2;
    let other = format!("{}{}", &good[..half], "A".repeat(good.len() - half));
    for guess in
        [&good[..half], &good[half..], &other, &good.to_lowercase(), &format!("{good}A"), "'; --", "%00", "\"\""]
    {
        assert_eq!(person_with(&app, &format!("{name}={guess}")).await, None, "{guess}");
    }
}

async fn a_session_ends_by_itself(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let (idle, used) = (Visitor::new(), Visitor::new());
    app.sign_in(&idle, &dana).await;
    app.sign_in(&used, &dana).await;
    let (most_idle, total) = (app.app.config.sessions.idle, app.app.config.sessions.total);
    for _ in 0..total.as_seconds() / (most_idle.as_seconds() - 600) {
        app.advance(connex::kernel::Lifetime::seconds(most_idle.as_seconds() - 600));
        assert!(used.open(&app.at("/")).await.page().has("#person"));
    }
    assert!(!idle.open(&app.at("/")).await.page().has("#person"));
    app.advance(most_idle);
    let asked = client.asks("openid").with("prompt", "none");
    assert_eq!(asked.error(&used.open(&asked.url()).await.outside()), "login_required");
    assert!(!code_for(&used, &dana, &client.asks("openid")).await.is_empty());
}

async fn the_cookie_is_kept_from_scripts_and_other_sites(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    let page = visitor.open(&app.at("/login")).await.page();
    let fields = [("username", "dana"), ("password", dana.password.as_str())];
    let answer = visitor.press_once(&page, "button[type=submit]", &fields).await;
    let line = line(&app, &answer).unwrap();
    let parts: Vec<&str> = line.split("; ").collect();
    assert!(parts.contains(&"HttpOnly") && parts.contains(&"SameSite=Lax") && parts.contains(&"Path=/"), "{line}");
    assert_eq!(parts.contains(&"Secure"), app.setting.https);
    assert!(!line.contains("Domain") && line.len() < 400, "{line}");
}
