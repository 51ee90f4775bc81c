//! Where we listen, and whose word about the caller's address we take.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use ipnet::IpNet;

use super::{problem::Wrong, reading::Reading};

/// `[http]`.
#[derive(Debug, Clone)]
pub struct Http {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address for `/metrics`; `None` serves none.
    pub metrics_listen: Option<SocketAddr>,
    /// Certificate and key; `None` speaks plain http, behind a proxy or on this machine.
    pub tls: Option<TlsFiles>,
    /// The networks whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Two PEM files that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by its chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Http {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let listen = from.text("http.listen", address);
        let metrics_listen = from.text_if_given("http.metrics_listen", address);
        let certificate = from.path_if_given("http.tls_certificate");
        let key = from.path_if_given("http.tls_key");
        let trusted_proxies = from.list("http.trusted_proxies", network);
        let tls = match (certificate, key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                from.conflict("http.tls_key", "is missing", "A certificate needs its key: write http.tls_key.");
                None
            }
            (None, Some(_)) => {
                let cure = "A key needs its certificate: write http.tls_certificate.";
                from.conflict("http.tls_certificate", "is missing", cure);
                None
            }
        };
        Some(Self { listen: listen?, metrics_listen, tls, trusted_proxies: trusted_proxies? })
    }
}

fn address(text: &str) -> Result<SocketAddr, Wrong> {
    let cure = "Write an address and a port, such as 127.0.0.1:7100 or [::1]:7100.";
    text.parse().map_err(|_| Wrong::new(format!("is {text:?}, which is no address with a port"), cure))
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, Wrong> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
        Wrong::new(format!("holds {text:?}, which is no network"), "Write networks such as 10.0.0.0/8, or addresses.")
    })?;
    if network.prefix_len() == 0 {
        let cure = "Name the networks of your proxies: with the whole world, any caller could pretend to be another.";
        return Err(Wrong::new(format!("holds {text}, which is everybody"), cure));
    }
    Ok(network.trunc())
}
