//! The HTTP server: an accept loop that slow clients cannot fill.
//!
//! `axum::serve` waits for ever for a header, a body, or a reader. Here every wait has an end
//! ([`Limits`]), the number of connections too, and a stop lets requests in flight finish.

mod body;
mod client_ip;
mod connection;
mod limits;
mod listener;
mod pace;
#[cfg(test)]
mod tests;
mod tls;

pub use client_ip::{ClientIp, network_of};
pub use connection::Peer;
pub use limits::Limits;
pub use listener::Server;
