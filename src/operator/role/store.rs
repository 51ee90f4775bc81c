//! The tables `operators` and `operator_invitations`. The list reads the names of accounts beside
//! them (decision 8).

use super::OperatorLink;
use crate::kernel::{AccountId, Digest, EmailAddress, Fault, LinkId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// An operator, as the list shows one.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Operator {
    /// The account.
    pub account_id: AccountId,
    /// The user ID.
    pub username: String,
    /// The address.
    pub email: String,
    /// Since when.
    pub since: Timestamp,
}

/// A link as it stands in the table.
#[derive(sqlx::FromRow)]
pub(super) struct LinkRow {
    pub(super) email: EmailAddress,
    pub(super) digest: Digest<OperatorLink>,
    pub(super) expires_at: Timestamp,
    pub(super) used_at: Option<Timestamp>,
}

/// Whether the account is an operator at this moment.
pub(super) async fn is_operator(on: &mut impl Sql, account: AccountId) -> Result<bool, Fault> {
    let found: Option<AccountId> = on
        .sql("select account_id from operators where account_id = $1 and ended_at is null")
        .bind(account)
        .scalar()
        .await?;
    Ok(found.is_some())
}

/// All operators, by user ID.
pub(super) async fn all(on: &mut impl Sql) -> Result<Vec<Operator>, Fault> {
    on.sql(
        "select o.account_id, a.username, a.email, o.invited_at as since
         from operators o join accounts a on a.id = o.account_id where o.ended_at is null order by a.username",
    )
    .all()
    .await
}

/// Makes the links of an address worthless that nobody has used: only the newest one counts.
pub(super) async fn void(unit: &mut Unit, email: &str) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update operator_invitations set expires_at = $2 where email = $1 and used_at is null and expires_at > $2",
    )
    .bind(email.to_owned())
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Keeps a link; of its secret only the digest.
pub(super) async fn insert(
    unit: &mut Unit,
    id: LinkId,
    email: &str,
    digest: Digest<OperatorLink>,
    expires_at: Timestamp,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into operator_invitations (id, email, digest, created_at, expires_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(email.to_owned())
    .bind(digest)
    .bind(now)
    .bind(expires_at)
    .run()
    .await?;
    Ok(())
}

/// The link with this id.
pub(super) async fn find(on: &mut impl Sql, id: LinkId) -> Result<Option<LinkRow>, Fault> {
    on.sql("select email, digest, expires_at, used_at from operator_invitations where id = $1").bind(id).maybe().await
}

/// Uses a link up, for the account that has its address. Says whether it was still good, which of
/// several at once only one hears.
pub(super) async fn use_up(
    unit: &mut Unit,
    id: LinkId,
    digest: Digest<OperatorLink>,
    (account, email): (AccountId, &str),
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update operator_invitations set used_at = $3, account_id = $4
             where id = $1 and digest = $2 and used_at is null and expires_at > $3 and email = $5",
        )
        .bind(id)
        .bind(digest)
        .bind(now)
        .bind(account)
        .bind(email.to_owned())
        .run()
        .await?;
    Ok(rows == 1)
}

/// Makes an account an operator, for the first time or again.
pub(super) async fn appoint(unit: &mut Unit, account: AccountId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into operators (account_id, invited_at, ended_at) values ($1, $2, null)
         on conflict (account_id) do update set invited_at = excluded.invited_at, ended_at = null",
    )
    .bind(account)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Ends an operator. Says whether the account was one.
pub(super) async fn end(unit: &mut Unit, account: AccountId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update operators set ended_at = $2 where account_id = $1 and ended_at is null")
        .bind(account)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}
