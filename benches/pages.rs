//! How long pages take to be answered: `cargo bench --bench pages`.
//!
//! Fills an SQLite database with 50,000 organizations and one of 5,000 users, starts the whole program
//! on it, and asks for each page over loopback, one request at a time and then four at once. Prints one
//! line a page: p50, p95 and p99 in milliseconds, as the asking side sees them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement reads the clock, prints, and stops where something is wrong"
)]

use std::{sync::Arc, time::Instant};

use connex::{
    accounts::open::{NewAccount, open},
    app::{App, Surroundings, open_database},
    audit::Actor,
    kernel::{AccountId, Language},
    oidc::clients::{NewClient, register},
    organizations::{Profile, Role, add_user, found},
    platform::{config::Config, hash::Password, serve::Server},
    protocol::oidc::StandardClaims,
};
use tokio_util::sync::CancellationToken;

const ORGANIZATIONS: usize = 50_000;
const USERS: usize = 5_000;
const REQUESTS: usize = 400;
/// Somebody without an organization, who searches for one.
const NEWCOMER: usize = ORGANIZATIONS + USERS;
const PASSWORD: &str = "plum harvest canoe lantern";

const FIRST: [&str; 25] = [
    "North", "Lake", "Copper", "Red", "Silver", "Granite", "Prairie", "Timber", "River", "Valley", "Iron", "Cedar",
    "Maple", "Summit", "Harbor", "Eagle", "Falcon", "Bear", "Stone", "Bridge", "Meadow", "Pine", "Birch", "Oak",
    "Star",
];
const SECOND: [&str; 20] = [
    "line", "wood", "field", "side", "view", "land", "ton", "ville", "crest", "brook", "dale", "ridge", "port", "gate",
    "burg", "ford", "mont", "haven", "shire", "point",
];
const THIRD: [&str; 10] = [
    "Hauling LLC",
    "Construction Inc.",
    "Engineering PLLC",
    "Transport Co.",
    "Excavating",
    "Paving",
    "Movers",
    "Aggregates",
    "Trucking",
    "Contractors",
];

async fn person(app: &App, unit: &mut connex::platform::store::Unit, n: usize, secret: bool) -> AccountId {
    let password_hash = match secret {
        true => {
            let password = Password::parse(PASSWORD).unwrap();
            Some(app.accounts.hasher.hash(password, app.db.entropy().bytes()).await.unwrap())
        }
        false => None,
    };
    let email = format!("person{n}@bench{}.example", n % 997);
    let new = NewAccount {
        username: email.parse().unwrap(),
        email: email.parse().unwrap(),
        email_is_verified: true,
        given_name: format!("Given{}", n % 311).parse().unwrap(),
        family_name: format!("Family{}", n % 1913).parse().unwrap(),
        claims: StandardClaims::default(),
        password_hash,
        language: Language::English,
    };
    open(unit, &Actor::Program, new).await.unwrap()
}

/// Organizations with names of their own, in units of 500; the first one has many users.
async fn fill(app: &App) {
    for start in (0..ORGANIZATIONS).step_by(500) {
        let mut unit = app.db.write().await.unwrap();
        for n in start..start + 500 {
            let founder = person(app, &mut unit, n, n == 0).await;
            let number = n / 5000;
            let place = if number == 0 { String::new() } else { format!(" {number}") };
            let name = format!("{}{} {}{place}", FIRST[n % 25], SECOND[(n / 25) % 20], THIRD[(n / 500) % 10]);
            let organization = found(&mut unit, &Actor::Program, Profile::named(name.parse().unwrap()), founder).await;
            if n == 0 {
                let organization = organization.unwrap();
                for more in 0..USERS - 1 {
                    let account = person(app, &mut unit, ORGANIZATIONS + more, false).await;
                    add_user(&mut unit, &Actor::Program, organization, account, Role::Member).await.unwrap();
                }
            }
        }
        unit.commit().await.unwrap();
    }
    let mut unit = app.db.write().await.unwrap();
    person(app, &mut unit, NEWCOMER, true).await;
    unit.commit().await.unwrap();
}

/// A browser, as far as a measurement needs one.
struct Asker {
    client: reqwest::Client,
    issuer: String,
}

impl Asker {
    fn new(issuer: &str) -> Arc<Self> {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        Arc::new(Self { client, issuer: issuer.to_owned() })
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.issuer)).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    async fn sign_in(&self, username: &str) {
        let page = self.get("/login").await;
        let proof = page.split("name=\"proof\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("proof", proof.as_str()), ("username", username), ("password", PASSWORD)];
        self.client.post(format!("{}/login", self.issuer)).form(&fields).send().await.unwrap();
        assert!(self.get("/account").await.contains("id=\"person\""), "signed in");
    }
}

/// Asks `REQUESTS` times with `at_once` askers, and prints what it took.
async fn measure(askers: &[Arc<Asker>], name: &str, paths: &[&str]) {
    for asker in askers {
        asker.get(paths[0]).await;
    }
    let tasks: Vec<_> = askers
        .iter()
        .map(|asker| {
            let (asker, count) = (asker.clone(), REQUESTS / askers.len());
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            tokio::spawn(async move {
                let mut took = Vec::new();
                for n in 0..count {
                    let began = Instant::now();
                    asker.get(&paths[n % paths.len()]).await;
                    took.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.unwrap());
    }
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() as f64 * share) as usize).min(took.len() - 1)];
    println!(
        "{name:44} {:>2} at once: p50 {:6.2} ms  p95 {:6.2} ms  p99 {:6.2} ms",
        askers.len(),
        at(0.5),
        at(0.95),
        at(0.99)
    );
}

/// A site's registration, and what it asks: the sign-in page with its errand.
async fn ask_of_a_site(app: &App) -> String {
    let metadata = serde_json::json!({
        "client_id": "permits", "client_name": "Birch County Permits", "redirect_uris": ["https://permits.example/cb"],
    });
    let metadata = serde_json::from_value(metadata).unwrap();
    let mut unit = app.db.write().await.unwrap();
    register(&mut unit, &Actor::Program, NewClient { metadata, site: None }).await.unwrap();
    unit.commit().await.unwrap();
    // Also a challenge: 32 bytes in base64url, so not every letter may stand last.
    let random = "A".repeat(43);
    format!(
        "/authorize?response_type=code&client_id=permits&redirect_uri=https://permits.example/cb\
         &scope=openid+profile+email+organization&state={random}&nonce={random}\
         &code_challenge={random}&code_challenge_method=S256"
    )
}

/// Invites 1,000 people at once, as an administrator pastes them.
async fn paste(asker: &Asker) {
    let page = asker.get("/org/users/paste").await;
    let hidden = |name: &str| {
        let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    let people: String = (0..1000).map(|n| format!("Pasted Person, pasted{n}@lines.example\n")).collect();
    let fields = [("proof", hidden("proof")), ("form", hidden("form")), ("role", "member".into()), ("people", people)];
    let began = Instant::now();
    let answer = asker.client.post(format!("{}/org/users/paste", asker.issuer)).form(&fields).send().await.unwrap();
    let took = began.elapsed().as_secs_f64();
    assert!(answer.url().path() == "/org/users", "{}: {}", answer.status(), answer.url());
    println!("\n1,000 people pasted, and the page after it: {took:.2} s");
}

const PAGES: [(&str, &[&str]); 7] = [
    ("my account", &["/account"]),
    ("organization", &["/org"]),
    ("users, page 1 of 100", &["/org/users"]),
    ("users, page 100 of 100", &["/org/users?page=100"]),
    ("users, filtered", &["/org/users?q=family17", "/org/users?q=given300", "/org/users?q=nobody"]),
    (
        "search, words",
        &[
            "/account/organization?q=northline",
            "/account/organization?q=lakewood+paving",
            "/account/organization?q=con",
        ],
    ),
    (
        "search, typing errors",
        &[
            "/account/organization?q=nortline+hauing",
            "/account/organization?q=coperfeld",
            "/account/organization?q=zzzz",
        ],
    ),
];

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let held = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = held.local_addr().unwrap();
    drop(held);
    let issuer = format!("http://{listen}");
    let mut config = Config::for_loopback(&issuer.parse().unwrap(), listen, folder.path()).unwrap();
    config.limits.enabled = false;
    let server = Server::bind(&config.http).await.unwrap();
    let database = open_database(&config, &Surroundings::default()).await.unwrap();
    database.migrate().await.unwrap();
    database.close().await;
    let app = App::open(config, Surroundings::default()).await.unwrap();
    let began = Instant::now();
    fill(&app).await;
    println!("{ORGANIZATIONS} organizations and {USERS} users of one in {:.0} s\n", began.elapsed().as_secs_f64());
    let (running, stop) = (app.clone(), CancellationToken::new());
    let stopped = stop.clone();
    tokio::spawn(async move { running.run(server, stopped).await });
    let of = |username: String| {
        let askers: Vec<_> = (0..4).map(|_| Asker::new(&issuer)).collect();
        async move {
            for asker in &askers {
                asker.sign_in(&username).await;
            }
            askers
        }
    };
    let founder = of("person0@bench0.example".to_owned()).await;
    let newcomer = of(format!("person{NEWCOMER}@bench{}.example", NEWCOMER % 997)).await;
    let strangers: Vec<_> = (0..4).map(|_| Asker::new(&issuer)).collect();
    let asked = ask_of_a_site(&app).await;
    for (name, path) in [("sign-in", "/login"), ("a site's request, and sign-in for it", &asked)] {
        measure(&strangers[..1], name, &[path]).await;
        measure(&strangers, name, &[path]).await;
    }
    for (name, paths) in PAGES {
        let askers = if paths[0].starts_with("/org") { &founder } else { &newcomer };
        measure(&askers[..1], name, paths).await;
        measure(askers, name, paths).await;
    }
    paste(&founder[0]).await;
    stop.cancel();
}
