//! Taking a former address back, by the link that was mailed to it and the password of that time.

use super::store::{self, ChangeRow};
use crate::accounts::{
    Account, Accounts, SessionEnd, codes, facts, letters, recovery, sessions,
    sign_in::{self, ConfirmError},
    store as accounts_store,
};
use crate::audit::{self, Actor};
use crate::kernel::{EmailAddress, Fault, Lifetime, LinkId, Token};
use crate::platform::store::{Sql, Unit};

/// How long a change can be undone.
pub(in crate::accounts) const LIFE: Lifetime = Lifetime::hours(72);

/// The kind of the token in the link.
pub struct UndoLink;

/// A change that can be undone.
#[derive(Debug)]
pub struct Undo {
    /// The account.
    pub account: Account,
    /// The address that it would have again.
    pub address: EmailAddress,
    row: ChangeRow,
}

/// What became of it.
#[derive(Debug)]
pub struct Undone {
    /// The address that the account has again.
    pub address: EmailAddress,
    /// Whether the password is void, because it was changed since: a new one is to be set by mail.
    pub password_is_void: bool,
}

/// Why nothing was undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// The link is good no more.
    #[error("the link is good no more")]
    Gone,
    /// The person is not believed.
    #[error(transparent)]
    Unconfirmed(#[from] ConfirmError),
}

impl From<Fault> for UndoError {
    fn from(fault: Fault) -> Self {
        Self::Unconfirmed(ConfirmError::Fault(fault))
    }
}

/// What the link of `token` would undo; `None` when it is good no more. Nothing changes.
///
/// # Errors
/// When the database does not answer.
pub async fn look(on: &mut impl Sql, token: &Token<UndoLink>) -> Result<Option<Undo>, Fault> {
    let row = store::open(on, LinkId::from_uuid(token.id())).await?;
    let Some(row) = row.filter(|row| row.digest == token.digest()) else { return Ok(None) };
    let account = accounts_store::by_id(on, row.account_id).await?;
    Ok(account.map(|account| Undo { account, address: row.former_email.clone(), row }))
}

/// Gives the former address back, whatever the account's address has become since, and signs
/// everybody out. A password that was set since the change is void: whoever changed the address
/// may have set it.
///
/// # Errors
/// When the link is good no more, or the password is not the one of that time.
pub async fn undo(
    accounts: &Accounts,
    token: &Token<UndoLink>,
    typed: &str,
    network: &str,
) -> Result<Undone, UndoError> {
    let found = look(&mut accounts.db.read().await?, token).await?.ok_or(UndoError::Gone)?;
    let hash = found.row.password_hash.as_ref();
    sign_in::confirm_by(accounts, (&found.account, hash), typed, network).await?;
    let mut unit = accounts.db.write().await?;
    let id = found.account.id;
    // Read again, inside: the address may have changed once more while the password was looked at.
    let Some(account) = accounts_store::by_id(&mut unit, id).await? else { return Err(UndoError::Gone) };
    if !store::mark_undone(&mut unit, LinkId::from_uuid(token.id())).await?
        || !give_back(&mut unit, &account, &found).await?
    {
        return Err(UndoError::Gone);
    }
    store::void_since(&mut unit, id, found.row.changed_at).await?;
    let password_is_void = account.password_changed_at.is_some_and(|at| at > found.row.changed_at);
    end_everything(&mut unit, &account, password_is_void).await?;
    for address in [&found.address, &account.email] {
        letters::email_change_undone(&mut unit, &accounts.kit, &account, address).await?;
    }
    unit.commit().await?;
    Ok(Undone { address: found.address, password_is_void })
}

async fn give_back(unit: &mut Unit, account: &Account, found: &Undo) -> Result<bool, Fault> {
    let (id, username) = (account.id, account.username.folded());
    let (wanted, present) = (found.address.folded(), account.email.folded());
    if wanted != present {
        if wanted != username && !accounts_store::take_identifier(unit, wanted, id).await? {
            return Ok(false);
        }
        if present != username {
            accounts_store::release_identifier(unit, present, id).await?;
        }
    }
    let proven = (found.address.clone(), found.row.former_verified_at);
    accounts_store::set_email(unit, id, &account.email, proven).await
}

async fn end_everything(unit: &mut Unit, account: &Account, password_is_void: bool) -> Result<(), Fault> {
    let (id, actor) = (account.id, Actor::Person(account.id));
    sessions::end_all(unit, &actor, id, SessionEnd::AddressUndone).await?;
    recovery::void_links(unit, id).await?;
    codes::void(unit, &id.to_string()).await?;
    audit::record(unit, &actor, facts::email_change_undone(id)).await?;
    if password_is_void && accounts_store::set_password(unit, id, None).await? {
        audit::record(unit, &actor, facts::password_voided(id)).await?;
    }
    Ok(())
}
