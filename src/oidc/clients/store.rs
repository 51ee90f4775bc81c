//! The table `clients`, and the assertions that clients have used.

use super::model::{ClientSecret, ClientStatus};
use crate::kernel::{Digest, Fault, Json, Lifetime, SiteId, Timestamp};
use crate::platform::store::{Sql, Unit};
use crate::protocol::oauth::client_metadata::ClientMetadata;

/// A client as it stands in the table; the metadata as text, because it is parsed once only.
#[derive(sqlx::FromRow)]
pub(in crate::oidc) struct ClientRow {
    pub(super) id: String,
    pub(super) site_id: Option<SiteId>,
    pub(super) metadata: String,
    pub(super) secret_digest: Option<Digest<ClientSecret>>,
    pub(super) former_secret_digest: Option<Digest<ClientSecret>>,
    pub(super) former_secret_until: Option<Timestamp>,
    pub(super) status: String,
    pub(super) updated_at: Timestamp,
}

/// Keeps a client. Says whether the id was free.
pub(super) async fn insert(
    unit: &mut Unit,
    id: &str,
    site: Option<SiteId>,
    metadata: ClientMetadata,
    secret: Option<Digest<ClientSecret>>,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into clients (id, site_id, metadata, secret_digest, status, created_at, updated_at)
             values ($1, $2, $3, $4, 'active', $5, $5) on conflict (id) do nothing",
        )
        .bind(id.to_owned())
        .bind(site)
        .bind(Json(metadata))
        .bind(secret)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

pub(super) async fn by_id(on: &mut impl Sql, id: &str) -> Result<Option<ClientRow>, Fault> {
    on.sql(
        "select id, site_id, metadata, secret_digest, former_secret_digest, former_secret_until, status, updated_at
         from clients where id = $1",
    )
    .bind(id.to_owned())
    .maybe()
    .await
}

/// The registrations of a site.
pub(super) async fn of_site(on: &mut impl Sql, site: SiteId) -> Result<Vec<ClientRow>, Fault> {
    on.sql(
        "select id, site_id, metadata, secret_digest, former_secret_digest, former_secret_until, status, updated_at
         from clients where site_id = $1 order by created_at, id",
    )
    .bind(site)
    .all()
    .await
}

/// Replaces the secret; the one before stays good until `former_until`.
pub(super) async fn replace_secret(
    unit: &mut Unit,
    id: &str,
    secret: Digest<ClientSecret>,
    former_until: Timestamp,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update clients set former_secret_digest = secret_digest, former_secret_until = $3, secret_digest = $2, updated_at = $4
             where id = $1 and secret_digest is not null",
        )
        .bind(id.to_owned())
        .bind(secret)
        .bind(former_until)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Writes other metadata, unless the row has changed since `read_at`. A client is kept parsed by its
/// moment of change, so that moment grows also when the clock stands still.
pub(super) async fn amend(
    unit: &mut Unit,
    id: &str,
    metadata: ClientMetadata,
    read_at: Timestamp,
) -> Result<bool, Fault> {
    let now = unit.now().max(read_at + Lifetime::millis(1));
    let rows = unit
        .sql(
            "update clients set metadata = $2, updated_at = $3 where id = $1 and updated_at = $4 and status = 'active'",
        )
        .bind(id.to_owned())
        .bind(Json(metadata))
        .bind(now)
        .bind(read_at)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Disables the registrations of a site.
pub(super) async fn disable_of_site(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update clients set status = $2, updated_at = $3 where site_id = $1")
        .bind(site)
        .bind(ClientStatus::Disabled.as_str())
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// Remembers an assertion until it could not be used any more. Says whether it is new.
pub(super) async fn remember_assertion(
    unit: &mut Unit,
    client_id: &str,
    jti: &str,
    until: Timestamp,
) -> Result<bool, Fault> {
    let rows = unit
        .sql("insert into seen_assertions (client_id, jti, expires_at) values ($1, $2, $3) on conflict (client_id, jti) do nothing")
        .bind(client_id.to_owned())
        .bind(jti.to_owned())
        .bind(until)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Forgets assertions that have expired.
pub(super) async fn forget_assertions(unit: &mut Unit) -> Result<u64, Fault> {
    let now = unit.now();
    unit.sql("delete from seen_assertions where expires_at <= $1").bind(now).run().await
}
