//! The error pages: what happened, what to do, one way out.

use connex::{kernel::Lifetime, organizations::Role, sites::Family};

use crate::support::gallery::Walk;

pub(super) async fn walk(walk: &mut Walk<'_>) {
    let visitor = walk.browser().await;
    walk.see("problem-no-page", &visitor, "/no-such-page").await;
    let (_, birch) = walk.app.site(Family::OneOffice, "Birch County", "http://127.0.0.1:9", false).await;
    walk.see("problem-unknown-site", &visitor, "/authorize?client_id=nobody").await;
    let wrong = birch.asks("openid").with("redirect_uri", "https://elsewhere.example/");
    walk.see("problem-wrong-address", &visitor, &wrong.url()).await;
    walk.see("problem-twice", &visitor, &format!("{}&scope=openid", birch.asks("openid").url())).await;
    let page = visitor.open(&birch.asks("openid").url()).await.page();
    let foreign = visitor.post(&walk.app.at("/login"), &[("proof", "none")]).await;
    walk.keep("problem-foreign-form", &foreign);
    let cookieless = crate::support::http::Visitor::new();
    let address = walk.app.at(&format!("/login?lang={}", walk.language.tag()));
    walk.keep("problem-no-cookie", &cookieless.post(&address, &[]).await);
    let large = "a".repeat(2 << 20);
    walk.keep("problem-too-large", &visitor.post(&walk.app.at("/login"), &[("username", &large)]).await);
    forbidden(walk).await;
    not_admitted(walk).await;
    walk.app.advance(Lifetime::hours(25));
    let fields = [("username", "dana"), ("password", "a wrong one")];
    walk.press("problem-too-late", (&visitor, &page), "button[type=submit]", &fields).await;
}

/// Whoever may not, by what is missing.
async fn forbidden(walk: &mut Walk<'_>) {
    let [dana, ellen, marcus] =
        [walk.app.person("dana").await, walk.app.person("ellen").await, walk.app.person("marcus").await];
    let alone = walk.browser_of(&dana).await;
    walk.see("problem-no-organization", &alone, "/org").await;
    let northline = walk.app.organization("Northline Hauling LLC", &dana).await;
    walk.app.add_to(northline, &ellen, Role::Administrator).await;
    walk.app.add_to(northline, &marcus, Role::Member).await;
    let (administrator, member) = (walk.browser_of(&ellen).await, walk.browser_of(&marcus).await);
    walk.see("problem-administrators-only", &member, "/org/users").await;
    walk.see("problem-founder-only", &administrator, "/org/founder").await;
}

/// A site that takes only organizations that it has approved.
async fn not_admitted(walk: &mut Walk<'_>) {
    let priya = walk.app.person("priya").await;
    let (_, marlow) = walk.app.site(Family::OneOffice, "Marlow County", "http://127.0.0.1:9", true).await;
    let visitor = walk.browser_of(&priya).await;
    walk.see("problem-not-admitted", &visitor, &marlow.asks("openid").url()).await;
}

pub(super) async fn walk_without_a_database(walk: &mut Walk<'_>) {
    let dana = walk.app.person("dana").await;
    let visitor = walk.browser_of(&dana).await;
    walk.app.app.db.close().await;
    walk.see("problem-of-ours", &visitor, "/account").await;
}
