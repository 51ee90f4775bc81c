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
//! - `lease`: ten million rows in the ledger, 50,000 at each of 200 sites; what the worker asks of it before
//!   it sends anything.
//! - `soak`: an hour of the fleet's changes (or `CONNEX_BENCH_MINUTES`), the memory each ten minutes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement reads the clock, prints, and stops where something is wrong"
)]

mod lease;
mod sites;
mod world;

use std::time::{Duration, Instant};

use connex::{audit::Actor, sites as registry};
use sites::Manner;
use world::World;

/// The fleet that we promise to serve.
const SITES: usize = 200;
const ORGANIZATIONS: usize = 500;

fn print(name: &str, sorted: &[i64]) {
    let at = |part: usize| sorted.get((sorted.len() * part / 1000).min(sorted.len().saturating_sub(1))).copied();
    let [p50, p95, p99] = [500, 950, 990].map(|part| at(part).unwrap_or(-1));
    println!("{name:48} {:7} n   p50 {p50:6} ms   p95 {p95:6} ms   p99 {p99:6} ms", sorted.len());
}

fn print_micros(name: &str, sorted: &[i64]) {
    let [p50, p99] = [500, 990].map(|part| sorted.get(sorted.len() * part / 1000).copied().unwrap_or(-1));
    println!("{name:48} {:7} n   p50 {p50:6} us   p99 {p99:6} us", sorted.len());
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
        let refused = world.change(span).await;
        print(&format!("fleet, healthy sites, round {round}"), &world.confirmed(Manner::Healthy, since).await);
        print(&format!("fleet, slow sites, round {round}"), &world.confirmed(Manner::Slow, since).await);
        print("first request of a deactivation", &world.fleet.first_deactivations(&world.app).await);
        let (seconds, mib) = (began.elapsed().as_secs(), resident_kib() / 1024);
        println!("after {seconds:5} s: {mib} MiB in all; {refused} changes found the database too busy");
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
    if wants("lease") {
        lease::lease().await;
    }
    if wants("soak") {
        let minutes = std::env::var("CONNEX_BENCH_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
        fleet(Some(minutes)).await;
    }
}
