//! What the tests stand on: sources, databases, the program in process and as a process, browsers.

pub mod app;
pub mod browser;
pub mod client;
pub mod engine;
pub mod http;
pub mod keys;
pub mod process;
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

pub(crate) use on_both_engines;
pub(crate) use on_every_engine_and_scheme;
