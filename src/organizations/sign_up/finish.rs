//! The last step: the account, the place in an organization and the session, all of them or none.

use super::{
    model::{Choice, Draft},
    store,
};
use crate::accounts::{
    self, Accounts,
    open::{NewAccount, OpenError, open},
    sessions::SessionCookie,
    sign_in::{Browser, enter},
};
use crate::audit::Actor;
use crate::kernel::{AccountId, EmailAddress, Fault, InvitationId, Language, Token};
use crate::organizations::{
    OrganizationError,
    invitations::{self, AcceptError},
    joining::{self, AskError},
    limits,
};
use crate::platform::{hash::PasswordHash, store::Unit, words::Words};
use crate::protocol::oidc::standard_claims::StandardClaims;

use super::rules::Named;

/// Why no account was opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum FinishError {
    /// The draft was used up before: the account is there.
    #[error("the sign-up was finished before")]
    Before,
    /// Somebody took the user ID meanwhile.
    #[error("that user ID is in use")]
    UsernameTaken,
    /// An account with the address was opened meanwhile.
    #[error("there is an account with that address")]
    EmailTaken,
    /// The organization is gone, or its invitation was withdrawn, meanwhile.
    #[error("the organization takes nobody in")]
    OrganizationGone,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What becomes an account.
pub(super) struct NewPerson {
    pub(super) named: Named,
    /// Proven, by a code or by the link of an invitation.
    pub(super) email: EmailAddress,
    pub(super) password_hash: PasswordHash,
    pub(super) language: Language,
}

/// Opens the account of a draft that has all its answers, and signs the person in.
///
/// # Errors
/// See [`FinishError`]: nothing was changed then, and the draft keeps its answers.
pub(super) async fn finish(
    accounts: &Accounts,
    draft: &Draft,
    browser: Browser,
) -> Result<Token<SessionCookie>, FinishError> {
    let incomplete = || Fault::new("finish a sign-up that lacks answers");
    let credentials = draft.credentials.as_ref().ok_or_else(incomplete)?;
    let person = NewPerson {
        named: credentials.check(&draft.email, Words::new(draft.language)).map_err(|_| incomplete())?,
        email: draft.email.clone(),
        password_hash: draft.password_hash.clone().ok_or_else(incomplete)?,
        language: draft.language,
    };
    let choice = draft.choice.clone().ok_or_else(incomplete)?;
    let mut unit = accounts.db.write().await?;
    if !store::use_up(&mut unit, draft.id).await? {
        return Err(FinishError::Before);
    }
    let account = open_account(&mut unit, person).await?;
    give_place(&mut unit, accounts, account, choice).await?;
    let cookie = enter(&mut unit, accounts, account, browser).await?;
    unit.commit().await?;
    Ok(cookie)
}

/// Opens the account of a person who comes by the link of an invitation, and accepts it.
///
/// # Errors
/// See [`FinishError`].
pub(super) async fn join(
    accounts: &Accounts,
    person: NewPerson,
    invitation: InvitationId,
    browser: Browser,
) -> Result<Token<SessionCookie>, FinishError> {
    let mut unit = accounts.db.write().await?;
    let account = open_account(&mut unit, person).await?;
    accept(&mut unit, account, invitation).await?;
    let cookie = enter(&mut unit, accounts, account, browser).await?;
    unit.commit().await?;
    Ok(cookie)
}

async fn open_account(unit: &mut Unit, person: NewPerson) -> Result<AccountId, FinishError> {
    let (username, given_name, family_name) = person.named;
    let email_is_username = username.folded() == person.email.folded();
    let new = NewAccount {
        username,
        email: person.email,
        email_is_verified: true,
        given_name,
        family_name,
        claims: StandardClaims::default(),
        password_hash: Some(person.password_hash),
        language: person.language,
    };
    open(unit, &Actor::Stranger, new).await.map_err(|error| match error {
        OpenError::UsernameTaken if email_is_username => FinishError::EmailTaken,
        OpenError::UsernameTaken => FinishError::UsernameTaken,
        OpenError::EmailTaken => FinishError::EmailTaken,
        OpenError::Fault(fault) => fault.into(),
    })
}

async fn give_place(
    unit: &mut Unit,
    accounts: &Accounts,
    account: AccountId,
    choice: Choice,
) -> Result<(), FinishError> {
    match choice {
        Choice::Invited { invitation, .. } => accept(unit, account, invitation).await,
        Choice::Join { organization, note, .. } => {
            let note = note.parse().ok();
            // The first request of a new account is never one too many, but it is one.
            limits::count_request(unit, accounts, account).await?;
            match joining::ask(unit, &accounts.kit, account, organization, note).await {
                Ok(_) => Ok(()),
                Err(AskError::Fault(fault)) => Err(fault.into()),
                Err(_) => Err(FinishError::OrganizationGone),
            }
        }
        Choice::Found(new) => {
            let profile = new.check(Words::default()).map_err(|_| Fault::new("read a new organization again"))?;
            match crate::organizations::found(unit, &Actor::Person(account), profile, account).await {
                Ok(_) => Ok(()),
                Err(OrganizationError::Fault(fault)) => Err(fault.into()),
                Err(_) => Err(FinishError::OrganizationGone),
            }
        }
    }
}

async fn accept(unit: &mut Unit, account: AccountId, invitation: InvitationId) -> Result<(), FinishError> {
    match invitations::accept(unit, &Actor::Person(account), invitation, account, true).await {
        Ok(_) => Ok(()),
        Err(AcceptError::Fault(fault)) => Err(fault.into()),
        Err(_) => Err(FinishError::OrganizationGone),
    }
}

/// Whether a user ID can be had by the owner of `email`, who is about to sign up.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn is_free(accounts: &Accounts, username: &str, email: &EmailAddress) -> Result<bool, Fault> {
    // One's own address is free: the code would not have come otherwise. If somebody took it since,
    // the last step says so.
    if username.trim().to_lowercase() == email.folded() {
        return Ok(true);
    }
    accounts::is_free(&mut accounts.db.read().await?, username).await
}
