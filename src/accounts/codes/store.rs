//! The table `mailed_codes`: one row for each purpose and holder, so that only the newest code counts.

use super::Proving;
use crate::kernel::{CodeId, Digest, EmailAddress, Fault, Lifetime, Timestamp};
use crate::platform::store::{Sql, Unit};

/// The kind of the digests in the table.
pub(super) struct MailedCode;

/// Most tries at one code.
pub(super) const MOST_TRIES: i64 = 5;

/// A code to be kept.
pub(super) struct NewCode {
    pub(super) id: CodeId,
    pub(super) digest: Digest<MailedCode>,
    pub(super) expires_at: Timestamp,
}

/// A code one of whose tries was just counted.
#[derive(sqlx::FromRow)]
pub(super) struct Tried {
    pub(super) id: CodeId,
    pub(super) digest: Digest<MailedCode>,
    pub(super) expires_at: Timestamp,
}

/// Puts a new code in the place of the former one, unless that was sent to the same address less
/// than `pause` ago. Says whether it did.
pub(super) async fn replace(
    unit: &mut Unit,
    about: &Proving<'_>,
    new: NewCode,
    pause: Lifetime,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into mailed_codes (id, purpose, holder, email, digest, tries_count, sent_at, expires_at)
             values ($1, $2, $3, $4, $5, 0, $6, $7)
             on conflict (holder, purpose) do update set
                 id = excluded.id, email = excluded.email, digest = excluded.digest, tries_count = 0,
                 sent_at = excluded.sent_at, expires_at = excluded.expires_at, used_at = null
             where mailed_codes.email <> excluded.email or mailed_codes.sent_at <= $8",
        )
        .bind(new.id)
        .bind(about.purpose.as_str())
        .bind(about.holder.to_owned())
        .bind(about.address.clone())
        .bind(new.digest)
        .bind(now)
        .bind(new.expires_at)
        .bind(now - pause)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Counts a try before anything is compared, so that tries at the same moment cannot slip through
/// together. `None` when there is no such code, or when it has had its tries.
pub(super) async fn count_try(unit: &mut Unit, about: &Proving<'_>) -> Result<Option<Tried>, Fault> {
    unit.sql(
        "update mailed_codes set tries_count = tries_count + 1
         where purpose = $1 and holder = $2 and email = $3 and used_at is null and tries_count < $4
         returning id, digest, expires_at",
    )
    .bind(about.purpose.as_str())
    .bind(about.holder.to_owned())
    .bind(about.address.clone())
    .bind(MOST_TRIES)
    .maybe()
    .await
}

/// How many tries the unused code has had.
pub(super) async fn tries(on: &mut impl Sql, about: &Proving<'_>) -> Result<Option<i64>, Fault> {
    on.sql("select tries_count from mailed_codes where purpose = $1 and holder = $2 and email = $3 and used_at is null")
        .bind(about.purpose.as_str())
        .bind(about.holder.to_owned())
        .bind(about.address.clone())
        .scalar()
        .await
}

/// When the newest code was sent.
pub(super) async fn sent_at(on: &mut impl Sql, about: &Proving<'_>) -> Result<Option<Timestamp>, Fault> {
    on.sql("select sent_at from mailed_codes where purpose = $1 and holder = $2")
        .bind(about.purpose.as_str())
        .bind(about.holder.to_owned())
        .scalar()
        .await
}

/// Uses a code up. Says whether it was still there, which of several at once only one hears.
pub(super) async fn use_up(unit: &mut Unit, id: CodeId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update mailed_codes set used_at = $2 where id = $1 and used_at is null")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// The address to which an unused code of this purpose is on its way, expired or not.
pub(super) async fn address(
    on: &mut impl Sql,
    purpose: super::Purpose,
    holder: &str,
) -> Result<Option<EmailAddress>, Fault> {
    on.sql("select email from mailed_codes where purpose = $1 and holder = $2 and used_at is null")
        .bind(purpose.as_str())
        .bind(holder.to_owned())
        .scalar()
        .await
}

/// Makes all codes of a holder worthless.
pub(super) async fn void(unit: &mut Unit, holder: &str) -> Result<(), Fault> {
    unit.sql("delete from mailed_codes where holder = $1").bind(holder.to_owned()).run().await?;
    Ok(())
}

/// Forgets codes that expired before `before`.
pub(super) async fn forget_expired(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from mailed_codes where expires_at < $1").bind(before).run().await
}
