//! `connex demo`: ConneX, six sample sites and sample people in one process, on this machine only.

mod folder;
mod groups;
mod past;
mod people;
mod seed;
mod sites;
mod story;
mod tour;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::kernel::Doing;
use crate::operator::cli::{CliError, Exit, Terminal};
use crate::platform::{config::Config, serve::Server};
use folder::Folder;

/// The words after `connex demo`.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Where ConneX listens; the sample sites take the next six ports.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7100", value_parser = loopback)]
    listen: SocketAddr,
    /// The folder for everything that the demo keeps.
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// Forget what was done in the demo before, and begin afresh.
    #[arg(long)]
    reset: bool,
}

/// The demo's passwords are known to everybody, so nobody else may reach it. The sites are
/// registered by plain http, which is for these two addresses only.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:7100")?;
    let is_ours = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].contains(&address.ip());
    match (is_ours, address.port()) {
        (false, _) => Err("the demo is for this machine: listen on 127.0.0.1 or [::1]".to_owned()),
        (true, 0) => Err("name a port; the sites take the ports that follow it".to_owned()),
        (true, port) if port.checked_add(sites::COUNT).is_none() => Err("choose a lower port".to_owned()),
        (true, _) => Ok(address),
    }
}

/// Runs until `stop`.
///
/// # Errors
/// When a port is taken, or the folder is not the demo's.
pub(super) async fn run(terminal: &mut Terminal, words: &Demo, stop: CancellationToken) -> Result<Exit, CliError> {
    let origin = sites::origin(words.listen)?;
    let issuer = origin.parse().doing("make the issuer of the demo")?;
    let config = Config::for_loopback(&issuer, words.listen, &words.data)?;
    // Whoever has the ports may also have the folder, so they come first.
    let server = Server::bind(&config.http).await?;
    let listeners = sites::bind(words.listen).await?;
    let folder = Folder::open(&words.data, words.listen, words.reset)?;
    let (app, registrations) = seed::open(config, &folder).await?;
    let tasks = TaskTracker::new();
    for ((n, registration), listener) in (1..).zip(&registrations).zip(listeners) {
        let settings = registration.settings(folder.site_database(n))?;
        tasks.spawn(sites::serve(settings, listener, stop.clone()));
    }
    tasks.close();
    tour::print(terminal, &origin, &registrations, &words.data)?;
    terminal.say("ready")?;
    app.run(server, stop).await;
    tasks.wait().await;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_is_for_this_machine() {
        assert!(loopback("127.0.0.1:7100").is_ok() && loopback("[::1]:7100").is_ok());
        for text in ["0.0.0.0:7100", "192.0.2.1:7100", "127.0.0.2:7100", "127.0.0.1:0", "127.0.0.1:65530", "7100"] {
            assert!(loopback(text).is_err(), "{text}");
        }
    }
}
