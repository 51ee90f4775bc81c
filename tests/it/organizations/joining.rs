//! Asking to join, and the decision.

use connex::{
    kernel::Lifetime,
    organizations::{Role, housekeeping, joining as requests},
};

use super::{Northline, open_account, person};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    s17_a_user_asks_to_join_with_a_verified_address_one_organization_at_a_time
    s17_a_request_can_be_cancelled_and_expires_after_30_days
    s18_an_administrator_accepts_and_the_person_is_in
    s18_a_denial_carries_its_reason_and_leaves_the_person_free_to_ask_elsewhere
    s18_the_first_decision_wins_and_the_second_one_sees_who_decided
    administrators_are_reminded_once_in_24_hours
    a_decision_speaks_the_language_of_whoever_asked
}

async fn s17_a_user_asks_to_join_with_a_verified_address_one_organization_at_a_time(app: TestApp) {
    let north = Northline::on(app).await;
    let (luis, mia) = (person(&north.app, "luis", "Luis Ortega").await, person(&north.app, "mia", "Mia Lake").await);
    let lake = north.app.organization("Lake & Sons", &mia).await;
    north.ask(&luis, Some("I drive truck 7")).await;
    let kit = &north.app.app.accounts.kit;
    let mut unit = north.app.app.db.write().await.unwrap();
    let again = requests::ask(&mut unit, kit, luis.id, lake, None).await;
    assert!(matches!(again, Err(requests::AskError::AlreadyAsked)), "{again:?}");
    drop(unit);
    let unproven = open_account(&north.app, "kim", "Kim Park", false).await;
    let mut unit = north.app.app.db.write().await.unwrap();
    let refused = requests::ask(&mut unit, kit, unproven.id, lake, None).await;
    assert!(matches!(refused, Err(requests::AskError::NotVerified)), "{refused:?}");
    drop(unit);
    for administrator in [&north.dana, &north.ellen] {
        let mail = north.app.mail_to(&administrator.email).await;
        assert!(mail.subject.contains("Luis Ortega asks to join Northline Hauling"), "{}", mail.subject);
        assert!(mail.text.contains("I drive truck 7") && mail.link().contains("/org/requests/join_"));
    }
    assert!(north.app.mails_to(&north.marcus.email).await.is_empty(), "members do not decide");
}

async fn s17_a_request_can_be_cancelled_and_expires_after_30_days(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = person(&north.app, "luis", "Luis Ortega").await;
    let first = north.ask(&luis, None).await;
    let mut unit = north.app.app.db.write().await.unwrap();
    assert!(requests::cancel(&mut unit, luis.id).await.unwrap());
    assert!(!requests::cancel(&mut unit, luis.id).await.unwrap(), "once");
    unit.commit().await.unwrap();
    let second = north.ask(&luis, None).await;
    north.app.advance(Lifetime::days(30));
    let dana = north.browser(&north.dana).await;
    let page = north.page(&dana, &format!("/org/requests/{second}")).await;
    assert!(page.words("#decided").contains("expired"), "{}", page.text());
    assert!(!page.has("#accept"));
    assert!(north.page(&dana, &format!("/org/requests/{first}")).await.words("#decided").contains("cancelled"));
    housekeeping::sweep(&north.app.app.accounts).await.unwrap();
    assert!(north.app.mail_to(&luis.email).await.subject.contains("has expired"));
    assert_eq!(north.app.count("select count(*) from join_requests where status = 'expired'").await, 1);
    north.ask(&luis, None).await;
}

async fn s18_an_administrator_accepts_and_the_person_is_in(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = person(&north.app, "luis", "Luis Ortega").await;
    north.ask(&luis, None).await;
    let ellen = north.browser(&north.ellen).await;
    let list = north.page(&ellen, "/org/users").await;
    assert_eq!(list.words("#badge"), "1 request to join");
    let request = north.page(&ellen, &list.attribute("#requests a", "href")).await;
    assert_eq!(request.words("#domain"), "Same domain as 3 of your 3 users");
    let done = ellen.press(&request, "#accept", &[]).await.page();
    assert!(done.words("#notice").contains("Luis Ortega was accepted"));
    assert!(!done.has("#requests") && done.words("#count") == "4 users");
    assert_eq!(north.role_of(&luis).await, Some(Role::Member));
    assert!(north.app.mail_to(&luis.email).await.subject.contains("part of Northline Hauling"));
    let luis = north.browser(&luis).await;
    assert_eq!(north.page(&luis, "/org").await.words("h1"), "Northline Hauling");
}

async fn s18_a_denial_carries_its_reason_and_leaves_the_person_free_to_ask_elsewhere(app: TestApp) {
    let north = Northline::on(app).await;
    let eve = person(&north.app, "eve@elsewhere.example", "Eve Stone").await;
    let id = north.ask(&eve, None).await;
    let dana = north.browser(&north.dana).await;
    let page = north.page(&dana, &format!("/org/requests/{id}")).await;
    assert_eq!(page.words("#domain"), "Not your usual domain");
    let long = "x".repeat(201);
    let refused = dana.press_once(&page, "#deny", &[("reason", &long)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.words("#errors").contains("200"));
    let done = dana.press(&page, "#deny", &[("reason", "We do not know you")]).await.page();
    assert!(done.words("#notice").contains("was denied"));
    let mail = north.app.mail_to(&eve.email).await;
    assert!(mail.text.contains("We do not know you") && mail.text.contains("another organization"));
    assert_eq!(north.role_of(&eve).await, None);
    north.app.organization("Stone & Co", &eve).await;
}

async fn s18_the_first_decision_wins_and_the_second_one_sees_who_decided(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = person(&north.app, "luis", "Luis Ortega").await;
    let path = format!("/org/requests/{}", north.ask(&luis, None).await);
    let (dana, ellen) = (north.browser(&north.dana).await, north.browser(&north.ellen).await);
    let (hers, other) = (north.page(&dana, &path).await, north.page(&ellen, &path).await);
    dana.press(&hers, "#deny", &[]).await.page();
    let late = ellen.press_once(&other, "#accept", &[]).await;
    assert_eq!(late.status, 409);
    assert!(late.text().contains("Dana Whitfield denied this request on"), "{}", late.text());
    assert_eq!(north.role_of(&luis).await, None);
    assert!(north.page(&ellen, &path).await.words("#decided").contains("Dana Whitfield"));
}

async fn administrators_are_reminded_once_in_24_hours(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = person(&north.app, "luis", "Luis Ortega").await;
    let id = north.ask(&luis, None).await;
    let kit = &north.app.app.accounts.kit;
    let remind = async || {
        let mut unit = north.app.app.db.write().await.unwrap();
        let reminded = requests::remind(&mut unit, kit, luis.id, id).await;
        unit.commit().await.unwrap();
        reminded
    };
    assert!(matches!(remind().await, Err(requests::RemindError::TooSoon)), "they were asked a moment ago");
    north.app.advance(Lifetime::hours(24));
    remind().await.unwrap();
    assert!(matches!(remind().await, Err(requests::RemindError::TooSoon)));
    let mails = north.app.mails_to(&north.dana.email).await;
    assert_eq!(mails.len(), 2);
    assert!(mails[1].subject.starts_with("Reminder"));
}

async fn a_decision_speaks_the_language_of_whoever_asked(app: TestApp) {
    let north = Northline::on(app).await;
    let luis = person(&north.app, "luis", "Luis Ortega").await;
    north.app.change("update accounts set language = 'es' where username = 'luis'").await;
    let path = format!("/org/requests/{}", north.ask(&luis, None).await);
    let dana = north.browser(&north.dana).await;
    let page = north.page(&dana, &path).await;
    dana.press(&page, "#accept", &[("role", "administrator")]).await.page();
    assert!(north.app.mail_to(&luis.email).await.subject.contains("forma parte de"));
    assert_eq!(north.role_of(&luis).await, Some(Role::Administrator));
}
