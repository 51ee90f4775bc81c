//! What was changed at a site itself, as the operator reads it.

use connex::{
    audit::Actor,
    kernel::{DriftId, SiteId},
    platform::store::Sql,
    sites::{self, Family},
};

use super::{of_site, operator, page};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    what_was_changed_there_is_listed_with_what_came_of_it
    a_long_list_has_pages
}

/// Birch, with Dana of Northline, kept from being served.
async fn birch(app: &TestApp) -> SiteId {
    let (site, _) = app.site(Family::OneOffice, "Birch", "http://127.0.0.1:9", false).await;
    app.change("update sync_sites set held_at = 0").await;
    let dana = app.person("dana").await;
    let organization = app.organization("Northline", &dana).await;
    let mut unit = app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, vec!["bidder".into()]).await.unwrap();
    unit.commit().await.unwrap();
    site
}

async fn what_was_changed_there_is_listed_with_what_came_of_it(app: TestApp) {
    let (visitor, site) = (operator(&app).await, birch(&app).await);
    let path = of_site(site, "/changes");
    assert_eq!(page(&app, &visitor, &path).await.words("#empty"), "Nothing was changed there in the last 90 days.");
    // As a comparison leaves it, and a report of the site completes it.
    for sql in [
        "insert into sync_drifts (id, site_id, kind, resource_id, organization_id, attribute, there, here, changed_by, outcome, found_at)
         select i.resource_id, i.site_id, i.kind, i.resource_id, i.organization_id, 'familyName', '<b>Witfield</b>', 'Whitfield', 'jsmith',
                'put_back', i.changed_at from sync_items i where i.kind = 'user'",
        "insert into sync_drifts (id, site_id, kind, resource_id, organization_id, attribute, here, outcome, found_at)
         select i.resource_id, i.site_id, i.kind, i.resource_id, i.organization_id, 'postalCode', '54301', 'found', i.changed_at - 1
         from sync_items i where i.kind = 'organization'",
    ] {
        app.change(sql).await;
    }
    let list = page(&app, &visitor, &path).await;
    let words = list.words("#changes tbody");
    let lines = [
        "Dana Whitfield Northline last name <b>Witfield</b> Whitfield jsmith Put back",
        "Northline ZIP code nothing 54301 Waits, because too much differs",
    ];
    let places = lines.map(|line| words.find(line).unwrap_or_else(|| panic!("{line} in {words}")));
    assert!(places.is_sorted(), "newest first: {words}");
    let overview = page(&app, &visitor, &of_site(site, "")).await;
    assert!(overview.has(&format!("a[href=\"{path}\"]")), "the site's page leads to it");
}

async fn a_long_list_has_pages(app: TestApp) {
    let (visitor, site) = (operator(&app).await, birch(&app).await);
    for _ in 0..51 {
        let mut unit = app.app.db.write().await.unwrap();
        let id = DriftId::new(unit.now(), &unit.entropy());
        unit.sql(
            "insert into sync_drifts (id, site_id, kind, resource_id, organization_id, attribute, there, outcome, found_at)
             select $1, i.site_id, i.kind, i.resource_id, i.organization_id, 'phone', '+1', 'put_back', i.changed_at
             from sync_items i where i.kind = 'user'",
        )
        .bind(id)
        .run()
        .await
        .unwrap();
        unit.commit().await.unwrap();
    }
    let first = page(&app, &visitor, &of_site(site, "/changes")).await;
    assert_eq!(first.count("#changes tbody tr"), 50);
    let second = page(&app, &visitor, &first.attribute("a[rel=next]", "href")).await;
    assert_eq!(
        (second.count("#changes tbody tr"), second.has("a[rel=next]"), second.has("a[rel=prev]")),
        (1, false, true)
    );
}
