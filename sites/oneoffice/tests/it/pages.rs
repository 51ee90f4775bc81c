//! The plan room's pages as somebody sees them who is not signed in, while ConneX is down.

use reqwest::Client;
use reqwest::redirect::Policy;
use sample_oneoffice::Settings;
use tokio::net::TcpListener;

const JSON: &str = r#"{"name":"Birch <County>","kind":"KIND","url":"http://ADDRESS/","issuer":"http://127.0.0.1:9",
    "client_id":"birch","client_secret":"secret"}"#;

async fn start(kind: &str) -> (String, tokio::task::JoinHandle<anyhow::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let settings = Settings::from_json(&JSON.replace("KIND", kind).replace("ADDRESS", &address)).unwrap();
    let serving = tokio::spawn(sample_oneoffice::serve(settings, listener, std::future::pending()));
    (format!("http://{address}"), serving)
}

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

#[tokio::test]
async fn every_page_has_one_heading_a_skip_link_and_no_script() {
    let (site, _serving) = start("oneoffice").await;
    for (path, status, id) in [
        ("/", 200, "signed-out"),
        ("/login", 200, "login"),
        ("/auth/connex/login", 503, "error"),
        ("/no-such-page", 404, "error"),
    ] {
        let answer = client().get(format!("{site}{path}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let html = answer.text().await.unwrap();
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        assert_eq!(html.matches(&format!(r#"id="{id}""#)).count(), 1, "{path}: {id}");
        assert!(html.contains(r##"<a class="skip" href="#content">"##) && html.contains(r#"<html lang="en">"#));
        assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("<County>"), "{path}");
    }
}

#[tokio::test]
async fn the_button_and_a_protected_page_lead_to_connex() {
    let (site, _serving) = start("oneoffice").await;
    let home = client().get(&site).send().await.unwrap().text().await.unwrap();
    assert!(home.contains(r#"id="login" href="/auth/connex/login?return_to=%2F">Log in with ConneX</a>"#), "{home}");
    let answer = client().get(format!("{site}/documents")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    assert_eq!(answer.headers()["location"], "/auth/connex/login?return_to=%2Fdocuments");
}

#[tokio::test]
async fn the_registration_of_another_kind_of_site_is_refused() {
    let (_, serving) = start("onegov").await;
    assert!(serving.await.unwrap().is_err());
}
