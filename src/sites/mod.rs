//! Sites: agencies' web sites that delegate sign-in to ConneX, and how organizations stand to them.
//!
//! An organization comes to a site in three ways. It is *linked* when an administrator presses Sync,
//! and *approved* when the agency says so: both hold for all its people, now and later. One person
//! *visits* by signing in there, and opens the site to nobody else. Where the agency has to approve,
//! only its word counts; whom it suspends or blocks is out, whatever else is true.

pub mod approvals;
pub mod blocks;
pub mod details;
pub mod links;
pub mod registry;
pub mod visits;

mod facts;
mod standing;

pub use approvals::{approve, unapprove};
pub use links::link;
pub use registry::{Family, NewSite, Site, SiteUrl, find, list, register, remove};
pub use standing::{AgencysWord, ApprovalStatus, Comer, Standing, Why};

use crate::kernel::Fault;

/// Why something about a site was not done.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// There is no such site, or it was removed; or there is no such organization.
    #[error("there is no such site; `connex site list` shows them")]
    NotFound,
    /// There is no approval that could end.
    #[error("that organization is not approved at that site")]
    NotApproved,
    /// The agency has approved it: nothing is left to ask for, and only the agency ends that.
    #[error("that organization is approved at that site")]
    Approved,
    /// The agency has suspended or blocked the organization.
    #[error("the agency has suspended or blocked that organization at that site")]
    Barred,
    /// Only the agency's approval opens this site.
    #[error("that site needs the agency's approval")]
    NeedsApproval,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}
