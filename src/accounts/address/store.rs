//! The table `email_changes`.

use super::UndoLink;
use crate::accounts::Account;
use crate::kernel::{AccountId, Digest, EmailAddress, Fault, LinkId, Timestamp};
use crate::platform::{
    hash::PasswordHash,
    store::{Sql, Unit},
};

/// A change to be kept.
pub(super) struct NewChange<'a> {
    pub(super) id: LinkId,
    pub(super) account: &'a Account,
    pub(super) email: EmailAddress,
    pub(super) digest: Digest<UndoLink>,
    pub(super) undo_until: Timestamp,
}

/// A change as it stands in the table.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct ChangeRow {
    pub(super) account_id: AccountId,
    pub(super) former_email: EmailAddress,
    pub(super) former_verified_at: Option<Timestamp>,
    pub(super) password_hash: Option<PasswordHash>,
    pub(super) digest: Digest<UndoLink>,
    pub(super) changed_at: Timestamp,
}

pub(super) async fn insert(unit: &mut Unit, new: NewChange<'_>) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into email_changes (id, account_id, former_email, former_verified_at, email, password_hash, digest, changed_at, undo_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(new.account.id)
    .bind(new.account.email.clone())
    .bind(new.account.email_verified_at)
    .bind(new.email)
    .bind(new.account.password_hash.clone())
    .bind(new.digest)
    .bind(now)
    .bind(new.undo_until)
    .run()
    .await?;
    Ok(())
}

/// The change with this id, while it can be undone.
pub(super) async fn open(on: &mut impl Sql, id: LinkId) -> Result<Option<ChangeRow>, Fault> {
    let now = on.now();
    on.sql(
        "select account_id, former_email, former_verified_at, password_hash, digest, changed_at
         from email_changes where id = $1 and undone_at is null and undo_until > $2",
    )
    .bind(id)
    .bind(now)
    .maybe()
    .await
}

/// Marks a change as undone. Says whether it still could be, which of several at once only one hears.
pub(super) async fn mark_undone(unit: &mut Unit, id: LinkId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update email_changes set undone_at = $2 where id = $1 and undone_at is null and undo_until > $2")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Makes the links of all changes since `since` worthless: whoever made them must not undo the undoing.
pub(super) async fn void_since(unit: &mut Unit, account: AccountId, since: Timestamp) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "update email_changes set undone_at = $3 where account_id = $1 and changed_at >= $2 and undone_at is null",
    )
    .bind(account)
    .bind(since)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn forget_before(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from email_changes where undo_until < $1").bind(before).run().await
}
