//! Signing out: here first, then at ConneX.

use crate::provider::CLIENT_ID;
use crate::world::{World, parameter};

#[tokio::test]
async fn signing_out_ends_the_session_here_and_goes_on_to_connex() {
    let world = World::new().await;
    world.sign_in().await;
    let page = world.dana.post(world.url("/logout"), &[("sec-fetch-site", "same-origin")], &[]).await;
    assert!(!world.is_signed_in().await);

    let there = page.location();
    assert!(there.as_str().starts_with(&format!("{}/end-session?", world.provider.issuer)), "{there}");
    assert_eq!(parameter(&there, "client_id").as_deref(), Some(CLIENT_ID));
    assert_eq!(parameter(&there, "post_logout_redirect_uri").as_deref(), Some(world.url("/").as_str()));
    assert_eq!(parameter(&there, "id_token_hint").unwrap().split('.').count(), 3);

    let state = parameter(&there, "state").unwrap();
    assert_eq!(world.dana.open(world.url(&format!("/?state={state}"))).await.text, "signed out at ConneX too");
    assert_eq!(world.dana.open(world.url("/?state=guessed")).await.text, "signed out");
}

#[tokio::test]
async fn another_site_cannot_sign_a_person_out() {
    let world = World::new().await;
    world.sign_in().await;
    let own = world.site.origin().ascii_serialization();
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![],
    ] {
        assert_eq!(world.dana.post(world.url("/logout"), &headers, &[]).await.status, 403, "{headers:?}");
    }
    assert!(world.is_signed_in().await);
    assert_eq!(world.dana.step(world.url("/logout")).await.status, 405);
    assert_eq!(world.dana.post(world.url("/logout"), &[("origin", own.as_str())], &[]).await.status, 303);
    assert!(!world.is_signed_in().await);
}

#[tokio::test]
async fn signing_out_twice_leads_home() {
    let world = World::new().await;
    let page = world.dana.post(world.url("/logout"), &[("sec-fetch-site", "same-origin")], &[]).await;
    assert_eq!(page.location(), world.url("/"));
}
