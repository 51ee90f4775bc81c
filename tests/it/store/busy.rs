//! A database without room: everybody waits two seconds, then is told to come back.

use std::time::Duration;

use connex::{kernel::fault::Kind, platform::store::Unit};
use reqwest::StatusCode;
use tokio::time::timeout;

use crate::support::{
    app::TestApp,
    client::arrive,
    http::{Page, Visitor},
    on_both_engines,
};

on_both_engines! { whoever_finds_no_room_is_told_to_come_back }

/// The writer of SQLite; all connections to PostgreSQL.
async fn take_all_room(app: &TestApp) -> Vec<Unit> {
    let mut taken = Vec::new();
    while let Ok(Ok(unit)) = timeout(Duration::from_millis(300), app.app.db.write()).await {
        taken.push(unit);
    }
    taken
}

fn assert_try_again(page: &Page) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.body);
    assert_eq!(page.header("retry-after"), "2");
}

async fn whoever_finds_no_room_is_told_to_come_back(app: TestApp) {
    let (client, dana) = (app.web_client("c1").await, app.person("dana").await);
    let (visitor, asked) = (Visitor::new(), client.asks("openid"));
    let code = asked.code(&arrive(&visitor, &dana, visitor.open(&asked.url()).await).await);
    let (other, form) = (Visitor::new(), [("username", "dana"), ("password", dana.password.as_str())]);
    let login = other.open(&app.at("/login")).await.page();

    let taken = take_all_room(&app).await;
    let unit = app.app.db.write();
    let press = other.press_once(&login, "button[type=submit]", &form);
    let (token, page, fault) = tokio::join!(client.redeem(&asked, &code), press, unit);
    assert_eq!(fault.err().unwrap().kind(), Kind::Busy);
    assert_try_again(&token);
    assert_eq!(token.json()["error"], "temporarily_unavailable");
    assert_try_again(&page);
    assert!(page.words("#error").contains("Try again in a few seconds"), "{}", page.text());
    assert_eq!(app.get("/livez").await.status, 200, "being busy is no reason to be restarted");

    drop(taken);
    assert_eq!(client.redeem(&asked, &code).await.status, 200, "nothing was spent");
    let landing = other.press(&login, "button[type=submit]", &form).await.page();
    assert_eq!(landing.words("#person"), "Dana Whitfield");
}
