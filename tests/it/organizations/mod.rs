//! Organizations as their people meet them: through the pages, on both engines.

mod founder;
mod intruders;
mod joining;
mod profile;
mod races;
mod users;

use connex::{
    accounts::open::{NewAccount, open},
    audit::Actor,
    kernel::{JoinRequestId, OrganizationId, Remark},
    organizations::{self, Role, joining as requests},
    platform::{hash::Password, store::Sql},
    protocol::oidc::StandardClaims,
};

use crate::support::{
    app::{PASSWORD, Person, TestApp},
    http::{Page, Visitor},
};

/// A person with a name and a verified address at `northline.example`, or at the domain in `username`.
async fn person(app: &TestApp, username: &str, name: &str) -> Person {
    open_account(app, username, name, true).await
}

async fn open_account(app: &TestApp, username: &str, name: &str, email_is_verified: bool) -> Person {
    let email = if username.contains('@') { username.to_owned() } else { format!("{username}@northline.example") };
    let (given, family) = name.split_once(' ').unwrap();
    let password = Password::parse(PASSWORD).unwrap();
    let hash = app.app.accounts.hasher.hash(password, app.app.db.entropy().bytes()).await.unwrap();
    let new = NewAccount {
        username: username.parse().unwrap(),
        email: email.parse().unwrap(),
        email_is_verified,
        given_name: given.parse().unwrap(),
        family_name: family.parse().unwrap(),
        claims: StandardClaims::default(),
        language: connex::kernel::Language::English,
        password_hash: Some(hash),
    };
    let mut unit = app.app.db.write().await.unwrap();
    let id = open(&mut unit, &Actor::Operator, new).await.unwrap();
    unit.commit().await.unwrap();
    Person { id, username: username.to_owned(), password: PASSWORD.to_owned(), email }
}

/// Northline Hauling: Dana founded it, Ellen administers, Marcus is a member.
struct Northline {
    app: TestApp,
    id: OrganizationId,
    dana: Person,
    ellen: Person,
    marcus: Person,
}

impl Northline {
    async fn on(app: TestApp) -> Self {
        let dana = person(&app, "dana", "Dana Whitfield").await;
        let ellen = person(&app, "ellen", "Ellen Cho").await;
        let marcus = person(&app, "marcus", "Marcus Bell").await;
        let id = app.organization("Northline Hauling", &dana).await;
        app.add_to(id, &ellen, Role::Administrator).await;
        app.add_to(id, &marcus, Role::Member).await;
        Self { app, id, dana, ellen, marcus }
    }

    /// A browser in which a person is signed in.
    async fn browser(&self, person: &Person) -> Visitor {
        signed_in(&self.app, person).await
    }

    /// A page as a person sees it.
    async fn page(&self, visitor: &Visitor, path: &str) -> Page {
        visitor.open(&self.app.at(path)).await.page()
    }

    /// Where the page about a member stands.
    async fn member_path(&self, person: &Person) -> String {
        let mut reader = self.app.app.db.read().await.unwrap();
        let id: Option<connex::kernel::MembershipId> = reader
            .sql("select id from memberships where organization_id = $1 and account_id = $2 and ended_at is null")
            .bind(self.id)
            .bind(person.id)
            .scalar()
            .await
            .unwrap();
        format!("/org/users/{}", id.unwrap())
    }

    /// What a person may do here now.
    async fn role_of(&self, person: &Person) -> Option<Role> {
        let mut reader = self.app.app.db.read().await.unwrap();
        let place = organizations::place_of(&mut reader, person.id).await.unwrap();
        place.filter(|place| place.organization == self.id).map(|place| place.role)
    }

    /// A person's request to join, as the sign-up makes it.
    async fn ask(&self, person: &Person, note: Option<&str>) -> JoinRequestId {
        let note: Option<Remark> = note.map(|note| note.parse().unwrap());
        let mut unit = self.app.app.db.write().await.unwrap();
        let asked = requests::ask(&mut unit, &self.app.app.accounts.kit, person.id, self.id, note).await;
        let id = asked.unwrap();
        unit.commit().await.unwrap();
        id
    }

    /// The founders of Northline: there is one, whatever anybody does.
    async fn founders(&self) -> Vec<connex::kernel::AccountId> {
        let mut reader = self.app.app.db.read().await.unwrap();
        let rows: Vec<(connex::kernel::AccountId,)> = reader
            .sql("select account_id from memberships where organization_id = $1 and role = 'founder' and ended_at is null")
            .bind(self.id)
            .all()
            .await
            .unwrap();
        rows.into_iter().map(|(account,)| account).collect()
    }
}

async fn signed_in(app: &TestApp, person: &Person) -> Visitor {
    let visitor = Visitor::new();
    let page = visitor.open(&app.at("/login")).await.page();
    let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
    let landing = visitor.press(&page, "button[type=submit]", &fields).await.page();
    assert!(landing.has("#person"), "{}", landing.text());
    visitor
}
