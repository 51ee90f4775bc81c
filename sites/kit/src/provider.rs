//! What the site knows of ConneX: the discovery document and the published keys, fetched when first needed, so that a
//! site may start before ConneX does, and fetched again when they have aged or a token names an unknown key.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, EndSessionUrl, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::http::Http;
use crate::settings::Settings;

/// How long the document is believed before it is fetched again.
const FRESH: Duration = Duration::from_secs(3600);
/// After a failure the next callers are told at once, so that they do not queue behind one another's timeouts.
const FAILURE_STANDS: Duration = Duration::from_secs(1);
/// Keys are asked for at most this often, so that invented key ids cannot turn the site against ConneX.
const KEYS_PAUSE: Duration = Duration::from_secs(5);

/// The discovery document (OIDC Discovery §3) with the published keys.
pub(crate) type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Members of the document that the `openidconnect` crate does not know.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Extra {
    /// Where a person signs out (RP-Initiated Logout §2.1).
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    /// Whether every authorization response carries `iss` (RFC 9207 §3).
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

/// ConneX as one site sees it.
#[derive(Debug)]
pub(crate) struct Provider {
    issuer: IssuerUrl,
    http: Http,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    metadata: Option<Arc<Metadata>>,
    fetched_at: Option<Instant>,
    failed_at: Option<Instant>,
    keys_asked_at: Option<Instant>,
}

/// ConneX did not answer, or not with a discovery document that can be believed. The reason is in the log.
#[derive(Debug)]
pub(crate) struct Unreachable;

impl Provider {
    /// Prepares the first call; nothing is fetched yet.
    pub(crate) fn open(settings: &Settings) -> anyhow::Result<Self> {
        let issuer = IssuerUrl::new(settings.issuer.clone())?;
        Ok(Self { issuer, http: Http::open(settings)?, memory: Mutex::default() })
    }

    /// The client for calls to ConneX.
    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// The issuer identifier, as configured.
    pub(crate) fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// What ConneX says of itself, from memory if that is fresh. An aged copy is better than none: it is kept while
    /// ConneX cannot be reached.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, Unreachable> {
        let mut memory = self.memory.lock().await;
        if let (Some(metadata), true) = (&memory.metadata, is_within(memory.fetched_at, FRESH)) {
            return Ok(metadata.clone());
        }
        if !is_within(memory.failed_at, FAILURE_STANDS) {
            match self.discover().await {
                Ok(metadata) => {
                    memory.metadata = Some(Arc::new(metadata));
                    memory.fetched_at = Some(Instant::now());
                    memory.failed_at = None;
                }
                Err(error) => {
                    tracing::warn!(issuer = %*self.issuer, reason = format!("{error:#}"), "discovery failed");
                    memory.failed_at = Some(Instant::now());
                }
            }
        }
        memory.metadata.clone().ok_or(Unreachable)
    }

    /// The same with keys newer than those in `tried`, or `tried` itself when they were asked for a moment ago.
    /// ConneX publishes a key before it signs with it, but not necessarily before this site last looked.
    pub(crate) async fn with_newer_keys(&self, tried: &Arc<Metadata>) -> Result<Arc<Metadata>, Unreachable> {
        let mut memory = self.memory.lock().await;
        if let Some(known) = &memory.metadata
            && !Arc::ptr_eq(known, tried)
        {
            return Ok(known.clone());
        }
        if is_within(memory.keys_asked_at, KEYS_PAUSE) {
            return Ok(tried.clone());
        }
        memory.keys_asked_at = Some(Instant::now());
        let keys = CoreJsonWebKeySet::fetch_async(tried.jwks_uri(), &self.http).await.map_err(|error| {
            let reason = format!("{:#}", anyhow::Error::new(error));
            tracing::warn!(issuer = %*self.issuer, reason, "the published keys cannot be fetched");
            Unreachable
        })?;
        let newer = Arc::new((**tried).clone().set_jwks(keys));
        memory.metadata = Some(newer.clone());
        Ok(newer)
    }

    async fn discover(&self) -> anyhow::Result<Metadata> {
        // The crate refuses a document that names another issuer, character for character.
        let metadata =
            Metadata::discover_async(self.issuer.clone(), &self.http).await.context("no discovery document")?;
        let extra = metadata.additional_metadata();
        let endpoints = [
            Some(metadata.authorization_endpoint().url()),
            metadata.token_endpoint().map(|url| url.url()),
            metadata.userinfo_endpoint().map(|url| url.url()),
            extra.end_session_endpoint.as_ref().map(|url| url.url()),
        ];
        for url in endpoints.into_iter().flatten() {
            self.check_endpoint(url)?;
        }
        Ok(metadata)
    }

    /// An https issuer sends nobody, and no secret, over plain http.
    fn check_endpoint(&self, url: &Url) -> anyhow::Result<()> {
        ensure!(url.scheme() == "https" || self.issuer.url().scheme() == "http", "{url} is not https");
        Ok(())
    }
}

fn is_within(since: Option<Instant>, span: Duration) -> bool {
    since.is_some_and(|since| since.elapsed() < span)
}
