//! Changing the addresses of a client that is registered.

use super::{ClientError, store};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, Timestamp};
use crate::oidc::facts;
use crate::platform::store::{Sql, Unit};
use crate::protocol::oauth::client_metadata::{ClientMetadata, MetadataError};

/// What may be changed of a client without anybody noticing but whoever moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// What people call it.
    pub name: String,
    /// Where a person starts.
    pub home: String,
    /// Where people return after signing in.
    pub redirect_uris: Vec<String>,
    /// Where people return after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session ended.
    pub backchannel_logout_uri: Option<String>,
}

impl Amendment {
    fn put_into(self, metadata: &mut ClientMetadata) {
        metadata.client_name = Some(self.name);
        metadata.client_uri = Some(self.home);
        metadata.redirect_uris = self.redirect_uris;
        metadata.post_logout_redirect_uris = self.post_logout_redirect_uris;
        metadata.backchannel_logout_uri = self.backchannel_logout_uri;
    }

    /// Whether it could be put into any client: for a page that says so before anything is written.
    ///
    /// # Errors
    /// What does not hold together.
    pub fn check(&self) -> Result<(), MetadataError> {
        let mut metadata = ClientMetadata::default();
        self.clone().put_into(&mut metadata);
        metadata.check().map(|_| ())
    }
}

/// Changes a client. What was issued to it stays good.
///
/// # Errors
/// [`ClientError::NotFound`] when it is not there or somebody else changed it at the same moment;
/// [`ClientError::Metadata`] when an address is none that may be registered.
pub async fn amend(unit: &mut Unit, actor: &Actor, client_id: &str, new: Amendment) -> Result<(), ClientError> {
    let row = store::by_id(unit, client_id).await?.ok_or(ClientError::NotFound)?;
    let mut metadata: ClientMetadata =
        serde_json::from_str(&row.metadata).map_err(|cause| Fault::of("read a client", cause))?;
    new.put_into(&mut metadata);
    metadata.clone().check()?;
    if !store::amend(unit, client_id, metadata, row.updated_at).await? {
        return Err(ClientError::NotFound);
    }
    Ok(audit::record(unit, actor, facts::client_amended(client_id)).await?)
}

/// Until when the secret before the present one of a client is good; `None` when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn former_secret_until(on: &mut impl Sql, client_id: &str) -> Result<Option<Timestamp>, Fault> {
    let until = store::by_id(on, client_id).await?.and_then(|row| row.former_secret_until);
    Ok(until.filter(|until| *until > on.now()))
}
