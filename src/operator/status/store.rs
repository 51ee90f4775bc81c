//! What the operator sees of the tables of `sync`, read-only, with names for a page (decision 8).

use uuid::Uuid;

use super::State;
use crate::kernel::{AccountId, Fault, OrganizationId, SiteId, Timestamp, TxnId};
use crate::platform::store::Sql;
use crate::sync::control::Item;

/// What a site should hold of one person or organization, and what it has confirmed.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Delivery {
    /// `user` or `organization`.
    pub kind: String,
    #[serde(skip)]
    resource_id: Uuid,
    /// What people call it; `None` for an account that was closed.
    pub name: Option<String>,
    /// The organization for which the person stands there.
    pub organization: Option<String>,
    /// What the site should hold: `present`, `inactive`, `absent`.
    pub want: String,
    /// The revision that it should have.
    pub want_rev: i64,
    /// The revision that it has confirmed; 0 for none.
    pub acked_rev: i64,
    /// `due`, `ok`, `attention`.
    pub state: String,
    /// Why it became due.
    pub reason: String,
    /// All that became due for one cause has the same.
    pub txn: TxnId,
    /// How often it was tried since.
    pub attempts: i64,
    /// Since when it is due.
    pub first_due_at: Timestamp,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// When the site confirmed last.
    pub acked_at: Option<Timestamp>,
    /// What the site answered last.
    pub last_status: Option<i64>,
    /// What was wrong with that, in words.
    pub last_error: Option<String>,
}

impl Delivery {
    /// The id of the person or of the organization, as everybody else writes it.
    #[must_use]
    pub fn resource(&self) -> String {
        resource(&self.kind, self.resource_id)
    }

    /// What a page calls it.
    #[must_use]
    pub fn shown(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.resource())
    }
}

macro_rules! deliveries {
    ($which:literal) => {
        concat!(
            "select i.kind, i.resource_id, case when i.kind = 'user' then a.given_name || ' ' || a.family_name else o.name end as name,
                    p.name as organization, i.want, i.want_rev, i.acked_rev, i.state, i.reason, i.txn, i.attempts,
                    i.first_due_at, i.next_at, i.changed_at, i.acked_at, i.last_status, i.last_error
             from sync_items i
             left join accounts a on a.id = i.resource_id
             left join organizations o on o.id = i.resource_id
             left join organizations p on p.id = i.organization_id and i.kind = 'user'
             where i.site_id = $1", $which
        )
    };
}

/// Deliveries of a site in one state. The state stands in the text, so that its partial index is used.
pub(super) async fn deliveries(
    on: &mut impl Sql,
    site: SiteId,
    state: State,
    (skip, most): (i64, i64),
) -> Result<Vec<Delivery>, Fault> {
    let text = match state {
        State::Attention => {
            deliveries!(" and i.state = 'attention' order by i.changed_at desc, i.seq desc limit $2 offset $3")
        }
        State::Due => deliveries!(" and i.state = 'due' order by i.priority, i.next_at, i.seq limit $2 offset $3"),
        State::Ok => deliveries!(" and i.state = 'ok' order by i.seq desc limit $2 offset $3"),
        State::All => deliveries!(" order by i.seq desc limit $2 offset $3"),
    };
    on.sql(text).bind(site).bind(most).bind(skip).all().await
}

pub(super) async fn delivery(on: &mut impl Sql, site: SiteId, item: Item) -> Result<Option<Delivery>, Fault> {
    let text = deliveries!(" and i.kind = $2 and i.resource_id = $3");
    on.sql(text).bind(site).bind(item.kind().as_str()).bind(item.resource()).maybe().await
}

/// One request to a site.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Attempt {
    /// The method.
    pub method: String,
    /// The revision that was sent.
    pub rev: i64,
    /// When it began.
    pub began_at: Timestamp,
    /// How long it took.
    pub millis: i64,
    /// The status of the answer; `None` when there was none.
    pub http_status: Option<i64>,
    /// The first 2 KB of the answer, or why there was none.
    pub answer: String,
}

/// What was tried for one copy in the last 30 days, newest first.
pub(super) async fn attempts(on: &mut impl Sql, site: SiteId, item: Item) -> Result<Vec<Attempt>, Fault> {
    on.sql(
        "select method, rev, began_at, millis, http_status, answer from sync_attempts
         where site_id = $1 and resource_id = $2 order by began_at desc, id desc limit 20",
    )
    .bind(site)
    .bind(item.resource())
    .all()
    .await
}

/// Something that ConneX gives, and that was changed at the site itself.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Change {
    /// `user` or `organization`.
    pub kind: String,
    #[serde(skip)]
    resource_id: Uuid,
    /// What people call it; `None` when nobody here is known by it.
    pub name: Option<String>,
    /// The organization for which the person stands there.
    pub organization: Option<String>,
    /// The part of the copy, as the wire calls it; `copy` for a whole one.
    pub attribute: String,
    /// What stood there.
    pub there: Option<String>,
    /// What stands here.
    pub here: Option<String>,
    /// Who changed it, if the site says.
    pub changed_by: Option<String>,
    /// `put_back`, `found` while somebody is asked first, or `kept`.
    pub outcome: String,
    /// When it was found.
    pub found_at: Timestamp,
}

impl Change {
    /// What a page calls it; of a copy that belongs to nobody here, a dash.
    #[must_use]
    pub fn shown(&self) -> String {
        match (&self.name, self.resource_id.is_nil()) {
            (Some(name), _) => name.clone(),
            (None, true) => "–".to_owned(),
            (None, false) => resource(&self.kind, self.resource_id),
        }
    }
}

/// What was changed at a site in the last 90 days, newest first.
pub(super) async fn changes(on: &mut impl Sql, site: SiteId, (skip, most): (i64, i64)) -> Result<Vec<Change>, Fault> {
    on.sql(
        "select d.kind, d.resource_id, case when d.kind = 'user' then a.given_name || ' ' || a.family_name else o.name end as name,
                p.name as organization, d.attribute, d.there, d.here, d.changed_by, d.outcome, d.found_at
         from sync_drifts d
         left join accounts a on a.id = d.resource_id
         left join organizations o on o.id = d.resource_id
         left join organizations p on p.id = d.organization_id and d.kind = 'user'
         where d.site_id = $1 order by d.found_at desc, d.id desc limit $2 offset $3",
    )
    .bind(site)
    .bind(most)
    .bind(skip)
    .all()
    .await
}

fn resource(kind: &str, id: Uuid) -> String {
    match kind {
        "organization" => OrganizationId::from_uuid(id).to_string(),
        _ => AccountId::from_uuid(id).to_string(),
    }
}

/// What a site has confirmed: a link of its chain, which `connex audit verify` walks.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Receipt {
    /// Its place in the site's chain.
    pub seq: i64,
    /// The revision that was confirmed.
    pub rev: i64,
    /// Whether the copy gives access.
    pub active: bool,
    /// The status of the answer.
    pub http_status: Option<i64>,
    /// When it was confirmed.
    pub acked_at: Timestamp,
    /// The hash that ties it to the one before.
    pub hash: String,
}

/// The newest receipts of one copy.
pub(super) async fn receipts(on: &mut impl Sql, site: SiteId, item: Item) -> Result<Vec<Receipt>, Fault> {
    on.sql(
        "select seq, rev, active, http_status, acked_at, hash from sync_receipts
         where resource_id = $2 and site_id = $1 order by acked_at desc, seq desc limit 20",
    )
    .bind(site)
    .bind(item.resource())
    .all()
    .await
}
