//! Reading what sites have confirmed, and what they had changed by themselves.

use serde::Serialize;
use uuid::Uuid;

use crate::kernel::{DriftId, Fault, SiteId, Timestamp};
use crate::platform::store::Sql;

/// A receipt.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct ReceiptEntry {
    /// The site.
    pub site_id: SiteId,
    /// Its place in the site's chain.
    pub seq: i64,
    /// `user` or `organization`.
    pub kind: String,
    /// The account or the organization.
    pub resource_id: Uuid,
    /// The revision that was confirmed.
    pub rev: i64,
    /// Whether the copy counts.
    pub active: bool,
    /// The status of the answer.
    pub http_status: Option<i64>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was confirmed.
    pub acked_at: Timestamp,
    /// The hash that ties it to the one before.
    pub hash: String,
}

/// The newest `most` receipts about a resource, at all sites.
///
/// # Errors
/// When the database does not answer.
pub async fn receipts(on: &mut impl Sql, resource: Uuid, most: i64) -> Result<Vec<ReceiptEntry>, Fault> {
    on.sql(
        "select site_id, seq, kind, resource_id, rev, active, http_status, sent_at, acked_at, hash from sync_receipts
         where resource_id = $1 order by acked_at desc, seq desc limit $2",
    )
    .bind(resource)
    .bind(most)
    .all()
    .await
}

/// Something that a site had changed by itself.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct DriftEntry {
    /// Its id.
    pub id: DriftId,
    /// `user` or `organization`.
    pub kind: String,
    /// The account or the organization.
    pub resource_id: Uuid,
    /// What was changed.
    pub attribute: String,
    /// What stood there.
    pub there: Option<String>,
    /// What stands here.
    pub here: Option<String>,
    /// Who changed it, if the site says.
    pub changed_by: Option<String>,
    /// `found`, `put_back` or `kept`.
    pub outcome: String,
    /// When it was found.
    pub found_at: Timestamp,
}

/// The newest `most` entries of a site's drift log.
///
/// # Errors
/// When the database does not answer.
pub async fn drifts(on: &mut impl Sql, site: SiteId, most: i64) -> Result<Vec<DriftEntry>, Fault> {
    on.sql(
        "select id, kind, resource_id, attribute, there, here, changed_by, outcome, found_at from sync_drifts
         where site_id = $1 order by found_at desc, id desc limit $2",
    )
    .bind(site)
    .bind(most)
    .all()
    .await
}
