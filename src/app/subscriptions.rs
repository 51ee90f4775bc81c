//! Facts come up: which fact wakes which job, and what follows from it at once.

use crate::accounts::{
    facts::{EMAIL_CHANGE_UNDONE, EMAIL_CHANGED, MANY_FAILURES, RENAMED, SESSION_ENDED},
    sign_in::TELL_OWNER,
};
use crate::oidc::{connected::END_ACCESS, logout::TELL_SITES};
use crate::organizations::members::RELIST;
use crate::platform::jobs::{Follower, Subscription, Subscriptions};
use crate::sites::visits;
use crate::sync::ledger;

/// All of them.
pub(super) const ALL: Subscriptions = Subscriptions { jobs: JOBS, followers: FOLLOWERS };

/// What sites should hold is settled in the transaction of the change itself, and after everything
/// that it follows from.
const FOLLOWERS: &[Follower] = &[
    Follower { follows: visits::follows, follow: visits::follow },
    Follower { follows: ledger::follows, follow: ledger::follow },
];

const JOBS: &[Subscription] = &[
    Subscription { fact: SESSION_ENDED, job: TELL_SITES },
    Subscription { fact: MANY_FAILURES, job: TELL_OWNER },
    Subscription { fact: RENAMED, job: RELIST },
    Subscription { fact: EMAIL_CHANGED, job: RELIST },
    Subscription { fact: EMAIL_CHANGE_UNDONE, job: RELIST },
    // Whoever is out somewhere is out of what was given there, too.
    Subscription { fact: "sites.organization_suspended", job: END_ACCESS },
    Subscription { fact: "sites.organization_denied", job: END_ACCESS },
    Subscription { fact: "sites.approval_ended", job: END_ACCESS },
    Subscription { fact: "sites.unlinked", job: END_ACCESS },
    Subscription { fact: "sites.removed", job: END_ACCESS },
    Subscription { fact: "organizations.member_removed", job: END_ACCESS },
    Subscription { fact: "organizations.member_disabled", job: END_ACCESS },
    Subscription { fact: "organizations.suspended", job: END_ACCESS },
    Subscription { fact: "organizations.deleted", job: END_ACCESS },
];
