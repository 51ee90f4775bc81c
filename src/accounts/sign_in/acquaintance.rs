//! Browsers and networks that a person has used before: a new one is told to the person by mail.

use super::store;
use crate::accounts::{Account, device::Device};
use crate::kernel::{AccountId, Fault, SessionId};
use crate::platform::store::Unit;

/// The browser of somebody who signs in.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Where it is.
    pub network: String,
    /// What it calls itself.
    pub user_agent: String,
    /// The session that it has, and whose that is.
    pub former: Option<(SessionId, AccountId)>,
}

/// How well an account knows the browser of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::accounts) enum Acquaintance {
    /// It is the first sign-in of all: there is nothing to compare with.
    First,
    /// Browser and network were seen before.
    Known,
    /// One of the two is new.
    New,
}

/// Notes browser and network of a sign-in, and says whether they are new.
///
/// # Errors
/// When the database refuses it.
pub(in crate::accounts) async fn get_to_know(
    unit: &mut Unit,
    account: &Account,
    browser: &Browser,
) -> Result<Acquaintance, Fault> {
    let device = Device::of(&browser.user_agent).key();
    let is_first = !store::knows_any_browser(unit, account.id).await?;
    let browser_is_new = store::know_browser(unit, account.id, &device).await?;
    let network_is_new = store::know_network(unit, account.id, &browser.network).await?;
    Ok(match (is_first, browser_is_new || network_is_new) {
        (true, _) => Acquaintance::First,
        (false, true) => Acquaintance::New,
        (false, false) => Acquaintance::Known,
    })
}
