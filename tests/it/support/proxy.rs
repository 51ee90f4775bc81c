//! A proxy that gives each connection to the next node: the front of an installation of several.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A running proxy. It stops when dropped.
pub struct Proxy {
    address: SocketAddr,
    nodes: Arc<Mutex<Vec<SocketAddr>>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens; connections wait until there is a node.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap()).await
    }

    /// The same at an address that is free.
    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let nodes = Arc::new(Mutex::new(Vec::new()));
        let accepting = tokio::spawn(accept(listener, nodes.clone()));
        Self { address, nodes, accepting }
    }

    /// Where it listens: the host and port of everybody's issuer.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Leads to one more node.
    pub fn lead_to(&self, node: SocketAddr) {
        self.nodes.lock().unwrap().push(node);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, nodes: Arc<Mutex<Vec<SocketAddr>>>) {
    let turn = AtomicUsize::new(0);
    while let Ok((mut browser, _)) = listener.accept().await {
        let node = {
            let nodes = nodes.lock().unwrap();
            nodes[turn.fetch_add(1, Ordering::Relaxed) % nodes.len()]
        };
        tokio::spawn(async move {
            let mut node = TcpStream::connect(node).await?;
            copy_bidirectional(&mut browser, &mut node).await
        });
    }
}
