//! How far a site has come, for those who wait for it.

use std::time::Duration;

use super::{
    model::{Progress, Waited},
    store,
};
use crate::kernel::{Fault, SiteId};
use crate::platform::store::{Db, Sql};

/// How often to look.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How many of the items a site has confirmed.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(on: &mut impl Sql, site: SiteId, waited: Waited) -> Result<Progress, Fault> {
    match waited {
        Waited::Txn(txn) => store::items::progress_of_txn(on, site, txn).await,
        Waited::Organization(organization) => store::items::progress_of_organization(on, site, organization).await,
    }
}

/// Waits until a site has confirmed the items, or nothing more comes by itself, or `at_most` has
/// passed.
///
/// # Errors
/// When the database does not answer.
pub async fn wait_until_confirmed(db: &Db, site: SiteId, waited: Waited, at_most: Duration) -> Result<Progress, Fault> {
    let settled = async {
        loop {
            let found = progress(&mut db.read().await?, site, waited).await?;
            if found.is_settled() {
                return Ok(found);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    match tokio::time::timeout(at_most, settled).await {
        Ok(found) => found,
        Err(_) => progress(&mut db.read().await?, site, waited).await,
    }
}
