//! What the endpoints work with.

use std::sync::Arc;

use axum::extract::FromRef;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{clients::ClientCache, discovery::Documents, token::TokenCache};
use crate::accounts::Accounts;
use crate::kernel::{Fault, SessionId};
use crate::platform::{
    config::{Config, Tokens},
    fetch::Fetcher,
    store::Db,
    telemetry::Metrics,
    web::Kit,
};
use crate::signing::Keys;

/// The parts that this slice needs. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Inside>);

struct Inside {
    accounts: Accounts,
    keys: Keys,
    tokens: Tokens,
    fetcher: Fetcher,
    clients: ClientCache,
    verified_tokens: TokenCache,
    documents: Documents,
    metrics: Metrics,
}

impl Provider {
    /// The provider of an installation.
    ///
    /// # Errors
    /// When the metadata cannot be written, which is a defect.
    pub fn new(
        config: &Config,
        accounts: Accounts,
        keys: Keys,
        fetcher: Fetcher,
        metrics: Metrics,
    ) -> Result<Self, Fault> {
        let documents = Documents::new(&config.issuer)?;
        let (tokens, clients, verified_tokens) = (config.tokens.clone(), ClientCache::new(), TokenCache::new());
        Ok(Self(Arc::new(Inside { accounts, keys, tokens, fetcher, clients, verified_tokens, documents, metrics })))
    }

    /// The slice below.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.accounts.db
    }

    /// The kit of the pages.
    #[must_use]
    pub fn kit(&self) -> &Kit {
        &self.0.accounts.kit
    }

    /// Who we are, byte for byte as in every `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.kit().issuer().as_str()
    }

    /// The signing keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// How long codes and tokens live.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// For calls to sites.
    #[must_use]
    pub fn fetcher(&self) -> &Fetcher {
        &self.0.fetcher
    }

    /// Clients, parsed.
    pub(super) fn clients(&self) -> &ClientCache {
        &self.0.clients
    }

    /// Access tokens whose signature was verified.
    pub(super) fn verified_tokens(&self) -> &TokenCache {
        &self.0.verified_tokens
    }

    /// The metadata, ready to be served.
    pub(super) fn documents(&self) -> &Documents {
        &self.0.documents
    }

    /// What is counted.
    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The session as one client knows it: derived, so that two sites cannot join their tables.
    #[must_use]
    pub fn sid(&self, session: SessionId, client_id: &str) -> String {
        let mut data = session.uuid().as_bytes().to_vec();
        data.extend_from_slice(client_id.as_bytes());
        let derived = self.kit().sealing().derive("sid", &data);
        BASE64_URL_SAFE_NO_PAD.encode(derived.split_at(18).0)
    }
}

impl FromRef<Provider> for Kit {
    fn from_ref(provider: &Provider) -> Self {
        provider.kit().clone()
    }
}

impl FromRef<Provider> for Accounts {
    fn from_ref(provider: &Provider) -> Self {
        provider.accounts().clone()
    }
}
