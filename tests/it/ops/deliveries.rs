//! What the operator sees of a site's copies, and does about them.

use connex::{
    audit::Actor,
    kernel::{OrganizationId, SiteId},
    platform::store::Sql,
    sites::{self, Family},
};

use super::{of_site, operator, page};
use crate::support::{
    app::{Person, TestApp},
    http::Visitor,
    on_both_engines,
};

on_both_engines! {
    the_dashboard_says_what_waits_and_for_how_long
    a_refused_copy_is_shown_with_its_tries_and_is_sent_again
    what_was_refused_in_a_span_is_sent_again_together
    a_paused_site_says_so_until_it_goes_on
    a_comparison_is_made_when_it_is_asked_for
    an_answer_of_a_site_is_shown_as_text
    sending_again_ends_the_rest_of_a_site_but_not_the_one_that_it_asked_for
}

/// A site that needs attention for Dana, and has not confirmed Northline yet.
struct Troubled {
    site: SiteId,
    organization: OrganizationId,
    dana: Person,
}

async fn troubled(app: &TestApp) -> Troubled {
    let (site, _) = app.site(Family::OneOffice, "Birch", "http://127.0.0.1:9", false).await;
    // Whoever delivers is kept away: this is about what the operator sees and does.
    app.change("update sync_sites set held_at = 0").await;
    let dana = app.person("dana").await;
    let organization = app.organization("Northline", &dana).await;
    let mut unit = app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, vec!["bidder".into()]).await.unwrap();
    // As whoever delivers leaves it when the site refuses a copy.
    unit.commit().await.unwrap();
    let mut unit = app.app.db.write().await.unwrap();
    unit.sql(
        "update sync_items set state = 'attention', attempts = 2, last_status = 400, last_error = 'The site refused it.'
         where resource_id = $1",
    )
    .bind(dana.id)
    .run()
    .await
    .unwrap();
    let now = unit.now();
    unit.sql(
        "insert into sync_attempts (id, site_id, kind, resource_id, rev, txn, method, began_at, millis, http_status, answer)
         values ($1, $2, 'user', $1, 1, $1, 'POST', $3, 41, 400, '<b>no such group</b>')",
    )
    .bind(dana.id)
    .bind(site)
    .bind(now)
    .run()
    .await
    .unwrap();
    unit.commit().await.unwrap();
    Troubled { site, organization, dana }
}

async fn state_of(app: &TestApp, whose: impl ToString) -> (String, String, i64) {
    let whose = whose.to_string();
    let mut reader = app.app.db.read().await.unwrap();
    let rows: Vec<(String, String, i64, String, uuid::Uuid)> =
        reader.sql("select state, reason, attempts, kind, resource_id from sync_items").all().await.unwrap();
    let id = |kind: &str, id| match kind {
        "user" => connex::kernel::AccountId::from_uuid(id).to_string(),
        _ => OrganizationId::from_uuid(id).to_string(),
    };
    let found = rows.into_iter().find(|(_, _, _, kind, resource)| id(kind, *resource) == whose);
    let (state, reason, attempts, ..) = found.unwrap();
    (state, reason, attempts)
}

async fn open(app: &TestApp, visitor: &Visitor, at: &Troubled, rest: &str) -> crate::support::http::Page {
    page(app, visitor, &of_site(at.site, rest)).await
}

async fn the_dashboard_says_what_waits_and_for_how_long(app: TestApp) {
    let visitor = operator(&app).await;
    assert!(page(&app, &visitor, "/ops").await.has("#no-sites"));
    let at = troubled(&app).await;
    app.advance(connex::kernel::Lifetime::minutes(5));
    let shown = page(&app, &visitor, "/ops").await;
    let line = shown.words("#health tbody tr");
    assert!(line.contains("Birch") && line.contains("1 (5 minutes)"), "{line}");
    assert_eq!(shown.attribute("#health a[href*=attention]", "href"), of_site(at.site, "/deliveries?state=attention"));
    assert!(shown.has("#sign-ins tbody tr") && shown.words("#keys").contains("ES256"), "{}", shown.text());
}

async fn a_refused_copy_is_shown_with_its_tries_and_is_sent_again(app: TestApp) {
    let (visitor, at) = (operator(&app).await, troubled(&app).await);
    let list = open(&app, &visitor, &at, "/deliveries").await;
    assert_eq!(list.count("#deliveries tbody tr"), 1);
    assert!(
        list.words("#deliveries tbody").contains("Dana Whitfield Northline Yes Needs attention"),
        "{}",
        list.text()
    );
    assert_eq!(open(&app, &visitor, &at, "/deliveries?state=due").await.words("#deliveries tbody th"), "Northline");
    let one = page(&app, &visitor, &list.attribute("#deliveries tbody a", "href")).await;
    assert!(one.text().contains("41 ms: status 400") && one.words("#delivery").contains("The site refused it."));
    assert!(!one.has("#receipts"), "nothing was confirmed");
    let sent = visitor.press(&one, "#resend", &[]).await.page();
    assert_eq!(sent.words("#notice"), "Dana Whitfield is sent again");
    assert_eq!(state_of(&app, at.dana.id).await, ("due".to_owned(), "retry".to_owned(), 0));
    assert!(open(&app, &visitor, &at, "/deliveries").await.has("#empty"));
    let facts = "select count(*) from audit_entries where fact like 'sync.re%'";
    assert_eq!(app.count(facts).await, 1);
}

async fn what_was_refused_in_a_span_is_sent_again_together(app: TestApp) {
    let (visitor, at) = (operator(&app).await, troubled(&app).await);
    app.change(
        "update sync_items set state = 'attention', changed_at = changed_at - 7200000 where kind = 'organization'",
    )
    .await;
    let list = open(&app, &visitor, &at, "/deliveries").await;
    let sent = visitor.press(&list, "#resend-all", &[("hours", "1")]).await.page();
    assert_eq!(sent.words("#notice"), "1 delivery is sent again");
    assert_eq!(state_of(&app, at.organization).await.0, "attention", "two hours ago");
    let list = open(&app, &visitor, &at, "/deliveries").await;
    visitor.press(&list, "#resend-all", &[("hours", "24")]).await.page();
    assert_eq!(state_of(&app, at.organization).await.0, "due");
}

async fn a_paused_site_says_so_until_it_goes_on(app: TestApp) {
    let (visitor, at) = (operator(&app).await, troubled(&app).await);
    app.change("update sync_sites set held_at = null").await;
    let shown = open(&app, &visitor, &at, "").await;
    let paused = visitor.press(&shown, "#pause", &[]).await.page();
    assert_eq!(paused.words("#condition"), "Paused");
    assert_eq!(app.count("select count(*) from sync_sites where held_at is not null").await, 1);
    // A page that was opened before pauses nothing a second time.
    visitor.press(&shown, "#pause", &[]).await.page();
    assert_eq!(app.count("select count(*) from audit_entries where fact = 'sync.held'").await, 1);
    let resumed = visitor.press(&paused, "#resume", &[]).await.page();
    assert_ne!(resumed.words("#condition"), "Paused");
    assert_eq!(app.count("select count(*) from sync_sites where held_at is not null").await, 0);
}

async fn a_comparison_is_made_when_it_is_asked_for(app: TestApp) {
    let (visitor, at) = (operator(&app).await, troubled(&app).await);
    app.change("update sync_sites set compare_at = 9000000000000").await;
    let shown = open(&app, &visitor, &at, "").await;
    visitor.press(&shown, "#compare", &[]).await.page();
    assert_eq!(app.count("select count(*) from sync_sites where compare_at = 9000000000000").await, 0);
}

async fn an_answer_of_a_site_is_shown_as_text(app: TestApp) {
    let (visitor, at) = (operator(&app).await, troubled(&app).await);
    let one = open(&app, &visitor, &at, &format!("/deliveries?item={}", at.dana.id)).await;
    assert!(one.text().contains("<b>no such group</b>") && !one.has("main b"));
    for item in ["x", &at.site.to_string(), &app.person("luis").await.id.to_string()] {
        let missing = visitor.get(&app.at(&of_site(at.site, &format!("/deliveries?item={item}")))).await;
        assert_eq!(missing.status, 404, "{item}");
    }
}

async fn sending_again_ends_the_rest_of_a_site_but_not_the_one_that_it_asked_for(app: TestApp) {
    let (visitor, at) = (operator(&app).await, troubled(&app).await);
    let one = open(&app, &visitor, &at, &format!("/deliveries?item={}", at.dana.id)).await;
    let rests = "select count(*) from sync_sites where resume_at = 9000000000000";
    app.change("update sync_sites set trouble = 'not answering', resume_at = 9000000000000").await;
    visitor.press(&one, "#resend", &[]).await.page();
    assert_eq!(app.count(rests).await, 0);
    app.change("update sync_sites set trouble = 'asked to wait', resume_at = 9000000000000").await;
    visitor.press(&one, "#resend", &[]).await.page();
    assert_eq!(app.count(rests).await, 1);
}
