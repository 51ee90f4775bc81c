//! What a site has confirmed of an organization, and what was changed there, newest first.

use crate::kernel::{Fault, OrganizationId, PersonName, SiteId, Timestamp, TxnId};
use crate::platform::store::Sql;

/// Something that a site has confirmed.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct ReceiptRow {
    pub(in crate::sync::pages) kind: String,
    pub(in crate::sync::pages) active: bool,
    pub(in crate::sync::pages) acked_at: Timestamp,
    pub(in crate::sync::pages) txn: TxnId,
    pub(in crate::sync::pages) given_name: Option<PersonName>,
    pub(in crate::sync::pages) family_name: Option<PersonName>,
}

/// The newest receipts of an organization at a site.
pub(in crate::sync::pages) async fn receipts(
    on: &mut impl Sql,
    organization: OrganizationId,
    site: SiteId,
) -> Result<Vec<ReceiptRow>, Fault> {
    on.sql(
        "select r.kind, r.active, r.acked_at, r.txn, a.given_name, a.family_name
         from sync_receipts r left join accounts a on r.kind = 'user' and a.id = r.resource_id
         where r.organization_id = $1 and r.site_id = $2 order by r.acked_at desc, r.seq desc limit 500",
    )
    .bind(organization)
    .bind(site)
    .all()
    .await
}

/// When an organization was linked or unlinked at a site, and by whom.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct LinkRow {
    pub(in crate::sync::pages) at: Timestamp,
    pub(in crate::sync::pages) fact: String,
    pub(in crate::sync::pages) actor: String,
    pub(in crate::sync::pages) detail: String,
}

/// The newest links and unlinks of an organization, at whatever site.
pub(in crate::sync::pages) async fn links(
    on: &mut impl Sql,
    organization: OrganizationId,
) -> Result<Vec<LinkRow>, Fault> {
    on.sql(
        "select at, fact, actor, detail from audit_entries
         where organization_id = $1 and fact in ('sites.linked', 'sites.unlinked') order by at desc, id desc limit 200",
    )
    .bind(organization)
    .all()
    .await
}

/// Something of an organization that was changed at the site itself.
#[derive(sqlx::FromRow)]
pub(in crate::sync::pages) struct ChangeRow {
    /// The person, or the organization.
    pub(in crate::sync::pages) name: Option<String>,
    pub(in crate::sync::pages) attribute: String,
    pub(in crate::sync::pages) there: Option<String>,
    pub(in crate::sync::pages) here: Option<String>,
    pub(in crate::sync::pages) outcome: String,
    pub(in crate::sync::pages) found_at: Timestamp,
}

/// What was changed at a site of an organization and its people, and was or may be put back: up to `most`, newest first.
pub(in crate::sync::pages) async fn changes(
    on: &mut impl Sql,
    organization: OrganizationId,
    site: SiteId,
    most: i64,
) -> Result<Vec<ChangeRow>, Fault> {
    on.sql(
        "select case when d.kind = 'user' then a.given_name || ' ' || a.family_name else o.name end as name,
                d.attribute, d.there, d.here, d.outcome, d.found_at
         from sync_drifts d
         left join accounts a on a.id = d.resource_id
         left join organizations o on o.id = d.resource_id
         where d.site_id = $1 and d.organization_id = $2 and d.outcome <> 'kept'
         order by d.found_at desc, d.id desc limit $3",
    )
    .bind(site)
    .bind(organization)
    .bind(most)
    .all()
    .await
}
