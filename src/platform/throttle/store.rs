//! The table `throttles`.

use crate::kernel::{Fault, Lifetime, Timestamp};
use crate::platform::store::{Sql, Unit};

/// Counts one more, unless it would be more than `most` in the window: one statement, so that
/// tries at the same moment cannot slip through together.
pub(super) async fn count(unit: &mut Unit, key: &str, most: i64, window: Lifetime) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into throttles (key, count, began_at, ends_at) values ($1, 1, $2, $3)
             on conflict (key) do update set
                 count = case when throttles.ends_at <= $2 then 1 else throttles.count + 1 end,
                 began_at = case when throttles.ends_at <= $2 then $2 else throttles.began_at end,
                 ends_at = case when throttles.ends_at <= $2 then $3 else throttles.ends_at end
             where throttles.ends_at <= $2 or throttles.count < $4",
        )
        .bind(key.to_owned())
        .bind(now)
        .bind(now + window)
        .bind(most)
        .run()
        .await?;
    Ok(rows == 1)
}

pub(super) async fn began(on: &mut impl Sql, key: &str) -> Result<Option<Timestamp>, Fault> {
    on.sql("select began_at from throttles where key = $1").bind(key.to_owned()).scalar().await
}

pub(super) async fn sweep(unit: &mut Unit) -> Result<u64, Fault> {
    let now = unit.now();
    unit.sql("delete from throttles where ends_at <= $1").bind(now).run().await
}
