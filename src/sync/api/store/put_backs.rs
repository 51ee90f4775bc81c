//! What a site reports into the table `sync_drifts`.

use uuid::Uuid;

use crate::kernel::{DriftId, Fault, Lifetime, SiteId};
use crate::platform::store::{Sql, Unit};
use crate::sync::ledger::Kind;

/// How long after a comparison a site reports of what was put back because of it.
const REPORTED_WITHIN: Lifetime = Lifetime::days(1);

/// What a site had changed by itself, and has put back.
pub(in crate::sync::api) struct PutBack {
    pub(in crate::sync::api) kind: Kind,
    pub(in crate::sync::api) resource: Uuid,
    pub(in crate::sync::api) attribute: String,
    pub(in crate::sync::api) there: Option<String>,
    pub(in crate::sync::api) here: Option<String>,
    pub(in crate::sync::api) changed_by: Option<String>,
}

/// Notes what was put back. What a comparison has found itself is noted already: then the report says
/// who had changed it, which only the site knows.
pub(in crate::sync::api) async fn note(unit: &mut Unit, site: SiteId, put_back: PutBack) -> Result<(), Fault> {
    match complete(unit, site, &put_back).await? {
        true => Ok(()),
        false => insert(unit, site, put_back).await,
    }
}

async fn complete(unit: &mut Unit, site: SiteId, put_back: &PutBack) -> Result<bool, Fault> {
    let since = unit.now() - REPORTED_WITHIN;
    let rows = unit
        .sql(
            "update sync_drifts set changed_by = $6 where id = (
                 select d.id from sync_drifts d
                 where d.site_id = $1 and d.found_at >= $7 and d.kind = $2 and d.resource_id = $3 and d.attribute = $4
                       and coalesce(d.there, '') = $5 and d.outcome = 'put_back' and d.changed_by is null
                 order by d.found_at desc, d.id desc limit 1)",
        )
        .bind(site)
        .bind(put_back.kind.as_str())
        .bind(put_back.resource)
        .bind(put_back.attribute.clone())
        .bind(put_back.there.clone().unwrap_or_default())
        .bind(put_back.changed_by.clone())
        .bind(since)
        .run()
        .await?;
    Ok(rows == 1)
}

async fn insert(unit: &mut Unit, site: SiteId, put_back: PutBack) -> Result<(), Fault> {
    let now = unit.now();
    let id = DriftId::new(now, &unit.entropy());
    unit.sql(
        "insert into sync_drifts (id, site_id, kind, resource_id, organization_id, attribute, there, here, changed_by, outcome, found_at)
         select $1, $2, $3, $4, i.organization_id, $5, $6, $7, $8, 'put_back', $9
         from sync_items i where i.site_id = $2 and i.kind = $3 and i.resource_id = $4",
    )
    .bind(id)
    .bind(site)
    .bind(put_back.kind.as_str())
    .bind(put_back.resource)
    .bind(put_back.attribute)
    .bind(put_back.there)
    .bind(put_back.here)
    .bind(put_back.changed_by)
    .bind(now)
    .run()
    .await?;
    Ok(())
}
