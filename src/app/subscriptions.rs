//! Facts come up: which fact wakes which job.

use crate::accounts::{
    facts::{MANY_FAILURES, SESSION_ENDED},
    sign_in::TELL_OWNER,
};
use crate::oidc::logout::TELL_SITES;
use crate::platform::jobs::{Subscription, Subscriptions};

/// All of them.
pub(super) const ALL: Subscriptions =
    &[Subscription { fact: SESSION_ENDED, job: TELL_SITES }, Subscription { fact: MANY_FAILURES, job: TELL_OWNER }];
