//! What is compared, and what is found.

use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::{Timestamp, TxnId};
use crate::sync::ledger::Kind;

/// What a site should hold by what it has confirmed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Expected {
    pub(super) resource_id: Uuid,
    pub(super) organization_id: Option<Uuid>,
    pub(super) external_id: String,
    pub(super) acked_rev: i64,
    pub(super) acked_digest: String,
    pub(super) acked_active: bool,
    /// Nothing is due: what is found is not about to be written over anyway.
    pub(super) is_settled: bool,
}

/// What a site holds by its own word.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    pub(super) external_id: String,
    pub(super) id: String,
    /// `None` for a site that keeps no revisions.
    pub(super) rev: Option<i64>,
    pub(super) digest: String,
    pub(super) active: bool,
    /// Whether the id is one that ConneX gave. What takes part in the digest exchange is managed by
    /// ConneX; at a plain site it may come from another directory.
    #[serde(skip, default = "by_contract")]
    pub(super) is_ours: bool,
}

const fn by_contract() -> bool {
    true
}

/// Something in which a site differs.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) kind: Kind,
    pub(super) external_id: String,
    pub(super) resource: Option<Uuid>,
    pub(super) organization: Option<Uuid>,
    pub(super) what: Found,
}

/// How it differs.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// The site lost it, or came to be an older one: nobody there decided anything.
    Behind,
    /// The site has seen this revision, which we have not given yet.
    Ahead(i64),
    /// Somebody at the site changed it: name of the attribute, what stands there, what stands here.
    Edited(Vec<(String, Value, Value)>),
    /// Somebody at the site changed a copy that does not count, and it still does not.
    EditedInactive(String),
    /// It is ours and counts there, and nobody here knows of it.
    Extra {
        /// What the site calls it.
        id: String,
        /// The revision that it holds.
        rev: Option<i64>,
    },
}

impl Found {
    /// Whether putting it back undoes what somebody did there.
    pub(super) const fn is_an_edit(&self) -> bool {
        matches!(self, Self::Edited(_) | Self::Extra { .. })
    }
}

/// What a resync would do at a site.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Why somebody has to say that it may be done, if somebody has to: `would deactivate 38 of 41`.
    pub confirm_needed: Option<String>,
    /// What would change there.
    pub changes: Vec<Change>,
    /// How many copies stay as they are.
    pub unchanged: usize,
    /// When anything of it last changed here.
    #[serde(serialize_with = "as_text")]
    pub last_change_at: Option<Timestamp>,
}

/// A moment as sites read it: RFC 3339.
#[expect(clippy::ref_option, reason = "serde gives the member as it is")]
fn as_text<S: Serializer>(moment: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    moment.map(|moment| moment.to_string()).serialize(to)
}

/// What would change about one copy.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// `User` or `Group`.
    pub kind: &'static str,
    /// What the site knows it by.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What would happen to it.
    pub action: Action,
    /// What would be changed about it.
    pub attributes: Vec<AttributeChange>,
    #[serde(skip)]
    pub(super) item: (Kind, Uuid),
}

/// What would be changed about a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeChange {
    /// Its name in the canonical JSON.
    pub name: String,
    /// What stands at the site.
    pub there: Value,
    /// What stands here.
    pub here: Value,
}

/// What would happen to a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The site gets it.
    Add,
    /// It is changed.
    Change,
    /// It counts no more.
    Deactivate,
    /// It counts again.
    Reactivate,
    /// It is taken away.
    Remove,
}

/// What came of a resync.
#[derive(Debug, Clone, Serialize)]
pub struct Resynced {
    /// The cause, by which it can be watched; `None` when nothing was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn: Option<TxnId>,
    /// How far it has come.
    pub state: State,
    /// What it does.
    #[serde(flatten)]
    pub plan: Plan,
}

/// How far a resync has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was to be done but to say what would be.
    Planned,
    /// The site has confirmed all of it.
    Done,
    /// The site is being told.
    UnderWay,
    /// Somebody has to say that it may be done.
    Paused,
}
