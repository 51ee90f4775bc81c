//! An agency's site that takes accounts, and an organization that it approves.

use connex::{
    accounts,
    audit::Actor,
    kernel::{AccountId, Lifetime, OrganizationId, SiteId},
    organizations::Role,
    platform::store::Sql,
    sites::{self, Family},
};

use crate::support::{
    app::{Person, TestApp},
    scim_site::{Like, ScimSite},
};

pub struct World {
    pub app: TestApp,
    pub scim: ScimSite,
    pub site: SiteId,
    pub organization: OrganizationId,
    pub dana: Person,
    pub luis: Person,
}

impl World {
    pub async fn new(app: TestApp) -> Self {
        Self::with_a_site_like(app, Like::default()).await
    }

    pub async fn with_a_site_like(app: TestApp, like: Like) -> Self {
        let scim = ScimSite::start_like(like).await;
        let site = site_at(&app, &scim).await;
        let (dana, luis) = (app.person("dana").await, app.person("luis").await);
        let organization = app.organization("Northline", &dana).await;
        app.add_to(organization, &luis, Role::Member).await;
        Self { app, scim, site, organization, dana, luis }
    }

    /// The same, approved and told.
    pub async fn told(app: TestApp) -> Self {
        Self::told_like(app, Like::default()).await
    }

    pub async fn told_like(app: TestApp, like: Like) -> Self {
        let world = Self::with_a_site_like(app, like).await;
        approve(&world.app, world.site, world.organization).await;
        world.is_right().await;
        world.is_compared().await;
        world
    }

    pub async fn rename(&self, person: &Person, name: &str) {
        rename(&self.app, person.id, name).await;
    }

    pub async fn unapprove(&self) {
        let mut unit = self.app.app.db.write().await.unwrap();
        sites::unapprove(&mut unit, &Actor::Operator, self.site, self.organization).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Waits until the site has confirmed all that it should hold.
    pub async fn is_right(&self) {
        is_right(&self.app, self.site).await;
    }

    /// The same, while time goes by in steps: what failed is tried again.
    pub async fn is_right_in_time(&self, step: Lifetime) {
        is_right_in_time(&self.app, self.site, step).await;
    }

    /// Waits until the site was compared.
    pub async fn is_compared(&self) {
        is_compared(&self.app, self.site).await;
    }

    /// Has the site compared, and waits until that is done.
    pub async fn compare(&self) {
        self.change("update sync_sites set compare_at = 0 where site_id = $1").await;
        self.is_compared().await;
    }

    /// One number of the site's.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.app.app.db.read().await.unwrap().sql(sql).bind(self.site).scalar().await.unwrap().unwrap()
    }

    /// Until when the site is left alone.
    pub async fn resume_at(&self) -> i64 {
        self.number("select resume_at from sync_sites where site_id = $1").await
    }

    pub async fn change(&self, sql: &'static str) {
        let mut unit = self.app.app.db.write().await.unwrap();
        unit.sql(sql).bind(self.site).run().await.unwrap();
        unit.owe_work();
        unit.commit().await.unwrap();
    }

    /// State, attempts and last error of a person's copy.
    pub async fn copy_of(&self, person: &Person) -> (String, i64, Option<String>) {
        let mut reader = self.app.app.db.read().await.unwrap();
        reader
            .sql("select state, attempts, last_error from sync_items where site_id = $1 and resource_id = $2")
            .bind(self.site)
            .bind(person.id)
            .maybe()
            .await
            .unwrap()
            .unwrap()
    }

    /// Waits until a person's copy waits for people, and says why.
    pub async fn attention(&self, person: &Person) -> String {
        self.app.until("attention", async || self.copy_of(person).await.0 == "attention").await;
        self.copy_of(person).await.2.unwrap()
    }
}

pub async fn site_at(app: &TestApp, scim: &ScimSite) -> SiteId {
    let (site, _) = app.site(Family::OneOffice, "Birch", &scim.url, false).await;
    app.change("update sites set per_second = 0").await;
    site
}

pub async fn approve(app: &TestApp, site: SiteId, organization: OrganizationId) {
    let mut unit = app.app.db.write().await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, vec!["bidder".into()]).await.unwrap();
    unit.commit().await.unwrap();
}

pub async fn rename(app: &TestApp, person: AccountId, name: &str) {
    let mut unit = app.app.db.write().await.unwrap();
    let name = (name.parse().unwrap(), "Ortega".parse().unwrap());
    accounts::rename(&mut unit, &Actor::Person(person), person, name).await.unwrap();
    unit.commit().await.unwrap();
}

/// Waits until a site was compared.
pub async fn is_compared(app: &TestApp, site: SiteId) {
    let sql = "select count(*) from sync_sites where site_id = $1 and compare_at > $2";
    let is_so = async || {
        let mut reader = app.app.db.read().await.unwrap();
        reader.sql(sql).bind(site).bind(app.now()).scalar::<i64>().await.unwrap() == Some(1)
    };
    app.until("the site is compared", is_so).await;
}

/// Waits until a site has confirmed all that it should hold.
pub async fn is_right(app: &TestApp, site: SiteId) {
    app.until("the site is right", async || unconfirmed(app, site).await == 0).await;
}

/// The same, while time goes by in steps.
pub async fn is_right_in_time(app: &TestApp, site: SiteId, step: Lifetime) {
    app.until("the site is right in time", async || {
        let is_right = unconfirmed(app, site).await == 0;
        if !is_right {
            app.advance(step);
        }
        is_right
    })
    .await;
}

pub async fn unconfirmed(app: &TestApp, site: SiteId) -> i64 {
    let mut reader = app.app.db.read().await.unwrap();
    let sql = "select count(*) from sync_items where site_id = $1 and (state <> 'ok' or acked_rev <> want_rev)";
    reader.sql(sql).bind(site).scalar().await.unwrap().unwrap()
}
