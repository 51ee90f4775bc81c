//! The ends of things: what was given at a site is taken back, the site is told, and the report says so.

use connex::{
    audit::Actor,
    kernel::Lifetime,
    organizations::Role,
    sites::{Family, links},
};

use super::{EVERYTHING, Northline, Says, confirm_everything, named};
use crate::support::{
    app::{Person, TestApp},
    client::{TestClient, claims},
    http::Visitor,
    on_both_engines,
    receiver::Receiver,
};

on_both_engines! {
    whatever_puts_an_organization_out_ends_what_was_given_at_once
    a_site_is_told_to_sign_out_whoever_is_put_out
    a_site_is_told_of_whoever_came_long_ago
    a_removed_site_is_told_to_sign_everybody_out
    who_comes_back_in_the_same_session_is_told_of_again
    other_sites_are_not_told_of_an_end_that_is_not_theirs
    who_signs_in_after_the_end_stays_signed_in
    who_is_removed_is_out_at_every_site
    the_report_of_an_end_is_open_until_every_site_has_confirmed
    the_report_of_a_disabled_person_counts_browsers
    a_report_shows_nothing_of_the_next_organization
    a_deleted_organization_leaves_no_visit_behind
}

async fn holds(client: &TestClient, tokens: &crate::support::client::Tokens) -> bool {
    client.userinfo(tokens.get("access_token")).await.status == 200
}

async fn unlink(north: &Northline) {
    let mut unit = north.app.app.db.write().await.unwrap();
    assert!(links::unlink(&mut unit, &Actor::Person(north.dana.id), north.birch, north.id).await.unwrap());
    unit.commit().await.unwrap();
}

async fn whatever_puts_an_organization_out_ends_what_was_given_at_once(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    for word in [Some(Says::Suspended), Some(Says::Denied), Some(Says::Revoked), None] {
        if word.is_some() {
            north.says(Says::Approved).await;
        }
        north.sync(&dana).await;
        let tokens = north.client.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
        assert!(holds(&north.client, &tokens).await, "{word:?}");
        match word {
            Some(word) => drop(north.says(word).await),
            None => unlink(&north).await,
        }
        assert!(!holds(&north.client, &tokens).await, "{word:?}");
        let refreshed = north.client.refresh(tokens.get("refresh_token")).await;
        assert_eq!(refreshed.json()["error"], "invalid_grant", "{word:?}");
        let open = "select count(*) from grants where revoked_at is null";
        north.app.until("all is taken back", async || north.app.count(open).await == 0).await;
        north.app.advance(Lifetime::seconds(1));
    }
}

/// Northline at a site that listens for logout tokens.
async fn listening(app: TestApp) -> (Northline, Receiver) {
    let receiver = Receiver::start(&app).await;
    let base = url::Url::parse(&receiver.url).unwrap().origin().ascii_serialization();
    (Northline::at(app, &base, false).await, receiver)
}

async fn a_site_is_told_to_sign_out_whoever_is_put_out(app: TestApp) {
    let (north, receiver) = listening(app).await;
    let (_, pine) = north.app.site(Family::OneGov, "Pine Permits", "https://pine.example", false).await;
    let tokens = north.client.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    let other = pine.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    north.says(Says::Suspended).await;
    let received = receiver.waits_for(&north.app, 1).await;
    let told = claims(&received[0].logout_token());
    assert_eq!((&told["sub"], &told["sid"]), (&tokens.id_token()["sub"], &tokens.id_token()["sid"]));
    assert!(holds(&pine, &other).await, "another agency's word is another agency's");
}

async fn a_site_is_told_of_whoever_came_long_ago(app: TestApp) {
    let (north, receiver) = listening(app).await;
    let tokens = north.client.sign_in(&Visitor::new(), &north.marcus, "openid").await;
    north.app.advance(Lifetime::hours(2));
    connex::oidc::housekeeping::sweep(&north.app.app.provider).await.unwrap();
    assert_eq!(north.app.count("select count(*) from grants").await, 0, "what the site was given is forgotten");
    north.says(Says::Suspended).await;
    let received = receiver.waits_for(&north.app, 1).await;
    assert_eq!(claims(&received[0].logout_token())["sid"], tokens.id_token()["sid"]);
    north.says(Says::Revoked).await;
    north.client.sign_in(&Visitor::new(), &north.marcus, "openid").await;
    north.app.advance(Lifetime::days(8));
    north.client.sign_in(&Visitor::new(), &north.marcus, "openid").await;
    north.says(Says::Denied).await;
    receiver.waits_for(&north.app, 2).await;
    let told = "select count(*) from logout_deliveries where state = 'told'";
    north.app.until("it is settled", async || north.app.count(told).await == 2).await;
    assert_eq!(receiver.received().len(), 2, "when the older session ends, the site was told at the sign-in");
}

async fn a_removed_site_is_told_to_sign_everybody_out(app: TestApp) {
    let (north, receiver) = listening(app).await;
    let (_, pine) = north.app.site(Family::OneGov, "Pine Permits", "https://pine.example", false).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    let elsewhere = pine.sign_in(&Visitor::new(), &luis, EVERYTHING).await;
    let mut sids = Vec::new();
    for person in [&north.marcus, &luis] {
        let tokens = north.client.sign_in(&Visitor::new(), person, EVERYTHING).await;
        assert!(holds(&north.client, &tokens).await);
        sids.push(tokens.id_token()["sid"].to_string());
    }
    let mut unit = north.app.app.db.write().await.unwrap();
    connex::sites::remove(&mut unit, &Actor::Operator, north.birch).await.unwrap();
    connex::oidc::clients::disable_of_site(&mut unit, north.birch).await.unwrap();
    unit.commit().await.unwrap();
    let received = receiver.waits_for(&north.app, 2).await;
    let mut told: Vec<_> = received.iter().map(|one| claims(&one.logout_token())["sid"].to_string()).collect();
    told.sort();
    sids.sort();
    assert_eq!(told, sids, "in an organization or in none");
    let open = "select count(*) from grants where revoked_at is null";
    north.app.until("what it was given is taken back", async || north.app.count(open).await == 1).await;
    assert!(holds(&pine, &elsewhere).await, "at other sites nothing ends");
}

async fn who_comes_back_in_the_same_session_is_told_of_again(app: TestApp) {
    let (north, receiver) = listening(app).await;
    let visitor = Visitor::new();
    for round in 1..=2 {
        north.client.sign_in(&visitor, &north.marcus, EVERYTHING).await;
        north.says(Says::Suspended).await;
        assert_eq!(receiver.waits_for(&north.app, round).await.len(), round);
        let told = "select count(*) from logout_deliveries where state = 'told'";
        north.app.until("it is settled", async || north.app.count(told).await == 1).await;
        north.says(Says::Revoked).await;
        north.app.advance(Lifetime::seconds(1));
    }
}

async fn other_sites_are_not_told_of_an_end_that_is_not_theirs(app: TestApp) {
    let north = Northline::on(app).await;
    let receiver = Receiver::start(&north.app).await;
    let base = url::Url::parse(&receiver.url).unwrap().origin().ascii_serialization();
    let (_, pine) = north.app.site(Family::OneGov, "Pine Permits", &base, false).await;
    north.client.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    let tokens = pine.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    north.says(Says::Denied).await;
    let open = "select count(*) from grants where revoked_at is null";
    north.app.until("Birch's are taken back", async || north.app.count(open).await == 1).await;
    assert!(holds(&pine, &tokens).await);
    assert_eq!(north.app.count("select count(*) from logout_deliveries").await, 1, "Birch alone is told");
}

async fn who_signs_in_after_the_end_stays_signed_in(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    north.client.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    unlink(&north).await;
    north.app.advance(Lifetime::seconds(1));
    let tokens = north.client.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    let open = "select count(*) from grants where revoked_at is null";
    north.app.until("the older one is taken back", async || north.app.count(open).await == 1).await;
    assert!(holds(&north.client, &tokens).await, "he has come anew, as himself");
    assert_eq!(north.wanted(&north.ellen).await.as_deref(), Some("inactive"));
}

async fn who_is_removed_is_out_at_every_site(app: TestApp) {
    let north = Northline::on(app).await;
    let (_, pine) = north.app.site(Family::OneGov, "Pine Permits", "https://pine.example", false).await;
    let visitor = Visitor::new();
    let here = north.client.sign_in(&visitor, &north.marcus, EVERYTHING).await;
    let there = pine.sign_in(&visitor, &north.marcus, EVERYTHING).await;
    north.remove(&north.marcus).await;
    assert!(!holds(&north.client, &here).await && !holds(&pine, &there).await);
    let standing = "select count(*) from site_visits where ended_at is null";
    assert_eq!(north.app.count(standing).await, 0);
    assert!(north.gets_in(&north.marcus).await, "as himself, where no organization is needed");
}

async fn report(north: &Northline, person: &Person) -> crate::support::http::Page {
    let dana = north.browser(&north.dana).await;
    north.page(&dana, &format!("/org/endings/{}", north.membership(person).await)).await
}

async fn the_report_of_an_end_is_open_until_every_site_has_confirmed(app: TestApp) {
    let north = Northline::on(app).await;
    north.says(Says::Approved).await;
    confirm_everything(&north.app).await;
    north.client.sign_in(&Visitor::new(), &north.marcus, EVERYTHING).await;
    assert!(report(&north, &north.marcus).await.has("#nothing-ended"));
    let page = north.remove(&north.marcus).await;
    assert!(page.words("#notice").contains("Marcus Whitfield was removed"), "{}", page.text());
    assert!(page.words("#open").starts_with("1 site has not confirmed it yet") && page.header("refresh") == "5");
    assert!(page.words("#endings").contains("Birch County Not confirmed yet"));
    let open = "select count(*) from grants where revoked_at is null";
    north.app.until("all is taken back", async || north.app.count(open).await == 0).await;
    confirm_everything(&north.app).await;
    let page = report(&north, &north.marcus).await;
    assert!(page.has("#closed") && page.header("refresh").is_empty(), "{}", page.text());
    assert!(page.has("#endings time") && page.words("#sign-ins") == "1", "{}", page.text());
    let ellen = north.browser(&north.marcus).await;
    let path = format!("/org/endings/{}", north.membership(&north.marcus).await);
    assert_eq!(ellen.get(&north.app.at(&path)).await.status, 403);
}

async fn the_report_of_a_disabled_person_counts_browsers(app: TestApp) {
    let north = Northline::on(app).await;
    for _ in 0..2 {
        north.browser(&north.marcus).await;
    }
    let dana = north.browser(&north.dana).await;
    let page = north.page(&dana, &format!("/org/users/{}", north.membership(&north.marcus).await)).await;
    let page = dana.press(&page, "#disable", &[]).await.page();
    let page = north.page(&dana, &page.attribute("#ending", "href")).await;
    assert_eq!(page.words("#browsers"), "2");
    assert!(page.has("#no-sites") && page.has("#closed"), "{}", page.text());
}

async fn a_report_shows_nothing_of_the_next_organization(app: TestApp) {
    let north = Northline::on(app).await;
    let (oak, _) = north.app.site(Family::OneGov, "Oak Permits", "https://oak.example", false).await;
    north.remove(&north.marcus).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    let south = north.app.organization("Southline", &luis).await;
    north.app.add_to(south, &north.marcus, Role::Member).await;
    let mut unit = north.app.app.db.write().await.unwrap();
    connex::sites::link(&mut unit, oak, south, luis.id).await.unwrap();
    unit.commit().await.unwrap();
    let page = report(&north, &north.marcus).await;
    assert!(page.has("#no-sites") && !page.text().contains("Oak"), "{}", page.text());
}

async fn a_deleted_organization_leaves_no_visit_behind(app: TestApp) {
    let dana = named(&app, ("dana", "Dana")).await;
    let (birch, client) = app.site(Family::OneOffice, "Birch County", "https://birch.example", false).await;
    app.organization("Lone Hauling", &dana).await;
    client.sign_in(&Visitor::new(), &dana, EVERYTHING).await;
    let visitor = Visitor::new();
    app.sign_in(&visitor, &dana).await;
    let page = visitor.open(&app.at("/org/founder/delete")).await.page();
    let fields = [("organization", "Lone Hauling"), ("current_password", dana.password.as_str())];
    visitor.press(&page, "button.danger", &fields).await.page();
    assert_eq!(app.count("select count(*) from site_visits where ended_at is null").await, 0);
    assert_eq!(super::wanted(&app, birch, &dana).await.as_deref(), Some("inactive"));
}
