//! `connex serve`.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::super::{App, Surroundings, open_migrated};
use super::log;
use crate::kernel::{Doing, Fault};
use crate::operator::cli::{CliError, Exit, Terminal};
use crate::platform::{
    config::{Config, Database, Http, Mail},
    serve::Server,
};
use crate::sites;

pub(super) async fn run(terminal: &mut Terminal, config: Config) -> Result<Exit, CliError> {
    log::for_a_server()?;
    // Whoever has the port is found out before the database is touched.
    let server = Server::bind(&config.http).await?;
    let metrics = match config.http.metrics_listen {
        Some(listen) => Some(Server::bind(&Http { listen, ..private(&config.http) }).await?),
        None => None,
    };
    let stop = stop_when_asked()?;
    let surroundings = Surroundings::default();
    let (db, applied) = open_migrated(&config, &surroundings).await?;
    let app = App::on(db, config, surroundings).await?;
    tell(terminal, &app, &server, metrics.as_ref(), applied).await?;
    terminal.say("ready")?;
    let metrics = metrics.map(|metrics| tokio::spawn(metrics.run(app.metrics_router(), stop.clone())));
    app.run(server, stop).await;
    if let Some(metrics) = metrics {
        metrics.await.doing("serve the metrics")?;
    }
    Ok(Exit::Done)
}

/// The same without what concerns the public: metrics are for this network.
fn private(http: &Http) -> Http {
    Http { tls: None, trusted_proxies: Vec::new(), ..http.clone() }
}

/// A token that SIGTERM or Ctrl-C cancels.
pub(super) fn stop_when_asked() -> Result<CancellationToken, Fault> {
    let stop = CancellationToken::new();
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let mut asked = signal(kind).doing("listen for signals")?;
        let stop = stop.clone();
        tokio::spawn(async move {
            asked.recv().await;
            stop.cancel();
        });
    }
    Ok(stop)
}

/// One line for each important fact.
async fn tell(
    terminal: &mut Terminal,
    app: &App,
    server: &Server,
    metrics: Option<&Server>,
    applied: usize,
) -> Result<(), CliError> {
    let config = &app.config;
    let sites = sites::list(&mut app.db.read().await?).await?.len();
    let scheme = if config.http.tls.is_some() { "https" } else { "http" };
    terminal.say(format_args!("ConneX {}", env!("CARGO_PKG_VERSION")))?;
    terminal.say(format_args!("address: {scheme}://{}", server.local_addr()))?;
    if let Some(metrics) = metrics {
        terminal.say(format_args!("metrics: http://{}/metrics", metrics.local_addr()))?;
    }
    terminal.say(format_args!("issuer: {}", config.issuer))?;
    terminal.say(format_args!("database: {}", named(&config.database)))?;
    terminal.say(match applied {
        0 => "migrations: up to date".to_owned(),
        applied => format!("migrations: {applied} applied now"),
    })?;
    terminal.say(match &config.mail {
        Mail::Outbox => "mail: kept in the outbox".to_owned(),
        Mail::Smtp { from, .. } => format!("mail: by the mail server, from {from}"),
    })?;
    terminal.say(format_args!("sites: {sites}"))
}

/// The database, without user and password.
fn named(database: &Database) -> String {
    match database {
        Database::Sqlite { path } => format!("SQLite, {}", path.display()),
        Database::Postgres { url } => match url::Url::parse(url.expose()) {
            Ok(url) => format!("PostgreSQL, {}{}", url.host_str().unwrap_or("local socket"), url.path()),
            Err(_) => "PostgreSQL".to_owned(),
        },
    }
}
