//! ConneX and a site as two processes, each with its database on disk, and people who keep both busy.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use connex::{
    app::{Surroundings, open_database},
    kernel::{Lifetime, MembershipId, OrganizationId, SiteId},
    organizations::Role,
    platform::store::{Db, Sql, Unit},
    sites::Family,
};
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    net::{TcpSocket, TcpStream},
    task::{JoinSet, spawn_blocking},
};

use super::{
    churn::{Browser, Deed, Tools, Writer},
    site,
};
use crate::{
    kill::write_config,
    support::{
        app::{Person, Setting, TestApp},
        client::TestClient,
        http::{Visitor, machine_without_keep_alive},
        process::Node,
    },
};

/// How far the deadlines move at a time: further than a lease lasts, and than the first pauses between tries.
const SPAN: Lifetime = Lifetime::seconds(11);

/// The site notes each write to a copy that it makes, by whatever way: with triggers, which no kill gets between.
const NOTES: &str = "
    create table applied (id integer primary key, kind text not null, external_id text not null, rev integer not null);
    create trigger added_person after insert on person begin
        insert into applied (kind, external_id, rev) values ('user', new.external_id, new.rev); end;
    create trigger changed_person after update on person begin
        insert into applied (kind, external_id, rev) values ('user', new.external_id, new.rev); end;
    create trigger added_organization after insert on organization begin
        insert into applied (kind, external_id, rev) values ('organization', new.external_id, new.rev); end;
    create trigger changed_organization after update on organization begin
        insert into applied (kind, external_id, rev) values ('organization', new.external_id, new.rev); end;";

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    Connex,
    Site,
    Both,
}

/// An installation, a site that it tells, and their processes.
pub struct World {
    /// Keeps the folder and the database; its server has stopped.
    _app: TestApp,
    pub db: Db,
    pub site: SiteId,
    pub config: PathBuf,
    registration: PathBuf,
    place: PathBuf,
    listen: SocketAddr,
    connex: Option<Node>,
    serving: Option<Node>,
    pub writers: Vec<Writer>,
    /// Nobody else is given their ports while they are down.
    _held: [TcpSocket; 2],
}

impl World {
    pub async fn prepare(setting: Setting) -> Self {
        let app = TestApp::start(setting).await;
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (site, client) = app.site(Family::OneOffice, "Birch", &format!("http://{listen}"), false).await;
        app.change("update sites set per_second = 0").await;
        let folder = app.folder.path();
        let (registration, place) = (folder.join("birch.json"), folder.join("birch.db"));
        std::fs::write(&registration, registered(&app, site, &client, listen)).unwrap();
        let people = People::invite(&app).await;
        let config = write_config(&app, folder);
        app.ask_to_stop();
        app.until("the port is free", async || TcpStream::connect(app.address).await.is_err()).await;
        app.app.db.close().await;

        let db = open_database(&app.app.config, &Surroundings::default()).await.unwrap();
        let held = [hold(app.address), hold(listen)];
        let writers = Vec::new();
        let (connex, serving) = (None, None);
        let mut world =
            Self { _app: app, db, site, config, registration, place, listen, connex, serving, writers, _held: held };
        world.start().await;
        sqlx::raw_sql(NOTES).execute(&mut world.at_the_site().await).await.unwrap();
        world.writers = people.write(&world, client).await;
        world
    }

    /// Starts whoever is down, both at once, and waits until they are ready.
    pub async fn start(&mut self) {
        let (config, is_down) = (self.config.clone(), self.connex.is_none());
        let connex = spawn_blocking(move || is_down.then(|| start_connex(&config)));
        let (registration, place, listen) = (self.registration.clone(), self.place.clone(), self.listen);
        let is_down = self.serving.is_none();
        let serving = spawn_blocking(move || is_down.then(|| site::start(&registration, &place, listen)));
        self.connex = connex.await.unwrap().or(self.connex.take());
        self.serving = serving.await.unwrap().or(self.serving.take());
    }

    /// Kills without warning.
    pub fn kill_9(&mut self, victim: Victim) {
        if victim != Victim::Site {
            self.connex.take().unwrap().kill_9();
        }
        if victim != Victim::Connex {
            self.serving.take().unwrap().kill_9();
        }
    }

    /// Has everybody change things, until they are told to stop.
    pub fn hurry(&mut self, stop: &Arc<AtomicBool>) -> JoinSet<Writer> {
        let mut hurrying = JoinSet::new();
        for writer in self.writers.drain(..) {
            hurrying.spawn(writer.go_on(stop.clone()));
        }
        hurrying
    }

    /// Lets the moments come for which deliveries wait. The clock of a process is the machine's and cannot be
    /// moved, so what it waits for is moved nearer, which is the same to it. A lease runs on while its node lives.
    pub async fn let_time_pass(&self) {
        // Whoever writes many rows of a site holds its feed first.
        let mut unit = turn(&self.db).await;
        let rows = "update sync_items set next_at = next_at - $2 where site_id = $1 and state = 'due'";
        unit.sql("update sync_feeds set turn = turn + 1 where site_id = $1").bind(self.site).run().await.unwrap();
        unit.sql(rows).bind(self.site).bind(SPAN.as_millis()).run().await.unwrap();
        unit.commit().await.unwrap();
        // On SQLite whoever starts next is alone, and does not wait for a lease.
        let place = match self.connex.is_some() || self.db.is_embedded() {
            true => "update sync_sites set resume_at = resume_at - $2 where site_id = $1",
            false => {
                "update sync_sites set resume_at = resume_at - $2, leased_until = leased_until - $2 where site_id = $1"
            }
        };
        let mut unit = turn(&self.db).await;
        unit.sql(place).bind(self.site).bind(SPAN.as_millis()).run().await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Has ConneX compare the site with what it has confirmed, as it does every hour.
    pub async fn have_it_compared(&self) {
        let mut unit = turn(&self.db).await;
        unit.sql("update sync_sites set compare_at = 0 where site_id = $1").bind(self.site).run().await.unwrap();
        unit.commit().await.unwrap();
    }

    /// The site's own database.
    pub async fn at_the_site(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(&self.place);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// One number of ConneX's, about the site.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.db.read().await.unwrap().sql(sql).bind(self.site).scalar().await.unwrap().unwrap()
    }

    /// What the site has not confirmed, and why, for the message of a test that fails.
    pub async fn owed(&self) -> Vec<String> {
        let sql = "select kind || ' ' || want || ', ' || reason || ', ' || state || ', revision ' || acked_rev || ' of '
                || want_rev || ', tries ' || attempts || ', next at ' || next_at || ': ' || coalesce(last_error, '-')
            from sync_items where site_id = $1 and (state <> 'ok' or acked_rev <> want_rev)
            union all
            select 'now ' || $2 || ', left alone until ' || resume_at || ', leased until ' || leased_until || ', failures '
                || failures || ': ' || coalesce(trouble, '-') || ', ' || coalesce(last_error, '-')
            from sync_sites where site_id = $1";
        let mut reader = self.db.read().await.unwrap();
        let now = reader.now().millis().to_string();
        let rows: Vec<(String,)> = reader.sql(sql).bind(self.site).bind(now).all().await.unwrap();
        rows.into_iter().map(|(row,)| row).collect()
    }

    /// What both processes have said last.
    pub fn said(&self) -> String {
        let end = |node: &Option<Node>| {
            let said = node.as_ref().map(Node::output).unwrap_or_default();
            said.lines().rev().take(15).map(|line| format!("{line}\n")).collect::<String>()
        };
        format!("ConneX, the newest first:\n{}\nThe site:\n{}", end(&self.connex), end(&self.serving))
    }
}

/// A unit of this process. ConneX writes to the same database, and on SQLite lets others wait for long while everybody
/// hurries.
pub async fn turn(db: &Db) -> Unit {
    for _ in 0..30 {
        if let Ok(unit) = db.write().await {
            return unit;
        }
    }
    panic!("ConneX lets nobody else write");
}

fn start_connex(config: &Path) -> Node {
    Node::start_with(config, &[("CONNEX_OUTBOUND_ALLOW_PRIVATE_ADDRESSES", "true")])
}

/// Keeps a port from everybody who asks for any port.
fn hold(address: SocketAddr) -> TcpSocket {
    let held = TcpSocket::new_v4().unwrap();
    held.set_reuseaddr(true).unwrap();
    held.bind(address).unwrap();
    held
}

/// What `connex site add --json` prints.
fn registered(app: &TestApp, site: SiteId, client: &TestClient, listen: SocketAddr) -> String {
    json!({
        "kind": "oneoffice", "site_id": site, "name": "Birch", "url": format!("http://{listen}"), "issuer": app.issuer,
        "client_id": client.id, "client_secret": client.secret,
    })
    .to_string()
}

/// Northline (Dana; Luis, Kim, Omar, at times Priya) and Copperfield (Mia, Sam).
struct People {
    northline: OrganizationId,
    copperfield: OrganizationId,
    dana: Browser,
    luis: Browser,
    mia: Browser,
    sam: Browser,
    all: Vec<Person>,
    tools: Tools,
}

impl People {
    async fn invite(app: &TestApp) -> Self {
        let mut all = Vec::new();
        for name in ["dana", "luis", "kim", "omar", "priya", "mia", "sam"] {
            all.push(app.person(name).await);
        }
        let northline = app.organization("Northline", &all[0]).await;
        let copperfield = app.organization("Copperfield", &all[5]).await;
        for member in &all[1..4] {
            app.add_to(northline, member, Role::Member).await;
        }
        app.add_to(copperfield, &all[6], Role::Member).await;
        let tools = Tools {
            issuer: app.issuer.clone(),
            db: app.app.db.clone(),
            kit: app.app.accounts.kit.clone(),
            machine: machine_without_keep_alive(),
        };
        let (dana, luis) = (browser(app, &all[0]).await, browser(app, &all[1]).await);
        let (mia, sam) = (browser(app, &all[5]).await, browser(app, &all[6]).await);
        Self { northline, copperfield, dana, luis, mia, sam, all, tools }
    }

    async fn write(self, world: &World, client: TestClient) -> Vec<Writer> {
        let (tools, at) = (Tools { db: world.db.clone(), ..self.tools }, world.site);
        let id = |person: usize| self.all[person].id;
        let (kim, omar) = (member(world, &self.all[2]).await, member(world, &self.all[3]).await);
        let client = Box::new(client);
        let deeds = [
            (&self.dana, Deed::Name(id(0))),
            (&self.luis, Deed::Name(id(1))),
            (&self.mia, Deed::Title(self.copperfield)),
            (&self.dana, Deed::Access(kim)),
            (&self.dana, Deed::Role(omar)),
            (&self.dana, Deed::Place(self.northline, id(4))),
            (&self.sam, Deed::Name(id(6))),
            (&self.mia, Deed::Word(client.clone(), at, self.copperfield)),
            (&self.dana, Deed::Word(client, at, self.northline)),
        ];
        let mut writers = Vec::new();
        for (browser, deed) in deeds {
            writers.push(Writer::new(&tools, browser, deed).await);
        }
        writers
    }
}

async fn browser(app: &TestApp, person: &Person) -> Browser {
    let visitor = Visitor::without_keep_alive();
    app.sign_in(&visitor, person).await;
    let page = visitor.open(&app.at("/account/details")).await.page();
    Browser { visitor, proof: page.attribute("input[name=proof]", "value") }
}

async fn member(world: &World, person: &Person) -> MembershipId {
    let mut reader = world.db.read().await.unwrap();
    reader.sql("select id from memberships where account_id = $1").bind(person.id).scalar().await.unwrap().unwrap()
}
