//! Signing in: what works, and what is refused.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use crate::provider::{CLIENT_ID, Lie, Provider, Signature, now};
use crate::world::{Browser, World, listener, parameter, start_site};

#[tokio::test]
async fn a_person_signs_in_and_the_site_shows_what_connex_says() {
    let world = World::new().await;
    let page = world.sign_in().await;
    assert_eq!((page.status, page.url.path()), (200, "/"), "{}", page.text);
    for fact in
        ["dana@northline.example", ">verified<", "Northline Hauling LLC", ">Founder<", ">approved<", "bidder", "pwd"]
    {
        assert!(page.text.contains(fact), "{fact} is missing in {}", page.text);
    }
    assert!(
        page.text.contains(r#"<dd id="person-name">Dana &#60;b&#62;Whitfield"#),
        "a name is no markup: {}",
        page.text
    );
}

#[tokio::test]
async fn the_secret_can_be_shown_in_the_form() {
    let world = World::new().await;
    let site = start_site(&world.provider.issuer, "client_secret_post").await;
    let page = world.dana.open(site.join("/auth/connex/login").unwrap()).await;
    assert!(page.text.contains("Northline"), "{}", page.text);
}

#[tokio::test]
async fn the_request_carries_pkce_state_nonce_and_the_wanted_scopes() {
    let world = World::new().await;
    let request = world.dana.step(world.url("/auth/connex/login")).await.location();
    let asked = |name| parameter(&request, name).unwrap_or_default();
    assert_eq!(asked("response_type"), "code");
    assert_eq!(asked("code_challenge_method"), "S256");
    assert_eq!(asked("scope"), "openid profile email organization sites");
    assert_eq!(asked("redirect_uri"), world.url("/auth/connex/callback").as_str());
    for random in ["state", "nonce", "code_challenge"] {
        assert_eq!(asked(random).len(), 43, "256 bits of {random}");
    }
}

#[tokio::test]
async fn a_deep_link_leads_back_to_the_same_page() {
    let world = World::new().await;
    let page = world.dana.open(world.url("/documents?page=2")).await;
    assert_eq!((page.url.path(), page.url.query()), ("/documents", Some("page=2")));
    assert_eq!(page.text, "documents for person-dana");
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    let world = World::new().await;
    for place in ["https://evil.example/", "//evil.example/", "/\\evil.example"] {
        let mut url = world.url("/auth/connex/login");
        url.query_pairs_mut().append_pair("return_to", place);
        let page = world.dana.open(url).await;
        assert_eq!((page.url.origin(), page.url.path()), (world.site.origin(), "/"), "{place}");
    }
}

#[tokio::test]
async fn several_tabs_can_sign_in_at_once() {
    let world = World::new().await;
    let one = world.dana.step(world.url("/auth/connex/login?return_to=/documents")).await.location();
    let two = world.dana.step(world.url("/auth/connex/login?return_to=/")).await.location();
    assert_eq!(world.dana.open(two).await.url.path(), "/");
    assert_eq!(world.dana.open(one).await.url.path(), "/documents");
}

#[tokio::test]
async fn tabs_left_half_way_do_not_pile_up() {
    let world = World::new().await;
    for _ in 0..12 {
        world.dana.step(world.url("/auth/connex/login")).await;
    }
    let page = world.dana.step(world.url("/auth/connex/login")).await;
    let removed = page.headers.get_all("set-cookie").iter().filter(|line| line.to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(removed.count(), 1);
    assert_eq!(world.sign_in().await.status, 200);
}

#[tokio::test]
async fn the_session_is_a_new_one_after_each_sign_in() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let back = world.dana.step(world.url("/auth/connex/login")).await.location();
        let callback = world.dana.step(back).await.location();
        let page = world.dana.step(callback).await;
        let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
        let session = cookies.iter().find(|line| line.contains("-session=")).unwrap().to_string();
        assert!(session.contains("; HttpOnly; SameSite=Lax"), "{session}");
        ids.push(session);
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_new_signing_key_is_learned() {
    let world = World::new().await;
    world.sign_in().await;
    world.provider.rotate_key();
    assert!(world.sign_in().await.text.contains("Northline"));
}

#[tokio::test]
async fn what_the_id_token_leaves_out_is_asked_of_userinfo() {
    let world = World::with(Lie::Claim("name", json!(null))).await;
    assert!(world.sign_in().await.text.contains("Dana of userinfo"));
}

#[tokio::test]
async fn a_userinfo_answer_about_somebody_else_is_not_shown() {
    let world = World::with(Lie::Claim("name", json!(null))).await;
    world.provider.tell(Lie::UserinfoSub("person-eve"));
    assert!(!world.sign_in().await.text.contains("Dana of userinfo"));
}

/// Nobody is signed in by a lie, and the person is told so on a page that offers to try again.
async fn is_refused(lie: Lie) {
    let world = World::with(lie).await;
    let page = world.sign_in().await;
    assert!((400..600).contains(&page.status), "{page:?}");
    assert!(page.text.contains(r#"id="error""#) && page.text.contains("/auth/connex/login"), "{page:?}");
    assert!(!world.is_signed_in().await);
}

macro_rules! refused {
    ($($name:ident: $lie:expr;)*) => {
        $(#[tokio::test] async fn $name() { is_refused($lie).await; })*
    };
}

refused! {
    an_id_token_for_another_client_is_refused: Lie::Claim("aud", json!("another-client"));
    an_id_token_for_others_too_is_refused: Lie::Claim("aud", json!([CLIENT_ID, "another-client"]));
    an_id_token_that_names_the_client_twice_is_refused: Lie::Claim("aud", json!([CLIENT_ID, CLIENT_ID]));
    an_id_token_for_nobody_is_refused: Lie::Claim("aud", json!(null));
    an_id_token_issued_to_another_client_is_refused: Lie::Claim("azp", json!("another-client"));
    an_id_token_of_another_issuer_is_refused: Lie::Claim("iss", json!("https://evil.example"));
    an_id_token_without_an_issuer_is_refused: Lie::Claim("iss", json!(null));
    an_expired_id_token_is_refused: Lie::Claim("exp", json!(now() - 10));
    an_id_token_without_an_end_is_refused: Lie::Claim("exp", json!(null));
    an_old_id_token_is_refused: Lie::Claim("iat", json!(now() - 3600));
    an_id_token_of_the_future_is_refused: Lie::Claim("iat", json!(now() + 120));
    an_id_token_for_another_sign_in_is_refused: Lie::Claim("nonce", json!("another-nonce"));
    an_id_token_without_a_nonce_is_refused: Lie::Claim("nonce", json!(null));
    an_id_token_for_another_access_token_is_refused: Lie::Claim("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"));
    an_id_token_for_no_person_is_refused: Lie::Claim("sub", json!(null));
    an_unsigned_id_token_is_refused: Lie::Signature(Signature::None);
    an_id_token_signed_by_another_key_is_refused: Lie::Signature(Signature::ByAnotherKey);
    an_id_token_signed_by_an_unpublished_key_is_refused: Lie::Signature(Signature::ByUnknownKey);
    an_id_token_signed_with_the_public_key_as_secret_is_refused: Lie::Signature(Signature::HmacWithPublicKey);
    an_id_token_signed_with_the_client_secret_is_refused: Lie::Signature(Signature::HmacWithClientSecret);
    a_logout_token_is_no_id_token: Lie::Header("typ", json!("logout+jwt"));
    an_access_token_is_no_id_token: Lie::Header("typ", json!("at+jwt"));
    an_id_token_with_critical_headers_is_refused: Lie::Header("crit", json!(["exp"]));
    an_answer_with_another_state_is_refused: Lie::Answer("state", Some("another-state"));
    an_answer_without_a_state_is_refused: Lie::Answer("state", None);
    an_answer_of_another_issuer_is_refused: Lie::Answer("iss", Some("https://evil.example"));
    an_answer_of_nearly_the_issuer_is_refused: Lie::Answer("iss", Some("http://127.0.0.1/"));
    an_answer_without_an_issuer_is_refused: Lie::Answer("iss", None);
    an_answer_without_a_code_is_refused: Lie::Answer("code", None);
    an_answer_with_an_unknown_code_is_refused: Lie::Answer("code", Some("guessed"));
    a_cancelled_sign_in_is_told: Lie::Answer("error", Some("access_denied"));
    a_sign_in_that_needs_the_person_is_told: Lie::Answer("error", Some("login_required"));
}

#[tokio::test]
async fn an_error_in_the_name_of_another_issuer_is_not_repeated() {
    let world = World::with(Lie::Answer("iss", Some("https://evil.example"))).await;
    world.provider.tell(Lie::Answer("error", Some("access_denied")));
    world.provider.tell(Lie::Answer("error_description", Some("Call 555-0100 at once")));
    assert!(!world.sign_in().await.text.contains("555-0100"));
}

#[tokio::test]
async fn another_browser_cannot_finish_a_sign_in() {
    let world = World::new().await;
    let back = world.dana.step(world.url("/auth/connex/login")).await.location();
    let callback = world.dana.step(back).await.location();
    let victim = Browser::new();
    let page = victim.open(callback).await;
    assert_eq!(page.status, 400);
    assert_eq!(victim.open(world.url("/")).await.text, "signed out");
}

#[tokio::test]
async fn a_callback_counts_once() {
    let world = World::new().await;
    let back = world.dana.step(world.url("/auth/connex/login")).await.location();
    let callback = world.dana.step(back).await.location();
    assert_eq!(world.dana.step(callback.clone()).await.status, 303);
    assert_eq!(world.dana.step(callback).await.status, 400);
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused() {
    let world = World::new().await;
    let back = world.dana.step(world.url("/auth/connex/login")).await.location();
    let mut callback = world.dana.step(back).await.location();
    callback.query_pairs_mut().append_pair("code", "another");
    assert_eq!(world.dana.step(callback).await.status, 400);
}

#[tokio::test]
async fn a_site_starts_before_connex_and_says_so() {
    let reserved = listener().await;
    let address = reserved.local_addr().unwrap();
    drop(reserved);
    let site = start_site(&format!("http://{address}"), "client_secret_basic").await;
    let dana = Browser::new();
    let page = dana.open(site.join("/auth/connex/login").unwrap()).await;
    assert_eq!(page.status, 503);
    assert!(page.text.contains("ConneX cannot be reached") && page.text.contains("retry: /auth/connex/login"));
    assert_eq!(dana.open(site.clone()).await.status, 200);

    Provider::start(TcpListener::bind(address).await.unwrap()).await;
    // A failure is remembered for a second, so that waiting people do not queue.
    let signed_in = async {
        loop {
            let page = dana.open(site.join("/auth/connex/login").unwrap()).await;
            if page.status != 503 {
                return page;
            }
        }
    };
    let page = tokio::time::timeout(Duration::from_secs(10), signed_in).await.unwrap();
    assert!(page.text.contains("Northline"), "{}", page.text);
}

#[tokio::test]
async fn every_page_is_guarded() {
    let world = World::new().await;
    for path in ["/", "/documents", "/no-such-page", "/auth/connex/callback"] {
        let page = world.dana.step(world.url(path)).await;
        let policy = page.header("content-security-policy");
        let form_action = format!("form-action 'self' {};", world.provider.issuer);
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; ") && policy.contains(&form_action),
            "{policy}"
        );
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
    }
}
