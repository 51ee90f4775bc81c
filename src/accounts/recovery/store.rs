//! The table `password_links`: one row for each account, so that only the newest link counts.

use super::PasswordLink;
use crate::kernel::{AccountId, Digest, Fault, Lifetime, LinkId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// A link to be kept.
pub(super) struct NewLink {
    pub(super) id: LinkId,
    pub(super) digest: Digest<PasswordLink>,
    pub(super) account: AccountId,
    pub(super) errand: Option<String>,
    pub(super) expires_at: Timestamp,
}

/// A link as it stands in the table.
#[derive(sqlx::FromRow)]
pub(super) struct LinkRow {
    pub(super) account_id: AccountId,
    pub(super) digest: Digest<PasswordLink>,
    pub(super) errand: Option<String>,
    pub(super) expires_at: Timestamp,
    pub(super) used_at: Option<Timestamp>,
}

/// Puts a new link in the place of the former one, unless that was sent less than `pause` ago. Says
/// whether it did.
pub(super) async fn replace(unit: &mut Unit, new: NewLink, pause: Lifetime) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into password_links (id, account_id, digest, errand, sent_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (account_id) do update set
                 id = excluded.id, digest = excluded.digest, errand = excluded.errand, sent_at = excluded.sent_at,
                 expires_at = excluded.expires_at, used_at = null
             where password_links.sent_at <= $7",
        )
        .bind(new.id)
        .bind(new.account)
        .bind(new.digest)
        .bind(new.errand)
        .bind(now)
        .bind(new.expires_at)
        .bind(now - pause)
        .run()
        .await?;
    Ok(rows == 1)
}

/// The link with this id.
pub(super) async fn find(on: &mut impl Sql, id: LinkId) -> Result<Option<LinkRow>, Fault> {
    on.sql("select account_id, digest, errand, expires_at, used_at from password_links where id = $1")
        .bind(id)
        .maybe()
        .await
}

/// Uses a link up. Says whether it was still good, which of several at once only one hears.
pub(super) async fn use_up(unit: &mut Unit, id: LinkId, digest: Digest<PasswordLink>) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update password_links set used_at = $3
             where id = $1 and digest = $2 and used_at is null and expires_at > $3",
        )
        .bind(id)
        .bind(digest)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Makes the unused link of an account worthless. A used one stays, so that its page can say so.
pub(super) async fn void(unit: &mut Unit, account: AccountId) -> Result<(), Fault> {
    unit.sql("delete from password_links where account_id = $1 and used_at is null").bind(account).run().await?;
    Ok(())
}

/// Forgets links that expired before `before`.
pub(super) async fn forget_expired(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from password_links where expires_at < $1").bind(before).run().await
}
