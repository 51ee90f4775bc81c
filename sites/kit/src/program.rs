//! What the two binaries have in common: where to listen, what to log, when to stop.

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal;
use tracing_subscriber::EnvFilter;

use crate::settings::{Kind, Settings};

/// A site about to be served as a program of its own.
#[derive(Debug)]
pub struct Program {
    /// What the environment says; see [`Settings::from_variables`].
    pub settings: Settings,
    /// Bound to `SITE_LISTEN`.
    pub listener: TcpListener,
}

impl Program {
    /// Reads the environment, opens the log (`RUST_LOG`, `info` if absent) and binds the address.
    ///
    /// # Errors
    /// When a setting is missing or wrong, or the address is taken.
    pub async fn from_env(kind: Kind, default_listen: &str) -> anyhow::Result<Self> {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        tracing_subscriber::fmt().with_env_filter(filter).init();
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let settings = Settings::from_variables(kind, variable)?;
        let listen = variable("SITE_LISTEN").unwrap_or_else(|| default_listen.to_owned());
        let listener =
            TcpListener::bind(&listen).await.with_context(|| format!("SITE_LISTEN: cannot bind {listen}"))?;
        Ok(Self { settings, listener })
    }

    /// Done when the machine asks the program to stop (SIGTERM) or somebody presses Ctrl-C.
    pub async fn stop() {
        #[cfg(unix)]
        let asked = async {
            match signal::unix::signal(signal::unix::SignalKind::terminate()) {
                Ok(mut terminate) => _ = terminate.recv().await,
                Err(_) => std::future::pending().await,
            }
        };
        #[cfg(not(unix))]
        let asked = std::future::pending::<()>();
        tokio::select! {
            () = asked => {}
            _ = signal::ctrl_c() => {}
        }
    }
}
