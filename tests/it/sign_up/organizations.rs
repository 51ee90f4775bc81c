//! Finding an organization while signing up, and being asked about names that are alike.

use super::{Newcomer, northline, organization};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    s17_a_person_asks_to_join_an_organization
    s33_an_organization_is_found_by_its_name_and_asked
    s35_none_is_always_the_last_choice
    colleagues_are_shown_before_anything_is_typed
    nothing_is_told_of_the_people_of_an_organization
    a_name_like_another_is_asked_about_once
    who_finds_their_organization_among_alike_names_asks_it
    too_few_letters_are_answered_with_a_hint
    an_organization_that_went_meanwhile_is_told_and_nothing_is_lost
}

/// The choice that stands for the organization called `name`.
fn id_of(page: &crate::support::http::Page, name: &str) -> String {
    let document = scraper::Html::parse_document(&page.body);
    let labels = scraper::Selector::parse("label[for^=org_]").unwrap();
    let label = document.select(&labels).find(|label| label.text().any(|text| text.trim() == name));
    label.unwrap_or_else(|| panic!("no {name}: {}", page.text())).attr("for").unwrap().to_owned()
}

async fn s17_a_person_asks_to_join_an_organization(app: TestApp) {
    let dana = northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.prove().await;
    let page = luis.open("/signup/organization?q=north").await;
    let id = id_of(&page, "Northline Hauling LLC");
    let page = luis.fill(&page, &[("org", &id), ("note", "I drive for you")]).await;
    let ready = luis.create(&luis.choose(&page).await).await;
    assert_eq!(ready.words("h1"), "Waiting for Northline Hauling LLC");
    let mail = app.mail_to(&dana.email).await;
    assert!(mail.text.contains("I drive for you") && mail.text.contains("luis@lake"), "{}", mail.text);
    assert_eq!(app.count("select count(*) from memberships where ended_at is null").await, 1);
    let page = luis.visitor.press(&ready, "#cancel-request", &[]).await.page();
    assert_eq!(page.url.path(), "/account/organization");
    assert_eq!(app.count("select count(*) from join_requests where status = 'open'").await, 0);
}

async fn s33_an_organization_is_found_by_its_name_and_asked(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let found = luis.visitor.press(&page, "#search", &[("q", "hauling")]).await.page();
    assert_eq!(found.words("legend"), "1 organization matches “hauling”");
    let page = luis.fill(&found, &[("org", &id_of(&found, "Northline Hauling LLC"))]).await;
    let check = luis.choose(&page).await;
    assert!(check.text().contains("Northline Hauling LLC: an administrator must accept you"));
    luis.create(&check).await;
    assert_eq!(app.count("select count(*) from join_requests where status = 'open'").await, 1);
}

async fn s35_none_is_always_the_last_choice(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.prove().await;
    for query in ["", "?q=north", "?q=nobody", "?q=no", "?q=%25%25%25"] {
        let page = luis.open(&format!("/signup/organization{query}")).await;
        assert_eq!(page.attribute("#org .check:last-of-type input", "value"), "none", "{query}");
        assert!(page.words("#org .check:last-of-type label").starts_with("None"), "{query}");
    }
    let page = luis.open("/signup/organization?q=nobody").await;
    assert!(page.words("#nothing").contains("No organization matches “nobody”"));
}

async fn colleagues_are_shown_before_anything_is_typed(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@people.example");
    let page = luis.prove().await;
    assert!(page.words("#org").contains("People with @people.example addresses are here"));
    let stranger = Newcomer::new(&app, "ana@lake.example");
    assert!(!stranger.prove().await.text().contains("Northline"));
}

async fn nothing_is_told_of_the_people_of_an_organization(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.prove().await;
    let page = luis.open("/signup/organization?q=northline").await;
    assert!(page.text().contains("Northline Hauling LLC"));
    assert!(!page.text().contains("Whitfield") && !page.text().contains("people.example"));
}

async fn a_name_like_another_is_asked_about_once(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let stop = luis.found(&page, "Northline Haulin").await;
    assert_eq!(stop.words("h1"), "Is it one of these?");
    assert!(stop.text().contains("Northline Hauling LLC"));
    let page = luis.fill(&stop, &[]).await;
    assert_eq!(page.words("#same-e"), "Error: Choose one of these, or None");
    let page = luis.fill(&page, &[("same", "none")]).await;
    assert_eq!(page.url.path(), "/signup/credentials");
    assert!(luis.choose(&page).await.text().contains("Northline Haulin, with you as its founder"));
}

async fn who_finds_their_organization_among_alike_names_asks_it(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let stop = luis.found(&page, "Northline Hauling").await;
    let id = id_of(&stop, "Northline Hauling LLC");
    let page = luis.fill(&stop, &[("same", &id)]).await;
    assert!(luis.choose(&page).await.text().contains("an administrator must accept you"));
}

async fn too_few_letters_are_answered_with_a_hint(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.prove().await;
    let page = luis.open("/signup/organization?q=no").await;
    assert_eq!(page.status, 422);
    assert!(page.words("#q-e").contains("Type at least 3 letters of the name"));
    assert_eq!(page.attribute("#q", "value"), "no", "what was typed is kept");
}

async fn an_organization_that_went_meanwhile_is_told_and_nothing_is_lost(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.prove().await;
    let page = luis.open("/signup/organization?q=north").await;
    let page = luis.fill(&page, &[("org", &id_of(&page, "Northline Hauling LLC"))]).await;
    let check = luis.choose(&page).await;
    app.change("update organizations set status = 'suspended'").await;
    let page = luis.create(&check).await;
    assert!(page.words("#errors").contains("cannot take you in now"));
    assert_eq!(app.count("select count(*) from accounts where username = 'luis@lake.example'").await, 0);
    let form = luis.fill(&luis.open("/signup/organization").await, &[("org", "none")]).await;
    let check = luis.fill(&form, &organization("Lake Paving")).await;
    assert_eq!(check.url.path(), "/signup/check", "user ID, password and name are still there");
    assert!(luis.create(&check).await.has("#standing"));
}
