//! What a site reports into the table `sync_drifts`.

use uuid::Uuid;

use crate::kernel::{DriftId, Fault, SiteId};
use crate::platform::store::{Sql, Unit};
use crate::sync::ledger::Kind;

/// What a site had changed by itself, and has put back.
pub(in crate::sync::api) struct PutBack {
    pub(in crate::sync::api) kind: Kind,
    pub(in crate::sync::api) resource: Uuid,
    pub(in crate::sync::api) attribute: String,
    pub(in crate::sync::api) there: Option<String>,
    pub(in crate::sync::api) here: Option<String>,
    pub(in crate::sync::api) changed_by: Option<String>,
}

pub(in crate::sync::api) async fn insert(unit: &mut Unit, site: SiteId, put_back: PutBack) -> Result<(), Fault> {
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
