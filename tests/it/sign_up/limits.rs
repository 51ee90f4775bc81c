//! How often a newcomer may ask to join.

use super::{Newcomer, northline};
use crate::support::{app::TestApp, http::Page, on_both_engines_with_limits};

on_both_engines_with_limits! {
    the_request_that_comes_with_a_sign_up_counts
}

/// Asks the first organization on `page`.
async fn ask(luis: &Newcomer<'_>, page: &Page) -> Page {
    luis.fill(page, &[("org", &page.attribute("#org input[value^=org_]", "value"))]).await
}

async fn the_request_that_comes_with_a_sign_up_counts(app: TestApp) {
    northline(&app).await;
    let luis = Newcomer::new(&app, "luis@lake.example");
    luis.prove().await;
    let page = luis.open("/signup/organization?q=northline").await;
    let mut page = luis.create(&luis.choose(&ask(&luis, &page).await).await).await;
    for count in 1..=5 {
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/signup/ready"), "request {count}");
        luis.visitor.press(&page, "#cancel-request", &[]).await;
        page = ask(&luis, &luis.open("/account/organization?q=northline").await).await;
    }
    assert_eq!((page.status.as_u16(), page.header("retry-after").is_empty()), (429, false));
    assert!(page.text().contains("You asked several organizations today"), "{}", page.text());
}
