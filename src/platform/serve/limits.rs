//! How long and how much.

use std::time::Duration;

/// What a connection may take. Tests shorten the times.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the accepted connection to the end of the TLS handshake and of the first header;
    /// then from the first byte of a header to its end.
    pub header: Duration,
    /// Without a byte of a body, or without a byte of the answer being taken.
    pub stall: Duration,
    /// Bytes of a body that must come each second on average, once `stall` has passed.
    pub body_bytes_per_second: u32,
    /// Between two requests.
    pub idle: Duration,
    /// Between two pings of HTTP/2, and then for the answer.
    pub ping: Duration,
    /// For requests in flight when the server stops.
    pub drain: Duration,
    /// Bytes of a header.
    pub header_bytes: u32,
    /// Fields of a header.
    pub header_fields: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// Connections at once; further ones are closed.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            stall: Duration::from_secs(15),
            body_bytes_per_second: 1024,
            idle: Duration::from_secs(75),
            ping: Duration::from_secs(20),
            drain: Duration::from_secs(10),
            header_bytes: 16 * 1024,
            header_fields: 100,
            streams: 100,
            connections: 10_000,
        }
    }
}
