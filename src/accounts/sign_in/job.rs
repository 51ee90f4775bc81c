//! Telling the owner of an account that many wrong passwords were given. A job that a fact wakes,
//! so that the sign-in page takes the same steps for a name that is nobody's.

use crate::accounts::{Accounts, letters, store};
use crate::audit::Woken;
use crate::kernel::{AccountId, Fault, Lifetime};
use crate::platform::{
    jobs::{LeasedJob, Outcome},
    throttle,
};

/// The kind of the job.
pub const TELL_OWNER: &str = "accounts.tell_owner_of_failures";
/// One mail a day says it all.
const NOT_AGAIN_FOR: Lifetime = Lifetime::hours(24);

/// Tells the owner, if there is one whose address is proven.
pub async fn tell_owner(accounts: &Accounts, job: &LeasedJob) -> Outcome {
    match tell(accounts, job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn tell(accounts: &Accounts, job: &LeasedJob) -> Result<(), Fault> {
    let woken: Woken = serde_json::from_str(&job.payload).map_err(|cause| Fault::of("read a job", cause))?;
    let Ok(id) = woken.subject.parse::<AccountId>() else { return Ok(()) };
    let mut unit = accounts.db.write().await?;
    let Some(account) = store::by_id(&mut unit, id).await? else { return Ok(()) };
    if account.verified_email().is_none() {
        return Ok(());
    }
    // Tries are only counted where there are limits.
    if throttle::take(&mut unit, ("accounts.failures", &woken.subject), 1, NOT_AGAIN_FOR).await?.is_some() {
        return Ok(());
    }
    letters::many_failures(&mut unit, &accounts.kit, &account).await?;
    unit.commit().await
}
