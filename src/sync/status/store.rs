//! Reading how the sites are doing, what they have confirmed, and what they had changed by themselves.

use serde::Serialize;
use uuid::Uuid;

use super::SiteHealth;
use crate::kernel::{DriftId, Fault, SiteId, Timestamp};
use crate::platform::store::Sql;

/// What is due and what needs attention stands in partial indexes that hold nothing else, so that the
/// millions of copies that are right cost nothing.
macro_rules! healths {
    ($which:literal) => {
        concat!(
            "select t.id as site_id, t.name, coalesce(d.due_count, 0) as due_count, d.oldest_due_at,
                    coalesce(n.attention_count, 0) as attention_count,
                    case when n.oldest_leaving_at < coalesce(d.oldest_leaving_at, n.oldest_leaving_at + 1)
                         then n.oldest_leaving_at else d.oldest_leaving_at end as oldest_leaving_at,
                    s.trouble, s.resume_at, s.held_at, s.paused_at, s.paused_why, s.last_ok_at, s.last_error,
                    s.compared_at, s.proven_at
             from sites t
             left join sync_sites s on s.site_id = t.id
             left join (select i.site_id, count(*) as due_count, min(i.first_due_at) as oldest_due_at,
                               min(case when i.want <> 'present' then i.first_due_at end) as oldest_leaving_at
                        from sync_items i where i.state = 'due'",
            $which,
            " group by i.site_id) d on d.site_id = t.id
             left join (select i.site_id, count(*) as attention_count,
                               min(case when i.want <> 'present' then i.first_due_at end) as oldest_leaving_at
                        from sync_items i where i.state = 'attention'",
            $which,
            " group by i.site_id) n on n.site_id = t.id
             where t.status = 'active'"
        )
    };
}

/// How all sites are doing, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn of_sites(on: &mut impl Sql) -> Result<Vec<SiteHealth>, Fault> {
    on.sql(concat!(healths!(""), " order by t.name, t.id")).all().await
}

/// How one site is doing; `None` when it is not there.
///
/// # Errors
/// When the database does not answer.
pub async fn of_site(on: &mut impl Sql, site: SiteId) -> Result<Option<SiteHealth>, Fault> {
    on.sql(concat!(healths!(" and i.site_id = $1"), " and t.id = $1")).bind(site).maybe().await
}

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
