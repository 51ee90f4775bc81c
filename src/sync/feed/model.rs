//! What the feed says.

use serde::Serialize;
use uuid::Uuid;

use crate::kernel::{Fault, OrganizationId, Timestamp, TxnId};
use crate::sync::ledger::{Kind, Want};

/// An entry as the ledger has it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Entry {
    pub(super) seq: i64,
    pub(super) kind: String,
    pub(super) resource_id: Uuid,
    pub(super) external_id: Option<String>,
    pub(super) want: String,
    pub(super) want_rev: i64,
    pub(super) reason: String,
    pub(super) txn: TxnId,
    pub(super) changed_at: Timestamp,
}

/// What the site does with its copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// Fetch it, and write it as it is.
    Put,
    /// Let it count no more; there is nothing else to know of it.
    Deactivate,
    /// Take it away.
    Delete,
}

/// An entry as it is sent.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    seq: i64,
    kind: &'static str,
    id: String,
    rev: i64,
    action: Action,
    reason: String,
    txn: TxnId,
    at: String,
}

impl TryFrom<Entry> for Change {
    type Error = Fault;
    fn try_from(entry: Entry) -> Result<Self, Fault> {
        let kind: Kind = entry.kind.parse()?;
        let id = match (kind, entry.external_id) {
            (Kind::Organization, _) => OrganizationId::from_uuid(entry.resource_id).to_string(),
            (Kind::User, Some(name)) => name,
            (Kind::User, None) => return Err(Fault::new("name a person to a site")),
        };
        let action = match entry.want.parse()? {
            Want::Present => Action::Put,
            Want::Inactive => Action::Deactivate,
            Want::Absent => Action::Delete,
        };
        let (seq, rev, reason, txn) = (entry.seq, entry.want_rev, entry.reason, entry.txn);
        Ok(Self { seq, kind: kind.resource_type(), id, rev, action, reason, txn, at: entry.changed_at.to_string() })
    }
}
