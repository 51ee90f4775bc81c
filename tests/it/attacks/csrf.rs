//! Forms of other sites do nothing (R-29, R-71, E-9).

use reqwest::{Method, RequestBuilder};

use crate::support::{
    app::{Person, TestApp},
    http::{Page, Visitor, read},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    nobody_is_signed_in_by_a_form_of_another_site
    nobody_consents_by_a_form_of_another_site
    nobody_is_signed_out_by_a_form_of_another_site
    a_proof_is_of_use_in_its_own_browser_only
    a_form_from_our_own_page_works_with_and_without_the_browsers_word
    looking_at_a_page_changes_nothing
}

/// What a browser says of a form that comes from somewhere else. An `Origin` of `null` alone tells nothing:
/// browsers say so of our own forms, because our pages send no referrer; the proof decides.
const ELSEWHERE: [(&str, &str); 5] = [
    ("origin", "https://evil.example"),
    ("origin", "http://127.0.0.1:1"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("sec-fetch-site", "something-new"),
];

fn proof_of(page: &Page) -> String {
    let proof = page.attribute("input[name=proof]", "value");
    assert!(proof.len() > 30, "{proof:?}");
    proof
}

fn sign_in_form(app: &TestApp, visitor: &Visitor, person: &Person, proof: &str) -> RequestBuilder {
    let fields = [("username", person.username.as_str()), ("password", &person.password), ("proof", proof)];
    visitor.request(Method::POST, &app.at("/login")).form(&fields)
}

/// Refused, without a session.
fn is_refused(page: &Page, what: &str) {
    assert!(page.status == 403 || page.status == 400, "{what}: {} {}", page.status, page.text());
    assert!(page.has("#error"), "{what}: {}", page.text());
    let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().collect();
    assert!(!cookies.iter().any(|line| line.to_str().unwrap().contains("session")), "{what}: {cookies:?}");
}

async fn nobody_is_signed_in_by_a_form_of_another_site(app: TestApp) {
    let (eve, visitor) = (app.person("eve").await, Visitor::new());
    let proof = proof_of(&visitor.get(&app.at("/login")).await);
    for (name, value) in ELSEWHERE {
        is_refused(&read(sign_in_form(&app, &visitor, &eve, &proof).header(name, value)).await, value);
    }
    for wrong in ["", "x", &proof[..proof.len() - 1], &format!("{proof}A"), &proof.to_lowercase()] {
        is_refused(&read(sign_in_form(&app, &visitor, &eve, wrong)).await, wrong);
    }
    is_refused(&read(sign_in_form(&app, &Visitor::new(), &eve, &proof)).await, "no cookie");
    assert_eq!(app.count("select count(*) from sessions").await, 0);
}

async fn nobody_consents_by_a_form_of_another_site(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    app.sign_in(&visitor, &dana).await;
    let page = visitor.open(&client.asks("openid email").url()).await.page();
    let (errand, proof) = (page.attribute("input[name=errand]", "value"), proof_of(&page));
    let fields = |proof: &str| {
        let fields = [("decision", "allow"), ("errand", errand.as_str()), ("proof", proof)];
        visitor.request(Method::POST, &app.at("/consent")).form(&fields)
    };
    for (name, value) in ELSEWHERE {
        is_refused(&read(fields(&proof).header(name, value)).await, value);
    }
    is_refused(&read(fields("")).await, "no proof");
    let of_another = proof_of(&Visitor::new().get(&app.at("/login")).await);
    is_refused(&read(fields(&of_another)).await, "the proof of another browser");
    assert_eq!(app.count("select count(*) from consents").await, 0);
    assert!(read(fields(&proof)).await.location().unwrap().as_str().contains("code="));
}

async fn nobody_is_signed_out_by_a_form_of_another_site(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    app.sign_in(&visitor, &dana).await;
    let proof = proof_of(&visitor.get(&app.at("/logout")).await);
    let form = || visitor.request(Method::POST, &app.at("/logout")).form(&[("proof", &proof)]);
    for (name, value) in ELSEWHERE {
        is_refused(&read(form().header(name, value)).await, value);
    }
    assert_eq!(app.count("select count(*) from sessions where ended_at is null").await, 1);
    assert!(read(form()).await.has("#logged-out"));
}

async fn a_proof_is_of_use_in_its_own_browser_only(app: TestApp) {
    let (eve, hers, his) = (app.person("eve").await, Visitor::new(), Visitor::new());
    let (proof, other) = (proof_of(&hers.get(&app.at("/login")).await), proof_of(&his.get(&app.at("/login")).await));
    assert_ne!(proof, other);
    is_refused(&read(sign_in_form(&app, &his, &eve, &proof)).await, "another browser");
    assert_eq!(read(sign_in_form(&app, &his, &eve, &other)).await.status, 303);
}

async fn a_form_from_our_own_page_works_with_and_without_the_browsers_word(app: TestApp) {
    let dana = app.person("dana").await;
    let issuer = app.issuer.clone();
    for headers in
        [vec![], vec![("origin", issuer.as_str()), ("sec-fetch-site", "same-origin")], vec![("sec-fetch-site", "none")]]
    {
        let visitor = Visitor::new();
        let proof = proof_of(&visitor.get(&app.at("/login")).await);
        let form = sign_in_form(&app, &visitor, &dana, &proof);
        let form = headers.iter().fold(form, |form, (name, value)| form.header(*name, *value));
        assert_eq!(read(form).await.status, 303, "{headers:?}");
    }
}

async fn looking_at_a_page_changes_nothing(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    app.sign_in(&visitor, &dana).await;
    let consent = visitor.open(&client.asks("openid").url()).await.page();
    for url in [consent.url.as_str(), &app.at("/logout"), &app.at("/"), &app.at("/login"), &app.at("/end-session")] {
        for method in [Method::GET, Method::HEAD] {
            for _ in 0..3 {
                read(visitor.request(method.clone(), url)).await;
            }
        }
    }
    assert_eq!(app.count("select count(*) from consents").await, 0);
    assert_eq!(app.count("select count(*) from grants").await, 0);
    assert_eq!(app.count("select count(*) from sessions where ended_at is null").await, 1);
}
