//! The whole program, in this process, on a database of its own.

use std::{net::SocketAddr, sync::Arc};

use connex::{
    accounts::{
        self,
        open::{NewAccount, open},
    },
    app::{App, Surroundings, open_database},
    audit::Actor,
    kernel::{AccountId, Entropy, Language, Lifetime, OrganizationId, Secret, SiteId, Timestamp},
    oidc::clients::{NewClient, register},
    operator::role,
    organizations::{Profile, Role, add_user, found},
    platform::{
        config::{Config, Database, Http},
        hash::{Params, Password},
        serve::Server,
        store::{Clock, Patience, Sql},
        telemetry::Metrics,
    },
    protocol::{oauth::ClientMetadata, oidc::StandardClaims},
    sites::{self, Family, NewSite},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpSocket;
use tokio_util::sync::CancellationToken;

use super::{
    client::TestClient,
    engine::{DatabaseHandle, Engine},
    http::{Page, Visitor, machine, machine_without_keep_alive, read},
    keys,
    proxy::Proxy,
    tls,
};

/// What a test runs on.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub engine: Engine,
    pub https: bool,
    pub limits: bool,
}

pub const SQLITE: Setting = Setting { engine: Engine::Sqlite, https: false, limits: false };
pub const POSTGRES: Setting = Setting { engine: Engine::Postgres, https: false, limits: false };

impl Setting {
    pub const fn https(self) -> Self {
        Self { https: true, ..self }
    }

    /// With throttling, which other tests do without.
    pub const fn with_limits(self) -> Self {
        Self { limits: true, ..self }
    }
}

/// A running ConneX. It stops when dropped.
pub struct TestApp {
    pub app: App,
    pub issuer: String,
    /// Where this node listens, which need not be where its issuer is.
    pub address: SocketAddr,
    pub machine: reqwest::Client,
    pub setting: Setting,
    pub folder: Arc<TempDir>,
    pub database: Arc<DatabaseHandle>,
    stop: CancellationToken,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A person with an account.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: AccountId,
    pub username: String,
    pub password: String,
    pub email: String,
}

pub const PASSWORD: &str = "correct horse battery staple";

impl TestApp {
    pub async fn start(setting: Setting) -> Self {
        Self::start_with(setting, |_| {}).await
    }

    /// Starts with a changed configuration.
    pub async fn start_with(setting: Setting, change: impl FnOnce(&mut Config)) -> Self {
        let database = Arc::new(setting.engine.fresh());
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::start_on(setting, database, folder, Clock::default(), None, change).await
    }

    /// Another node on the same database, with the same sealing key and clock, and an address of its own.
    pub async fn another_node(&self) -> Self {
        let clock = self.app.db.clock().clone();
        Self::start_on(self.setting, self.database.clone(), self.folder.clone(), clock, None, |_| {}).await
    }

    /// Several nodes on one database behind one address, where each connection meets the next node. They are one
    /// issuer, and the first one's `machine` opens a connection for each call.
    pub async fn behind_a_proxy(setting: Setting, count: usize) -> (Vec<Self>, Proxy) {
        let proxy = Proxy::start().await;
        let scheme = if setting.https { "https" } else { "http" };
        let issuer = format!("{scheme}://{}", proxy.address());
        let database = Arc::new(setting.engine.fresh());
        let (folder, clock) = (Arc::new(tempfile::tempdir().unwrap()), Clock::default());
        let mut nodes = Vec::new();
        for _ in 0..count {
            let (database, folder, clock) = (database.clone(), folder.clone(), clock.clone());
            let mut node = Self::start_on(setting, database, folder, clock, Some(&issuer), |_| {}).await;
            node.machine = machine_without_keep_alive();
            proxy.lead_to(node.address);
            nodes.push(node);
        }
        (nodes, proxy)
    }

    async fn start_on(
        setting: Setting,
        database: Arc<DatabaseHandle>,
        folder: Arc<TempDir>,
        clock: Clock,
        issuer: Option<&str>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        // The port is held first, because the issuer names it; the configuration may then still be changed.
        let held = TcpSocket::new_v4().unwrap();
        held.set_reuseaddr(true).unwrap();
        held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listen = held.local_addr().unwrap();
        let tls = setting.https.then(|| tls::files(folder.path()));
        let scheme = if setting.https { "https" } else { "http" };
        let issuer = issuer.map_or_else(|| format!("{scheme}://{listen}"), str::to_owned);
        let mut config = Config::for_loopback(&issuer.parse().unwrap(), listen, folder.path()).unwrap();
        config.http = Http { listen, metrics_listen: None, tls, trusted_proxies: Vec::new() };
        config.limits.enabled = setting.limits;
        let authority = folder.path().join("authority.pem");
        std::fs::write(&authority, &tls::certificate().0).unwrap();
        config.outbound.extra_ca_file = Some(authority);
        config.database = match database.url().strip_prefix("sqlite:") {
            Some(path) => Database::Sqlite { path: path.into() },
            None => Database::Postgres { url: Secret::new(database.url().to_owned()) },
        };
        change(&mut config);
        let server = Server::bind(&config.http).await.unwrap();
        drop(held);
        let surroundings = Surroundings {
            clock,
            entropy: Entropy::system(),
            hashing: Params::new(8, 1).unwrap(),
            patience: Patience::Request,
        };
        let database_of_it = open_database(&config, &surroundings).await.unwrap();
        database_of_it.migrate().await.unwrap();
        keys::plant(&database_of_it, &config.signing.sealing_key_file).await;
        database_of_it.close().await;
        let app = App::open(config, surroundings).await.unwrap();
        keys::keep(&app).await;
        let stop = CancellationToken::new();
        let (running, stopped) = (app.clone(), stop.clone());
        tokio::spawn(async move { running.run(server, stopped).await });
        Self { app, issuer, address: listen, machine: machine(), setting, folder, database, stop }
    }

    /// Asks it to stop, as SIGTERM does.
    pub fn ask_to_stop(&self) {
        self.stop.cancel();
    }

    /// Lets time pass, for everybody who shares the clock.
    pub fn advance(&self, span: Lifetime) {
        self.app.db.clock().advance(span);
    }

    pub fn now(&self) -> Timestamp {
        self.app.db.now()
    }

    /// An address of this ConneX.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// A person with every standard claim and a verified address.
    pub async fn person(&self, username: &str) -> Person {
        let email = format!("{}@people.example", username.replace('@', "-at-"));
        let claims: StandardClaims = serde_json::from_value(every_claim()).unwrap();
        let password = Password::parse(PASSWORD).unwrap();
        let hash = self.app.accounts.hasher.hash(password, self.app.db.entropy().bytes()).await.unwrap();
        let new = NewAccount {
            username: username.parse().unwrap(),
            email: email.parse().unwrap(),
            email_is_verified: true,
            given_name: "Dana".parse().unwrap(),
            family_name: "Whitfield".parse().unwrap(),
            claims,
            password_hash: Some(hash),
            language: Language::default(),
        };
        let mut unit = self.app.db.write().await.unwrap();
        let id = open(&mut unit, &Actor::Operator, new).await.unwrap();
        unit.commit().await.unwrap();
        Person { id, username: username.to_owned(), password: PASSWORD.to_owned(), email }
    }

    /// A person who is an operator: invited at the command line, and the invitation taken up.
    pub async fn operator(&self, username: &str) -> Person {
        let person = self.person(username).await;
        self.make_operator(&person).await;
        person
    }

    /// Makes somebody an operator, as above.
    pub async fn make_operator(&self, person: &Person) {
        let mut unit = self.app.db.write().await.unwrap();
        let invited = role::invite(&mut unit, &Actor::Operator, &person.email.parse().unwrap()).await.unwrap();
        let account = accounts::get(&mut unit, person.id).await.unwrap().unwrap();
        role::accept(&mut unit, &invited.token, &account).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// An organization that `founder` founded.
    pub async fn organization(&self, name: &str, founder: &Person) -> OrganizationId {
        let new = Profile::named(name.parse().unwrap());
        let mut unit = self.app.db.write().await.unwrap();
        let id = found(&mut unit, &Actor::Operator, new, founder.id).await.unwrap();
        unit.commit().await.unwrap();
        id
    }

    /// Adds `person` to an organization.
    pub async fn add_to(&self, organization: OrganizationId, person: &Person, role: Role) {
        let mut unit = self.app.db.write().await.unwrap();
        add_user(&mut unit, &Actor::Operator, organization, person.id, role).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// A site with its registration, as `connex site add` makes it. `url` may be anything loopback.
    pub async fn site(&self, kind: Family, name: &str, url: &str, require_approval: bool) -> (SiteId, TestClient) {
        let new = NewSite { require_approval, ..NewSite::new(kind, name.parse().unwrap(), url.parse().unwrap()) };
        let mut unit = self.app.db.write().await.unwrap();
        let site = sites::register(&mut unit, &Actor::Operator, new).await.unwrap();
        unit.commit().await.unwrap();
        let metadata = json!({
            "client_name": name, "client_uri": url,
            "redirect_uris": [format!("{url}/auth/connex/callback")],
            "post_logout_redirect_uris": [format!("{url}/")],
            "backchannel_logout_uri": format!("{url}/auth/connex/logout"),
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "id_token_signed_response_alg": "ES256", "require_pkce": true,
            "scope": "openid profile email address phone offline_access organization sites scim sync",
        });
        (site, self.register(metadata, Some(site)).await)
    }

    /// A client from RFC 7591 metadata, loaded as the operator does.
    pub async fn client(&self, metadata: Value) -> TestClient {
        self.register(metadata, None).await
    }

    /// A confidential client of the Basic plan: basic authentication, no PKCE demanded, refresh allowed.
    pub async fn web_client(&self, id: &str) -> TestClient {
        self.client(json!({
            "client_id": id, "client_secret": format!("{id}-secret-{id}-secret-{id}-secret"),
            "client_name": format!("Client {id}"),
            "redirect_uris": [format!("https://{id}.example/cb")],
            "post_logout_redirect_uris": [format!("https://{id}.example/bye")],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "response_types": ["code"], "require_pkce": false,
        }))
        .await
    }

    async fn register(&self, metadata: Value, site: Option<SiteId>) -> TestClient {
        let metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
        let mut unit = self.app.db.write().await.unwrap();
        let registered = register(&mut unit, &Actor::Operator, NewClient { metadata, site }).await.unwrap();
        unit.commit().await.unwrap();
        TestClient::new(self, registered)
    }

    /// Signs a person in at `/login`, without any site.
    pub async fn sign_in(&self, visitor: &Visitor, person: &Person) {
        let page = visitor.open(&self.at("/login")).await.page();
        let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
        let landing = visitor.press(&page, "button[type=submit]", &fields).await.page();
        assert_eq!(landing.words("#person"), "Dana Whitfield");
    }

    /// Runs one statement that stands in no store: for looking behind the scenes.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.app.db.read().await.unwrap().sql(sql).scalar().await.unwrap().unwrap()
    }

    /// Runs one statement for what no page or command can do yet.
    pub async fn change(&self, sql: &'static str) {
        let mut unit = self.app.db.write().await.unwrap();
        unit.sql(sql).run().await.unwrap();
        unit.commit().await.unwrap();
    }

    /// A GET by a machine.
    pub async fn get(&self, path: &str) -> Page {
        read(self.machine.get(self.at(path))).await
    }

    /// Waits until `is_so` says yes; fails after many looks. For what happens behind the scenes.
    pub async fn until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        super::until(what, &mut is_so).await;
    }
}

/// Fails when any answer was a 5xx.
pub fn assert_never_a_5xx(metrics: &Metrics) {
    let counted = metrics.render().unwrap();
    let broken: Vec<_> = counted.lines().filter(|line| line.contains("status=\"5xx\"")).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(counted.contains("connex_http_requests_total{"), "nothing was asked");
}

/// All standard claims that a person can have besides those of the account itself.
pub fn every_claim() -> Value {
    json!({
        "middle_name": "Ruth", "nickname": "Dee", "profile": "https://people.example/dana", "picture": "https://people.example/dana.png",
        "website": "https://dana.example", "gender": "female", "birthdate": "1981-04-12", "zoneinfo": "America/Chicago", "locale": "en-US",
        "phone_number": "+12185550100", "phone_number_verified": true,
        "address": {"formatted": "1 Main St\nBrainerd, MN 56401", "street_address": "1 Main St", "locality": "Brainerd", "region": "MN", "postal_code": "56401", "country": "US"},
    })
}
