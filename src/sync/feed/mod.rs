//! `/sync/v1/changes`: what changed for one site, from a cursor on.
//!
//! The feed is the ledger, read in the order of `seq`: one entry for each resource, at the place of its
//! newest change. So it never grows beyond what the site holds, an entry is never stale, and a site
//! that was away for a year reads what is so now and nothing of what was meanwhile. A cursor says up to
//! where a site has read.
//!
//! The ways of RFC 8935 and RFC 8936 (SETs by push, SETs by poll) can read the same entries through
//! `service::entries`: an entry becomes one SET, with its `txn`; what a poll acknowledges is an entry by
//! its `seq`, as a cursor is. Neither needs a table of its own.

mod changes;
mod model;
mod service;
mod store;

use crate::oidc::Provider;
use crate::platform::web::Routes;

/// Where the feed answers.
pub(super) fn routes(provider: Provider) -> Routes {
    Routes::new().get("/sync/v1/changes", changes::changes).with_state(provider)
}
