//! OneOffice Access and OneGov Access: the lists, Sync of one and of many, what members see.

use connex::{
    audit::Actor,
    platform::store::Sql,
    sites::{self, Family, NewSite, blocks},
};

use super::{Northline, Says, confirm_everything, named, wanted};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    s12_the_tabs_list_the_sites_of_each_family_with_state_and_county
    s12_each_state_is_told_in_words
    s12_a_long_list_is_filtered_by_name_and_county
    s13_sync_waits_for_the_site_and_says_that_it_has_confirmed
    s13_a_site_that_does_not_answer_keeps_nobody_out
    sync_now_tells_the_site_everything_anew
    s43_members_see_the_sites_and_who_can_sync_them
    s44_any_number_of_sites_is_synced_at_once_with_a_result_for_each
    sync_asks_where_only_an_approval_opens_the_site
    nothing_is_synced_when_nothing_is_chosen
    an_approval_can_be_requested_beside_a_link
    unlinking_says_what_follows_and_does_it
    an_approved_organization_cannot_unlink
    readiness_is_told_for_each_person_and_each_site
    the_page_of_a_site_says_what_happened
    the_overview_counts_the_sites
}

async fn s12_the_tabs_list_the_sites_of_each_family_with_state_and_county(app: TestApp) {
    let new = NewSite {
        county: Some("Oak County".parse().unwrap()),
        state: Some("MN".parse().unwrap()),
        ..NewSite::new(Family::OneGov, "Oak Permits".parse().unwrap(), "https://oak.example".parse().unwrap())
    };
    let mut unit = app.app.db.write().await.unwrap();
    sites::register(&mut unit, &Actor::Operator, new).await.unwrap();
    unit.commit().await.unwrap();
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let overview = north.page(&dana, "/org").await;
    let tabs = overview.words("ul.tabs");
    let order = ["Overview", "Manage Users", "OneOffice Access", "OneGov Access", "Activity", "Founder Options"];
    assert!(order.map(|tab| tabs.find(tab).unwrap()).is_sorted(), "{tabs}");
    let office = north.page(&dana, "/org/oneoffice").await;
    assert!(office.words("#sites-list").contains("Birch County") && !office.text().contains("Oak Permits"));
    assert_eq!(office.words("button[name=one]"), "Sync Birch County");
    let gov = north.page(&dana, "/org/onegov").await;
    assert_eq!(gov.words("#count"), "1 site");
    assert!(gov.words("#sites-list").contains("Oak County, MN") && gov.words("#sites-list").contains("Not linked"));
}

async fn s12_each_state_is_told_in_words(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let state = async || north.page(&dana, &north.birch_path()).await.words("#state");
    assert_eq!(state().await, "Not linked");
    north.sync(&dana).await;
    assert_eq!(state().await, "Linked");
    north.says(Says::Approved).await;
    assert_eq!(state().await, "Approved");
    let page = north.page(&dana, &north.birch_path()).await;
    assert_eq!(page.words("#roles"), "bidder");
    north.says(Says::Suspended).await;
    assert_eq!(state().await, "Suspended by the agency");
    north.says(Says::Denied).await;
    assert_eq!(state().await, "Blocked by the agency");
    let page = north.page(&dana, &north.birch_path()).await;
    assert!(!page.has("#sync") && page.words("#reason") == "because", "{}", page.text());
    north.says(Says::Revoked).await;
    assert_eq!(state().await, "Not linked", "what was linked has ended with it");
}

async fn s12_a_long_list_is_filtered_by_name_and_county(app: TestApp) {
    for number in 0..21 {
        let name = format!("Site {number:02}");
        let county = if number % 2 == 0 { "Oak County" } else { "Elm County" };
        let new = NewSite {
            county: Some(county.parse().unwrap()),
            ..NewSite::new(Family::OneGov, name.parse().unwrap(), format!("https://s{number}.example").parse().unwrap())
        };
        let mut unit = app.app.db.write().await.unwrap();
        sites::register(&mut unit, &Actor::Operator, new).await.unwrap();
        unit.commit().await.unwrap();
    }
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let all = north.page(&dana, "/org/onegov").await;
    assert!(all.words("#count") == "21 sites" && all.has("#q") && all.has("#place"));
    let found = dana.press(&all, "form[role=search] button", &[("q", "site 1"), ("place", "Elm County")]).await.page();
    assert_eq!(found.words("#count"), "5 sites");
    let none = north.page(&dana, "/org/onegov?q=%25&place=").await;
    assert!(none.words("#empty").contains("No site matches"), "a percent sign is no wildcard");
    assert!(!north.page(&dana, "/org/oneoffice").await.has("#q"), "one site needs no filter");
}

async fn s13_sync_waits_for_the_site_and_says_that_it_has_confirmed(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, &north.birch_path()).await;
    let confirming = async {
        north
            .app
            .until("the ledger owes", async || north.app.count("select count(*) from sync_items").await == 4)
            .await;
        confirm_everything(&north.app).await;
    };
    let (landing, ()) = tokio::join!(dana.press(&form, "#sync", &[]), confirming);
    let page = landing.page();
    assert_eq!(page.words("#notice"), "Linked. Birch County has confirmed everything.");
    assert_eq!(page.words("#users-there"), "3 of 3 confirmed");
    for person in [&north.dana, &north.ellen, &north.marcus] {
        assert_eq!(north.wanted(person).await.as_deref(), Some("present"));
    }
}

async fn s13_a_site_that_does_not_answer_keeps_nobody_out(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let page = north.sync(&dana).await;
    assert_eq!(
        page.words("#notice"),
        "Linked. Birch County has not answered yet; we keep trying. You can sign in there anyway."
    );
    assert!(north.gets_in(&north.marcus).await);
    north.app.change("update sync_sites set trouble = 'not answering'").await;
    let list = north.page(&dana, "/org/oneoffice").await;
    assert!(list.words("#sites-list .trouble").contains("Birch County is not answering"), "{}", list.text());
}

async fn sync_now_tells_the_site_everything_anew(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    confirm_everything(&north.app).await;
    let due = "select count(*) from sync_items where acked_rev < want_rev";
    assert_eq!(north.app.count(due).await, 0);
    let page = north.page(&dana, &north.birch_path()).await;
    assert_eq!(page.words("#sync"), "Sync now");
    north.sync(&dana).await;
    assert_eq!(north.app.count(due).await, 4, "the organization and its three people");
}

async fn s43_members_see_the_sites_and_who_can_sync_them(app: TestApp) {
    let north = Northline::on(app).await;
    let marcus = north.browser(&north.marcus).await;
    let list = north.page(&marcus, "/org/oneoffice").await;
    assert!(!list.has("main form") && list.words("#who-can").contains("Ask Dana Whitfield, Ellen Whitfield"));
    assert!(list.has("a[href='https://birch.example']"));
    let page = north.page(&marcus, &north.birch_path()).await;
    assert!(!page.has("#sync") && page.words("#people").contains("Marcus"), "{}", page.text());
    assert!(!page.text().contains("Ellen Whitfield is") && !page.words("#people").contains("Ellen"), "only oneself");
    let proof = north.page(&marcus, "/logout").await.attribute("input[name=proof]", "value");
    let fields = [("proof", proof.as_str()), ("one", &north.birch.to_string())];
    assert_eq!(marcus.post(&north.app.at("/org/oneoffice"), &fields).await.status, 403);
    assert_eq!(north.app.count("select count(*) from site_links").await, 0);
}

async fn s44_any_number_of_sites_is_synced_at_once_with_a_result_for_each(app: TestApp) {
    let (oak, _) = app.site(Family::OneGov, "Oak Permits", "https://oak.example", false).await;
    let (elm, _) = app.site(Family::OneGov, "Elm Permits", "https://elm.example", false).await;
    let (ash, _) = app.site(Family::OneGov, "Ash Permits", "https://ash.example", true).await;
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/onegov").await;
    let names = [oak, elm, ash].map(|id| format!("site-{id}"));
    let chosen: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let done = dana.press(&form, "#sync-selected", &chosen).await.page();
    let results = done.words("#results");
    assert!(results.contains("Linked. Oak Permits") && results.contains("Linked. Elm Permits"), "{results}");
    assert!(results.contains("We asked Ash Permits to approve"), "{results}");
    for (site, want) in [(oak, Some("present")), (elm, Some("present")), (ash, None)] {
        assert_eq!(wanted(&north.app, site, &north.marcus).await.as_deref(), want);
    }
    let again = dana.press(&form, "#sync-selected", &chosen).await.page();
    assert!(again.words("#results").contains("Oak Permits"));
    assert_eq!(north.app.count("select count(*) from audit_entries where fact = 'sites.linked'").await, 2, "once each");
}

async fn sync_asks_where_only_an_approval_opens_the_site(app: TestApp) {
    let north = Northline::kept_out_of_birch(app).await;
    let ellen = north.browser(&north.ellen).await;
    let list = north.page(&ellen, "/org/oneoffice").await;
    assert_eq!(list.words("button[name=one]"), "Request approval at Birch County");
    let done = ellen.press(&list, "button[name=one]", &[]).await.page();
    assert!(done.words("#notice").contains("We asked Birch County to approve"), "{}", done.text());
    assert!(done.words("#state").starts_with("Approval requested") && !done.has("#sync"));
    assert_eq!(north.app.count("select count(*) from site_links").await, 0);
    assert!(!north.gets_in(&north.ellen).await);
}

async fn nothing_is_synced_when_nothing_is_chosen(app: TestApp) {
    app.site(Family::OneOffice, "Ash Roads", "https://ash.example", false).await;
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let form = north.page(&dana, "/org/oneoffice").await;
    let page = dana.press(&form, "#sync-selected", &[("site-nonsense", "1")]).await.page();
    assert_eq!(page.words("#notice"), "Choose at least one site");
    assert_eq!(north.app.count("select count(*) from site_links").await, 0);
}

async fn an_approval_can_be_requested_beside_a_link(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let page = north.sync(&dana).await;
    let asked = dana.press(&page, "#request", &[]).await.page();
    assert!(asked.words("#notice").contains("We asked Birch County"), "{}", asked.text());
    assert!(asked.words("#state").starts_with("Linked Approval requested on"), "{}", asked.words("#state"));
    assert!(!asked.has("#request") && asked.has("#sync"));
    let late = dana.press(&page, "#request", &[]).await.page();
    assert!(late.words("#notice").contains("We asked"), "asking twice is asking once");
    assert_eq!(north.app.count("select count(*) from site_approval_words").await, 1);
}

async fn unlinking_says_what_follows_and_does_it(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    let page = north.page(&dana, &north.birch_path()).await;
    let confirm = north.page(&dana, &page.attribute("#unlink", "href")).await;
    assert!(confirm.words("#effects").contains("Everybody of Northline is signed out at Birch County"));
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"), "looking changes nothing");
    let done = dana.press(&confirm, "button#unlink", &[]).await.page();
    assert_eq!(done.words("#notice"), "Birch County is unlinked. Everybody was signed out there.");
    assert_eq!(done.words("#state"), "Not linked");
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("inactive"));
    let late = dana.press(&confirm, "button#unlink", &[]).await.page();
    assert_eq!(late.words("#notice"), "Birch County is not linked");
    north.sync(&dana).await;
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"), "and it may begin anew");
}

async fn an_approved_organization_cannot_unlink(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    let confirm = north.page(&dana, &format!("{}/unlink", north.birch_path())).await;
    north.says(Says::Approved).await;
    assert!(!north.page(&dana, &north.birch_path()).await.has("#unlink"));
    let refused = dana.press(&confirm, "button#unlink", &[]).await.page();
    assert!(refused.words("#notice").contains("Only the agency can end that"), "{}", refused.text());
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"));
}

async fn readiness_is_told_for_each_person_and_each_site(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let path = format!("/org/users/{}/sites", north.membership(&north.marcus).await);
    assert!(north.page(&dana, &path).await.has("#empty"));
    north.sync(&dana).await;
    let there = async || north.page(&dana, &path).await.words("#there tbody");
    assert!(there().await.contains("Birch County OneOffice Being told"), "{}", there().await);
    confirm_everything(&north.app).await;
    assert!(there().await.contains("Birch County OneOffice Ready"));
    let mut unit = north.app.app.db.write().await.unwrap();
    assert!(blocks::block(&mut unit, &Actor::Operator, north.birch, north.marcus.id).await.unwrap());
    unit.commit().await.unwrap();
    assert!(there().await.contains("Blocked at this site"));
    let page = north.page(&dana, &north.birch_path()).await;
    assert!(page.words("#people").contains("Marcus Whitfield Blocked at this site"), "{}", page.words("#people"));
    assert!(page.words("#people").contains("Ellen Whitfield Ready"));
    let luis = named(&north.app, ("luis", "Luis")).await;
    north.app.change("update accounts set email_verified_at = null where username = 'luis'").await;
    north.app.add_to(north.id, &luis, connex::organizations::Role::Member).await;
    let page = north.page(&dana, &north.birch_path()).await;
    assert!(page.words("#people").contains("Luis Whitfield Email not verified yet"), "{}", page.words("#people"));
}

async fn the_page_of_a_site_says_what_happened(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    north.says(Says::Suspended).await;
    north.app.advance(connex::kernel::Lifetime::minutes(1));
    let mut unit = north.app.app.db.write().await.unwrap();
    let (now, entropy) = (unit.now(), unit.entropy());
    unit.sql(
        "insert into sync_receipts (site_id, seq, kind, resource_id, organization_id, rev, txn, via, active, body_digest, sent_at, acked_at, hash)
         values ($1, 1, 'user', $2, $3, 1, $4, 'push', true, '', $5, $5, '')",
    )
    .bind(north.birch)
    .bind(north.marcus.id)
    .bind(north.id)
    .bind(connex::kernel::TxnId::new(now, &entropy))
    .bind(now)
    .run()
    .await
    .unwrap();
    let drift = connex::kernel::DriftId::new(now, &entropy);
    unit.sql(
        "insert into sync_drifts (id, site_id, kind, resource_id, organization_id, attribute, there, here, outcome, found_at)
         values ($1, $2, 'user', $3, $4, 'phone', '+12185550100', null, 'put_back', $5)",
    )
    .bind(drift)
    .bind(north.birch)
    .bind(north.marcus.id)
    .bind(north.id)
    .bind(now + connex::kernel::Lifetime::seconds(1))
    .run()
    .await
    .unwrap();
    unit.commit().await.unwrap();
    let told = north.page(&dana, &north.birch_path()).await.words("#happenings");
    let parts = [
        "Changed there: phone of Marcus Whitfield from nothing to +12185550100. It is put back.",
        "Up to date there: Marcus Whitfield",
        "Suspended by Birch County. Reason: because",
        "Linked by Dana Whitfield",
    ];
    let places = parts.map(|part| told.find(part).unwrap_or_else(|| panic!("{part} in {told}")));
    assert!(places.is_sorted(), "newest first: {told}");
}

async fn the_overview_counts_the_sites(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let overview = north.page(&dana, "/org").await;
    assert!(overview.words("#sites") == "0 sites" && overview.words("#to-do").contains("Link the sites"));
    north.sync(&dana).await;
    assert_eq!(north.page(&dana, "/org").await.words("#sites"), "1 site");
    north.says(Says::Denied).await;
    assert_eq!(north.page(&dana, "/org").await.words("#sites"), "0 sites");
}
