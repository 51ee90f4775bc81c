//! Facts come up: which fact wakes which job.

use crate::accounts::{
    facts::{EMAIL_CHANGE_UNDONE, EMAIL_CHANGED, MANY_FAILURES, RENAMED, SESSION_ENDED},
    sign_in::TELL_OWNER,
};
use crate::oidc::logout::TELL_SITES;
use crate::organizations::members::RELIST;
use crate::platform::jobs::{Subscription, Subscriptions};

/// All of them.
pub(super) const ALL: Subscriptions = &[
    Subscription { fact: SESSION_ENDED, job: TELL_SITES },
    Subscription { fact: MANY_FAILURES, job: TELL_OWNER },
    Subscription { fact: RENAMED, job: RELIST },
    Subscription { fact: EMAIL_CHANGED, job: RELIST },
    Subscription { fact: EMAIL_CHANGE_UNDONE, job: RELIST },
];
