//! Which resources a site's view holds.

use uuid::Uuid;

use crate::kernel::{Fault, OrganizationId, SiteId, Timestamp};
use crate::platform::store::Sql;
use crate::sync::ledger::Kind;

/// A resource that may be in the view.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(super) struct Candidate {
    pub(super) resource_id: Uuid,
    pub(super) changed_at: Timestamp,
}

/// How many resources the view holds: those that the site should hold, and those that count no more
/// and of which it was told.
pub(super) async fn count(on: &mut impl Sql, site: SiteId, kind: Kind) -> Result<i64, Fault> {
    let found = on
        .sql(
            "select count(*) from sync_items
             where site_id = $1 and kind = $2 and (want = 'present' or (want = 'inactive' and acked is not null))",
        )
        .bind(site)
        .bind(kind.as_str())
        .scalar()
        .await?;
    Ok(found.unwrap_or_default())
}

/// The resource of this number in the view, from 1.
pub(super) async fn at(on: &mut impl Sql, site: SiteId, kind: Kind, number: i64) -> Result<Option<Uuid>, Fault> {
    on.sql(
        "select resource_id from sync_items
         where site_id = $1 and kind = $2 and (want = 'present' or (want = 'inactive' and acked is not null))
         order by resource_id limit 1 offset $3",
    )
    .bind(site)
    .bind(kind.as_str())
    .bind(number.saturating_sub(1))
    .scalar()
    .await
}

/// The next candidates after the id `after`, in the order of the ids.
pub(super) async fn candidates(
    on: &mut impl Sql,
    (site, kind): (SiteId, Kind),
    after: Uuid,
    most: i64,
) -> Result<Vec<Candidate>, Fault> {
    on.sql(
        "select resource_id, changed_at from sync_items
         where site_id = $1 and kind = $2 and resource_id > $3 order by resource_id limit $4",
    )
    .bind(site)
    .bind(kind.as_str())
    .bind(after)
    .bind(most)
    .all()
    .await
}

/// The same of those that changed at `since` or later.
pub(super) async fn candidates_since(
    on: &mut impl Sql,
    (site, kind): (SiteId, Kind),
    after: Uuid,
    (since, most): (Timestamp, i64),
) -> Result<Vec<Candidate>, Fault> {
    on.sql(
        "select resource_id, changed_at from sync_items
         where site_id = $1 and kind = $2 and resource_id > $3 and changed_at >= $4 order by resource_id limit $5",
    )
    .bind(site)
    .bind(kind.as_str())
    .bind(after)
    .bind(since)
    .bind(most)
    .all()
    .await
}

/// The same of the people of an organization.
pub(super) async fn candidates_of(
    on: &mut impl Sql,
    (site, kind): (SiteId, Kind),
    after: Uuid,
    (organization, since, most): (OrganizationId, Timestamp, i64),
) -> Result<Vec<Candidate>, Fault> {
    on.sql(
        "select resource_id, changed_at from sync_items
         where organization_id = $4 and site_id = $1 and kind = $2 and resource_id > $3 and changed_at >= $5
         order by resource_id limit $6",
    )
    .bind(site)
    .bind(kind.as_str())
    .bind(after)
    .bind(organization)
    .bind(since)
    .bind(most)
    .all()
    .await
}

/// One candidate by its id.
pub(super) async fn candidate(
    on: &mut impl Sql,
    site: SiteId,
    kind: Kind,
    id: Uuid,
) -> Result<Option<Candidate>, Fault> {
    on.sql("select resource_id, changed_at from sync_items where site_id = $1 and kind = $2 and resource_id = $3")
        .bind(site)
        .bind(kind.as_str())
        .bind(id)
        .maybe()
        .await
}

/// The person of this user ID, if the site was ever to know of them. Addresses are in the same table: who
/// asks holds the filter against what is found.
pub(super) async fn by_username(on: &mut impl Sql, site: SiteId, username: &str) -> Result<Option<Uuid>, Fault> {
    on.sql(
        "select i.resource_id from account_identifiers n
         join sync_items i on i.site_id = $1 and i.kind = 'user' and i.resource_id = n.account_id
         where n.folded = $2",
    )
    .bind(site)
    .bind(username.to_owned())
    .scalar()
    .await
}
