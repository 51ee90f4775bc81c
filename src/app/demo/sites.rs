//! The sample sites: registered once, served by this process on the ports that follow.

use std::{net::SocketAddr, path::PathBuf};

use sample_onegov::{Kind, Settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::audit::Actor;
use crate::kernel::{Doing, Fault};
use crate::operator::{
    cli::CliError,
    registration::{self, Wanted},
};
use crate::platform::{config::Issuer, store::Unit};
use crate::sites::Family;

/// A sample site.
struct Sample {
    kind: Family,
    name: &'static str,
    require_approval: bool,
    /// County and state.
    place: (&'static str, &'static str),
}

const SAMPLES: [Sample; 6] = [
    Sample {
        kind: Family::OneOffice,
        name: "Birch County Road Commission",
        require_approval: false,
        place: ("Birch County", "MI"),
    },
    Sample {
        kind: Family::OneOffice,
        name: "Marlow County Highway Department",
        require_approval: true,
        place: ("Marlow County", "MN"),
    },
    Sample {
        kind: Family::OneOffice,
        name: "City of Two Pines Public Works",
        require_approval: false,
        place: ("Pine County", "MN"),
    },
    Sample {
        kind: Family::OneGov,
        name: "Birch County Permits",
        require_approval: false,
        place: ("Birch County", "MI"),
    },
    Sample {
        kind: Family::OneGov,
        name: "Tamarack County Permits",
        require_approval: false,
        place: ("Tamarack County", "MN"),
    },
    Sample {
        kind: Family::OneGov,
        name: "Stonefield Township Permits",
        require_approval: false,
        place: ("Stonefield County", "MI"),
    },
];

/// How many ports the sites take.
pub(super) const COUNT: u16 = 6;

/// What `connex site add --json` prints of a site, kept so that its secret survives.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Registered(Value);

impl Registered {
    /// A member of the document.
    pub(super) fn text(&self, member: &str) -> &str {
        self.0.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// The settings of the site, as any site reads them, with a database of its own.
    ///
    /// # Errors
    /// When the document is not one.
    pub(super) fn settings(&self, database: PathBuf) -> Result<Settings, Fault> {
        let settings = Settings::from_json(&self.0.to_string()).doing("read the registration of a sample site")?;
        Ok(Settings { database: Some(database), demo: true, ..settings })
    }
}

/// The web origin of whoever listens at `address`.
pub(super) fn origin(address: SocketAddr) -> Result<String, Fault> {
    let url = Url::parse(&format!("http://{address}")).doing("make an address of the demo")?;
    Ok(url.origin().ascii_serialization())
}

/// The addresses of the sites: the ports after ConneX's.
fn addresses(connex: SocketAddr) -> impl Iterator<Item = SocketAddr> {
    (1..=COUNT).map(move |n| SocketAddr::new(connex.ip(), connex.port().saturating_add(n)))
}

/// Listens for all sites.
///
/// # Errors
/// When a port is taken.
pub(super) async fn bind(connex: SocketAddr) -> Result<Vec<TcpListener>, CliError> {
    let mut listeners = Vec::new();
    for address in addresses(connex) {
        let listener = TcpListener::bind(address).await.map_err(|error| {
            CliError::Refused(format!(
                "a sample site cannot listen on {address}: {error}; choose other ports with --listen 127.0.0.1:PORT"
            ))
        })?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// Registers the sites, as `connex site add` does.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn register(
    unit: &mut Unit,
    issuer: &Issuer,
    connex: SocketAddr,
) -> Result<Vec<Registered>, CliError> {
    let mut registered = Vec::new();
    for (sample, address) in SAMPLES.iter().zip(addresses(connex)) {
        let name = sample.name.parse().doing("name a sample site")?;
        let url = origin(address)?.parse().doing("make the address of a sample site")?;
        let wanted = Wanted {
            require_approval: sample.require_approval,
            county: Some(sample.place.0.parse().doing("name the county of a sample site")?),
            state: Some(sample.place.1.parse().doing("name the state of a sample site")?),
            ..Wanted::new(sample.kind, name, url)
        };
        let registration = registration::register(unit, &Actor::Operator, issuer, wanted).await?;
        registered.push(Registered(serde_json::to_value(registration).doing("write a registration")?));
    }
    Ok(registered)
}

/// Serves a site until `stop`.
pub(super) async fn serve(settings: Settings, listener: TcpListener, stop: CancellationToken) {
    let name = settings.name.clone();
    let stopped = stop.cancelled_owned();
    let ended = match settings.kind {
        Kind::OneOffice => sample_oneoffice::serve(settings, listener, stopped).await,
        Kind::OneGov => sample_onegov::serve(settings, listener, stopped).await,
    };
    if let Err(error) = ended {
        tracing::error!(site = name, "a sample site stopped: {error:#}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_site_has_its_port() {
        let connex: SocketAddr = "127.0.0.1:7100".parse().unwrap();
        let origins: Vec<_> = addresses(connex).map(|address| origin(address).unwrap()).collect();
        assert_eq!((origins[0].as_str(), origins[5].as_str()), ("http://127.0.0.1:7101", "http://127.0.0.1:7106"));
        assert_eq!(usize::from(COUNT), SAMPLES.len());
        assert_eq!(origin("[::1]:80".parse().unwrap()).unwrap(), "http://[::1]");
    }
}
