//! Registering, loading and disabling clients.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use std::sync::Arc;

use super::{
    Client,
    model::{ClientStatus, Secrets},
    store::{self, ClientRow},
};
use crate::audit::{self, Actor};
use crate::kernel::{Digest, Fault, Lifetime, SiteId};
use crate::oidc::{Provider, facts};
use crate::platform::store::{Sql, Unit};
use crate::protocol::oauth::client_metadata::{CheckedMetadata, ClientMetadata, MetadataError};

/// How long the secret before stays good after a rotation.
const FORMER_SECRET_FOR: Lifetime = Lifetime::days(7);

/// What a client is registered with.
#[derive(Debug)]
pub struct NewClient {
    /// Its metadata; `client_id` and `client_secret` are kept when they are there.
    pub metadata: ClientMetadata,
    /// The site that it is the registration of.
    pub site: Option<SiteId>,
}

/// A client that was registered. The secret is shown once.
#[derive(Debug)]
pub struct Registered {
    /// Its `client_id`.
    pub client_id: String,
    /// Its secret, if it has one.
    pub client_secret: Option<String>,
    /// What was agreed to.
    pub metadata: CheckedMetadata,
}

/// Why a client was not registered or changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The metadata does not hold together.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The id belongs to another client.
    #[error("a client with that client_id exists")]
    IdTaken,
    /// There is no such client, or it has no secret.
    #[error("there is no client with a secret of that id")]
    NotFound,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Registers a client.
///
/// # Errors
/// When its metadata does not hold together, or its id is taken.
pub async fn register(unit: &mut Unit, actor: &Actor, new: NewClient) -> Result<Registered, ClientError> {
    let mut kept = new.metadata.clone();
    let checked = new.metadata.check()?;
    let entropy = unit.entropy();
    let client_id = checked.client_id.clone().unwrap_or_else(|| BASE64_URL_SAFE_NO_PAD.encode(entropy.bytes::<15>()));
    let secret = checked.token_endpoint_auth_method.uses_secret().then(|| match &checked.client_secret {
        Some(given) => given.expose().clone(),
        None => BASE64_URL_SAFE_NO_PAD.encode(entropy.bytes::<32>()),
    });
    kept.client_id = Some(client_id.clone());
    kept.client_secret = None;
    if !store::insert(unit, &client_id, new.site, kept, secret.as_deref().map(Digest::of)).await? {
        return Err(ClientError::IdTaken);
    }
    audit::record(unit, actor, facts::client_registered(&client_id)).await?;
    Ok(Registered { client_id, client_secret: secret, metadata: checked })
}

/// Gives a client a new secret; the one before stays good for seven days.
///
/// # Errors
/// [`ClientError::NotFound`] when there is no such client with a secret.
pub async fn rotate_secret(unit: &mut Unit, actor: &Actor, client_id: &str) -> Result<String, ClientError> {
    let secret = BASE64_URL_SAFE_NO_PAD.encode(unit.entropy().bytes::<32>());
    let until = unit.now() + FORMER_SECRET_FOR;
    if !store::replace_secret(unit, client_id, Digest::of(&secret), until).await? {
        return Err(ClientError::NotFound);
    }
    audit::record(unit, actor, facts::client_secret_rotated(client_id)).await?;
    Ok(secret)
}

/// Disables the registrations of a removed site: nothing is issued to them or honoured of them.
///
/// # Errors
/// When the database refuses it.
pub async fn disable_of_site(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    store::disable_of_site(unit, site).await
}

/// The ids of a site's registrations.
///
/// # Errors
/// When the database does not answer.
pub async fn ids_of_site(on: &mut impl Sql, site: SiteId) -> Result<Vec<String>, Fault> {
    Ok(store::of_site(on, site).await?.into_iter().map(|row| row.id).collect())
}

/// The registrations of a site: their ids, and what was agreed to.
///
/// # Errors
/// When the database does not answer, or a row does not hold together.
pub async fn of_site(on: &mut impl Sql, site: SiteId) -> Result<Vec<(String, CheckedMetadata)>, Fault> {
    let rows = store::of_site(on, site).await?;
    rows.into_iter().map(|row| Ok((row.id, read(&row.metadata)?))).collect()
}

/// The active client `id`.
///
/// # Errors
/// When the database does not answer, or the row does not hold together.
pub async fn load(provider: &Provider, on: &mut impl Sql, id: &str) -> Result<Option<Client>, Fault> {
    if id.contains('\0') {
        return Ok(None);
    }
    match store::by_id(on, id).await? {
        Some(row) if row.status == ClientStatus::Active.as_str() => parse(provider, row).map(Some),
        _ => Ok(None),
    }
}

/// The client `id`, also one that is disabled: nothing is issued to it, but it is told that what it was
/// given is over.
///
/// # Errors
/// When the database does not answer, or the row does not hold together.
pub async fn load_also_disabled(provider: &Provider, on: &mut impl Sql, id: &str) -> Result<Option<Client>, Fault> {
    let row = store::by_id(on, id).await?;
    row.map(|row| parse(provider, row)).transpose()
}

/// The client of a row, its metadata parsed once for each version.
pub(in crate::oidc) fn parse(provider: &Provider, row: ClientRow) -> Result<Client, Fault> {
    let key = (row.id.clone(), row.updated_at);
    let metadata = match provider.clients().metadata.get(&key) {
        Some(metadata) => metadata,
        None => {
            let checked = Arc::new(read(&row.metadata)?);
            provider.clients().metadata.insert(key, checked.clone());
            checked
        }
    };
    let former = row.former_secret_digest.zip(row.former_secret_until);
    let secrets = Secrets { present: row.secret_digest, former };
    Ok(Client { id: row.id, site: row.site_id, metadata, secrets, updated_at: row.updated_at })
}

fn read(metadata: &str) -> Result<CheckedMetadata, Fault> {
    serde_json::from_str(metadata).map_err(|cause| Fault::of("read a client", cause))
}

/// Forgets assertions that have expired.
///
/// # Errors
/// When the database refuses it.
pub(in crate::oidc) async fn forget_assertions(unit: &mut Unit) -> Result<u64, Fault> {
    store::forget_assertions(unit).await
}
