//! Odd passwords (L-23, R-2).

use connex::platform::{hash::Password, store::Sql};
use unicode_normalization::UnicodeNormalization;

use crate::support::{
    app::TestApp,
    http::{Page, Visitor},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    a_password_of_a_megabyte_is_refused
    no_character_of_a_long_password_is_ignored
    a_password_is_compared_as_it_was_typed
    letters_with_accents_may_be_typed_in_either_form
    a_nul_ends_no_password
}

async fn person_with(app: &TestApp, password: &str) {
    app.person("dana").await;
    now_has(app, password).await;
}

async fn now_has(app: &TestApp, password: &str) {
    let hash = app.app.accounts.hasher.hash(Password::parse(password).unwrap(), [7; 16]).await.unwrap();
    let mut unit = app.app.db.write().await.unwrap();
    unit.sql("update accounts set password_hash = $1").bind(hash).run().await.unwrap();
    unit.commit().await.unwrap();
}

async fn tries(app: &TestApp, password: &str) -> Page {
    let visitor = Visitor::new();
    let page = visitor.open(&app.at("/login")).await.page();
    visitor.press_once(&page, "button[type=submit]", &[("username", "dana"), ("password", password)]).await
}

async fn a_password_of_a_megabyte_is_refused(app: TestApp) {
    person_with(&app, "correct horse battery staple").await;
    for (bytes, status) in [(1024 * 1024, 413), (60_000, 422), (1025, 422), (1024, 422)] {
        let answer = tries(&app, &"x".repeat(bytes)).await;
        assert_eq!(answer.status.as_u16(), status, "{bytes} bytes");
    }
}

async fn no_character_of_a_long_password_is_ignored(app: TestApp) {
    let stem = "The quick brown fox jumps over the lazy dog. ".repeat(7);
    app.person("dana").await;
    for length in [64, 72, 128, 200, 256] {
        let password = format!("{}a", &stem[..length - 1]);
        now_has(&app, &password).await;
        for wrong in [format!("{}b", &stem[..length - 1]), stem[..length - 1].to_owned(), format!("{password}a")] {
            assert_eq!(tries(&app, &wrong).await.status, 422, "{length}");
        }
        assert_eq!(tries(&app, &password).await.status, 303, "{length}");
    }
}

async fn a_password_is_compared_as_it_was_typed(app: TestApp) {
    let password = "  Correct Horse  Battery Staple ";
    person_with(&app, password).await;
    for wrong in [password.trim(), &password.to_lowercase(), &password.to_uppercase(), &password.replace("  ", " "), ""]
    {
        assert_eq!(tries(&app, wrong).await.status, 422, "{wrong:?}");
    }
    assert_eq!(tries(&app, password).await.status, 303);
}

async fn letters_with_accents_may_be_typed_in_either_form(app: TestApp) {
    let password = "Überraschend schöne Grüße aus Orléans";
    let apart: String = password.nfd().collect();
    assert_ne!(apart, password);
    person_with(&app, &apart).await;
    assert_eq!(tries(&app, password).await.status, 303);
    assert_eq!(tries(&app, &apart).await.status, 303);
    assert_eq!(tries(&app, &password.replace('ü', "u")).await.status, 422);
}

async fn a_nul_ends_no_password(app: TestApp) {
    person_with(&app, "correct horse battery staple").await;
    for typed in ["correct horse battery staple\0", "correct horse battery staple\0and more", "\0"] {
        let answer = tries(&app, typed).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
    }
    let answer = Visitor::new().post(&app.at("/login"), &[("username", "da\0na"), ("password", "x")]).await;
    assert!(answer.status.is_client_error());
}
