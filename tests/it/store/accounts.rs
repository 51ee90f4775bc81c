//! What accounts and organizations keep, where no page leads to it yet or not to all of it.

use connex::{
    accounts::{
        self, AccountStatus,
        open::{NewAccount, OpenError, open},
    },
    audit::Actor,
    organizations::{self, OrganizationError, Role},
    platform::{
        hash::{Hasher, Params, Password},
        store::Sql,
    },
};
use reqwest::StatusCode;

use crate::support::{
    app::{PASSWORD, Person, TestApp},
    http::{Page, Visitor},
    on_both_engines,
};

on_both_engines! {
    user_ids_and_addresses_share_one_namespace
    an_account_is_found_by_what_its_person_types
    a_disabled_account_is_signed_out_at_once_and_may_come_back
    a_hash_of_older_parameters_is_replaced_at_sign_in
    too_many_tries_wait_and_a_good_one_clears_them
    an_organization_has_one_founder_and_each_person_once
    a_place_tells_organization_role_and_revision
}

fn new(username: &str, email: &str) -> NewAccount {
    NewAccount {
        username: username.parse().unwrap(),
        email: email.parse().unwrap(),
        email_is_verified: false,
        given_name: "Lee".parse().unwrap(),
        family_name: "Park".parse().unwrap(),
        claims: serde_json::from_str("{}").unwrap(),
        password_hash: None,
        language: connex::kernel::Language::default(),
    }
}

async fn user_ids_and_addresses_share_one_namespace(app: TestApp) {
    app.person("dana").await;
    for (username, email, expected) in [
        ("DANA", "other@people.example", "UsernameTaken"),
        ("other", "Dana@People.example", "EmailTaken"),
        ("dana@people.example", "other@people.example", "UsernameTaken"),
    ] {
        let mut unit = app.app.db.write().await.unwrap();
        let refused = open(&mut unit, &Actor::Operator, new(username, email)).await.unwrap_err();
        let name = match refused {
            OpenError::UsernameTaken => "UsernameTaken",
            OpenError::EmailTaken => "EmailTaken",
            OpenError::Fault(fault) => panic!("{fault:?}"),
        };
        assert_eq!(name, expected, "{username} {email}");
    }
    assert_eq!(app.count("select count(*) from accounts").await, 1);
}

async fn an_account_is_found_by_what_its_person_types(app: TestApp) {
    let dana = app.person("dana").await;
    let mut reader = app.app.db.read().await.unwrap();
    for typed in ["dana", " DANA ", "Dana@People.Example"] {
        let found = accounts::find(&mut reader, typed).await.unwrap().unwrap();
        assert_eq!(found.id(), dana.id, "{typed}");
    }
    assert!(accounts::find(&mut reader, "nobody").await.unwrap().is_none());
    assert_eq!(accounts::get(&mut reader, dana.id).await.unwrap().unwrap().id(), dana.id);
}

async fn try_to_sign_in(app: &TestApp, person: &Person, password: &str) -> Page {
    let visitor = Visitor::new();
    let page = visitor.open(&app.at("/login")).await.page();
    let fields = [("username", person.username.as_str()), ("password", password)];
    visitor.press_once(&page, "button[type=submit]", &fields).await
}

async fn a_disabled_account_is_signed_out_at_once_and_may_come_back(app: TestApp) {
    let (visitor, dana) = (Visitor::new(), app.person("dana").await);
    app.sign_in(&visitor, &dana).await;
    for (is_new, status) in [(true, AccountStatus::Disabled), (false, AccountStatus::Disabled)] {
        let mut unit = app.app.db.write().await.unwrap();
        assert_eq!(accounts::disable(&mut unit, &Actor::Operator, dana.id, None).await.unwrap(), is_new);
        unit.commit().await.unwrap();
        let now = accounts::get(&mut app.app.db.read().await.unwrap(), dana.id).await.unwrap().unwrap();
        assert_eq!(now.status(), status.as_str());
    }
    assert!(!visitor.get(&app.at("/")).await.has("#person"));
    assert_eq!(try_to_sign_in(&app, &dana, PASSWORD).await.status, StatusCode::FORBIDDEN);
    let mut unit = app.app.db.write().await.unwrap();
    assert!(accounts::enable(&mut unit, &Actor::Operator, dana.id).await.unwrap());
    assert!(!accounts::enable(&mut unit, &Actor::Operator, dana.id).await.unwrap());
    unit.commit().await.unwrap();
    assert!(!visitor.get(&app.at("/")).await.has("#person"), "what has ended stays so");
    app.sign_in(&visitor, &dana).await;
}

async fn a_hash_of_older_parameters_is_replaced_at_sign_in(app: TestApp) {
    let dana = app.person("dana").await;
    let older = Hasher::start(&Params::new(16, 2).unwrap(), None).unwrap();
    let salt = app.app.db.entropy().bytes();
    let hash = older.hash(Password::parse(PASSWORD).unwrap(), salt).await.unwrap();
    let mut unit = app.app.db.write().await.unwrap();
    let statement = unit.sql("update accounts set password_hash = $2 where id = $1").bind(dana.id);
    statement.bind(hash).run().await.unwrap();
    unit.commit().await.unwrap();
    let of_then = "select count(*) from accounts where password_hash like '%m=16,t=2%'";
    assert_eq!(app.count(of_then).await, 1);
    for _ in 0..2 {
        app.sign_in(&Visitor::new(), &dana).await;
        assert_eq!(app.count(of_then).await, 0);
    }
}

async fn too_many_tries_wait_and_a_good_one_clears_them(app: TestApp) {
    let app = TestApp::start(app.setting.with_limits()).await;
    let dana = app.person("dana").await;
    app.sign_in(&Visitor::new(), &dana).await;
    let mut tries = 0;
    let waiting = loop {
        let page = try_to_sign_in(&app, &dana, "wrong").await;
        if page.status != StatusCode::UNPROCESSABLE_ENTITY {
            break page;
        }
        tries += 1;
        assert!(tries < 50, "nobody is stopped");
    };
    assert_eq!(waiting.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: i64 = waiting.header("retry-after").parse().unwrap();
    app.advance(connex::kernel::Lifetime::seconds(wait + 1));
    app.sign_in(&Visitor::new(), &dana).await;
    assert_eq!(try_to_sign_in(&app, &dana, "wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn an_organization_has_one_founder_and_each_person_once(app: TestApp) {
    let (dana, lee) = (app.person("dana").await, app.person("lee").await);
    let pine = app.organization("Pine & Sons", &dana).await;
    app.add_to(pine, &lee, Role::Administrator).await;
    let mut unit = app.app.db.write().await.unwrap();
    let founder = organizations::add_user(&mut unit, &Actor::Operator, pine, lee.id, Role::Founder).await;
    assert!(matches!(founder, Err(OrganizationError::OneFounder)));
    let nowhere = connex::kernel::OrganizationId::from_uuid(lee.id.uuid());
    let nowhere = organizations::add_user(&mut unit, &Actor::Operator, nowhere, lee.id, Role::Member).await;
    assert!(matches!(nowhere, Err(OrganizationError::NotFound)));
    let twice = organizations::add_user(&mut unit, &Actor::Operator, pine, lee.id, Role::Member).await;
    assert!(matches!(twice, Err(OrganizationError::AlreadyMember)));
}

async fn a_place_tells_organization_role_and_revision(app: TestApp) {
    let (dana, lee) = (app.person("dana").await, app.person("lee").await);
    let pine = app.organization("Pine & Sons", &dana).await;
    let mut reader = app.app.db.read().await.unwrap();
    assert!(organizations::place_of(&mut reader, lee.id).await.unwrap().is_none());
    let before = organizations::place_of(&mut reader, dana.id).await.unwrap().unwrap();
    drop(reader);
    app.add_to(pine, &lee, Role::Member).await;
    let mut reader = app.app.db.read().await.unwrap();
    let after = organizations::place_of(&mut reader, lee.id).await.unwrap().unwrap();
    assert_eq!((after.organization, after.role, after.rev), (pine, Role::Member, before.rev + 1));
    for typed in ["PINE & sons".to_owned(), pine.to_string()] {
        let found = organizations::find(&mut reader, &typed).await.unwrap();
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [pine], "{typed}");
    }
    assert!(organizations::find(&mut reader, "Oak").await.unwrap().is_empty());
}
