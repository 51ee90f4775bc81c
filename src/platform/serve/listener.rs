//! The accept loop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use ipnet::IpNet;
use openssl::ssl::SslContext;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Limits,
    connection::{self, Shared},
    tls,
};
use crate::{
    kernel::{Doing, Fault},
    platform::config::Http,
};

/// How long to let go of connections before trying again, when the system gives no more.
const REST: Duration = Duration::from_millis(50);

/// A server that listens, and answers once it [runs](Server::run).
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<SslContext>,
    trusted_proxies: Vec<IpNet>,
    limits: Limits,
}

impl Server {
    /// Listens on `http.listen`, with TLS when there are files for it.
    ///
    /// # Errors
    /// When the address is taken or not ours, or the TLS files are of no use; the cause says so.
    pub async fn bind(http: &Http) -> Result<Self, Fault> {
        let tls = http.tls.as_ref().map(tls::context).transpose()?;
        let listener = TcpListener::bind(http.listen).await.map_err(|error| unable(http.listen, &error))?;
        let address = listener.local_addr().doing("listen")?;
        let trusted_proxies = http.trusted_proxies.clone();
        Ok(Self { listener, address, tls, trusted_proxies, limits: Limits::default() })
    }

    /// The same server with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where it listens; of use when the port asked for was 0.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers with `router` until `stop`; then accepts nothing, lets requests in flight finish
    /// for a while ([`Limits::drain`]), and closes everything.
    pub async fn run(self, router: Router, stop: CancellationToken) {
        let shared = Arc::new(Shared {
            router,
            tls: self.tls,
            trusted_proxies: self.trusted_proxies,
            http: connection::http(&self.limits),
            limits: self.limits,
            stop: stop.clone(),
        });
        let mut connections = JoinSet::new();
        let mut is_short = false;
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    is_short = false;
                    admit(stream, peer, &shared, &mut connections);
                }
                Err(error) if is_their_doing(&error) => {}
                // Mostly: too many open files. The listener stays readable, so that without a
                // rest this loop would burn a core; and one line in the log is enough.
                Err(error) => {
                    if !std::mem::replace(&mut is_short, true) {
                        tracing::error!(%error, "cannot accept connections; trying again");
                    }
                    sleep(REST).await;
                }
            }
        }
        drop(self.listener);
        drain(&mut connections, shared.limits.drain).await;
    }
}

fn admit(stream: TcpStream, peer: SocketAddr, shared: &Arc<Shared>, connections: &mut JoinSet<()>) {
    // To close is kinder than to leave it waiting: the client learns of it at once.
    if connections.len() < shared.limits.connections {
        connections.spawn(connection::serve(stream, peer, Arc::clone(shared)));
    }
}

async fn drain(connections: &mut JoinSet<()>, patience: Duration) {
    let finished = timeout(patience, async { while connections.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::warn!(connections = connections.len(), "stopped in the middle of requests");
        connections.shutdown().await;
    }
}

/// The other side went away between its call and our answer.
fn is_their_doing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Why we cannot listen, with what to do about it.
fn unable(address: SocketAddr, error: &io::Error) -> Fault {
    let cure = match error.kind() {
        io::ErrorKind::AddrInUse => "stop the program that listens there, or choose another port",
        io::ErrorKind::AddrNotAvailable => "this machine has no such address",
        io::ErrorKind::PermissionDenied => "choose a port above 1023, or give the program the right to it",
        _ => "choose another address",
    };
    Fault::of("listen", format!("{address}: {error}; {cure}"))
}
