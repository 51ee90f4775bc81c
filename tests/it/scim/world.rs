//! Two sites, each with an organization of its own.

use connex::{
    accounts,
    audit::Actor,
    kernel::{OrganizationId, SiteId},
    organizations::{self, Role},
    platform::store::Sql,
    sites::{self, Family},
};
use reqwest::Method;
use serde_json::Value;

use crate::support::{
    app::{Person, TestApp},
    client::TestClient,
    http::{Page, read},
    scim_site::ScimSite,
};

/// A site that asks.
pub struct Site {
    pub id: SiteId,
    pub client: TestClient,
}

/// Birch knows Northline (Dana, Luis); Marlow knows Copperfield (Omar). Dana and Omar are founders.
pub struct World {
    pub app: TestApp,
    pub birch: Site,
    pub marlow: Site,
    pub northline: OrganizationId,
    pub copperfield: OrganizationId,
    pub dana: Person,
    pub luis: Person,
    pub omar: Person,
}

impl Site {
    pub async fn new(app: &TestApp, name: &str) -> Self {
        Self::at(app, name, &format!("https://{}.example", name.to_lowercase())).await
    }

    /// One that stands at `url`.
    pub async fn at(app: &TestApp, name: &str, url: &str) -> Self {
        let (id, client) = app.site(Family::OneOffice, name, url, false).await;
        Self { id, client }
    }

    /// A token that the site got for itself.
    pub async fn token(&self, scope: &str) -> String {
        let answer = read(self.client.post("/token", &[("grant_type", "client_credentials"), ("scope", scope)])).await;
        answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }
}

impl World {
    pub async fn new(app: TestApp) -> Self {
        let birch = Site::new(&app, "Birch").await;
        Self::with(app, birch).await
    }

    /// The same, where Birch answers.
    pub async fn answering(app: TestApp) -> (Self, ScimSite) {
        let scim = ScimSite::start().await;
        let birch = Site::at(&app, "Birch", &scim.url).await;
        app.change("update sites set per_second = 0").await;
        let world = Self::with(app, birch).await;
        world.is_right().await;
        (world, scim)
    }

    async fn with(app: TestApp, birch: Site) -> Self {
        let marlow = Site::new(&app, "Marlow").await;
        let (dana, luis, omar) = (app.person("dana").await, app.person("luis").await, app.person("omar").await);
        let northline = app.organization("Northline Hauling LLC", &dana).await;
        let copperfield = app.organization("Copperfield Construction Inc.", &omar).await;
        app.add_to(northline, &luis, Role::Member).await;
        let world = Self { app, birch, marlow, northline, copperfield, dana, luis, omar };
        world.approve(&world.birch, northline).await;
        world.approve(&world.marlow, copperfield).await;
        world
    }

    /// Waits until Birch has confirmed all that it should hold, and was compared.
    pub async fn is_right(&self) {
        let sql = "select count(*) from sync_sites s where s.site_id = $1 and s.compare_at > $2 and not exists (
                       select 1 from sync_items i where i.site_id = s.site_id and i.state <> 'ok')";
        let is_so = async || {
            let mut reader = self.app.app.db.read().await.unwrap();
            reader.sql(sql).bind(self.birch.id).bind(self.app.now()).scalar::<i64>().await.unwrap() == Some(1)
        };
        self.app.until("the site is right", is_so).await;
    }

    pub async fn approve(&self, site: &Site, organization: OrganizationId) {
        let mut unit = self.app.app.db.write().await.unwrap();
        sites::approve(&mut unit, &Actor::Operator, site.id, organization, vec!["bidder".into()]).await.unwrap();
        unit.commit().await.unwrap();
    }

    pub async fn rename(&self, person: &Person, name: &str) {
        let mut unit = self.app.app.db.write().await.unwrap();
        let name = (name.parse().unwrap(), "Ortega".parse().unwrap());
        accounts::rename(&mut unit, &Actor::Person(person.id), person.id, name).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// More people of Northline, so that there are several pages.
    pub async fn crowd(&self, count: usize) {
        for n in 0..count {
            let person = self.app.person(&format!("crowd{n}")).await;
            let mut unit = self.app.app.db.write().await.unwrap();
            organizations::add_user(&mut unit, &Actor::Operator, self.northline, person.id, Role::Member)
                .await
                .unwrap();
            unit.commit().await.unwrap();
        }
    }

    /// What the tokens of every site call a person.
    pub async fn sub(&self, person: &Person) -> String {
        let mut reader = self.app.app.db.read().await.unwrap();
        let found = reader.sql("select subject from accounts where id = $1").bind(person.id).scalar().await.unwrap();
        found.unwrap()
    }

    /// Asks as `site`, with a token of the scope that the path needs.
    pub async fn ask(&self, site: &Site, path: &str) -> Page {
        let scope = if path.starts_with("/scim/") { "scim" } else { "sync" };
        self.bear(&site.token(scope).await, Method::GET, path, None).await
    }

    /// Writes as `site`.
    pub async fn write(&self, site: &Site, method: Method, path: &str, body: &Value) -> Page {
        self.bear(&site.token("sync").await, method, path, Some(body)).await
    }

    /// Asks with a token.
    pub async fn bear(&self, token: &str, method: Method, path: &str, body: Option<&Value>) -> Page {
        let request = self.app.machine.request(method, self.app.at(path)).bearer_auth(token);
        read(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// The resources of a list.
    pub async fn listed(&self, site: &Site, path: &str) -> Vec<Value> {
        let page = self.ask(site, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.json()["Resources"].as_array().unwrap().clone()
    }

    /// The user IDs in a list, sorted.
    pub async fn names(&self, site: &Site, path: &str) -> Vec<String> {
        let listed = self.listed(site, path).await;
        let mut names: Vec<String> = listed.iter().map(|one| one["userName"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// Notes that the site has confirmed everything, as a delivery does.
    pub async fn confirm_everything(&self) {
        let told = r#"{"active":true,"email":"luis@people.example","externalId":"SUB","familyName":"Whitfield","givenName":"Dana","organization":null,"phone":null,"role":"member","userName":"luis"}"#;
        let mut unit = self.app.app.db.write().await.unwrap();
        unit.sql("update sync_items set acked_rev = want_rev, state = 'ok', acked_active = true, acked = replace($1, 'SUB', external_id) where kind = 'user'")
            .bind(told.to_owned())
            .run()
            .await
            .unwrap();
        unit.commit().await.unwrap();
    }
}

/// A path with a filter in it.
pub fn filtered(path: &str, filter: &str) -> String {
    let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    format!("{path}?filter={filter}")
}
