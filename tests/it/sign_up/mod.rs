//! Signing up, page by page, as a person without JavaScript does it.

mod attacks;
mod finishing;
mod input;
mod invitations;
mod journey;
mod limits;
mod members;
mod order;
mod organizations;

use connex::organizations::{AssignableRole, Role, invitations::NewInvitation};

use crate::support::{
    app::{Person, TestApp},
    http::{Page, Visitor},
};

/// A password that may be chosen.
const PASSWORD: &str = "plum harvest canoe lantern";

/// Somebody without an account, at a browser of their own.
struct Newcomer<'a> {
    app: &'a TestApp,
    visitor: Visitor,
    email: String,
}

impl<'a> Newcomer<'a> {
    fn new(app: &'a TestApp, email: &str) -> Self {
        Self { app, visitor: Visitor::new(), email: email.to_owned() }
    }

    async fn open(&self, path: &str) -> Page {
        self.visitor.open(&self.app.at(path)).await.page()
    }

    /// Fills the form of `page` and goes on.
    async fn fill(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let button = if page.has("#continue") { "#continue" } else { "main form button[type=submit]" };
        self.visitor.press(page, button, fields).await.page()
    }

    /// Types the address; a code is on its way.
    async fn begin(&self) -> Page {
        let page = self.fill(&self.open("/signup").await, &[("email", &self.email)]).await;
        assert_eq!(page.url.path(), "/signup/code", "{}", page.text());
        page
    }

    /// Types the newest code that was mailed.
    async fn prove(&self) -> Page {
        let page = self.begin().await;
        let code = self.app.mail_to(&self.email).await.code();
        self.fill(&page, &[("code", &code)]).await
    }

    /// Founds an organization, up to the login credentials.
    async fn found(&self, page: &Page, name: &str) -> Page {
        let form = self.fill(page, &[("org", "none")]).await;
        assert_eq!(form.url.path(), "/signup/organization/new", "{}", form.text());
        self.fill(&form, &organization(name)).await
    }

    /// Chooses user ID, password and name, up to the answers.
    async fn choose(&self, page: &Page) -> Page {
        let page = self.fill(page, &[("password", PASSWORD), ("given_name", "Luis"), ("family_name", "Ortega")]).await;
        assert_eq!(page.url.path(), "/signup/check", "{}", page.text());
        page
    }

    /// All answers for the founder of `name`: only the last button is left.
    async fn answer_all(&self, name: &str) -> Page {
        let page = self.prove().await;
        self.choose(&self.found(&page, name).await).await
    }

    async fn create(&self, page: &Page) -> Page {
        self.visitor.press(page, "#create", &[]).await.page()
    }

    /// Whether this browser is signed in.
    async fn is_signed_in(&self) -> bool {
        self.visitor.open(&self.app.at("/signup/ready")).await.page().has("#person")
    }
}

/// A new organization in Brainerd.
fn organization(name: &str) -> [(&str, &str); 5] {
    [("name", name), ("street", "1 Main St"), ("city", "Brainerd"), ("state", "mn"), ("postal_code", "56401")]
}

/// An organization with its founder.
async fn northline(app: &TestApp) -> Person {
    let dana = app.person("dana").await;
    app.organization("Northline Hauling LLC", &dana).await;
    dana
}

/// Invites `email` to the founder's organization as a member; the path of the mailed link.
async fn invite(app: &TestApp, founder: &Person, email: &str) -> String {
    let place = {
        let mut reader = app.app.db.read().await.unwrap();
        connex::organizations::place_of(&mut reader, founder.id).await.unwrap().unwrap()
    };
    assert!(matches!(place.role, Role::Founder | Role::Administrator));
    let new = NewInvitation {
        given_name: "Luis".parse().unwrap(),
        family_name: "Ortega".parse().unwrap(),
        email: email.parse().unwrap(),
        role: AssignableRole::Member,
    };
    let mut unit = app.app.db.write().await.unwrap();
    let (kit, by) = (&app.app.accounts.kit, place.administrator().unwrap());
    connex::organizations::invitations::invite(&mut unit, kit, by, new, Default::default()).await.unwrap();
    unit.commit().await.unwrap();
    app.mail_to(email).await.link()
}
