//! What the tests stand on: sources, databases, the program in process and as a process, browsers.

pub mod app;
pub mod base;
pub mod browser;
pub mod client;
pub mod engine;
pub mod env_file;
pub mod gallery;
pub mod http;
pub mod jwt;
pub mod keys;
pub mod log;
pub mod mail;
pub mod process;
pub mod proxy;
pub mod receiver;
pub mod scim_site;
pub mod scim_tester;
pub mod signed;
pub mod source;
pub mod tls;
pub mod verify;

/// Runs each test, an `async fn(TestApp)`, on both engines and over http and https.
macro_rules! on_every_engine_and_scheme {
    ($($(#[$attribute:meta])* $name:ident)*) => {
        mod sqlite_http { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::SQLITE).await).await;
        })* }
        mod sqlite_https { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::SQLITE.https()).await).await;
        })* }
        mod postgres_http { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::POSTGRES).await).await;
        })* }
        mod postgres_https { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::POSTGRES.https()).await).await;
        })* }
    };
}

/// Runs each test, an `async fn(TestApp)`, on both engines.
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* $name:ident)*) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::SQLITE).await).await;
        })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::POSTGRES).await).await;
        })* }
    };
}

/// The same with throttling, which other tests do without.
macro_rules! on_both_engines_with_limits {
    ($($(#[$attribute:meta])* $name:ident)*) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::SQLITE.with_limits()).await).await;
        })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::app::TestApp::start(crate::support::app::POSTGRES.with_limits()).await).await;
        })* }
    };
}

/// Runs each test, an `async fn(Base)`, on both databases, without the program around them.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* $name:ident)*) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::base::Base::migrated(crate::support::engine::Engine::Sqlite).await).await;
        })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            super::$name(crate::support::base::Base::migrated(crate::support::engine::Engine::Postgres).await).await;
        })* }
    };
}

/// How often a race is run: `plain` times, or `long` times when `CONNEX_TEST_LONG` is set (`tests/run.sh --long`).
pub fn rounds(plain: usize, long: usize) -> usize {
    if std::env::var_os("CONNEX_TEST_LONG").is_some() { long } else { plain }
}

/// Waits until `is_so` says yes; fails after many looks. For what happens behind the scenes.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("in vain: {what}");
}

pub(crate) use on_both_databases;

/// Runs each test on both engines, and then asks whether any answer of the program was a 5xx: a
/// request that is refused must never look like a defect of ours.
macro_rules! never_a_5xx_on_both_engines {
    ($($(#[$attribute:meta])* $name:ident)*) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            let app = crate::support::app::TestApp::start(crate::support::app::SQLITE).await;
            let metrics = app.app.metrics.clone();
            super::$name(app).await;
            crate::support::app::assert_never_a_5xx(&metrics);
        })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] $(#[$attribute])* async fn $name() {
            let app = crate::support::app::TestApp::start(crate::support::app::POSTGRES).await;
            let metrics = app.app.metrics.clone();
            super::$name(app).await;
            crate::support::app::assert_never_a_5xx(&metrics);
        })* }
    };
}

pub(crate) use never_a_5xx_on_both_engines;
pub(crate) use on_both_engines;
pub(crate) use on_both_engines_with_limits;
pub(crate) use on_every_engine_and_scheme;
