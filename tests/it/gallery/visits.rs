//! The pages between a site and ConneX: sign-in, first visit, choice of account, sign-out; and those for everybody.

use connex::sites::Family;

use crate::support::{app::PASSWORD, gallery::Walk};

const SUBMIT: &str = "button[type=submit]";

pub(super) async fn walk(walk: &mut Walk<'_>) {
    let stranger = walk.browser().await;
    walk.see("home", &stranger, "/").await;
    for (name, path) in [
        ("help", "/help"),
        ("help-onegov", "/help/onegov"),
        ("help-organizations", "/help/organizations"),
        ("help-sign-in", "/help/sign-in"),
        ("privacy", "/privacy"),
        ("accessibility", "/accessibility"),
    ] {
        walk.see(name, &stranger, path).await;
    }
    sign_in(walk).await;
    visit(walk).await;
}

async fn sign_in(walk: &mut Walk<'_>) {
    let (dana, visitor) = (walk.app.person("dana").await, walk.browser().await);
    let page = walk.see("sign-in", &visitor, "/login").await;
    let wrong = [("username", "dana"), ("password", "a wrong one")];
    walk.press("sign-in-wrong", (&visitor, &page), SUBMIT, &wrong).await;
    walk.app.sign_in(&visitor, &dana).await;
    walk.see("home-signed-in", &visitor, "/").await;
    walk.see("privacy-signed-in", &visitor, "/privacy").await;
    let page = walk.see("sign-out", &visitor, "/logout").await;
    walk.press("signed-out", (&visitor, &page), "#logout", &[]).await;
}

/// A person comes from a site, three times, and signs out of all.
async fn visit(walk: &mut Walk<'_>) {
    let (ellen, visitor) = (walk.app.person("ellen").await, walk.browser().await);
    let name = "Birch County Road Commission";
    let (_, birch) = walk.app.site(Family::OneOffice, name, "http://127.0.0.1:9", false).await;
    let stranger = walk.app.web_client("c1").await;
    let scope = "openid profile email address phone offline_access organization sites";
    let page = walk.see("sign-in-for-site", &visitor, &birch.asks(scope).url()).await;
    let fields = [("username", ellen.username.as_str()), ("password", PASSWORD)];
    let page = walk.press("first-visit", (&visitor, &page), SUBMIT, &fields).await;
    visitor.press(&page, "#allow", &[]).await.outside();
    walk.see("first-visit-foreign", &visitor, &stranger.asks("openid").url()).await;
    walk.see("sign-in-again", &visitor, &birch.asks(scope).with("prompt", "login").url()).await;
    walk.see("choose-account", &visitor, &birch.asks(scope).with("prompt", "select_account").url()).await;
    let form = birch.asks("openid").with("response_mode", "form_post");
    walk.see("going-back", &visitor, &form.url()).await;
    walk.see("account-sites", &visitor, "/account/sites").await;
    let page = walk.see("sign-out-of-sites", &visitor, "/logout").await;
    walk.press("signed-out-of-sites", (&visitor, &page), "#logout", &[]).await;
}

/// Too many tries.
pub(super) async fn wait(walk: &mut Walk<'_>) {
    walk.app.person("dana").await;
    let visitor = walk.browser().await;
    let mut page = visitor.open(&walk.app.at("/login")).await.page();
    while page.status != 429 {
        page = visitor.press(&page, SUBMIT, &[("username", "dana"), ("password", "a wrong one")]).await.page();
    }
    walk.keep("sign-in-wait", &page);
}
