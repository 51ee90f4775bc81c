//! The tables `accounts` and `account_identifiers`.

use super::{Account, AccountStatus, open::NewAccount};
use crate::kernel::{AccountId, Fault, Json};
use crate::platform::store::{Sql, Unit};

/// Takes `folded` for `account`. Says whether it was free: user IDs and addresses of all people
/// share one namespace, and the primary key decides.
pub(super) async fn take_identifier(unit: &mut Unit, folded: String, account: AccountId) -> Result<bool, Fault> {
    let rows = unit
        .sql("insert into account_identifiers (folded, account_id) values ($1, $2) on conflict (folded) do nothing")
        .bind(folded)
        .bind(account)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Keeps a new account.
pub(super) async fn insert(unit: &mut Unit, id: AccountId, subject: String, new: NewAccount) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into accounts (id, subject, username, email, email_verified_at, given_name, family_name, claims,
                               password_hash, status, rev, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', 1, $10, $10)",
    )
    .bind(id)
    .bind(subject)
    .bind(new.username)
    .bind(new.email)
    .bind(new.email_is_verified.then_some(now))
    .bind(new.given_name)
    .bind(new.family_name)
    .bind(Json(new.claims))
    .bind(new.password_hash)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The account whose user ID or address folds to `folded`.
pub(super) async fn by_identifier(on: &mut impl Sql, folded: &str) -> Result<Option<Account>, Fault> {
    on.sql(
        "select a.id, a.subject, a.username, a.email, a.email_verified_at, a.given_name, a.family_name, a.claims,
                a.password_hash, a.status, a.rev, a.updated_at
         from account_identifiers i join accounts a on a.id = i.account_id where i.folded = $1",
    )
    .bind(folded.to_owned())
    .maybe()
    .await
}

/// The account with this id.
pub(super) async fn by_id(on: &mut impl Sql, id: AccountId) -> Result<Option<Account>, Fault> {
    on.sql(
        "select id, subject, username, email, email_verified_at, given_name, family_name, claims,
                password_hash, status, rev, updated_at
         from accounts where id = $1",
    )
    .bind(id)
    .maybe()
    .await
}

/// Sets the status, unless it is that already or the account is deleted.
pub(super) async fn set_status(unit: &mut Unit, id: AccountId, status: AccountStatus) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set status = $2, rev = rev + 1, updated_at = $3
             where id = $1 and status <> $2 and status <> 'deleted'",
        )
        .bind(id)
        .bind(status.as_str())
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Replaces the password's hash by one with newer parameters, if it is still the same password.
pub(super) async fn rehash(
    unit: &mut Unit,
    id: AccountId,
    former: crate::platform::hash::PasswordHash,
    hash: crate::platform::hash::PasswordHash,
) -> Result<(), Fault> {
    unit.sql("update accounts set password_hash = $3 where id = $1 and password_hash = $2")
        .bind(id)
        .bind(former)
        .bind(hash)
        .run()
        .await?;
    Ok(())
}
