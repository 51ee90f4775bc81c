//! The program at work, its simulated sites, and the people in it.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use connex::{
    accounts::{
        self,
        open::{NewAccount, open},
    },
    app::{App, Surroundings, open_database},
    audit::Actor,
    kernel::{AccountId, Language, OrganizationId, Secret, SiteId},
    organizations::{Profile, Role, add_user, found},
    platform::{
        config::{Config, Database},
        serve::Server,
        store::{Sql, Unit},
    },
    protocol::oidc::StandardClaims,
    sites::{self as registry, Family, NewSite},
    sync::copy::{self, Copy},
};
use tokio_util::sync::CancellationToken;

use crate::sites::{Fleet, Manner};

const PEOPLE: usize = 100;
/// At how many sites each organization is approved.
const SPREAD: usize = 8;
const CHANGES_A_SECOND: u64 = 40;

/// The program at work, its sites, and who is in it.
pub struct World {
    pub app: App,
    pub fleet: Fleet,
    pub sites: Vec<SiteId>,
    pub people: Vec<AccountId>,
    stop: CancellationToken,
    /// How many changes were made.
    changes: AtomicUsize,
    _folder: tempfile::TempDir,
}

impl World {
    /// A running program with `count` sites.
    pub async fn begin(count: usize, manner: fn(usize) -> Manner, per_second: i64) -> Self {
        let (world, server) = Self::prepare(count, manner, per_second).await;
        let (running, stopped) = (world.app.clone(), world.stop.clone());
        tokio::spawn(async move { running.run(server, stopped).await });
        world
    }

    /// The same before anything runs.
    pub async fn prepare(count: usize, manner: fn(usize) -> Manner, per_second: i64) -> (Self, Server) {
        let folder = tempfile::tempdir().unwrap();
        let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let issuer = format!("http://{listen}").parse().unwrap();
        let mut config = Config::for_loopback(&issuer, listen, folder.path()).unwrap();
        if let Ok(url) = std::env::var("CONNEX_BENCH_POSTGRES") {
            config.database = Database::Postgres { url: Secret::new(url) };
        }
        open_database(&config, &Surroundings::default()).await.unwrap().migrate().await.unwrap();
        let server = Server::bind(&config.http).await.unwrap();
        let app = App::open(config, Surroundings::default()).await.unwrap();
        let fleet = Fleet::start(manner).await;
        let mut unit = app.db.write().await.unwrap();
        let mut sites = Vec::new();
        for n in 0..count {
            let name = format!("Site {n}").parse().unwrap();
            let new = NewSite {
                scim_url: Some(format!("{}/scim/v2", fleet.site(n))),
                per_second,
                ..NewSite::new(Family::OneOffice, name, fleet.site(n).parse().unwrap())
            };
            sites.push(registry::register(&mut unit, &Actor::Program, new).await.unwrap());
        }
        unit.commit().await.unwrap();
        // What is compared is not what is measured here.
        let mut unit = app.db.write().await.unwrap();
        unit.sql("update sync_sites set compare_at = 9000000000000000").run().await.unwrap();
        unit.commit().await.unwrap();
        let (stop, changes) = (CancellationToken::new(), AtomicUsize::new(0));
        (Self { app, fleet, sites, people: Vec::new(), stop, changes, _folder: folder }, server)
    }

    /// Organizations of `PEOPLE` each, approved at `SPREAD` sites, whose copies count as confirmed.
    pub async fn fill(&mut self, organizations: usize) {
        for n in 0..organizations {
            let mut unit = self.app.db.write().await.unwrap();
            let organization = self.organization(&mut unit, n, PEOPLE).await;
            for k in 0..SPREAD.min(self.sites.len()) {
                let site = self.sites[(n * 7 + k * 13) % self.sites.len()];
                registry::approve(&mut unit, &Actor::Program, site, organization, Vec::new()).await.unwrap();
            }
            unit.commit().await.unwrap();
            let mut unit = self.app.db.write().await.unwrap();
            unit.sql(
                "update sync_items set state = 'ok', acked_rev = want_rev, acked_active = true, acked_at = changed_at,
                        remote_id = 'r', acked = case kind when 'user' then $1 else $2 end
                 where state = 'due' and acked_rev = 0",
            )
            .bind(a_person())
            .bind(an_organization())
            .run()
            .await
            .unwrap();
            unit.commit().await.unwrap();
        }
    }

    pub async fn organization(&mut self, unit: &mut Unit, n: usize, people: usize) -> OrganizationId {
        let founder = person(unit, self.people.len()).await;
        self.people.push(founder);
        let name = format!("Organization {n}").parse().unwrap();
        let organization = found(unit, &Actor::Program, Profile::named(name), founder).await.unwrap();
        for _ in 1..people {
            let account = person(unit, self.people.len()).await;
            self.people.push(account);
            add_user(unit, &Actor::Program, organization, account, Role::Member).await.unwrap();
        }
        organization
    }

    /// Makes changes for `span`, and waits until they have had time to arrive. Says how many found the database
    /// too busy, as people would be told; they are not made.
    pub async fn change(&self, span: Duration) -> usize {
        let (began, mut refused) = (Instant::now(), 0);
        let mut beat = tokio::time::interval(Duration::from_millis(1000 / CHANGES_A_SECOND));
        while began.elapsed() < span {
            beat.tick().await;
            refused += usize::from(self.change_one().await.is_none());
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
        refused
    }

    /// Renames somebody; every hundredth time ends an account, or opens it again.
    async fn change_one(&self) -> Option<()> {
        let n = self.changes.fetch_add(1, Ordering::Relaxed);
        // The first of each hundred is a founder.
        let account = self.people[(n * 37 + 1) % self.people.len()];
        let mut unit = self.app.db.write().await.ok()?;
        if n.is_multiple_of(100) {
            let was_open = accounts::disable(&mut unit, &Actor::Program, account, None).await.ok()?;
            if !was_open {
                accounts::enable(&mut unit, &Actor::Program, account).await.ok()?;
            }
        } else {
            let name = (format!("Given{n}").parse().unwrap(), "Changed".parse().unwrap());
            accounts::rename(&mut unit, &Actor::Program, account, name).await.ok()?;
        }
        unit.commit().await.ok()
    }

    /// From the change to the confirmation, at sites of `manner`: sorted milliseconds.
    pub async fn confirmed(&self, manner: Manner, since: i64) -> Vec<i64> {
        let mut all = Vec::new();
        for (_, site) in self.sites.iter().enumerate().filter(|(n, _)| self.fleet.manner(*n) == manner) {
            let rows: Vec<(i64,)> = self
                .app
                .db
                .read()
                .await
                .unwrap()
                .sql(
                    "select r.acked_at - i.changed_at from sync_receipts r
                     join sync_items i on i.site_id = r.site_id and i.kind = r.kind and i.resource_id = r.resource_id and i.want_rev = r.rev
                     where r.site_id = $1 and r.acked_at >= $2",
                )
                .bind(*site)
                .bind(since)
                .all()
                .await
                .unwrap();
            all.extend(rows.into_iter().map(|(millis,)| millis));
        }
        all.sort_unstable();
        all
    }

    pub async fn count(&self, text: &'static str) -> i64 {
        self.app.db.read().await.unwrap().sql(text).scalar().await.unwrap().unwrap_or_default()
    }

    pub async fn end(self) {
        self.stop.cancel();
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// What a site was told of somebody: of anybody, for what is measured.
fn a_person() -> String {
    let user = copy::User {
        active: true,
        email: "person@bench.example".into(),
        external_id: "person".into(),
        family_name: "Family".into(),
        given_name: "Given".into(),
        organization: None,
        phone: None,
        role: None,
        user_name: "person@bench.example".into(),
    };
    Copy::User(user).canonical().unwrap()
}

/// The same of an organization.
fn an_organization() -> String {
    let organization = copy::Organization {
        active: true,
        city: None,
        email: None,
        external_id: "organization".into(),
        name: "Organization".into(),
        phone: None,
        postal_code: None,
        roles: Vec::new(),
        state: None,
        status: "approved".into(),
        street: None,
    };
    Copy::Organization(organization).canonical().unwrap()
}

async fn person(unit: &mut Unit, n: usize) -> AccountId {
    let email = format!("person{n}@bench{}.example", n % 997);
    let new = NewAccount {
        username: email.parse().unwrap(),
        email: email.parse().unwrap(),
        email_is_verified: true,
        given_name: format!("Given{}", n % 311).parse().unwrap(),
        family_name: format!("Family{}", n % 1913).parse().unwrap(),
        claims: StandardClaims::default(),
        password_hash: None,
        language: Language::English,
    };
    open(unit, &Actor::Program, new).await.unwrap()
}
