//! Signing in at sites: what the first visit opens, and to whom.

use connex::{accounts, audit::Actor, kernel::Lifetime, organizations::Role, sites::Family};

use super::{EVERYTHING, Northline, Says, named, wanted};
use crate::support::{
    app::TestApp,
    client::arrive,
    http::{Landing, Visitor},
    on_both_engines,
};

on_both_engines! {
    s06_a_second_site_of_the_family_asks_no_password
    s07_one_subject_signs_in_at_both_families
    s40_the_address_and_the_connex_password_are_enough
    s41_a_first_visit_opens_the_site_to_this_person_only
    an_administrator_may_open_the_site_to_everybody_on_the_way
    a_member_is_not_offered_to_open_the_site_to_everybody
    an_organization_may_keep_its_members_from_opening_sites
    an_approval_that_is_missing_is_told_with_who_can_help
    whoever_is_in_no_organization_is_told_what_they_need
    a_blocked_organization_is_told_so_and_a_silent_sign_in_is_refused
    a_person_without_an_organization_visits_as_themselves
    disconnecting_ends_the_visit_and_the_next_one_begins_anew
    the_revision_in_the_token_is_the_one_that_the_ledger_wants
}

async fn s06_a_second_site_of_the_family_asks_no_password(app: TestApp) {
    let (_, marlow) = app.site(Family::OneOffice, "Marlow County", "https://marlow.example", false).await;
    let north = Northline::on(app).await;
    let visitor = Visitor::new();
    north.client.sign_in(&visitor, &north.marcus, "openid profile").await;
    let notice = visitor.open(&marlow.asks("openid profile").url()).await.page();
    assert!(notice.has("#allow") && !notice.has("input[name=password]"), "one notice, no password: {}", notice.text());
    visitor.press(&notice, "#allow", &[]).await.outside();
    visitor.open(&marlow.asks("openid profile").url()).await.outside();
    visitor.open(&north.client.asks("openid profile").url()).await.outside();
}

async fn s07_one_subject_signs_in_at_both_families(app: TestApp) {
    let (_, permits) = app.site(Family::OneGov, "Birch Permits", "https://permits.example", false).await;
    let north = Northline::on(app).await;
    let visitor = Visitor::new();
    let office = north.client.sign_in(&visitor, &north.marcus, "openid").await;
    let page = visitor.open(&permits.asks("openid").url()).await;
    assert!(!matches!(&page, Landing::Page(page) if page.has("input[name=password]")), "no password");
    let permits = permits.sign_in(&visitor, &north.marcus, "openid").await;
    assert_eq!(office.id_token()["sub"], permits.id_token()["sub"]);
}

async fn s40_the_address_and_the_connex_password_are_enough(app: TestApp) {
    let (_, permits) = app.site(Family::OneGov, "Birch Permits", "https://permits.example", false).await;
    let marcus = app.person("marcus").await;
    let visitor = Visitor::new();
    let page = visitor.open(&permits.asks("openid email").url()).await.page();
    assert!(page.url.as_str().starts_with(&app.issuer), "the password is typed at ConneX only");
    let fields = [("username", marcus.email.as_str()), ("password", marcus.password.as_str())];
    let landing = visitor.press(&page, "button[type=submit]", &fields).await;
    assert!(arrive(&visitor, &marcus, landing).await.as_str().starts_with(&permits.redirect_uri));
}

async fn s41_a_first_visit_opens_the_site_to_this_person_only(app: TestApp) {
    let (oak, permits) = app.site(Family::OneGov, "Oak Permits", "https://oak.example", false).await;
    let north = Northline::on(app).await;
    permits.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    assert_eq!(wanted(&north.app, oak, &north.marcus).await.as_deref(), Some("present"));
    for colleague in [&north.dana, &north.ellen] {
        assert_eq!(wanted(&north.app, oak, colleague).await, None, "who has not come there is not seen there");
    }
    assert_eq!(north.app.count("select count(*) from site_links").await, 0);
    permits.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    assert_eq!(north.app.count("select count(*) from audit_entries where fact = 'sites.visited'").await, 1);
}

async fn an_administrator_may_open_the_site_to_everybody_on_the_way(app: TestApp) {
    let north = Northline::on(app).await;
    let ellen = north.browser(&north.ellen).await;
    let notice = ellen.open(&north.client.asks("openid profile").url()).await.page();
    assert!(notice.text().contains("Let everybody of Northline use Birch County"), "{}", notice.text());
    assert!(!notice.has("#link[checked]"), "it is a choice, and nobody has made it");
    ellen.press(&notice, "#allow", &[("link", "organization")]).await.outside();
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"));
    let dana = north.browser(&north.dana).await;
    let notice = dana.open(&north.client.asks("openid profile").url()).await.page();
    assert!(notice.has("#allow") && !notice.has("#link"), "it is open already");
}

async fn a_member_is_not_offered_to_open_the_site_to_everybody(app: TestApp) {
    let north = Northline::on(app).await;
    let marcus = north.browser(&north.marcus).await;
    let notice = marcus.open(&north.client.asks("openid profile").url()).await.page();
    assert!(notice.has("#allow") && !notice.has("#link"));
    let errand = notice.attribute("input[name=errand]", "value");
    let proof = notice.attribute("input[name=proof]", "value");
    let fields = [("errand", errand.as_str()), ("proof", &proof), ("decision", "allow"), ("link", "organization")];
    assert!(marcus.post(&north.app.at("/consent"), &fields).await.status.is_redirection());
    assert_eq!(north.app.count("select count(*) from site_links").await, 0, "however it is asked for");
}

async fn an_organization_may_keep_its_members_from_opening_sites(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    north.app.add_to(north.id, &luis, Role::Member).await;
    north.client.sign_in(&Visitor::new(), &luis, "openid").await;
    let dana = north.browser(&north.dana).await;
    let list = north.page(&dana, "/org/oneoffice").await;
    assert!(list.has("#allowed[checked]"));
    let errand = [("proof", list.attribute("input[name=proof]", "value"))];
    let fields: Vec<(&str, &str)> = errand.iter().map(|(name, value)| (*name, value.as_str())).collect();
    dana.post(&north.app.at("/org/visiting"), &fields).await;
    assert!(!north.page(&dana, "/org/oneoffice").await.has("#allowed[checked]"));
    let marcus = north.browser(&north.marcus).await;
    let refused = marcus.open(&north.client.asks("openid").url()).await.page();
    assert_eq!(refused.status, 403);
    assert!(refused.words("#error").contains("Northline has not opened Birch County to its members"));
    assert!(refused.words("#error").contains("Ask Dana Whitfield, Ellen Whitfield"), "{}", refused.text());
    assert!(north.gets_in(&luis).await, "who is connected stays connected");
    assert!(north.gets_in(&north.ellen).await, "administrators open sites");
    north.sync(&dana).await;
    assert!(north.gets_in(&north.marcus).await, "and what they have opened is open to all");
}

async fn an_approval_that_is_missing_is_told_with_who_can_help(app: TestApp) {
    let north = Northline::kept_out_of_birch(app).await;
    let marcus = north.browser(&north.marcus).await;
    let refused = marcus.open(&north.client.asks("openid").url()).await.page();
    assert!(refused.text().contains("Birch County has not approved Northline yet"), "{}", refused.text());
    assert!(refused.text().contains("Ask Dana Whitfield") && refused.text().contains("CX-1203"));
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    let refused = marcus.open(&north.client.asks("openid").url()).await.page();
    assert!(refused.text().contains("Approval was requested on"), "{}", refused.text());
    let back = refused.attribute("#error a.btn", "href");
    let told = marcus.open(&north.app.at(&back)).await.outside();
    assert!(told.as_str().contains("error=access_denied"), "{told}");
    north.says(Says::Approved).await;
    assert!(north.gets_in(&north.marcus).await);
}

async fn whoever_is_in_no_organization_is_told_what_they_need(app: TestApp) {
    let north = Northline::kept_out_of_birch(app).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    let visitor = north.browser(&luis).await;
    let refused = visitor.open(&north.client.asks("openid").url()).await.page();
    assert!(
        refused.text().contains("You need an organization to use Birch County") && refused.text().contains("CX-1204")
    );
    let mut unit = north.app.app.db.write().await.unwrap();
    let kit = &north.app.app.accounts.kit;
    connex::organizations::joining::ask(&mut unit, kit, luis.id, north.id, None).await.unwrap();
    unit.commit().await.unwrap();
    let refused = visitor.open(&north.client.asks("openid").url()).await.page();
    assert!(refused.text().contains("You have asked Northline") && refused.text().contains("CX-1205"));
}

async fn a_blocked_organization_is_told_so_and_a_silent_sign_in_is_refused(app: TestApp) {
    let north = Northline::on(app).await;
    let marcus = north.browser(&north.marcus).await;
    north.client.sign_in(&marcus, &north.marcus, "openid").await;
    for (word, told) in [(Says::Denied, "has blocked Northline"), (Says::Suspended, "has suspended Northline")] {
        north.says(word).await;
        let refused = marcus.open(&north.client.asks("openid").url()).await.page();
        assert!(refused.status == 403 && refused.words("#error").contains(told), "{}", refused.text());
        let silent = north.client.asks("openid").with("prompt", "none");
        let answer = marcus.open(&silent.url()).await.outside();
        assert_eq!(silent.error(&answer), "access_denied");
        assert!(!answer.as_str().contains("block") && !answer.as_str().contains("because"), "{answer}");
    }
}

async fn a_person_without_an_organization_visits_as_themselves(app: TestApp) {
    let (birch, client) = app.site(Family::OneOffice, "Birch County", "https://birch.example", false).await;
    let luis = app.person("luis").await;
    let tokens = client.sign_in(&Visitor::new(), &luis, EVERYTHING).await;
    assert!(tokens.id_token().get("org_id").is_none());
    assert_eq!(tokens.id_token()["sites"][0]["rev"], 1);
    assert_eq!(wanted(&app, birch, &luis).await.as_deref(), Some("present"));
}

async fn disconnecting_ends_the_visit_and_the_next_one_begins_anew(app: TestApp) {
    let north = Northline::on(app).await;
    let visitor = Visitor::new();
    for round in 0..2 {
        let tokens = north.client.sign_in(&visitor, &north.marcus, EVERYTHING).await;
        assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"), "round {round}");
        let page = visitor.open(&north.app.at("/account/sites")).await.page();
        assert!(page.text().contains("Birch County") && !page.words("tbody").contains("–"), "when it was used last");
        visitor.press(&page, "td button", &[]).await.page();
        assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("inactive"), "round {round}");
        assert_eq!(north.client.refresh(tokens.get("refresh_token")).await.json()["error"], "invalid_grant");
        assert_eq!(north.app.count("select count(*) from session_clients").await, 0, "round {round}");
        north.app.advance(Lifetime::seconds(1));
    }
}

async fn the_revision_in_the_token_is_the_one_that_the_ledger_wants(app: TestApp) {
    let north = Northline::on(app).await;
    let visitor = Visitor::new();
    let first = north.client.sign_in(&visitor, &north.marcus, EVERYTHING).await;
    assert_eq!(first.id_token()["sites"][0]["rev"], 1);
    let mut unit = north.app.app.db.write().await.unwrap();
    let name = ("Mark".parse().unwrap(), "Bell".parse().unwrap());
    accounts::rename(&mut unit, &Actor::Operator, north.marcus.id, name).await.unwrap();
    unit.commit().await.unwrap();
    let second = north.client.sign_in(&visitor, &north.marcus, EVERYTHING).await;
    assert_eq!(second.id_token()["sites"][0]["rev"], 2);
    let fresh = north.client.userinfo(second.get("access_token")).await.json();
    assert_eq!(fresh["sites"][0]["rev"], 2);
}
