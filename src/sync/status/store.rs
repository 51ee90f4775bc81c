//! Reading the ledger for people.

use serde::Serialize;
use uuid::Uuid;

use crate::kernel::{AccountId, AttemptId, DriftId, Fault, OrganizationId, SiteId, Timestamp, TxnId};
use crate::platform::store::Sql;

/// How far a site is with an organization and its people.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct OrganizationAt {
    /// The site.
    pub site_id: SiteId,
    /// All that it should be told.
    pub total: i64,
    /// What it has confirmed.
    pub confirmed: i64,
    /// What waits for people.
    pub attention: i64,
    /// Since when the oldest is due.
    pub oldest_due_at: Option<Timestamp>,
    /// When it last confirmed something.
    pub last_confirmed_at: Option<Timestamp>,
    /// When the whole site was last found equal.
    pub proven_at: Option<Timestamp>,
    /// Why it is not served: `credentials`, `not answering`, `asked to wait`.
    pub trouble: Option<String>,
    /// Since when somebody has to decide.
    pub paused_at: Option<Timestamp>,
}

/// How far each site is with an organization and its people.
///
/// # Errors
/// When the database does not answer.
pub async fn of_organization(on: &mut impl Sql, organization: OrganizationId) -> Result<Vec<OrganizationAt>, Fault> {
    on.sql(
        "select s.site_id, x.total, x.confirmed, x.attention, x.oldest_due_at, x.last_confirmed_at, s.proven_at, s.trouble,
                s.paused_at
         from (select i.site_id, count(*) as total, coalesce(sum(case when i.state = 'ok' then 1 else 0 end), 0) as confirmed,
                      coalesce(sum(case when i.state = 'attention' then 1 else 0 end), 0) as attention,
                      min(case when i.state <> 'ok' then i.first_due_at else null end) as oldest_due_at,
                      max(i.acked_at) as last_confirmed_at
               from sync_items i where i.organization_id = $1 group by i.site_id) x
         join sync_sites s on s.site_id = x.site_id order by s.site_id",
    )
    .bind(organization)
    .all()
    .await
}

/// How far a site is with one person.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct PersonAt {
    /// The site.
    pub site_id: SiteId,
    /// `present`, `inactive` or `absent`.
    pub want: String,
    /// `due`, `ok` or `attention`.
    pub state: String,
    /// The revision that it should come to.
    pub want_rev: i64,
    /// The one that it has confirmed; 0 for none.
    pub acked_rev: i64,
    /// When it did.
    pub acked_at: Option<Timestamp>,
    /// Whether the person counts there at the moment.
    pub acked_active: bool,
    /// Since when it is due.
    pub first_due_at: Timestamp,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// How far each site is with a person.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(on: &mut impl Sql, account: AccountId) -> Result<Vec<PersonAt>, Fault> {
    on.sql(
        "select site_id, want, state, want_rev, acked_rev, acked_at, acked_active, first_due_at, last_error
         from sync_items where resource_id = $1 and kind = 'user' order by site_id",
    )
    .bind(account)
    .all()
    .await
}

/// How a site is doing.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct SiteStatus {
    /// The site.
    pub site_id: SiteId,
    /// All that it should be told.
    pub total: i64,
    /// What it has confirmed.
    pub confirmed: i64,
    /// What waits for people.
    pub attention: i64,
    /// Since when the oldest is due.
    pub oldest_due_at: Option<Timestamp>,
    /// The same of those who must go.
    pub oldest_deactivation_at: Option<Timestamp>,
    /// Why it is not served.
    pub trouble: Option<String>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// How often in a row it failed.
    pub failures: i64,
    /// When it is tried again.
    pub resume_at: Timestamp,
    /// When it last took something.
    pub last_ok_at: Option<Timestamp>,
    /// When it was last tried.
    pub last_tried_at: Option<Timestamp>,
    /// When it was last compared.
    pub compared_at: Option<Timestamp>,
    /// When it was last found equal.
    pub proven_at: Option<Timestamp>,
    /// Since when somebody has to decide, and about what.
    pub paused_at: Option<Timestamp>,
    /// About what.
    pub paused_why: Option<String>,
}

macro_rules! site_status {
    ($which:literal) => {
        concat!(
            "select s.site_id, coalesce(x.total, 0) as total, coalesce(x.confirmed, 0) as confirmed,
                    coalesce(x.attention, 0) as attention, x.oldest_due_at, x.oldest_deactivation_at, s.trouble, s.last_error,
                    s.failures, s.resume_at, s.last_ok_at, s.last_tried_at, s.compared_at, s.proven_at, s.paused_at,
                    s.paused_why
             from sync_sites s
             left join (select i.site_id, count(*) as total, sum(case when i.state = 'ok' then 1 else 0 end) as confirmed,
                               sum(case when i.state = 'attention' then 1 else 0 end) as attention,
                               min(case when i.state <> 'ok' then i.first_due_at else null end) as oldest_due_at,
                               min(case when i.state <> 'ok' and i.priority = 0 then i.first_due_at else null end)
                                   as oldest_deactivation_at
                        from sync_items i ",
            $which,
            " group by i.site_id) x on x.site_id = s.site_id "
        )
    };
}

/// How one site is doing.
///
/// # Errors
/// When the database does not answer.
pub async fn of_site(on: &mut impl Sql, site: SiteId) -> Result<Option<SiteStatus>, Fault> {
    on.sql(concat!(site_status!("where i.site_id = $1"), "where s.site_id = $1")).bind(site).maybe().await
}

/// How all sites are doing.
///
/// # Errors
/// When the database does not answer.
pub async fn of_sites(on: &mut impl Sql) -> Result<Vec<SiteStatus>, Fault> {
    on.sql(concat!(site_status!(""), "order by s.site_id")).all().await
}

/// An item of the ledger.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct ItemEntry {
    /// `user` or `organization`.
    pub kind: String,
    /// The account or the organization.
    pub resource_id: Uuid,
    /// The organization for which a person stands there.
    pub organization_id: Option<Uuid>,
    /// What the site knows it by.
    pub external_id: Option<String>,
    /// `present`, `inactive` or `absent`.
    pub want: String,
    /// `due`, `ok` or `attention`.
    pub state: String,
    /// Why it became due.
    pub reason: String,
    /// The cause.
    pub txn: TxnId,
    /// The revision that the site should come to.
    pub want_rev: i64,
    /// The one that it has confirmed.
    pub acked_rev: i64,
    /// When it did.
    pub acked_at: Option<Timestamp>,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// Since when it is due.
    pub first_due_at: Timestamp,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// The status of the last answer.
    pub last_status: Option<i64>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Its place in the site's feed: whoever pages goes on below it.
    pub seq: i64,
}

/// Which items are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    All,
    /// What is due.
    Due,
    /// What waits for people.
    Attention,
}

/// Up to `most` items of a site whose place in the feed is below `below`, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn items(
    on: &mut impl Sql,
    site: SiteId,
    filter: Filter,
    (below, most): (i64, i64),
) -> Result<Vec<ItemEntry>, Fault> {
    let state = match filter {
        Filter::All => "",
        Filter::Due => "due",
        Filter::Attention => "attention",
    };
    on.sql(
        "select kind, resource_id, organization_id, external_id, want, state, reason, txn, want_rev, acked_rev, acked_at,
                attempts, first_due_at, next_at, last_status, last_error, seq
         from sync_items where site_id = $1 and seq < $2 and ($3 = '' or state = $3) order by seq desc limit $4",
    )
    .bind(site)
    .bind(below)
    .bind(state)
    .bind(most)
    .all()
    .await
}

/// One request of the delivery log.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct AttemptEntry {
    /// Its id.
    pub id: AttemptId,
    /// `user` or `organization`.
    pub kind: String,
    /// The account or the organization.
    pub resource_id: Uuid,
    /// The revision that was sent.
    pub rev: i64,
    /// The cause.
    pub txn: TxnId,
    /// The method.
    pub method: String,
    /// When.
    pub began_at: Timestamp,
    /// How long it took.
    pub millis: i64,
    /// The status of the answer; `None` when there was none.
    pub http_status: Option<i64>,
    /// The beginning of the answer, or why there was none.
    pub answer: String,
}

/// The newest `most` requests to a site, or those about one resource.
///
/// # Errors
/// When the database does not answer.
pub async fn attempts(
    on: &mut impl Sql,
    site: SiteId,
    resource: Option<Uuid>,
    most: i64,
) -> Result<Vec<AttemptEntry>, Fault> {
    let statement = match resource {
        None => on
            .sql(
                "select id, kind, resource_id, rev, txn, method, began_at, millis, http_status, answer from sync_attempts
                 where site_id = $1 order by began_at desc, id desc limit $2",
            )
            .bind(site)
            .bind(most),
        Some(resource) => on
            .sql(
                "select id, kind, resource_id, rev, txn, method, began_at, millis, http_status, answer from sync_attempts
                 where site_id = $1 and resource_id = $3 order by began_at desc, id desc limit $2",
            )
            .bind(site)
            .bind(most)
            .bind(resource),
    };
    statement.all().await
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
