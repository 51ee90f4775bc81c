//! Facts come up: which fact wakes which job, and what follows from it at once.

use crate::accounts::{
    facts::{EMAIL_CHANGE_UNDONE, EMAIL_CHANGED, MANY_FAILURES, RENAMED, SESSION_ENDED},
    sign_in::TELL_OWNER,
};
use crate::oidc::logout::TELL_SITES;
use crate::organizations::members::RELIST;
use crate::platform::jobs::{Follower, Subscription, Subscriptions};
use crate::sync::ledger;

/// All of them.
pub(super) const ALL: Subscriptions = Subscriptions { jobs: JOBS, followers: FOLLOWERS };

/// What sites should hold is settled in the transaction of the change itself.
const FOLLOWERS: &[Follower] = &[Follower { follows: ledger::follows, follow: ledger::follow }];

const JOBS: &[Subscription] = &[
    Subscription { fact: SESSION_ENDED, job: TELL_SITES },
    Subscription { fact: MANY_FAILURES, job: TELL_OWNER },
    Subscription { fact: RENAMED, job: RELIST },
    Subscription { fact: EMAIL_CHANGED, job: RELIST },
    Subscription { fact: EMAIL_CHANGE_UNDONE, job: RELIST },
];
