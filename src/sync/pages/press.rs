//! Pressing Sync: what it does at one site, and the wait for the site's answer.

use std::time::Duration;

use tokio::time::timeout;

use super::stands;
use crate::accounts::Accounts;
use crate::kernel::{Fault, OrganizationId, SiteId};
use crate::organizations::Administrator;
use crate::platform::{
    store::{Db, Unit},
    web::PageError,
};
use crate::sites::{
    SiteError,
    approvals::{self, By},
    links,
};
use crate::sync::delivery::{Waited, wait_until_confirmed};

/// How long the page waits for the sites' answers before it says that they have not answered.
const PATIENCE: Duration = Duration::from_secs(3);

/// Presses Sync at sites, each in a unit of its own: what one agency refuses keeps no other closed. Then
/// waits a moment for those that are open to confirm. How each stands afterwards is for the page to read.
pub(super) async fn press(accounts: &Accounts, by: Administrator<'_>, sites: &[SiteId]) -> Result<(), PageError> {
    for site in sites {
        let mut unit = accounts.db.write().await?;
        by.hold_as_it_is(&mut unit).await?;
        link_or_ask(&mut unit, by, *site).await?;
        unit.commit().await?;
    }
    wait_for_confirmations(&accounts.db, by.organization(), sites).await;
    Ok(())
}

/// Links where a link opens the site, has it told everything anew where it is open, and asks for an
/// approval where only that opens it.
async fn link_or_ask(unit: &mut Unit, by: Administrator<'_>, site: SiteId) -> Result<(), Fault> {
    let linked = links::link(unit, site, by.organization(), by.account()).await;
    let done = match linked {
        Ok(true) => Ok(()),
        Ok(false) => Ok(links::sync_again(unit, &by.actor(), site, by.organization()).await?),
        Err(SiteError::NeedsApproval) => ask(unit, by, site).await,
        Err(other) => Err(other),
    };
    match done {
        Err(SiteError::Fault(fault)) => Err(fault),
        // The page says how the organization stands to the site, whatever stood in the way.
        _ => Ok(()),
    }
}

/// Asks the agency to approve the organization. Doing it twice is doing it once.
///
/// # Errors
/// See [`approvals::request`].
pub(super) async fn ask(unit: &mut Unit, by: Administrator<'_>, site: SiteId) -> Result<(), SiteError> {
    approvals::request(unit, By::from(&by.actor()), (site, by.organization())).await.map(drop)
}

/// Waits until the sites that are open have confirmed everything that they should hold of the
/// organization, or wait for people themselves, but not longer than [`PATIENCE`].
async fn wait_for_confirmations(db: &Db, organization: OrganizationId, sites: &[SiteId]) {
    let all = async {
        for site in sites {
            if is_open(db, organization, *site).await? {
                wait_until_confirmed(db, *site, Waited::Organization(organization), PATIENCE).await?;
            }
        }
        Ok::<_, Fault>(())
    };
    // Whether they did is what the page says next.
    let _in_time = timeout(PATIENCE, all).await;
}

async fn is_open(db: &Db, organization: OrganizationId, site: SiteId) -> Result<bool, Fault> {
    let line = stands::at(&mut db.read().await?, organization, site).await?;
    Ok(line.is_some_and(|line| line.stands.is_open()))
}
