//! The tables `sync_feeds`, `sync_sites` and `sync_turns`: one after the other.

use uuid::Uuid;

use crate::kernel::{Fault, SiteId};
use crate::platform::store::{Sql, Unit};

/// Opens the ledger of a site that is new.
pub(in crate::sync::ledger) async fn open(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    unit.sql("insert into sync_feeds (site_id, turn) values ($1, 0) on conflict (site_id) do nothing")
        .bind(site)
        .run()
        .await?;
    unit.sql(
        "insert into sync_sites (site_id, leased_until, resume_at, failures, compare_at, receipt_seq, receipt_hash)
         values ($1, 0, 0, 0, 0, 0, '') on conflict (site_id) do nothing",
    )
    .bind(site)
    .run()
    .await?;
    Ok(())
}

/// Holds the feed of a site until the commit, so that the order of its numbers is that of the commits.
pub(in crate::sync::ledger) async fn hold(unit: &mut Unit, site: SiteId) -> Result<(), Fault> {
    unit.sql("update sync_feeds set turn = turn + 1 where site_id = $1").bind(site).run().await?;
    Ok(())
}

/// Takes the turn of a person, an organization or a site until the commit.
pub(in crate::sync::ledger) async fn take_turn(unit: &mut Unit, key: Uuid) -> Result<(), Fault> {
    unit.sql(
        "insert into sync_turns (key, turn) values ($1, 1) on conflict (key) do update set turn = sync_turns.turn + 1",
    )
    .bind(key)
    .run()
    .await?;
    Ok(())
}
