//! The tables `accounts` and `account_identifiers`.

use super::{Account, open::NewAccount};
use crate::kernel::{AccountId, EmailAddress, Fault, Json, Language, PersonName, Timestamp};
use crate::platform::{
    hash::PasswordHash,
    store::{Sql, Unit},
};

/// Takes `folded` for `account`. Says whether it was free: user IDs and addresses of all people
/// share one namespace, and the primary key decides. A former address is free for its owner, and for
/// everybody once its time is over.
pub(super) async fn take_identifier(unit: &mut Unit, folded: String, account: AccountId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into account_identifiers (folded, account_id) values ($1, $2)
             on conflict (folded) do update set account_id = excluded.account_id, reserved_until = null
             where account_identifiers.reserved_until is not null
                 and (account_identifiers.account_id = excluded.account_id or account_identifiers.reserved_until <= $3)",
        )
        .bind(folded)
        .bind(account)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Lets nobody sign in by `folded` any more, and nobody else take it before `until`.
pub(super) async fn reserve_identifier(
    unit: &mut Unit,
    folded: String,
    account: AccountId,
    until: Timestamp,
) -> Result<(), Fault> {
    unit.sql("update account_identifiers set reserved_until = $3 where folded = $1 and account_id = $2")
        .bind(folded)
        .bind(account)
        .bind(until)
        .run()
        .await?;
    Ok(())
}

/// Lets anybody take `folded` again.
pub(super) async fn release_identifier(unit: &mut Unit, folded: String, account: AccountId) -> Result<(), Fault> {
    unit.sql("delete from account_identifiers where folded = $1 and account_id = $2")
        .bind(folded)
        .bind(account)
        .run()
        .await?;
    Ok(())
}

/// Whose user ID, address or reserved former address `folded` is.
pub(super) async fn owner_of(on: &mut impl Sql, folded: String) -> Result<Option<AccountId>, Fault> {
    let now = on.now();
    on.sql(
        "select account_id from account_identifiers
         where folded = $1 and (reserved_until is null or reserved_until > $2)",
    )
    .bind(folded)
    .bind(now)
    .scalar()
    .await
}

/// Forgets former addresses whose time is over.
pub(super) async fn forget_former_addresses(unit: &mut Unit) -> Result<u64, Fault> {
    let now = unit.now();
    unit.sql("delete from account_identifiers where reserved_until is not null and reserved_until <= $1")
        .bind(now)
        .run()
        .await
}

/// Keeps a new account.
pub(super) async fn insert(unit: &mut Unit, id: AccountId, subject: String, new: NewAccount) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into accounts (id, subject, username, email, email_verified_at, given_name, family_name, claims,
                               password_hash, language, status, rev, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'active', 1, $11, $11)",
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
    .bind(new.language.tag())
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The account whose user ID or address folds to `folded`. A former address is nobody's.
pub(super) async fn by_identifier(on: &mut impl Sql, folded: &str) -> Result<Option<Account>, Fault> {
    on.sql(
        "select a.id, a.subject, a.username, a.email, a.email_verified_at, a.given_name, a.family_name, a.claims,
                a.password_hash, a.password_changed_at, a.language, a.status, a.disabled_by, a.rev, a.created_at, a.updated_at
         from account_identifiers i join accounts a on a.id = i.account_id
         where i.folded = $1 and i.reserved_until is null",
    )
    .bind(folded.to_owned())
    .maybe()
    .await
}

/// The account with this id.
pub(super) async fn by_id(on: &mut impl Sql, id: AccountId) -> Result<Option<Account>, Fault> {
    on.sql(
        "select id, subject, username, email, email_verified_at, given_name, family_name, claims,
                password_hash, password_changed_at, language, status, disabled_by, rev, created_at, updated_at
         from accounts where id = $1",
    )
    .bind(id)
    .maybe()
    .await
}

/// Disables an account that is active. The operator, who is no organization, also takes over what
/// an organization has disabled, so that the organization cannot lift it.
pub(super) async fn disable(unit: &mut Unit, id: AccountId, by: Option<&str>) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set status = 'disabled', disabled_by = $2, rev = rev + 1, updated_at = $3
             where id = $1 and (status = 'active' or (status = 'disabled' and disabled_by is not null and $4))",
        )
        .bind(id)
        .bind(by.map(str::to_owned))
        .bind(now)
        .bind(by.is_none())
        .run()
        .await?;
    Ok(rows == 1)
}

/// Enables an account that is disabled; with `of_organizations_only`, not when the operator disabled it.
pub(super) async fn enable(unit: &mut Unit, id: AccountId, of_organizations_only: bool) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set status = 'active', disabled_by = null, rev = rev + 1, updated_at = $2
             where id = $1 and status = 'disabled' and (disabled_by is not null or not $3)",
        )
        .bind(id)
        .bind(now)
        .bind(of_organizations_only)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Gives the person another name. Says whether it was another one.
pub(super) async fn rename(
    unit: &mut Unit,
    id: AccountId,
    given: PersonName,
    family: PersonName,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set given_name = $2, family_name = $3, rev = rev + 1, updated_at = $4
             where id = $1 and status = 'active' and (given_name <> $2 or family_name <> $3)",
        )
        .bind(id)
        .bind(given)
        .bind(family)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Sets the language. Says whether it was another one.
pub(super) async fn set_language(unit: &mut Unit, id: AccountId, language: Language) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set language = $2, rev = rev + 1, updated_at = $3
             where id = $1 and status = 'active' and language <> $2",
        )
        .bind(id)
        .bind(language.tag())
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Sets the password of an account that may be used.
pub(super) async fn set_password(unit: &mut Unit, id: AccountId, hash: Option<PasswordHash>) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set password_hash = $2, password_changed_at = $3, rev = rev + 1, updated_at = $3
             where id = $1 and status = 'active'",
        )
        .bind(id)
        .bind(hash)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Keeps the same password under a new hash, unless it was changed meanwhile. Nothing that anybody
/// could see changes.
pub(super) async fn rehash(
    unit: &mut Unit,
    id: AccountId,
    former: PasswordHash,
    hash: PasswordHash,
) -> Result<(), Fault> {
    unit.sql("update accounts set password_hash = $3 where id = $1 and password_hash = $2")
        .bind(id)
        .bind(former)
        .bind(hash)
        .run()
        .await?;
    Ok(())
}

/// Sets the address, if it still is `former`. Says whether it was.
pub(super) async fn set_email(
    unit: &mut Unit,
    id: AccountId,
    former: &EmailAddress,
    (email, verified_at): (EmailAddress, Option<Timestamp>),
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set email = $3, email_verified_at = $4, rev = rev + 1, updated_at = $5
             where id = $1 and email = $2 and status <> 'deleted'",
        )
        .bind(id)
        .bind(former.clone())
        .bind(email)
        .bind(verified_at)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Empties an account and closes it for ever. What sites and the audit trail know it by stays.
pub(super) async fn close(unit: &mut Unit, id: AccountId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update accounts set status = 'deleted', disabled_by = null, password_hash = null, email_verified_at = null,
                                 claims = '{}', rev = rev + 1, updated_at = $2
             where id = $1 and status <> 'deleted'",
        )
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}
