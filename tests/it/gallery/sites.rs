//! The pages of sites: the two lists, one site in its states, readiness, the report of an end, refusals.

use connex::{
    audit::Actor,
    kernel::{OrganizationId, SiteId},
    organizations::Role,
    sites::{
        self, Family, NewSite,
        approvals::{self, By, Said, Terms},
    },
};

use crate::support::{gallery::Walk, http::Visitor};

/// Northline, which is linked, approved, asked for, suspended and blocked.
pub(super) async fn walk(walk: &mut Walk<'_>) {
    let dana = walk.app.person("dana").await;
    let northline = walk.app.organization("Northline Hauling LLC", &dana).await;
    let marcus = walk.app.person("marcus").await;
    walk.app.add_to(northline, &marcus, Role::Member).await;
    let visitor = walk.browser_of(&dana).await;
    walk.see("sites-none", &visitor, "/org/onegov").await;
    let sites = register(walk).await;
    let page = walk.see("sites-onegov", &visitor, "/org/onegov").await;
    let chosen: Vec<String> = sites.iter().take(3).map(|site| format!("site-{site}")).collect();
    let chosen: Vec<(&str, &str)> = chosen.iter().map(|name| (name.as_str(), "1")).collect();
    walk.press("sites-synced", (&visitor, &page), "#sync-selected", &chosen).await;
    speak(walk, northline, &sites).await;
    walk.see("sites-states", &visitor, "/org/onegov").await;
    walk.see("sites-nothing-found", &visitor, "/org/onegov?q=nowhere").await;
    walk.app.change("update sync_sites set trouble = 'not answering'").await;
    for (name, site) in
        ["site-linked", "site-asked", "site-approved", "site-suspended", "site-blocked"].iter().zip(&sites)
    {
        walk.see(name, &visitor, &format!("/org/sites/{site}")).await;
    }
    walk.see("site-unlink", &visitor, &format!("/org/sites/{}/unlink", sites[0])).await;
    walk.see("site-unlink-approved", &visitor, &format!("/org/sites/{}/unlink", sites[2])).await;
    people(walk, &visitor).await;
    let member = walk.browser_of(&marcus).await;
    walk.see("sites-as-member", &member, "/org/oneoffice").await;
    walk.see("site-as-member", &member, &format!("/org/sites/{}", sites[0])).await;
    let users = visitor.open(&walk.app.at("/org/users?q=marcus")).await.page();
    let page = visitor.open(&walk.app.at(&users.attribute("a[href$='/remove']", "href"))).await.page();
    walk.press("ending", (&visitor, &page), "button[value=remove]", &[]).await;
    refusals(walk, &visitor).await;
}

async fn register(walk: &Walk<'_>) -> Vec<SiteId> {
    let mut ids = Vec::new();
    for (number, name) in ["Aspen", "Birch", "Cedar", "Elm", "Fir"].into_iter().enumerate() {
        let url = format!("http://127.0.0.1:{}", 9 + number);
        let new = NewSite {
            county: Some(format!("{name} County").parse().unwrap()),
            state: Some("MN".parse().unwrap()),
            require_approval: number == 1,
            ..NewSite::new(Family::OneGov, format!("{name} County Permits").parse().unwrap(), url.parse().unwrap())
        };
        let mut unit = walk.app.app.db.write().await.unwrap();
        ids.push(sites::register(&mut unit, &Actor::Operator, new).await.unwrap());
        unit.commit().await.unwrap();
    }
    ids
}

async fn speak(walk: &Walk<'_>, northline: OrganizationId, sites: &[SiteId]) {
    let mut unit = walk.app.app.db.write().await.unwrap();
    let by = || By::from(&Actor::Operator);
    let said = || Said { reason: Some("The insurance has run out".parse().unwrap()) };
    let until = Some(walk.app.now() + connex::kernel::Lifetime::days(90));
    let terms = Terms { roles: vec!["bidder".into(), "hauler".into()], valid_until: until, reason: None };
    approvals::approve_with(&mut unit, by(), (sites[2], northline), terms).await.unwrap();
    approvals::suspend(&mut unit, by(), (sites[3], northline), said()).await.unwrap();
    approvals::deny(&mut unit, by(), (sites[4], northline), said()).await.unwrap();
    unit.commit().await.unwrap();
}

async fn people(walk: &mut Walk<'_>, visitor: &Visitor) {
    let users = visitor.open(&walk.app.at("/org/users?q=marcus")).await.page();
    let path = users.attribute("a[href$='/remove']", "href");
    let user = path.trim_end_matches("/remove");
    walk.see("user-ready-where", visitor, &format!("{user}/sites")).await;
    let id = user.trim_start_matches("/org/users/");
    walk.see("ending-none", visitor, &format!("/org/endings/{id}")).await;
}

/// What a site that does not admit somebody leads to.
async fn refusals(walk: &mut Walk<'_>, visitor: &Visitor) {
    let (site, client) = walk.app.site(Family::OneOffice, "Gale County Roads", "https://gale.example", true).await;
    walk.see("refused-not-asked", visitor, &client.asks("openid").url()).await;
    let page = visitor.open(&walk.app.at(&format!("/org/sites/{site}"))).await.page();
    visitor.press(&page, "#sync", &[]).await.page();
    walk.see("refused-asked", visitor, &client.asks("openid").url()).await;
    let nobody = walk.app.person("nobody").await;
    let alone = walk.browser_of(&nobody).await;
    walk.see("refused-alone", &alone, &client.asks("openid").url()).await;
    walk.app.change("update site_approvals set status = 'suspended'").await;
    walk.see("refused-suspended", visitor, &client.asks("openid").url()).await;
    walk.app.change("update site_approvals set status = 'denied'").await;
    walk.see("refused-blocked", visitor, &client.asks("openid").url()).await;
}
