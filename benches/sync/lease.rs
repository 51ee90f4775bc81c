//! What the worker asks of a ledger of ten million rows.

use std::time::Instant;

use connex::{kernel::SiteId, platform::store::Sql as _, sync::delivery};

use crate::{SITES, print_micros, sites::healthy, world::World};

/// Copies at each site: 200 organizations of 249 people, and the organizations themselves.
const COPIES: i64 = 50_000;
/// Rows of each site that are due, in every state of waiting that there is.
const DUE: i64 = 200;
/// What one statement puts in: more takes longer than a statement may.
const AT_ONCE: usize = 10_000;
const ASKED: usize = 2_000;

macro_rules! fill {
    ($id:literal, $organization:literal) => {
        concat!(
            "with recursive n (i) as (select cast($6 as bigint) union all select i + 1 from n where i + 1 < $2)
             insert into sync_items (site_id, kind, resource_id, organization_id, external_id, want, want_rev, seq, state, reason,
                 txn, priority, attempts, first_due_at, next_at, changed_at, acked_rev, acked, acked_digest, acked_active,
                 acked_at, remote_id)
             select $1, case when i % 250 = 0 then 'organization' else 'user' end, ", $id, ", ", $organization, ", ",
            // Every other one of those that are due waits for its next attempt.
            "'x', 'present', 2, i + 1, case when i % 250 = 7 and i / 250 < $3 then 'due' else 'ok' end, 'change', ", $id,
            ", i % 4, 0, $5, case when i / 250 % 2 = 0 then $5 else $5 + 86400000 end, $5, 1, '{}', 'x', true, $5, 'r' from n"
        )
    };
}

/// Ids that grow, as ours do.
const FILL_POSTGRES: &str = fill!(
    "cast(lpad(to_hex($4), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i), 12, '0') as uuid)",
    "cast(lpad(to_hex($4), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i - i % 250), 12, '0') as uuid)"
);
const FILL_SQLITE: &str =
    fill!("unhex(printf('%08x000070008000%012x', $4, i))", "unhex(printf('%08x000070008000%012x', $4, i - i % 250))");

/// Fills the ledger, and asks it.
pub async fn lease() {
    let (world, _) = World::prepare(SITES, healthy, 10).await;
    let is_postgres = std::env::var_os("CONNEX_BENCH_POSTGRES").is_some();
    let began = Instant::now();
    for (n, site) in world.sites.iter().enumerate() {
        let text = if is_postgres { FILL_POSTGRES } else { FILL_SQLITE };
        let number = i64::try_from(n).unwrap();
        for from in (0..COPIES).step_by(AT_ONCE) {
            let mut unit = world.app.db.write().await.unwrap();
            let (now, to) = (unit.now(), from + i64::try_from(AT_ONCE).unwrap());
            unit.sql(text).bind(*site).bind(to).bind(DUE).bind(number).bind(now).bind(from).run().await.unwrap();
            unit.commit().await.unwrap();
        }
    }
    let rows = world.count("select count(*) from sync_items").await;
    println!("{rows} rows after {} s", began.elapsed().as_secs());
    ask(&world, "which sites are to be served (200 of 200 are)", None).await;
    for site in [world.sites[0], world.sites[SITES / 2]] {
        ask(&world, "what a site is to be told next (4 of 100 that are due)", Some(site)).await;
    }
}

async fn ask(world: &World, name: &str, site: Option<SiteId>) {
    let mut spans = Vec::new();
    for _ in 0..ASKED {
        let mut reader = world.app.db.read().await.unwrap();
        let began = Instant::now();
        let found = match site {
            Some(site) => delivery::due(&mut reader, site, 4).await.unwrap().len(),
            None => delivery::to_be_served(&mut reader, 256).await.unwrap().len(),
        };
        spans.push(i64::try_from(began.elapsed().as_micros()).unwrap());
        assert!(found >= 4, "{name}: {found} found");
    }
    spans.sort_unstable();
    print_micros(name, &spans);
}
