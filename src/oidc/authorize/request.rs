//! What was asked, as it came: grammar only.

use serde::Deserialize as _;

use super::travelling::{self, Travelling};
use crate::kernel::{PushedRequestId, Timestamp};
use crate::platform::web::Errand;
use crate::protocol::oauth::Params;

/// How `request_uri`s of ours begin (RFC 9126 §2.2).
pub(super) const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";

/// An authorization request and how far it has come.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The parameters.
    pub(super) params: Params,
    /// What has happened to it.
    pub(super) progress: Progress,
}

/// What has happened to a request since it came.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    /// When it came.
    pub(super) began_at: Timestamp,
    /// When the person came back to it by mail: how long they may take counts from then on.
    pub(super) renewed_at: Option<Timestamp>,
    /// Which pushed request it was, to be consumed on completion.
    pub(super) pushed: Option<PushedRequestId>,
    /// Whether the person chose the account (`prompt=select_account`).
    pub(super) has_selected: bool,
    /// Whether the person agreed on this very request (`prompt=consent`).
    pub(super) has_consented: bool,
}

impl Progress {
    /// A request that has just come.
    pub(super) const fn begun(now: Timestamp) -> Self {
        Self { began_at: now, renewed_at: None, pushed: None, has_selected: false, has_consented: false }
    }
}

impl Asked {
    /// For the way through the browser.
    pub(super) fn pack(&self) -> Result<serde_json::Value, serde_json::Error> {
        let params = self.params.iter().map(|(name, value)| (travelling::short(name), value.to_owned())).collect();
        let Progress { pushed, has_selected, has_consented, .. } = self.progress;
        serde_json::to_value(Travelling { params, pushed, has_selected, has_consented })
    }

    /// What came back; `None` for an errand of another kind.
    pub(super) fn unpack(errand: &Errand) -> Option<Self> {
        let Travelling { params, pushed, has_selected, has_consented } =
            Travelling::deserialize(&errand.request).ok()?;
        let (began_at, renewed_at) = (errand.began_at, errand.renewed_at);
        let progress = Progress { began_at, renewed_at, pushed, has_selected, has_consented };
        let params: Option<Vec<_>> =
            params.into_iter().map(|(name, value)| Some((travelling::long(&name)?, value))).collect();
        Some(Self { params: Params::from_pairs(params?).ok()?, progress })
    }
}
