//! The operator's pages.

use connex::{
    audit::Actor,
    kernel::{Lifetime, SiteId},
    operator::role,
    platform::store::Sql,
    sites::{self, Family},
};

use crate::support::{
    app::{PASSWORD, Person},
    gallery::Walk,
    http::Visitor,
};

pub(super) async fn walk(walk: &mut Walk<'_>) {
    let visitor = join(walk).await;
    walk.see("ops-no-sites", &visitor, "/ops/sites").await;
    let form = walk.see("ops-new", &visitor, "/ops/sites/new").await;
    walk.press("ops-new-wrong", (&visitor, &form), "button#register", &[]).await;
    let three = [("site_name", "Lake Permits"), ("url", "https://permits.lake.example"), ("kind", "onegov")];
    let told = walk.press("ops-registered", (&visitor, &form), "button#register", &three).await;
    let site = told.attribute("a#go-on", "href");
    let page = walk.see("ops-site-new", &visitor, &site).await;
    walk.press("ops-rotated", (&visitor, &page), "#rotate", &[]).await;
    let dana = walk.app.person("dana").await;
    let birch = troubled(walk, &dana).await;
    walk.see("ops", &visitor, "/ops").await;
    walk.see("ops-sites", &visitor, "/ops/sites").await;
    let page = walk.see("ops-site", &visitor, &birch).await;
    walk.press("ops-paused", (&visitor, &page), "#pause", &[]).await;
    let page = walk.see("ops-addresses", &visitor, &format!("{birch}/addresses")).await;
    let wrong = [("site_name", ""), ("url", "x"), ("redirect_uris", ""), ("scim_url", "x"), ("per_second", "x")];
    walk.press("ops-addresses-wrong", (&visitor, &page), "#save", &wrong).await;
    let page = walk.see("ops-remove", &visitor, &format!("{birch}/remove")).await;
    walk.press("ops-remove-wrong", (&visitor, &page), "#remove", &[("site_name", "x")]).await;
    deliveries(walk, &visitor, &birch, &dana).await;
    organizations(walk, &visitor, &birch).await;
    walk.app.advance(Lifetime::minutes(15));
    walk.see("ops-confirm", &visitor, "/ops").await;
}

/// Omar opens the link that the command line printed.
async fn join(walk: &mut Walk<'_>) -> Visitor {
    let omar = walk.app.person("omar").await;
    let visitor = walk.browser_of(&omar).await;
    let mut unit = walk.app.app.db.write().await.unwrap();
    let other = role::invite(&mut unit, &Actor::Operator, &"eve@people.example".parse().unwrap()).await.unwrap();
    let own = role::invite(&mut unit, &Actor::Operator, &omar.email.parse().unwrap()).await.unwrap();
    unit.commit().await.unwrap();
    walk.see("ops-join-other", &visitor, &format!("/ops/join/{}", other.token.reveal())).await;
    let link = format!("/ops/join/{}", own.token.reveal());
    let page = walk.see("ops-join", &visitor, &link).await;
    walk.press("ops-join-wrong", (&visitor, &page), "#join", &[("current_password", "a wrong one")]).await;
    walk.press("ops-joined", (&visitor, &page), "#join", &[("current_password", PASSWORD)]).await;
    walk.see("ops-join-used", &visitor, &link).await;
    visitor
}

/// A site that has refused Dana's copy. Its path.
async fn troubled(walk: &Walk<'_>, dana: &Person) -> String {
    let (site, _): (SiteId, _) = walk.app.site(Family::OneOffice, "Birch County", "http://127.0.0.1:9", false).await;
    let organization = walk.app.organization("Northline Hauling LLC", dana).await;
    let mut unit = walk.app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, vec!["bidder".into()]).await.unwrap();
    unit.commit().await.unwrap();
    let mut unit = walk.app.app.db.write().await.unwrap();
    let now = unit.now();
    unit.sql(
        "update sync_items set state = 'attention', attempts = 2, last_status = 400, last_error = 'The site refused it.'
         where resource_id = $1",
    )
    .bind(dana.id)
    .run()
    .await
    .unwrap();
    unit.sql(
        "insert into sync_attempts (id, site_id, kind, resource_id, rev, txn, method, began_at, millis, http_status, answer)
         values ($1, $2, 'user', $1, 1, $1, 'POST', $3, 41, 400, '{\"detail\":\"no such group\"}')",
    )
    .bind(dana.id)
    .bind(site)
    .bind(now)
    .run()
    .await
    .unwrap();
    unit.commit().await.unwrap();
    format!("/ops/sites/{site}")
}

async fn deliveries(walk: &mut Walk<'_>, visitor: &Visitor, site: &str, dana: &Person) {
    walk.see("ops-deliveries", visitor, &format!("{site}/deliveries")).await;
    walk.see("ops-deliveries-none", visitor, &format!("{site}/deliveries?state=ok")).await;
    walk.see("ops-changes-none", visitor, &format!("{site}/changes")).await;
    walk.app
        .change(
            "insert into sync_drifts (id, site_id, kind, resource_id, organization_id, attribute, there, here, changed_by, outcome, found_at)
             select i.resource_id, i.site_id, i.kind, i.resource_id, i.organization_id, 'familyName', 'Witfield', 'Whitfield', 'jsmith',
                    'put_back', i.changed_at from sync_items i where i.kind = 'user'",
        )
        .await;
    walk.see("ops-changes", visitor, &format!("{site}/changes")).await;
    let page = walk.see("ops-delivery", visitor, &format!("{site}/deliveries?item={}", dana.id)).await;
    walk.press("ops-resent", (visitor, &page), "#resend", &[]).await;
}

async fn organizations(walk: &mut Walk<'_>, visitor: &Visitor, site: &str) {
    let page = walk.see("ops-organizations", visitor, &format!("{site}/organizations")).await;
    walk.press("ops-organizations-unknown", (visitor, &page), "#find", &[("organization", "Nobody")]).await;
    let path = page.attribute("#organizations tbody a", "href");
    let page = walk.see("ops-organization", visitor, &path).await;
    walk.press("ops-organization-wrong", (visitor, &page), "#deny", &[]).await;
    walk.press("ops-suspended", (visitor, &page), "#suspend", &[("reason", "Bond expired")]).await;
}
