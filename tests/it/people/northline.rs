//! People with names and addresses of their own, and the organization of the stories.

use connex::{
    accounts::open::{NewAccount, open},
    audit::Actor,
    kernel::{Language, OrganizationId},
    organizations::Role,
    platform::hash::Password,
    protocol::oidc::standard_claims::StandardClaims,
};

use super::walk::Walk;
use crate::support::app::{PASSWORD, Person, TestApp};

/// The telephone number of everybody here.
pub const PHONE: &str = "+12185550142";

/// Opens an account under a name and an address, which is the user ID, too.
pub async fn resident(app: &TestApp, (given_name, family_name): (&str, &str), email: &str) -> Person {
    let password = Password::parse(PASSWORD).unwrap();
    let hash = app.app.accounts.hasher.hash(password, app.app.db.entropy().bytes()).await.unwrap();
    let claims: StandardClaims =
        serde_json::from_value(serde_json::json!({ "phone_number": PHONE, "phone_number_verified": true })).unwrap();
    let new = NewAccount {
        username: email.parse().unwrap(),
        email: email.parse().unwrap(),
        email_is_verified: true,
        given_name: given_name.parse().unwrap(),
        family_name: family_name.parse().unwrap(),
        claims,
        password_hash: Some(hash),
        language: Language::English,
    };
    let mut unit = app.app.db.write().await.unwrap();
    let id = open(&mut unit, &Actor::Operator, new).await.unwrap();
    unit.commit().await.unwrap();
    Person { id, username: email.to_owned(), password: PASSWORD.to_owned(), email: email.to_owned() }
}

/// Northline Hauling LLC, which Dana Whitfield has founded, with Luis Ortega.
pub struct Northline {
    pub id: OrganizationId,
    pub dana: Person,
    pub luis: Person,
}

impl Northline {
    pub async fn of(app: &TestApp) -> Self {
        let dana = resident(app, ("Dana", "Whitfield"), "dana@northline.example").await;
        let luis = resident(app, ("Luis", "Ortega"), "luis@northline.example").await;
        let id = app.organization("Northline Hauling LLC", &dana).await;
        app.add_to(id, &luis, Role::Member).await;
        Self { id, dana, luis }
    }
}

/// Has somebody who is signed in at ConneX change their last name there.
pub async fn renames(walk: &mut Walk, app: &TestApp, family_name: &str) {
    walk.browser.goto(&app.at("/account/details")).await;
    walk.fill("family_name", family_name).await;
    walk.press("#save-name").await;
    walk.see("#notice", "renamed").await;
}
