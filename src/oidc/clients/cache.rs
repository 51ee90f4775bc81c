//! Clients, parsed once for each version of their row.
//!
//! The row itself is read for each request, so that a disabled client is disabled at once on every
//! node; what is kept is the work of parsing metadata and keys.

use std::sync::Arc;

use moka::sync::Cache;

use crate::kernel::Timestamp;
use crate::protocol::{jose::KeySet, oauth::client_metadata::CheckedMetadata};

/// More clients than any agency has.
const MOST: u64 = 10_000;

/// Parsed metadata by client and version, and the keys that were fetched from `jwks_uri`s.
#[derive(Clone)]
pub struct ClientCache {
    pub(super) metadata: Cache<(String, Timestamp), Arc<CheckedMetadata>>,
    pub(super) keys: Cache<String, Arc<FetchedKeys>>,
}

/// Keys of a client, and when they were fetched or parsed.
pub(super) struct FetchedKeys {
    pub(super) of: Timestamp,
    pub(super) fetched_at: Timestamp,
    pub(super) keys: KeySet,
}

impl ClientCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self { metadata: Cache::new(MOST), keys: Cache::new(MOST) }
    }
}

impl Default for ClientCache {
    fn default() -> Self {
        Self::new()
    }
}
