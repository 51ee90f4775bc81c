//! The tables `grants`, `refresh_families`, `revoked_tokens` and `session_clients`.

use super::model::{AuthorizationCode, Grant, Granted, RefreshToken};
use crate::kernel::{AccountId, Digest, FamilyId, Fault, GrantId, Json, Lifetime, SessionId, Timestamp};
use crate::oidc::{
    Provider,
    clients::{self, Client, ClientRow},
};
use crate::platform::store::{Sql, Unit};

/// A grant to be kept.
pub(super) struct NewGrant {
    pub(super) id: GrantId,
    pub(super) code: Digest<AuthorizationCode>,
    pub(super) client_id: String,
    pub(super) account: AccountId,
    pub(super) session: SessionId,
    pub(super) granted: Granted,
    pub(super) code_expires_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn insert(unit: &mut Unit, new: NewGrant) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into grants (id, code_digest, client_id, account_id, session_id, granted, created_at, code_expires_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(new.code)
    .bind(new.client_id)
    .bind(new.account)
    .bind(new.session)
    .bind(Json(new.granted))
    .bind(now)
    .bind(new.code_expires_at)
    .bind(new.expires_at)
    .run()
    .await?;
    Ok(())
}

/// Takes the code: whoever comes second gets nothing, however close. The grant then lives until
/// `expires_at`.
pub(super) async fn take_code(
    unit: &mut Unit,
    id: GrantId,
    code: Digest<AuthorizationCode>,
    expires_at: Timestamp,
) -> Result<Option<Grant>, Fault> {
    let now = unit.now();
    unit.sql(
        "update grants set redeemed_at = $3, expires_at = $4 where id = $1 and code_digest = $2 and redeemed_at is null
         returning id as grant_id, client_id, account_id, session_id, granted, code_expires_at, revoked_at",
    )
    .bind(id)
    .bind(code)
    .bind(now)
    .bind(expires_at)
    .maybe()
    .await
}

/// Whether this is a code that was taken before.
pub(super) async fn was_taken(on: &mut impl Sql, id: GrantId, code: Digest<AuthorizationCode>) -> Result<bool, Fault> {
    let taken = on
        .sql("select count(*) from grants where id = $1 and code_digest = $2 and redeemed_at is not null")
        .bind(id)
        .bind(code)
        .scalar::<i64>()
        .await?;
    Ok(taken.unwrap_or_default() > 0)
}

/// Takes a grant back, and with it its refresh tokens, which are asked about together with their
/// grant. Says whether it was still good.
pub(in crate::oidc) async fn revoke(unit: &mut Unit, id: GrantId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update grants set revoked_at = $2 where id = $1 and revoked_at is null")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// A grant and the client that it was given to, in one row.
#[derive(sqlx::FromRow)]
struct GrantOfClient {
    #[sqlx(flatten)]
    grant: Grant,
    #[sqlx(flatten)]
    client: ClientRow,
}

/// The grant of an access token and its active client, when the grant was redeemed and neither it
/// nor the token was taken back.
pub(in crate::oidc) async fn live(
    provider: &Provider,
    on: &mut impl Sql,
    id: GrantId,
    jti: &str,
) -> Result<Option<(Grant, Client)>, Fault> {
    let found: Option<GrantOfClient> = on
        .sql(
            "select g.id as grant_id, g.client_id, g.account_id, g.session_id, g.granted, g.code_expires_at, g.revoked_at,
                    c.id, c.site_id, c.metadata, c.secret_digest, c.former_secret_digest, c.former_secret_until, c.status,
                    c.updated_at
             from grants g join clients c on c.id = g.client_id and c.status = 'active'
             where g.id = $1 and g.redeemed_at is not null and g.revoked_at is null
               and not exists (select 1 from revoked_tokens t where t.jti = $2)",
        )
        .bind(id)
        .bind(jti.to_owned())
        .maybe()
        .await?;
    found.map(|found| Ok((found.grant, clients::parse(provider, found.client)?))).transpose()
}

/// A family of refresh tokens with its grant.
#[derive(sqlx::FromRow)]
pub(in crate::oidc) struct Family {
    pub(in crate::oidc) generation: i64,
    rotations: Json<Vec<Timestamp>>,
    pub(super) idle_expires_at: Timestamp,
    pub(super) family_expires_at: Timestamp,
    #[sqlx(flatten)]
    pub(in crate::oidc) grant: Grant,
}

/// How many generations back a token still has its grace. More than this many rotations within
/// the grace is no lost answer.
const GENERATIONS_WITH_GRACE: usize = 8;

impl Family {
    /// When the token of `generation` was replaced, if that was one of the last few times.
    pub(super) fn replaced_at(&self, generation: i64) -> Option<Timestamp> {
        let back = usize::try_from(self.generation.checked_sub(generation)?).ok().filter(|back| *back > 0)?;
        let at = self.rotations.0.len().checked_sub(back)?;
        self.rotations.0.get(at).copied()
    }

    /// The rotations, with one more at `now`.
    pub(super) fn rotations_with(&self, now: Timestamp) -> Vec<Timestamp> {
        let skip = (self.rotations.0.len() + 1).saturating_sub(GENERATIONS_WITH_GRACE);
        self.rotations.0.iter().copied().chain([now]).skip(skip).collect()
    }

    /// Whether it may still be used at `now`.
    pub(in crate::oidc) fn is_live(&self, now: Timestamp) -> bool {
        self.grant.revoked_at.is_none() && self.idle_expires_at > now && self.family_expires_at > now
    }
}

/// A family to be kept.
pub(super) struct NewFamily {
    pub(super) id: FamilyId,
    pub(super) grant: GrantId,
    pub(super) client_id: String,
    pub(super) digest: Digest<RefreshToken>,
    pub(super) idle_expires_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn insert_family(unit: &mut Unit, new: NewFamily) -> Result<(), Fault> {
    unit.sql(
        "insert into refresh_families (id, grant_id, client_id, generation, digest, rotations, idle_expires_at, expires_at)
         values ($1, $2, $3, 1, $4, '[]', $5, $6)",
    )
    .bind(new.id)
    .bind(new.grant)
    .bind(new.client_id)
    .bind(new.digest)
    .bind(new.idle_expires_at)
    .bind(new.expires_at)
    .run()
    .await?;
    // A grant lives as long as its refresh tokens may.
    unit.sql("update grants set expires_at = $2 where id = $1").bind(new.grant).bind(new.expires_at).run().await?;
    Ok(())
}

pub(super) async fn family(on: &mut impl Sql, id: FamilyId) -> Result<Option<Family>, Fault> {
    on.sql(
        "select f.generation, f.rotations, f.idle_expires_at, f.expires_at as family_expires_at,
                g.id as grant_id, g.client_id, g.account_id, g.session_id, g.granted, g.code_expires_at, g.revoked_at
         from refresh_families f join grants g on g.id = f.grant_id where f.id = $1",
    )
    .bind(id)
    .maybe()
    .await
}

/// A rotation: from the token that was presented to its successor.
pub(super) struct Rotation {
    pub(super) family: FamilyId,
    pub(super) generation: i64,
    pub(super) presented: Digest<RefreshToken>,
    pub(super) successor: Digest<RefreshToken>,
    pub(super) rotations: Vec<Timestamp>,
    pub(super) idle_expires_at: Timestamp,
}

/// Rotates, if the presented token is still the newest: of many at once, one does.
pub(super) async fn rotate(unit: &mut Unit, to: Rotation) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update refresh_families set generation = generation + 1, digest = $4, rotations = $7, idle_expires_at = $6
             where id = $1 and generation = $2 and digest = $3 and idle_expires_at > $5 and expires_at > $5
               and exists (select 1 from grants where grants.id = refresh_families.grant_id and grants.revoked_at is null)",
        )
        .bind(to.family)
        .bind(to.generation)
        .bind(to.presented)
        .bind(to.successor)
        .bind(now)
        .bind(to.idle_expires_at)
        .bind(Json(to.rotations))
        .run()
        .await?;
    Ok(rows == 1)
}

/// Takes one access token back.
pub(in crate::oidc) async fn revoke_token(unit: &mut Unit, jti: &str, expires_at: Timestamp) -> Result<(), Fault> {
    unit.sql("insert into revoked_tokens (jti, expires_at) values ($1, $2) on conflict (jti) do nothing")
        .bind(jti.to_owned())
        .bind(expires_at)
        .run()
        .await?;
    Ok(())
}

/// Whether an access token that belongs to no grant was taken back.
pub(in crate::oidc) async fn is_token_revoked(on: &mut impl Sql, jti: &str) -> Result<bool, Fault> {
    let revoked =
        on.sql("select count(*) from revoked_tokens where jti = $1").bind(jti.to_owned()).scalar::<i64>().await?;
    Ok(revoked.unwrap_or_default() > 0)
}

/// Forgets that a client sees a session: it was told that it is over, and will be told again only of
/// another visit.
pub(in crate::oidc) async fn forget_client(unit: &mut Unit, session: SessionId, client_id: &str) -> Result<(), Fault> {
    unit.sql("delete from session_clients where session_id = $1 and client_id = $2")
        .bind(session)
        .bind(client_id.to_owned())
        .run()
        .await?;
    Ok(())
}

/// The same of all clients that saw it: the session is forgotten.
pub(in crate::oidc) async fn forget_clients(unit: &mut Unit, session: SessionId) -> Result<(), Fault> {
    unit.sql("delete from session_clients where session_id = $1").bind(session).run().await?;
    Ok(())
}

/// Notes that a client sees a session: it will be told when the session ends. Says whether that is new.
pub(in crate::oidc) async fn remember_client(
    unit: &mut Unit,
    session: SessionId,
    client_id: &str,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("insert into session_clients (session_id, client_id, first_at) values ($1, $2, $3) on conflict (session_id, client_id) do nothing")
        .bind(session)
        .bind(client_id.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// The clients that saw a session.
pub(in crate::oidc) async fn may_be_told(on: &mut impl Sql, session: SessionId) -> Result<Vec<String>, Fault> {
    let rows: Vec<(String,)> = on
        .sql("select client_id from session_clients where session_id = $1 order by client_id")
        .bind(session)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Forgets what has expired: a few thousand rows at a time, so that nobody waits for the sweep.
pub(in crate::oidc) async fn forget_expired(unit: &mut Unit) -> Result<u64, Fault> {
    let now = unit.now();
    let mut rows = unit
        .sql("delete from grants where id in (select id from grants where expires_at <= $1 order by expires_at limit 2000)")
        .bind(now)
        .run()
        .await?;
    rows += unit
        .sql("delete from refresh_families where id in (select id from refresh_families where expires_at <= $1 order by expires_at limit 2000)")
        .bind(now)
        .run()
        .await?;
    rows += unit.sql("delete from revoked_tokens where expires_at <= $1").bind(now).run().await?;
    // A request that was begun in time may take a person a day of signing up to complete.
    rows += unit.sql("delete from pushed_requests where expires_at <= $1").bind(now - Lifetime::days(1)).run().await?;
    Ok(rows)
}
