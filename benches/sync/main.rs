//! How fast a change is at the sites: `cargo bench --bench sync [-- SCENARIO…]`.
//!
//! Starts the whole program on SQLite, or on the PostgreSQL database of `CONNEX_BENCH_POSTGRES` (an empty
//! one), with simulated sites on loopback. Scenarios, all by default:
//!
//! - `fleet`: 200 sites of which 70 % are healthy (5 ms), 15 % slow (300 ms), 10 % fail (500) and 5 % never
//!   answer; 50,000 people in 500 organizations, each organization approved at 8 sites. 40 changes a
//!   second; commit to confirmation at healthy sites, and the first request of a deactivation.
//! - `dead`: the same changes at the healthy sites alone, and with one of them dead.
//! - `approval`: an organization of 500 people is approved, at ten requests a second and without a limit.
//! - `soak`: an hour of the fleet's changes (or `CONNEX_BENCH_MINUTES`), the memory each ten minutes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement reads the clock, prints, and stops where something is wrong"
)]

mod sites;

use std::time::{Duration, Instant};

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
};
use sites::{Fleet, Manner};
use tokio_util::sync::CancellationToken;

const SITES: usize = 200;
const ORGANIZATIONS: usize = 500;
const PEOPLE: usize = 100;
/// At how many sites each organization is approved.
const SPREAD: usize = 8;
const CHANGES_A_SECOND: u64 = 40;

/// The program at work, its sites, and who is in it.
struct World {
    app: App,
    fleet: Fleet,
    stop: CancellationToken,
    sites: Vec<SiteId>,
    people: Vec<AccountId>,
    _folder: tempfile::TempDir,
}

impl World {
    /// A running program with `count` sites.
    async fn begin(count: usize, manner: fn(usize) -> Manner, per_second: i64) -> Self {
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
        let stop = CancellationToken::new();
        let (running, stopped) = (app.clone(), stop.clone());
        tokio::spawn(async move { running.run(server, stopped).await });
        Self { app, fleet, stop, sites, people: Vec::new(), _folder: folder }
    }

    /// Organizations of `PEOPLE` each, approved at `SPREAD` sites, whose copies count as confirmed.
    async fn fill(&mut self, organizations: usize) {
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
                        remote_id = 'r' where state = 'due' and acked_rev = 0",
            )
            .run()
            .await
            .unwrap();
            unit.commit().await.unwrap();
        }
    }

    async fn organization(&mut self, unit: &mut Unit, n: usize, people: usize) -> OrganizationId {
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

    /// Renames people for `span`; every hundredth change is a deactivation.
    async fn change(&self, span: Duration) {
        let began = Instant::now();
        let mut beat = tokio::time::interval(Duration::from_millis(1000 / CHANGES_A_SECOND));
        let mut n = 0;
        while began.elapsed() < span {
            beat.tick().await;
            n += 1;
            let account = self.people[n * 37 % self.people.len()];
            let mut unit = self.app.db.write().await.unwrap();
            if n % 100 == 0 {
                accounts::disable(&mut unit, &Actor::Program, account, None).await.unwrap();
            } else {
                let name = (format!("Given{n}").parse().unwrap(), "Changed".parse().unwrap());
                accounts::rename(&mut unit, &Actor::Program, account, name).await.unwrap();
            }
            unit.commit().await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }

    /// From the change to the confirmation, at sites of `manner`: sorted milliseconds.
    async fn confirmed(&self, manner: Manner, since: i64) -> Vec<i64> {
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

    async fn count(&self, text: &'static str) -> i64 {
        self.app.db.read().await.unwrap().sql(text).scalar().await.unwrap().unwrap_or_default()
    }

    async fn end(self) {
        self.stop.cancel();
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
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

fn print(name: &str, sorted: &[i64]) {
    let at = |part: usize| sorted.get((sorted.len() * part / 1000).min(sorted.len().saturating_sub(1))).copied();
    let [p50, p95, p99] = [500, 950, 990].map(|part| at(part).unwrap_or(-1));
    println!("{name:48} {:7} n   p50 {p50:6} ms   p95 {p95:6} ms   p99 {p99:6} ms", sorted.len());
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn fleet(minutes: Option<u64>) {
    let mut world = World::begin(SITES, sites::mixed, 10).await;
    world.fill(ORGANIZATIONS).await;
    println!("{} people, {} copies", world.people.len(), world.count("select count(*) from sync_items").await);
    let began = Instant::now();
    let rounds = minutes.map_or(1, |minutes| minutes.div_ceil(10).max(1));
    for round in 0..rounds {
        let since = world.app.db.now().millis();
        let span = minutes.map_or(Duration::from_secs(60), |_| Duration::from_secs(600));
        world.change(span).await;
        print(&format!("fleet, healthy sites, round {round}"), &world.confirmed(Manner::Healthy, since).await);
        print(&format!("fleet, slow sites, round {round}"), &world.confirmed(Manner::Slow, since).await);
        print("first request of a deactivation", &world.fleet.first_deactivations(&world.app).await);
        println!("after {:5} s: {} MiB in all", began.elapsed().as_secs(), resident_kib() / 1024);
    }
    world.end().await;
}

async fn dead() {
    for (name, manner) in [("all are healthy", sites::healthy as fn(usize) -> Manner), ("one is dead", sites::one_dead)]
    {
        let mut world = World::begin(20, manner, 0).await;
        world.fill(50).await;
        let since = world.app.db.now().millis();
        world.change(Duration::from_secs(30)).await;
        print(name, &world.confirmed(Manner::Healthy, since).await);
        world.end().await;
    }
}

async fn approval() {
    for per_second in [10, 0] {
        let mut world = World::begin(1, sites::healthy, per_second).await;
        let mut unit = world.app.db.write().await.unwrap();
        let organization = world.organization(&mut unit, 0, 500).await;
        unit.commit().await.unwrap();
        let began = Instant::now();
        let mut unit = world.app.db.write().await.unwrap();
        registry::approve(&mut unit, &Actor::Program, world.sites[0], organization, Vec::new()).await.unwrap();
        unit.commit().await.unwrap();
        while world.count("select count(*) from sync_items where state = 'ok'").await < 501 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert!(began.elapsed() < Duration::from_secs(120), "not confirmed in two minutes");
        }
        println!("500 people approved, {per_second:2} requests a second: {:.1} s", began.elapsed().as_secs_f64());
        world.end().await;
    }
}

#[tokio::main]
async fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let wants = |name: &str| chosen.is_empty() && name != "soak" || chosen.iter().any(|word| word == name);
    if wants("approval") {
        approval().await;
    }
    if wants("dead") {
        dead().await;
    }
    if wants("fleet") {
        fleet(None).await;
    }
    if wants("soak") {
        let minutes = std::env::var("CONNEX_BENCH_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
        fleet(Some(minutes)).await;
    }
}
