//! Pages and mailed links of somebody whose account or organization has ended (K-20, R-25).

use connex::{
    accounts::{self},
    audit::Actor,
    organizations,
};

use crate::support::{
    app::{Person, TestApp},
    http::Visitor,
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    the_pages_of_a_disabled_account_ask_to_sign_in
    the_pages_of_a_closed_account_ask_to_sign_in
    the_link_for_a_new_password_dies_with_the_account
    an_invitation_is_void_while_its_organization_is_suspended
    nobody_acts_for_a_suspended_organization
}

#[derive(Clone, Copy)]
enum End {
    Disabled,
    Closed,
}

async fn put_an_end_to(app: &TestApp, dana: &Person, end: End) {
    let mut unit = app.app.db.write().await.unwrap();
    let account = accounts::get(&mut unit, dana.id).await.unwrap().unwrap();
    let done = match end {
        End::Disabled => accounts::disable(&mut unit, &Actor::Operator, dana.id, None).await.unwrap(),
        End::Closed => accounts::close(&mut unit, &Actor::Operator, &account).await.unwrap(),
    };
    assert!(done);
    unit.commit().await.unwrap();
}

async fn pages_ask_to_sign_in(app: TestApp, end: End) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    app.sign_in(&visitor, &dana).await;
    put_an_end_to(&app, &dana, end).await;
    for path in ["/account", "/account/details", "/account/devices", "/account/export", "/account/sites", "/org"] {
        let to = visitor.get(&app.at(path)).await.location();
        assert_eq!(to.as_ref().map(url::Url::path), Some("/login"), "{path}");
    }
}

async fn the_pages_of_a_disabled_account_ask_to_sign_in(app: TestApp) {
    pages_ask_to_sign_in(app, End::Disabled).await;
}

async fn the_pages_of_a_closed_account_ask_to_sign_in(app: TestApp) {
    pages_ask_to_sign_in(app, End::Closed).await;
}

async fn the_link_for_a_new_password_dies_with_the_account(app: TestApp) {
    for (name, end) in [("dana", End::Disabled), ("ellen", End::Closed)] {
        let (person, visitor) = (app.person(name).await, Visitor::new());
        let page = visitor.open(&app.at("/recover")).await.page();
        visitor.press(&page, "main button[type=submit]", &[("username", name)]).await.page();
        app.until("the mail is there", async || !app.mails_to(&person.email).await.is_empty()).await;
        let link = app.mail_to(&person.email).await.link();
        put_an_end_to(&app, &person, end).await;
        let page = visitor.open(&link).await.page();
        let page = match page.has("#password") {
            true => {
                let fields = [("password", "seven quiet lanterns by the creek")];
                visitor.press(&page, "main button[type=submit]", &fields).await.page()
            }
            false => page,
        };
        assert!(!page.has("#person"), "{name} is signed in: {}", page.text());
    }
}

async fn an_invitation_is_void_while_its_organization_is_suspended(app: TestApp) {
    let dana = app.person("dana").await;
    let organization = app.organization("Northline Hauling LLC", &dana).await;
    let founder = Visitor::new();
    app.sign_in(&founder, &dana).await;
    let page = founder.open(&app.at("/org/users/add")).await.page();
    let fields = [("given_name", "Priya"), ("family_name", "Raman"), ("email", "priya@northline.example")];
    founder.press(&page, "#add", &fields).await.page();
    let link = app.mail_to("priya@northline.example").await.link();
    assert!(Visitor::new().open(&link).await.page().has("#join"));
    suspend(&app, organization).await;
    let page = Visitor::new().open(&link).await.page();
    assert!(page.status == 410 && !page.has("#join"), "{} {}", page.status, page.text());
}

async fn nobody_acts_for_a_suspended_organization(app: TestApp) {
    let (dana, visitor) = (app.person("dana").await, Visitor::new());
    let organization = app.organization("Northline Hauling LLC", &dana).await;
    app.sign_in(&visitor, &dana).await;
    assert_eq!(visitor.get(&app.at("/org/users")).await.status, 200);
    suspend(&app, organization).await;
    for path in ["/org", "/org/users", "/org/edit", "/org/founder"] {
        let page = visitor.get(&app.at(path)).await;
        assert!(page.status == 403 && page.body.contains("CX-1204"), "{path}: {}", page.text());
    }
}

async fn suspend(app: &TestApp, organization: connex::kernel::OrganizationId) {
    let mut unit = app.app.db.write().await.unwrap();
    assert!(organizations::set_suspended(&mut unit, &Actor::Operator, organization, true).await.unwrap());
    unit.commit().await.unwrap();
}
