//! The sign-in page and its ways out (X2).

use connex::{accounts, audit::Actor, sites::Family};

use super::try_to_sign_in;
use crate::support::{
    app::{PASSWORD, Person, TestApp},
    http::Visitor,
    on_both_engines,
};

on_both_engines! {
    whoever_is_disabled_reads_by_whom
    an_organization_cannot_lift_what_the_operator_has_disabled
    the_page_leads_on_with_what_the_site_asked_for
    employees_of_an_agency_are_sent_to_its_own_login
    a_closed_account_is_nobodys_and_its_names_stay_reserved
    s40_one_signs_in_at_a_onegov_site_with_the_email_and_the_connex_password
}

async fn whoever_is_disabled_reads_by_whom(app: TestApp) {
    let dana = app.person("dana").await;
    for (by, said) in [
        (Some("Northline Hauling <LLC>"), "This account was disabled by Northline Hauling <LLC>"),
        (None, "This account was disabled by an administrator"),
    ] {
        let mut unit = app.app.db.write().await.unwrap();
        assert!(accounts::disable(&mut unit, &Actor::Operator, dana.id, by).await.unwrap());
        unit.commit().await.unwrap();
        let page = try_to_sign_in(&app, "dana", PASSWORD).await;
        assert_eq!((page.status.as_u16(), page.words("#errors a")), (403, said.to_owned()));
        assert_eq!(try_to_sign_in(&app, "dana", "a wrong one").await.status, 422, "strangers learn nothing");
    }
}

async fn an_organization_cannot_lift_what_the_operator_has_disabled(app: TestApp) {
    let dana = app.person("dana").await;
    let mut unit = app.app.db.write().await.unwrap();
    assert!(accounts::disable(&mut unit, &Actor::Operator, dana.id, Some("Northline")).await.unwrap());
    assert!(!accounts::disable(&mut unit, &Actor::Operator, dana.id, Some("Other")).await.unwrap());
    assert!(accounts::disable(&mut unit, &Actor::Operator, dana.id, None).await.unwrap());
    assert!(!accounts::enable_for_organization(&mut unit, &Actor::Operator, dana.id).await.unwrap());
    assert!(accounts::enable(&mut unit, &Actor::Operator, dana.id).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(try_to_sign_in(&app, "dana", PASSWORD).await.status, 303);
}

async fn the_page_leads_on_with_what_the_site_asked_for(app: TestApp) {
    let (client, visitor) = (app.web_client("c1").await, Visitor::new());
    let page = visitor.open(&client.asks("openid").url()).await.page();
    let errand = page.attribute("input[name=errand]", "value");
    assert_eq!(page.attribute("#forgot", "href"), format!("/recover?errand={errand}"));
    assert_eq!(page.attribute("#signup", "href"), format!("/signup?errand={errand}"));
    assert!(!page.has("#agency"));
    let page = visitor.open(&app.at("/login")).await.page();
    assert_eq!(
        (page.attribute("#forgot", "href"), page.attribute("#signup", "href")),
        ("/recover".to_owned(), "/signup".to_owned())
    );
}

async fn employees_of_an_agency_are_sent_to_its_own_login(app: TestApp) {
    for (family, is_office) in [(Family::OneOffice, true), (Family::OneGov, false)] {
        let url = format!("https://{}.example", family.as_str());
        let (_, client) = app.site(family, "Birch County", &url, false).await;
        let page = Visitor::new().open(&client.asks("openid").url()).await.page();
        assert_eq!(page.has("#agency"), is_office);
        if is_office {
            assert!(page.attribute("#agency", "href").starts_with(&url), "{}", page.attribute("#agency", "href"));
        }
    }
}

async fn a_closed_account_is_nobodys_and_its_names_stay_reserved(app: TestApp) {
    let (dana, visitor) = super::signed_in(&app, "dana").await;
    let mut unit = app.app.db.write().await.unwrap();
    let account = accounts::get(&mut unit, dana.id).await.unwrap().unwrap();
    assert!(accounts::close(&mut unit, &Actor::Person(dana.id), &account).await.unwrap());
    unit.commit().await.unwrap();
    assert!(!super::is_signed_in(&app, &visitor).await);
    for name in ["dana", &dana.email] {
        assert_eq!(try_to_sign_in(&app, name, PASSWORD).await.status, 422, "{name}");
    }
    let free = async |name: &str| accounts::is_free(&mut app.app.db.read().await.unwrap(), name).await.unwrap();
    assert!(!free("DANA").await && !free(&dana.email).await);
    app.advance(connex::kernel::Lifetime::days(90));
    assert!(!free("dana").await, "a user ID is never given to somebody else");
    assert!(free(&dana.email).await);
}

async fn s40_one_signs_in_at_a_onegov_site_with_the_email_and_the_connex_password(app: TestApp) {
    let (_, client) = app.site(Family::OneGov, "Tamarack County Permits", "https://tamarack.example", false).await;
    let dana = app.person("dana").await;
    for written in [dana.email.clone(), dana.email.to_uppercase(), format!(" {} ", dana.email)] {
        let by_email = Person { username: written, ..dana.clone() };
        let tokens = client.sign_in(&Visitor::new(), &by_email, "openid email").await;
        let told = client.userinfo(tokens.get("access_token")).await.json();
        assert_eq!(told["email"], dana.email.as_str(), "the password was typed at ConneX only");
    }
}
