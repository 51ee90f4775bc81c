//! The table `sessions`: found by id, proven by digest. And when somebody last opened one.

use super::{OpenSession, SessionCookie, SessionEnd};
use crate::accounts::Account;
use crate::kernel::{AccountId, Digest, Fault, SessionId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// A session and its account, as they stand in the tables.
#[derive(sqlx::FromRow)]
pub(super) struct SessionRow {
    #[sqlx(flatten)]
    pub(super) account: Account,
    pub(super) session_id: SessionId,
    pub(super) digest: Digest<SessionCookie>,
    pub(super) auth_time: Timestamp,
    pub(super) acr: String,
    pub(super) amr: String,
    pub(super) last_seen_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// A session to be kept.
pub(super) struct NewSession {
    pub(super) id: SessionId,
    pub(super) digest: Digest<SessionCookie>,
    pub(super) account: AccountId,
    pub(super) acr: &'static str,
    pub(super) amr: &'static str,
    pub(super) expires_at: Timestamp,
    pub(super) network: String,
    pub(super) user_agent: String,
}

pub(super) async fn insert(unit: &mut Unit, new: NewSession) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into sessions (id, digest, account_id, auth_time, acr, amr, created_at, last_seen_at, expires_at, network, user_agent)
         values ($1, $2, $3, $4, $5, $6, $4, $4, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(new.digest)
    .bind(new.account)
    .bind(now)
    .bind(new.acr)
    .bind(new.amr)
    .bind(new.expires_at)
    .bind(new.network)
    .bind(new.user_agent)
    .run()
    .await?;
    Ok(())
}

/// The session that was not ended, with its account.
pub(super) async fn live(on: &mut impl Sql, id: SessionId) -> Result<Option<SessionRow>, Fault> {
    on.sql(
        "select a.id, a.subject, a.username, a.email, a.email_verified_at, a.given_name, a.family_name, a.claims,
                a.password_hash, a.password_changed_at, a.language, a.status, a.disabled_by, a.rev, a.created_at, a.updated_at,
                s.id as session_id, s.digest, s.auth_time, s.acr, s.amr, s.last_seen_at, s.expires_at
         from sessions s join accounts a on a.id = s.account_id where s.id = $1 and s.ended_at is null",
    )
    .bind(id)
    .maybe()
    .await
}

/// Gives a live session a new cookie after a fresh authentication by `(acr, amr)`. Says whether
/// it was still there.
pub(super) async fn renew(
    unit: &mut Unit,
    id: SessionId,
    digest: Digest<SessionCookie>,
    (acr, amr): (&'static str, &'static str),
    expires_at: Timestamp,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sessions set digest = $2, auth_time = $3, last_seen_at = $3, acr = $4, amr = $5, expires_at = $6
             where id = $1 and ended_at is null",
        )
        .bind(id)
        .bind(digest)
        .bind(now)
        .bind(acr)
        .bind(amr)
        .bind(expires_at)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Notes that the session is in use.
pub(super) async fn touch(unit: &mut Unit, id: SessionId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update sessions set last_seen_at = $2 where id = $1 and ended_at is null")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// The sessions of an account that are alive, the one that was used last first.
pub(super) async fn open_of(
    on: &mut impl Sql,
    account: AccountId,
    seen_after: Timestamp,
) -> Result<Vec<OpenSession>, Fault> {
    let now = on.now();
    on.sql(
        "select id, user_agent, network, created_at, last_seen_at from sessions
         where account_id = $1 and ended_at is null and expires_at > $2 and last_seen_at > $3
         order by last_seen_at desc, id desc",
    )
    .bind(account)
    .bind(now)
    .bind(seen_after)
    .all()
    .await
}

/// Ends one session of `account`; says whether there was one.
pub(super) async fn end_of(unit: &mut Unit, account: AccountId, id: SessionId, why: SessionEnd) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sessions set ended_at = $3, end_reason = $4
             where id = $1 and account_id = $2 and ended_at is null and expires_at > $3",
        )
        .bind(id)
        .bind(account)
        .bind(now)
        .bind(why.as_str())
        .run()
        .await?;
    Ok(rows == 1)
}

/// Ends all sessions of an account but `kept`, and names them.
pub(super) async fn end_others(
    unit: &mut Unit,
    account: AccountId,
    kept: SessionId,
    why: SessionEnd,
) -> Result<Vec<SessionId>, Fault> {
    let now = unit.now();
    let ended: Vec<(SessionId,)> = unit
        .sql(
            "update sessions set ended_at = $3, end_reason = $4
             where account_id = $1 and id <> $2 and ended_at is null and expires_at > $3 returning id",
        )
        .bind(account)
        .bind(kept)
        .bind(now)
        .bind(why.as_str())
        .all()
        .await?;
    Ok(ended.into_iter().map(|(id,)| id).collect())
}

/// Ends one session; `None` when it had ended before.
pub(super) async fn end(unit: &mut Unit, id: SessionId, why: SessionEnd) -> Result<Option<AccountId>, Fault> {
    let now = unit.now();
    unit.sql(
        "update sessions set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null returning account_id",
    )
    .bind(id)
    .bind(now)
    .bind(why.as_str())
    .scalar()
    .await
}

/// Ends all sessions of an account, and names them.
pub(super) async fn end_all(unit: &mut Unit, account: AccountId, why: SessionEnd) -> Result<Vec<SessionId>, Fault> {
    let now = unit.now();
    let ended: Vec<(SessionId,)> = unit
        .sql(
            "update sessions set ended_at = $2, end_reason = $3
             where account_id = $1 and ended_at is null and expires_at > $2 returning id",
        )
        .bind(account)
        .bind(now)
        .bind(why.as_str())
        .all()
        .await?;
    Ok(ended.into_iter().map(|(id,)| id).collect())
}

/// Notes that somebody has proven who they are.
pub(super) async fn signed_in(unit: &mut Unit, account: AccountId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update accounts set last_sign_in_at = $2 where id = $1").bind(account).bind(now).run().await?;
    Ok(())
}

/// Up to `most` sessions that had run out before `$1`.
macro_rules! over {
    ($what:literal) => {
        concat!("select ", $what, " from sessions where expires_at <= $1 order by expires_at, id limit $2")
    };
}

/// Forgets up to `most` sessions that had run out before `before`, and names them. When their people last signed in is
/// noted, of whom no sign-in was since that was written down.
pub(super) async fn forget_over(unit: &mut Unit, before: Timestamp, most: i64) -> Result<Vec<SessionId>, Fault> {
    unit.sql(concat!(
        "update accounts set last_sign_in_at = (select max(s.auth_time) from sessions s where s.account_id = accounts.id)
         where last_sign_in_at is null and id in (",
        over!("account_id"),
        ")"
    ))
    .bind(before)
    .bind(most)
    .run()
    .await?;
    let gone: Vec<(SessionId,)> = unit
        .sql(concat!("delete from sessions where id in (", over!("id"), ") returning id"))
        .bind(before)
        .bind(most)
        .all()
        .await?;
    Ok(gone.into_iter().map(|(id,)| id).collect())
}
