//! Mailing the link: a job, so that the page takes the same time whether there is an account or not.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    LIFE, PasswordLink,
    store::{self, NewLink},
};
use crate::accounts::{Account, AccountStatus, Accounts, facts, letters, service};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, Lifetime, LinkId, Token};
use crate::platform::{
    jobs::{self, LeasedJob, NewJob, Outcome},
    store::{Sql, Unit},
    throttle,
};

/// The kind of the job.
pub const SEND_LINK: &str = "accounts.send_password_link";
/// How long one waits before the next link of the same account.
const PAUSE: Lifetime = Lifetime::seconds(60);
/// How many links go to one account within the window.
const MOST_MAILS: u32 = 5;
const MAIL_WINDOW: Lifetime = Lifetime::hours(1);
/// Enough of what was typed: no identifier of ours is longer.
const MOST_CHARACTERS: usize = 254;

/// Who wants a new password, and what for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    /// The user ID or address, as typed.
    pub(super) identifier: String,
    /// What a site asked for, sealed.
    pub(super) errand: Option<String>,
}

/// Queues the job. The same steps for every identifier.
pub(super) async fn ask(unit: &mut Unit, wanted: Wanted) -> Result<(), Fault> {
    let identifier: String = wanted.identifier.trim().to_lowercase().chars().take(MOST_CHARACTERS).collect();
    // The key is a digest: keys of jobs stand in the log when they fail.
    let key = Sha256::digest(&identifier).iter().map(|byte| format!("{byte:02x}")).collect();
    let payload = serde_json::to_string(&Wanted { identifier, errand: wanted.errand })
        .map_err(|cause| Fault::of("write a job", cause))?;
    let expires_at = Some(unit.now() + LIFE);
    jobs::enqueue(unit, NewJob { kind: SEND_LINK, key, payload, expires_at }).await
}

/// Mails a link to whoever is meant, if anybody is. Nothing goes to an address that has no account:
/// it would let anybody send our mail to anybody.
pub async fn send_link(accounts: &Accounts, job: &LeasedJob) -> Outcome {
    match try_to_send(accounts, job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn try_to_send(accounts: &Accounts, job: &LeasedJob) -> Result<(), Fault> {
    let wanted: Wanted = serde_json::from_str(&job.payload).map_err(|cause| Fault::of("read a job", cause))?;
    let mut unit = accounts.db.write().await?;
    let Some(account) = service::find(&mut unit, &wanted.identifier).await? else { return Ok(()) };
    if account.status() == AccountStatus::Deleted.as_str() {
        return Ok(());
    }
    let token = Token::<PasswordLink>::new(unit.now(), &unit.entropy());
    let new = NewLink {
        id: LinkId::from_uuid(token.id()),
        digest: token.digest(),
        account: account.id,
        errand: wanted.errand,
        expires_at: unit.now() + LIFE,
    };
    // A job may run twice: the second time stops here, too.
    if !store::replace(&mut unit, new, PAUSE).await? {
        return Ok(());
    }
    if accounts.limits.enabled {
        let whom = account.id.to_string();
        if throttle::take(&mut unit, ("accounts.password_link", &whom), MOST_MAILS, MAIL_WINDOW).await?.is_some() {
            return Ok(());
        }
    }
    write_to(&mut unit, accounts, &account, &token).await?;
    unit.commit().await
}

async fn write_to(
    unit: &mut Unit,
    accounts: &Accounts,
    account: &Account,
    token: &Token<PasswordLink>,
) -> Result<(), Fault> {
    let kit = &accounts.kit;
    if !account.is_active() {
        store::void(unit, account.id).await?;
        return letters::no_link_disabled(unit, kit, account).await;
    }
    if account.verified_email().is_none() {
        store::void(unit, account.id).await?;
        return letters::no_link_unverified(unit, kit, account).await;
    }
    audit::record(unit, &Actor::Stranger, facts::password_link_sent(account.id)).await?;
    letters::password_link(unit, kit, account, (&format!("/recover/{}", token.reveal()), LIFE)).await
}
