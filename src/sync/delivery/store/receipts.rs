//! The table `sync_receipts`: append and read; no update, no delete.

use uuid::Uuid;

use crate::kernel::{Fault, SiteId, Timestamp, TxnId};
use crate::platform::store::{Sql, Unit};
use crate::sync::delivery::{
    model::{Due, Lease},
    receipts::hash,
};

/// A receipt as it stands in the table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(in crate::sync) struct ReceiptRow {
    pub(in crate::sync) seq: i64,
    pub(in crate::sync) kind: String,
    pub(in crate::sync) resource_id: Uuid,
    pub(in crate::sync) organization_id: Option<Uuid>,
    pub(in crate::sync) rev: i64,
    pub(in crate::sync) txn: TxnId,
    pub(in crate::sync) via: String,
    pub(in crate::sync) active: bool,
    pub(in crate::sync) http_status: Option<i64>,
    pub(in crate::sync) remote_etag: Option<String>,
    pub(in crate::sync) body_digest: String,
    pub(in crate::sync) sent_at: Timestamp,
    pub(in crate::sync) acked_at: Timestamp,
    pub(in crate::sync) hash: String,
}

/// What a receipt says of the site's answer.
pub(in crate::sync::delivery) struct Said {
    pub(in crate::sync::delivery) rev: i64,
    pub(in crate::sync::delivery) active: bool,
    pub(in crate::sync::delivery) status: Option<u16>,
    pub(in crate::sync::delivery) etag: Option<String>,
    pub(in crate::sync::delivery) digest: String,
    pub(in crate::sync::delivery) sent_at: Timestamp,
}

/// Appends a receipt to the chain of a site that is leased to this node; the site works, so whatever
/// trouble there was is over.
pub(in crate::sync::delivery) async fn append(
    unit: &mut Unit,
    lease: Lease,
    due: &Due,
    said: Said,
) -> Result<(), Fault> {
    let now = unit.now();
    let (seq, former): (i64, String) = unit
        .sql(
            "update sync_sites set receipt_seq = receipt_seq + 1, failures = 0, trouble = null, last_error = null,
                    last_ok_at = $2, last_tried_at = $2
             where site_id = $1 returning receipt_seq, receipt_hash",
        )
        .bind(lease.site)
        .bind(now)
        .maybe()
        .await?
        .ok_or_else(|| Fault::new("find the end of a chain of receipts"))?;
    let mut row = ReceiptRow {
        seq,
        kind: due.kind.as_str().to_owned(),
        resource_id: due.resource,
        organization_id: due.organization,
        rev: said.rev,
        txn: due.txn,
        via: "push".to_owned(),
        active: said.active,
        http_status: said.status.map(i64::from),
        remote_etag: said.etag,
        body_digest: said.digest,
        sent_at: said.sent_at,
        acked_at: now,
        hash: String::new(),
    };
    row.hash = hash(&former, lease.site, &row);
    unit.sql("update sync_sites set receipt_hash = $2 where site_id = $1")
        .bind(lease.site)
        .bind(row.hash.clone())
        .run()
        .await?;
    insert(unit, lease.site, row).await
}

async fn insert(unit: &mut Unit, site: SiteId, row: ReceiptRow) -> Result<(), Fault> {
    unit.sql(
        "insert into sync_receipts (site_id, seq, kind, resource_id, organization_id, rev, txn, via, active,
                                    http_status, remote_etag, body_digest, sent_at, acked_at, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(site)
    .bind(row.seq)
    .bind(row.kind)
    .bind(row.resource_id)
    .bind(row.organization_id)
    .bind(row.rev)
    .bind(row.txn)
    .bind(row.via)
    .bind(row.active)
    .bind(row.http_status)
    .bind(row.remote_etag)
    .bind(row.body_digest)
    .bind(row.sent_at)
    .bind(row.acked_at)
    .bind(row.hash)
    .run()
    .await?;
    Ok(())
}

/// Where the chain of each site ends.
pub(in crate::sync::delivery) async fn ends(on: &mut impl Sql) -> Result<Vec<(SiteId, i64, String)>, Fault> {
    on.sql("select site_id, receipt_seq, receipt_hash from sync_sites order by site_id").all().await
}

/// Up to `most` receipts of a site after place `after`.
pub(in crate::sync::delivery) async fn of_chain(
    on: &mut impl Sql,
    site: SiteId,
    after: i64,
    most: i64,
) -> Result<Vec<ReceiptRow>, Fault> {
    on.sql(
        "select seq, kind, resource_id, organization_id, rev, txn, via, active, http_status, remote_etag, body_digest,
                sent_at, acked_at, hash
         from sync_receipts where site_id = $1 and seq > $2 order by seq limit $3",
    )
    .bind(site)
    .bind(after)
    .bind(most)
    .all()
    .await
}
