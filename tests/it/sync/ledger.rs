//! The ledger follows every change in its own transaction: what each site should hold is never behind.

use connex::{
    accounts,
    audit::Actor,
    kernel::{OrganizationId, SiteId},
    organizations::{self, Role},
    platform::store::Sql,
    sites,
};
use tokio::task::JoinSet;

use crate::support::{
    app::{Person, TestApp},
    on_both_engines,
};
use connex::sites::Family;

on_both_engines! {
    an_approval_owes_the_site_the_organization_and_each_of_its_people
    who_joins_later_is_owed_too
    a_change_grows_the_revision_and_goes_to_the_end_of_the_feed
    what_somebody_who_left_does_elsewhere_is_not_told
    an_unproven_address_is_no_reason_for_a_copy
    nobody_is_forgotten_who_joins_while_the_organization_is_approved
    a_removed_site_is_to_let_everybody_go
}

async fn approve(app: &TestApp, site: SiteId, organization: OrganizationId) {
    let mut unit = app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, vec!["bidder".into()]).await.unwrap();
    unit.commit().await.unwrap();
}

async fn rename(app: &TestApp, person: &Person, name: &str) {
    let mut unit = app.app.db.write().await.unwrap();
    let name = (name.parse().unwrap(), "Ortega".parse().unwrap());
    accounts::rename(&mut unit, &Actor::Person(person.id), person.id, name).await.unwrap();
    unit.commit().await.unwrap();
}

/// Kind, what is wanted, its revision, its place in the feed: of everything that the site should hold.
async fn items(app: &TestApp, site: SiteId) -> Vec<(String, String, i64, i64)> {
    let mut reader = app.app.db.read().await.unwrap();
    reader
        .sql("select kind, want, want_rev, seq from sync_items where site_id = $1 order by seq")
        .bind(site)
        .all()
        .await
        .unwrap()
}

async fn wanted(app: &TestApp, site: SiteId, person: &Person) -> Option<(String, i64)> {
    let mut reader = app.app.db.read().await.unwrap();
    reader
        .sql("select want, want_rev from sync_items where site_id = $1 and resource_id = $2")
        .bind(site)
        .bind(person.id)
        .maybe()
        .await
        .unwrap()
}

/// A site, and an organization with a founder and a member.
async fn world(app: &TestApp) -> (SiteId, OrganizationId, Person, Person) {
    let (site, _) = app.site(Family::OneOffice, "Birch", "https://birch.example", false).await;
    let (dana, luis) = (app.person("dana").await, app.person("luis").await);
    let organization = app.organization("Northline", &dana).await;
    app.add_to(organization, &luis, Role::Member).await;
    (site, organization, dana, luis)
}

async fn an_approval_owes_the_site_the_organization_and_each_of_its_people(app: TestApp) {
    let (site, organization, _, _) = world(&app).await;
    assert!(items(&app, site).await.is_empty());
    approve(&app, site, organization).await;
    let owed = items(&app, site).await;
    let kinds: Vec<_> = owed.iter().map(|(kind, want, ..)| (kind.as_str(), want.as_str())).collect();
    assert_eq!(kinds, [("organization", "present"), ("user", "present"), ("user", "present")]);
    assert_eq!(app.count("select count(distinct txn) from sync_items").await, 1, "one cause");
}

async fn who_joins_later_is_owed_too(app: TestApp) {
    let (site, organization, ..) = world(&app).await;
    approve(&app, site, organization).await;
    let priya = app.person("priya").await;
    assert_eq!(wanted(&app, site, &priya).await, None);
    app.add_to(organization, &priya, Role::Member).await;
    assert_eq!(wanted(&app, site, &priya).await, Some(("present".into(), 1)));
}

async fn a_change_grows_the_revision_and_goes_to_the_end_of_the_feed(app: TestApp) {
    let (site, organization, _, luis) = world(&app).await;
    approve(&app, site, organization).await;
    let last = items(&app, site).await.last().unwrap().3;
    rename(&app, &luis, "Lucho").await;
    assert_eq!(wanted(&app, site, &luis).await, Some(("present".into(), 2)));
    assert!(items(&app, site).await.last().unwrap().3 > last);
}

async fn what_somebody_who_left_does_elsewhere_is_not_told(app: TestApp) {
    let (site, organization, _, luis) = world(&app).await;
    approve(&app, site, organization).await;
    app.change("update memberships set ended_at = 1 where role = 'member'").await;
    rename(&app, &luis, "Lucho").await;
    assert_eq!(wanted(&app, site, &luis).await, Some(("inactive".into(), 2)));
    rename(&app, &luis, "Luis").await;
    assert_eq!(
        wanted(&app, site, &luis).await,
        Some(("inactive".into(), 2)),
        "the second change is not the site's business"
    );
}

async fn an_unproven_address_is_no_reason_for_a_copy(app: TestApp) {
    let (site, organization, _, luis) = world(&app).await;
    app.change("update accounts set email_verified_at = null where username like 'luis%'").await;
    approve(&app, site, organization).await;
    assert_eq!(wanted(&app, site, &luis).await, None);
}

async fn nobody_is_forgotten_who_joins_while_the_organization_is_approved(app: TestApp) {
    for round in 0..crate::support::rounds(10, 200) {
        let (site, _) = app.site(Family::OneOffice, "Birch", &format!("https://b{round}.example"), false).await;
        let founder = app.person(&format!("founder{round}")).await;
        let organization = app.organization(&format!("Northline {round}"), &founder).await;
        let joiner = app.person(&format!("joiner{round}")).await;
        let mut tasks = JoinSet::new();
        let db = app.app.db.clone();
        tasks.spawn(async move {
            let mut unit = db.write().await.unwrap();
            sites::approve(&mut unit, &Actor::Operator, site, organization, Vec::new()).await.unwrap();
            unit.commit().await.unwrap();
        });
        let (db, id) = (app.app.db.clone(), joiner.id);
        tasks.spawn(async move {
            let mut unit = db.write().await.unwrap();
            organizations::add_user(&mut unit, &Actor::Operator, organization, id, Role::Member).await.unwrap();
            unit.commit().await.unwrap();
        });
        tasks.join_all().await;
        assert_eq!(wanted(&app, site, &joiner).await.unwrap().0, "present", "round {round}");
    }
}

async fn a_removed_site_is_to_let_everybody_go(app: TestApp) {
    let (site, organization, ..) = world(&app).await;
    approve(&app, site, organization).await;
    let mut unit = app.app.db.write().await.unwrap();
    sites::remove(&mut unit, &Actor::Operator, site).await.unwrap();
    unit.commit().await.unwrap();
    assert!(items(&app, site).await.iter().all(|(_, want, ..)| want == "inactive"));
    assert_eq!(app.count("select count(*) from sync_items where priority = 0").await, 3);
}
