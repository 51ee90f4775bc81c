//! Becoming an operator, staying one, and what it is worth.

use connex::{audit::Actor, kernel::Lifetime, operator::role, platform::store::Sql};

use super::{operator, page};
use crate::support::{
    app::{PASSWORD, Person, TestApp},
    http::{Page, Visitor},
    on_both_engines,
};

on_both_engines! {
    an_invited_person_becomes_an_operator_with_the_password
    a_link_is_for_one_address_and_for_one_hour
    a_link_works_once_and_the_newest_one_only
    of_two_who_open_a_link_at_once_one_becomes_an_operator
    an_address_that_is_not_proven_opens_nothing
    the_password_opens_the_pages_for_15_minutes
    an_operator_who_is_removed_is_out_at_once
    only_operators_see_the_way_to_their_pages
}

/// The path of a link that the command line printed.
async fn invite(app: &TestApp, email: &str) -> String {
    let mut unit = app.app.db.write().await.unwrap();
    let invited = role::invite(&mut unit, &Actor::Operator, &email.parse().unwrap()).await.unwrap();
    unit.commit().await.unwrap();
    format!("/ops/join/{}", invited.token.reveal())
}

pub(super) async fn browser_of(app: &TestApp, person: &Person) -> Visitor {
    let visitor = Visitor::new();
    app.sign_in(&visitor, person).await;
    visitor
}

async fn join(app: &TestApp, visitor: &Visitor, link: &str, password: &str) -> Page {
    let shown = visitor.open(&app.at(link)).await.page();
    visitor.press(&shown, "#join", &[("current_password", password)]).await.page()
}

async fn an_invited_person_becomes_an_operator_with_the_password(app: TestApp) {
    let omar = app.person("omar").await;
    let link = invite(&app, "OMAR@people.example").await;
    // Not signed in yet: the sign-in leads back to the link.
    let visitor = Visitor::new();
    let sign_in = visitor.open(&app.at(&link)).await.page();
    let fields = [("username", omar.username.as_str()), ("password", PASSWORD)];
    let shown = visitor.press(&sign_in, "button[type=submit]", &fields).await.page();
    assert_eq!(shown.url.path(), link);
    let wrong = visitor.press(&shown, "#join", &[("current_password", "a wrong one")]).await.page();
    assert_eq!((wrong.status.as_u16(), wrong.has("#current_password-e")), (422, true));
    assert_eq!(visitor.get(&app.at("/ops")).await.status, 403, "looking and guessing changes nothing");
    let joined = visitor.press(&wrong, "#join", &[("current_password", PASSWORD)]).await.page();
    assert_eq!((joined.url.path(), joined.words("#notice").as_str()), ("/ops", "You are an operator now"));
    assert_eq!(app.count("select count(*) from audit_entries where fact = 'operators.joined'").await, 1);
}

async fn a_link_is_for_one_address_and_for_one_hour(app: TestApp) {
    let (omar, eve) = (app.person("omar").await, app.person("eve").await);
    let link = invite(&app, &omar.email).await;
    let (visitor, other) = (browser_of(&app, &omar).await, browser_of(&app, &eve).await);
    let page = visitor.open(&app.at(&link)).await.page();
    let refused = other.open(&app.at(&link)).await.page();
    assert_eq!((refused.status.as_u16(), refused.has("#join")), (403, false));
    // She takes the form of somebody else and fills in her own proof and password.
    let own = other.open(&app.at("/account/password")).await.page().attribute("input[name=proof]", "value");
    let forced = other.post(&app.at(&link), &[("proof", &own), ("current_password", PASSWORD)]).await;
    assert_eq!(forced.status, 403);
    app.advance(Lifetime::hours(1));
    let late = visitor.press(&page, "#join", &[("current_password", PASSWORD)]).await.page();
    assert_eq!(late.status, 410);
    assert_eq!(app.count("select count(*) from operators").await, 0);
}

async fn a_link_works_once_and_the_newest_one_only(app: TestApp) {
    let omar = app.person("omar").await;
    let (former, newest) = (invite(&app, &omar.email).await, invite(&app, &omar.email).await);
    let visitor = browser_of(&app, &omar).await;
    assert_eq!(visitor.get(&app.at(&former)).await.status, 410);
    assert!(join(&app, &visitor, &newest, PASSWORD).await.has("#operator"));
    assert_eq!(visitor.get(&app.at(&newest)).await.status, 410, "used");
    let mut made_up = newest.clone();
    made_up.replace_range(newest.len() - 4.., "AAAA");
    for path in [made_up.as_str(), "/ops/join/x", "/ops/join/%00"] {
        assert_eq!(visitor.get(&app.at(path)).await.status, 410, "{path}");
    }
    let kept: Vec<(Vec<u8>,)> =
        app.app.db.read().await.unwrap().sql("select digest from operator_invitations").all().await.unwrap();
    let secret = newest.rsplit('/').next().unwrap();
    assert!(kept.iter().all(|(digest,)| digest.len() == 32 && !secret.as_bytes().windows(32).any(|at| at == digest)));
}

async fn of_two_who_open_a_link_at_once_one_becomes_an_operator(app: TestApp) {
    let omar = app.person("omar").await;
    let link = invite(&app, &omar.email).await;
    let visitor = browser_of(&app, &omar).await;
    let page = visitor.open(&app.at(&link)).await.page();
    let fields = [("current_password", PASSWORD)];
    let (one, other) =
        tokio::join!(visitor.press_once(&page, "#join", &fields), visitor.press_once(&page, "#join", &fields));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
    assert_eq!(app.count("select count(*) from audit_entries where fact = 'operators.joined'").await, 1);
}

async fn an_address_that_is_not_proven_opens_nothing(app: TestApp) {
    let omar = app.person("omar").await;
    app.change("update accounts set email_verified_at = null where username = 'omar'").await;
    let link = invite(&app, &omar.email).await;
    let visitor = browser_of(&app, &omar).await;
    assert_eq!(visitor.get(&app.at(&link)).await.status, 403);
}

async fn the_password_opens_the_pages_for_15_minutes(app: TestApp) {
    let visitor = operator(&app).await;
    page(&app, &visitor, "/ops/sites/new").await;
    app.advance(Lifetime::minutes(15));
    let asked = visitor.open(&app.at("/ops/sites/new")).await.page();
    assert_eq!((asked.url.path(), asked.has("#confirms")), ("/login", true));
    assert_eq!(asked.attribute("#username", "value"), "omar");
    assert_eq!(visitor.get(&app.at("/account")).await.status, 200, "everything else stays open");
    let back = visitor.press(&asked, "button[type=submit]", &[("password", PASSWORD)]).await.page();
    assert_eq!((back.status.as_u16(), back.url.path()), (200, "/ops/sites/new"));
    // A form that was open for too long does nothing, and comes back to its page.
    app.advance(Lifetime::minutes(15));
    let fields = [("site_name", "Birch"), ("url", "https://birch.example"), ("kind", "onegov")];
    let late = visitor.press(&back, "button#register", &fields).await.page();
    assert_eq!(late.url.path(), "/login");
    assert_eq!(app.count("select count(*) from sites").await, 0);
}

async fn an_operator_who_is_removed_is_out_at_once(app: TestApp) {
    let (omar, visitor) = (app.operator("omar").await, Visitor::new());
    app.sign_in(&visitor, &omar).await;
    page(&app, &visitor, "/ops").await;
    let mut unit = app.app.db.write().await.unwrap();
    assert!(role::remove(&mut unit, &Actor::Operator, omar.id).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(visitor.get(&app.at("/ops")).await.status, 403);
    let mut unit = app.app.db.write().await.unwrap();
    assert!(!role::remove(&mut unit, &Actor::Operator, omar.id).await.unwrap(), "there is nothing left to end");
    drop(unit);
    // Invited again, the same person is one again.
    let link = invite(&app, &omar.email).await;
    assert!(join(&app, &visitor, &link, PASSWORD).await.has("#operator"));
}

async fn only_operators_see_the_way_to_their_pages(app: TestApp) {
    let visitor = operator(&app).await;
    assert!(page(&app, &visitor, "/account").await.has("#operator"));
    let dana = app.person("dana").await;
    app.organization("Northline", &dana).await;
    let founder = browser_of(&app, &dana).await;
    assert!(!page(&app, &founder, "/org").await.has("#operator"));
    let refused = founder.get(&app.at("/ops")).await;
    assert_eq!((refused.status.as_u16(), refused.has("#operator")), (403, false));
}
