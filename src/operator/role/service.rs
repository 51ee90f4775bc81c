//! Inviting operators, taking the invitation up, and ending the role.

use super::{
    facts,
    store::{self, Operator},
};
use crate::accounts::{self, Account};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, EmailAddress, Fault, Language, Lifetime, LinkId, Timestamp, Token};
use crate::platform::store::{Sql, Unit};

/// How long a link is good for: as long as it takes to open a mail, not as long as a mailbox is kept.
pub const LIFE: Lifetime = Lifetime::hours(1);

/// How long a typed password opens the operator's pages: a browser that is left alone opens none.
pub const PASSWORD_HOLDS_FOR: Lifetime = Lifetime::minutes(15);

/// The kind of the token in the link.
pub struct OperatorLink;

/// A link that was made, and is shown once.
pub struct Invited {
    /// Whoever opens it with the address becomes an operator.
    pub token: Token<OperatorLink>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// How a link stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Link {
    /// It is good, for whoever has this address.
    Good(EmailAddress),
    /// Its hour is over.
    Expired,
    /// Somebody has used it.
    Used,
    /// There is no such link.
    Unknown,
}

/// Why nobody became an operator.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The account has not the address of the link, or has not proven it.
    #[error("the link is for another address")]
    OtherAddress,
    /// The link is good no more.
    #[error("the link is good no more")]
    Gone,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes a link for `email`; an earlier one for the same address works no more.
///
/// # Errors
/// When the database refuses it.
pub async fn invite(unit: &mut Unit, actor: &Actor, email: &EmailAddress) -> Result<Invited, Fault> {
    let token = Token::<OperatorLink>::new(unit.now(), &unit.entropy());
    let (id, expires_at) = (LinkId::from_uuid(token.id()), unit.now() + LIFE);
    store::void(unit, &email.folded()).await?;
    store::insert(unit, id, &email.folded(), token.digest(), expires_at).await?;
    audit::record(unit, actor, facts::invited(id)).await?;
    Ok(Invited { token, expires_at })
}

/// How the link stands at this moment.
///
/// # Errors
/// When the database does not answer.
pub async fn look(on: &mut impl Sql, token: &Token<OperatorLink>) -> Result<Link, Fault> {
    let row = store::find(on, LinkId::from_uuid(token.id())).await?;
    Ok(match row {
        Some(row) if row.digest != token.digest() => Link::Unknown,
        Some(row) if row.used_at.is_some() => Link::Used,
        Some(row) if row.expires_at <= on.now() => Link::Expired,
        Some(row) => Link::Good(row.email),
        None => Link::Unknown,
    })
}

/// Makes the person an operator, who has just given their password. The link is used up by the same
/// statement that looks whether it is good and is theirs.
///
/// # Errors
/// When the link is not good, or is for somebody else.
pub async fn accept(unit: &mut Unit, token: &Token<OperatorLink>, person: &Account) -> Result<(), AcceptError> {
    let Some(email) = person.verified_email() else { return Err(AcceptError::OtherAddress) };
    let (id, email) = (LinkId::from_uuid(token.id()), email.address().folded());
    if !store::use_up(unit, id, token.digest(), (person.id(), &email)).await? {
        return Err(match look(unit, token).await? {
            Link::Good(_) => AcceptError::OtherAddress,
            Link::Expired | Link::Used | Link::Unknown => AcceptError::Gone,
        });
    }
    store::appoint(unit, person.id()).await?;
    audit::record(unit, &Actor::Person(person.id()), facts::joined(person.id(), Some(id))).await?;
    Ok(())
}

/// Makes an account an operator without a link: for the demo, whose passwords are printed anyway.
///
/// # Errors
/// When the database refuses it.
pub async fn appoint(unit: &mut Unit, actor: &Actor, account: AccountId) -> Result<(), Fault> {
    store::appoint(unit, account).await?;
    audit::record(unit, actor, facts::joined(account, None)).await
}

/// Ends the role of an account. Says whether it had it.
///
/// # Errors
/// When the database refuses it.
pub async fn remove(unit: &mut Unit, actor: &Actor, account: AccountId) -> Result<bool, Fault> {
    if !store::end(unit, account).await? {
        return Ok(false);
    }
    audit::record(unit, actor, facts::removed(account)).await?;
    Ok(true)
}

/// All operators, by user ID.
///
/// # Errors
/// When the database does not answer.
pub async fn list(on: &mut impl Sql) -> Result<Vec<Operator>, Fault> {
    store::all(on).await
}

/// Where an operator is written to.
#[derive(Debug, Clone)]
pub struct Address {
    /// The address of their account.
    pub email: EmailAddress,
    /// Their language.
    pub language: Language,
}

/// Where the operators are written to whose accounts may be used.
///
/// # Errors
/// When the database does not answer.
pub async fn addresses(on: &mut impl Sql) -> Result<Vec<Address>, Fault> {
    let mut addresses = Vec::new();
    for operator in store::all(on).await? {
        let account = accounts::get(on, operator.account_id).await?;
        let usable = account.filter(Account::is_active);
        addresses.extend(usable.map(|person| Address { email: person.email().clone(), language: person.language() }));
    }
    Ok(addresses)
}

/// Whether the account is an operator at this moment.
///
/// # Errors
/// When the database does not answer.
pub async fn is_operator(on: &mut impl Sql, account: AccountId) -> Result<bool, Fault> {
    store::is_operator(on, account).await
}
