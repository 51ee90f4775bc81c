//! Another address: asked for with the password, taken with the code.

use super::{
    UndoLink,
    store::{self, NewChange},
    undo,
};
use crate::accounts::{
    Account, Accounts, SignedIn,
    codes::{self, CheckError, Proving, Purpose, SendError},
    facts, letters, recovery,
    service::FORMER_ADDRESS_KEPT_FOR,
    sign_in::{self, ConfirmError},
    store as accounts_store,
};
use crate::audit::{self, Actor};
use crate::kernel::{EmailAddress, Fault, LinkId, Token};
use crate::platform::{
    store::{Sql, Unit},
    web::Kit,
};

/// Why no code was sent to a new address.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The person is not believed.
    #[error(transparent)]
    Unconfirmed(#[from] ConfirmError),
    /// It is the address that the account has.
    #[error("the account has that address already")]
    Same,
    /// Codes were sent a moment ago, or too many of them.
    #[error(transparent)]
    NotSent(#[from] SendError),
}

impl From<Fault> for AskError {
    fn from(fault: Fault) -> Self {
        Self::NotSent(SendError::Fault(fault))
    }
}

/// Sends a code to the new address, when the password is right. An address that is somebody
/// else's is told so by mail, and nobody else.
///
/// # Errors
/// Why no code was sent.
pub async fn ask(
    accounts: &Accounts,
    person: &SignedIn,
    new: &EmailAddress,
    (password, network): (&str, &str),
) -> Result<(), AskError> {
    if new == &person.account.email {
        return Err(AskError::Same);
    }
    sign_in::confirm(accounts, person, password, network).await?;
    let mut unit = accounts.db.write().await?;
    send(&mut unit, accounts, &person.account, new).await?;
    audit::record(&mut unit, &Actor::Person(person.account.id), facts::email_change_asked(person.account.id)).await?;
    Ok(unit.commit().await?)
}

/// Sends another code to the address that was asked for; `None` when none was.
///
/// # Errors
/// Why no code was sent.
pub async fn resend(accounts: &Accounts, person: &SignedIn) -> Result<Option<EmailAddress>, SendError> {
    let mut unit = accounts.db.write().await?;
    let holder = person.account.id.to_string();
    let Some(new) = codes::pending(&mut unit, Purpose::EmailChange, &holder).await? else { return Ok(None) };
    send(&mut unit, accounts, &person.account, &new).await?;
    unit.commit().await?;
    Ok(Some(new))
}

async fn send(unit: &mut Unit, accounts: &Accounts, account: &Account, new: &EmailAddress) -> Result<(), SendError> {
    let about = Proving { purpose: Purpose::EmailChange, holder: &account.id.to_string(), address: new };
    codes::send(unit, accounts, &about, account.language()).await
}

/// Makes the address that was asked for the account's, when its code was typed.
///
/// # Errors
/// Why what was typed proves nothing.
pub async fn finish(accounts: &Accounts, person: &SignedIn, typed: &str) -> Result<EmailAddress, CheckError> {
    let holder = person.account.id.to_string();
    let pending = codes::pending(&mut accounts.db.read().await?, Purpose::EmailChange, &holder).await?;
    let new = pending.ok_or(CheckError::Wrong)?;
    let about = Proving { purpose: Purpose::EmailChange, holder: &holder, address: &new };
    let proof = codes::check(accounts, &about, typed).await?;
    let mut unit = accounts.db.write().await?;
    if !proof.redeem(&mut unit).await?
        || !change(&mut unit, &accounts.kit, &Actor::Person(person.account.id), &person.account, &new).await?
    {
        return Err(CheckError::Wrong);
    }
    unit.commit().await?;
    Ok(new)
}

/// Gives an account a proven address. The former one is nobody else's for 90 days, gets a link that
/// undoes it, and what was mailed to it for a new password is worthless. Says whether it was done: not
/// when the new address is somebody else's by now. Drop the unit then.
///
/// # Errors
/// When the database refuses it.
pub async fn change(
    unit: &mut Unit,
    kit: &Kit,
    actor: &Actor,
    account: &Account,
    new: &EmailAddress,
) -> Result<bool, Fault> {
    let (now, id) = (unit.now(), account.id);
    let (former, folded, username) = (account.email.folded(), new.folded(), account.username.folded());
    if folded != former {
        if folded != username && !accounts_store::take_identifier(unit, folded, id).await? {
            return Ok(false);
        }
        if former != username {
            accounts_store::reserve_identifier(unit, former, id, now + FORMER_ADDRESS_KEPT_FOR).await?;
        }
    }
    if !accounts_store::set_email(unit, id, &account.email, (new.clone(), Some(now))).await? {
        return Ok(false);
    }
    recovery::void_links(unit, id).await?;
    codes::void(unit, &id.to_string()).await?;
    let token = Token::<UndoLink>::new(now, &unit.entropy());
    let undo_until = now + undo::LIFE;
    let change = NewChange {
        id: LinkId::from_uuid(token.id()),
        account,
        email: new.clone(),
        digest: token.digest(),
        undo_until,
    };
    store::insert(unit, change).await?;
    audit::record(unit, actor, facts::email_changed(id)).await?;
    let path = format!("/recover/address/{}", token.reveal());
    letters::email_changed_from(unit, kit, account, (&path, undo::LIFE)).await?;
    letters::email_changed_to(unit, kit, account, new).await?;
    Ok(true)
}
