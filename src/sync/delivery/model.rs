//! What a delivery is about.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::{Fault, OrganizationId, SiteId, Timestamp, TxnId};
use crate::sync::ledger::{Kind, Reason};

/// A site, as something to deliver to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Which.
    pub site: SiteId,
    /// Where its SCIM service is, without a slash at the end: the audience of every token.
    pub base: String,
    /// Requests a second that it takes at most; 0 for as many as come.
    pub per_second: i64,
    /// How often in a row it failed.
    pub failures: i64,
    /// Why it is not served, if it is not.
    pub trouble: Option<String>,
    /// What it said of itself.
    pub features: Features,
    /// When it was asked; `None` when it never answered.
    pub probed_at: Option<Timestamp>,
    /// When it was last compared.
    pub compared_at: Option<Timestamp>,
    /// When it is to be compared next.
    pub compare_at: Timestamp,
    /// Whether a comparison found so much that somebody has to say that it may be put back.
    pub is_paused: bool,
    /// Whether somebody did.
    pub may_exceed: bool,
}

/// What a site says of itself (WIRE: ServiceProviderConfig).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Features {
    /// Whether it answers the digest exchange.
    pub digest: bool,
    /// Whether a POST of what it has is a PUT: it need not be asked before.
    pub idempotent_create: bool,
}

/// Proof that this node, and no other, serves a site.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    pub(super) site: SiteId,
    pub(super) id: Uuid,
}

/// Something that is due at a site.
#[derive(Debug, Clone)]
pub struct Due {
    pub(super) kind: Kind,
    pub(super) resource: Uuid,
    pub(super) organization: Option<Uuid>,
    pub(super) reason: Reason,
    pub(super) txn: TxnId,
    pub(super) attempts: i64,
    pub(super) first_due_at: Timestamp,
    pub(super) remote: Option<(String, Option<String>)>,
}

impl Due {
    /// What no two requests at a time may be about.
    pub(super) const fn key(&self) -> (Kind, Uuid) {
        (self.kind, self.resource)
    }
}

/// What a site has confirmed.
#[derive(Debug, Clone, Default)]
pub(super) struct Confirmed {
    /// What it holds now, as canonical JSON; `None` when it holds nothing.
    pub(super) acked: Option<String>,
    pub(super) is_active: bool,
    pub(super) remote_id: Option<String>,
    pub(super) etag: Option<String>,
    /// `None` when nothing had to be asked.
    pub(super) status: Option<u16>,
    /// What was odd about it.
    pub(super) note: Option<String>,
}

/// How an attempt ended that is no trouble.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The site holds what it should.
    Confirmed(Confirmed),
    /// The site has seen this revision, or a later one, and holds something else.
    Outrun(i64),
    /// The address stands in the way of somebody else's: it was set aside for the moment.
    SetAside {
        /// The revision that it was set aside with.
        sent: i64,
        /// Whose copy takes the address now.
        other: Uuid,
    },
}

/// Which items are waited for.
#[derive(Debug, Clone, Copy)]
pub enum Waited {
    /// Those of one cause.
    Txn(TxnId),
    /// An organization and its people.
    Organization(OrganizationId),
}

/// How far a site has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Progress {
    /// All that it should be told.
    pub total: i64,
    /// What it has confirmed.
    pub confirmed: i64,
    /// What waits for people.
    pub attention: i64,
}

impl Progress {
    /// Whether everything is confirmed.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.confirmed == self.total
    }

    /// Whether nothing more comes by itself.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.confirmed + self.attention == self.total
    }
}

impl std::str::FromStr for Reason {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        [Self::Change, Self::Approval, Self::Drift, Self::Resync, Self::Login, Self::Retry]
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or_else(|| Fault::new("read why something is due"))
    }
}
