//! How much may be asked of an organization's people in a day; off when limits are off.

use super::rules::{MOST_INVITATIONS_A_DAY, MOST_REQUESTS_A_DAY, MOST_RESENDS_A_DAY};
use crate::accounts::Accounts;
use crate::kernel::{AccountId, Fault, InvitationId, Lifetime, OrganizationId};
use crate::platform::{store::Unit, throttle};

const A_DAY: Lifetime = Lifetime::days(1);

/// Counts a request to join. `Some` when it is one too many: how long to wait.
///
/// # Errors
/// When the database refuses it.
pub async fn count_request(unit: &mut Unit, accounts: &Accounts, person: AccountId) -> Result<Option<Lifetime>, Fault> {
    take(unit, accounts, ("organizations.request", &person.to_string()), MOST_REQUESTS_A_DAY).await
}

/// Counts invitations of an organization. `Some` when one is too many.
pub(super) async fn count_invitations(
    unit: &mut Unit,
    accounts: &Accounts,
    organization: OrganizationId,
    count: usize,
) -> Result<Option<Lifetime>, Fault> {
    let whom = organization.to_string();
    for _ in 0..count {
        let wait = take(unit, accounts, ("organizations.invitation", &whom), MOST_INVITATIONS_A_DAY).await?;
        if wait.is_some() {
            return Ok(wait);
        }
    }
    Ok(None)
}

/// Counts that an invitation is sent again. `Some` when it is once too often.
pub(super) async fn count_resend(
    unit: &mut Unit,
    accounts: &Accounts,
    invitation: InvitationId,
) -> Result<Option<Lifetime>, Fault> {
    take(unit, accounts, ("organizations.resend", &invitation.to_string()), MOST_RESENDS_A_DAY).await
}

async fn take(unit: &mut Unit, accounts: &Accounts, what: (&str, &str), most: u32) -> Result<Option<Lifetime>, Fault> {
    if !accounts.limits.enabled {
        return Ok(None);
    }
    throttle::take(unit, what, most, A_DAY).await
}
