//! What an organization says of itself.

use super::{Northline, person};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    s26_the_organization_may_have_the_address_of_a_user
    s29_name_email_and_address_can_be_changed_and_are_remembered
    s30_members_see_the_values_and_who_can_change_them
    the_activity_says_who_did_what
}

const GOOD: [(&str, &str); 7] = [
    ("organization", "Northline Hauling & Sons"),
    ("email", "dana@northline.example"),
    ("street", "1 Main St"),
    ("city", "Brainerd"),
    ("state", "mn"),
    ("postal_code", "56401"),
    ("phone", ""),
];

async fn s26_the_organization_may_have_the_address_of_a_user(app: TestApp) {
    let north = Northline::on(app).await;
    let mia = person(&north.app, "mia", "Mia Lake").await;
    north.app.organization("Lake & Sons", &mia).await;
    for founder in [&north.dana, &mia] {
        let visitor = north.browser(founder).await;
        let form = north.page(&visitor, "/org/edit").await;
        let saved = visitor.press(&form, "button[type=submit]", &GOOD).await.page();
        assert!(saved.text().contains("dana@northline.example"), "{}", saved.text());
    }
}

async fn s29_name_email_and_address_can_be_changed_and_are_remembered(app: TestApp) {
    let north = Northline::on(app).await;
    let ellen = north.browser(&north.ellen).await;
    let form = north.page(&ellen, "/org/edit").await;
    let mut wrong = GOOD;
    (wrong[1].1, wrong[4].1, wrong[5].1) = ("a@@b", "Minnesota", "5640");
    let refused = ellen.press_once(&form, "button[type=submit]", &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.words("title").starts_with("Error:"));
    for field in ["email", "state", "postal_code"] {
        assert!(refused.has(&format!("#{field}[aria-invalid]")), "{field}");
    }
    assert_eq!(refused.attribute("#state", "value"), "Minnesota");
    let saved = ellen.press(&form, "button[type=submit]", &GOOD).await.page();
    assert_eq!(saved.words("h1"), "Northline Hauling & Sons");
    assert!(saved.text().contains("1 Main St Brainerd, MN 56401"), "{}", saved.text());
    let mail = north.app.mail_to(&north.dana.email).await;
    assert!(mail.text.contains("from “Northline Hauling” to “Northline Hauling & Sons”"), "{}", mail.text);
    let activity = north.page(&ellen, "/org/activity").await.words("#activity");
    assert!(activity.contains("Ellen Cho Changed the name from “Northline Hauling”"), "{activity}");
}

async fn s30_members_see_the_values_and_who_can_change_them(app: TestApp) {
    let north = Northline::on(app).await;
    let marcus = north.browser(&north.marcus).await;
    let page = north.page(&marcus, "/org").await;
    assert!(page.words("#who-can").contains("founder and the administrators") && !page.has("#edit"));
    assert_eq!((page.words("#founder"), page.words("#administrators")), ("Dana Whitfield".into(), "Ellen Cho".into()));
    assert!(!page.has("#counts") && !page.has("a[href='/org/users']"));
    assert_eq!(marcus.get(&north.app.at("/org/edit")).await.status, 403);
}

async fn the_activity_says_who_did_what(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    let page = north.page(&dana, &north.member_path(&north.marcus).await).await;
    dana.press(&page, "#save-role", &[("role", "administrator")]).await.page();
    let found = north.page(&dana, "/org/activity?q=marcus").await.words("#activity");
    assert!(found.contains("Dana Whitfield Changed the role of Marcus Bell to Administrator"), "{found}");
    assert!(north.page(&dana, "/org/activity?q=nothing-like-this").await.has("#empty"));
    let file = dana.get(&north.app.at("/org/activity.csv")).await;
    assert!(
        file.header("content-type").starts_with("text/csv")
            && file.body.contains("\"Dana Whitfield\",\"Changed the role")
    );
    let marcus = north.browser(&north.marcus).await;
    assert_eq!(marcus.get(&north.app.at("/org/activity")).await.status, 200, "an administrator by now");
}
