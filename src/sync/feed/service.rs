//! Reading the feed, and waiting for it.

use std::time::Duration;

use super::{model::Entry, store};
use crate::kernel::{Fault, SiteId};
use crate::oidc::Provider;
use crate::sync::{copy::Names, known_as};

/// How often a site that waits is looked after, for what other nodes commit.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Whether `place` is one that the feed has come to. It is not when our database comes from a backup:
/// the site has to begin anew then, or it would miss what happens until the feed is there again.
pub(super) async fn has_come_to(provider: &Provider, site: SiteId, place: i64) -> Result<bool, Fault> {
    Ok(place <= store::end(&mut provider.db().read().await?, site).await?)
}

/// Up to `most` entries after the place `after`, and one more to say that there are more. When there is
/// none, it waits for one, `patience` at most.
pub(super) async fn entries(
    provider: &Provider,
    site: SiteId,
    after: i64,
    (most, patience): (i64, Duration),
) -> Result<Vec<Entry>, Fault> {
    let arrived = async {
        loop {
            let moved = provider.db().next_work_left_behind();
            let found = look(provider, site, after, most).await?;
            if !found.is_empty() || patience.is_zero() {
                return Ok(found);
            }
            // Whichever comes first; the connection to the database is free meanwhile.
            let _ = tokio::time::timeout(LOOK_EVERY, moved).await;
        }
    };
    match patience.is_zero() {
        true => arrived.await,
        false => tokio::time::timeout(patience, arrived).await.unwrap_or_else(|_| Ok(Vec::new())),
    }
}

async fn look(provider: &Provider, site: SiteId, after: i64, most: i64) -> Result<Vec<Entry>, Fault> {
    let found = store::entries(&mut provider.db().read().await?, site, after, most + 1).await?;
    if found.iter().all(|entry| entry.external_id.is_some() || entry.kind != "user") {
        return Ok(found);
    }
    let names = Names::of(provider, &mut provider.db().read().await?, site).await?;
    known_as::write_down(provider, &names, site).await?;
    store::entries(&mut provider.db().read().await?, site, after, most + 1).await
}
