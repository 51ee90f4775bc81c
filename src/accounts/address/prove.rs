//! Proving the address that an account has had from somebody else: an operator, another system.

use crate::accounts::{
    Accounts, SessionEnd, SignedIn,
    codes::{self, CheckError, Proving, Purpose, SendError},
    facts, sessions, store,
};
use crate::audit::{self, Actor};
use crate::platform::store::Sql;

/// Sends a code to the address of the account.
///
/// # Errors
/// Why none was sent.
pub async fn ask_to_prove(accounts: &Accounts, person: &SignedIn) -> Result<(), SendError> {
    let account = &person.account;
    let mut unit = accounts.db.write().await?;
    let about = Proving { purpose: Purpose::EmailProof, holder: &account.id.to_string(), address: &account.email };
    codes::send(&mut unit, accounts, &about, account.language()).await?;
    Ok(unit.commit().await?)
}

/// Notes the address as proven, when its code was typed. Whoever was signed in before, anywhere
/// else, may not have been the owner of the mailbox: those sessions end.
///
/// # Errors
/// Why what was typed proves nothing.
pub async fn prove(accounts: &Accounts, person: &SignedIn, typed: &str) -> Result<(), CheckError> {
    let account = &person.account;
    let (id, actor) = (account.id, Actor::Person(account.id));
    let about = Proving { purpose: Purpose::EmailProof, holder: &id.to_string(), address: &account.email };
    let proof = codes::check(accounts, &about, typed).await?;
    let mut unit = accounts.db.write().await?;
    let proven = (account.email.clone(), Some(unit.now()));
    if !proof.redeem(&mut unit).await? || !store::set_email(&mut unit, id, &account.email, proven).await? {
        return Err(CheckError::Wrong);
    }
    sessions::end_others(&mut unit, &actor, (id, person.session), SessionEnd::AddressProven).await?;
    audit::record(&mut unit, &actor, facts::email_verified(id)).await?;
    Ok(unit.commit().await?)
}
