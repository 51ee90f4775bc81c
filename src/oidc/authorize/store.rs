//! The tables `consents` and `pushed_requests`.

use crate::kernel::{AccountId, Digest, Fault, Json, PushedRequestId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// The kind of the token in a `request_uri`.
pub(super) struct RequestUri;

/// What a person has agreed to let a client know.
pub(super) async fn consent(on: &mut impl Sql, account: AccountId, client_id: &str) -> Result<Option<String>, Fault> {
    on.sql("select scope from consents where account_id = $1 and client_id = $2")
        .bind(account)
        .bind(client_id.to_owned())
        .scalar()
        .await
}

/// Remembers what a person has agreed to.
pub(super) async fn remember_consent(
    unit: &mut Unit,
    account: AccountId,
    client_id: &str,
    scope: String,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into consents (account_id, client_id, scope, granted_at) values ($1, $2, $3, $4)
         on conflict (account_id, client_id) do update set scope = excluded.scope, granted_at = excluded.granted_at",
    )
    .bind(account)
    .bind(client_id.to_owned())
    .bind(scope)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Keeps a pushed request.
pub(super) async fn push(
    unit: &mut Unit,
    id: PushedRequestId,
    digest: Digest<RequestUri>,
    client_id: &str,
    params: Vec<(String, String)>,
    expires_at: Timestamp,
) -> Result<(), Fault> {
    unit.sql("insert into pushed_requests (id, digest, client_id, params, expires_at) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(digest)
        .bind(client_id.to_owned())
        .bind(Json(params))
        .bind(expires_at)
        .run()
        .await?;
    Ok(())
}

/// The parameters of a pushed request that was not used and has not expired.
pub(super) async fn pushed(
    on: &mut impl Sql,
    id: PushedRequestId,
    digest: Digest<RequestUri>,
    client_id: &str,
) -> Result<Option<Vec<(String, String)>>, Fault> {
    let now = on.now();
    let params: Option<Json<Vec<(String, String)>>> = on
        .sql("select params from pushed_requests where id = $1 and digest = $2 and client_id = $3 and used_at is null and expires_at > $4")
        .bind(id)
        .bind(digest)
        .bind(client_id.to_owned())
        .bind(now)
        .scalar()
        .await?;
    Ok(params.map(|params| params.0))
}

/// Uses a pushed request up. Says whether this was the first time.
pub(super) async fn use_up(unit: &mut Unit, id: PushedRequestId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql("update pushed_requests set used_at = $2 where id = $1 and used_at is null")
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}
