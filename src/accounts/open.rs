//! Opening an account.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{facts, store};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, EmailAddress, Fault, Language, PersonName, Username};
use crate::platform::{
    hash::PasswordHash,
    store::{Sql, Unit},
};
use crate::protocol::oidc::standard_claims::StandardClaims;

/// What an account is opened with.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The user ID, for ever.
    pub username: Username,
    /// The address for mail.
    pub email: EmailAddress,
    /// Whether somebody vouches that the person receives mail there.
    pub email_is_verified: bool,
    /// The given name.
    pub given_name: PersonName,
    /// The family name.
    pub family_name: PersonName,
    /// Further standard claims of OpenID Connect.
    pub claims: StandardClaims,
    /// The password; without one the person cannot sign in until it is set.
    pub password_hash: Option<PasswordHash>,
    /// The language of its pages and mails.
    pub language: Language,
}

/// Why an account was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The user ID is somebody's user ID or address.
    #[error("that user ID is in use; choose another one")]
    UsernameTaken,
    /// The address is somebody's address or user ID.
    #[error("that email address belongs to another account")]
    EmailTaken,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Opens an account.
///
/// # Errors
/// When the user ID or the address is taken. Drop the unit then: part of it may be written.
pub async fn open(unit: &mut Unit, actor: &Actor, new: NewAccount) -> Result<AccountId, OpenError> {
    let entropy = unit.entropy();
    let id = AccountId::new(unit.now(), &entropy);
    // Not the id: that tells when the account was opened.
    let subject = BASE64_URL_SAFE_NO_PAD.encode(entropy.bytes::<18>());
    let (username, email) = (new.username.folded(), new.email.folded());
    let email_is_username = username == email;
    store::insert(unit, id, subject, new).await?;
    if !store::take_identifier(unit, username, id).await? {
        return Err(OpenError::UsernameTaken);
    }
    if !email_is_username && !store::take_identifier(unit, email, id).await? {
        return Err(OpenError::EmailTaken);
    }
    audit::record(unit, actor, facts::opened(id)).await?;
    Ok(id)
}
